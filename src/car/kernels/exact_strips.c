/* Paints the exact picture, row by row of the picture: a strip of 9 or 10 rows of the surface.
 *
 * A strip's shapes become layers: where each of its rows is filled, and where its soft edges run.
 * For each cell it is noted which layers lie on top of the last one that covers all of it. Cells
 * without any have one colour. In the others, the rows of the surface are the lanes of a vector,
 * and its columns are painted one after the other, one vector for each channel. */
#include "car/kernels/exact_strips.h"

#include <string.h>

#define JOIN2(a, b) a##_##b
#define JOIN(a, b) JOIN2(a, b)

enum { LANES = AANN_CAR_LANES, NO_COLUMN = 32767 };

typedef uint16_t lanes __attribute__((vector_size(2 * LANES)));
typedef int16_t signed_lanes __attribute__((vector_size(2 * LANES)));

static inline int32_t lesser(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

static inline int32_t greater(int32_t a, int32_t b)
{
    return a > b ? a : b;
}

/* ---- layers ---------------------------------------------------------------------------------- */

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
    const int32_t solid = edge->whole_step, end_across = edge->across;
    const bool whole = edge->whole;
    for (int32_t i = 0; i < LANES; i++) {
        const int32_t k = start - i;
        const bool here = k >= 0 && k <= length, end = k == 0 || k == length;
        const uint32_t way = (uint32_t)k * (uint32_t)step;
        const int32_t across = k == length ? end_across : (int32_t)way >> 16,
                      part = (int32_t)(way >> 8) & 255;
        const int32_t near = (255 * (255 - part)) >> 8, far = (255 * part) >> 8;
        at->column[i] = (int16_t)(column + direction * across);
        at->near[i] = (uint16_t)(!here ? 0 : whole || k == solid ? 256 : end ? 0 : near);
        at->far[i] = (uint16_t)(!here || whole || end ? 0 : far);
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
}

/* ---- noting layers in cells ------------------------------------------------------------------ */

/* Puts a layer on top of the cells from `first` to `last`. */
static void touch(aann_car_strip *strip, int32_t index, int32_t words, int32_t first, int32_t last)
{
    const uint8_t paint = (uint8_t)strip->layers[index].shape->paint;
    const int32_t word = index >> 6;
    const uint64_t bit = (uint64_t)1 << (index & 63);
    for (int32_t cell = first; cell <= last; cell++) {
        uint64_t *on_top = strip->on_top[cell];
        if (!strip->dirty[cell]) {
            if (strip->base[cell] == paint) {
                continue;
            }
            strip->dirty[cell] = 1;
            for (int32_t i = 0; i < words; i++) {
                on_top[i] = 0;
            }
        }
        on_top[word] |= bit;
    }
}

static void cover(aann_car_strip *strip, aann_car_paint paint, int32_t first, int32_t last)
{
    const size_t count = (size_t)(last - first + 1);
    memset(strip->base + first, (int)paint, count);
    memset(strip->dirty + first, 0, count);
}

static void note_layer(const aann_car_exact *exact, aann_car_strip *strip, int32_t index,
                       int32_t words)
{
    const aann_car_layer *layer = &strip->layers[index];
    int32_t first = layer->outer_first, last = layer->outer_last;
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
        touch(strip, index, words, first_cell, last_cell);
        return;
    }
    touch(strip, index, words, first_cell, covered_first - 1);
    cover(strip, layer->shape->paint, covered_first, covered_last);
    touch(strip, index, words, covered_last + 1, last_cell);
}

/* ---- painting a cell ------------------------------------------------------------------------- */

/* The part of the surface that a cell comes from: [channel][column], lanes are rows. */
typedef struct block {
    lanes columns[3][AANN_CAR_CELL_COLUMNS];
} block;

/* The upper 16 bits of a product. */
static inline void multiply_high(const lanes *values, uint16_t factor, lanes *product)
{
    uint16_t from[LANES], to[LANES];
    memcpy(from, values, sizeof from);
    for (int32_t i = 0; i < LANES; i++) {
        to[i] = (uint16_t)(((uint32_t)from[i] * factor) >> 16);
    }
    memcpy(product, to, sizeof to);
}

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
    signed_lanes column;
    lanes near, far;
    memcpy(&column, at->column, sizeof column);
    memcpy(&near, at->near, sizeof near);
    memcpy(&far, at->far, sizeof far);
    const signed_lanes neighbour = column + (int16_t)at->edge->direction;
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
    static const signed_lanes numbers = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    const aann_car_soft_edge *edge = at->edge;
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
        const lanes parts = ((lanes)(numbers == lane) & (uint16_t)near) |
                            ((lanes)(numbers == (int16_t)(lane - 1)) & (uint16_t)far);
        blend(b, x - first, channels, paint, &parts);
    }
}

static inline __attribute__((always_inline)) void paint_fill(block *b, const aann_car_layer *layer,
                                                             int32_t first, int32_t last,
                                                             uint32_t channels,
                                                             const uint8_t *paint)
{
    signed_lanes left, right;
    memcpy(&left, layer->left, sizeof left);
    memcpy(&right, layer->right, sizeof right);
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

/* Shrinks one channel of a block to the value of its cell. */
static uint8_t shrink_block(const lanes *columns, const aann_car_share *share, uint16_t factor,
                            const uint16_t *row_shares, uint16_t row_factor)
{
    const int32_t count = share->last - share->first;
    lanes ends[2], sum;
    const lanes first = columns[0] << 2, last = columns[count] << 2;
    multiply_high(&first, share->first_share, &ends[0]);
    multiply_high(&last, share->last_share, &ends[1]);
    sum = ends[0] + ends[1];
    for (int32_t x = 1; x < count; x++) {
        sum += columns[x];
    }
    uint16_t across[LANES];
    lanes row;
    multiply_high(&sum, factor, &row);
    memcpy(across, &row, sizeof across);
    uint32_t total = 0;
    for (int32_t i = 0; i < LANES; i++) {
        total += ((uint32_t)(uint16_t)(across[i] << 2) * row_shares[i]) >> 16;
    }
    return (uint8_t)((total * row_factor) >> 16);
}

/* Which channels of a cell differ from its base, and whether red and blue are always equal. */
static uint32_t find_channels(const aann_car_exact *exact, const aann_car_strip *strip,
                              int32_t cell, int32_t words, bool *red_is_blue)
{
    const uint8_t *base = exact->paints[strip->base[cell]];
    uint32_t differ[3] = {0, 0, 0}, uneven = (uint32_t)(base[0] ^ base[2]);
    for (int32_t word = 0; word < words; word++) {
        for (uint64_t bits = strip->on_top[cell][word]; bits != 0; bits &= bits - 1) {
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

/* Paints the channels of a cell from its base up. They are a constant wherever this is inlined, so
 * that nothing is asked for each column. */
static inline __attribute__((always_inline)) void
paint_channels(const aann_car_exact *exact, int32_t cell, int32_t words, const uint16_t *row_shares,
               const uint32_t channels, uint8_t *pixel)
{
    const aann_car_strip *strip = &exact->strip;
    const aann_car_share *columns = &exact->columns[cell];
    const uint8_t *base = exact->paints[strip->base[cell]];
    block b;
    for (int32_t c = 0; c < 3; c++) {
        for (int32_t x = 0; x < AANN_CAR_CELL_COLUMNS && (channels >> c & 1) != 0; x++) {
            b.columns[c][x] = (lanes){0} + base[c];
        }
    }
    for (int32_t word = 0; word < words; word++) {
        for (uint64_t bits = strip->on_top[cell][word]; bits != 0; bits &= bits - 1) {
            paint_layer(&b, exact, &strip->layers[64 * word + __builtin_ctzll(bits)], columns,
                        channels);
        }
    }
    for (int32_t c = 0; c < 3; c++) {
        if ((channels >> c & 1) != 0) {
            pixel[c] = shrink_block(b.columns[c], columns, exact->column_factor, row_shares,
                                    exact->row_factor);
        }
    }
}

static void paint_cell(const aann_car_exact *exact, int32_t cell, int32_t words,
                       const uint16_t *row_shares, uint8_t *pixel)
{
    enum { RED = 1, GREEN = 2, BLUE = 4 };
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

/* What shrinking across makes of each paint, in each cell. */
static void shrink_paints(aann_car_exact *exact)
{
    if (memcmp(exact->known_paints, exact->paints, sizeof exact->paints) == 0) {
        return;
    }
    memcpy(exact->known_paints, exact->paints, sizeof exact->paints);
    for (int32_t paint = 0; paint < AANN_CAR_PAINTS; paint++) {
        for (int32_t i = 0; i < 3 * AANN_CAR_WIDTH; i++) {
            const aann_car_share *share = &exact->columns[i / 3];
            const uint32_t value = exact->paints[paint][i % 3];
            const uint32_t sum = ((4 * value * share->first_share) >> 16) +
                                 ((4 * value * share->last_share) >> 16) +
                                 value * (uint32_t)(share->last - share->first - 1);
            exact->plain[paint][i] = (uint16_t)((sum * exact->column_factor) >> 16);
        }
    }
}

/* A strip as if each cell had its base's colour only. */
static void paint_plain(const aann_car_exact *exact, const aann_car_share *share, uint8_t *pixels)
{
    const aann_car_strip *strip = &exact->strip;
    uint16_t across[3 * AANN_CAR_WIDTH];
    for (int32_t cell = 0; cell < AANN_CAR_WIDTH;) {
        const uint8_t base = strip->base[cell];
        int32_t end = cell + 1;
        while (end < AANN_CAR_WIDTH && strip->base[end] == base) {
            end++;
        }
        memcpy(across + 3 * cell, exact->plain[base] + 3 * cell,
               (size_t)(end - cell) * 3 * sizeof across[0]);
        cell = end;
    }
    const uint16_t first = share->first_share, last = share->last_share,
                   between = (uint16_t)(share->last - share->first - 1), factor = exact->row_factor;
    for (int32_t i = 0; i < 3 * AANN_CAR_WIDTH; i++) {
        const uint16_t value = across[i], four = (uint16_t)(value << 2);
        const uint16_t sum =
            (uint16_t)((uint16_t)(((uint32_t)four * first) >> 16) +
                       (uint16_t)(((uint32_t)four * last) >> 16) + (uint16_t)(value * between));
        pixels[i] = (uint8_t)(((uint32_t)sum * factor) >> 16);
    }
}

static void list_layers(aann_car_exact *exact, int32_t row)
{
    aann_car_strip *strip = &exact->strip;
    const aann_car_share *share = &exact->rows[row];
    strip->first_row = share->first;
    strip->row_count = share->last - share->first + 1;
    strip->layer_count = 0;
    for (int32_t i = 0; i < exact->shape_count && strip->layer_count < AANN_CAR_MAX_LAYERS; i++) {
        if (exact->shape_first[i] <= row && exact->shape_last[i] >= row) {
            make_layer(exact, strip, &exact->shapes[i], &strip->layers[strip->layer_count++]);
        }
    }
}

static void paint_strip(aann_car_exact *exact, int32_t row, uint8_t *pixels)
{
    aann_car_strip *strip = &exact->strip;
    const aann_car_share *share = &exact->rows[row];
    list_layers(exact, row);
    memset(strip->base, AANN_CAR_PAINT_BLACK, sizeof strip->base);
    memset(strip->dirty, 0, sizeof strip->dirty);
    const int32_t words = (strip->layer_count + 63) / 64;
    for (int32_t i = 0; i < strip->layer_count; i++) {
        note_layer(exact, strip, i, words);
    }
    paint_plain(exact, share, pixels);
    uint16_t row_shares[LANES] = {0};
    for (int32_t i = 0; i < strip->row_count; i++) {
        row_shares[i] = 0x4000;
    }
    row_shares[0] = share->first_share;
    row_shares[strip->row_count - 1] = share->last_share;
    for (int32_t cell = 0; cell < AANN_CAR_WIDTH; cell++) {
        if (strip->dirty[cell]) {
            paint_cell(exact, cell, words, row_shares, pixels + 3 * cell);
        }
    }
}

void JOIN(aann_car_exact_paint, AANN_ISA)(aann_car_exact *exact, uint8_t *pixels)
{
    shrink_paints(exact);
    for (int32_t i = 0; i < exact->shape_count; i++) {
        if (exact->shapes[i].side_count > 0) {
            fill_from_sides(exact, &exact->shapes[i]);
        }
    }
    for (int32_t row = 0; row < AANN_CAR_HEIGHT; row++) {
        paint_strip(exact, row, pixels + (size_t)row * 3 * AANN_CAR_WIDTH);
    }
}
