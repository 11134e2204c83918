/* Paints the exact picture, row by row of the picture: a strip of 9 or 10 rows of the surface.
 *
 * A strip's shapes become layers (exact_layers.h): for each cell it is noted which layers lie on
 * top of the last one that covers all of it. Cells without any have one colour, which a table
 * knows. In the others, the rows of the surface are the lanes of a vector (exact_lanes.h): one
 * layer with one edge is summed up (exact_sums.h), anything else is painted (exact_blocks.h). */
#include "car/kernels/exact_strips.h"

#include <string.h>

#include "car/kernels/exact_blocks.h"
#include "car/kernels/exact_layers.h"
#include "car/kernels/exact_sums.h"

#define JOIN2(a, b) a##_##b
#define JOIN(a, b) JOIN2(a, b)

/* ---- cells ----------------------------------------------------------------------------------- */

/* Which channels of a cell differ from its base, and whether red and blue are always equal. */
static uint32_t find_channels(const aann_car_exact *exact, const aann_car_strip *strip,
                              int32_t cell, int32_t words, bool *red_is_blue)
{
    const uint8_t *base = exact->paints[strip->base[cell]];
    uint32_t differ[3] = {0, 0, 0}, uneven = (uint32_t)(base[0] ^ base[2]);
    for (int32_t word = 0; word < words; word++) {
        for (uint64_t bits = strip->on_top[word][cell]; bits != 0; bits &= bits - 1) {
            const aann_car_layer *layer = &strip->layers[64 * word + __builtin_ctzll(bits)];
            const uint8_t *paint = exact->paints[layer->shape->paint];
            for (int32_t c = 0; c < 3; c++) {
                differ[c] |= (uint32_t)(paint[c] ^ base[c]);
            }
            uneven |= (uint32_t)(paint[0] ^ paint[2]);
        }
    }
    *red_is_blue = uneven == 0 && differ[0] != 0;
    return (differ[0] != 0 ? 1u : 0u) | (differ[1] != 0 ? 2u : 0u) |
           (differ[2] != 0 && uneven != 0 ? 4u : 0u);
}

/* The only layer on top of a cell, or NULL. */
static const aann_car_layer *only_layer(const aann_car_strip *strip, int32_t cell, int32_t words)
{
    const aann_car_layer *found = NULL;
    for (int32_t word = 0; word < words; word++) {
        const uint64_t bits = strip->on_top[word][cell];
        if (bits != 0) {
            if (found != NULL || (bits & (bits - 1)) != 0) {
                return NULL;
            }
            found = &strip->layers[64 * word + __builtin_ctzll(bits)];
        }
    }
    return found;
}

static void sum_cell(const aann_car_exact *exact, int32_t cell, const aann_car_layer *layer,
                     const aann_car_edge_lanes *edge, const uint16_t *row_shares, uint32_t channels,
                     uint8_t *pixel)
{
    if (channels == GREEN) {
        sum_channels(exact, cell, layer, edge, row_shares, GREEN, pixel);
    } else if ((channels & BLUE) == 0) {
        sum_channels(exact, cell, layer, edge, row_shares, RED | GREEN, pixel);
    } else {
        sum_channels(exact, cell, layer, edge, row_shares, RED | GREEN | BLUE, pixel);
    }
}

static void paint_cell(const aann_car_exact *exact, int32_t cell, int32_t words,
                       const uint16_t *row_shares, uint8_t *pixel)
{
    const aann_car_layer *layer = only_layer(&exact->strip, cell, words);
    const aann_car_edge_lanes *edge;
    if (layer != NULL && find_edge(layer, &exact->columns[cell], &edge)) {
        const uint8_t channels = exact->pair_channels[exact->strip.base[cell]][layer->shape->paint];
        sum_cell(exact, cell, layer, edge, row_shares, channels & 7U, pixel);
        if ((channels & SAME) != 0) {
            pixel[2] = pixel[0];
        }
        return;
    }
    bool red_is_blue;
    const uint32_t channels = find_channels(exact, &exact->strip, cell, words, &red_is_blue);
    if (channels == GREEN) {
        paint_channels(exact, cell, words, row_shares, GREEN, pixel);
    } else if ((channels & BLUE) == 0) {
        paint_channels(exact, cell, words, row_shares, RED | GREEN, pixel);
    } else {
        paint_channels(exact, cell, words, row_shares, RED | GREEN | BLUE, pixel);
    }
    if (red_is_blue) {
        pixel[2] = pixel[0];
    }
}

/* ---- strips ---------------------------------------------------------------------------------- */

/* Which channels two paints differ in. */
static uint8_t channels_of(const uint8_t *one, const uint8_t *other)
{
    const int32_t channels = (one[0] != other[0] ? RED : 0) | (one[1] != other[1] ? GREEN : 0) |
                             (one[2] != other[2] ? BLUE : 0);
    const bool same = one[0] == one[2] && other[0] == other[2] && (channels & RED) != 0;
    return (uint8_t)(same ? (channels & ~BLUE) | SAME : channels);
}

/* What shrinking makes of a paint, in each cell. */
static void shrink_paint(aann_car_exact *exact, int32_t paint)
{
    enum { ROW = 3 * AANN_CAR_WIDTH };
    uint16_t across[ROW];
    for (int32_t i = 0; i < ROW; i++) {
        const aann_car_share *share = &exact->columns[i / 3];
        const uint32_t value = exact->paints[paint][i % 3];
        const uint32_t sum = ((4 * value * share->first_share) >> 16) +
                             ((4 * value * share->last_share) >> 16) +
                             value * (uint32_t)(share->last - share->first - 1);
        across[i] = (uint16_t)((sum * exact->column_factor) >> 16);
    }
    const uint16_t factor = exact->row_factor;
    for (int32_t row = 0; row < AANN_CAR_HEIGHT; row++) {
        const aann_car_share *share = &exact->rows[row];
        const uint16_t first = share->first_share, last = share->last_share,
                       between = (uint16_t)(share->last - share->first - 1);
        uint8_t *plain = exact->plain[paint][row];
        for (int32_t i = 0; i < ROW; i++) {
            const uint16_t value = across[i], four = (uint16_t)(value << 2);
            const uint16_t sum =
                (uint16_t)((uint16_t)(((uint32_t)four * first) >> 16) +
                           (uint16_t)(((uint32_t)four * last) >> 16) + (uint16_t)(value * between));
            plain[i] = (uint8_t)(((uint32_t)sum * factor) >> 16);
        }
    }
}

/* Brings what is kept of the paints up to date. */
static void shrink_paints(aann_car_exact *exact)
{
    if (memcmp(exact->known_paints, exact->paints, sizeof exact->paints) == 0) {
        return;
    }
    for (int32_t paint = 0; paint < AANN_CAR_PAINTS; paint++) {
        for (int32_t other = 0; other < AANN_CAR_PAINTS; other++) {
            exact->pair_channels[paint][other] =
                channels_of(exact->paints[paint], exact->paints[other]);
        }
        if (memcmp(exact->known_paints[paint], exact->paints[paint], sizeof exact->paints[paint]) !=
            0) {
            shrink_paint(exact, paint);
        }
    }
    memcpy(exact->known_paints, exact->paints, sizeof exact->paints);
}

/* Lists the cells that layers are on top of; returns how many. */
static int32_t list_dirty(const aann_car_strip *strip, uint8_t cells[AANN_CAR_WIDTH])
{
    int32_t count = 0;
    for (int32_t cell = 0; cell < AANN_CAR_WIDTH; cell++) {
        cells[count] = (uint8_t)cell;
        count += strip->dirty[cell];
    }
    return count;
}

static void list_layers(aann_car_exact *exact, int32_t row)
{
    aann_car_strip *strip = &exact->strip;
    const aann_car_share *share = &exact->rows[row];
    strip->first_row = share->first;
    strip->row_count = share->last - share->first + 1;
    strip->layer_count = exact->strip_counts[row];
    for (int32_t i = 0; i < strip->layer_count; i++) {
        make_layer(exact, strip, &exact->shapes[exact->strip_shapes[row][i]], &strip->layers[i]);
    }
}

/* Lists the shapes of each strip. */
static void share_shapes(aann_car_exact *exact)
{
    memset(exact->strip_counts, 0, sizeof exact->strip_counts);
    for (int32_t i = 0; i < exact->shape_count; i++) {
        for (int32_t row = exact->shape_first[i]; row <= exact->shape_last[i]; row++) {
            if (exact->strip_counts[row] < AANN_CAR_MAX_LAYERS) {
                exact->strip_shapes[row][exact->strip_counts[row]++] = (uint16_t)i;
            }
        }
    }
}

/* How much each row of a strip counts. */
static void weigh_rows(const aann_car_share *share, uint16_t row_shares[LANES])
{
    const int32_t last = share->last - share->first;
    for (int32_t i = 0; i < LANES; i++) {
        row_shares[i] = i < last ? 0x4000 : 0;
    }
    row_shares[0] = share->first_share;
    row_shares[last] = share->last_share;
}

static void paint_strip(aann_car_exact *exact, int32_t row, uint8_t *pixels)
{
    aann_car_strip *strip = &exact->strip;
    const aann_car_share *share = &exact->rows[row];
    list_layers(exact, row);
    strip->row = row;
    strip->pixels = pixels;
    memset(pixels, 0, (size_t)3 * AANN_CAR_WIDTH);
    memset(strip->base, AANN_CAR_PAINT_BLACK, sizeof strip->base);
    memset(strip->dirty, 0, sizeof strip->dirty);
    const int32_t words = (strip->layer_count + 63) / 64;
    memset(strip->on_top, 0, (size_t)words * sizeof strip->on_top[0]);
    for (int32_t i = 0; i < strip->layer_count; i++) {
        note_layer(exact, i, words);
        if (is_road(strip->layers[i].shape->paint)) {
            merge_layers(exact, strip, i, words);
        }
    }
    uint16_t row_shares[LANES];
    weigh_rows(share, row_shares);
    uint8_t cells[AANN_CAR_WIDTH];
    const int32_t count = list_dirty(strip, cells);
    for (int32_t i = 0; i < count; i++) {
        paint_cell(exact, cells[i], words, row_shares, pixels + 3 * cells[i]);
    }
}

void JOIN(aann_car_exact_paint, AANN_ISA)(aann_car_exact *exact, uint8_t *pixels)
{
    shrink_paints(exact);
    share_shapes(exact);
    for (int32_t i = 0; i < exact->shape_count; i++) {
        if (exact->shapes[i].side_count > 0) {
            fill_from_sides(exact, &exact->shapes[i]);
        }
    }
    for (int32_t row = 0; row < AANN_CAR_HEIGHT; row++) {
        paint_strip(exact, row, pixels + (size_t)row * 3 * AANN_CAR_WIDTH);
    }
}
