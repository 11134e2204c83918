/* Shapes from corners. */
#ifndef AANN_CAR_EXACT_SHAPES_H
#define AANN_CAR_EXACT_SHAPES_H

#include "car/exact_parts.h"

/* A corner on the surface, in whole pixels; rows count upwards in the picture. */
typedef struct aann_car_surface_corner {
    int32_t x, y;
} aann_car_surface_corner;

/* Adds a shape of four corners with soft edges (gfxdraw's aapolygon and filled_polygon), if any of
 * it is in the view. */
void aann_car_exact_add_soft(aann_car_exact *exact, const aann_car_surface_corner corners[4],
                             aann_car_paint paint);

/* Adds a shape that owns its outline (pygame.draw.polygon), of 3 to 8 corners. */
void aann_car_exact_add_hard(aann_car_exact *exact, const aann_car_surface_corner *corners,
                             int32_t count, aann_car_paint paint);

/* Adds a rectangle: columns left..right, rows top..bottom of the picture, in any order. */
void aann_car_exact_add_upright(aann_car_exact *exact, int32_t left, int32_t right, int32_t top,
                                int32_t bottom, aann_car_paint paint);

#endif
