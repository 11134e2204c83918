/* The shapes of a strip as layers: where each of its rows is filled, where its soft edges run, and
 * which cells it reaches and covers. */
#ifndef AANN_CAR_KERNELS_EXACT_LAYERS_H
#define AANN_CAR_KERNELS_EXACT_LAYERS_H

#include "car/kernels/exact_cells.h"

/* Where the sides of a shape cross its rows, in 1/65536 of a pixel, and from these its spans. */
static void fill_from_sides(aann_car_exact *exact, const aann_car_shape *shape)
{
    int32_t low[AANN_CAR_PANEL_TOP], high[AANN_CAR_PANEL_TOP];
    const int32_t count = shape->bottom - shape->top + 1;
    for (int32_t i = 0; i < count; i++) {
        low[i] = INT32_MAX;
        high[i] = INT32_MIN;
    }
    for (int32_t k = 0; k < shape->side_count; k++) {
        const aann_car_side *side = &shape->sides[k];
        /* Surface rows count up: this one is row 0 here. */
        const int32_t top = AANN_CAR_SURFACE_ROWS - 1 - shape->top, start = side->start;
        const uint32_t width = (uint32_t)side->width;
        const double inverse = side->inverse;
        const int32_t from = side->from, first = greater(0, top - side->to),
                      last = lesser(count - 1, top - from);
        for (int32_t i = first; i <= last; i++) {
            /* The quotient is whole, or at least 1/65536 below the next whole number. */
            const int32_t share = (int32_t)((double)(top - i - from) * inverse + 1e-5);
            const int32_t cut = (int32_t)((uint32_t)share * width + (uint32_t)start);
            /* NOLINTNEXTLINE(clang-analyzer-core.CallAndMessage): i is less than count */
            low[i] = lesser(low[i], cut);
            high[i] = greater(high[i], cut);
        }
    }
    int16_t *left = exact->span_left + shape->spans, *right = exact->span_right + shape->spans;
    for (int32_t i = 0; i < count; i++) {
        const int16_t a = (int16_t)((low[i] + 32769) >> 16), b = (int16_t)((high[i] + 32767) >> 16);
        left[i] = a < b ? a : b;
        right[i] = a < b ? b : a;
    }
}

static inline __attribute__((always_inline)) signed_lanes chosen(signed_lanes condition,
                                                                 signed_lanes a, int16_t b)
{
    return (a & condition) | (b & ~condition);
}

/* What the fill covers in all rows of the strip, and in any. */
static inline void measure_fill(const aann_car_strip *strip, aann_car_layer *layer)
{
    signed_lanes inner_left[HALVES], inner_right[HALVES], outer_left[HALVES], outer_right[HALVES];
    for (int32_t i = 0; i < HALVES; i++) {
        const signed_lanes here = numbered(i * VECTOR) < (int16_t)strip->row_count,
                           left = load_signed(layer->left + i * VECTOR),
                           right = load_signed(layer->right + i * VECTOR);
        inner_left[i] = chosen(here, left, -NO_COLUMN);
        inner_right[i] = chosen(here, right, NO_COLUMN);
        outer_left[i] = chosen(here, left, NO_COLUMN);
        outer_right[i] = chosen(here, right, -NO_COLUMN);
    }
    layer->inner_first = highest(inner_left);
    layer->inner_last = lowest(inner_right);
    layer->outer_first = lowest(outer_left);
    layer->outer_last = highest(outer_right);
}

static void reach_steep(const aann_car_soft_edge *edge, const aann_car_strip *strip,
                        aann_car_layer_edge *at)
{
    const int32_t start = edge->row - strip->first_row, length = edge->length;
    const int32_t column = edge->column, direction = edge->direction, step = edge->step;
    const int32_t low = greater(0, start - (strip->row_count - 1)), high = lesser(length, start);
    const int32_t a = column + direction * ((low * step) >> 16),
                  b = column + direction * (high == length ? edge->across : (high * step) >> 16);
    at->first = low <= high ? lesser(a, b) - (direction < 0) : 1;
    at->last = low <= high ? greater(a, b) + (direction > 0) : 0;
}

static void reach_flat(const aann_car_soft_edge *edge, const aann_car_strip *strip,
                       aann_car_layer_edge *at)
{
    /* Step k has pixels in row edge->row - (k * step >> 16) and in the one above. */
    const int32_t from = edge->row - (strip->first_row + strip->row_count - 1) - 1,
                  to = edge->row - strip->first_row + 1;
    const int32_t low = greater(0, (int32_t)((double)from * edge->inverse)),
                  high = lesser(edge->length, (int32_t)((double)to * edge->inverse));
    const int32_t a = edge->column + edge->direction * low,
                  b = edge->column + edge->direction * high;
    at->first = low <= high ? lesser(a, b) : 1;
    at->last = low <= high ? greater(a, b) : 0;
}

static void make_layer(const aann_car_exact *exact, const aann_car_strip *strip,
                       const aann_car_shape *shape, aann_car_layer *layer)
{
    layer->shape = shape;
    const int32_t spans = shape->spans + strip->first_row - shape->top;
    layer->left = exact->span_left + spans;
    layer->right = exact->span_right + spans;
    measure_fill(strip, layer);
    int32_t first = layer->outer_first, last = layer->outer_last, count = 0;
    for (int32_t k = 0; k < shape->edge_count; k++) {
        const aann_car_soft_edge *edge = &shape->edges[k];
        if (edge->row < strip->first_row || edge->top >= strip->first_row + strip->row_count) {
            continue;
        }
        aann_car_layer_edge *at = &layer->edges[count];
        at->edge = edge;
        if (edge->kind == AANN_CAR_EDGE_STEEP) {
            reach_steep(edge, strip, at);
        } else {
            reach_flat(edge, strip, at);
        }
        at->reached = cells_with(exact, at->first, at->last);
        if (!is_empty(at->reached)) {
            first = lesser(first, at->first);
            last = greater(last, at->last);
            count++;
        }
    }
    layer->edge_count = count;
    layer->reached = cells_with(exact, first, last);
    layer->covered = cells_within(exact, layer->inner_first, layer->inner_last);
}

/* ---- soft edges, step by step ---------------------------------------------------------------- */

/* Steps k of an edge: how many whole pixels they are across, and how many parts of 256 of the
 * paint are mixed into their pixel and its neighbour. */
typedef struct edge_steps {
    lanes across, near, far;
} edge_steps;

static inline __attribute__((always_inline)) edge_steps take_steps(const aann_car_soft_edge *edge,
                                                                   signed_lanes k)
{
    const int16_t length = (int16_t)edge->length;
    const uint16_t step = (uint16_t)edge->step;
    const lanes here = (lanes)((k >= 0) & (k <= length)), last = (lanes)(k == length),
                end = (lanes)(k == 0) | last;
    const lanes solid =
        (lanes)(k == (int16_t)edge->whole_step) | all_lanes(edge->whole ? 0xffff : 0);
    /* A step is below 65536, or just that: the product's upper half is whole pixels, the lower
     * one parts. */
    const lanes part = ((lanes)k * step) >> 8,
                whole = edge->step == 65536 ? (lanes)k : multiply_high((lanes)k, all_lanes(step));
    return (edge_steps){.across = choose(last, all_lanes((uint16_t)edge->across), whole),
                        .near = here &
                                choose(solid, all_lanes(256), ~end & ((255 * (255 - part)) >> 8)),
                        .far = here & ~solid & ~end & ((255 * part) >> 8)};
}

/* A steep edge in the rows of a strip. */
typedef struct steep_rows {
    signed_lanes column, neighbour;
    lanes near, far;
} steep_rows;

static inline __attribute__((always_inline)) steep_rows
follow_steep(const aann_car_soft_edge *edge, const aann_car_strip *strip, int32_t from)
{
    const signed_lanes k = (int16_t)(edge->row - strip->first_row) - numbered(from);
    const edge_steps steps = take_steps(edge, k);
    const uint16_t direction = (uint16_t)edge->direction;
    const signed_lanes column =
        moved((signed_lanes)(steps.across * direction), all_lanes((uint16_t)edge->column));
    return (steep_rows){column, moved(column, all_lanes(direction)), steps.near, steps.far};
}

/* A flat edge in columns of the surface: lane[i] is the row of the strip in which it is in column
 * `from` + i; its neighbour is in the row before. */
static inline __attribute__((always_inline)) edge_steps follow_flat(const aann_car_soft_edge *edge,
                                                                    const aann_car_strip *strip,
                                                                    int32_t from,
                                                                    int16_t lane[VECTOR])
{
    const int16_t start = (int16_t)((from - edge->column) * edge->direction);
    const signed_lanes k = (signed_lanes)((lanes)numbered(0) * (uint16_t)edge->direction) + start;
    const edge_steps steps = take_steps(edge, k);
    const signed_lanes rows =
        (signed_lanes)((uint16_t)(edge->row - strip->first_row) - steps.across);
    memcpy(lane, &rows, sizeof rows);
    return steps;
}

#endif
