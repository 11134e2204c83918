/* Coverage of pixels by polygons, exact to the area. */
#ifndef AANN_CAR_CANVAS_H
#define AANN_CAR_CANVAS_H

#include <stdint.h>

#include "car/float4.h"

enum {
    AANN_CAR_CANVAS_WIDTH = 96,
    AANN_CAR_CANVAS_HEIGHT = 84,
    AANN_CAR_CANVAS_GROUPS = 3, /* of four layers each */
    AANN_CAR_CANVAS_CELLS = AANN_CAR_CANVAS_WIDTH *
                            (AANN_CAR_CANVAS_HEIGHT + 1), /* one row more, for what lies below */
    AANN_CAR_CANVAS_WORDS = AANN_CAR_CANVAS_CELLS / 32
};

/* A point of the picture, in pixels from its top left corner. */
typedef struct aann_car_spot {
    float x, y;
} aann_car_spot;

/* What changes, layer by layer, from the pixel above to this one: a sum down each column gives the
 * coverage. Only the cells marked dirty are used, all others are zero: most of a picture equals the
 * row above it, and needs no work. */
typedef struct aann_car_canvas {
    uint32_t dirty[AANN_CAR_CANVAS_GROUPS][AANN_CAR_CANVAS_WORDS]; /* a bit for each cell */
    aann_float4 cells[AANN_CAR_CANVAS_GROUPS]
                     [AANN_CAR_CANVAS_CELLS]; /* four layers each, row by row */
} aann_car_canvas;

/* As fminf and fmaxf, but for numbers only: those have to look for NaN. */
static inline float aann_car_lesser(float a, float b)
{
    return a < b ? a : b;
}

static inline float aann_car_greater(float a, float b)
{
    return a > b ? a : b;
}

void aann_car_canvas_clear(aann_car_canvas *canvas);

/* Adds an edge of a polygon: below it, `weights` is added to the layers of a group if it runs to
 * the right, taken away if it runs to the left. The edges of a closed polygon, clockwise, add its
 * coverage times the weights. */
void aann_car_canvas_edge(aann_car_canvas *canvas, aann_car_spot from, aann_car_spot to,
                          int32_t group, aann_float4 weights);

/* Adds the coverage of a polygon of `count` corners, clockwise. */
void aann_car_canvas_polygon(aann_car_canvas *canvas, const aann_car_spot *corners, int32_t count,
                             int32_t group, aann_float4 weights);

#endif
