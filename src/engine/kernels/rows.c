/* Kernels over rows: stored activations, changes of activations, and what they add to the
 * outputs. */
#include <stddef.h>
#include <string.h>

#include "engine/kernels/units.h"
#include "engine/kernels/vectors.h"

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

void AANN_KERNEL(aann_change_rows)(const uint8_t *rows, const int32_t *places, const uint16_t *old,
                                   const int32_t *which, int32_t count, int16_t *change)
{
    for (int32_t i = 0; i < count; i++) {
        uint16_t now[AANN_ROW_WORDS];
        memcpy(now, rows + places[which[i]], sizeof now);
        const uint16_t *restrict before = old + (size_t)which[i] * AANN_ROW_WORDS;
        int16_t *restrict row = change + (size_t)which[i] * AANN_BLOCK;
        for (int32_t word = 0; word < AANN_ROW_WORDS; word++) {
            row[word] = (int16_t)((now[word] & 255) - (before[word] & 255));
            row[AANN_ROW_WORDS + word] = (int16_t)((now[word] >> 8) - (before[word] >> 8));
        }
    }
}

static void change_whole(uint8_t *restrict row, const uint8_t *restrict old)
{
    for (int32_t i = 0; i < AANN_BLOCK; i++) {
        row[i] = (uint8_t)(row[i] - old[i] + 127);
    }
}

static void change_halves(uint8_t *restrict row, uint8_t *restrict second,
                          const uint8_t *restrict old)
{
    for (int32_t i = 0; i < AANN_BLOCK; i++) {
        const uint8_t now = row[i];
        const uint8_t now_half = now >> 1;
        const uint8_t old_half = old[i] >> 1;
        row[i] = (uint8_t)(now_half - old_half + 127);
        second[i] = (uint8_t)((now - now_half) - (old[i] - old_half) + 127);
    }
}

void AANN_KERNEL(aann_change_bytes)(uint8_t *rows, uint8_t *second, const int32_t *places,
                                    const uint16_t *old, const int32_t *which, int32_t count)
{
    for (int32_t i = 0; i < count; i++) {
        const int32_t place = places[which[i]];
        const uint8_t *before = (const uint8_t *)(old + (size_t)which[i] * AANN_ROW_WORDS);
        if (second == NULL) {
            change_whole(rows + place, before);
        } else {
            change_halves(rows + place, second + place, before);
        }
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

uint16_t AANN_KERNEL(aann_read_rows)(const uint16_t *rows, size_t row_count)
{
    enum { AT_ONCE = 8, VECTORS = AANN_ROW_WORDS / AANN_VECTOR_WORDS };
    aann_words_narrow any[AT_ONCE] = {{0}};
    for (size_t i = 0; i < row_count; i += AT_ONCE) {
        const uint16_t *from = rows + i * AANN_ROW_WORDS;
#pragma GCC unroll 32
        for (int32_t v = 0; v < AT_ONCE * VECTORS; v++) {
            any[v % AT_ONCE] |= aann_load_words_narrow(from + v * AANN_VECTOR_WORDS);
        }
    }
    for (int32_t k = 1; k < AT_ONCE; k++) {
        any[0] |= any[k];
    }
    uint16_t result = 0;
    for (int32_t i = 0; i < AANN_VECTOR_WORDS; i++) {
        result = (uint16_t)(result | any[0][i]);
    }
    return result;
}

/* outputs[64] += these 16-bit lanes. */
static inline void add_lanes(const aann_vector_narrow sum[AANN_BLOCK_VECTORS],
                             int32_t *restrict outputs)
{
    int16_t lanes[AANN_BLOCK];
    memcpy(lanes, sum, sizeof lanes);
    for (int32_t lane = 0; lane < AANN_BLOCK; lane++) {
        outputs[lane] += lanes[lane];
    }
}

/* At most AANN_MAX_ACCUMULATED rows, so that int16 sums hold them. */
static void accumulate_some(const int16_t *change, const int32_t *places, int32_t plus_count,
                            int32_t place_count, int32_t *restrict outputs)
{
    aann_vector_narrow sum[AANN_BLOCK_VECTORS];
    for (int32_t v = 0; v < AANN_BLOCK_VECTORS; v++) {
        sum[v] = (aann_vector_narrow){0};
    }
    for (int32_t i = 0; i < plus_count; i++) {
        const int16_t *row = change + (size_t)places[i] * AANN_BLOCK;
        for (int32_t v = 0; v < AANN_BLOCK_VECTORS; v++) {
            sum[v] += aann_load_changes_narrow(row + v * AANN_VECTOR_WORDS);
        }
    }
    for (int32_t i = plus_count; i < place_count; i++) {
        const int16_t *row = change + (size_t)places[i] * AANN_BLOCK;
        for (int32_t v = 0; v < AANN_BLOCK_VECTORS; v++) {
            sum[v] -= aann_load_changes_narrow(row + v * AANN_VECTOR_WORDS);
        }
    }
    add_lanes(sum, outputs);
}

void AANN_KERNEL(aann_accumulate_changes)(const int16_t *change, const int32_t *places,
                                          int32_t plus_count, int32_t place_count, int32_t *outputs)
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

void AANN_KERNEL(aann_change_output)(const uint16_t *block, const aann_tap *taps, int32_t tap_count,
                                     int32_t *outputs)
{
    const uint16_t *first = block + taps[0].rows + taps[0].places[0];
    const uint16_t *second = block + taps[tap_count - 1].rows + taps[tap_count - 1].places[0];
    const int16_t weight = (int16_t)taps[0].weight;
    const aann_words_narrow none = (aann_words_narrow){0} + AANN_ROW_ZERO;
    for (int32_t from = 0; from < AANN_ROW_WORDS; from += AANN_VECTOR_WORDS) {
        const aann_words_narrow a = aann_load_words_narrow(first + from);
        const aann_words_narrow b = tap_count == 2 ? aann_load_words_narrow(second + from) : none;
        int16_t low[AANN_VECTOR_WORDS];
        int16_t high[AANN_VECTOR_WORDS];
        aann_store_changes_narrow(low, (aann_vector_narrow)((a & 255) - (b & 255)) * weight);
        aann_store_changes_narrow(high, (aann_vector_narrow)((a >> 8) - (b >> 8)) * weight);
        for (int32_t lane = 0; lane < AANN_VECTOR_WORDS; lane++) {
            outputs[from + lane] = low[lane];
            outputs[AANN_ROW_WORDS + from + lane] = high[lane];
        }
    }
}
