/* Exact coverage by accumulating signed areas.
 *
 * The idea is that of font rasterisers (Raph Levien's font-rs; Sean Barrett's stb_truetype 2): an edge is cut at the borders
 * of the pixels it crosses, each piece adds the area between itself and the lower border of its pixel, and whatever is left of
 * its width one pixel further down. A running sum down the columns then gives how much of each pixel lies inside. */
#include "car/canvas.h"

#include <stdbool.h>
#include <string.h>

void car_canvas_clear(car_canvas *canvas)
{
    memset(canvas->dirty, 0, sizeof canvas->dirty);
}

/* The cell of a pixel; it is zeroed when it is met for the first time. */
static inline float *find_cell(car_canvas *canvas, int32_t row, int32_t column)
{
    car_cell *cell = &canvas->cells[row][column];
    uint32_t *word = &canvas->dirty[row][column / 32];
    const uint32_t bit = (uint32_t)1 << (column % 32);
    if ((*word & bit) == 0) {
        *word |= bit;
        memset(cell, 0, sizeof *cell);
    }
    return cell->layers;
}

/* Where and what to add. */
typedef struct pen {
    car_canvas *canvas;
    int32_t first_layer;
    const float *weights;
} pen;

/* A piece within one pixel: it covers `width` of the column (negative: it runs to the left), on average `depth` below the
 * upper border. */
static inline void add_piece(const pen *p, int32_t layers, float *here, float *next, float width, float depth)
{
    const float below = width * depth, inside = width - below;
    for (int32_t k = 0; k < layers; k++) {
        here[k] += p->weights[k] * inside;
        next[k] += p->weights[k] * below;
    }
}

static inline float *find_layers(const pen *p, int32_t row, int32_t column)
{
    return find_cell(p->canvas, row, column) + p->first_layer;
}

/* A piece within one column: cut at the rows. */
static inline void add_column(const pen *p, int32_t layers, int32_t column, car_spot from, car_spot to)
{
    const float bottom = (float)CAR_CANVAS_HEIGHT;
    /* From top to bottom; a piece that ran upwards keeps its sign. */
    const bool down = from.y <= to.y;
    const car_spot top = down ? from : to, end = down ? to : from;
    if (top.y >= bottom) {
        return;
    }
    if (top.y < 0.0f && end.y <= 0.0f) { /* it covers all of the column */
        float *first = find_layers(p, 0, column);
        for (int32_t k = 0; k < layers; k++) {
            first[k] += p->weights[k] * (to.x - from.x);
        }
        return;
    }
    const float sign = down ? 1.0f : -1.0f;
    const float slope = end.y > top.y ? (end.x - top.x) / (end.y - top.y) : 0.0f;
    float x = top.x, y = top.y;
    int32_t row = (int32_t)y;
    if (y < 0.0f) {
        x = top.x - top.y * slope;
        y = 0.0f;
        row = 0;
        float *first = find_layers(p, 0, column);
        for (int32_t k = 0; k < layers; k++) {
            first[k] += p->weights[k] * sign * (x - top.x);
        }
    }
    const float last = car_lesser(end.y, bottom);
    float *here = find_layers(p, row, column), *next = find_layers(p, row + 1, column);
    for (float border = (float)(row + 1); border < last; border += 1.0f) {
        const float next_x = top.x + (border - top.y) * slope;
        add_piece(p, layers, here, next, sign * (next_x - x), 1.0f - 0.5f * (border - y));
        x = next_x;
        y = border;
        row++;
        here = next;
        next = find_layers(p, row + 1, column);
    }
    const float end_x = end.y <= bottom ? end.x : top.x + (bottom - top.y) * slope;
    add_piece(p, layers, here, next, sign * (end_x - x), 0.5f * (y + last) - (float)row);
}

/* Cuts an edge at the columns. */
static inline void trace(const pen *p, int32_t layers, car_spot from, car_spot to)
{
    const float right = (float)CAR_CANVAS_WIDTH;
    const bool forward = from.x <= to.x;
    const car_spot a = forward ? from : to, b = forward ? to : from;
    if (b.x <= 0.0f || a.x >= right || a.x == b.x || car_lesser(a.y, b.y) >= (float)CAR_CANVAS_HEIGHT) {
        return;
    }
    const float slope = (b.y - a.y) / (b.x - a.x);
    car_spot here = a;
    if (here.x < 0.0f) {
        here = (car_spot){0.0f, a.y - a.x * slope};
    }
    const float last = car_lesser(b.x, right);
    for (int32_t column = (int32_t)here.x; here.x < last; column++) {
        const float next_x = car_lesser((float)(column + 1), last);
        const car_spot next = {next_x, next_x == b.x ? b.y : a.y + (next_x - a.x) * slope};
        add_column(p, layers, column, forward ? here : next, forward ? next : here);
        here = next;
    }
}

void car_canvas_edge(car_canvas *canvas, car_spot from, car_spot to, int32_t first_layer, int32_t layers,
                     const float *weights)
{
    const pen p = {canvas, first_layer, weights};
    switch (layers) { /* known numbers make the innermost loop disappear */
    case 1: trace(&p, 1, from, to); break;
    case 2: trace(&p, 2, from, to); break;
    default: trace(&p, 3, from, to); break;
    }
}

void car_canvas_polygon(car_canvas *canvas, const car_spot *corners, int32_t count, int32_t first_layer,
                        int32_t layers, const float *weights)
{
    for (int32_t i = 0; i < count; i++) {
        car_canvas_edge(canvas, corners[i], corners[i + 1 < count ? i + 1 : 0], first_layer, layers, weights);
    }
}
