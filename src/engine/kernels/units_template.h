/* The kernels of a unit, for one width of the sums. Included by units.c twice, with SUM (int16_t or int32_t) and
 * NAME(x) (x_narrow or x_wide) defined: C has no other way to say "the same for both widths".
 *
 * A candidate's cost is here. For each pooled position of the unit's map: the stored sums, plus the
 * changed taps' rows, maximum over the window, shift, clamp, minus the stored output; nothing is copied, and
 * what is written is only the change that the next layer reads. Every function takes the number of
 * taps and the window as constants in its common cases (1 or 2 taps, windows of 1 or 4), so the
 * compiler keeps all of a position in registers. */

static inline SUM NAME(larger)(SUM a, SUM b)
{
    return a > b ? a : b;
}

/* best = the first sum, or the larger of the two, lane by lane. */
static inline void NAME(keep_larger)(const SUM *restrict sum, int first, SUM *restrict best)
{
    if (first) {
        memcpy(best, sum, AANN_BLOCK * sizeof *best);
        return;
    }
    for (int32_t lane = 0; lane < AANN_BLOCK; lane++) {
        best[lane] = NAME(larger)(best[lane], sum[lane]);
    }
}

/* HardTanh of a sum. */
static inline SUM NAME(activate)(SUM sum, int32_t shift)
{
    const SUM shifted = (SUM)(sum >> shift);
    const SUM low = (SUM)(shifted < -127 ? -127 : shifted);
    return (SUM)(low > 127 ? 127 : low);
}

/* ---- one or two taps on stored activations ------------------------------------------------------- */

/* change = HardTanh(max over the window of (sums + multiplier * (plus - minus))) - output, one position. */
static inline __attribute__((always_inline)) void
NAME(swap_position)(const SUM *restrict sums, const uint16_t *const *plus, const uint16_t *const *minus,
                    int32_t window, int32_t multiplier, int32_t shift, const uint16_t *restrict output,
                    int16_t *restrict change)
{
    for (int32_t word = 0; word < AANN_ROW_WORDS; word++) {
        SUM low = 0;
        SUM high = 0;
        for (int32_t k = 0; k < window; k++) {
            const uint16_t p = plus[k][word];
            const uint16_t m = minus[k][word];
            const SUM sum_low = (SUM)(sums[k * AANN_BLOCK + word] + multiplier * ((p & 255) - (m & 255)));
            const SUM sum_high =
                (SUM)(sums[k * AANN_BLOCK + AANN_ROW_WORDS + word] + multiplier * ((p >> 8) - (m >> 8)));
            low = k == 0 ? sum_low : NAME(larger)(low, sum_low);
            high = k == 0 ? sum_high : NAME(larger)(high, sum_high);
        }
        low = NAME(activate)(low, shift);
        high = NAME(activate)(high, shift);
        change[word] = (int16_t)(low + 127 - (output[word] & 255));
        change[AANN_ROW_WORDS + word] = (int16_t)(high + 127 - (output[word] >> 8));
    }
}

static inline __attribute__((always_inline)) void
NAME(swap_map)(const aann_map *map, const SUM *sums, const uint16_t *block, const aann_tap *plus,
               const aann_tap *minus, int32_t window, int32_t multiplier, int32_t shift,
               const uint16_t *output, const aann_positions *which, int16_t *change)
{
    const int32_t words = (map->positions + 63) / 64;
    for (int32_t w = 0; w < words; w++) {
        uint64_t left = which->needed[w];
        const uint64_t touched = which->touched == NULL ? left : which->touched[w];
        while (left != 0) {
            const int32_t position = w * 64 + __builtin_ctzll(left);
            const uint64_t bit = left & (~left + 1);
            left ^= bit;
            if ((touched & bit) == 0) {
                memset(change + (size_t)position * AANN_BLOCK, 0, AANN_BLOCK * sizeof *change);
                continue;
            }
            const uint16_t *plus_rows[MAX_INLINE_WINDOW];
            const uint16_t *minus_rows[MAX_INLINE_WINDOW];
            for (int32_t k = 0; k < window; k++) {
                plus_rows[k] =
                    block + plus->rows + (size_t)plus->places[position * window + k] * AANN_ROW_WORDS;
                minus_rows[k] =
                    block + minus->rows + (size_t)minus->places[position * window + k] * AANN_ROW_WORDS;
            }
            NAME(swap_position)
            (sums + (size_t)position * (size_t)window * AANN_BLOCK, plus_rows, minus_rows, window, multiplier,
             shift, output + (size_t)position * AANN_ROW_WORDS, change + (size_t)position * AANN_BLOCK);
        }
    }
}

/* ---- any number of taps: through a buffer of sums ------------------------------------------------ */

/* change (or, with `output` NULL, nothing) from a window of complete sums. */
static inline void NAME(finish_position)(const SUM *restrict sums, int32_t window, int32_t shift,
                                         const uint16_t *restrict output, int16_t *restrict change)
{
    SUM best[AANN_BLOCK];
    memcpy(best, sums, sizeof best);
    for (int32_t k = 1; k < window; k++) {
        for (int32_t lane = 0; lane < AANN_BLOCK; lane++) {
            best[lane] = NAME(larger)(best[lane], sums[k * AANN_BLOCK + lane]);
        }
    }
    for (int32_t lane = 0; lane < AANN_BLOCK; lane++) {
        best[lane] = NAME(activate)(best[lane], shift);
    }
    for (int32_t word = 0; word < AANN_ROW_WORDS; word++) {
        change[word] = (int16_t)(best[word] + 127 - (output[word] & 255));
        change[AANN_ROW_WORDS + word] = (int16_t)(best[AANN_ROW_WORDS + word] + 127 - (output[word] >> 8));
    }
}

static inline void NAME(add_row)(const uint16_t *restrict row, int32_t weight, SUM *restrict sums)
{
    for (int32_t word = 0; word < AANN_ROW_WORDS; word++) {
        sums[word] = (SUM)(sums[word] + weight * ((row[word] & 255) - 127));
        sums[AANN_ROW_WORDS + word] = (SUM)(sums[AANN_ROW_WORDS + word] + weight * ((row[word] >> 8) - 127));
    }
}

static inline void NAME(add_change_row)(const int16_t *restrict row, int32_t weight, SUM *restrict sums)
{
    for (int32_t lane = 0; lane < AANN_BLOCK; lane++) {
        sums[lane] = (SUM)(sums[lane] + weight * row[lane]);
    }
}

/* The general case of swap: any window. */
static void NAME(swap_any)(const aann_map *map, const SUM *sums, const uint16_t *block, const aann_tap *taps,
                           int32_t tap_count, const uint16_t *output, const aann_positions *which,
                           int16_t *change)
{
    for (int32_t position = 0; position < map->positions; position++) {
        const uint64_t bit = (uint64_t)1 << (position % 64);
        if ((which->needed[position / 64] & bit) == 0) {
            continue;
        }
        SUM best[AANN_BLOCK] = {0};
        for (int32_t k = 0; k < map->window; k++) {
            SUM sum[AANN_BLOCK];
            const size_t place = (size_t)position * (size_t)map->window + (size_t)k;
            memcpy(sum, sums + place * AANN_BLOCK, sizeof sum);
            for (int32_t t = 0; t < tap_count; t++) {
                NAME(add_row)
                (block + taps[t].rows + (size_t)taps[t].places[place] * AANN_ROW_WORDS, taps[t].weight, sum);
            }
            NAME(keep_larger)(sum, k == 0, best);
        }
        NAME(finish_position)
        (best, 1, map->shift, output + (size_t)position * AANN_ROW_WORDS,
         change + (size_t)position * AANN_BLOCK);
    }
}

static void NAME(swap)(const aann_map *map, const void *sums, const uint16_t *block, const aann_tap *taps,
                       int32_t tap_count, const uint16_t *output, const aann_positions *which,
                       int16_t *change)
{
    if (tap_count == 2 && taps[0].weight == -taps[1].weight) {
        const aann_tap *plus = taps[0].weight > 0 ? &taps[0] : &taps[1];
        const aann_tap *minus = taps[0].weight > 0 ? &taps[1] : &taps[0];
        if (map->window == 4 && plus->weight == 1 && map->shift == 0) {
            NAME(swap_map)(map, sums, block, plus, minus, 4, 1, 0, output, which, change);
            return;
        }
        if (map->window == 4) {
            NAME(swap_map)(map, sums, block, plus, minus, 4, plus->weight, map->shift, output, which, change);
            return;
        }
        if (map->window == 1) {
            NAME(swap_map)(map, sums, block, plus, minus, 1, plus->weight, map->shift, output, which, change);
            return;
        }
    }
    NAME(swap_any)(map, sums, block, taps, tap_count, output, which, change);
}

/* ---- changed inputs ------------------------------------------------------------------------------ */

/* One position, a constant number of taps and window. */
static inline __attribute__((always_inline)) void
NAME(propagate_position)(const SUM *restrict sums, const int16_t *const *rows, const int16_t *weights,
                         int32_t tap_count, int32_t window, int32_t shift, const uint16_t *restrict output,
                         int16_t *restrict change)
{
    for (int32_t half = 0; half < 2; half++) {
        for (int32_t word = 0; word < AANN_ROW_WORDS; word++) {
            const int32_t lane = half * AANN_ROW_WORDS + word;
            SUM best = 0;
            for (int32_t k = 0; k < window; k++) {
                SUM sum = sums[k * AANN_BLOCK + lane];
                for (int32_t t = 0; t < tap_count; t++) {
                    sum = (SUM)(sum + weights[t] * rows[t * window + k][lane]);
                }
                best = k == 0 ? sum : NAME(larger)(best, sum);
            }
            best = NAME(activate)(best, shift);
            const int32_t old = half == 0 ? output[word] & 255 : output[word] >> 8;
            change[lane] = (int16_t)(best + 127 - old);
        }
    }
}

static inline __attribute__((always_inline)) void
NAME(propagate_few)(const aann_map *map, const SUM *sums, const int16_t *changes, const aann_change_tap *taps,
                    int32_t tap_count, int32_t window, int32_t position, const uint16_t *output,
                    int16_t *change)
{
    const int16_t *rows[MAX_INLINE_TAPS * MAX_INLINE_WINDOW];
    int16_t weights[MAX_INLINE_TAPS];
    for (int32_t t = 0; t < tap_count; t++) {
        weights[t] = (int16_t)taps[t].weight;
        for (int32_t k = 0; k < window; k++) {
            rows[t * window + k] =
                changes + taps[t].rows + (size_t)taps[t].places[position * window + k] * AANN_BLOCK;
        }
    }
    NAME(propagate_position)
    (sums + (size_t)position * (size_t)window * AANN_BLOCK, rows, weights, tap_count, window, map->shift,
     output + (size_t)position * AANN_ROW_WORDS, change + (size_t)position * AANN_BLOCK);
}

static void NAME(propagate_many)(const aann_map *map, const SUM *sums, const int16_t *changes,
                                 const aann_change_tap *taps, int32_t tap_count, int32_t position,
                                 const uint16_t *output, int16_t *change)
{
    SUM best[AANN_BLOCK] = {0};
    for (int32_t k = 0; k < map->window; k++) {
        const size_t place = (size_t)position * (size_t)map->window + (size_t)k;
        SUM sum[AANN_BLOCK];
        memcpy(sum, sums + place * AANN_BLOCK, sizeof sum);
        for (int32_t t = 0; t < tap_count; t++) {
            NAME(add_change_row)
            (changes + taps[t].rows + (size_t)taps[t].places[place] * AANN_BLOCK, taps[t].weight, sum);
        }
        NAME(keep_larger)(sum, k == 0, best);
    }
    NAME(finish_position)
    (best, 1, map->shift, output + (size_t)position * AANN_ROW_WORDS, change + (size_t)position * AANN_BLOCK);
}

static void NAME(propagate)(const aann_map *map, const void *sums, const int16_t *changes,
                            const aann_change_tap *taps, int32_t tap_count, const uint16_t *output,
                            const aann_positions *which, int16_t *change)
{
    const int32_t kind = map->window == 4 && tap_count <= MAX_INLINE_TAPS ? tap_count : 0;
    const int32_t words = (map->positions + 63) / 64;
    for (int32_t w = 0; w < words; w++) {
        uint64_t left = which->needed[w];
        const uint64_t touched = which->touched == NULL ? left : which->touched[w];
        for (; left != 0; left &= left - 1) {
            const int32_t position = w * 64 + __builtin_ctzll(left);
            if ((touched >> (position % 64) & 1) == 0) {
                memset(change + (size_t)position * AANN_BLOCK, 0, AANN_BLOCK * sizeof *change);
                continue;
            }
            switch (kind) {
            case 1: NAME(propagate_few)(map, sums, changes, taps, 1, 4, position, output, change); break;
            case 2: NAME(propagate_few)(map, sums, changes, taps, 2, 4, position, output, change); break;
            case 3: NAME(propagate_few)(map, sums, changes, taps, 3, 4, position, output, change); break;
            case 4: NAME(propagate_few)(map, sums, changes, taps, 4, 4, position, output, change); break;
            default:
                NAME(propagate_many)(map, sums, changes, taps, tap_count, position, output, change);
                break;
            }
        }
    }
}

/* ---- making a change permanent ------------------------------------------------------------------- */

static void NAME(add_taps)(const aann_map *map, const uint16_t *block, const aann_tap *taps,
                           int32_t tap_count, void *sums)
{
    SUM *rows = sums;
    const size_t count = (size_t)map->positions * (size_t)map->window;
    for (size_t place = 0; place < count; place++) {
        for (int32_t t = 0; t < tap_count; t++) {
            NAME(add_row)
            (block + taps[t].rows + (size_t)taps[t].places[place] * AANN_ROW_WORDS, taps[t].weight,
             rows + place * AANN_BLOCK);
        }
    }
}

static void NAME(add_change_taps)(const aann_map *map, const int16_t *changes, const aann_change_tap *taps,
                                  int32_t tap_count, void *sums)
{
    SUM *rows = sums;
    const size_t count = (size_t)map->positions * (size_t)map->window;
    for (size_t place = 0; place < count; place++) {
        for (int32_t t = 0; t < tap_count; t++) {
            NAME(add_change_row)
            (changes + taps[t].rows + (size_t)taps[t].places[place] * AANN_BLOCK, taps[t].weight,
             rows + place * AANN_BLOCK);
        }
    }
}

/* ---- sums from scratch --------------------------------------------------------------------------- */

static inline void NAME(write_output)(const SUM *restrict best, int32_t shift, uint16_t *restrict output)
{
    for (int32_t word = 0; word < AANN_ROW_WORDS; word++) {
        const int32_t low = NAME(activate)(best[word], shift) + 127;
        const int32_t high = NAME(activate)(best[AANN_ROW_WORDS + word], shift) + 127;
        output[word] = (uint16_t)(low | high << 8);
    }
}

/* The maximum over one position's window of its sums, which are also stored if `sums` is not NULL. */
static inline void NAME(sum_window)(const aann_map *map, const uint16_t *block, const aann_tap *taps,
                                    int32_t plus_count, int32_t tap_count, int32_t position, SUM *sums,
                                    SUM *restrict best)
{
    for (int32_t k = 0; k < map->window; k++) {
        const size_t place = (size_t)position * (size_t)map->window + (size_t)k;
        SUM sum[AANN_BLOCK];
        NAME(sum_taps)(block, taps, plus_count, tap_count, place, sum);
        if (sums != NULL) {
            memcpy(sums + place * AANN_BLOCK, sum, sizeof sum);
        }
        NAME(keep_larger)(sum, k == 0, best);
    }
}

static void NAME(forward)(const aann_map *map, const uint16_t *block, const aann_tap *taps,
                          int32_t plus_count, int32_t tap_count, void *sums, uint16_t *output)
{
    for (int32_t position = 0; position < map->positions; position++) {
        SUM best[AANN_BLOCK] = {0};
        NAME(sum_window)(map, block, taps, plus_count, tap_count, position, sums, best);
        NAME(write_output)(best, map->shift, output + (size_t)position * AANN_ROW_WORDS);
    }
}

static void NAME(recompute)(const aann_map *map, const uint16_t *block, const aann_tap *taps,
                            int32_t plus_count, int32_t tap_count, const uint16_t *output,
                            const aann_positions *which, int16_t *change)
{
    for (int32_t position = 0; position < map->positions; position++) {
        if ((which->needed[position / 64] >> (position % 64) & 1) == 0) {
            continue;
        }
        int16_t *row = change + (size_t)position * AANN_BLOCK;
        if (which->touched != NULL && (which->touched[position / 64] >> (position % 64) & 1) == 0) {
            memset(row, 0, AANN_BLOCK * sizeof *row);
            continue;
        }
        SUM best[AANN_BLOCK] = {0};
        NAME(sum_window)(map, block, taps, plus_count, tap_count, position, NULL, best);
        NAME(finish_position)(best, 1, map->shift, output + (size_t)position * AANN_ROW_WORDS, row);
    }
}

static const aann_unit_kernels NAME(kernels) = {
    .forward = NAME(forward),
    .recompute = NAME(recompute),
    .swap = NAME(swap),
    .propagate = NAME(propagate),
    .add_taps = NAME(add_taps),
    .add_change_taps = NAME(add_change_taps),
};
