/* The task's numbers, as Gymnasium's CarRacing has them. Expressions are kept as they are written
 * there: the same operations in the same order give the same doubles. */
#ifndef AANN_CAR_CONSTANTS_H
#define AANN_CAR_CONSTANTS_H

/* Track and field, metres. */
#define AANN_CAR_SCALE 6.0
#define AANN_CAR_TRACK_RADIUS (900.0 / AANN_CAR_SCALE)
#define AANN_CAR_PLAYFIELD                                                                         \
    (2000.0 / AANN_CAR_SCALE) /* leaving this square, seen from its middle, ends the episode */
#define AANN_CAR_TRACK_DETAIL_STEP (21.0 / AANN_CAR_SCALE)
#define AANN_CAR_TRACK_TURN_RATE 0.31
#define AANN_CAR_TRACK_WIDTH (40.0 / AANN_CAR_SCALE) /* half the width of the road */
#define AANN_CAR_KERB_WIDTH (8.0 / AANN_CAR_SCALE)
#define AANN_CAR_GRASS_SIZE (AANN_CAR_PLAYFIELD / 20.0)
#define AANN_CAR_ZOOM 2.7
#define AANN_CAR_STEPS_PER_SECOND 50.0

/* The car: lengths are these numbers times the size. */
#define AANN_CAR_SIZE 0.02
#define AANN_CAR_ENGINE_POWER (100000000.0 * AANN_CAR_SIZE * AANN_CAR_SIZE)
#define AANN_CAR_WHEEL_INERTIA (4000.0 * AANN_CAR_SIZE * AANN_CAR_SIZE)
#define AANN_CAR_FRICTION_LIMIT (1000000.0 * AANN_CAR_SIZE * AANN_CAR_SIZE)
#define AANN_CAR_WHEEL_RADIUS 27.0
#define AANN_CAR_WHEEL_WIDTH 14.0

#endif
