/* Coverage of pixels by polygons, exact to the area. */
#ifndef AANN_CAR_CANVAS_H
#define AANN_CAR_CANVAS_H

#include <stdint.h>

/* A point of the picture, in pixels from the top left corner of the canvas. */
typedef struct car_spot {
    float x, y;
} car_spot;

/* Layers of `width` x `height` pixels. A cell holds the change from the pixel above it: a sum down each column gives the
 * coverage. Each layer has one row more, for what lies below. The cells belong to the caller. */
typedef struct car_canvas {
    int32_t width, height;
    float *cells; /* [layers][height + 1][width], zero at the start */
} car_canvas;

/* Cells of one layer. */
static inline int32_t car_canvas_layer_size(const car_canvas *canvas)
{
    return (canvas->height + 1) * canvas->width;
}

/* Adds an edge of a polygon: below it, weights[layers] is added to as many layers from `first_layer` on if it runs to the
 * right, taken away if it runs to the left. The edges of a closed polygon, clockwise, add its coverage times the weights. */
void car_canvas_edge(car_canvas *canvas, car_spot from, car_spot to, int32_t first_layer, int32_t layers,
                     const float *weights);

/* Adds the coverage of a polygon of `count` corners, clockwise. */
void car_canvas_polygon(car_canvas *canvas, const car_spot *corners, int32_t count, int32_t first_layer,
                        int32_t layers, const float *weights);

#endif
