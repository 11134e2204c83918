/* The bits of 2/pi, for removing multiples of a quarter turn from huge angles. */
#ifndef AANN_CORE_TWO_OVER_PI_H
#define AANN_CORE_TWO_OVER_PI_H

#include <stdint.h>

#include "core/trigonometry_tables.h"

/* 32 bits from the given one after the point on, up to bit 1247; before the point there is
 * nothing. */
static inline uint64_t aann_two_over_pi_bits(int32_t bit)
{
    if (bit < 0) {
        return bit <= -32 ? 0 : (uint64_t)two_over_pi[0] >> -bit;
    }
    const uint64_t pair =
        (uint64_t)two_over_pi[bit / 32] << 32 | (uint64_t)two_over_pi[bit / 32 + 1];
    return pair << (bit % 32) >> 32;
}

#endif
