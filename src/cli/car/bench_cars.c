/* The vector environment's speed. All cars drive laps of the expert that were recorded before the
 * clock starts, since an expert for each car would take its share of time and cache. */
#include "cli/car/bench_cars.h"

#include <stdio.h>
#include <stdlib.h>

#include "aann/cars.h"
#include "cli/shared/clock.h"

enum { TRACKS = 16, LAP_STEPS = 400 }; /* no lap is finished so early */

static const double slice_seconds = 0.1;

/* actions[LAP_STEPS][TRACKS][3] */
typedef float lap_actions[TRACKS][3];

/* A vector environment under way. */
typedef struct runner {
    aann_cars *cars;
    int32_t count, step; /* of the lap */
    uint64_t *seeds;     /* [count] */
    float *actions;      /* [count][3] */
    uint8_t *pixels;     /* [count][96][96][3] */
    double seconds[2], steps[2];
} runner;

static aann_status out_of_memory(aann_error *error)
{
    error->status = AANN_ERROR_MEMORY;
    snprintf(error->message, sizeof error->message, "out of memory for the cars to be measured");
    return AANN_ERROR_MEMORY;
}

static aann_status record_laps(lap_actions *laps, aann_error *error)
{
    aann_car *car = NULL;
    aann_car_expert *expert = NULL;
    aann_status status = aann_car_create(NULL, &car, error);
    if (status == AANN_OK) {
        status = aann_car_expert_create(NULL, &expert, error);
    }
    for (int32_t track = 0; track < TRACKS && status == AANN_OK; track++) {
        aann_car_reset(car, (uint64_t)track);
        aann_car_expert_plan(expert, car);
        for (int32_t step = 0; step < LAP_STEPS; step++) {
            aann_car_action wish;
            aann_car_expert_act(expert, car, &wish);
            float *action = laps[step][track];
            action[0] = (float)wish.steer;
            action[1] = (float)wish.gas;
            action[2] = (float)wish.brake;
            wish = (aann_car_action){(double)action[0], (double)action[1], (double)action[2]};
            aann_car_step(car, &wish, NULL);
        }
    }
    aann_car_expert_destroy(expert);
    aann_car_destroy(car);
    return status;
}

static aann_status reset(runner *r, aann_error *error)
{
    r->step = 0;
    return aann_cars_reset(r->cars, NULL, r->seeds, false, NULL, error);
}

static void destroy_runner(runner *r)
{
    aann_cars_destroy(r->cars);
    free(r->seeds);
    free(r->actions);
    free(r->pixels);
}

static aann_status create_runner(runner *r, int32_t count, int32_t threads, aann_error *error)
{
    aann_cars_options options = aann_cars_options_default();
    options.threads = threads;
    *r = (runner){.count = count,
                  .seeds = malloc((size_t)count * sizeof *r->seeds),
                  .actions = malloc((size_t)count * 3 * sizeof *r->actions),
                  .pixels = malloc((size_t)count * AANN_CAR_PIXELS)};
    if (r->seeds == NULL || r->actions == NULL || r->pixels == NULL) {
        return out_of_memory(error);
    }
    for (int32_t i = 0; i < count; i++) {
        r->seeds[i] = (uint64_t)(i % TRACKS);
    }
    const aann_status status = aann_cars_create(count, &options, &r->cars, error);
    return status == AANN_OK ? reset(r, error) : status;
}

/* Drives for a moment; resets are not counted. */
static aann_status run_slice(runner *r, const lap_actions *laps, bool draw, aann_error *error)
{
    const aann_cars_results results = {.pixels = draw ? r->pixels : NULL};
    aann_status status = AANN_OK;
    double spent = 0.0;
    while (spent < slice_seconds && status == AANN_OK) {
        if (r->step == LAP_STEPS) {
            status = reset(r, error);
        }
        for (int32_t i = 0; i < 3 * r->count; i++) {
            r->actions[i] = laps[r->step][i / 3 % TRACKS][i % 3];
        }
        const double start = cli_now();
        if (status == AANN_OK) {
            status = aann_cars_step(r->cars, r->actions, &results, error);
        }
        spent += cli_now() - start;
        r->step++;
        r->steps[draw ? 0 : 1] += r->count;
    }
    r->seconds[draw ? 0 : 1] += spent;
    return status;
}

static aann_status measure(runner *many, runner *one, const lap_actions *laps, double seconds,
                           cli_cars_rates *rates, aann_error *error)
{
    aann_status status = AANN_OK;
    for (double done = 0.0; done < seconds && status == AANN_OK; done += slice_seconds) {
        for (int k = 0; k < 4 && status == AANN_OK; k++) {
            status = run_slice(k % 2 == 0 ? many : one, laps, k < 2, error);
        }
    }
    for (int k = 0; k < 2 && status == AANN_OK; k++) {
        rates->many[k] = many->steps[k] / many->seconds[k];
        rates->one[k] = one->steps[k] / one->seconds[k];
    }
    return status;
}

aann_status cli_car_measure_cars(int32_t count, int32_t threads, double seconds,
                                 cli_cars_rates *rates, aann_error *error)
{
    runner many = {0}, one = {0};
    lap_actions *laps = malloc(LAP_STEPS * sizeof *laps);
    aann_status status = laps != NULL ? record_laps(laps, error) : out_of_memory(error);
    if (status == AANN_OK) {
        status = create_runner(&many, count, threads, error);
    }
    if (status == AANN_OK) {
        status = create_runner(&one, 1, 1, error);
    }
    if (status == AANN_OK) {
        status = measure(&many, &one, (const lap_actions *)laps, seconds, rates, error);
    }
    destroy_runner(&many);
    destroy_runner(&one);
    free(laps);
    return status;
}
