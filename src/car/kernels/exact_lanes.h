/* Vectors of rows: what the kernel of the exact picture needs beyond the operators that gcc and
 * clang have for them. Included by that kernel alone, compiled anew for each instruction set. */
#ifndef AANN_CAR_KERNELS_EXACT_LANES_H
#define AANN_CAR_KERNELS_EXACT_LANES_H

#include <stdint.h>
#include <string.h>

#if defined(__SSE2__)
#include <immintrin.h>
#elif defined(__ARM_NEON)
#include <arm_neon.h>
#endif

/* Vectors are passed inside one kernel only, where all agree on how. */
#pragma GCC diagnostic ignored "-Wpsabi"

#include "car/exact_parts.h"

#if defined(__AVX2__)
enum { VECTOR = 16 };
#else
enum { VECTOR = 8 };
#endif
/* The rows of a strip are LANES lanes: one vector or two, first lanes 0 and 8. */
enum { LANES = AANN_CAR_LANES, NO_COLUMN = 32767 };
/* Bits of channels; blue may be the same as red. */
enum { RED = 1, GREEN = 2, BLUE = 4, SAME = 8 };

typedef uint16_t lanes __attribute__((vector_size(2 * VECTOR)));
typedef int16_t signed_lanes __attribute__((vector_size(2 * VECTOR)));

static inline int32_t lesser(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

static inline int32_t greater(int32_t a, int32_t b)
{
    return a > b ? a : b;
}

/* The upper 16 bits of a product, which no operator of vectors gives. */
static inline __attribute__((always_inline)) lanes multiply_high(lanes values, lanes factors)
{
    lanes product;
#if defined(__AVX2__)
    product = (lanes)_mm256_mulhi_epu16((__m256i)values, (__m256i)factors);
#elif defined(__SSE2__)
    product = (lanes)_mm_mulhi_epu16((__m128i)values, (__m128i)factors);
#elif defined(__ARM_NEON)
    const uint16x8_t a = (uint16x8_t)values, b = (uint16x8_t)factors;
    product = (lanes)vcombine_u16(vshrn_n_u32(vmull_u16(vget_low_u16(a), vget_low_u16(b)), 16),
                                  vshrn_n_u32(vmull_u16(vget_high_u16(a), vget_high_u16(b)), 16));
#else
    for (int32_t i = 0; i < VECTOR; i++) {
        product[i] = (uint16_t)(((uint32_t)values[i] * factors[i]) >> 16);
    }
#endif
    return product;
}

static inline __attribute__((always_inline)) lanes all_lanes(uint16_t value)
{
    return (lanes){0} + value;
}

/* Lane by lane: a where the condition (0 or -1) holds, b elsewhere. */
static inline __attribute__((always_inline)) lanes choose(lanes condition, lanes a, lanes b)
{
    return (a & condition) | (b & ~condition);
}

static inline __attribute__((always_inline)) lanes load(const uint16_t *values)
{
    lanes vector;
    memcpy(&vector, values, sizeof vector);
    return vector;
}

static inline __attribute__((always_inline)) signed_lanes load_signed(const int16_t *values)
{
    signed_lanes vector;
    memcpy(&vector, values, sizeof vector);
    return vector;
}

/* Columns moved on. Rows that an edge does not reach may hold any column: sums wrap around. */
static inline __attribute__((always_inline)) signed_lanes moved(signed_lanes columns, lanes by)
{
    return (signed_lanes)((lanes)columns + by);
}

/* The rows that a vector holds, from lane `from` on. */
static inline __attribute__((always_inline)) signed_lanes numbered(int32_t from)
{
    static const int16_t numbers[LANES] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    return load_signed(numbers + from);
}

/* Adds up a vector; the total is below 65536. */
static inline uint32_t total_of(const lanes *values)
{
    uint64_t fours[VECTOR / 4], sums = 0;
    memcpy(fours, values, sizeof fours);
    for (int32_t i = 0; i < VECTOR / 4; i++) {
        sums += fours[i];
    }
    return (uint32_t)((sums * UINT64_C(0x0001000100010001)) >> 48);
}

#endif
