/* The drive as the objective of a search: a sample, and a block, is one track.
 *
 * The loss of a track is (1000 - reward) / 1000 in the search's integers, so sums of losses are
 * exact and nothing depends on who drove which track. A candidate is a copy of the network with its
 * swap done. It drives the same tracks as the current network did, whose losses are kept: common
 * tracks take most of the luck out of the difference. The tracks of a stage are driven side by
 * side, since a pass of the network takes 64 pictures in the time of one; with more candidates than
 * threads each thread takes one after the other, else a candidate's tracks are shared out. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"
#include "drive/fleet.h"
#include "search/create.h"

static const double full_reward = 1000.0;

/* What one thread drives with. */
typedef struct seat {
    aann_fleet *fleet;
    aann_pilot *pilot;
    const aann_network *network; /* at the wheel: what the pilot's driver points to */
    aann_status status;
    aann_error error;
} seat;

typedef struct contestant {
    aann_swap swap;
    aann_network *network; /* with the swap done */
    int64_t *losses;       /* [tracks in use]; NOT_DRIVEN where nobody knows yet */
} contestant;

typedef struct reward_objective {
    aann_car_outputs outputs;
    const char *isa;
    aann_random_key key;
    aann_threads *threads;
    seat *seats; /* [threads] */
    aann_network *network;
    uint64_t first_track;
    int32_t *order; /* [track_count]: the tracks from the first one on, in the member's own order */
    int64_t track_count;
    int64_t used;            /* of them, from the first on */
    int64_t *losses;         /* [track_count]: of the current network */
    contestant *contestants; /* [capacity] */
    int32_t capacity;
} reward_objective;

enum {
    NOT_DRIVEN = -1,
    BATCH_PER_THREAD =
        1 /* more gains nothing, and the work that an acceptance discards is expensive */
};

/* ---- driving ------------------------------------------------------------------------------------- */

static int64_t loss_of(const aann_lap *lap)
{
    /* Leaving the field costs 100, so a reward can be far below 0, but never above 1000. */
    return (int64_t)floor((full_reward - lap->reward) / full_reward * AANN_LOSS_UNIT + 0.5);
}

/* Tracks of one network, to be driven side by side. */
typedef struct heat {
    const aann_network *network;
    const int64_t *blocks; /* [count] */
    int64_t count;
    int64_t *losses; /* [tracks in use], by block */
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
            tracks[i] = objective->first_track + (uint64_t)objective->order[h->blocks[first + i]];
        }
        const aann_status status =
            aann_fleet_drive(driving->fleet, driving->pilot, &route, NULL, &driving->error);
        if (status != AANN_OK) {
            return status;
        }
        for (int64_t i = 0; i < route.count; i++) {
            h->losses[h->blocks[first + i]] = loss_of(&laps[i]);
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
        const aann_driver driver = {&driving->network, 1, all->objective->outputs};
        driving->status =
            aann_pilot_create(&driver, all->objective->isa, &driving->pilot, &driving->error);
    }
    if (driving->status == AANN_OK) {
        driving->status = drive_heat(all->objective, driving, h);
    }
}

static aann_status run_heats(reward_objective *objective, const heat *items, int64_t count,
                             aann_error *error)
{
    heats all = {objective, items};
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

/* Every network of contestants (or, with none, the current one) on the blocks whose loss is not
 * known. */
static aann_status drive_blocks(reward_objective *objective, const heat *wanted, int64_t count,
                                aann_error *error)
{
    const int32_t threads = aann_threads_count(objective->threads);
    const int64_t parts = count >= threads || count == 0 ? 1 : (threads + count - 1) / count;
    heat *items = aann_allocate_zeroed((size_t)(count * parts), sizeof *items);
    if (items == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for driving %lld tracks",
                         (long long)count);
    }
    for (int64_t i = 0; i < count; i++) {
        for (int64_t part = 0; part < parts; part++) {
            const int64_t from = wanted[i].count * part / parts,
                          to = wanted[i].count * (part + 1) / parts;
            items[i * parts + part] =
                (heat){wanted[i].network, wanted[i].blocks + from, to - from, wanted[i].losses};
        }
    }
    const aann_status status = run_heats(objective, items, count * parts, error);
    free(items);
    return status;
}

/* The current network on all tracks in use. */
static aann_status drive_current(reward_objective *objective, aann_error *error)
{
    int64_t *blocks = aann_allocate((size_t)objective->used, sizeof *blocks);
    if (blocks == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for %lld tracks",
                         (long long)objective->used);
    }
    for (int64_t i = 0; i < objective->used; i++) {
        blocks[i] = i;
    }
    const heat all = {objective->network, blocks, objective->used, objective->losses};
    const aann_status status = drive_blocks(objective, &all, 1, error);
    free(blocks);
    return status;
}

/* ---- the objective ------------------------------------------------------------------------------- */

static void do_swap(aann_network *network, const aann_swap *swap)
{
    const aann_layer *layer = &aann_network_spec(network)->layers[swap->layer];
    int8_t *weights = aann_network_weights(network, swap->layer);
    for (int32_t i = 0; i < 2; i++) {
        const aann_weight_change *change = &swap->changes[i];
        weights[(size_t)change->unit * (size_t)layer->fan_in + (size_t)change->index] =
            change->value;
    }
}

static aann_status make_room(reward_objective *objective, int32_t count, aann_error *error)
{
    if (count <= objective->capacity) {
        return AANN_OK;
    }
    contestant *grown =
        aann_reallocate(objective->contestants, (size_t)count, sizeof *objective->contestants);
    if (grown == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for %d candidates", count);
    }
    objective->contestants = grown;
    for (int32_t i = objective->capacity; i < count; i++) {
        grown[i] =
            (contestant){.losses = aann_allocate((size_t)objective->track_count, sizeof(int64_t))};
        objective->capacity = i + 1;
        if (grown[i].losses == NULL) {
            return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for %d candidates", count);
        }
    }
    return AANN_OK;
}

static aann_status prepare(void *context, const aann_swap *swaps, int32_t count, aann_error *error)
{
    reward_objective *objective = context;
    aann_status status = make_room(objective, count, error);
    for (int32_t i = 0; i < count && status == AANN_OK; i++) {
        contestant *c = &objective->contestants[i];
        c->swap = swaps[i];
        aann_network_destroy(c->network);
        c->network = NULL;
        status = aann_network_copy(objective->network, &c->network, error);
        for (int64_t block = 0; block < objective->used; block++) {
            c->losses[block] = NOT_DRIVEN;
        }
        if (status == AANN_OK) {
            do_swap(c->network, &swaps[i]);
        }
    }
    return status;
}

static aann_status changes(void *context, const int32_t *candidates, int32_t candidate_count,
                           const int64_t *blocks, int64_t block_count, aann_block_change *results,
                           aann_error *error)
{
    reward_objective *objective = context;
    heat *wanted = aann_allocate_zeroed((size_t)candidate_count, sizeof *wanted);
    if (wanted == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for %d candidates",
                         candidate_count);
    }
    for (int32_t i = 0; i < candidate_count; i++) {
        const contestant *c = &objective->contestants[candidates[i]];
        wanted[i] = (heat){c->network, blocks, block_count, c->losses};
    }
    const aann_status status = drive_blocks(objective, wanted, candidate_count, error);
    for (int64_t place = 0; place < block_count && status == AANN_OK; place++) {
        for (int32_t i = 0; i < candidate_count; i++) {
            const int64_t change =
                wanted[i].losses[blocks[place]] - objective->losses[blocks[place]];
            const double value = (double)change / AANN_LOSS_UNIT;
            results[place * candidate_count + i] =
                (aann_block_change){change, (float)(value * value)};
        }
    }
    free(wanted);
    return status;
}

static aann_status commit(void *context, int32_t candidate, aann_error *error)
{
    (void)error;
    reward_objective *objective = context;
    const contestant *c = &objective->contestants[candidate];
    do_swap(objective->network, &c->swap);
    /* Accepted means driven on all tracks in use. */
    memcpy(objective->losses, c->losses, (size_t)objective->used * sizeof *objective->losses);
    return AANN_OK;
}

static const aann_network *network(void *context)
{
    const reward_objective *objective = context;
    return objective->network;
}

static int64_t total_loss(void *context)
{
    const reward_objective *objective = context;
    int64_t total = 0;
    for (int64_t i = 0; i < objective->used; i++) {
        total += objective->losses[i];
    }
    return total;
}

/* Tracks are not ranked: any of them may be where a candidate errs. */
static aann_status arrange(void *context, const aann_network *arranged_by, uint64_t ranked_in,
                           const aann_network *current, uint64_t epoch, int64_t samples,
                           aann_error *error)
{
    (void)arranged_by;
    (void)ranked_in;
    (void)epoch;
    reward_objective *objective = context;
    aann_network *copy = NULL;
    const aann_status status = aann_network_copy(current, &copy, error);
    if (status != AANN_OK) {
        return status;
    }
    aann_network_destroy(objective->network);
    objective->network = copy;
    objective->used = samples;
    return drive_current(objective, error);
}

static int32_t strata(void *context, aann_stratum result[AANN_MAX_STRATA])
{
    const reward_objective *objective = context;
    result[0] = (aann_stratum){0, objective->used, objective->used};
    return 1;
}

static int32_t block_samples(void *context, int64_t block)
{
    (void)context;
    (void)block;
    return 1;
}

/* ---- its life ------------------------------------------------------------------------------------ */

static void destroy(void *context)
{
    reward_objective *objective = context;
    for (int32_t i = 0; objective->seats != NULL && i < aann_threads_count(objective->threads);
         i++) {
        aann_pilot_destroy(objective->seats[i].pilot);
        aann_fleet_destroy(objective->seats[i].fleet);
    }
    for (int32_t i = 0; i < objective->capacity; i++) {
        aann_network_destroy(objective->contestants[i].network);
        free(objective->contestants[i].losses);
    }
    aann_network_destroy(objective->network);
    free(objective->contestants);
    free(objective->seats);
    free(objective->order);
    free(objective->losses);
    free(objective);
}

/* The member's own order, in which tracks come into use. */
static void choose_tracks(reward_objective *objective)
{
    aann_random_stream stream = aann_random_start(objective->key, 0, AANN_PURPOSE_DATA);
    for (int64_t i = 0; i < objective->track_count; i++) {
        objective->order[i] = (int32_t)i;
    }
    aann_random_shuffle(&stream, objective->order, objective->track_count);
}

static aann_status fill(reward_objective *objective, aann_error *error)
{
    const int32_t threads = aann_threads_count(objective->threads);
    const int32_t lanes = objective->track_count < AANN_DRIVE_LANES
                              ? (int32_t)objective->track_count
                              : AANN_DRIVE_LANES;
    objective->seats = aann_allocate_zeroed((size_t)threads, sizeof *objective->seats);
    objective->order = aann_allocate((size_t)objective->track_count, sizeof *objective->order);
    objective->losses = aann_allocate((size_t)objective->track_count, sizeof *objective->losses);
    if (objective->seats == NULL || objective->order == NULL || objective->losses == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for %lld tracks",
                         (long long)objective->track_count);
    }
    aann_status status = AANN_OK;
    for (int32_t i = 0; i < threads && status == AANN_OK; i++) {
        status = aann_fleet_create(lanes, &objective->seats[i].fleet, error);
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
    objective->isa = options->isa;
    memcpy(&objective->outputs, context, sizeof objective->outputs);
    objective->key = key;
    objective->threads = threads;
    objective->track_count = options->reward_tracks;
    objective->first_track = options->reward_first_track;
    const aann_status status = fill(objective, error);
    if (status != AANN_OK) {
        destroy(objective);
        return status;
    }
    choose_tracks(objective);
    *view = (aann_search_objective){
        .context = objective,
        .prepare = prepare,
        .changes = changes,
        .commit = commit,
        .network = network,
        .total_loss = total_loss,
        .arrange = arrange,
        .strata = strata,
        .block_samples = block_samples,
        .destroy = destroy,
        .sample_count = objective->track_count,
        .largest_batch = BATCH_PER_THREAD * aann_threads_count(threads),
    };
    for (int32_t i = 0; i < spec->layer_count; i++) {
        view->layer_cost[i] = 1.0; /* a drive is a drive */
    }
    return AANN_OK;
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
