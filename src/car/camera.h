/* From the world to the picture. */
#ifndef AANN_CAR_CAMERA_H
#define AANN_CAR_CAMERA_H

#include "car/canvas.h"
#include "car/environment.h"

/* Gymnasium draws on a surface of 1000 x 800 and shrinks it to the picture. */
enum { CAR_SURFACE_WIDTH = 1000, CAR_SURFACE_HEIGHT = 800 };

enum { CAR_VIEW_HEIGHT = CAR_CANVAS_HEIGHT }; /* rows above the indicators */

/* Turned by the car's angle, and moved so that the car is where the camera wants it. */
typedef struct car_camera {
    double cosine, sine, zoom, offset_x, offset_y;
} car_camera;

/* How far beyond its corners a shape is drawn, in pixels of the surface: the pixels under the outline belong to it. */
typedef struct car_outline {
    float x, y;
} car_outline;

car_camera car_camera_of(const aann_car *car);

/* A point of the world on the surface, cut to a whole pixel as drawing does; y points up. */
car_spot car_project(const car_camera *camera, double x, double y);

/* A direction of the world, a unit vector, on the surface. */
car_spot car_project_direction(const car_camera *camera, double x, double y);

/* Moves a spot of the surface along a unit vector, `amount` times as far as the outline of a shape reaches in that direction. */
car_spot car_push(car_spot spot, car_spot direction, car_outline outline, float amount);

/* From the surface to the picture, pixels from its top left corner. */
car_spot car_shrink(car_spot spot);

#endif
