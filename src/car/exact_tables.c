/* Memory for exact pictures: how the surface is shrunk, and which kernel paints.
 *
 * Shrinking (method: pygame-ce's smoothscale, its SSE2 filter) goes first across, then down; each
 * time a line of 1000 or 800 values becomes one of 96, in fractions of 1/16384, and every
 * product is rounded down. */
#include "car/exact_tables.h"

#include <string.h>

#include "car/kernels/exact_strips.h"
#include "core/memory.h"

enum { ONE = 0x4000 };

/* Walks along a line as the filter does, and notes which values each output comes from. */
static uint16_t share_line(int32_t size, int32_t outputs, aann_car_share *shares)
{
    const int32_t space = ONE * size / outputs;
    int32_t left = space, rest = ONE, first = 0;
    for (int32_t i = 0, output = 0; i < size && output < outputs; i++) {
        if (left > ONE) {
            left -= ONE;
            continue;
        }
        shares[output++] = (aann_car_share){first, i, (uint16_t)rest, (uint16_t)left};
        first = i;
        rest = ONE - left;
        left = space - rest;
    }
    return (uint16_t)(0x40000000 / space);
}

/* Which outputs each value of a line goes into. */
static void find_outputs(const aann_car_share *shares, int32_t outputs, uint8_t *first,
                         uint8_t *last)
{
    for (int32_t output = outputs - 1; output >= 0; output--) {
        memset(first + shares[output].first, output,
               (size_t)(shares[output].last - shares[output].first + 1));
    }
    for (int32_t output = 0; output < outputs; output++) {
        memset(last + shares[output].first, output,
               (size_t)(shares[output].last - shares[output].first + 1));
    }
}

/* Sets of cells, and the strip's, empty. */
static void list_cells(aann_car_exact *exact)
{
    exact->strip.bases = 0;
    memset(exact->strip.base, 0, sizeof exact->strip.base);
    memset(exact->strip.stack_heights, 0, sizeof exact->strip.stack_heights);
    exact->cells_before[0] = (aann_car_cells){0};
    for (int32_t cell = 0; cell < AANN_CAR_WIDTH; cell++) {
        exact->cells_before[cell + 1] = exact->cells_before[cell];
        exact->cells_before[cell + 1][cell / 64] |= UINT64_C(1) << (cell % 64);
    }
    for (int32_t bits = 0; bits < 256; bits++) {
        for (int32_t i = 0; i < 32; i++) {
            exact->spread[bits][i] = (bits >> (i / 3) & 1) != 0 ? 255 : 0;
        }
    }
}

static void weigh_rows(aann_car_exact *exact)
{
    for (int32_t row = 0; row < AANN_CAR_HEIGHT; row++) {
        const aann_car_share *share = &exact->rows[row];
        const int32_t last = share->last - share->first;
        for (int32_t i = 0; i < AANN_CAR_LANES; i++) {
            exact->row_shares[row][i] = (uint16_t)(i < last ? ONE : 0);
        }
        exact->row_shares[row][0] = share->first_share;
        exact->row_shares[row][last] = share->last_share;
    }
}

aann_car_exact *aann_car_exact_create(const aann_car_glyphs *glyphs)
{
    aann_car_exact_painter *painter = aann_car_exact_painter_at(0);
    aann_car_exact *exact = painter != NULL ? aann_allocate_aligned(sizeof *exact) : NULL;
    if (exact == NULL) {
        return NULL;
    }
    exact->painter = painter;
    exact->column_factor = share_line(AANN_CAR_SURFACE_COLUMNS, AANN_CAR_WIDTH, exact->columns);
    exact->row_factor = share_line(AANN_CAR_SURFACE_ROWS, AANN_CAR_HEIGHT, exact->rows);
    find_outputs(exact->columns, AANN_CAR_WIDTH, exact->first_cell, exact->last_cell);
    find_outputs(exact->rows, AANN_CAR_HEIGHT, exact->first_strip, exact->last_strip);
    list_cells(exact);
    weigh_rows(exact);
    memset(exact->known_paints, 0xff, sizeof exact->known_paints); /* no picture's */
    exact->score.drawn = glyphs != NULL;
    exact->score.text[0] = '\0';
    if (glyphs != NULL) {
        exact->score.glyphs = *glyphs;
    }
    return exact;
}

void aann_car_exact_destroy(aann_car_exact *exact)
{
    aann_free_aligned(exact);
}

aann_car_exact_painter *aann_car_exact_painter_at(int32_t index)
{
    aann_car_exact_painter *painters[4] = {NULL};
    int32_t count = 0;
#if defined(AANN_HAVE_AVX512)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("bmi2")) {
        painters[count++] = aann_car_exact_paint_avx512;
    }
#endif
#if defined(AANN_HAVE_AVX2)
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2")) {
        painters[count++] = aann_car_exact_paint_avx2;
    }
#endif
#if defined(AANN_HAVE_NEON)
    painters[count++] = aann_car_exact_paint_neon;
#endif
#if defined(AANN_HAVE_BASELINE)
    painters[count++] = aann_car_exact_paint_baseline;
#endif
    return index < count ? painters[index] : NULL;
}
