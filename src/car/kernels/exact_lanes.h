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
enum { LANES = AANN_CAR_LANES, HALVES = LANES / VECTOR, NO_COLUMN = 32767 };
/* Bits of channels. Blue may be the same as red, or both the same as green. */
enum { RED = 1, GREEN = 2, BLUE = 4, SAME = 8, GREY = 16 };

typedef uint16_t lanes __attribute__((vector_size(2 * VECTOR)));
typedef int16_t signed_lanes __attribute__((vector_size(2 * VECTOR)));
typedef aann_car_cells cells;

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

static inline __attribute__((always_inline)) signed_lanes lesser_lanes(signed_lanes a,
                                                                       signed_lanes b)
{
#if defined(__AVX2__)
    return (signed_lanes)_mm256_min_epi16((__m256i)a, (__m256i)b);
#elif defined(__SSE2__)
    return (signed_lanes)_mm_min_epi16((__m128i)a, (__m128i)b);
#else
    const signed_lanes less = a < b;
    return (a & less) | (b & ~less);
#endif
}

static inline __attribute__((always_inline)) signed_lanes greater_lanes(signed_lanes a,
                                                                        signed_lanes b)
{
#if defined(__AVX2__)
    return (signed_lanes)_mm256_max_epi16((__m256i)a, (__m256i)b);
#elif defined(__SSE2__)
    return (signed_lanes)_mm_max_epi16((__m128i)a, (__m128i)b);
#else
    const signed_lanes more = a > b;
    return (a & more) | (b & ~more);
#endif
}

/* The highest of all rows, none below -NO_COLUMN. */
static inline __attribute__((always_inline)) int32_t highest(const signed_lanes values[HALVES])
{
#if defined(__AVX2__)
    const __m256i below = _mm256_sub_epi16(_mm256_set1_epi16(NO_COLUMN), (__m256i)values[0]);
    const __m128i lower = _mm256_castsi256_si128(below), upper = _mm256_extracti128_si256(below, 1);
    const __m128i least = _mm_minpos_epu16(_mm_min_epu16(lower, upper));
    return NO_COLUMN - (_mm_cvtsi128_si32(least) & 0xffff);
#elif defined(__aarch64__)
    return vmaxvq_s16(vmaxq_s16((int16x8_t)values[0], (int16x8_t)values[1]));
#else
    int16_t rows[LANES], most = -NO_COLUMN;
    memcpy(rows, values, sizeof rows);
    for (int32_t i = 0; i < LANES; i++) {
        most = rows[i] > most ? rows[i] : most;
    }
    return most;
#endif
}

/* And the lowest. */
static inline __attribute__((always_inline)) int32_t lowest(const signed_lanes values[HALVES])
{
    signed_lanes turned[HALVES];
    for (int32_t i = 0; i < HALVES; i++) {
        turned[i] = -values[i];
    }
    return -highest(turned);
}

/* Adds up a vector of values below 256. */
static inline __attribute__((always_inline)) uint32_t total_of(lanes values)
{
#if defined(__AVX2__)
    const __m256i sums = _mm256_sad_epu8((__m256i)values, _mm256_setzero_si256());
    const __m128i two =
        _mm_add_epi32(_mm256_castsi256_si128(sums), _mm256_extracti128_si256(sums, 1));
    return (uint32_t)(_mm_cvtsi128_si32(two) + _mm_extract_epi16(two, 4));
#elif defined(__SSE2__)
    const __m128i sums = _mm_sad_epu8((__m128i)values, _mm_setzero_si128());
    return (uint32_t)(_mm_cvtsi128_si32(sums) + _mm_extract_epi16(sums, 4));
#else
    uint64_t fours[VECTOR / 4], sums = 0;
    memcpy(fours, &values, sizeof fours);
    for (int32_t i = 0; i < VECTOR / 4; i++) {
        sums += fours[i];
    }
    return (uint32_t)((sums * UINT64_C(0x0001000100010001)) >> 48);
#endif
}

#endif
