/* Which road tiles the car touches. */
#ifndef AANN_CAR_CONTACTS_H
#define AANN_CAR_CONTACTS_H

#include "car/track.h"
#include "car/vehicle.h"

typedef struct aann_car_tile {
    aann_car_polygon shape; /* what touches, in single precision */
    bool visited;           /* by a wheel */
    bool shaded;            /* has the shade of two of three tiles, until a car has been on it */
} aann_car_tile;

typedef struct aann_car_road {
    int32_t count;
    float reach;                        /* of the largest tile, from the middle of its corners */
    float middle_x[AANN_CAR_MAX_TILES]; /* of the corners of each tile */
    float middle_y[AANN_CAR_MAX_TILES];
    double right_x[AANN_CAR_MAX_TILES]; /* unit vector to the right of the road at each point */
    double right_y[AANN_CAR_MAX_TILES];
    aann_car_tile tiles[AANN_CAR_MAX_TILES];
} aann_car_road;

void aann_car_road_build(aann_car_road *road, const aann_car_circuit *track);

/* Finds what touches now: counts the tiles under each wheel, marks tiles visited by a wheel, and
 * takes the shade off those that a wheel or the hull touches. Returns how many tiles were visited
 * for the first time; *start_visited tells whether tile 0 was among them. */
int32_t aann_car_road_touch(aann_car_road *road, aann_car_vehicle *vehicle, bool *start_visited);

#endif
