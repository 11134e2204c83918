/* The shapes of a strip as layers: where each of its rows is filled, where its soft edges run, and
 * in which cells it lies on top of others. */
#ifndef AANN_CAR_KERNELS_EXACT_LAYERS_H
#define AANN_CAR_KERNELS_EXACT_LAYERS_H

#include <string.h>

#include "car/kernels/exact_lanes.h"

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

/* What the fill covers in all rows of the strip, and in any. */
static void measure_fill(const aann_car_strip *strip, aann_car_layer *layer)
{
    int16_t inner_first = -NO_COLUMN, inner_last = NO_COLUMN, outer_first = NO_COLUMN,
            outer_last = -NO_COLUMN;
    const int32_t count = strip->row_count;
    for (int32_t i = 0; i < LANES; i++) {
        const int16_t left = layer->left[i], right = layer->right[i];
        const bool here = i < count;
        const int16_t in_left = here ? left : (int16_t)-NO_COLUMN,
                      in_right = here ? right : (int16_t)NO_COLUMN,
                      out_left = here ? left : (int16_t)NO_COLUMN,
                      out_right = here ? right : (int16_t)-NO_COLUMN;
        inner_first = in_left > inner_first ? in_left : inner_first;
        inner_last = in_right < inner_last ? in_right : inner_last;
        outer_first = out_left < outer_first ? out_left : outer_first;
        outer_last = out_right > outer_last ? out_right : outer_last;
    }
    layer->inner_first = inner_first;
    layer->inner_last = inner_last;
    layer->outer_first = outer_first;
    layer->outer_last = outer_last;
}

static void place_steep(const aann_car_soft_edge *edge, const aann_car_strip *strip,
                        aann_car_edge_lanes *at)
{
    const int32_t start = edge->row - strip->first_row, length = edge->length;
    const int32_t column = edge->column, direction = edge->direction, step = edge->step;
    const int32_t end_across = edge->across;
    /* A step is below 65536: the product's upper half is whole columns, the lower one parts. */
    for (int32_t from = 0; from < LANES; from += VECTOR) {
        const signed_lanes k = (int16_t)start - numbered(from);
        const lanes here = (lanes)((k >= 0) & (k <= (int16_t)length)),
                    end = (lanes)((k == 0) | (k == (int16_t)length)),
                    solid = (lanes)(k == (int16_t)edge->whole_step) |
                            all_lanes(edge->whole ? 0xffff : 0);
        const lanes part = ((lanes)k * (uint16_t)step) >> 8;
        const lanes across = choose((lanes)(k == (int16_t)length), all_lanes((uint16_t)end_across),
                                    multiply_high((lanes)k, all_lanes((uint16_t)step)));
        const signed_lanes columns =
            moved((signed_lanes)(across * (uint16_t)direction), all_lanes((uint16_t)column));
        const lanes near = here & choose(solid, all_lanes(256), ~end & ((255 * (255 - part)) >> 8)),
                    far = here & ~solid & ~end & ((255 * part) >> 8);
        memcpy(at->column + from, &columns, sizeof columns);
        memcpy(at->near + from, &near, sizeof near);
        memcpy(at->far + from, &far, sizeof far);
    }
    const int32_t low = greater(0, start - (strip->row_count - 1)), high = lesser(length, start);
    const int32_t a = column + direction * ((low * step) >> 16),
                  b = column + direction * (high == length ? end_across : (high * step) >> 16);
    at->first = low <= high ? lesser(a, b) - (direction < 0) : 1;
    at->last = low <= high ? greater(a, b) + (direction > 0) : 0;
}

static void place_flat(const aann_car_soft_edge *edge, const aann_car_strip *strip,
                       aann_car_edge_lanes *at)
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
    layer->edge_count = 0;
    for (int32_t k = 0; k < shape->edge_count; k++) {
        const aann_car_soft_edge *edge = &shape->edges[k];
        if (edge->row < strip->first_row || edge->top >= strip->first_row + strip->row_count) {
            continue;
        }
        aann_car_edge_lanes *at = &layer->edges[layer->edge_count];
        at->edge = edge;
        if (edge->kind == AANN_CAR_EDGE_STEEP) {
            place_steep(edge, strip, at);
        } else {
            place_flat(edge, strip, at);
        }
        layer->edge_count += at->first <= at->last;
    }
    for (int32_t k = layer->edge_count; k < AANN_CAR_EDGES; k++) {
        layer->edges[k].first = NO_COLUMN;
        layer->edges[k].last = -NO_COLUMN;
    }
}

/* Puts a layer on top of the cells from `first` to `last`, but where nothing but its own paint
 * is. */
static void touch(aann_car_strip *strip, int32_t index, int32_t first, int32_t last)
{
    const uint8_t paint = (uint8_t)strip->layers[index].shape->paint;
    uint64_t *on_top = strip->on_top[index >> 6];
    const int32_t place = index & 63;
    for (int32_t cell = first; cell <= last; cell++) {
        const uint8_t changes = strip->dirty[cell] | (strip->base[cell] != paint);
        strip->dirty[cell] = changes;
        on_top[cell] |= (uint64_t)changes << place;
    }
}

/* Gives the cells a new base, and its colour. */
static void cover(aann_car_exact *exact, aann_car_paint paint, int32_t words, int32_t first,
                  int32_t last)
{
    aann_car_strip *strip = &exact->strip;
    const size_t count = (size_t)(last - first + 1);
    memcpy(strip->pixels + 3 * first, exact->plain[paint][strip->row] + 3 * first, 3 * count);
    memset(strip->base + first, (int)paint, count);
    memset(strip->dirty + first, 0, count);
    for (int32_t word = 0; word < words; word++) {
        memset(strip->on_top[word] + first, 0, count * sizeof strip->on_top[word][0]);
    }
}

static bool is_road(aann_car_paint paint)
{
    return paint == AANN_CAR_PAINT_ROAD || paint == AANN_CAR_PAINT_ROAD_ONE ||
           paint == AANN_CAR_PAINT_ROAD_TWO;
}

static bool reaches(const aann_car_layer *layer, int32_t cell)
{
    return cell >= layer->first_cell && cell <= layer->last_cell;
}

/* The columns that two layers fill together in all rows of the strip. */
static void measure_both(const aann_car_strip *strip, const aann_car_layer *a,
                         const aann_car_layer *b, int32_t *first, int32_t *last)
{
    int16_t all_first = -NO_COLUMN, all_last = NO_COLUMN;
    const int32_t count = strip->row_count;
    for (int32_t i = 0; i < LANES; i++) {
        const int16_t a_left = a->left[i], b_left = b->left[i], a_right = a->right[i],
                      b_right = b->right[i];
        const int16_t left = a_left < b_left ? a_left : b_left,
                      inner_left = a_left < b_left ? b_left : a_left,
                      right = a_right > b_right ? a_right : b_right,
                      inner_right = a_right > b_right ? b_right : a_right;
        /* An empty row is at 32767 and -32767: the other one alone counts. */
        const bool apart = inner_left > inner_right + 1 && inner_left != NO_COLUMN;
        const int16_t row_left = i >= count ? (int16_t)-NO_COLUMN
                                 : apart    ? NO_COLUMN
                                            : left,
                      row_right = i >= count ? NO_COLUMN : right;
        all_first = row_left > all_first ? row_left : all_first;
        all_last = row_right < all_last ? row_right : all_last;
    }
    *first = all_first;
    *last = all_last;
}

/* Two tiles of the road side by side cover the cells on their seam together: it is as if the first
 * one covered them, with the second one on top. */
static void merge_layers(const aann_car_exact *exact, aann_car_strip *strip, int32_t index,
                         int32_t words)
{
    const aann_car_layer *layer = &strip->layers[index];
    int32_t before = index - 1;
    if (before >= 0 && !is_road(strip->layers[before].shape->paint)) {
        before--; /* a kerb */
    }
    if (before < 0 || !is_road(strip->layers[before].shape->paint)) {
        return;
    }
    int32_t first, last;
    measure_both(strip, &strip->layers[before], layer, &first, &last);
    first = greater(first, 0);
    last = lesser(last, AANN_CAR_SURFACE_COLUMNS - 1);
    if (first > last) {
        return;
    }
    int32_t first_cell = exact->last_cell[first], last_cell = exact->first_cell[last];
    first_cell += exact->columns[first_cell].first < first;
    last_cell -= exact->columns[last_cell].last > last;
    const uint8_t below = (uint8_t)strip->layers[before].shape->paint;
    for (int32_t cell = first_cell; cell <= last_cell; cell++) {
        /* A kerb between the two may have come here. */
        const bool seam = strip->dirty[cell] &&
                          (strip->on_top[index >> 6][cell] >> (index & 63) & 1) != 0 &&
                          (before + 1 == index || !reaches(&strip->layers[before + 1], cell));
        if (!seam) {
            continue;
        }
        strip->base[cell] = below;
        memcpy(strip->pixels + 3 * cell, exact->plain[below][strip->row] + 3 * cell, 3);
        strip->dirty[cell] = below != (uint8_t)layer->shape->paint;
        for (int32_t i = 0; i < words; i++) {
            strip->on_top[i][cell] = 0;
        }
        strip->on_top[index >> 6][cell] |= (uint64_t)1 << (index & 63);
    }
}

static void note_layer(aann_car_exact *exact, int32_t index, int32_t words)
{
    aann_car_strip *strip = &exact->strip;
    aann_car_layer *layer = &strip->layers[index];
    int32_t first = layer->outer_first, last = layer->outer_last;
    layer->first_cell = 1;
    layer->last_cell = 0;
    for (int32_t k = 0; k < layer->edge_count; k++) {
        first = lesser(first, layer->edges[k].first);
        last = greater(last, layer->edges[k].last);
    }
    first = greater(first, 0);
    last = lesser(last, AANN_CAR_SURFACE_COLUMNS - 1);
    if (first > last) {
        return;
    }
    const int32_t first_cell = exact->first_cell[first], last_cell = exact->last_cell[last];
    layer->first_cell = first_cell;
    layer->last_cell = last_cell;
    const int32_t inner_first = greater(layer->inner_first, 0),
                  inner_last = lesser(layer->inner_last, AANN_CAR_SURFACE_COLUMNS - 1);
    int32_t covered_first = last_cell + 1, covered_last = last_cell;
    if (inner_first <= inner_last) {
        covered_first = exact->last_cell[inner_first];
        covered_first += exact->columns[covered_first].first < inner_first;
        covered_last = exact->first_cell[inner_last];
        covered_last -= exact->columns[covered_last].last > inner_last;
    }
    if (covered_first > covered_last) {
        touch(strip, index, first_cell, last_cell);
        return;
    }
    touch(strip, index, first_cell, covered_first - 1);
    cover(exact, layer->shape->paint, words, covered_first, covered_last);
    touch(strip, index, covered_last + 1, last_cell);
}

#endif
