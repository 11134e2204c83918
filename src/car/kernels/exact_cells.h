/* Sets of cells: what a kernel does with the bits of a row of the picture. */
#ifndef AANN_CAR_KERNELS_EXACT_CELLS_H
#define AANN_CAR_KERNELS_EXACT_CELLS_H

#include "car/kernels/exact_lanes.h"

enum { CELL_WORDS = 2 };

static inline bool is_empty(cells set)
{
#if defined(__AVX2__)
    return _mm_testz_si128((__m128i)set, (__m128i)set) != 0;
#else
    return (set[0] | set[1]) == 0;
#endif
}

static inline bool has_cell(cells set, int32_t cell)
{
    return (set[cell >> 6] >> (cell & 63) & 1) != 0;
}

/* The cells from `first` to `last`; none if last = first - 1. */
static inline cells cells_between(const aann_car_exact *exact, int32_t first, int32_t last)
{
    return exact->cells_before[last + 1] & ~exact->cells_before[first];
}

/* The cells that have any of these columns. */
static inline cells cells_with(const aann_car_exact *exact, int32_t first, int32_t last)
{
    first = greater(first, 0);
    last = lesser(last, AANN_CAR_SURFACE_COLUMNS - 1);
    return first <= last ? cells_between(exact, exact->first_cell[first], exact->last_cell[last])
                         : (cells){0};
}

/* The cells that have none but these columns. */
static inline cells cells_within(const aann_car_exact *exact, int32_t first, int32_t last)
{
    first = greater(first, 0);
    last = lesser(last, AANN_CAR_SURFACE_COLUMNS - 1);
    if (first > last) {
        return (cells){0};
    }
    int32_t from = exact->last_cell[first], to = exact->first_cell[last];
    from += exact->columns[from].first < first;
    to -= exact->columns[to].last > last;
    return from <= to ? cells_between(exact, from, to) : (cells){0};
}

/* The first cell of a set that is not empty, and the last. */
static inline int32_t first_cell(cells set)
{
    return set[0] != 0 ? __builtin_ctzll(set[0]) : 64 + __builtin_ctzll(set[1]);
}

static inline int32_t last_cell(cells set)
{
    return set[1] != 0 ? 127 - __builtin_clzll(set[1]) : 63 - __builtin_clzll(set[0]);
}

#endif
