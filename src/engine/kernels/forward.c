/* Sums over a unit's non-zero weights, 64 lanes at a time: nearly all of the time of a forward
 * pass.
 *
 * Each word of a row holds two lanes. Adding whole words gives (even + 256 odd) modulo 2^16, adding
 * the high bytes alone gives odd, and even follows from the difference, exactly, as long as the
 * true sums fit 16 bits: a load and three operations per weight and row. Several rows are summed at
 * once, as many as the registers can hold two sums each of, so that the weights are found once for
 * all of them. */
#include "engine/kernels/forward_rows.h"

#include <stdbool.h>
#include <string.h>

#include "engine/kernels/units.h"
#include "engine/kernels/vectors.h"

#define ALWAYS_INLINE inline __attribute__((always_inline))

enum {
#if defined(__AVX512BW__) || defined(__aarch64__)
    ROWS_AT_ONCE = 8, /* 32 vector registers */
#else
    ROWS_AT_ONCE = 4, /* 16 */
#endif
    ROW_VECTORS = AANN_ROW_WORDS / AANN_VECTOR_WORDS,
    WINDOW = 4,          /* the usual one, with kernels of its own */
    LARGEST_PIECE = 256, /* taps whose sum 16 bits hold */
    /* Limit of the rows whose wide sums are computed together. */
    WIDE_AT_ONCE = 4
};

/* The bytes of a row. Vectors of 64 bytes are read once: gcc prefers to read them twice, as an
 * operand of both instructions that use them, but the processor does one such read per cycle. */
static ALWAYS_INLINE aann_words_narrow load_once(const uint8_t *from)
{
#if defined(__AVX512BW__)
    typedef aann_words_narrow unaligned __attribute__((aligned(1), may_alias));
    return *(const volatile unaligned *)(const void *)from;
#else
    return aann_load_words_narrow((const uint16_t *)(const void *)from);
#endif
}

static ALWAYS_INLINE void store(void *to, aann_words_narrow value)
{
    memcpy(to, &value, sizeof value);
}

/* The offsets of some taps: those of weight +1 from plus to minus, those of -1 from minus to
 * end. */
typedef struct tap_range {
    const int32_t *plus;
    const int32_t *minus;
    const int32_t *end;
} tap_range;

static ALWAYS_INLINE tap_range all_of(const aann_forward_taps *taps, int32_t window)
{
    return (tap_range){taps->offsets, taps->offsets + (ptrdiff_t)taps->plus_count * window,
                       taps->offsets + (ptrdiff_t)taps->count * window};
}

/* The same taps at place k of the window. */
static ALWAYS_INLINE tap_range at_place(tap_range taps, int32_t k)
{
    return (tap_range){taps.plus + k, taps.minus + k, taps.end + k};
}

/* The correction of a sum over these taps for activations stored as v + 127. */
static ALWAYS_INLINE uint16_t offset_of(int32_t plus_count, int32_t count)
{
    return (uint16_t)(-127 * (2 * plus_count - count));
}

/* Adds the taps up for base_count * columns places: even lanes + 256 odd ones to `both`, the odd
 * ones to `high`. Place (i, j) reads bases[i] + the tap's offset at j. All arguments but the taps
 * are compile-time constants. */
static ALWAYS_INLINE void add_taps(tap_range taps, const uint8_t *const *bases, int32_t base_count,
                                   int32_t columns, int32_t window, aann_words_narrow *both,
                                   aann_words_narrow *high)
{
    const int32_t *offsets = taps.plus;
    for (; offsets != taps.minus; offsets += window) {
#pragma GCC unroll 8
        for (int32_t i = 0; i < base_count * columns; i++) {
            const aann_words_narrow value = load_once(bases[i / columns] + offsets[i % columns]);
            both[i] += value;
            high[i] += value >> 8;
        }
    }
    for (; offsets != taps.end; offsets += window) {
#pragma GCC unroll 8
        for (int32_t i = 0; i < base_count * columns; i++) {
            const aann_words_narrow value = load_once(bases[i / columns] + offsets[i % columns]);
            both[i] -= value;
            high[i] -= value >> 8;
        }
    }
}

/* The sums of places over taps[first..end), even lanes into low and odd ones into high. */
static ALWAYS_INLINE void sum_places(const aann_forward_taps *taps, int32_t first, int32_t end,
                                     const uint8_t *const *bases, int32_t base_count,
                                     int32_t columns, int32_t window, aann_words_narrow *low,
                                     aann_words_narrow *high)
{
    const int32_t plus = taps->plus_count;
    const int32_t minus = plus < first ? first
                          : plus < end ? plus
                                       : end; /* the first of weight -1 */
    const tap_range range = {taps->offsets + (ptrdiff_t)first * window,
                             taps->offsets + (ptrdiff_t)minus * window,
                             taps->offsets + (ptrdiff_t)end * window};
    const uint16_t offset = offset_of(minus - first, end - first);
#pragma GCC unroll 8
    for (int32_t i = 0; i < base_count * columns; i++) {
        low[i] = (aann_words_narrow){0} + (uint16_t)(offset * 257U);
        high[i] = (aann_words_narrow){0} + offset;
    }
    add_taps(range, bases, base_count, columns, window, low, high);
#pragma GCC unroll 8
    for (int32_t i = 0; i < base_count * columns; i++) {
        low[i] -= high[i] << 8;
    }
}

/* HardTanh of a window's maximum, which is best + offset, as it is stored: 0..254. */
static ALWAYS_INLINE aann_words_narrow activate_vector(aann_words_narrow best, uint16_t offset,
                                                       int32_t shift)
{
    const aann_vector_narrow zero = {0};
    const aann_vector_narrow stored =
        shift == 0 ? (aann_vector_narrow)(best + (uint16_t)(offset + 127))
                   : ((aann_vector_narrow)(best + offset) >> (int16_t)shift) + 127;
    return (aann_words_narrow)aann_smaller_narrow(aann_larger_narrow(stored, zero), zero + 254);
}

static ALWAYS_INLINE aann_words_narrow larger(aann_words_narrow a, aann_words_narrow b)
{
    return (aann_words_narrow)aann_larger_narrow((aann_vector_narrow)a, (aann_vector_narrow)b);
}

/* ---- 16 bits --------------------------------------------------------------------------------- */

static ALWAYS_INLINE void store_sums(const aann_forward_rows *rows, int32_t row, int32_t k,
                                     int32_t v, aann_words_narrow low, aann_words_narrow high)
{
    int16_t *sums =
        (int16_t *)rows->sums + ((size_t)row * (size_t)rows->window + (size_t)k) * AANN_BLOCK;
    store(sums + v * AANN_VECTOR_WORDS, low + (high << 8));
    store(sums + AANN_ROW_WORDS + v * AANN_VECTOR_WORDS, high);
}

/* base_count rows, `columns` places of their windows at a time. */
static ALWAYS_INLINE void compute_rows(const aann_forward_taps *taps, const aann_forward_rows *rows,
                                       const int32_t *which, int32_t base_count, int32_t columns,
                                       int32_t window, bool keep_sums)
{
    for (int32_t v = 0; v < ROW_VECTORS; v++) {
        const uint8_t *bases[ROWS_AT_ONCE];
        aann_words_narrow best_low[ROWS_AT_ONCE];
        aann_words_narrow best_high[ROWS_AT_ONCE];
#pragma GCC unroll 8
        for (int32_t i = 0; i < base_count; i++) {
            bases[i] = rows->input + rows->from[which[i]] + (size_t)v * AANN_VECTOR_BYTES;
            best_low[i] = best_high[i] = (aann_words_narrow){0};
        }
        aann_forward_taps column = *taps;
        for (int32_t k = 0; k < window; k += columns, column.offsets += columns) {
            aann_words_narrow low[ROWS_AT_ONCE];
            aann_words_narrow high[ROWS_AT_ONCE];
            sum_places(&column, 0, column.count, bases, base_count, columns, window, low, high);
#pragma GCC unroll 8
            for (int32_t i = 0; i < base_count * columns; i++) {
                const int32_t row = i / columns;
                const int32_t place = k + i % columns;
                if (keep_sums) {
                    store_sums(rows, which[row], place, v, low[i], high[i]);
                }
                best_low[row] = place == 0 ? low[i] : larger(best_low[row], low[i]);
                best_high[row] = place == 0 ? high[i] : larger(best_high[row], high[i]);
            }
        }
#pragma GCC unroll 8
        for (int32_t i = 0; i < base_count; i++) {
            const aann_words_narrow even = activate_vector(best_low[i], 0, rows->shift);
            const aann_words_narrow odd = activate_vector(best_high[i], 0, rows->shift);
            store(rows->output + rows->to[which[i]] + (size_t)v * AANN_VECTOR_BYTES,
                  even | odd << 8);
        }
    }
}

static ALWAYS_INLINE void compute_map(const aann_forward_taps *taps, const aann_forward_rows *rows,
                                      bool keep_sums)
{
    const int32_t *which = rows->which;
    const int32_t *const end = which + rows->count;
    if (rows->window == WINDOW) {
        for (; end - which >= ROWS_AT_ONCE / WINDOW; which += ROWS_AT_ONCE / WINDOW) {
            compute_rows(taps, rows, which, ROWS_AT_ONCE / WINDOW, WINDOW, WINDOW, keep_sums);
        }
        for (; which < end; which++) {
            compute_rows(taps, rows, which, 1, WINDOW, WINDOW, keep_sums);
        }
        return;
    }
    for (; end - which >= ROWS_AT_ONCE; which += ROWS_AT_ONCE) {
        compute_rows(taps, rows, which, ROWS_AT_ONCE, 1, rows->window, keep_sums);
    }
    for (; which < end; which++) {
        compute_rows(taps, rows, which, 1, 1, rows->window, keep_sums);
    }
}

void AANN_KERNEL(aann_forward_narrow)(const aann_forward_taps *taps, const aann_forward_rows *rows)
{
    if (rows->sums == NULL) {
        compute_map(taps, rows, false);
    } else {
        compute_map(taps, rows, true);
    }
}

/* ---- from sums that are there ---------------------------------------------------------------- */

/* The maximum of `columns` places of a window from k on, whose sums begin with those at `start`. */
static ALWAYS_INLINE void continue_places(tap_range taps, const uint8_t *base, const int16_t *start,
                                          int32_t columns, int32_t window,
                                          aann_words_narrow *best_low, aann_words_narrow *best_high)
{
    aann_words_narrow both[WINDOW];
    aann_words_narrow high[WINDOW];
#pragma GCC unroll 4
    for (int32_t k = 0; k < columns; k++) {
        both[k] = (aann_words_narrow)aann_load_sums_narrow(start + k * AANN_BLOCK);
        high[k] = (aann_words_narrow)aann_load_sums_narrow(start + k * AANN_BLOCK + AANN_ROW_WORDS);
    }
    add_taps(taps, &base, 1, columns, window, both, high);
    *best_low = both[0] - (high[0] << 8);
    *best_high = high[0];
#pragma GCC unroll 4
    for (int32_t k = 1; k < columns; k++) {
        *best_low = larger(*best_low, both[k] - (high[k] << 8));
        *best_high = larger(*best_high, high[k]);
    }
}

/* One row, `columns` places of its window at a time. The correction for v + 127 is the same for all
 * places, so it is applied to the maximum only. */
static ALWAYS_INLINE void continue_row(tap_range taps, uint16_t offset, const uint8_t *base,
                                       const int16_t *start, int32_t columns, int32_t window,
                                       int32_t shift, uint8_t *to)
{
    for (int32_t v = 0; v < ROW_VECTORS; v++) {
        const int16_t *sums = start + v * AANN_VECTOR_WORDS;
        aann_words_narrow low;
        aann_words_narrow high;
        continue_places(taps, base, sums, columns, window, &low, &high);
        for (int32_t k = columns; k < window; k += columns) {
            aann_words_narrow next_low;
            aann_words_narrow next_high;
            continue_places(at_place(taps, k), base, sums + k * AANN_BLOCK, columns, window,
                            &next_low, &next_high);
            low = larger(low, next_low);
            high = larger(high, next_high);
        }
        const aann_words_narrow even = activate_vector(low, offset, shift);
        const aann_words_narrow odd = activate_vector(high, offset, shift);
        store(to, even | odd << 8);
        base += AANN_VECTOR_BYTES;
        to += AANN_VECTOR_BYTES;
    }
}

static ALWAYS_INLINE void continue_map(const aann_forward_taps *where,
                                       const aann_forward_rows *rows, int32_t columns,
                                       int32_t window, int32_t shift)
{
    /* Local copies: the compiler knows that no store changes them. */
    const tap_range taps = all_of(where, window);
    const uint16_t offset = offset_of(where->plus_count, where->count);
    const uint8_t *const input = rows->input;
    const int32_t *const from = rows->from;
    const int32_t *const to = rows->to;
    const int32_t *const which = rows->which;
    const int16_t *const start = rows->start;
    uint8_t *const output = rows->output;
    const int32_t count = rows->count;
    const size_t length = (size_t)window * AANN_BLOCK;
    for (int32_t i = 0; i < count; i++) {
        /* Prefetch: the data are in the second-level cache at best, and the hardware does not
         * prefetch as far as the next row. */
        const int16_t *ahead = start + (size_t)which[i + 2 < count ? i + 2 : i] * length;
        for (int32_t line = 0; line < window * AANN_BLOCK; line += AANN_BLOCK / 2) {
            __builtin_prefetch(ahead + line);
        }
        const int32_t row = which[i];
        continue_row(taps, offset, input + from[row], start + (size_t)row * length, columns, window,
                     shift, output + to[row]);
    }
}

void AANN_KERNEL(aann_forward_continued)(const aann_forward_taps *taps,
                                         const aann_forward_rows *rows)
{
    if (rows->window == WINDOW && rows->shift == 0) {
        continue_map(taps, rows, WINDOW, WINDOW, 0);
    } else if (rows->window == WINDOW) {
        continue_map(taps, rows, WINDOW, WINDOW, rows->shift);
    } else {
        continue_map(taps, rows, 1, rows->window, rows->shift);
    }
}

/* ---- variants of one unit -------------------------------------------------------------------- */

/* Keeps the maximum of the present value and `columns` places of one variant, whose sums are the
 * shared ones plus those of its own taps. */
static ALWAYS_INLINE void keep_variant(const aann_forward_taps *own, const uint8_t *base, int32_t k,
                                       int32_t columns, int32_t window,
                                       const aann_words_narrow *shared_both,
                                       const aann_words_narrow *shared_high,
                                       aann_words_narrow *best_low, aann_words_narrow *best_high)
{
    aann_words_narrow both[WINDOW];
    aann_words_narrow high[WINDOW];
#pragma GCC unroll 4
    for (int32_t i = 0; i < columns; i++) {
        both[i] = shared_both[i];
        high[i] = shared_high[i];
    }
    add_taps(at_place(all_of(own, window), k), &base, 1, columns, window, both, high);
#pragma GCC unroll 4
    for (int32_t i = 0; i < columns; i++) {
        const aann_words_narrow low = both[i] - (high[i] << 8);
        *best_low = k + i == 0 ? low : larger(*best_low, low);
        *best_high = k + i == 0 ? high[i] : larger(*best_high, high[i]);
    }
}

static ALWAYS_INLINE void store_variant(const aann_forward_variant *variant, aann_words_narrow low,
                                        aann_words_narrow high, int32_t shift, ptrdiff_t place)
{
    const uint16_t offset = offset_of(variant->taps.plus_count, variant->taps.count);
    const aann_words_narrow even = activate_vector(low, offset, shift);
    const aann_words_narrow odd = activate_vector(high, offset, shift);
    store(variant->output + place, even | odd << 8);
}

/* One row of all variants, `columns` places of its window at a time: the shared taps once, then
 * each variant's own. */
static ALWAYS_INLINE void compute_variants(const aann_forward_taps *shared,
                                           const aann_forward_variant *variants, int32_t count,
                                           const aann_forward_rows *rows, int32_t row,
                                           int32_t columns, int32_t window)
{
    for (int32_t v = 0; v < ROW_VECTORS; v++) {
        const ptrdiff_t within = (ptrdiff_t)v * AANN_VECTOR_BYTES;
        const uint8_t *base = rows->input + rows->from[row] + within;
        aann_words_narrow best_low[AANN_MAX_VARIANTS];
        aann_words_narrow best_high[AANN_MAX_VARIANTS];
        const tap_range taps = all_of(shared, window);
        const uint16_t offset = offset_of(shared->plus_count, shared->count);
        for (int32_t k = 0; k < window; k += columns) {
            aann_words_narrow both[WINDOW];
            aann_words_narrow high[WINDOW];
#pragma GCC unroll 4
            for (int32_t i = 0; i < columns; i++) {
                both[i] = (aann_words_narrow){0} + (uint16_t)(offset * 257U);
                high[i] = (aann_words_narrow){0} + offset;
            }
            add_taps(at_place(taps, k), &base, 1, columns, window, both, high);
            for (int32_t i = 0; i < count; i++) {
                keep_variant(&variants[i].taps, base, k, columns, window, both, high, &best_low[i],
                             &best_high[i]);
                if (k + columns == window) {
                    store_variant(&variants[i], best_low[i], best_high[i], rows->shift,
                                  rows->to[row] + within);
                }
            }
        }
    }
}

void AANN_KERNEL(aann_forward_variants)(const aann_forward_taps *shared,
                                        const aann_forward_variant *variants, int32_t count,
                                        const aann_forward_rows *rows)
{
    for (int32_t i = 0; i < rows->count; i++) {
        if (rows->window == WINDOW) {
            compute_variants(shared, variants, count, rows, rows->which[i], WINDOW, WINDOW);
        } else {
            compute_variants(shared, variants, count, rows, rows->which[i], 1, rows->window);
        }
    }
}

/* ---- 32 bits --------------------------------------------------------------------------------- */

/* sums[base_count][64] of one column of the window, added up from pieces that 16 bits hold. */
static ALWAYS_INLINE void sum_wide(const aann_forward_taps *column, const uint8_t *const *rows,
                                   int32_t base_count, int32_t window, int32_t (*sums)[AANN_BLOCK])
{
    memset(sums, 0, (size_t)base_count * sizeof *sums);
    for (int32_t first = 0; first < column->count; first += LARGEST_PIECE) {
        const int32_t end =
            first + LARGEST_PIECE < column->count ? first + LARGEST_PIECE : column->count;
        for (int32_t v = 0; v < ROW_VECTORS; v++) {
            const uint8_t *bases[WIDE_AT_ONCE];
            aann_words_narrow low[WIDE_AT_ONCE];
            aann_words_narrow high[WIDE_AT_ONCE];
#pragma GCC unroll 8
            for (int32_t i = 0; i < base_count; i++) {
                bases[i] = rows[i] + (size_t)v * AANN_VECTOR_BYTES;
            }
            sum_places(column, first, end, bases, base_count, 1, window, low, high);
#pragma GCC unroll 8
            for (int32_t i = 0; i < base_count; i++) {
                int16_t piece[2][AANN_VECTOR_WORDS];
                store(piece[0], low[i]);
                store(piece[1], high[i]);
                int32_t *to = sums[i] + v * AANN_VECTOR_WORDS;
                for (int32_t lane = 0; lane < AANN_VECTOR_WORDS; lane++) {
                    to[lane] += piece[0][lane];
                    to[AANN_ROW_WORDS + lane] += piece[1][lane];
                }
            }
        }
    }
}

static inline int32_t activate(int32_t sum, int32_t shift)
{
    const int32_t shifted = sum >> shift;
    const int32_t low = shifted < -127 ? -127 : shifted;
    return (low > 127 ? 127 : low) + 127;
}

static void write_row_wide(const int32_t *restrict best, int32_t shift, uint8_t *restrict output)
{
    uint16_t words[AANN_ROW_WORDS];
    for (int32_t word = 0; word < AANN_ROW_WORDS; word++) {
        words[word] = (uint16_t)(activate(best[word], shift) |
                                 activate(best[AANN_ROW_WORDS + word], shift) << 8);
    }
    memcpy(output, words, sizeof words);
}

static void keep_larger(const int32_t *restrict sums, int32_t *restrict best)
{
    for (int32_t lane = 0; lane < AANN_BLOCK; lane++) {
        best[lane] = sums[lane] > best[lane] ? sums[lane] : best[lane];
    }
}

static void store_sums_wide(int32_t *restrict to, const int32_t *restrict sums)
{
    for (int32_t word = 0; word < AANN_ROW_WORDS; word++) {
        const uint32_t high = (uint32_t)sums[AANN_ROW_WORDS + word];
        to[word] = (int32_t)((uint32_t)sums[word] + (high << 8));
        to[AANN_ROW_WORDS + word] = sums[AANN_ROW_WORDS + word];
    }
}

static ALWAYS_INLINE void compute_rows_wide(const aann_forward_taps *taps,
                                            const aann_forward_rows *rows, const int32_t *which,
                                            int32_t base_count)
{
    const uint8_t *bases[WIDE_AT_ONCE];
    int32_t sums[WIDE_AT_ONCE][AANN_BLOCK];
    int32_t best[WIDE_AT_ONCE][AANN_BLOCK];
#pragma GCC unroll 8
    for (int32_t i = 0; i < base_count; i++) {
        bases[i] = rows->input + rows->from[which[i]];
        for (int32_t lane = 0; lane < AANN_BLOCK; lane++) {
            best[i][lane] = INT32_MIN;
        }
    }
    aann_forward_taps column = *taps;
    for (int32_t k = 0; k < rows->window; k++, column.offsets++) {
        sum_wide(&column, bases, base_count, rows->window, sums);
#pragma GCC unroll 8
        for (int32_t i = 0; i < base_count; i++) {
            keep_larger(sums[i], best[i]);
            if (rows->sums != NULL) {
                const size_t place = (size_t)which[i] * (size_t)rows->window + (size_t)k;
                store_sums_wide((int32_t *)rows->sums + place * AANN_BLOCK, sums[i]);
            }
        }
    }
#pragma GCC unroll 8
    for (int32_t i = 0; i < base_count; i++) {
        write_row_wide(best[i], rows->shift, rows->output + rows->to[which[i]]);
    }
}

void AANN_KERNEL(aann_forward_wide)(const aann_forward_taps *taps, const aann_forward_rows *rows)
{
    int32_t i = 0;
    for (; i + WIDE_AT_ONCE <= rows->count; i += WIDE_AT_ONCE) {
        compute_rows_wide(taps, rows, rows->which + i, WIDE_AT_ONCE);
    }
    for (; i < rows->count; i++) {
        compute_rows_wide(taps, rows, rows->which + i, 1);
    }
}

void AANN_KERNEL(aann_forward_outputs)(const aann_forward_taps *taps, const uint8_t *input,
                                       int32_t *outputs)
{
    int32_t sums[1][AANN_BLOCK];
    sum_wide(taps, &input, 1, 1, sums);
    memcpy(outputs, sums[0], sizeof sums[0]);
}

/* ---- dense layers of single samples ---------------------------------------------------------- */

void AANN_KERNEL(aann_forward_dense)(const uint8_t *input, const int8_t *weights, int32_t count,
                                     int32_t units, int32_t *sums)
{
    for (int32_t unit = 0; unit < units; unit++) {
        const int8_t *row = weights + (size_t)unit * (size_t)count;
        int32_t sum = 0;
        for (int32_t i = 0; i < count; i++) {
            sum += (input[i] - 127) * row[i];
        }
        sums[unit] = sum;
    }
}
