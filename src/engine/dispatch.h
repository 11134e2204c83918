/* The choice of the kernels' instruction set. */
#ifndef AANN_ENGINE_DISPATCH_H
#define AANN_ENGINE_DISPATCH_H

#include "aann/status.h"
#include "engine/kernels/kernels.h"

/* The kernels of the instruction set `name` ("baseline", "avx2", "avx512", "neon"), or if that is
 * NULL or "auto" of the best one. AANN_ERROR_ARGUMENT if this build or this processor does not have
 * it; the message names those that it has. */
aann_status aann_kernels_choose(const char *name, aann_kernels *kernels, aann_error *error);

#endif
