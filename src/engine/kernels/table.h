/* Declared for every instruction set; only those that this build has are defined
 * (AANN_HAVE_...). */
#ifndef AANN_ENGINE_KERNELS_TABLE_H
#define AANN_ENGINE_KERNELS_TABLE_H

#include "engine/kernels/kernels.h"

aann_kernels aann_kernels_create_baseline(void);
aann_kernels aann_kernels_create_avx2(void);
aann_kernels aann_kernels_create_avx512(void);
aann_kernels aann_kernels_create_neon(void);

#endif
