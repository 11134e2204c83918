/* The score in the corner of the exact picture. */
#ifndef AANN_CAR_EXACT_SCORE_H
#define AANN_CAR_EXACT_SCORE_H

#include "car/exact_parts.h"

/* Writes the score's cells into a picture that is painted but for them, if there are glyphs. */
void aann_car_exact_draw_score(aann_car_exact *exact, double reward,
                               uint8_t pixels[AANN_CAR_PIXELS]);

#endif
