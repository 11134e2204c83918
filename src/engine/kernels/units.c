/* The kernels of a unit, for both widths of the sums; see units_template.h. */
#include "engine/kernels/units.h"

#include <stddef.h>
#include <string.h>

#include "engine/kernels/vectors.h"

enum {
    MAX_INLINE_WINDOW = 4, /* windows whose row pointers fit registers and stack slots */
    MAX_INLINE_TAPS = 4
};

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
        const uint16_t *row = block + taps[t].rows + (size_t)taps[t].places[place] * AANN_ROW_WORDS;
        for (int32_t v = 0; v < AANN_ROW_VECTORS; v++) {
            const aann_vector value = aann_vector_load(row + v * AANN_VECTOR_WORDS);
            both[v] += value;
            high[v] += value >> 8;
        }
    }
    for (int32_t t = plus_count; t < tap_count; t++) {
        const uint16_t *row = block + taps[t].rows + (size_t)taps[t].places[place] * AANN_ROW_WORDS;
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

/* The same in 32 bits, without tricks. */
static inline void sum_taps_wide(const uint16_t *block, const aann_tap *taps, int32_t plus_count,
                                 int32_t tap_count, size_t place, int32_t *restrict sum)
{
    memset(sum, 0, AANN_BLOCK * sizeof *sum);
    for (int32_t t = 0; t < tap_count; t++) {
        const uint16_t *row = block + taps[t].rows + (size_t)taps[t].places[place] * AANN_ROW_WORDS;
        const int32_t weight = t < plus_count ? 1 : -1;
        for (int32_t word = 0; word < AANN_ROW_WORDS; word++) {
            sum[word] += weight * ((row[word] & 255) - 127);
            sum[AANN_ROW_WORDS + word] += weight * ((row[word] >> 8) - 127);
        }
    }
}

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
        add_row_wide(block + taps[t].rows + (size_t)taps[t].places[0] * AANN_ROW_WORDS, taps[t].weight,
                     outputs);
    }
}

void AANN_KERNEL(aann_forward_output)(const uint16_t *block, const aann_tap *taps, int32_t plus_count,
                                      int32_t tap_count, int32_t *outputs)
{
    memset(outputs, 0, AANN_BLOCK * sizeof *outputs);
    /* In pieces that int16 sums hold: 256 taps of at most 127. */
    for (int32_t first = 0; first < tap_count; first += 256) {
        const int32_t count = tap_count - first < 256 ? tap_count - first : 256;
        int32_t plus = plus_count - first;
        plus = plus < 0 ? 0 : plus > count ? count : plus;
        int16_t sum[AANN_BLOCK];
        sum_taps_narrow(block, taps + first, plus, count, 0, sum);
        for (int32_t lane = 0; lane < AANN_BLOCK; lane++) {
            outputs[lane] += sum[lane];
        }
    }
}
