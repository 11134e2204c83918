/* The kernels of a unit, for one width of the sums. Included by units.c twice, with SUM (int16_t or
 * int32_t) and NAME(x) (x_narrow or x_wide) defined: C has no other way to say "the same for both
 * widths".
 *
 * A candidate's cost is here. For each pooled position of the unit's map: the stored sums, plus the
 * rows of the taps that change, maximum over the window, shift, clamp, minus the stored output.
 * Nothing is copied, and only the change that the next layer reads is written. A position is
 * computed slice by slice (see vectors.h), and a window of four stays in registers while the taps
 * are added, so only the rows' addresses are computed per tap.
 *
 * The functions over a whole map are inlined into callers that know the window (and, for a swap,
 * the taps): the constants let the compiler unroll the window and leave multiplications out. */

typedef struct NAME(slice) {
    NAME(aann_vector) low;
    NAME(aann_vector) high;
} NAME(slice);

/* The same as it is stored: low + 256 high, and high. Arithmetic on it wraps round. */
typedef struct NAME(stored) {
    NAME(aann_words) both;
    NAME(aann_words) high;
} NAME(stored);

enum {
    NAME(LANES) = AANN_VECTOR_BYTES / (int)sizeof(SUM),
    NAME(SLICES) = AANN_ROW_WORDS / NAME(LANES)
};

static inline NAME(stored) NAME(load_stored)(const SUM *sums)
{
    return (NAME(stored)){(NAME(aann_words))NAME(aann_load_sums)(sums),
                          (NAME(aann_words))NAME(aann_load_sums)(sums + AANN_ROW_WORDS)};
}

static inline void NAME(store_stored)(SUM *sums, NAME(stored) stored)
{
    NAME(aann_store_sums)(sums, (NAME(aann_vector))stored.both);
    NAME(aann_store_sums)(sums + AANN_ROW_WORDS, (NAME(aann_vector))stored.high);
}

static inline NAME(slice) NAME(lanes)(NAME(stored) stored)
{
    return (NAME(slice)){(NAME(aann_vector))(stored.both - (stored.high << 8)),
                         (NAME(aann_vector))stored.high};
}

static inline NAME(slice) NAME(larger_slice)(NAME(slice) a, NAME(slice) b)
{
    return (NAME(slice)){NAME(aann_larger)(a.low, b.low), NAME(aann_larger)(a.high, b.high)};
}

/* HardTanh of sums. */
static inline NAME(aann_vector) NAME(activate)(NAME(aann_vector) sum, int32_t shift)
{
    const NAME(aann_vector) zero = {0};
    return NAME(aann_smaller)(NAME(aann_larger)(sum >> (SUM)shift, zero - 127), zero + 127);
}

/* HardTanh of the window's maximum, minus the stored output. */
static inline void NAME(write_change)(NAME(slice) best, int32_t shift, const uint16_t *output,
                                      int16_t *change)
{
    const NAME(aann_words) old = NAME(aann_load_words)(output);
    NAME(aann_store_changes)
    (change, NAME(activate)(best.low, shift) + 127 - (NAME(aann_vector))(old & 255));
    NAME(aann_store_changes)
    (change + AANN_ROW_WORDS,
     NAME(activate)(best.high, shift) + 127 - (NAME(aann_vector))(old >> 8));
}

/* ---- a swap ---------------------------------------------------------------------------------- */

/* The sums at one place of the window plus what the swap adds: one tap, or two of opposite weights,
 * the larger first. */
static inline __attribute__((always_inline)) NAME(slice)
    NAME(swapped)(const SUM *sums, const uint16_t *first, const uint16_t *second, int32_t tap_count,
                  SUM weight)
{
    const NAME(aann_words) none = (NAME(aann_words)){0} + AANN_ROW_ZERO;
    const NAME(aann_words) times = (NAME(aann_words))((NAME(aann_vector)){0} + weight);
    const NAME(aann_words) a = NAME(aann_load_words)(first);
    const NAME(aann_words) b = tap_count == 2 ? NAME(aann_load_words)(second) : none;
    NAME(stored) sum = NAME(load_stored)(sums);
    sum.both += (a - b) * times;
    sum.high += ((a >> 8) - (b >> 8)) * times;
    return NAME(lanes)(sum);
}

static inline __attribute__((always_inline)) void
NAME(swap_position)(const SUM *sums, const uint16_t *block, const aann_tap *taps, int32_t tap_count,
                    SUM weight, size_t place, int32_t window, int32_t shift, const uint16_t *output,
                    int16_t *change)
{
    const uint16_t *first = block + taps[0].rows;
    const uint16_t *second = block + taps[tap_count - 1].rows;
    const int32_t *first_places = taps[0].places + place;
    const int32_t *second_places = taps[tap_count - 1].places + place;
#pragma GCC unroll 4
    for (int32_t v = 0; v < NAME(SLICES); v++) {
        const int32_t from = v * NAME(LANES);
        NAME(slice)
        best = NAME(swapped)(sums + from, first + first_places[0] + from,
                             second + second_places[0] + from, tap_count, weight);
#pragma GCC unroll 3
        for (int32_t k = 1; k < window; k++) {
            best = NAME(larger_slice)(
                best, NAME(swapped)(sums + k * AANN_BLOCK + from, first + first_places[k] + from,
                                    second + second_places[k] + from, tap_count, weight));
        }
        NAME(write_change)(best, shift, output + from, change + from);
    }
}

/* Writes rows of zero change for positions that are needed but not reachable. */
static inline void NAME(clear_positions)(uint64_t left, int32_t first, int16_t *change)
{
    for (; left != 0; left &= left - 1) {
        const int32_t position = first + __builtin_ctzll(left);
        memset(change + (size_t)position * AANN_BLOCK, 0, AANN_BLOCK * sizeof *change);
    }
}

static inline __attribute__((always_inline)) void
NAME(swap_map)(const aann_map *map, const SUM *sums, const uint16_t *block, const aann_tap *taps,
               int32_t tap_count, SUM weight, int32_t window, const uint16_t *output,
               const aann_positions *which, int16_t *change)
{
    const int32_t words = (map->positions + 63) / 64;
    for (int32_t w = 0; w < words; w++) {
        const uint64_t reachable = which->reachable == NULL ? UINT64_MAX : which->reachable[w];
        for (uint64_t left = which->needed[w] & reachable; left != 0; left &= left - 1) {
            const size_t position = (size_t)w * 64 + (size_t)__builtin_ctzll(left);
            const size_t place = position * (size_t)window;
            NAME(swap_position)
            (sums + place * AANN_BLOCK, block, taps, tap_count, weight, place, window, map->shift,
             output + position * AANN_ROW_WORDS, change + position * AANN_BLOCK);
        }
        NAME(clear_positions)(which->needed[w] & ~reachable, w * 64, change);
    }
}

static void NAME(swap)(const aann_map *map, const void *sums, const uint16_t *block,
                       const aann_tap *taps, int32_t tap_count, const uint16_t *output,
                       const aann_positions *which, int16_t *change)
{
    const SUM weight = (SUM)taps[0].weight;
    if (tap_count == 2 && map->window == 4 && weight == 1) {
        NAME(swap_map)(map, sums, block, taps, 2, 1, 4, output, which, change);
    } else if (tap_count == 2 && map->window == 4) {
        NAME(swap_map)(map, sums, block, taps, 2, weight, 4, output, which, change);
    } else if (tap_count == 2) {
        NAME(swap_map)(map, sums, block, taps, 2, weight, map->window, output, which, change);
    } else if (map->window == 4) {
        NAME(swap_map)(map, sums, block, taps, 1, weight, 4, output, which, change);
    } else {
        NAME(swap_map)(map, sums, block, taps, 1, weight, map->window, output, which, change);
    }
}

/* ---- changed inputs -------------------------------------------------------------------------- */

/* The maximum over the window (at most four) of its sums plus what the changed inputs add. */
static inline __attribute__((always_inline)) NAME(slice)
    NAME(propagated)(const SUM *sums, const int16_t *changes, const aann_change_tap *taps,
                     int32_t plus_count, int32_t tap_count, size_t place, int32_t window)
{
    NAME(slice) sum[4];
#pragma GCC unroll 4
    for (int32_t k = 0; k < window; k++) {
        sum[k] = NAME(lanes)(NAME(load_stored)(sums + k * AANN_BLOCK));
    }
    for (int32_t t = 0; t < plus_count; t++) {
        const int16_t *rows = changes + taps[t].rows;
        const int32_t *places = taps[t].places + place;
#pragma GCC unroll 4
        for (int32_t k = 0; k < window; k++) {
            const int16_t *row = rows + 2 * (ptrdiff_t)places[k];
            sum[k].low += NAME(aann_load_changes)(row);
            sum[k].high += NAME(aann_load_changes)(row + AANN_ROW_WORDS);
        }
    }
    for (int32_t t = plus_count; t < tap_count; t++) {
        const int16_t *rows = changes + taps[t].rows;
        const int32_t *places = taps[t].places + place;
#pragma GCC unroll 4
        for (int32_t k = 0; k < window; k++) {
            const int16_t *row = rows + 2 * (ptrdiff_t)places[k];
            sum[k].low -= NAME(aann_load_changes)(row);
            sum[k].high -= NAME(aann_load_changes)(row + AANN_ROW_WORDS);
        }
    }
#pragma GCC unroll 4
    for (int32_t k = 1; k < window; k++) {
        sum[0] = NAME(larger_slice)(sum[0], sum[k]);
    }
    return sum[0];
}

/* `group` places of the window at a time: a divisor of the window, at most four. */
static inline __attribute__((always_inline)) void
NAME(propagate_map)(const aann_map *map, const SUM *sums, const int16_t *changes,
                    const aann_change_tap *taps, int32_t plus_count, int32_t tap_count,
                    int32_t window, int32_t group, const uint16_t *output,
                    const aann_positions *which, int16_t *change)
{
    const int32_t words = (map->positions + 63) / 64;
    for (int32_t w = 0; w < words; w++) {
        for (uint64_t left = which->needed[w]; left != 0; left &= left - 1) {
            const size_t position = (size_t)w * 64 + (size_t)__builtin_ctzll(left);
            const size_t place = position * (size_t)window;
#pragma GCC unroll 4
            for (int32_t v = 0; v < NAME(SLICES); v++) {
                const int32_t from = v * NAME(LANES);
                const SUM *slice = sums + place * AANN_BLOCK + from;
                NAME(slice)
                best = NAME(propagated)(slice, changes + from, taps, plus_count, tap_count, place,
                                        group);
                for (int32_t k = group; k < window; k += group) {
                    best = NAME(larger_slice)(
                        best, NAME(propagated)(slice + k * AANN_BLOCK, changes + from, taps,
                                               plus_count, tap_count, place + (size_t)k, group));
                }
                NAME(write_change)
                (best, map->shift, output + position * AANN_ROW_WORDS + from,
                 change + position * AANN_BLOCK + from);
            }
        }
    }
}

static void NAME(propagate)(const aann_map *map, const void *sums, const int16_t *changes,
                            const aann_change_tap *taps, int32_t plus_count, int32_t tap_count,
                            const uint16_t *output, const aann_positions *which, int16_t *change)
{
    if (map->window == 4) {
        NAME(propagate_map)
        (map, sums, changes, taps, plus_count, tap_count, 4, 4, output, which, change);
    } else {
        NAME(propagate_map)
        (map, sums, changes, taps, plus_count, tap_count, map->window, 1, output, which, change);
    }
}

/* ---- making a change permanent --------------------------------------------------------------- */

static void NAME(add_taps)(const aann_map *map, const uint16_t *block, const aann_tap *taps,
                           int32_t tap_count, void *sums)
{
    const size_t count = (size_t)map->positions * (size_t)map->window;
    for (int32_t t = 0; t < tap_count; t++) {
        const NAME(aann_words) times =
            (NAME(aann_words))((NAME(aann_vector)){0} + (SUM)taps[t].weight);
        for (size_t place = 0; place < count; place++) {
            const uint16_t *row = block + taps[t].rows + taps[t].places[place];
            SUM *to = (SUM *)sums + place * AANN_BLOCK;
#pragma GCC unroll 4
            for (int32_t from = 0; from < AANN_ROW_WORDS; from += NAME(LANES)) {
                const NAME(aann_words) value = NAME(aann_load_words)(row + from);
                NAME(stored) sum = NAME(load_stored)(to + from);
                sum.both += (value - AANN_ROW_ZERO) * times;
                sum.high += ((value >> 8) - 127) * times;
                NAME(store_stored)(to + from, sum);
            }
        }
    }
}

static void NAME(add_change_taps)(const aann_map *map, const int16_t *changes,
                                  const aann_change_tap *taps, int32_t plus_count,
                                  int32_t tap_count, void *sums)
{
    const size_t count = (size_t)map->positions * (size_t)map->window;
    for (size_t place = 0; place < count; place++) {
        SUM *to = (SUM *)sums + place * AANN_BLOCK;
#pragma GCC unroll 4
        for (int32_t from = 0; from < AANN_ROW_WORDS; from += NAME(LANES)) {
            NAME(stored) sum = NAME(load_stored)(to + from);
            for (int32_t t = 0; t < tap_count; t++) {
                const int16_t *row =
                    changes + taps[t].rows + 2 * (ptrdiff_t)taps[t].places[place] + from;
                const NAME(aann_vector) weight =
                    (NAME(aann_vector)){0} + (SUM)(t < plus_count ? 1 : -1);
                const NAME(aann_words) high =
                    (NAME(aann_words))(NAME(aann_load_changes)(row + AANN_ROW_WORDS) * weight);
                sum.both += (NAME(aann_words))(NAME(aann_load_changes)(row) * weight) + (high << 8);
                sum.high += high;
            }
            NAME(store_stored)(to + from, sum);
        }
    }
}

static const aann_unit_kernels NAME(kernels) = {
    .swap = NAME(swap),
    .propagate = NAME(propagate),
    .add_taps = NAME(add_taps),
    .add_change_taps = NAME(add_change_taps),
};
