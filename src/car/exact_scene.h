/* The exact picture of a car. */
#ifndef AANN_CAR_EXACT_SCENE_H
#define AANN_CAR_EXACT_SCENE_H

#include "car/exact_parts.h"

/* Draws the picture of a car with the caller's memory (exact_tables.h). */
void aann_car_exact_render(aann_car_exact *exact, const aann_car *car,
                           uint8_t pixels[AANN_CAR_PIXELS]);

#endif
