/* Exact coverage by accumulating signed areas.
 *
 * The idea is that of font rasterisers (Raph Levien's font-rs; Sean Barrett's stb_truetype 2): an
 * edge is cut at the borders of the pixels it crosses, each piece adds the area between itself and
 * the lower border of its pixel, and whatever is left of its width one pixel further down. A
 * running sum down the columns then gives how much of each pixel lies inside. */
#include "car/canvas.h"

#include <stdbool.h>
#include <string.h>

void aann_car_canvas_clear(aann_car_canvas *canvas)
{
    memset(canvas->dirty, 0, sizeof canvas->dirty);
}

/* Where and what to add. */
typedef struct pen {
    uint32_t *dirty;
    aann_float4 *cells;
    aann_float4 weights;
} pen;

/* A cell; it is zeroed when it is met for the first time. */
static inline aann_float4 *find_cell(const pen *p, int32_t place)
{
    aann_float4 *cell = &p->cells[place];
    uint32_t *word = &p->dirty[(uint32_t)place / 32];
    const uint32_t bit = (uint32_t)1 << ((uint32_t)place % 32);
    if ((*word & bit) == 0) {
        *word |= bit;
        *cell = aann_float4_of(0.0f);
    }
    return cell;
}

/* What runs above the view covers its columns from the top on. */
static void add_above(const pen *p, float from, float to, float sign)
{
    for (int32_t column = (int32_t)from; from < to; column++) {
        const float next = aann_car_lesser((float)(column + 1), to);
        *find_cell(p, column) += sign * (next - from) * p->weights;
        from = next;
    }
}

/* Walks from pixel to pixel along an edge that runs to the right and lies within the view. A piece
 * within one pixel covers some width of the column (negative if the sign is), on average `depth`
 * below the upper border. */
static void walk(const pen *p, aann_car_spot a, aann_car_spot b, float sign)
{
    const float dx = b.x - a.x, dy = b.y - a.y;
    const bool up = dy < 0.0f;
    int32_t column = (int32_t)a.x, row = (int32_t)a.y;
    if (up && (float)row == a.y) {
        row--; /* upwards from a border: the pixel above it */
    }
    /* Where the next borders are met, as shares of the way. */
    const float column_share = 1.0f / dx, row_share = 1.0f / aann_car_greater(up ? -dy : dy, 1e-9f);
    float next_column = ((float)(column + 1) - a.x) * column_share;
    float next_row = (up ? a.y - (float)row : (float)(row + 1) - a.y) * row_share;
    float x = a.x, y = a.y;
    const aann_float4 weights = sign * p->weights;
    if (column >= AANN_CAR_CANVAS_WIDTH || row >= AANN_CAR_CANVAS_HEIGHT || row < 0) {
        return; /* no more than a hair's breadth */
    }
    int32_t place = row * AANN_CAR_CANVAS_WIDTH + column;
    aann_float4 *here = find_cell(p, place), *below = find_cell(p, place + AANN_CAR_CANVAS_WIDTH);
    for (;;) {
        const float share = aann_car_lesser(next_column, next_row);
        const bool last = share >= 1.0f;
        const float next_x = last ? b.x : a.x + dx * share, next_y = last ? b.y : a.y + dy * share;
        const float width = next_x - x, depth = 0.5f * (y + next_y) - (float)row;
        const aann_float4 area = width * weights, lower = depth * area;
        *here += area - lower;
        *below += lower;
        /* Rounding may lead a hair's breadth out of the view; nothing is lost there. */
        if (last || (next_column <= next_row ? ++column == AANN_CAR_CANVAS_WIDTH
                     : up                    ? row-- == 0
                                             : ++row == AANN_CAR_CANVAS_HEIGHT)) {
            return;
        }
        x = next_x;
        y = next_y;
        if (next_column <= next_row) {
            next_column += column_share;
            place++;
            here = find_cell(p, place);
            below = find_cell(p, place + AANN_CAR_CANVAS_WIDTH);
        } else if (up) {
            next_row += row_share;
            place -= AANN_CAR_CANVAS_WIDTH;
            below = here;
            here = find_cell(p, place);
        } else {
            next_row += row_share;
            place += AANN_CAR_CANVAS_WIDTH;
            here = below;
            below = find_cell(p, place + AANN_CAR_CANVAS_WIDTH);
        }
    }
}

/* Cuts an edge at the borders of the view. */
static void trace(const pen *p, aann_car_spot from, aann_car_spot to)
{
    const float right = (float)AANN_CAR_CANVAS_WIDTH, bottom = (float)AANN_CAR_CANVAS_HEIGHT;
    const bool forward = from.x <= to.x;
    const float sign = forward ? 1.0f : -1.0f;
    aann_car_spot a = forward ? from : to, b = forward ? to : from;
    if (b.x <= 0.0f || a.x >= right || a.x == b.x || aann_car_lesser(a.y, b.y) >= bottom) {
        return;
    }
    const float slope = (b.y - a.y) / (b.x - a.x);
    if (a.x < 0.0f) {
        a = (aann_car_spot){0.0f, a.y - a.x * slope};
    }
    if (b.x > right) {
        b = (aann_car_spot){right, b.y + (right - b.x) * slope};
    }
    if (a.y < 0.0f || b.y < 0.0f) {
        if (a.y <= 0.0f && b.y <= 0.0f) {
            add_above(p, a.x, b.x, sign);
            return;
        }
        const float cut = aann_car_lesser(aann_car_greater(a.x - a.y / slope, a.x),
                                          b.x); /* where it enters the view */
        if (a.y < 0.0f) {
            add_above(p, a.x, cut, sign);
            a = (aann_car_spot){cut, 0.0f};
        } else {
            add_above(p, cut, b.x, sign);
            b = (aann_car_spot){cut, 0.0f};
        }
    }
    if (a.y > bottom || b.y > bottom) {
        if (a.y >= bottom && b.y >= bottom) {
            return;
        }
        const float cut = aann_car_lesser(aann_car_greater(a.x + (bottom - a.y) / slope, a.x), b.x);
        if (a.y > bottom) {
            a = (aann_car_spot){cut, bottom};
        } else {
            b = (aann_car_spot){cut, bottom};
        }
    }
    if (a.x < b.x) {
        walk(p, a, b, sign);
    }
}

void aann_car_canvas_edge(aann_car_canvas *canvas, aann_car_spot from, aann_car_spot to,
                          int32_t group, aann_float4 weights)
{
    const pen p = {canvas->dirty[group], canvas->cells[group], weights};
    trace(&p, from, to);
}

void aann_car_canvas_polygon(aann_car_canvas *canvas, const aann_car_spot *corners, int32_t count,
                             int32_t group, aann_float4 weights)
{
    const pen p = {canvas->dirty[group], canvas->cells[group], weights};
    for (int32_t i = 0; i < count; i++) {
        trace(&p, corners[i], corners[i + 1 < count ? i + 1 : 0]);
    }
}
