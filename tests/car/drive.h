/* Recorded drives: the columns of a step, and how to start. */
#ifndef AANN_TESTS_CAR_DRIVE_H
#define AANN_TESTS_CAR_DRIVE_H

#include "aann/car.h"
#include "golden.h"

enum {
    DRIVE_ACTION = 0,
    DRIVE_HULL = 3,
    DRIVE_OMEGA = 9,
    DRIVE_JOINT = 13,
    DRIVE_TILES = 17,
    DRIVE_REWARD = 21,
    DRIVE_VISITED = 22,
    DRIVE_TERMINATED = 23
};

static inline aann_car *drive_make_car(void)
{
    aann_error error = {0};
    aann_car *car;
    if (aann_car_create(NULL, &car, &error) != AANN_OK) {
        fail_msg("%s", error.message);
    }
    return car;
}

static inline aann_car_action drive_action(const double *row)
{
    return (aann_car_action){
        .steer = row[DRIVE_ACTION], .gas = row[DRIVE_ACTION + 1], .brake = row[DRIVE_ACTION + 2]};
}

/* Opens a drive and brings the car to its start. */
static inline golden_file drive_open(const char *name, aann_car *car)
{
    char path[256];
    snprintf(path, sizeof path, "drive_%s.csv", name);
    golden_file golden = golden_open(path);
    double head[3];
    assert_true(golden_row(&golden, head, 3));
    aann_car_reset(car, (uint64_t)head[0]);
    for (int i = 1; i < (int)head[1]; i++) {
        for (int step = 0; step < 20; step++) { /* as the recording does between resets */
            aann_car_step(car, &(aann_car_action){.steer = 0.2, .gas = 0.5, .brake = 0.0}, NULL);
        }
        assert_int_equal(aann_car_reset_next(car, false, NULL), AANN_OK);
    }
    int32_t tiles;
    aann_car_track(car, &tiles);
    golden_same(&golden, "tiles", 0, head[2], tiles);
    return golden;
}

#endif
