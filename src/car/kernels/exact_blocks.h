/* A cell painted as the surface is: layer after layer, edges and fills, column by column. Any
 * number of layers; slow. */
#ifndef AANN_CAR_KERNELS_EXACT_BLOCKS_H
#define AANN_CAR_KERNELS_EXACT_BLOCKS_H

#include "car/kernels/exact_cover.h"

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
paint_steep(block *b, const aann_car_layer_edge *at, const aann_car_strip *strip, int32_t first,
            int32_t from, int32_t to, uint32_t channels, const uint8_t *paint)
{
    const steep_rows steep = follow_steep(at->edge, strip, b->row);
    for (int32_t x = from; x <= to; x++) {
        const lanes parts = ((lanes)(steep.column == (int16_t)x) & steep.near) |
                            ((lanes)(steep.neighbour == (int16_t)x) & steep.far);
        blend(b, x - first, channels, paint, &parts);
    }
}

static inline __attribute__((always_inline)) void
paint_flat(block *b, const aann_car_layer_edge *at, const aann_car_strip *strip, int32_t first,
           int32_t from, int32_t to, uint32_t channels, const uint8_t *paint)
{
    int16_t lane[LANES];
    uint16_t near[LANES], far[LANES];
    for (int32_t i = 0; i < LANES; i += VECTOR) {
        const edge_steps steps = follow_flat(at->edge, strip, first + i, lane + i);
        memcpy(near + i, &steps.near, sizeof steps.near);
        memcpy(far + i, &steps.far, sizeof steps.far);
    }
    const signed_lanes rows = numbered(b->row);
    for (int32_t i = from - first; i <= to - first; i++) {
        const lanes parts =
            ((lanes)(rows == lane[i]) & near[i]) | ((lanes)(rows + 1 == lane[i]) & far[i]);
        blend(b, i, channels, paint, &parts);
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
        const aann_car_layer_edge *at = &layer->edges[k];
        const int32_t from = greater(columns->first, at->first),
                      to = lesser(columns->last, at->last);
        if (from > to) {
            continue;
        }
        if (at->edge->kind == AANN_CAR_EDGE_STEEP) {
            paint_steep(b, at, &exact->strip, columns->first, from, to, channels, paint);
        } else {
            paint_flat(b, at, &exact->strip, columns->first, from, to, channels, paint);
        }
    }
    paint_fill(b, layer, columns->first, columns->last, channels, paint);
}

/* What the rows of a block add to one channel of its cell. */
static uint32_t shrink_block(const lanes *columns, const aann_car_share *share, uint16_t factor,
                             const lanes *row_shares)
{
    const int32_t count = share->last - share->first;
    lanes sum = multiply_high(columns[0] << 2, all_lanes(share->first_share)) +
                multiply_high(columns[count] << 2, all_lanes(share->last_share));
    for (int32_t x = 1; x < count; x++) {
        sum += columns[x];
    }
    const lanes weighed = multiply_high(multiply_high(sum, all_lanes(factor)) << 2, *row_shares);
    return total_of(weighed);
}

/* Paints the channels of a cell from its base up. They are a constant wherever this is inlined, so
 * that nothing is asked for each column. */
static inline __attribute__((always_inline)) void
paint_channels(const aann_car_exact *exact, int32_t cell, const uint8_t *base,
               const lanes row_shares[HALVES], const uint32_t channels, uint8_t *pixel)
{
    const aann_car_strip *strip = &exact->strip;
    const aann_car_share *columns = &exact->columns[cell];
    uint32_t totals[3] = {0, 0, 0};
    block b;
    for (b.row = 0; b.row < strip->row_count; b.row += VECTOR) {
        for (int32_t c = 0; c < 3; c++) {
            for (int32_t x = 0; x < AANN_CAR_CELL_COLUMNS && (channels >> c & 1) != 0; x++) {
                b.columns[c][x] = (lanes){0} + base[c];
            }
        }
        for (int32_t i = 0; i < strip->stack_heights[cell]; i++) {
            paint_layer(&b, exact, &strip->layers[strip->stacks[cell][i]], columns, channels);
        }
        for (int32_t c = 0; c < 3; c++) {
            if ((channels >> c & 1) != 0) {
                totals[c] += shrink_block(b.columns[c], columns, exact->column_factor,
                                          &row_shares[b.row / VECTOR]);
            }
        }
    }
    for (int32_t c = 0; c < 3; c++) {
        if ((channels >> c & 1) != 0) {
            pixel[c] = (uint8_t)((totals[c] * exact->row_factor) >> 16);
        }
    }
}

/* Which channels of a cell differ from its base, and whether red and blue are always equal. */
static uint32_t find_channels(const aann_car_exact *exact, int32_t cell, const uint8_t *base,
                              bool *red_is_blue)
{
    const aann_car_strip *strip = &exact->strip;
    uint32_t differ[3] = {0, 0, 0}, uneven = (uint32_t)(base[0] ^ base[2]);
    for (int32_t i = 0; i < strip->stack_heights[cell]; i++) {
        const aann_car_layer *layer = &strip->layers[strip->stacks[cell][i]];
        const uint8_t *paint = exact->paints[layer->shape->paint];
        for (int32_t c = 0; c < 3; c++) {
            differ[c] |= (uint32_t)(paint[c] ^ base[c]);
        }
        uneven |= (uint32_t)(paint[0] ^ paint[2]);
    }
    *red_is_blue = uneven == 0 && differ[0] != 0;
    return (differ[0] != 0 ? 1u : 0u) | (differ[1] != 0 ? 2u : 0u) |
           (differ[2] != 0 && uneven != 0 ? 4u : 0u);
}

static void paint_cell(const aann_car_exact *exact, int32_t cell, const lanes row_shares[HALVES])
{
    const aann_car_strip *strip = &exact->strip;
    const uint8_t *base = exact->paints[base_of(strip, cell)];
    uint8_t *pixel = strip->pixels + 3 * cell;
    bool red_is_blue;
    const uint32_t channels = find_channels(exact, cell, base, &red_is_blue);
    if (channels == GREEN) {
        paint_channels(exact, cell, base, row_shares, GREEN, pixel);
    } else if ((channels & BLUE) == 0) {
        paint_channels(exact, cell, base, row_shares, RED | GREEN, pixel);
    } else {
        paint_channels(exact, cell, base, row_shares, RED | GREEN | BLUE, pixel);
    }
    if (red_is_blue) {
        pixel[2] = pixel[0];
    }
}

/* Paints the cells that several layers or edges change. */
static void paint_several(aann_car_exact *exact, const lanes row_shares[HALVES])
{
    aann_car_strip *strip = &exact->strip;
    for (int32_t i = 0; i < strip->layer_count; i++) {
        const cells here = strip->layers[i].on_top & strip->several;
        for (int32_t word = 0; word < CELL_WORDS; word++) {
            for (uint64_t bits = here[word]; bits != 0; bits &= bits - 1) {
                const int32_t cell = 64 * word + __builtin_ctzll(bits);
                strip->stacks[cell][strip->stack_heights[cell]++] = (uint16_t)i;
            }
        }
    }
    for (int32_t word = 0; word < CELL_WORDS; word++) {
        for (uint64_t bits = strip->several[word]; bits != 0; bits &= bits - 1) {
            const int32_t cell = 64 * word + __builtin_ctzll(bits);
            paint_cell(exact, cell, row_shares);
            strip->stack_heights[cell] = 0;
        }
    }
}

#endif
