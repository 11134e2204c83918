/* The exact picture, the plain way: the judge of the fast one. */
#ifndef AANN_TESTS_CAR_EXACT_PLAIN_H
#define AANN_TESTS_CAR_EXACT_PLAIN_H

#include "aann/car.h"

/* Draws all 1000 x 800 pixels of Gymnasium's surface, one after the other, and shrinks them. With
 * NULL for the glyphs the score is left out. Nobody else may use it meanwhile: its surface is one
 * for all. */
void plain_exact_render(const aann_car *car, const aann_car_glyphs *glyphs,
                        uint8_t pixels[AANN_CAR_PIXELS]);

#endif
