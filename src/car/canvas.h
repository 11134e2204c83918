/* Coverage of pixels by polygons, exact to the area. */
#ifndef AANN_CAR_CANVAS_H
#define AANN_CAR_CANVAS_H

#include <stdint.h>

#include "car/four.h"

enum {
    CAR_CANVAS_WIDTH = 96,
    CAR_CANVAS_HEIGHT = 84,
    CAR_CANVAS_GROUPS = 3,                                         /* of four layers each */
    CAR_CANVAS_CELLS = CAR_CANVAS_WIDTH * (CAR_CANVAS_HEIGHT + 1), /* one row more, for what lies below */
    CAR_CANVAS_WORDS = CAR_CANVAS_CELLS / 32
};

/* A point of the picture, in pixels from its top left corner. */
typedef struct car_spot {
    float x, y;
} car_spot;

/* What changes, layer by layer, from the pixel above to this one: a sum down each column gives the coverage. Only the
 * cells marked dirty mean anything, all others are zero: most of a picture looks like the row above it, and need not be touched. */
typedef struct car_canvas {
    uint32_t dirty[CAR_CANVAS_GROUPS][CAR_CANVAS_WORDS]; /* a bit for each cell */
    car_four cells[CAR_CANVAS_GROUPS][CAR_CANVAS_CELLS]; /* four layers each, row by row */
} car_canvas;

/* As fminf and fmaxf, but for numbers only: those have to look for NaN. */
static inline float car_lesser(float a, float b)
{
    return a < b ? a : b;
}

static inline float car_greater(float a, float b)
{
    return a > b ? a : b;
}

void car_canvas_clear(car_canvas *canvas);

/* Adds an edge of a polygon: below it, `weights` is added to the layers of a group if it runs to the right, taken away if it
 * runs to the left. The edges of a closed polygon, clockwise, add its coverage times the weights. */
void car_canvas_edge(car_canvas *canvas, car_spot from, car_spot to, int32_t group, car_four weights);

/* Adds the coverage of a polygon of `count` corners, clockwise. */
void car_canvas_polygon(car_canvas *canvas, const car_spot *corners, int32_t count, int32_t group,
                        car_four weights);

#endif
