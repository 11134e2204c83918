/* The kernels of a unit, for one width of the sums. Included by units.c twice, with SUM (int16_t or int32_t) and
 * NAME(x) (x_narrow or x_wide) defined: C has no other way to say "the same for both widths". What is done at one
 * position (NAME(sum_taps), NAME(swap_position), NAME(propagate_position)) is written for each width in units.c.
 *
 * A candidate's cost is here. For each pooled position of the unit's map: the stored sums, plus the changed taps'
 * rows, maximum over the window, shift, clamp, minus the stored output; nothing is copied, and what is written is
 * only the change that the next layer reads. */

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

/* ---- the positions of a map ---------------------------------------------------------------------- */

/* Rows of zero change for positions that somebody needs but nothing touches. */
static inline void NAME(clear_positions)(uint64_t left, int32_t first, int16_t *change)
{
    for (; left != 0; left &= left - 1) {
        const int32_t position = first + __builtin_ctzll(left);
        memset(change + (size_t)position * AANN_BLOCK, 0, AANN_BLOCK * sizeof *change);
    }
}

static void NAME(swap)(const aann_map *map, const void *sums, const uint16_t *block, const aann_tap *taps,
                       int32_t tap_count, const uint16_t *output, const aann_positions *which,
                       int16_t *change)
{
    const int32_t words = (map->positions + 63) / 64;
    for (int32_t w = 0; w < words; w++) {
        const uint64_t touched = which->touched == NULL ? UINT64_MAX : which->touched[w];
        for (uint64_t left = which->needed[w] & touched; left != 0; left &= left - 1) {
            const size_t position = (size_t)w * 64 + (size_t)__builtin_ctzll(left);
            NAME(swap_position)
            ((const SUM *)sums + position * (size_t)map->window * AANN_BLOCK, block, taps, tap_count,
             position * (size_t)map->window, map->window, map->shift, output + position * AANN_ROW_WORDS,
             change + position * AANN_BLOCK);
        }
        NAME(clear_positions)(which->needed[w] & ~touched, w * 64, change);
    }
}

static void NAME(propagate)(const aann_map *map, const void *sums, const int16_t *changes,
                            const aann_change_tap *taps, int32_t plus_count, int32_t tap_count,
                            const uint16_t *output, const aann_positions *which, int16_t *change)
{
    const int32_t words = (map->positions + 63) / 64;
    for (int32_t w = 0; w < words; w++) {
        const uint64_t touched = which->touched == NULL ? UINT64_MAX : which->touched[w];
        for (uint64_t left = which->needed[w] & touched; left != 0; left &= left - 1) {
            const size_t position = (size_t)w * 64 + (size_t)__builtin_ctzll(left);
            NAME(propagate_position)
            ((const SUM *)sums + position * (size_t)map->window * AANN_BLOCK, changes, taps, plus_count,
             tap_count, position * (size_t)map->window, map->window, map->shift,
             output + position * AANN_ROW_WORDS, change + position * AANN_BLOCK);
        }
        NAME(clear_positions)(which->needed[w] & ~touched, w * 64, change);
    }
}

/* ---- making a change permanent ------------------------------------------------------------------- */

/* Not inlined: gcc would otherwise exchange these loops with the caller's and lose the vectors. */
static __attribute__((noinline)) void NAME(add_row)(const uint16_t *restrict row, int32_t weight,
                                                    SUM *restrict sums)
{
    for (int32_t word = 0; word < AANN_ROW_WORDS; word++) {
        sums[word] = (SUM)(sums[word] + weight * ((row[word] & 255) - 127));
        sums[AANN_ROW_WORDS + word] = (SUM)(sums[AANN_ROW_WORDS + word] + weight * ((row[word] >> 8) - 127));
    }
}

static __attribute__((noinline)) void NAME(add_change_row)(const int16_t *restrict row, int32_t weight,
                                                           SUM *restrict sums)
{
    for (int32_t lane = 0; lane < AANN_BLOCK; lane++) {
        sums[lane] = (SUM)(sums[lane] + weight * row[lane]);
    }
}

static void NAME(add_taps)(const aann_map *map, const uint16_t *block, const aann_tap *taps,
                           int32_t tap_count, void *sums)
{
    SUM *rows = sums;
    const size_t count = (size_t)map->positions * (size_t)map->window;
    for (size_t place = 0; place < count; place++) {
        for (int32_t t = 0; t < tap_count; t++) {
            NAME(add_row)
            (tap_row(block, &taps[t], place), taps[t].weight, rows + place * AANN_BLOCK);
        }
    }
}

static void NAME(add_change_taps)(const aann_map *map, const int16_t *changes, const aann_change_tap *taps,
                                  int32_t plus_count, int32_t tap_count, void *sums)
{
    SUM *rows = sums;
    const size_t count = (size_t)map->positions * (size_t)map->window;
    for (size_t place = 0; place < count; place++) {
        for (int32_t t = 0; t < tap_count; t++) {
            NAME(add_change_row)
            (change_tap_row(changes, &taps[t], place), t < plus_count ? 1 : -1, rows + place * AANN_BLOCK);
        }
    }
}

/* ---- sums from scratch --------------------------------------------------------------------------- */

/* The change that a window's maximum makes. */
static inline void NAME(finish_position)(const SUM *restrict best, int32_t shift,
                                         const uint16_t *restrict output, int16_t *restrict change)
{
    for (int32_t word = 0; word < AANN_ROW_WORDS; word++) {
        const SUM low = NAME(activate)(best[word], shift);
        const SUM high = NAME(activate)(best[AANN_ROW_WORDS + word], shift);
        change[word] = (int16_t)(low + 127 - (output[word] & 255));
        change[AANN_ROW_WORDS + word] = (int16_t)(high + 127 - (output[word] >> 8));
    }
}

/* The maximum over one position's window of its sums. */
static inline void NAME(sum_window)(const aann_map *map, const uint16_t *block, const aann_tap *taps,
                                    int32_t plus_count, int32_t tap_count, int32_t position,
                                    SUM *restrict best)
{
    for (int32_t k = 0; k < map->window; k++) {
        const size_t place = (size_t)position * (size_t)map->window + (size_t)k;
        SUM sum[AANN_BLOCK];
        NAME(sum_taps)(block, taps, plus_count, tap_count, place, sum);
        NAME(keep_larger)(sum, k == 0, best);
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
        NAME(sum_window)(map, block, taps, plus_count, tap_count, position, best);
        NAME(finish_position)(best, map->shift, output + (size_t)position * AANN_ROW_WORDS, row);
    }
}

static const aann_unit_kernels NAME(kernels) = {
    .recompute = NAME(recompute),
    .swap = NAME(swap),
    .propagate = NAME(propagate),
    .add_taps = NAME(add_taps),
    .add_change_taps = NAME(add_change_taps),
};
