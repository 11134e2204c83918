/* Paints the exact picture, row by row of the picture: a strip of 9 or 10 rows of the surface.
 *
 * A strip's shapes become layers: where each of its rows is filled, and where its soft edges run.
 * For each cell it is noted which layers lie on top of the last one that covers all of it. Cells
 * without any have one colour. In the others, the rows of the surface are the lanes of a vector,
 * and its columns are painted one after the other, one vector for each channel. */
#include "car/kernels/exact_strips.h"

#include <string.h>

#if defined(__SSE2__)
#include <immintrin.h>
#elif defined(__ARM_NEON)
#include <arm_neon.h>
#endif

/* Vectors are passed inside this file only, where all agree on how. */
#pragma GCC diagnostic ignored "-Wpsabi"

#define JOIN2(a, b) a##_##b
#define JOIN(a, b) JOIN2(a, b)

#if defined(__AVX2__)
enum { VECTOR = 16 };
#else
enum { VECTOR = 8 };
#endif
/* The rows of a strip are LANES lanes: one vector or two, first lanes 0 and 8. */
enum { LANES = AANN_CAR_LANES, NO_COLUMN = 32767 };
/* Bits of channels; blue may be the same as red. */
enum { RED = 1, GREEN = 2, BLUE = 4, SAME = 8 };

typedef uint16_t lanes __attribute__((vector_size(2 * VECTOR)));
typedef int16_t signed_lanes __attribute__((vector_size(2 * VECTOR)));

static inline int32_t lesser(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

static inline int32_t greater(int32_t a, int32_t b)
{
    return a > b ? a : b;
}

/* The upper 16 bits of a product, which no operator of vectors gives. */
static inline __attribute__((always_inline)) lanes multiply_high(lanes values, lanes factors)
{
    lanes product;
#if defined(__AVX2__)
    product = (lanes)_mm256_mulhi_epu16((__m256i)values, (__m256i)factors);
#elif defined(__SSE2__)
    product = (lanes)_mm_mulhi_epu16((__m128i)values, (__m128i)factors);
#elif defined(__ARM_NEON)
    const uint16x8_t a = (uint16x8_t)values, b = (uint16x8_t)factors;
    product = (lanes)vcombine_u16(vshrn_n_u32(vmull_u16(vget_low_u16(a), vget_low_u16(b)), 16),
                                  vshrn_n_u32(vmull_u16(vget_high_u16(a), vget_high_u16(b)), 16));
#else
    for (int32_t i = 0; i < VECTOR; i++) {
        product[i] = (uint16_t)(((uint32_t)values[i] * factors[i]) >> 16);
    }
#endif
    return product;
}

static inline __attribute__((always_inline)) lanes all_lanes(uint16_t value)
{
    return (lanes){0} + value;
}

/* Lane by lane: a where the condition (0 or -1) holds, b elsewhere. */
static inline __attribute__((always_inline)) lanes choose(lanes condition, lanes a, lanes b)
{
    return (a & condition) | (b & ~condition);
}

static inline __attribute__((always_inline)) lanes load(const uint16_t *values)
{
    lanes vector;
    memcpy(&vector, values, sizeof vector);
    return vector;
}

static inline __attribute__((always_inline)) signed_lanes load_signed(const int16_t *values)
{
    signed_lanes vector;
    memcpy(&vector, values, sizeof vector);
    return vector;
}

/* The rows that a vector holds, from lane `from` on. */
static inline __attribute__((always_inline)) signed_lanes numbered(int32_t from)
{
    static const int16_t numbers[LANES] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    return load_signed(numbers + from);
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
        const signed_lanes columns = (int16_t)column + (int16_t)direction * (signed_lanes)across;
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

/* ---- noting layers in cells ------------------------------------------------------------------ */

/* Puts a layer on top of the cells from `first` to `last`, but where nothing but its own paint is. */
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

/* ---- painting a cell ------------------------------------------------------------------------- */

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

/* Adds up a vector; the total is below 65536. */
static inline uint32_t total_of(const lanes *values)
{
    uint64_t fours[VECTOR / 4], sums = 0;
    memcpy(fours, values, sizeof fours);
    for (int32_t i = 0; i < VECTOR / 4; i++) {
        sums += fours[i];
    }
    return (uint32_t)((sums * UINT64_C(0x0001000100010001)) >> 48);
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

/* ---- cells with one layer -------------------------------------------------------------------- */

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
    columns[1] = columns[0] + (int16_t)at->edge->direction;
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
