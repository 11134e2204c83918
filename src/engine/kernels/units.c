/* The kernels of a unit, for both widths of the sums; see units_template.h. */
#include "engine/kernels/units.h"

#include <stddef.h>
#include <string.h>

#include "engine/kernels/vectors.h"

static inline const uint16_t *tap_row(const uint16_t *block, const aann_tap *tap, size_t place)
{
    return block + tap->rows + tap->places[place];
}

static inline const int16_t *change_tap_row(const int16_t *changes, const aann_change_tap *tap, size_t place)
{
    return changes + tap->rows + 2 * (ptrdiff_t)tap->places[place];
}

/* ---- one position, 16 bits ----------------------------------------------------------------------- */

/* Sums over many taps, 16 bits. The words hold two lanes each: adding whole words gives (low + 256 high)
 * modulo 2^16, adding the high bytes alone gives high, and low is the difference, exactly, as long as the true
 * sums fit 16 bits. Three instructions a tap and vector instead of four. The stored offset of 127 is
 * taken out beforehand. */
static inline void sum_taps_narrow(const uint16_t *block, const aann_tap *taps, int32_t plus_count,
                                   int32_t tap_count, size_t place, int16_t *restrict sum)
{
    const uint16_t offset = (uint16_t)(-127 * (plus_count - (tap_count - plus_count)));
    aann_vector both[AANN_ROW_VECTORS];
    aann_vector high[AANN_ROW_VECTORS];
    for (int32_t v = 0; v < AANN_ROW_VECTORS; v++) {
        both[v] = (aann_vector){0} + (uint16_t)(offset * 257U);
        high[v] = (aann_vector){0} + offset;
    }
    for (int32_t t = 0; t < plus_count; t++) {
        const uint16_t *row = tap_row(block, &taps[t], place);
        for (int32_t v = 0; v < AANN_ROW_VECTORS; v++) {
            const aann_vector value = aann_vector_load(row + v * AANN_VECTOR_WORDS);
            both[v] += value;
            high[v] += value >> 8;
        }
    }
    for (int32_t t = plus_count; t < tap_count; t++) {
        const uint16_t *row = tap_row(block, &taps[t], place);
        for (int32_t v = 0; v < AANN_ROW_VECTORS; v++) {
            const aann_vector value = aann_vector_load(row + v * AANN_VECTOR_WORDS);
            both[v] -= value;
            high[v] -= value >> 8;
        }
    }
    for (int32_t v = 0; v < AANN_ROW_VECTORS; v++) {
        aann_vector_store(sum + v * AANN_VECTOR_WORDS, both[v] - (high[v] << 8));
        aann_vector_store(sum + AANN_ROW_WORDS + v * AANN_VECTOR_WORDS, high[v]);
    }
}

/* HardTanh of the window's maximum, minus the stored output. */
static inline void write_change_narrow(const aann_signed_vector *low, const aann_signed_vector *high,
                                       int32_t shift, const uint16_t *output, int16_t *change)
{
    for (int32_t v = 0; v < AANN_ROW_VECTORS; v++) {
        const aann_vector old = aann_vector_load(output + v * AANN_VECTOR_WORDS);
        aann_vector_store_signed(change + v * AANN_VECTOR_WORDS,
                                 aann_vector_activate(low[v], shift) + 127 - aann_vector_low(old));
        aann_vector_store_signed(change + AANN_ROW_WORDS + v * AANN_VECTOR_WORDS,
                                 aann_vector_activate(high[v], shift) + 127 - aann_vector_high(old));
    }
}

/* The sum at one place of the window plus what the swap adds: two taps of opposite weights, or one. */
static inline __attribute__((always_inline)) void
swap_sum_narrow(const int16_t *sums, const uint16_t *block, const aann_tap *taps, int32_t tap_count,
                int16_t weight, size_t place, aann_signed_vector *low, aann_signed_vector *high)
{
    const uint16_t *first = tap_row(block, &taps[0], place);
    const uint16_t *second = tap_count == 2 ? tap_row(block, &taps[1], place) : NULL;
    for (int32_t v = 0; v < AANN_ROW_VECTORS; v++) {
        const aann_vector a = aann_vector_load(first + v * AANN_VECTOR_WORDS);
        const aann_vector b = tap_count == 2 ? aann_vector_load(second + v * AANN_VECTOR_WORDS)
                                             : (aann_vector){0} + (uint16_t)AANN_ROW_ZERO;
        const int16_t *sum = sums + v * AANN_VECTOR_WORDS;
        low[v] = aann_vector_load_signed(sum) + (aann_vector_low(a) - aann_vector_low(b)) * weight;
        high[v] = aann_vector_load_signed(sum + AANN_ROW_WORDS) +
                  (aann_vector_high(a) - aann_vector_high(b)) * weight;
    }
}

static inline __attribute__((always_inline)) void
swap_window_narrow(const int16_t *sums, const uint16_t *block, const aann_tap *taps, int32_t tap_count,
                   int16_t weight, size_t place, int32_t window, int32_t shift, const uint16_t *output,
                   int16_t *change)
{
    aann_signed_vector low[AANN_ROW_VECTORS];
    aann_signed_vector high[AANN_ROW_VECTORS];
    swap_sum_narrow(sums, block, taps, tap_count, weight, place, low, high);
#pragma GCC unroll 3
    for (int32_t k = 1; k < window; k++) {
        aann_signed_vector next_low[AANN_ROW_VECTORS];
        aann_signed_vector next_high[AANN_ROW_VECTORS];
        swap_sum_narrow(sums + k * AANN_BLOCK, block, taps, tap_count, weight, place + (size_t)k, next_low,
                        next_high);
        for (int32_t v = 0; v < AANN_ROW_VECTORS; v++) {
            low[v] = aann_vector_larger(low[v], next_low[v]);
            high[v] = aann_vector_larger(high[v], next_high[v]);
        }
    }
    write_change_narrow(low, high, shift, output, change);
}

/* Constants let the compiler unroll the window and leave the multiplication out: what is common is worth a copy. The
 * larger weight comes first, so that with two taps it is +1 or +2. */
static inline void swap_position_narrow(const int16_t *sums, const uint16_t *block, const aann_tap *taps,
                                        int32_t tap_count, size_t place, int32_t window, int32_t shift,
                                        const uint16_t *output, int16_t *change)
{
    const int16_t weight = (int16_t)taps[0].weight;
    if (tap_count == 2 && window == 4 && weight == 1) {
        swap_window_narrow(sums, block, taps, 2, 1, place, 4, shift, output, change);
    } else if (tap_count == 2 && window == 4) {
        swap_window_narrow(sums, block, taps, 2, weight, place, 4, shift, output, change);
    } else if (tap_count == 2) {
        swap_window_narrow(sums, block, taps, 2, weight, place, window, shift, output, change);
    } else if (window == 4) {
        swap_window_narrow(sums, block, taps, 1, weight, place, 4, shift, output, change);
    } else {
        swap_window_narrow(sums, block, taps, 1, weight, place, window, shift, output, change);
    }
}

/* The sum at one place of the window plus what the changed inputs add. */
static inline void propagate_sum_narrow(const int16_t *sums, const int16_t *changes,
                                        const aann_change_tap *taps, int32_t plus_count, int32_t tap_count,
                                        size_t place, aann_signed_vector *sum)
{
    for (int32_t v = 0; v < AANN_BLOCK_VECTORS; v++) {
        sum[v] = aann_vector_load_signed(sums + v * AANN_VECTOR_WORDS);
    }
    for (int32_t t = 0; t < plus_count; t++) {
        const int16_t *row = change_tap_row(changes, &taps[t], place);
        for (int32_t v = 0; v < AANN_BLOCK_VECTORS; v++) {
            sum[v] += aann_vector_load_signed(row + v * AANN_VECTOR_WORDS);
        }
    }
    for (int32_t t = plus_count; t < tap_count; t++) {
        const int16_t *row = change_tap_row(changes, &taps[t], place);
        for (int32_t v = 0; v < AANN_BLOCK_VECTORS; v++) {
            sum[v] -= aann_vector_load_signed(row + v * AANN_VECTOR_WORDS);
        }
    }
}

static inline void propagate_position_narrow(const int16_t *sums, const int16_t *changes,
                                             const aann_change_tap *taps, int32_t plus_count,
                                             int32_t tap_count, size_t place, int32_t window, int32_t shift,
                                             const uint16_t *output, int16_t *change)
{
    aann_signed_vector best[AANN_BLOCK_VECTORS];
    propagate_sum_narrow(sums, changes, taps, plus_count, tap_count, place, best);
    for (int32_t k = 1; k < window; k++) {
        aann_signed_vector sum[AANN_BLOCK_VECTORS];
        propagate_sum_narrow(sums + k * AANN_BLOCK, changes, taps, plus_count, tap_count, place + (size_t)k,
                             sum);
        for (int32_t v = 0; v < AANN_BLOCK_VECTORS; v++) {
            best[v] = aann_vector_larger(best[v], sum[v]);
        }
    }
    write_change_narrow(best, best + AANN_ROW_VECTORS, shift, output, change);
}

/* ---- one position, 32 bits, without tricks ------------------------------------------------------- */

static inline void sum_taps_wide(const uint16_t *block, const aann_tap *taps, int32_t plus_count,
                                 int32_t tap_count, size_t place, int32_t *restrict sum)
{
    memset(sum, 0, AANN_BLOCK * sizeof *sum);
    for (int32_t t = 0; t < tap_count; t++) {
        const uint16_t *row = tap_row(block, &taps[t], place);
        const int32_t weight = t < plus_count ? 1 : -1;
        for (int32_t word = 0; word < AANN_ROW_WORDS; word++) {
            sum[word] += weight * ((row[word] & 255) - 127);
            sum[AANN_ROW_WORDS + word] += weight * ((row[word] >> 8) - 127);
        }
    }
}

/* HardTanh of the window's maximum, minus the stored output. */
static inline void write_change_wide(const int32_t *restrict best, int32_t shift,
                                     const uint16_t *restrict output, int16_t *restrict change)
{
    for (int32_t lane = 0; lane < AANN_BLOCK; lane++) {
        const int32_t word = output[lane % AANN_ROW_WORDS];
        const int32_t old = lane < AANN_ROW_WORDS ? word & 255 : word >> 8;
        const int32_t shifted = best[lane] >> shift;
        const int32_t low = shifted < -127 ? -127 : shifted;
        change[lane] = (int16_t)((low > 127 ? 127 : low) + 127 - old);
    }
}

static inline void swap_position_wide(const int32_t *sums, const uint16_t *block, const aann_tap *taps,
                                      int32_t tap_count, size_t place, int32_t window, int32_t shift,
                                      const uint16_t *output, int16_t *change)
{
    int32_t best[AANN_BLOCK] = {0};
    for (int32_t k = 0; k < window; k++) {
        const uint16_t *first = tap_row(block, &taps[0], place + (size_t)k);
        const uint16_t *second = tap_row(block, &taps[tap_count - 1], place + (size_t)k);
        const int32_t weight = tap_count == 2 ? taps[1].weight : 0;
        for (int32_t lane = 0; lane < AANN_BLOCK; lane++) {
            const int32_t half = lane < AANN_ROW_WORDS ? 0 : 8;
            const int32_t a = (first[lane % AANN_ROW_WORDS] >> half & 255) - 127;
            const int32_t b = (second[lane % AANN_ROW_WORDS] >> half & 255) - 127;
            const int32_t sum = sums[k * AANN_BLOCK + lane] + taps[0].weight * a + weight * b;
            best[lane] = k == 0 || sum > best[lane] ? sum : best[lane];
        }
    }
    write_change_wide(best, shift, output, change);
}

static inline void propagate_position_wide(const int32_t *sums, const int16_t *changes,
                                           const aann_change_tap *taps, int32_t plus_count, int32_t tap_count,
                                           size_t place, int32_t window, int32_t shift,
                                           const uint16_t *output, int16_t *change)
{
    int32_t best[AANN_BLOCK] = {0};
    for (int32_t k = 0; k < window; k++) {
        int32_t sum[AANN_BLOCK];
        memcpy(sum, sums + k * AANN_BLOCK, sizeof sum);
        for (int32_t t = 0; t < tap_count; t++) {
            const int16_t *row = change_tap_row(changes, &taps[t], place + (size_t)k);
            for (int32_t lane = 0; lane < AANN_BLOCK; lane++) {
                sum[lane] += t < plus_count ? row[lane] : -row[lane];
            }
        }
        for (int32_t lane = 0; lane < AANN_BLOCK; lane++) {
            best[lane] = k == 0 || sum[lane] > best[lane] ? sum[lane] : best[lane];
        }
    }
    write_change_wide(best, shift, output, change);
}

/* ---- maps, for both widths ----------------------------------------------------------------------- */

#define SUM int16_t
#define NAME(x) x##_narrow
#include "engine/kernels/units_template.h"
#undef SUM
#undef NAME

#define SUM int32_t
#define NAME(x) x##_wide
#include "engine/kernels/units_template.h"
#undef SUM
#undef NAME

const aann_unit_kernels *AANN_KERNEL(aann_unit_kernels_narrow)(void)
{
    return &kernels_narrow;
}

const aann_unit_kernels *AANN_KERNEL(aann_unit_kernels_wide)(void)
{
    return &kernels_wide;
}

/* ---- rows and outputs ---------------------------------------------------------------------------- */

void AANN_KERNEL(aann_add_rows)(uint16_t *rows, const int16_t *change, int32_t row_count)
{
    for (int32_t r = 0; r < row_count; r++) {
        uint16_t *restrict row = rows + (size_t)r * AANN_ROW_WORDS;
        const int16_t *restrict by = change + (size_t)r * AANN_BLOCK;
        for (int32_t word = 0; word < AANN_ROW_WORDS; word++) {
            /* Both bytes stay in 0..254, so nothing carries from one to the other. */
            row[word] = (uint16_t)(row[word] + by[word] + 256 * by[AANN_ROW_WORDS + word]);
        }
    }
}

void AANN_KERNEL(aann_find_changed)(const int16_t *change, int32_t row_count, uint64_t *changed)
{
    memset(changed, 0, (size_t)(row_count + 63) / 64 * sizeof *changed);
    for (int32_t r = 0; r < row_count; r++) {
        const int16_t *row = change + (size_t)r * AANN_BLOCK;
        uint16_t any = 0;
        for (int32_t lane = 0; lane < AANN_BLOCK; lane++) {
            any = (uint16_t)(any | (uint16_t)row[lane]);
        }
        changed[r / 64] |= (uint64_t)(any != 0) << (r % 64);
    }
}

void AANN_KERNEL(aann_find_nonzero)(const uint16_t *rows, int32_t row_count, uint64_t *nonzero)
{
    memset(nonzero, 0, (size_t)(row_count + 63) / 64 * sizeof *nonzero);
    for (int32_t r = 0; r < row_count; r++) {
        const uint16_t *row = rows + (size_t)r * AANN_ROW_WORDS;
        uint16_t any = 0;
        for (int32_t word = 0; word < AANN_ROW_WORDS; word++) {
            any = (uint16_t)(any | (row[word] ^ AANN_ROW_ZERO));
        }
        nonzero[r / 64] |= (uint64_t)(any != 0) << (r % 64);
    }
}

/* At most AANN_MAX_ACCUMULATED rows, so that int16 sums hold them. */
static void accumulate_some(const int16_t *change, const int32_t *places, int32_t plus_count,
                            int32_t place_count, int32_t *restrict outputs)
{
    aann_vector sum[AANN_BLOCK_VECTORS];
    for (int32_t v = 0; v < AANN_BLOCK_VECTORS; v++) {
        sum[v] = (aann_vector){0};
    }
    for (int32_t i = 0; i < plus_count; i++) {
        const int16_t *row = change + (size_t)places[i] * AANN_BLOCK;
        for (int32_t v = 0; v < AANN_BLOCK_VECTORS; v++) {
            sum[v] += aann_vector_load(row + v * AANN_VECTOR_WORDS);
        }
    }
    for (int32_t i = plus_count; i < place_count; i++) {
        const int16_t *row = change + (size_t)places[i] * AANN_BLOCK;
        for (int32_t v = 0; v < AANN_BLOCK_VECTORS; v++) {
            sum[v] -= aann_vector_load(row + v * AANN_VECTOR_WORDS);
        }
    }
    int16_t lanes[AANN_BLOCK];
    memcpy(lanes, sum, sizeof lanes);
    for (int32_t lane = 0; lane < AANN_BLOCK; lane++) {
        outputs[lane] += lanes[lane];
    }
}

void AANN_KERNEL(aann_accumulate_changes)(const int16_t *change, const int32_t *places, int32_t plus_count,
                                          int32_t place_count, int32_t *outputs)
{
    while (place_count > AANN_MAX_ACCUMULATED) {
        const int32_t plus = plus_count < AANN_MAX_ACCUMULATED ? plus_count : AANN_MAX_ACCUMULATED;
        accumulate_some(change, places, plus, AANN_MAX_ACCUMULATED, outputs);
        places += AANN_MAX_ACCUMULATED;
        plus_count -= plus;
        place_count -= AANN_MAX_ACCUMULATED;
    }
    accumulate_some(change, places, plus_count, place_count, outputs);
}

void AANN_KERNEL(aann_accumulate_taps)(const uint16_t *block, const aann_tap *taps, int32_t tap_count,
                                       int32_t *outputs)
{
    for (int32_t t = 0; t < tap_count; t++) {
        add_row_wide(tap_row(block, &taps[t], 0), taps[t].weight, outputs);
    }
}
