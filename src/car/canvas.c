/* Exact coverage by accumulating signed areas.
 *
 * The idea is that of font rasterisers (Raph Levien's font-rs; Sean Barrett's stb_truetype 2): an edge is cut at the borders
 * of the pixels it crosses, each piece adds the area between itself and the lower border of its pixel, and whatever is left of
 * its width one pixel further down. A running sum down the columns then gives how much of each pixel lies inside. Columns
 * are summed and not rows, so that a whole row of sums is carried down at once. */
#include "car/canvas.h"

#include <math.h>
#include <stdbool.h>

/* Where and what to add. */
typedef struct pen {
    float *cells; /* of the first layer */
    int32_t width, layer_size, layers;
    float bottom;
    const float *weights;
} pen;

/* A piece within one pixel: it covers `width` of the column (negative: it runs to the left), on average `depth` below the
 * upper border. */
static inline void add_piece(const pen *p, int32_t column, int32_t row, float width, float depth)
{
    float *cell = p->cells + row * p->width + column;
    for (int32_t k = 0; k < p->layers; k++) {
        const float area = width * p->weights[k], below = area * depth;
        cell[0] += area - below;
        cell[p->width] += below;
        cell += p->layer_size;
    }
}

/* A piece within one column: cut at the rows. */
static void add_column(const pen *p, int32_t column, car_spot from, car_spot to)
{
    /* From top to bottom; a piece that ran upwards keeps its sign. */
    const bool down = from.y <= to.y;
    const car_spot top = down ? from : to, end = down ? to : from;
    const float sign = down ? 1.0f : -1.0f;
    if (top.y >= p->bottom) {
        return;
    }
    if (end.y <= 0.0f) {
        add_piece(p, column, 0, to.x - from.x, 0.0f);
        return;
    }
    const float slope = end.y > top.y ? (end.x - top.x) / (end.y - top.y) : 0.0f;
    float x = top.x, y = top.y;
    if (y < 0.0f) {
        x = top.x - top.y * slope;
        y = 0.0f;
        add_piece(p, column, 0, sign * (x - top.x), 0.0f);
    }
    const float last = fminf(end.y, p->bottom);
    int32_t row = (int32_t)y;
    for (float border = (float)(row + 1); border < last; border += 1.0f) {
        const float next_x = top.x + (border - top.y) * slope;
        add_piece(p, column, row, sign * (next_x - x), 0.5f * (y + border) - (float)row);
        x = next_x;
        y = border;
        row++;
    }
    const float end_x = end.y <= p->bottom ? end.x : top.x + (p->bottom - top.y) * slope;
    add_piece(p, column, row, sign * (end_x - x), 0.5f * (y + last) - (float)row);
}

void car_canvas_edge(car_canvas *canvas, car_spot from, car_spot to, int32_t first_layer, int32_t layers,
                     const float *weights)
{
    const float right = (float)canvas->width;
    const bool forward = from.x <= to.x;
    const car_spot a = forward ? from : to, b = forward ? to : from;
    if (b.x <= 0.0f || a.x >= right || a.x == b.x || fminf(a.y, b.y) >= (float)canvas->height) {
        return;
    }
    const int32_t layer_size = car_canvas_layer_size(canvas);
    const pen p = {canvas->cells + first_layer * layer_size, canvas->width, layer_size, layers, (float)canvas->height, weights};
    const float slope = (b.y - a.y) / (b.x - a.x);
    car_spot here = a;
    if (here.x < 0.0f) {
        here = (car_spot){0.0f, a.y - a.x * slope};
    }
    const float last = fminf(b.x, right);
    for (int32_t column = (int32_t)here.x; here.x < last; column++) {
        const float next_x = fminf((float)(column + 1), last);
        const car_spot next = {next_x, next_x == b.x ? b.y : a.y + (next_x - a.x) * slope};
        add_column(&p, column, forward ? here : next, forward ? next : here);
        here = next;
    }
}

void car_canvas_polygon(car_canvas *canvas, const car_spot *corners, int32_t count, int32_t first_layer,
                        int32_t layers, const float *weights)
{
    for (int32_t i = 0; i < count; i++) {
        car_canvas_edge(canvas, corners[i], corners[i + 1 < count ? i + 1 : 0], first_layer, layers, weights);
    }
}
