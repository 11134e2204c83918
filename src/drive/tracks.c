/* A fleet per thread; the tracks are handed out by a common counter. */
#include <stdlib.h>

#include "core/error.h"
#include "core/memory.h"
#include "core/threads.h"
#include "drive/fleet.h"

typedef struct garage {
    const aann_driver *driver;
    const char *isa;
    int32_t lanes;
    aann_route route;
    aann_status *statuses; /* [threads] */
    aann_error *errors;    /* [threads] */
} garage;

static void drive_fleet(void *context, int32_t worker, int64_t index)
{
    garage *g = context;
    (void)worker;
    aann_fleet *fleet = NULL;
    aann_pilot *pilot = NULL;
    aann_car_options car = aann_car_options_default();
    car.picture = g->driver->picture;
    car.domain_randomize = g->driver->domain_randomize;
    aann_status status = aann_fleet_create(g->lanes, &car, &fleet, &g->errors[index]);
    if (status == AANN_OK) {
        status = aann_pilot_create(g->driver, g->isa, &pilot, &g->errors[index]);
    }
    if (status == AANN_OK) {
        status = aann_fleet_drive(fleet, pilot, &g->route, NULL, &g->errors[index]);
    }
    aann_pilot_destroy(pilot);
    aann_fleet_destroy(fleet);
    g->statuses[index] = status;
}

static aann_status run(garage *g, int32_t threads, aann_error *error)
{
    aann_threads *pool = NULL;
    const aann_status status = aann_threads_create(threads, &pool, error);
    if (status != AANN_OK) {
        return status;
    }
    aann_threads_run(pool, 0, threads, drive_fleet, g);
    aann_threads_destroy(pool);
    for (int32_t i = 0; i < threads; i++) {
        if (g->statuses[i] != AANN_OK) {
            if (error != NULL) {
                *error = g->errors[i];
            }
            return g->statuses[i];
        }
    }
    return AANN_OK;
}

aann_status aann_drive_tracks(const aann_driver *driver, uint64_t first, int64_t count,
                              int32_t threads, const char *isa, aann_lap *laps, aann_error *error)
{
    if (count < 1 || threads < 1 || threads > AANN_THREADS_LIMIT) {
        return aann_fail(
            error, AANN_ERROR_ARGUMENT,
            "%lld tracks on %d threads; expected at least one track, and 1 to %d threads",
            (long long)count, threads, AANN_THREADS_LIMIT);
    }
    threads = threads > count ? (int32_t)count : threads;
    const int64_t each = (count + threads - 1) / threads;
    garage g = {.driver = driver,
                .isa = isa,
                .lanes = each < AANN_DRIVE_LANES ? (int32_t)each : AANN_DRIVE_LANES,
                .route = {.first = first, .count = count, .laps = laps},
                .statuses = aann_allocate_zeroed((size_t)threads, sizeof(aann_status)),
                .errors = aann_allocate_zeroed((size_t)threads, sizeof(aann_error))};
    const aann_status status =
        g.statuses != NULL && g.errors != NULL
            ? run(&g, threads, error)
            : aann_fail(error, AANN_ERROR_MEMORY, "out of memory for %d threads", threads);
    free(g.statuses);
    free(g.errors);
    return status;
}
