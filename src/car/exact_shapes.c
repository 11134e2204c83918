/* Shapes from corners: which pixels of the surface pygame-ce 2.5.8 fills and softens (method:
 * pygame's draw.c and gfxdraw, after SDL_gfx). */
#include "car/exact_shapes.h"

#include <math.h>
#include <stdlib.h>

typedef aann_car_surface_corner corner;

enum {
    MAX_CORNERS = 8,
    LEVELS = MAX_CORNERS, /* spans in one row */
    LAST_COLUMN = AANN_CAR_SURFACE_COLUMNS - 1,
    LAST_ROW = AANN_CAR_SURFACE_ROWS - 1,
    HIDDEN_ROWS = AANN_CAR_SURFACE_ROWS - AANN_CAR_PANEL_TOP, /* under the indicators */
    HARD_ROWS = 256,                                          /* more than any part of the car */
    EMPTY = 32767
};

/* The next free shape, or NULL if there is no room: then what comes is left out. */
static aann_car_shape *new_shape(aann_car_exact *exact)
{
    if (exact->shape_count == AANN_CAR_MAX_SHAPES) {
        return NULL;
    }
    aann_car_shape *shape = &exact->shapes[exact->shape_count++];
    shape->side_count = 0;
    shape->edge_count = 0;
    return shape;
}

static void clear_spans(aann_car_exact *exact, int32_t from, int32_t count)
{
    for (int32_t i = from; i < from + count; i++) {
        exact->span_left[i] = EMPTY;
        exact->span_right[i] = -EMPTY;
    }
}

/* Sets the rows of a new shape, and with them its strips, from 0 to `last_strip` at most, and
 * reserves its spans. */
static bool set_rows(aann_car_exact *exact, aann_car_shape *shape, int32_t top, int32_t bottom,
                     int32_t last_strip)
{
    const int32_t rows = bottom - top + 1;
    if (exact->span_count + rows + 2 * AANN_CAR_LANES > AANN_CAR_SPAN_ROWS) {
        exact->shape_count--;
        return false;
    }
    shape->spans = exact->span_count + AANN_CAR_LANES;
    exact->span_count += rows + 2 * AANN_CAR_LANES;
    clear_spans(exact, shape->spans - AANN_CAR_LANES, AANN_CAR_LANES);
    clear_spans(exact, shape->spans + rows, AANN_CAR_LANES);
    const int32_t index = (int32_t)(shape - exact->shapes);
    shape->top = top;
    shape->bottom = bottom;
    exact->shape_first[index] = exact->first_strip[top];
    exact->shape_last[index] =
        (uint8_t)(exact->last_strip[bottom] < last_strip ? exact->last_strip[bottom] : last_strip);
    return true;
}

typedef struct extent {
    int32_t left, right, low, high;
} extent;

static extent measure(const corner *corners, int32_t count)
{
    extent e = {corners[0].x, corners[0].x, corners[0].y, corners[0].y};
    for (int32_t i = 1; i < count; i++) {
        e.left = corners[i].x < e.left ? corners[i].x : e.left;
        e.right = corners[i].x > e.right ? corners[i].x : e.right;
        e.low = corners[i].y < e.low ? corners[i].y : e.low;
        e.high = corners[i].y > e.high ? corners[i].y : e.high;
    }
    return e;
}

/* Whether pixels of the extent, and one more on both sides, can be in the view. */
static bool is_visible(const extent *e)
{
    return e->right >= -1 && e->left <= LAST_COLUMN + 1 && e->high >= HIDDEN_ROWS &&
           e->low <= LAST_ROW;
}

/* The rows of the picture that are in the view. */
static int32_t top_row(const extent *e)
{
    return e->high < LAST_ROW ? LAST_ROW - e->high : 0;
}

static int32_t bottom_row(const extent *e)
{
    return e->low > HIDDEN_ROWS ? LAST_ROW - e->low : LAST_ROW - HIDDEN_ROWS;
}

/* ---- spans ----------------------------------------------------------------------------------- */

/* Spans row by row; the second one of a row goes into a second shape, and so on. */
typedef struct span_list {
    aann_car_exact *exact;
    aann_car_paint paint;
    int32_t top, bottom;
    aann_car_shape *levels[LEVELS];
} span_list;

static aann_car_shape *open_level(span_list *list, int32_t level)
{
    aann_car_exact *exact = list->exact;
    if (list->levels[level] != NULL) {
        return list->levels[level];
    }
    aann_car_shape *shape = new_shape(exact);
    if (shape == NULL ||
        !set_rows(exact, shape, list->top, list->bottom, AANN_CAR_PANEL_STRIP - 1)) {
        return NULL;
    }
    shape->paint = list->paint;
    clear_spans(exact, shape->spans, list->bottom - list->top + 1);
    list->levels[level] = shape;
    return shape;
}

/* Adds a span of a row of the picture. */
static void add_span(span_list *list, int32_t row, int32_t from, int32_t to)
{
    const int32_t left = from < to ? from : to, right = from < to ? to : from;
    if (row < list->top || row > list->bottom || right < 0 || left > LAST_COLUMN) {
        return;
    }
    for (int32_t level = 0; level < LEVELS; level++) {
        const aann_car_shape *shape = open_level(list, level);
        if (shape == NULL) {
            return;
        }
        const int32_t place = shape->spans + row - list->top;
        int16_t *at_left = &list->exact->span_left[place],
                *at_right = &list->exact->span_right[place];
        if (*at_left == EMPTY) {
            *at_left = (int16_t)(left > 0 ? left : 0);
            *at_right = (int16_t)(right < LAST_COLUMN ? right : LAST_COLUMN);
            return;
        }
        if (*at_left <= left && *at_right >= right) {
            return;
        }
    }
}

static void sort(int32_t *values, int32_t count)
{
    for (int32_t i = 1; i < count; i++) {
        for (int32_t k = i; k > 0 && values[k] < values[k - 1]; k--) {
            const int32_t value = values[k];
            values[k] = values[k - 1];
            values[k - 1] = value;
        }
    }
}

/* ---- soft shapes ----------------------------------------------------------------------------- */

/* Cuts a line to the surface (Cohen and Sutherland, with the original's roundings); returns whether
 * anything is left. The ends may be swapped. */
static int32_t outside(corner c)
{
    return (c.x < 0 ? 1 : c.x > LAST_COLUMN ? 2 : 0) | (c.y < 0 ? 4 : c.y > LAST_ROW ? 8 : 0);
}

static bool clip_line(corner *a, corner *b)
{
    for (;;) {
        int32_t code = outside(*a);
        const int32_t other = outside(*b);
        if ((code | other) == 0) {
            return true;
        }
        if ((code & other) != 0) {
            return false;
        }
        if (code == 0) {
            const corner end = *a;
            *a = *b;
            *b = end;
            code = other;
        }
        const float slope = a->x != b->x ? (float)(b->y - a->y) / (float)(b->x - a->x) : 1.0f;
        if ((code & 3) != 0) {
            const int32_t border = (code & 1) != 0 ? 0 : LAST_COLUMN;
            a->y = (int16_t)(a->y + (int32_t)((float)(border - a->x) * slope));
            a->x = border;
        } else {
            const int32_t border = (code & 8) != 0 ? LAST_ROW : 0;
            if (a->x != b->x) {
                a->x = (int16_t)(a->x + (int32_t)((float)(border - a->y) / slope));
            }
            a->y = border;
        }
    }
}

static void add_edge(aann_car_shape *shape, corner a, corner b)
{
    if (!clip_line(&a, &b)) {
        return;
    }
    const corner first = a;
    if (a.y > b.y) {
        a = b;
        b = first;
    }
    const int32_t dx = abs(b.x - a.x), dy = b.y - a.y;
    const bool steep = dy > dx;
    const int32_t length = steep ? dy : dx, across = steep ? dx : dy;
    const bool whole = length <= 0 || across <= 0;
    aann_car_soft_edge *edge = &shape->edges[shape->edge_count];
    *edge = (aann_car_soft_edge){.kind = steep ? AANN_CAR_EDGE_STEEP : AANN_CAR_EDGE_FLAT,
                                 .column = a.x,
                                 .row = LAST_ROW - a.y,
                                 .top = LAST_ROW - b.y,
                                 .length = length,
                                 .across = across,
                                 .direction = b.x < a.x ? -1 : 1,
                                 .whole = whole};
    edge->whole_step = first.x == a.x && first.y == a.y ? 0 : edge->length;
    if (whole) {
        edge->inverse = 1e7; /* more steps than any edge has, for one row */
    } else {
        edge->step = (across << 16) / length;
        edge->inverse = 65536.0 / edge->step;
    }
    /* Under the indicators nothing is drawn. */
    shape->edge_count += edge->top < AANN_CAR_PANEL_TOP;
}

/* Lists the sides that rows cross; returns in how many rows they do, all together. */
static int32_t add_sides(aann_car_shape *shape, const corner *corners, int32_t high)
{
    int32_t crossings = 0;
    for (int32_t i = 0; i < 4; i++) {
        const corner one = corners[i], other = corners[(i + 1) % 4];
        if (one.y != other.y) {
            const corner from = one.y < other.y ? one : other, to = one.y < other.y ? other : one;
            aann_car_side *side = &shape->sides[shape->side_count++];
            *side = (aann_car_side){.from = from.y,
                                    .to = to.y == high ? high : to.y - 1,
                                    .width = to.x - from.x,
                                    .start = 65536 * from.x,
                                    .inverse = 65536.0 / (to.y - from.y)};
            crossings += side->to - side->from + 1;
        }
    }
    return crossings;
}

/* The fill of a shape that some rows cross four times. */
static void add_crossed_fill(aann_car_exact *exact, const aann_car_shape *shape)
{
    span_list list = {
        .exact = exact, .paint = shape->paint, .top = shape->top, .bottom = shape->bottom};
    for (int32_t row = list.top; row <= list.bottom; row++) {
        const int32_t y = LAST_ROW - row;
        int32_t cuts[4], count = 0;
        for (int32_t i = 0; i < shape->side_count; i++) {
            const aann_car_side *side = &shape->sides[i];
            if (y >= side->from && y <= side->to) {
                const int32_t share = (int32_t)((double)(y - side->from) * side->inverse + 1e-5);
                cuts[count++] =
                    (int32_t)((uint32_t)share * (uint32_t)side->width + (uint32_t)side->start);
            }
        }
        sort(cuts, count);
        for (int32_t i = 0; i + 1 < count; i += 2) {
            add_span(&list, row, (int16_t)((cuts[i] + 32769) >> 16),
                     (int16_t)((cuts[i + 1] + 32767) >> 16));
        }
    }
}

void aann_car_exact_add_soft(aann_car_exact *exact, const aann_car_surface_corner corners[4],
                             aann_car_paint paint)
{
    const extent e = measure(corners, 4);
    aann_car_shape *shape = is_visible(&e) ? new_shape(exact) : NULL;
    if (shape == NULL) {
        return;
    }
    if (!set_rows(exact, shape, top_row(&e), bottom_row(&e), AANN_CAR_PANEL_STRIP - 1)) {
        return;
    }
    shape->paint = paint;
    for (int32_t i = 0; i < 4; i++) {
        add_edge(shape, corners[i], corners[(i + 1) % 4]);
    }
    const int32_t crossings = add_sides(shape, corners, e.high);
    if (crossings > 2 * (e.high - e.low + 1)) {
        add_crossed_fill(exact, shape);
        shape->side_count = 0;
    }
    if (shape->side_count == 0) {
        clear_spans(exact, shape->spans, shape->bottom - shape->top + 1);
    }
}

/* ---- shapes that own their outline ----------------------------------------------------------- */

/* Where the edges cross each row, in the order of the edges. */
typedef struct row_cuts {
    int32_t low; /* surface row of cuts[0] */
    int32_t count;
    int32_t found[HARD_ROWS];
    int32_t cuts[HARD_ROWS][MAX_CORNERS];
} row_cuts;

/* The first crossing of a pair rounds down, the second up. */
static void cut_edge(row_cuts *rows, corner from, corner to, int32_t high)
{
    if (from.y > to.y) {
        const corner end = from;
        from = to;
        to = end;
    }
    if (from.y == to.y) {
        return;
    }
    const int32_t last = to.y == high ? high : to.y - 1;
    for (int32_t y = from.y; y <= last; y++) {
        const int32_t i = y - rows->low;
        if (i >= 0 && i < rows->count) {
            const float across = (float)((y - from.y) * (to.x - from.x)) / (float)(to.y - from.y);
            const int32_t down = (int32_t)across - ((float)(int32_t)across > across);
            const int32_t up = down + ((float)down < across);
            rows->cuts[i][rows->found[i]] = (rows->found[i] % 2 == 0 ? down : up) + from.x;
            rows->found[i]++;
        }
    }
}

void aann_car_exact_add_hard(aann_car_exact *exact, const aann_car_surface_corner *corners,
                             int32_t count, aann_car_paint paint)
{
    const extent e = measure(corners, count);
    if (!is_visible(&e)) {
        return;
    }
    span_list list = {.exact = exact, .paint = paint, .top = top_row(&e), .bottom = bottom_row(&e)};
    if (e.low == e.high) {
        add_span(&list, LAST_ROW - e.low, e.left, e.right);
        return;
    }
    row_cuts rows;
    rows.low = LAST_ROW - list.bottom;
    rows.count = list.bottom - list.top + 1 < HARD_ROWS ? list.bottom - list.top + 1 : HARD_ROWS;
    for (int32_t i = 0; i < rows.count; i++) {
        rows.found[i] = 0;
    }
    for (int32_t i = 0; i < count; i++) {
        cut_edge(&rows, corners[i > 0 ? i - 1 : count - 1], corners[i], e.high);
    }
    for (int32_t i = 0; i < rows.count; i++) {
        sort(rows.cuts[i], rows.found[i]);
        for (int32_t k = 0; k + 1 < rows.found[i]; k += 2) {
            add_span(&list, LAST_ROW - (rows.low + i), rows.cuts[i][k], rows.cuts[i][k + 1]);
        }
    }
    for (int32_t i = 0; i < count; i++) {
        const corner from = corners[i > 0 ? i - 1 : count - 1], to = corners[i];
        if (from.y == to.y && to.y > e.low && to.y < e.high) {
            add_span(&list, LAST_ROW - to.y, from.x, to.x);
        }
    }
}

static void order(int32_t *low, int32_t *high)
{
    if (*low > *high) {
        const int32_t value = *low;
        *low = *high;
        *high = value;
    }
}

void aann_car_exact_add_upright(aann_car_exact *exact, int32_t left, int32_t right, int32_t top,
                                int32_t bottom, aann_car_paint paint)
{
    order(&left, &right);
    order(&top, &bottom);
    if (right < 0 || left > LAST_COLUMN || bottom < 0 || top > LAST_ROW) {
        return;
    }
    aann_car_shape *shape = new_shape(exact);
    const int32_t first = top > 0 ? top : 0, last = bottom < LAST_ROW ? bottom : LAST_ROW;
    if (shape == NULL || !set_rows(exact, shape, first, last, AANN_CAR_HEIGHT - 1)) {
        return;
    }
    shape->paint = paint;
    for (int32_t i = 0; i <= last - first; i++) {
        exact->span_left[shape->spans + i] = (int16_t)(left > 0 ? left : 0);
        exact->span_right[shape->spans + i] = (int16_t)(right < LAST_COLUMN ? right : LAST_COLUMN);
    }
}
