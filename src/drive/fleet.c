/* 64 cars in step. A car keeps its lane for a whole drive, because watchers identify it by its
 * lane; the pictures of the cars on the road are put side by side. */
#include "drive/fleet.h"

#include <stdlib.h>
#include <string.h>

#include "aann/cars.h"
#include "car/environment.h"
#include "car/exact_tables.h"
#include "core/error.h"
#include "core/memory.h"

struct aann_fleet {
    int32_t lanes;
    aann_cars *cars;                  /* [lanes] */
    int64_t drives[AANN_DRIVE_LANES]; /* of the route; -1: the car stands still */
    int32_t road[AANN_DRIVE_LANES];   /* [road_count]: lanes of the cars on the road */
    int32_t road_count;
    int8_t *inputs;         /* [AANN_DRIVE_LANES][96 * 96] */
    aann_car_canvas canvas; /* all draw on one, which stays in the cache */
    aann_car_exact *exact;  /* NULL unless pictures are exact */
    /* The drive under way. */
    aann_route *route;
    const aann_fleet_watch *watch;
};

aann_status aann_fleet_create(int32_t lanes, const aann_car_options *car, aann_fleet **result,
                              aann_error *error)
{
    *result = NULL;
    aann_fleet *fleet = aann_allocate_zeroed(1, sizeof *fleet);
    if (fleet == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a fleet of cars");
    }
    fleet->lanes = lanes < AANN_DRIVE_LANES ? lanes : AANN_DRIVE_LANES;
    fleet->inputs = aann_allocate(AANN_DRIVE_LANES, AANN_CAR_VIEW_VALUES);
    aann_status status = fleet->inputs != NULL ? AANN_OK
                                               : aann_fail(error, AANN_ERROR_MEMORY,
                                                           "out of memory for a fleet of cars");
    aann_cars_options options = aann_cars_options_default();
    if (car != NULL) {
        options.car = *car;
    }
    if (status == AANN_OK) {
        status = aann_cars_create(fleet->lanes, &options, &fleet->cars, error);
    }
    if (status == AANN_OK && options.car.picture == AANN_CAR_PICTURE_EXACT) {
        fleet->exact = aann_car_exact_create(options.car.glyphs);
        if (fleet->exact == NULL) {
            status = aann_fail(error, AANN_ERROR_MEMORY, "out of memory for exact pictures");
        }
    }
    if (status != AANN_OK) {
        aann_fleet_destroy(fleet);
        return status;
    }
    *result = fleet;
    return AANN_OK;
}

void aann_fleet_destroy(aann_fleet *fleet)
{
    if (fleet == NULL) {
        return;
    }
    aann_cars_destroy(fleet->cars);
    aann_car_exact_destroy(fleet->exact);
    free(fleet->inputs);
    free(fleet);
}

/* Puts a car on the next track; false if there is none left. */
static bool take_track(aann_fleet *fleet, int32_t lane)
{
    aann_route *route = fleet->route;
    const int64_t drive = atomic_fetch_add_explicit(&route->next, 1, memory_order_relaxed);
    fleet->drives[lane] = drive < route->count ? drive : -1;
    if (drive >= route->count) {
        return false;
    }
    route->laps[drive] = (aann_lap){0};
    aann_car *car = aann_cars_car(fleet->cars, lane);
    aann_car_reset(car,
                   route->tracks != NULL ? route->tracks[drive] : route->first + (uint64_t)drive);
    if (fleet->watch != NULL && fleet->watch->start != NULL) {
        fleet->watch->start(fleet->watch->context, lane, car);
    }
    return true;
}

static void look(aann_fleet *fleet, int32_t place)
{
    uint8_t pixels[AANN_CAR_PIXELS], view[AANN_CAR_VIEW_VALUES];
    const int32_t lane = fleet->road[place];
    const aann_car *car = aann_cars_car(fleet->cars, lane);
    aann_car_render_on(car, &fleet->canvas, fleet->exact, pixels);
    aann_car_view(pixels, view);
    aann_car_view_encode(view, fleet->inputs + (size_t)place * AANN_CAR_VIEW_VALUES);
    if (fleet->watch != NULL && fleet->watch->look != NULL) {
        fleet->watch->look(fleet->watch->context, lane, car, view,
                           fleet->route->laps[fleet->drives[lane]].steps);
    }
}

/* One step of one car; true while it is on the road. */
static bool move(aann_fleet *fleet, int32_t lane, const aann_car_action *action)
{
    aann_car_result result;
    aann_lap *lap = &fleet->route->laps[fleet->drives[lane]];
    aann_car_step(aann_cars_car(fleet->cars, lane), action, &result);
    lap->reward += result.reward;
    lap->steps++;
    lap->finished = result.lap_finished;
    return !(result.terminated || result.truncated) || take_track(fleet, lane);
}

static bool is_going(const aann_fleet_watch *watch)
{
    return watch == NULL || watch->going == NULL || watch->going(watch->context);
}

aann_status aann_fleet_drive(aann_fleet *fleet, aann_pilot *pilot, aann_route *route,
                             const aann_fleet_watch *watch, aann_error *error)
{
    fleet->route = route;
    fleet->watch = watch;
    fleet->road_count = 0;
    while (fleet->road_count < fleet->lanes && take_track(fleet, fleet->road_count)) {
        fleet->road[fleet->road_count] = fleet->road_count;
        fleet->road_count++;
    }
    while (fleet->road_count > 0 && is_going(watch)) {
        aann_car_action actions[AANN_DRIVE_LANES];
        for (int32_t place = 0; place < fleet->road_count; place++) {
            look(fleet, place);
        }
        const aann_status status =
            aann_pilot_act(pilot, fleet->inputs, fleet->road_count, actions, error);
        if (status != AANN_OK) {
            return status;
        }
        int32_t left = 0;
        for (int32_t place = 0; place < fleet->road_count; place++) {
            const int32_t lane = fleet->road[place];
            fleet->road[left] = lane;
            left += move(fleet, lane, &actions[place]) ? 1 : 0;
        }
        fleet->road_count = left;
    }
    return AANN_OK;
}
