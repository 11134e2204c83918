/* A fleet per thread; the tracks are handed out by a common counter. */
#include "cli/fleet.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aann/evaluate.h"

enum { LANES = 64, MOST_THREADS = 256 };

/* What the threads share. */
typedef struct work {
    const cli_driver *driver;
    uint64_t first;
    int64_t count;
    int32_t lanes; /* of each fleet: no more than there are tracks for */
    const char *isa;
    cli_lap *drives;
    _Atomic int64_t next;
} work;

/* One thread's cars. Lane i drives track `tracks[i]` (from `first` on); lanes 0..active-1 are on the road. */
typedef struct fleet {
    work *work;
    aann_evaluator *evaluator;
    aann_car *cars[LANES];
    int64_t tracks[LANES];
    int32_t active;
    int8_t *inputs;                           /* [LANES][96 * 96] */
    int32_t logits[LANES * AANN_CAR_OUTPUTS]; /* [LANES][3] */
    aann_status status;
    aann_error error;
} fleet;

static aann_status out_of_memory(aann_error *error)
{
    *error = (aann_error){AANN_ERROR_MEMORY, "out of memory for a fleet of cars"};
    return AANN_ERROR_MEMORY;
}

static aann_status prepare(fleet *f)
{
    aann_status status = aann_evaluator_create(aann_network_spec(f->work->driver->network), 1, f->work->isa,
                                               &f->evaluator, &f->error);
    for (int32_t i = 0; i < f->work->lanes && status == AANN_OK; i++) {
        status = aann_car_create(NULL, &f->cars[i], &f->error);
    }
    f->inputs = malloc((size_t)LANES * AANN_CAR_WINDOW_VALUES);
    return status == AANN_OK && f->inputs == NULL ? out_of_memory(&f->error) : status;
}

static void release(fleet *f)
{
    free(f->inputs);
    for (int32_t i = 0; i < LANES; i++) {
        aann_car_destroy(f->cars[i]);
    }
    aann_evaluator_destroy(f->evaluator);
}

/* Puts lane `lane` on the next track; false if there is none left. */
static bool take_track(fleet *f, int32_t lane)
{
    const int64_t track = atomic_fetch_add(&f->work->next, 1);
    if (track >= f->work->count) {
        return false;
    }
    f->tracks[lane] = track;
    f->work->drives[track] = (cli_lap){0};
    aann_car_reset(f->cars[lane], f->work->first + (uint64_t)track);
    return true;
}

/* The last lane takes the place of one that has nothing left to drive. */
static void retire(fleet *f, int32_t lane)
{
    f->active--;
    aann_car *car = f->cars[lane];
    f->cars[lane] = f->cars[f->active];
    f->tracks[lane] = f->tracks[f->active];
    f->cars[f->active] = car;
}

static aann_status decide(fleet *f)
{
    uint8_t pixels[AANN_CAR_PIXELS], window[AANN_CAR_WINDOW_VALUES];
    for (int32_t lane = 0; lane < f->active; lane++) {
        aann_car_render(f->cars[lane], pixels);
        aann_car_window(pixels, window);
        aann_car_window_encode(window, f->inputs + (size_t)lane * AANN_CAR_WINDOW_VALUES);
    }
    const aann_samples samples = {
        .shape = {1, AANN_CAR_WINDOW_SIZE, AANN_CAR_WINDOW_SIZE}, .count = f->active, .inputs = f->inputs};
    return aann_evaluator_logits(f->evaluator, f->work->driver->network, &samples, 0, f->active, f->logits,
                                 &f->error);
}

/* One step of one car; true when its drive is over. */
static bool move(fleet *f, int32_t lane)
{
    aann_car_action action;
    aann_car_result result;
    cli_lap *drive = &f->work->drives[f->tracks[lane]];
    aann_car_steer(&f->work->driver->outputs, f->logits + (size_t)lane * AANN_CAR_OUTPUTS, &action);
    aann_car_step(f->cars[lane], &action, &result);
    drive->reward += result.reward;
    drive->steps++;
    drive->finished = result.lap_finished;
    return result.terminated || result.truncated;
}

static void *run_fleet(void *context)
{
    fleet *f = context;
    f->status = prepare(f);
    while (f->status == AANN_OK && f->active < f->work->lanes && take_track(f, f->active)) {
        f->active++;
    }
    while (f->status == AANN_OK && f->active > 0) {
        f->status = decide(f);
        /* From the last lane down, so that one moved into a free place has had its turn. */
        for (int32_t lane = f->active - 1; f->status == AANN_OK && lane >= 0; lane--) {
            if (move(f, lane) && !take_track(f, lane)) {
                retire(f, lane);
            }
        }
    }
    release(f);
    return NULL;
}

static aann_status run_all(fleet *fleets, int32_t threads, aann_error *error)
{
    pthread_t others[MOST_THREADS];
    int32_t started = 0;
    for (int32_t i = 1; i < threads; i++) {
        if (pthread_create(&others[i], NULL, run_fleet, &fleets[i]) != 0) {
            break; /* fewer will do: the tracks are shared out anyway */
        }
        started = i;
    }
    (void)run_fleet(&fleets[0]);
    for (int32_t i = 1; i <= started; i++) {
        pthread_join(others[i], NULL);
    }
    for (int32_t i = 0; i <= started; i++) {
        if (fleets[i].status != AANN_OK) {
            *error = fleets[i].error;
            return fleets[i].status;
        }
    }
    return AANN_OK;
}

aann_status cli_fleet_drive(const cli_driver *driver, uint64_t first, int64_t count, int32_t threads,
                            const char *isa, cli_lap *drives, aann_error *error)
{
    threads = threads > MOST_THREADS ? MOST_THREADS : threads;
    threads = threads > count ? (int32_t)count : threads;
    threads = threads < 1 ? 1 : threads;
    const int64_t each = (count + threads - 1) / threads;
    work shared = {.driver = driver,
                   .first = first,
                   .count = count,
                   .lanes = each < LANES ? (int32_t)each : LANES,
                   .isa = isa,
                   .drives = drives};
    fleet *fleets = calloc((size_t)threads, sizeof *fleets);
    if (fleets == NULL) {
        return out_of_memory(error);
    }
    for (int32_t i = 0; i < threads; i++) {
        fleets[i].work = &shared;
    }
    const aann_status status = run_all(fleets, threads, error);
    free(fleets);
    return status;
}
