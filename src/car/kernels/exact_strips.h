/* The kernel of the exact picture, once for each instruction set. */
#ifndef AANN_CAR_KERNELS_EXACT_STRIPS_H
#define AANN_CAR_KERNELS_EXACT_STRIPS_H

#include "car/exact_parts.h"

aann_car_exact_painter aann_car_exact_paint_baseline, aann_car_exact_paint_neon,
    aann_car_exact_paint_avx2, aann_car_exact_paint_avx512;

#endif
