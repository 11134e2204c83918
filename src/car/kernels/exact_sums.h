/* A cell of its base and one layer, of which one edge at most reaches it: nine in ten of those that
 * are not of one colour. The sum of each row follows from where the fill and the edge cross it, so
 * no pixel need be painted. */
#ifndef AANN_CAR_KERNELS_EXACT_SUMS_H
#define AANN_CAR_KERNELS_EXACT_SUMS_H

#include "car/kernels/exact_lanes.h"

static inline signed_lanes lesser_lanes(signed_lanes a, int16_t b)
{
    const signed_lanes less = a < b;
    return (a & less) | (b & ~less);
}

static inline signed_lanes greater_lanes(signed_lanes a, int16_t b)
{
    const signed_lanes more = a > b;
    return (a & more) | (b & ~more);
}

/* What is added to the base in each row of a cell: to its first and last column, and to the sum of
 * those between. One for each channel. */
typedef struct cell_rows {
    lanes first, between, last;
} cell_rows;

/* Where the columns of a cell lie in a layer: which rows fill them. */
typedef struct cell_fill {
    int32_t row; /* of the first lane */
    signed_lanes left, right;
    int16_t first, last;
    uint8_t base[3];
    uint16_t differences[3]; /* the layer's paint less the base */
} cell_fill;

static inline __attribute__((always_inline)) signed_lanes is_filled(const cell_fill *fill,
                                                                    signed_lanes column)
{
    return (fill->left <= column) & (fill->right >= column);
}

static inline __attribute__((always_inline)) void add_fill(const cell_fill *fill, uint32_t channels,
                                                           cell_rows rows[3])
{
    const int16_t first = fill->first, last = fill->last;
    const signed_lanes low = lesser_lanes(greater_lanes(fill->left, (int16_t)(first + 1)), last),
                       high = greater_lanes(lesser_lanes(fill->right, (int16_t)(last - 1)), first);
    const lanes between = (lanes)greater_lanes(high - low + 1, 0);
    const lanes at_first = (lanes)is_filled(fill, (signed_lanes){0} + first),
                at_last = (lanes)is_filled(fill, (signed_lanes){0} + last);
    for (int32_t c = 0; c < 3; c++) {
        if ((channels >> c & 1) != 0) {
            rows[c].first = at_first & fill->differences[c];
            rows[c].between = between * fill->differences[c];
            rows[c].last = at_last & fill->differences[c];
        }
    }
}

/* What mixing `parts` of 256 of the paint into the base adds to it. */
static inline __attribute__((always_inline)) lanes mixed(const cell_fill *fill, int32_t channel,
                                                         lanes parts)
{
    const uint16_t base = fill->base[channel];
    return ((parts * fill->differences[channel] + (uint16_t)(base << 8)) >> 8) - base;
}

static inline __attribute__((always_inline)) void add_steep(const cell_fill *fill,
                                                            const aann_car_edge_lanes *at,
                                                            uint32_t channels, cell_rows rows[3])
{
    signed_lanes columns[2] = {load_signed(at->column + fill->row)};
    const lanes parts[2] = {load(at->near + fill->row), load(at->far + fill->row)};
    columns[1] = moved(columns[0], all_lanes((uint16_t)at->edge->direction));
    for (int32_t k = 0; k < 2; k++) {
        const signed_lanes open = ~is_filled(fill, columns[k]);
        const lanes at_first = (lanes)(open & (columns[k] == fill->first)),
                    at_last = (lanes)(open & (columns[k] == fill->last)),
                    between =
                        (lanes)(open & (columns[k] > fill->first) & (columns[k] < fill->last));
        for (int32_t c = 0; c < 3; c++) {
            if ((channels >> c & 1) != 0) {
                const lanes more = mixed(fill, c, parts[k]);
                rows[c].first += at_first & more;
                rows[c].between += between & more;
                rows[c].last += at_last & more;
            }
        }
    }
}

/* A flat edge in the columns of a cell: lane i is column i. */
typedef struct flat_columns {
    int16_t lane[LANES];
    uint16_t near[LANES], far[LANES];
} flat_columns;

static inline void place_columns(const aann_car_edge_lanes *at, int32_t first_row, int32_t from,
                                 flat_columns *columns)
{
    const aann_car_soft_edge *edge = at->edge;
    const int32_t start = (from - edge->column) * edge->direction, direction = edge->direction,
                  step = edge->step, length = edge->length, solid = edge->whole_step,
                  end_across = edge->across, row = edge->row - first_row;
    const bool whole = edge->whole;
    for (int32_t i = 0; i < LANES; i++) {
        const int32_t k = start + direction * i;
        const bool here = k >= 0 && k <= length, end = k == 0 || k == length;
        const uint32_t way = (uint32_t)k * (uint32_t)step;
        const int32_t part = (int32_t)(way >> 8) & 255,
                      across = k == length ? end_across : (int32_t)way >> 16;
        const int32_t near = (255 * (255 - part)) >> 8, far = (255 * part) >> 8;
        columns->lane[i] = (int16_t)(row - across);
        columns->near[i] = (uint16_t)(!here ? 0 : whole || k == solid ? 256 : end ? 0 : near);
        columns->far[i] = (uint16_t)(!here || whole || end ? 0 : far);
    }
}

/* Adds what the fill leaves open of the edge in column i of the cell. */
static inline __attribute__((always_inline)) void add_column(const cell_fill *fill,
                                                             const flat_columns *columns,
                                                             uint16_t more[3][2][LANES], int32_t i,
                                                             uint32_t channels, lanes sums[3])
{
    const signed_lanes column = (signed_lanes){0} + (int16_t)(fill->first + i);
    const signed_lanes open = (fill->left > column) | (fill->right < column);
    const signed_lanes rows = numbered(fill->row);
    const lanes here = (lanes)((rows == columns->lane[i]) & open),
                next = (lanes)((rows == (int16_t)(columns->lane[i] - 1)) & open);
    for (int32_t c = 0; c < 3; c++) {
        if ((channels >> c & 1) != 0) {
            sums[c] += (here & more[c][0][i]) + (next & more[c][1][i]);
        }
    }
}

static inline __attribute__((always_inline)) void add_flat(const cell_fill *fill,
                                                           const aann_car_edge_lanes *at,
                                                           int32_t first_row, uint32_t channels,
                                                           cell_rows rows[3])
{
    flat_columns columns;
    place_columns(at, first_row, fill->first, &columns);
    uint16_t more[3][2][LANES];
    for (int32_t i = 0; i < LANES; i += VECTOR) {
        const lanes near = load(columns.near + i), far = load(columns.far + i);
        for (int32_t c = 0; c < 3; c++) {
            if ((channels >> c & 1) != 0) {
                const lanes mix[2] = {mixed(fill, c, near), mixed(fill, c, far)};
                memcpy(more[c][0] + i, &mix[0], sizeof mix[0]);
                memcpy(more[c][1] + i, &mix[1], sizeof mix[1]);
            }
        }
    }
    const int32_t from = greater(0, at->first - fill->first), end = fill->last - fill->first,
                  to = lesser(end, at->last - fill->first);
    lanes between[3] = {rows[0].between, rows[1].between, rows[2].between};
    for (int32_t i = greater(from, 1); i <= lesser(to, end - 1); i++) {
        add_column(fill, &columns, more, i, channels, between);
    }
    lanes ends[2][3] = {{rows[0].first, rows[1].first, rows[2].first},
                        {rows[0].last, rows[1].last, rows[2].last}};
    if (from == 0) {
        add_column(fill, &columns, more, 0, channels, ends[0]);
    }
    if (to == end) {
        add_column(fill, &columns, more, end, channels, ends[1]);
    }
    for (int32_t c = 0; c < 3; c++) {
        rows[c] = (cell_rows){ends[0][c], between[c], ends[1][c]};
    }
}

/* The only edge of a layer that reaches a cell, NULL for none; false if there are several. */
static bool find_edge(const aann_car_layer *layer, const aann_car_share *columns,
                      const aann_car_edge_lanes **edge)
{
    int32_t found = 0, count = 0;
    for (int32_t k = 0; k < AANN_CAR_EDGES; k++) {
        const aann_car_edge_lanes *at = &layer->edges[k];
        const int32_t here = (at->first <= columns->last) & (at->last >= columns->first);
        found += here * k;
        count += here;
    }
    *edge = count == 1 ? &layer->edges[found] : NULL;
    return count <= 1;
}

/* What rows add to one channel of their cell. */
static inline __attribute__((always_inline)) uint32_t
shrink_rows(const cell_rows *rows, uint16_t base, uint16_t inner, const aann_car_share *share,
            uint16_t factor, const uint16_t *row_shares)
{
    const lanes sum = multiply_high((rows->first + base) << 2, all_lanes(share->first_share)) +
                      multiply_high((rows->last + base) << 2, all_lanes(share->last_share)) +
                      rows->between + (uint16_t)(inner * base);
    const lanes weighed =
        multiply_high(multiply_high(sum, all_lanes(factor)) << 2, load(row_shares));
    return total_of(&weighed);
}

/* The channels of a cell of its base and one layer with one edge at most: its sums, row by row,
 * without the pixels. */
static inline __attribute__((always_inline)) void
sum_channels(const aann_car_exact *exact, int32_t cell, const aann_car_layer *layer,
             const aann_car_edge_lanes *edge, const uint16_t *row_shares, const uint32_t channels,
             uint8_t *pixel)
{
    const aann_car_share *columns = &exact->columns[cell];
    const uint8_t *base = exact->paints[exact->strip.base[cell]],
                  *paint = exact->paints[layer->shape->paint];
    cell_fill fill = {.first = (int16_t)columns->first, .last = (int16_t)columns->last};
    for (int32_t c = 0; c < 3; c++) {
        fill.base[c] = base[c];
        fill.differences[c] = (uint16_t)(paint[c] - base[c]);
    }
    const uint16_t inner = (uint16_t)(columns->last - columns->first - 1);
    uint32_t totals[3] = {0, 0, 0};
    for (fill.row = 0; fill.row < exact->strip.row_count; fill.row += VECTOR) {
        fill.left = load_signed(layer->left + fill.row);
        fill.right = load_signed(layer->right + fill.row);
        cell_rows rows[3] = {0};
        add_fill(&fill, channels, rows);
        if (edge != NULL && edge->edge->kind == AANN_CAR_EDGE_STEEP) {
            add_steep(&fill, edge, channels, rows);
        } else if (edge != NULL) {
            add_flat(&fill, edge, exact->strip.first_row, channels, rows);
        }
        for (int32_t c = 0; c < 3; c++) {
            if ((channels >> c & 1) != 0) {
                totals[c] += shrink_rows(&rows[c], base[c], inner, columns, exact->column_factor,
                                         row_shares + fill.row);
            }
        }
    }
    for (int32_t c = 0; c < 3; c++) {
        if ((channels >> c & 1) != 0) {
            pixel[c] = (uint8_t)((totals[c] * exact->row_factor) >> 16);
        }
    }
}

#endif
