/* Which instruction set the kernels use. */
#ifndef AANN_ENGINE_DISPATCH_H
#define AANN_ENGINE_DISPATCH_H

#include "aann/status.h"
#include "engine/kernels/kernels.h"

/* The kernels of the instruction set `name` ("baseline", "avx2", "avx512", "neon"), or of the best
 * one that this processor has if name is NULL or "auto". Fails (AANN_ERROR_ARGUMENT, naming those
 * there are) if this build or this processor does not have it. */
aann_status aann_kernels_choose(const char *name, aann_kernels *kernels, aann_error *error);

#endif
