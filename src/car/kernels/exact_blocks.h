/* A cell painted as the surface is: layer after layer, edges and fills, column by column. Any
 * number of layers; slow. */
#ifndef AANN_CAR_KERNELS_EXACT_BLOCKS_H
#define AANN_CAR_KERNELS_EXACT_BLOCKS_H

#include "car/kernels/exact_lanes.h"

/* The part of the surface that a cell comes from, or half of it: [channel][column], lanes are rows
 * from `row` on. */
typedef struct block {
    int32_t row;
    lanes columns[3][AANN_CAR_CELL_COLUMNS];
} block;

/* Mixes `parts` of 256 of the paint into a column. */
static inline __attribute__((always_inline)) void blend(block *b, int32_t column, uint32_t channels,
                                                        const uint8_t *paint, const lanes *parts)
{
    const lanes rest = 256 - *parts;
    for (int32_t c = 0; c < 3; c++) {
        if ((channels >> c & 1) != 0) {
            lanes *at = &b->columns[c][column];
            *at = (*at * rest + *parts * paint[c]) >> 8;
        }
    }
}

static inline __attribute__((always_inline)) void
paint_steep(block *b, const aann_car_edge_lanes *at, int32_t first, int32_t from, int32_t to,
            uint32_t channels, const uint8_t *paint)
{
    const signed_lanes column = load_signed(at->column + b->row);
    const lanes near = load(at->near + b->row), far = load(at->far + b->row);
    const signed_lanes neighbour = moved(column, all_lanes((uint16_t)at->edge->direction));
    for (int32_t x = from; x <= to; x++) {
        const lanes parts =
            ((lanes)(column == (int16_t)x) & near) | ((lanes)(neighbour == (int16_t)x) & far);
        blend(b, x - first, channels, paint, &parts);
    }
}

static inline __attribute__((always_inline)) void
paint_flat(block *b, const aann_car_edge_lanes *at, const aann_car_strip *strip, int32_t first,
           int32_t from, int32_t to, uint32_t channels, const uint8_t *paint)
{
    const aann_car_soft_edge *edge = at->edge;
    const signed_lanes rows = numbered(b->row);
    for (int32_t x = from; x <= to; x++) {
        const int32_t k = (x - edge->column) * edge->direction, way = k * edge->step;
        const int32_t part = (way >> 8) & 255;
        int32_t near = (255 * (255 - part)) >> 8, far = (255 * part) >> 8;
        if (edge->whole || k == 0 || k == edge->length) {
            near = edge->whole || k == edge->whole_step ? 256 : 0;
            far = 0;
        }
        const int32_t across = k == edge->length ? edge->across : way >> 16;
        const int16_t lane = (int16_t)(edge->row - across - strip->first_row);
        const lanes parts = ((lanes)(rows == lane) & (uint16_t)near) |
                            ((lanes)(rows == (int16_t)(lane - 1)) & (uint16_t)far);
        blend(b, x - first, channels, paint, &parts);
    }
}

static inline __attribute__((always_inline)) void paint_fill(block *b, const aann_car_layer *layer,
                                                             int32_t first, int32_t last,
                                                             uint32_t channels,
                                                             const uint8_t *paint)
{
    const signed_lanes left = load_signed(layer->left + b->row),
                       right = load_signed(layer->right + b->row);
    const int32_t from = greater(first, layer->outer_first), to = lesser(last, layer->outer_last);
    for (int32_t x = from; x <= to; x++) {
        if (x >= layer->inner_first && x <= layer->inner_last) {
            for (int32_t c = 0; c < 3; c++) {
                b->columns[c][x - first] = (lanes){0} + paint[c];
            }
            continue;
        }
        const lanes inside = (lanes)(left <= (int16_t)x) & (lanes)(right >= (int16_t)x);
        for (int32_t c = 0; c < 3; c++) {
            if ((channels >> c & 1) != 0) {
                lanes *at = &b->columns[c][x - first];
                *at = (*at & ~inside) | (inside & paint[c]);
            }
        }
    }
}

static inline __attribute__((always_inline)) void paint_layer(block *b, const aann_car_exact *exact,
                                                              const aann_car_layer *layer,
                                                              const aann_car_share *columns,
                                                              uint32_t channels)
{
    const uint8_t *paint = exact->paints[layer->shape->paint];
    for (int32_t k = 0; k < layer->edge_count; k++) {
        const aann_car_edge_lanes *at = &layer->edges[k];
        const int32_t from = greater(columns->first, at->first),
                      to = lesser(columns->last, at->last);
        if (at->edge->kind == AANN_CAR_EDGE_STEEP) {
            paint_steep(b, at, columns->first, from, to, channels, paint);
        } else {
            paint_flat(b, at, &exact->strip, columns->first, from, to, channels, paint);
        }
    }
    paint_fill(b, layer, columns->first, columns->last, channels, paint);
}

/* What the rows of a block add to one channel of its cell. */
static uint32_t shrink_block(const lanes *columns, const aann_car_share *share, uint16_t factor,
                             const uint16_t *row_shares)
{
    const int32_t count = share->last - share->first;
    lanes sum = multiply_high(columns[0] << 2, all_lanes(share->first_share)) +
                multiply_high(columns[count] << 2, all_lanes(share->last_share));
    for (int32_t x = 1; x < count; x++) {
        sum += columns[x];
    }
    const lanes weighed =
        multiply_high(multiply_high(sum, all_lanes(factor)) << 2, load(row_shares));
    return total_of(&weighed);
}

/* Paints the channels of a cell from its base up. They are a constant wherever this is inlined, so
 * that nothing is asked for each column. */
static inline __attribute__((always_inline)) void
paint_channels(const aann_car_exact *exact, int32_t cell, int32_t words, const uint16_t *row_shares,
               const uint32_t channels, uint8_t *pixel)
{
    const aann_car_strip *strip = &exact->strip;
    const aann_car_share *columns = &exact->columns[cell];
    const uint8_t *base = exact->paints[strip->base[cell]];
    uint32_t totals[3] = {0, 0, 0};
    block b;
    for (b.row = 0; b.row < strip->row_count; b.row += VECTOR) {
        for (int32_t c = 0; c < 3; c++) {
            for (int32_t x = 0; x < AANN_CAR_CELL_COLUMNS && (channels >> c & 1) != 0; x++) {
                b.columns[c][x] = (lanes){0} + base[c];
            }
        }
        for (int32_t word = 0; word < words; word++) {
            for (uint64_t bits = strip->on_top[word][cell]; bits != 0; bits &= bits - 1) {
                paint_layer(&b, exact, &strip->layers[64 * word + __builtin_ctzll(bits)], columns,
                            channels);
            }
        }
        for (int32_t c = 0; c < 3; c++) {
            if ((channels >> c & 1) != 0) {
                totals[c] +=
                    shrink_block(b.columns[c], columns, exact->column_factor, row_shares + b.row);
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
