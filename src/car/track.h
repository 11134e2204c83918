/* The random track: a closed loop of road tiles. */
#ifndef AANN_CAR_TRACK_H
#define AANN_CAR_TRACK_H

#include <stdbool.h>
#include <stdint.h>

#include "aann/car.h"
#include "car/random.h"

enum {
    AANN_CAR_MAX_TILES = 2500 /* the walk that draws a track ends after this many points */
};

/* A corner of what is drawn, in metres, as exact as Python keeps it. */
typedef struct aann_car_corner {
    double x, y;
} aann_car_corner;

typedef struct aann_car_circuit {
    int32_t count;
    aann_car_point points[AANN_CAR_MAX_TILES];
    bool border[AANN_CAR_MAX_TILES]; /* tile i has a red or white kerb */
} aann_car_circuit;

/* Draws 24 random numbers and tries to make a track of them; false: it did not close, try again
 * with the next ones. */
bool aann_car_track_generate(aann_car_circuit *track, aann_car_random *random);

/* The four corners of tile i, in the order in which they are drawn. */
void aann_car_track_tile(const aann_car_circuit *track, int32_t i, aann_car_corner corners[4]);

#endif
