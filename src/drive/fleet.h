/* Many cars driven side by side by one driver, on one thread. */
#ifndef AANN_DRIVE_FLEET_H
#define AANN_DRIVE_FLEET_H

#include <stdatomic.h>
#include <stdbool.h>

#include "aann/drive.h"

/* Tracks to be driven, handed out one by one; several fleets may share them. */
typedef struct aann_route {
    uint64_t first;         /* drive i is on track first + i, */
    const uint64_t *tracks; /* or, where this is not NULL, on tracks[i] */
    int64_t count;
    _Atomic int64_t next;
    aann_lap *laps; /* [count] */
} aann_route;

/* Callbacks that watch the drives; each may be NULL. */
typedef struct aann_fleet_watch {
    void (*start)(void *context, int32_t lane, const aann_car *car);
    /* Before a step; view[96 * 96] is what the driver sees. */
    void (*look)(void *context, int32_t lane, const aann_car *car, const uint8_t *view,
                 int32_t step);
    /* After each step of all: false ends the drives where they are. */
    bool (*going)(void *context);
    void *context;
} aann_fleet_watch;

typedef struct aann_fleet aann_fleet;

/* `lanes` cars, at most AANN_DRIVE_LANES; NULL: plain ones. */
aann_status aann_fleet_create(int32_t lanes, const aann_car_options *car, aann_fleet **fleet,
                              aann_error *error);
void aann_fleet_destroy(aann_fleet *fleet);

/* Drives until the route has no track left and all cars have arrived, or until the watch ends it,
 * which is no failure. `watch` may be NULL. */
aann_status aann_fleet_drive(aann_fleet *fleet, aann_pilot *pilot, aann_route *route,
                             const aann_fleet_watch *watch, aann_error *error);

#endif
