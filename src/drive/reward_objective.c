/* The drive as the objective of a search: a case is one track, its loss (1000 - reward) / 1000.
 *
 * The tracks of a call are driven side by side, because a forward pass takes 64 pictures in the
 * time of one. With more candidates than threads each thread takes one after the other; otherwise
 * the threads share a candidate's tracks. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"
#include "drive/fleet.h"
#include "network/network.h"
#include "search/callback_objective.h"
#include "search/create.h"

static const double full_reward = 1000.0;

/* What one thread drives with. */
typedef struct seat {
    aann_fleet *fleet;
    aann_pilot *pilot;
    const aann_network *network; /* the driving network, to which the pilot's driver points */
    aann_status status;
    aann_error error;
} seat;

typedef struct reward_objective {
    aann_spec spec;
    aann_car_outputs outputs;
    const char *isa;
    aann_threads *threads;
    seat *seats;             /* [threads] */
    aann_network **networks; /* [threads]: the candidates of a call */
    uint64_t first_track;
} reward_objective;

/* ---- driving --------------------------------------------------------------------------------- */

/* Leaving the field costs 100, so a reward can be far below 0, but never above 1000. */
static double loss_of(const aann_lap *lap)
{
    return (full_reward - lap->reward) / full_reward;
}

/* Tracks of one network, to be driven side by side. */
typedef struct heat {
    const aann_network *network;
    const int64_t *tracks; /* [count], counted from the first */
    int64_t count;
    double *losses; /* [count] */
} heat;

typedef struct heats {
    reward_objective *objective;
    const heat *items;
} heats;

static aann_status drive_heat(reward_objective *objective, seat *driving, const heat *h)
{
    uint64_t tracks[AANN_DRIVE_LANES];
    aann_lap laps[AANN_DRIVE_LANES];
    for (int64_t first = 0; first < h->count; first += AANN_DRIVE_LANES) {
        const int64_t left = h->count - first;
        aann_route route = {.tracks = tracks,
                            .count = left < AANN_DRIVE_LANES ? left : AANN_DRIVE_LANES,
                            .laps = laps};
        for (int64_t i = 0; i < route.count; i++) {
            tracks[i] = objective->first_track + (uint64_t)h->tracks[first + i];
        }
        const aann_status status =
            aann_fleet_drive(driving->fleet, driving->pilot, &route, NULL, &driving->error);
        if (status != AANN_OK) {
            return status;
        }
        for (int64_t i = 0; i < route.count; i++) {
            h->losses[first + i] = loss_of(&laps[i]);
        }
    }
    return AANN_OK;
}

static void run_heat(void *context, int32_t worker, int64_t index)
{
    const heats *all = context;
    seat *driving = &all->objective->seats[worker];
    const heat *h = &all->items[index];
    if (driving->status != AANN_OK) {
        return;
    }
    driving->network = h->network;
    if (driving->pilot == NULL) {
        const aann_driver driver = {
            .networks = &driving->network, .count = 1, .outputs = all->objective->outputs};
        driving->status =
            aann_pilot_create(&driver, all->objective->isa, &driving->pilot, &driving->error);
    }
    if (driving->status == AANN_OK) {
        driving->status =
            aann_pilot_set_network(driving->pilot, 0, driving->network, &driving->error);
    }
    if (driving->status == AANN_OK) {
        driving->status = drive_heat(all->objective, driving, h);
    }
}

static aann_status run_heats(reward_objective *objective, const heat *items, int64_t count,
                             aann_error *error)
{
    heats all = {objective, items};
    for (int32_t i = 0; i < aann_threads_count(objective->threads); i++) {
        objective->seats[i].status = AANN_OK; /* a call that failed may be made again */
    }
    aann_threads_run(objective->threads, 0, count, run_heat, &all);
    for (int32_t i = 0; i < aann_threads_count(objective->threads); i++) {
        if (objective->seats[i].status != AANN_OK) {
            if (error != NULL) {
                *error = objective->seats[i].error;
            }
            return objective->seats[i].status;
        }
    }
    return AANN_OK;
}

static void take_weights(const aann_spec *spec, const int8_t *weights, aann_network *network)
{
    for (int32_t layer = 0; layer < spec->layer_count; layer++) {
        const size_t count = (size_t)spec->layers[layer].weight_count;
        memcpy(aann_network_weights_mutable(network, layer), weights, count);
        weights += count;
    }
}

/* An aann_objective_losses. */
static aann_status drive(void *context, const aann_objective_request *request, aann_error *error)
{
    reward_objective *objective = context;
    const int32_t threads = aann_threads_count(objective->threads);
    const int32_t parts = (threads + request->count - 1) / request->count;
    heat *items = aann_allocate_zeroed((size_t)(request->count * parts), sizeof *items);
    if (items == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for driving %d candidates",
                         request->count);
    }
    for (int32_t i = 0; i < request->count; i++) {
        aann_network *network = objective->networks[i];
        take_weights(&objective->spec, request->weights + i * request->weight_count, network);
        for (int32_t part = 0; part < parts; part++) {
            const int64_t from = request->case_count * part / parts;
            const int64_t to = request->case_count * (part + 1) / parts;
            items[i * parts + part] = (heat){network, request->cases + from, to - from,
                                             request->losses + i * request->case_count + from};
        }
    }
    const aann_status status = run_heats(objective, items, (int64_t)request->count * parts, error);
    free(items);
    return status;
}

/* ---- its life -------------------------------------------------------------------------------- */

static void destroy(void *context)
{
    reward_objective *objective = context;
    for (int32_t i = 0; i < aann_threads_count(objective->threads); i++) {
        if (objective->seats != NULL) {
            aann_pilot_destroy(objective->seats[i].pilot);
            aann_fleet_destroy(objective->seats[i].fleet);
        }
        if (objective->networks != NULL) {
            aann_network_destroy(objective->networks[i]);
        }
    }
    free(objective->seats);
    free(objective->networks);
    free(objective);
}

static aann_status fill(reward_objective *objective, int64_t tracks, int32_t steps,
                        aann_error *error)
{
    const int32_t threads = aann_threads_count(objective->threads);
    const int32_t lanes = tracks < AANN_DRIVE_LANES ? (int32_t)tracks : AANN_DRIVE_LANES;
    objective->seats = aann_allocate_zeroed((size_t)threads, sizeof *objective->seats);
    objective->networks = aann_allocate_zeroed((size_t)threads, sizeof(aann_network *));
    if (objective->seats == NULL || objective->networks == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for %d drivers", threads);
    }
    aann_car_options car = aann_car_options_default();
    car.step_limit = steps;
    aann_status status = AANN_OK;
    for (int32_t i = 0; i < threads && status == AANN_OK; i++) {
        status = aann_fleet_create(lanes, &car, &objective->seats[i].fleet, error);
        if (status == AANN_OK) {
            status = aann_network_create(&objective->spec, &objective->networks[i], error);
        }
    }
    return status;
}

static aann_status make(const void *context, const aann_spec *spec,
                        const aann_search_options *options, aann_random_key key,
                        aann_threads *threads, aann_search_objective *view, aann_error *error)
{
    if (options->reward_tracks < 1) { /* the options were checked: they are not too many */
        return aann_fail(error, AANN_ERROR_ARGUMENT, "a search for reward needs tracks to drive");
    }
    reward_objective *objective = aann_allocate_zeroed(1, sizeof *objective);
    if (objective == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for the objective");
    }
    objective->spec = *spec;
    objective->isa = options->isa;
    memcpy(&objective->outputs, context, sizeof objective->outputs);
    objective->threads = threads;
    objective->first_track = options->reward_first_track;
    /* One candidate per thread: more gain nothing, and those that an accepted one discards cost
     * drives. Tracks are not ranked: a candidate may fail on any of them. */
    const int32_t count = aann_threads_count(threads);
    const aann_objective asked = {
        .losses = drive,
        .context = objective,
        .case_count = options->reward_tracks,
        .batch = count < AANN_OBJECTIVE_BATCH_LIMIT ? count : AANN_OBJECTIVE_BATCH_LIMIT};
    aann_search_options unranked = *options;
    unranked.strata = 1;
    aann_status status = fill(objective, options->reward_tracks, options->reward_steps, error);
    if (status == AANN_OK) {
        status = aann_callback_objective_make(spec, &asked, destroy, &unranked, key, view, error);
    }
    if (status != AANN_OK) {
        destroy(objective);
    }
    return status;
}

aann_status aann_reward_search_create(const aann_spec *spec, const aann_car_outputs *outputs,
                                      const aann_search_options *options, uint64_t member,
                                      const aann_network *start, aann_search **search,
                                      aann_error *error)
{
    const aann_objective_maker maker = {make, outputs};
    return aann_search_create_on(spec, &maker, options, member, start, search, error);
}

aann_status aann_reward_search_resume(const aann_spec *spec, const aann_car_outputs *outputs,
                                      const aann_search_options *options, uint64_t member,
                                      const aann_search_saved *saved, aann_search **search,
                                      aann_error *error)
{
    const aann_objective_maker maker = {make, outputs};
    return aann_search_resume_on(spec, &maker, options, member, saved, search, error);
}
