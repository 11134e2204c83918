/* The random track: a closed loop of road tiles. */
#ifndef AANN_CAR_TRACK_H
#define AANN_CAR_TRACK_H

#include <stdbool.h>
#include <stdint.h>

#include "aann/car.h"
#include "car/random.h"

enum {
    CAR_MAX_TILES = 2500 /* the walk that draws a track is cut off after so many points */
};

/* A corner of what is drawn, in metres, as exact as Python keeps it. */
typedef struct car_corner {
    double x, y;
} car_corner;

typedef struct car_track {
    int32_t count;
    aann_car_point points[CAR_MAX_TILES];
    bool border[CAR_MAX_TILES]; /* tile i has a red or white kerb */
} car_track;

/* Draws 24 random numbers and tries to make a track of them; false: it did not close, try again with the next ones. */
bool car_track_generate(car_track *track, car_random *random);

/* The four corners of tile i, in the order in which they are drawn. */
void car_track_tile(const car_track *track, int32_t i, car_corner corners[4]);

/* The four corners of tile i's kerb. */
void car_track_kerb(const car_track *track, int32_t i, car_corner corners[4]);

#endif
