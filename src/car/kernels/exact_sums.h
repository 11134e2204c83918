/* Cells of a base and one layer, of which one edge at most reaches them: six in seven of those that
 * are not of one colour. The sum of each row follows from where the fill and the edge cross it, so
 * no pixel need be painted. What is the same in all cells of a layer and a base is found once. */
#ifndef AANN_CAR_KERNELS_EXACT_SUMS_H
#define AANN_CAR_KERNELS_EXACT_SUMS_H

#include "car/kernels/exact_layers.h"

typedef enum edge_sort { NO_EDGE, STEEP_EDGE, FLAT_EDGE } edge_sort;

/* A layer on a base, in one vector of rows. */
typedef struct sum_rows {
    signed_lanes left, right; /* what the layer fills */
    signed_lanes pixel[2];    /* columns of a steep edge and its neighbour */
    lanes more[2][3];         /* what they add to each channel, where the fill leaves them open */
    lanes shares;             /* how much each row counts */
} sum_rows;

/* A flat edge in the columns of all cells: column i is `from` + i. */
enum { FLAT_COLUMNS = AANN_CAR_SURFACE_COLUMNS + 2 * LANES };
typedef struct flat_columns {
    int32_t from;
    int16_t lane[FLAT_COLUMNS];
    uint16_t more[2][3][FLAT_COLUMNS];
} flat_columns;

typedef struct cell_sums {
    const aann_car_exact *exact;
    uint8_t base[3];
    uint16_t differences[3]; /* the layer's paint less the base */
    uint32_t channels;       /* RED, ...: those that differ */
    sum_rows rows[HALVES];
    int32_t first, last; /* columns of the edge */
    flat_columns *flat;
} cell_sums;

/* What mixing `parts` of 256 of the paint into the base adds to it. */
static inline __attribute__((always_inline)) lanes mixed(const cell_sums *s, int32_t channel,
                                                         lanes parts)
{
    const uint16_t base = s->base[channel];
    return ((parts * s->differences[channel] + (uint16_t)(base << 8)) >> 8) - base;
}

/* What is added to the base in each row of a cell: to its first and last column, and to the sum of
 * those between. */
typedef struct cell_rows {
    lanes first, between, last;
} cell_rows;

static inline __attribute__((always_inline)) cell_rows sum_fill(const sum_rows *r, int16_t first,
                                                                int16_t last, uint16_t difference)
{
    const signed_lanes none = {0}, at_first = none + first, at_last = none + last;
    const signed_lanes low = lesser_lanes(greater_lanes(r->left, at_first + 1), at_last),
                       high = greater_lanes(lesser_lanes(r->right, at_last - 1), at_first);
    const lanes between = (lanes)greater_lanes(high - low + 1, none);
    const lanes outside_first = (lanes)((r->left > at_first) | (at_first > r->right)),
                outside_last = (lanes)((r->left > at_last) | (at_last > r->right));
    return (cell_rows){~outside_first & difference, between * difference,
                       ~outside_last & difference};
}

static inline __attribute__((always_inline)) void
sum_steep(const sum_rows *r, int32_t channel, int16_t first, int16_t last, cell_rows *sums)
{
    for (int32_t k = 0; k < 2; k++) {
        const signed_lanes column = r->pixel[k];
        const lanes more = r->more[k][channel];
        sums->first += (lanes)(column == first) & more;
        sums->between += (lanes)((column > first) & (column < last)) & more;
        sums->last += (lanes)(column == last) & more;
    }
}

/* Adds what the fill leaves open of a flat edge in one column. */
static inline __attribute__((always_inline)) lanes
sum_column(const cell_sums *s, const sum_rows *r, int32_t half, int32_t channel, int32_t column)
{
    const signed_lanes here = (signed_lanes){0} + (int16_t)column;
    const lanes open = (lanes)((r->left > here) | (here > r->right));
    const int32_t i = column - s->flat->from;
    const signed_lanes rows = numbered(half * VECTOR);
    const int16_t lane = s->flat->lane[i];
    return open & (((lanes)(rows == lane) & s->flat->more[0][channel][i]) +
                   ((lanes)(rows + 1 == lane) & s->flat->more[1][channel][i]));
}

static inline __attribute__((always_inline)) void sum_flat(const cell_sums *s, const sum_rows *r,
                                                           int32_t half, int32_t channel,
                                                           int32_t first, int32_t last,
                                                           cell_rows *sums)
{
    const int32_t from = greater(first + 1, s->first), to = lesser(last - 1, s->last);
    for (int32_t column = from; column <= to; column++) {
        sums->between += sum_column(s, r, half, channel, column);
    }
    if (s->first <= first) {
        sums->first += sum_column(s, r, half, channel, first);
    }
    if (s->last >= last) {
        sums->last += sum_column(s, r, half, channel, last);
    }
}

static inline __attribute__((always_inline)) void
sum_cell(const cell_sums *s, int32_t cell, edge_sort sort, uint32_t channels, uint8_t *pixel)
{
    const aann_car_share *share = &s->exact->columns[cell];
    const int16_t first = (int16_t)share->first, last = (int16_t)share->last;
    const uint16_t inner = (uint16_t)(last - first - 1);
    uint32_t totals[3] = {0, 0, 0};
    for (int32_t c = 0; c < 3; c++) {
        if ((channels >> c & 1) == 0) {
            continue;
        }
        const uint16_t base = s->base[c];
        for (int32_t half = 0; half < HALVES; half++) {
            const sum_rows *r = &s->rows[half];
            cell_rows sums = sum_fill(r, first, last, s->differences[c]);
            if (sort == STEEP_EDGE) {
                sum_steep(r, c, first, last, &sums);
            } else if (sort == FLAT_EDGE) {
                sum_flat(s, r, half, c, first, last, &sums);
            }
            const lanes sum =
                multiply_high((sums.first + base) << 2, all_lanes(share->first_share)) +
                multiply_high((sums.last + base) << 2, all_lanes(share->last_share)) +
                sums.between + (uint16_t)(inner * base);
            const lanes weighed = multiply_high(
                multiply_high(sum, all_lanes(s->exact->column_factor)) << 2, r->shares);
            totals[c] += total_of(weighed);
        }
    }
    for (int32_t c = 0; c < 3; c++) {
        if ((channels >> c & 1) != 0) {
            pixel[c] = (uint8_t)((totals[c] * s->exact->row_factor) >> 16);
        }
    }
    if ((s->channels & GREY) != 0) {
        pixel[0] = pixel[1];
        pixel[2] = pixel[1];
    } else if ((s->channels & SAME) != 0) {
        pixel[2] = pixel[0];
    }
}

static inline __attribute__((always_inline)) void sum_these_cells(const cell_sums *s, cells which,
                                                                  edge_sort sort, uint32_t channels)
{
    uint8_t *pixels = s->exact->strip.pixels;
    for (int32_t word = 0; word < CELL_WORDS; word++) {
        for (uint64_t bits = which[word]; bits != 0; bits &= bits - 1) {
            const int32_t cell = 64 * word + __builtin_ctzll(bits);
            sum_cell(s, cell, sort, channels, pixels + 3 * cell);
        }
    }
}

/* The steps of a steep edge, and what they add where the fill leaves them open. */
static inline __attribute__((always_inline)) void
place_steep(cell_sums *s, const aann_car_soft_edge *edge, uint32_t channels)
{
    for (int32_t i = 0; i < HALVES; i++) {
        sum_rows *r = &s->rows[i];
        const steep_rows steep = follow_steep(edge, &s->exact->strip, i * VECTOR);
        r->pixel[0] = steep.column;
        r->pixel[1] = steep.neighbour;
        const lanes parts[2] = {steep.near, steep.far};
        for (int32_t k = 0; k < 2; k++) {
            const lanes open = (lanes)((r->left > r->pixel[k]) | (r->pixel[k] > r->right));
            for (int32_t c = 0; c < 3; c++) {
                if ((channels >> c & 1) != 0) {
                    r->more[k][c] = open & mixed(s, c, parts[k]);
                }
            }
        }
    }
}

static inline __attribute__((always_inline)) void
place_flat(cell_sums *s, const aann_car_soft_edge *edge, cells which, uint32_t channels)
{
    flat_columns *flat = s->flat;
    flat->from = s->exact->columns[first_cell(which)].first;
    const int32_t count = s->exact->columns[last_cell(which)].last - flat->from + 1;
    for (int32_t i = 0; i < count; i += VECTOR) {
        const edge_steps steps =
            follow_flat(edge, &s->exact->strip, flat->from + i, flat->lane + i);
        for (int32_t c = 0; c < 3; c++) {
            if ((channels >> c & 1) != 0) {
                const lanes more[2] = {mixed(s, c, steps.near), mixed(s, c, steps.far)};
                memcpy(flat->more[0][c] + i, &more[0], sizeof more[0]);
                memcpy(flat->more[1][c] + i, &more[1], sizeof more[1]);
            }
        }
    }
}

/* Sums up the channels of cells of one base that one edge of the layer reaches, or none (NULL). They
 * are a constant wherever this is inlined, so that nothing is asked for each cell. */
static inline __attribute__((always_inline)) void
sum_channels(cell_sums *s, const aann_car_layer_edge *at, cells which, const uint32_t channels)
{
    if (at == NULL) {
        sum_these_cells(s, which, NO_EDGE, channels);
        return;
    }
    s->first = at->first;
    s->last = at->last;
    if (at->edge->kind == AANN_CAR_EDGE_STEEP) {
        place_steep(s, at->edge, channels);
        sum_these_cells(s, which, STEEP_EDGE, channels);
    } else {
        place_flat(s, at->edge, which, channels);
        sum_these_cells(s, which, FLAT_EDGE, channels);
    }
}

static void sum_cells(cell_sums *s, const aann_car_layer_edge *at, cells which)
{
    if ((s->channels & (RED | BLUE)) == 0) {
        sum_channels(s, at, which, GREEN);
    } else if ((s->channels & BLUE) == 0) {
        sum_channels(s, at, which, RED | GREEN);
    } else {
        sum_channels(s, at, which, RED | GREEN | BLUE);
    }
}

/* The cells that a layer alone changes, all of one base. */
static void sum_base(cell_sums *s, const aann_car_layer *layer, aann_car_paint base, cells which)
{
    const aann_car_paint paint = layer->shape->paint;
    for (int32_t c = 0; c < 3; c++) {
        s->base[c] = s->exact->paints[base][c];
        s->differences[c] = (uint16_t)(s->exact->paints[paint][c] - s->base[c]);
    }
    s->channels = s->exact->pair_channels[base][paint];
    cells rest = which;
    for (int32_t k = 0; k < layer->edge_count; k++) {
        const aann_car_layer_edge *at = &layer->edges[k];
        if (!is_empty(at->reached & which)) {
            sum_cells(s, at, at->reached & which);
            rest &= ~at->reached;
        }
    }
    if (!is_empty(rest)) {
        sum_cells(s, NULL, rest);
    }
}

/* Sums up the cells that a layer alone changes. Those that several of its edges reach are left to
 * be painted. */
static void sum_layer(aann_car_exact *exact, const aann_car_layer *layer,
                      const lanes row_shares[HALVES])
{
    aann_car_strip *strip = &exact->strip;
    cells alone = layer->on_top & ~strip->several, once = {0}, twice = {0};
    if (is_empty(alone)) {
        return;
    }
    for (int32_t k = 0; k < layer->edge_count; k++) {
        twice |= once & layer->edges[k].reached;
        once |= layer->edges[k].reached;
    }
    strip->several |= alone & twice;
    alone &= ~twice;
    flat_columns flat;
    cell_sums s; /* most of it is not for every edge: clearing it would take long */
    s.exact = exact;
    s.flat = &flat;
    for (int32_t i = 0; i < HALVES; i++) {
        s.rows[i].left = load_signed(layer->left + i * VECTOR);
        s.rows[i].right = load_signed(layer->right + i * VECTOR);
        s.rows[i].shares = row_shares[i];
    }
    for (uint32_t bases = strip->bases; bases != 0; bases &= bases - 1) {
        const int32_t base = __builtin_ctz(bases);
        const cells which = alone & strip->base[base];
        if (!is_empty(which)) {
            sum_base(&s, layer, (aann_car_paint)base, which);
        }
    }
}

#endif
