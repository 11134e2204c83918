/* From the world to the picture. */
#ifndef AANN_CAR_CAMERA_H
#define AANN_CAR_CAMERA_H

#include "car/canvas.h"
#include "car/environment.h"

/* Gymnasium draws on a surface of 1000 x 800 and shrinks it to the picture. */
enum { AANN_CAR_SURFACE_WIDTH = 1000, AANN_CAR_SURFACE_HEIGHT = 800 };

enum { AANN_CAR_VIEW_HEIGHT = AANN_CAR_CANVAS_HEIGHT }; /* rows above the indicators */

/* Turned by the car's angle, and moved so that the car is where the camera wants it. */
typedef struct aann_car_camera {
    double cosine, sine, zoom, offset_x, offset_y;
} aann_car_camera;

/* How far beyond its corners a shape is drawn, in pixels of the surface: the pixels under the
 * outline belong to it. */
typedef struct aann_car_outline {
    float x, y;
} aann_car_outline;

aann_car_camera aann_car_camera_of(const aann_car *car);

/* A point of the world on the surface, cut to a whole pixel as drawing does; y points up. */
aann_car_spot aann_car_project(const aann_car_camera *camera, double x, double y);

/* A direction of the world, a unit vector, on the surface. */
aann_car_spot aann_car_project_direction(const aann_car_camera *camera, double x, double y);

/* Moves a spot of the surface along a unit vector, `amount` times as far as the outline of a shape
 * reaches in that direction. */
aann_car_spot aann_car_push(aann_car_spot spot, aann_car_spot direction, aann_car_outline outline,
                            float amount);

/* From the surface to the picture, pixels from its top left corner. */
aann_car_spot aann_car_shrink(aann_car_spot spot);

#endif
