/* Strata by loss, the working set, and the calls through to the engine.
 *
 * If a sample has loss l, its loss changes by about 1 - e^-l times what a candidate changes in its
 * outputs; l / (1 + l) is close to that and exact on every machine. Samples are sorted by loss and
 * cut into strata of equal sums of this sensitivity, plus a small constant for every sample, since
 * a candidate may break easy ones. By Neyman's rule the strata then deserve equally many blocks.
 * Within a stratum the order is random.
 *
 * The working set has equally many blocks of every stratum, or all of a smaller one: the samples
 * that matter most, and a random part of the others, which stands for all of them. It is drawn
 * anew at each regrouping. Only these samples are loaded, so neither memory nor the cost of a
 * candidate depends on how many there are. Where they are very many, each regrouping ranks a part,
 * the next ones of the member's order, and chooses among these. */
#include "search/static_objective.h"

#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"
#include "engine/dispatch.h"
#include "search/lesion_engines.h"
#include "search/shared_engine.h"
#include "search/strata.h"
#include "search/target_loss.h"

struct aann_static_objective {
    aann_engine *engine;
    aann_shared_engine *shared;   /* with other processes; NULL: alone */
    aann_lesion_engines *lesions; /* `engine` is the first of theirs; NULL: no lesion noise */
    aann_spec spec;
    aann_random_key key;
    int32_t wanted_strata;
    aann_candidate *candidates; /* [capacity] */
    int32_t capacity;
    int32_t stratum_count;
    aann_stratum strata[AANN_MAX_STRATA];
    int32_t jitter;
    double warp;
    int64_t working_samples; /* 0: all */
    int64_t ranked_samples;  /* 0: all */
    int64_t sample_count;
    aann_stratum ranked_strata[AANN_MAX_STRATA]; /* of all samples in use */
    int32_t *losses;                             /* [sample_count] */
    int32_t *order;                              /* [sample_count]: the working set */
    int32_t *own; /* [sample_count]: the member's order, in which samples come into use */
    aann_placement *placements; /* [sample_count]: of the samples being ranked or loaded */
};

typedef struct ranked_sample {
    int32_t loss;
    int32_t sample;
} ranked_sample;

static int compare_ranked(const void *a, const void *b)
{
    const ranked_sample *left = a;
    const ranked_sample *right = b;
    if (left->loss != right->loss) {
        return left->loss > right->loss ? -1 : 1;
    }
    return left->sample < right->sample ? -1 : left->sample > right->sample;
}

static double sensitivity(const void *context, int64_t rank)
{
    const ranked_sample *ranked = context;
    return aann_strata_sensitivity((double)ranked[rank].loss / AANN_LOSS_UNIT);
}

/* Uniform in +-most, in units of 1 / 4096. */
static int32_t draw_fine(aann_random_stream *stream, double most)
{
    const uint32_t width = (uint32_t)(8192.0 * most) + 1;
    return (int32_t)aann_random_below(stream, width) - (int32_t)(width / 2);
}

static aann_placement draw_placement(const aann_static_objective *objective,
                                     aann_random_stream *stream)
{
    /* Interpolation blurs a sample a little, so only every second one is warped. */
    aann_placement place = {.warped = objective->warp > 0.0 && aann_random_below(stream, 2) == 0};
    const aann_shape shape = objective->spec.input;
    if (!place.warped) {
        const uint32_t places = 2 * (uint32_t)objective->jitter + 1;
        place.rows = (int8_t)((int32_t)aann_random_below(stream, places) - objective->jitter);
        place.columns = (int8_t)((int32_t)aann_random_below(stream, places) - objective->jitter);
        return place;
    }
    const int32_t rows = draw_fine(stream, objective->jitter);
    const int32_t columns = draw_fine(stream, objective->jitter);
    for (int32_t i = 0; i < 4; i++) {
        place.warp[i] = (int16_t)draw_fine(stream, objective->warp);
    }
    if (shape.height > 1) { /* a signal keeps its row */
        place.rows = (int8_t)(rows / 4096);
        place.fine_rows = (int16_t)(rows % 4096);
    }
    if (shape.width > 1) {
        place.columns = (int8_t)(columns / 4096);
        place.fine_columns = (int16_t)(columns % 4096);
    }
    if (shape.height == 1 || shape.width == 1) {
        place.warp[1] = place.warp[2] = 0;
    }
    return place;
}

/* Draws how the samples of `order` are moved and warped in an epoch; NULL: they are not. */
static const aann_placement *draw_placements(aann_static_objective *objective, const int32_t *order,
                                             int64_t count, uint64_t epoch)
{
    if (objective->jitter == 0 && objective->warp == 0.0) {
        return NULL;
    }
    for (int64_t i = 0; i < count; i++) {
        /* A function of (epoch, sample), whatever the order. */
        aann_random_stream stream = aann_random_start(
            objective->key, epoch << 32 | (uint32_t)order[i], AANN_PURPOSE_JITTER);
        objective->placements[i] = draw_placement(objective, &stream);
    }
    return objective->placements;
}

/* Leaves the samples that an epoch ranks in objective->order: of the first `in_use` of the member's
 * order all, or the next ones in turn. Returns their number. */
static int64_t choose_ranked(aann_static_objective *objective, uint64_t epoch, int64_t in_use)
{
    const int64_t limit = objective->ranked_samples;
    const int64_t count = limit > 0 && limit < in_use ? limit : in_use;
    const int64_t first =
        (int64_t)(epoch % (uint64_t)in_use) * count % in_use; /* 2^31 samples at most */
    const int64_t to_the_end = in_use - first < count ? in_use - first : count;
    memcpy(objective->order, objective->own + first, (size_t)to_the_end * sizeof *objective->order);
    memcpy(objective->order + to_the_end, objective->own,
           (size_t)(count - to_the_end) * sizeof *objective->order);
    return count;
}

/* Sorts objective->order[count] by the losses, and cuts it into strata. */
static aann_status rank_samples(aann_static_objective *objective, const aann_network *arranged_by,
                                uint64_t epoch, int64_t count, aann_error *error)
{
    const aann_placement *placements = draw_placements(objective, objective->order, count, epoch);
    const aann_status status =
        objective->shared != NULL
            ? aann_shared_engine_rank(objective->shared, arranged_by, objective->order, placements,
                                      count, objective->losses, error)
            : aann_engine_rank(objective->engine, arranged_by, objective->order, placements, count,
                               objective->losses, error);
    if (status != AANN_OK) {
        return status;
    }
    ranked_sample *ranked = aann_allocate((size_t)count, sizeof *ranked);
    if (ranked == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for ordering %lld samples",
                         (long long)count);
    }
    for (int64_t i = 0; i < count; i++) {
        ranked[i] = (ranked_sample){objective->losses[i], objective->order[i]};
    }
    qsort(ranked, (size_t)count, sizeof *ranked, compare_ranked);
    objective->stratum_count = aann_strata_cut(sensitivity, ranked, count, AANN_BLOCK,
                                               objective->wanted_strata, objective->ranked_strata);
    for (int64_t i = 0; i < count; i++) {
        objective->order[i] = ranked[i].sample;
    }
    free(ranked);
    return AANN_OK;
}

/* The number of blocks of each stratum in the working set: one of each in turn until it is full. */
static void choose_blocks(const aann_static_objective *objective, int64_t count,
                          int64_t blocks[AANN_MAX_STRATA])
{
    const bool all = objective->working_samples == 0 || objective->working_samples >= count;
    int64_t left = objective->working_samples / AANN_BLOCK;
    bool more = true;
    while (more && (all || left > 0)) {
        more = false;
        for (int32_t s = 0; s < objective->stratum_count && (all || left > 0); s++) {
            const aann_stratum *stratum = &objective->ranked_strata[s];
            if (blocks[s] < stratum->end_block - stratum->first_block) {
                blocks[s]++;
                left--;
                more = true;
            }
        }
    }
}

/* Leaves the working set of an epoch in objective->order: of every stratum the first of its
 * samples, which are shuffled. Returns the number of samples. */
static int64_t choose_working_set(aann_static_objective *objective, uint64_t epoch, int64_t count)
{
    int64_t blocks[AANN_MAX_STRATA] = {0};
    int64_t kept = 0;
    aann_strata_shuffle_each(objective->key, epoch, objective->ranked_strata,
                             objective->stratum_count, AANN_BLOCK, objective->order);
    choose_blocks(objective, count, blocks);
    for (int32_t s = 0; s < objective->stratum_count; s++) {
        const aann_stratum *ranked = &objective->ranked_strata[s];
        const int64_t room = blocks[s] * AANN_BLOCK;
        const int64_t samples = room < ranked->population ? room : ranked->population;
        memmove(objective->order + kept, objective->order + ranked->first_block * AANN_BLOCK,
                (size_t)samples * sizeof *objective->order);
        const int64_t first = kept / AANN_BLOCK;
        objective->strata[s] =
            (aann_stratum){first, first + blocks[s], samples, ranked->population};
        kept += samples;
    }
    return kept;
}

static aann_status arrange(void *context, const aann_network *arranged_by, uint64_t ranked_in,
                           const aann_network *network, uint64_t epoch, int64_t in_use,
                           aann_error *error)
{
    aann_static_objective *objective = context;
    const int64_t count = choose_ranked(objective, epoch, in_use);
    const aann_status status = rank_samples(objective, arranged_by, ranked_in, count, error);
    if (status != AANN_OK) {
        return status;
    }
    const int64_t kept = choose_working_set(objective, epoch, count);
    const aann_placement *placements = draw_placements(objective, objective->order, kept, epoch);
    if (objective->lesions != NULL) {
        return aann_lesion_engines_load(objective->lesions, network, epoch, objective->order,
                                        placements, kept, objective->strata,
                                        objective->stratum_count, error);
    }
    return objective->shared != NULL
               ? aann_shared_engine_load(objective->shared, network, objective->order, placements,
                                         kept, objective->strata, objective->stratum_count, error)
               : aann_engine_load(objective->engine, network, objective->order, placements, kept,
                                  error);
}

static int32_t strata(void *context, aann_stratum result[AANN_MAX_STRATA])
{
    const aann_static_objective *objective = context;
    memcpy(result, objective->strata, sizeof objective->strata);
    return objective->stratum_count;
}

static int32_t block_samples(void *context, int64_t block)
{
    const aann_static_objective *objective = context;
    if (objective->lesions != NULL) {
        return aann_lesion_engines_block_samples(objective->lesions, block);
    }
    const int64_t count = objective->shared != NULL
                              ? aann_shared_engine_sample_count(objective->shared)
                              : aann_engine_sample_count(objective->engine);
    const int64_t left = count - block * AANN_BLOCK;
    return (int32_t)(left < AANN_BLOCK ? left : AANN_BLOCK);
}

static aann_status make_candidates(aann_static_objective *objective, int32_t count,
                                   aann_error *error)
{
    if (count <= objective->capacity) {
        return AANN_OK;
    }
    aann_candidate *grown =
        aann_reallocate(objective->candidates, (size_t)count, sizeof *objective->candidates);
    if (grown == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for %d candidates", count);
    }
    memset(grown + objective->capacity, 0, (size_t)(count - objective->capacity) * sizeof *grown);
    objective->candidates = grown;
    objective->capacity = count;
    return AANN_OK;
}

static aann_status prepare(void *context, const aann_swap *swaps, int32_t count, aann_error *error)
{
    aann_static_objective *objective = context;
    if (objective->lesions != NULL) {
        return aann_lesion_engines_prepare(objective->lesions, swaps, count, error);
    }
    aann_status status = make_candidates(objective, count, error);
    for (int32_t i = 0; i < count && status == AANN_OK; i++) {
        status = aann_engine_admit(objective->engine, &swaps[i], error);
    }
    for (int32_t i = 0; i < count && status == AANN_OK; i++) {
        status =
            aann_engine_prepare(objective->engine, &swaps[i], &objective->candidates[i], error);
    }
    return status == AANN_OK && objective->shared != NULL
               ? aann_shared_engine_prepare(objective->shared, swaps, count, error)
               : status;
}

static aann_status prepare_singles(void *context, int32_t layer, const aann_weight_change *changes,
                                   int32_t count, aann_error *error)
{
    aann_static_objective *objective = context;
    aann_status status = make_candidates(objective, count, error);
    for (int32_t i = 0; i < count && status == AANN_OK; i++) {
        status = aann_engine_admit_single(objective->engine, layer, &changes[i], error);
    }
    for (int32_t i = 0; i < count && status == AANN_OK; i++) {
        status = aann_engine_prepare_single(objective->engine, layer, &changes[i],
                                            &objective->candidates[i], error);
    }
    return status;
}

static void ready(void *context, const int64_t *blocks, int64_t count, bool shared)
{
    const aann_static_objective *objective = context;
    if (objective->lesions != NULL) {
        aann_lesion_engines_ready(objective->lesions, blocks, count, shared);
    } else {
        aann_engine_ready(objective->engine, blocks, count, shared);
    }
}

static void change(void *context, int32_t worker, const int32_t *candidates, int32_t count,
                   int64_t block, aann_block_change *results)
{
    const aann_static_objective *objective = context;
    if (objective->lesions != NULL) {
        aann_lesion_engines_change(objective->lesions, worker, candidates, count, block, results);
    } else {
        aann_engine_changes(objective->engine, worker, objective->candidates, candidates, count,
                            block, results);
    }
}

/* With other processes. */
static aann_status changes(void *context, const int32_t *candidates, int32_t candidate_count,
                           const int64_t *blocks, int64_t block_count, aann_block_change *results,
                           aann_error *error)
{
    const aann_static_objective *objective = context;
    return aann_shared_engine_changes(objective->shared, objective->candidates, candidates,
                                      candidate_count, blocks, block_count, results, error);
}

static aann_status commit(void *context, int32_t candidate, aann_error *error)
{
    aann_static_objective *objective = context;
    if (objective->lesions != NULL) {
        aann_lesion_engines_commit(objective->lesions, candidate);
        return AANN_OK;
    }
    aann_engine_commit(objective->engine, &objective->candidates[candidate]);
    return objective->shared != NULL
               ? aann_shared_engine_commit(objective->shared, candidate, error)
               : AANN_OK;
}

static const aann_network *network(void *context)
{
    const aann_static_objective *objective = context;
    return objective->lesions != NULL ? aann_lesion_engines_network(objective->lesions)
                                      : aann_engine_network(objective->engine);
}

static int64_t block_loss(void *context, int64_t block)
{
    const aann_static_objective *objective = context;
    if (objective->lesions != NULL) {
        return aann_lesion_engines_block_loss(objective->lesions, block);
    }
    return objective->shared != NULL ? aann_shared_engine_block_loss(objective->shared, block)
                                     : aann_engine_block_loss(objective->engine, block);
}

static int32_t block_correct(void *context, int64_t block)
{
    const aann_static_objective *objective = context;
    if (objective->lesions != NULL) {
        return aann_lesion_engines_block_correct(objective->lesions, block);
    }
    return objective->shared != NULL ? aann_shared_engine_block_correct(objective->shared, block)
                                     : aann_engine_block_correct(objective->engine, block);
}

/* If the working set were all of those ranked, the search would take them for all there are. */
static int64_t limit_ranked(const aann_search_options *options)
{
    const int64_t minimum = 2 * options->working_samples;
    if (options->working_samples == 0 || options->ranked_samples == 0) {
        return 0;
    }
    return options->ranked_samples > minimum ? options->ranked_samples : minimum;
}

/* The engine, with its companions: of lesions, or of a team's ranks. */
static aann_status create_engines(aann_static_objective *objective, const aann_spec *spec,
                                  const aann_samples *samples, const aann_search_options *options,
                                  const aann_kernels *kernels, aann_threads *threads,
                                  aann_error *error)
{
    const aann_loss_options loss = aann_search_loss(options);
    int64_t largest_load = options->working_samples > 0 ? options->working_samples : samples->count;
    int64_t all_loads = largest_load;
    if (options->team != NULL) {
        largest_load = aann_shared_engine_load_of_one(largest_load, options->team->count);
    }
    if (options->lesion_noise > 0.0) {
        all_loads = largest_load < samples->count ? largest_load : samples->count;
        largest_load = aann_lesion_engines_load_of_one(all_loads, options);
    }
    aann_status status = aann_engine_create(spec, samples, largest_load, &loss, kernels, threads,
                                            &objective->engine, error);
    if (status == AANN_OK && options->lesion_noise > 0.0) {
        status = aann_lesion_engines_create(objective->engine, spec, samples, options, &loss,
                                            kernels, threads, objective->key, all_loads,
                                            &objective->lesions, error);
    }
    if (status == AANN_OK && options->team != NULL) {
        status = aann_shared_engine_create(options->team, spec, samples, &loss, largest_load,
                                           objective->engine, threads, &objective->shared, error);
    }
    return status;
}

static aann_status create_lists(aann_static_objective *objective, int64_t sample_count,
                                aann_error *error)
{
    const size_t count = (size_t)sample_count;
    objective->losses = aann_allocate(count, sizeof *objective->losses);
    objective->order = aann_allocate(count, sizeof *objective->order);
    objective->own = aann_allocate(count, sizeof *objective->own);
    objective->placements = aann_allocate(count, sizeof *objective->placements);
    if (objective->losses == NULL || objective->order == NULL || objective->own == NULL ||
        objective->placements == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for the objective");
    }
    objective->sample_count = sample_count;
    for (int64_t i = 0; i < sample_count; i++) {
        objective->own[i] = (int32_t)i;
    }
    aann_strata_shuffle(objective->key, 0, objective->own, sample_count);
    return AANN_OK;
}

aann_status aann_static_objective_create(const aann_spec *spec, const aann_samples *samples,
                                         const aann_search_options *options, aann_random_key key,
                                         aann_threads *threads, aann_static_objective **result,
                                         aann_error *error)
{
    *result = NULL;
    aann_kernels kernels;
    aann_status status = aann_kernels_choose(options->isa, &kernels, error);
    if (status != AANN_OK) {
        return status;
    }
    aann_static_objective *objective = aann_allocate_zeroed(1, sizeof *objective);
    if (objective == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for the objective");
    }
    objective->spec = *spec;
    objective->key = key;
    objective->wanted_strata = options->strata;
    objective->jitter = options->jitter;
    objective->warp = options->warp;
    objective->working_samples = options->working_samples;
    objective->ranked_samples = limit_ranked(options);
    status = create_engines(objective, spec, samples, options, &kernels, threads, error);
    if (status == AANN_OK && options->regression) {
        /* Reads the targets, which the engine has checked. */
        status = aann_targets_check(options->target_weight, samples, error);
    }
    if (status == AANN_OK) {
        status = create_lists(objective, samples->count, error);
    }
    if (status != AANN_OK) {
        aann_static_objective_destroy(objective);
        return status;
    }
    *result = objective;
    return AANN_OK;
}

void aann_static_objective_destroy(aann_static_objective *objective)
{
    if (objective == NULL) {
        return;
    }
    for (int32_t i = 0; i < objective->capacity; i++) {
        aann_candidate_clear(&objective->candidates[i]);
    }
    free(objective->candidates);
    aann_shared_engine_destroy(objective->shared);
    aann_lesion_engines_destroy(objective->lesions);
    aann_engine_destroy(objective->engine);
    free(objective->losses);
    free(objective->order);
    free(objective->own);
    free(objective->placements);
    free(objective);
}

/* The work of one candidate on one block, in rows of 64 values read or written: its own map, then
 * for each further layer the maps that change, and the loss. A rough estimate is enough: it only
 * guides the layers' shares of candidates. */
static double layer_cost(const aann_spec *spec, int32_t index)
{
    double changed_channels = 1.0;
    double cost = 3.0 * spec->output_count; /* the loss */
    for (int32_t i = index; i + 1 < spec->layer_count; i++) {
        const aann_layer *layer = &spec->layers[i];
        const double sums = (double)layer->output.height * layer->output.width *
                            layer->pool_height * layer->pool_width;
        const double density = 1.0 - layer->sparsity / 100.0;
        const double taps = (double)layer->kernel_height * layer->kernel_width * density;
        if (i == index) {
            const bool kept = i > 0;
            cost += sums * (kept ? 2.0 : 1.0 + 0.5 * density * layer->fan_in);
            changed_channels = 1.0;
        } else {
            cost += layer->units * sums * (1.0 + 0.5 * taps * changed_channels);
            changed_channels = layer->units;
        }
    }
    return cost;
}

static size_t bytes(void *context)
{
    const aann_static_objective *objective = context;
    return objective->lesions != NULL ? aann_lesion_engines_bytes(objective->lesions)
                                      : aann_engine_bytes(objective->engine);
}

static aann_engine_account account(void *context)
{
    const aann_static_objective *objective = context;
    return objective->lesions != NULL ? aann_lesion_engines_account(objective->lesions)
                                      : aann_engine_account_get(objective->engine);
}

static void save(void *context, uint8_t **to)
{
    const aann_static_objective *objective = context;
    if (objective->lesions != NULL) {
        aann_lesion_engines_save(objective->lesions, to);
    }
}

static aann_status restore(void *context, const uint8_t **from, aann_error *error)
{
    const aann_static_objective *objective = context;
    return objective->lesions != NULL ? aann_lesion_engines_restore(objective->lesions, from, error)
                                      : AANN_OK;
}

static void stop_on(void *context, const atomic_bool *stop)
{
    const aann_static_objective *objective = context;
    aann_engine_stop_on(objective->engine, stop);
}

static void destroy(void *context)
{
    aann_static_objective_destroy(context);
}

aann_search_objective aann_static_objective_view(aann_static_objective *objective)
{
    aann_search_objective view = {
        .context = objective,
        .prepare = prepare,
        .prepare_singles = prepare_singles,
        .ready = ready,
        .change = change,
        .commit = commit,
        .network = network,
        .block_loss = block_loss,
        .block_correct = block_correct,
        .stop_on = stop_on,
        .arrange = arrange,
        .strata = strata,
        .block_samples = block_samples,
        .bytes = bytes,
        .account = account,
        .save = save,
        .restore = restore,
        .destroy = destroy,
        .sample_count = objective->sample_count,
    };
    if (objective->shared != NULL) {
        view.ready = NULL;
        view.changes = changes;
    }
    for (int32_t i = 0; i < objective->spec.layer_count; i++) {
        view.layer_cost[i] = layer_cost(&objective->spec, i);
    }
    return view;
}
