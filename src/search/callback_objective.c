/* A search on a callback: a sample, and a block, is one case.
 *
 * The losses of the current network are stored per case, as integers in units of AANN_LOSS_UNIT, so
 * a candidate costs one loss per case and its change is an exact difference. Candidates are stored
 * as swaps; their weights are written out for each call. All candidates of a batch see the cases in
 * the order of the sequential test, which is stored once; each candidate stores only its losses so
 * far.
 *
 * The cases are grouped by the losses of the network, as samples are (static_objective.c). Losses
 * may be negative or of any size, so each is measured from the lowest, in units of their mean. */
#include "search/callback_objective.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"
#include "search/mismatch.h"
#include "search/search.h"
#include "search/strata.h"

enum {
    LARGEST_CALL = 64 * AANN_MAX_BATCH, /* limit of the losses per call: the search's buffer */
    CASES_PER_CALL = 1024, /* of the current network; a stop takes effect between two calls */
    KEPT_LOSSES = 4096     /* memory for more losses of a candidate is freed */
};

/* Sums over all cases, in AANN_LOSS_UNIT, stay below 2^61; a difference of two fits as well. */
static const double largest_sum = 2199023255552.0; /* 2^41 */

typedef struct proposal {
    aann_swap swap;
    int64_t *losses; /* [capacity]: in the order in which cases are seen */
    int64_t seen;
    int64_t capacity;
} proposal;

typedef struct callback_objective {
    aann_objective objective;
    void (*destroy)(void *context);
    aann_random_key key;
    int32_t wanted_strata;
    const atomic_bool *stop; /* NULL: never */
    aann_network *network;
    int64_t weight_count;
    int64_t layer_start[AANN_MAX_LAYERS]; /* in a candidate's weights */
    double largest_loss;
    int32_t *own;    /* [case_count]: the member's order, in which cases come into use */
    int64_t known;   /* number of the first of them whose losses are known */
    int64_t used;    /* number of the first of them that are in use */
    int32_t *order;  /* [case_count]: the case of each block */
    int64_t *losses; /* [case_count]: of the current network, by case */
    int32_t stratum_count;
    aann_stratum strata[AANN_MAX_STRATA];
    int32_t *seen;       /* [case_count]: cases in the order in which candidates see them */
    proposal *proposals; /* [capacity] */
    int32_t capacity;
    int8_t *weights; /* [batch][weight_count] */
    int64_t *cases;  /* [LARGEST_CALL] */
    double *values;  /* [LARGEST_CALL] */
} callback_objective;

/* ---- asking ---------------------------------------------------------------------------------- */

/* Calls the objective for candidates weights[count] on cases[case_count]; fills in and checks
 * values[count][case_count]. */
static aann_status ask(callback_objective *objective, int32_t count, int64_t case_count,
                       aann_error *error)
{
    const int64_t value_count = count * case_count;
    for (int64_t i = 0; i < value_count; i++) {
        objective->values[i] = NAN; /* detects losses that are not filled in */
    }
    const aann_objective_request request = {
        .weights = objective->weights,
        .weight_count = objective->weight_count,
        .count = count,
        .cases = objective->cases,
        .case_count = case_count,
        .losses = objective->values,
    };
    aann_error failure = {0};
    const aann_status status =
        objective->objective.losses(objective->objective.context, &request, &failure);
    if (status != AANN_OK) {
        if (failure.message[0] == '\0' && status != AANN_INTERRUPTED) {
            return aann_fail(error, status, "the objective failed and does not say why (status %s)",
                             aann_status_name(status));
        }
        if (error != NULL && status != AANN_INTERRUPTED) {
            *error = failure;
        }
        return status;
    }
    for (int64_t i = 0; i < value_count; i++) {
        if (!(fabs(objective->values[i]) <= objective->largest_loss)) {
            return aann_fail(error, AANN_ERROR_ARGUMENT,
                             "the objective gave candidate %" PRId64 " of %" PRId32
                             " a loss of %g on case %" PRId64 ": expected a number from %g to %g",
                             i / case_count, count, objective->values[i],
                             objective->cases[i % case_count], -objective->largest_loss,
                             objective->largest_loss);
        }
    }
    return AANN_OK;
}

static int64_t units(double loss)
{
    return (int64_t)floor(loss * AANN_LOSS_UNIT + 0.5);
}

static void write_weights(const callback_objective *objective, int8_t *weights)
{
    const aann_spec *spec = aann_network_spec(objective->network);
    for (int32_t layer = 0; layer < spec->layer_count; layer++) {
        memcpy(weights + objective->layer_start[layer],
               aann_network_weights(objective->network, layer),
               (size_t)spec->layers[layer].weight_count);
    }
}

static void write_candidate(const callback_objective *objective, const aann_swap *swap,
                            int8_t *weights)
{
    write_weights(objective, weights);
    const int64_t fan_in = aann_network_spec(objective->network)->layers[swap->layer].fan_in;
    for (int32_t i = 0; i < 2; i++) {
        const aann_weight_change *change = &swap->changes[i];
        weights[objective->layer_start[swap->layer] + change->unit * fan_in + change->index] =
            change->value;
    }
}

/* Finds the losses of the current network on the first `count` cases of the member's order. */
static aann_status find_losses(callback_objective *objective, int64_t count, aann_error *error)
{
    while (objective->known < count) {
        if (objective->stop != NULL &&
            atomic_load_explicit(objective->stop, memory_order_relaxed)) {
            return AANN_INTERRUPTED;
        }
        const int64_t left = count - objective->known;
        const int64_t cases = left < CASES_PER_CALL ? left : CASES_PER_CALL;
        for (int64_t i = 0; i < cases; i++) {
            objective->cases[i] = objective->own[objective->known + i];
        }
        write_weights(objective, objective->weights);
        const aann_status status = ask(objective, 1, cases, error);
        if (status != AANN_OK) {
            return status;
        }
        for (int64_t i = 0; i < cases; i++) {
            objective->losses[objective->cases[i]] = units(objective->values[i]);
        }
        objective->known += cases;
    }
    return AANN_OK;
}

/* ---- cases ----------------------------------------------------------------------------------- */

typedef struct ranked_case {
    int64_t loss;
    int32_t number;
} ranked_case;

typedef struct ranking {
    ranked_case *cases; /* [count]: the greatest loss first */
    double lowest;
    double mean; /* above the lowest */
} ranking;

static int compare_ranked(const void *a, const void *b)
{
    const ranked_case *left = a;
    const ranked_case *right = b;
    if (left->loss != right->loss) {
        return left->loss > right->loss ? -1 : 1;
    }
    return left->number < right->number ? -1 : left->number > right->number;
}

static double sensitivity(const void *context, int64_t rank)
{
    const ranking *ranked = context;
    const double above = (double)ranked->cases[rank].loss - ranked->lowest;
    return aann_strata_sensitivity(ranked->mean > 0.0 ? above / ranked->mean : 0.0);
}

/* Groups the first `count` cases by their known losses and sets the order of the blocks. */
static aann_status group_cases(callback_objective *objective, uint64_t epoch, int64_t count,
                               aann_error *error)
{
    if (objective->wanted_strata == 1 || count == 1) {
        memcpy(objective->order, objective->own, (size_t)count * sizeof *objective->order);
        objective->strata[0] = (aann_stratum){0, count, count, count};
        objective->stratum_count = 1;
        return AANN_OK;
    }
    ranking ranked = {.cases = aann_allocate((size_t)count, sizeof *ranked.cases)};
    if (ranked.cases == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for ordering %" PRId64 " cases",
                         count);
    }
    for (int64_t i = 0; i < count; i++) {
        ranked.cases[i] = (ranked_case){objective->losses[objective->own[i]], objective->own[i]};
    }
    qsort(ranked.cases, (size_t)count, sizeof *ranked.cases, compare_ranked);
    ranked.lowest = (double)ranked.cases[count - 1].loss;
    for (int64_t i = 0; i < count; i++) {
        objective->order[i] = ranked.cases[i].number;
        ranked.mean += ((double)ranked.cases[i].loss - ranked.lowest) / (double)count;
    }
    objective->stratum_count = aann_strata_cut(sensitivity, &ranked, count, 1,
                                               objective->wanted_strata, objective->strata);
    free(ranked.cases);
    aann_strata_shuffle_each(objective->key, epoch, objective->strata, objective->stratum_count, 1,
                             objective->order);
    return AANN_OK;
}

static bool same_weights(const aann_network *a, const aann_network *b)
{
    const aann_spec *spec = aann_network_spec(a);
    bool same = true;
    for (int32_t layer = 0; same && layer < spec->layer_count; layer++) {
        same = memcmp(aann_network_weights(a, layer), aann_network_weights(b, layer),
                      (size_t)spec->layers[layer].weight_count) == 0;
    }
    return same;
}

/* Makes this the current network; known losses are kept if it is the same as before. */
static aann_status become(callback_objective *objective, const aann_network *network,
                          aann_error *error)
{
    if (objective->network != NULL && same_weights(objective->network, network)) {
        return AANN_OK;
    }
    aann_network *copy = NULL;
    const aann_status status = aann_network_copy(network, &copy, error);
    if (status == AANN_OK) {
        aann_network_destroy(objective->network);
        objective->network = copy;
        objective->known = 0;
    }
    return status;
}

static aann_status arrange(void *context, const aann_network *arranged_by, uint64_t ranked_in,
                           const aann_network *network, uint64_t epoch, int64_t count,
                           aann_error *error)
{
    (void)ranked_in; /* a case is the same in every epoch */
    callback_objective *objective = context;
    aann_status status = become(objective, arranged_by, error);
    if (status == AANN_OK) {
        status = find_losses(objective, count, error);
    }
    if (status == AANN_OK) {
        status = group_cases(objective, epoch, count, error);
    }
    if (status == AANN_OK) {
        status = become(objective, network, error);
    }
    if (status == AANN_OK) {
        status = find_losses(objective, count, error);
    }
    if (status != AANN_OK) {
        return status;
    }
    objective->used = count;
    return AANN_OK;
}

static int32_t strata(void *context, aann_stratum result[AANN_MAX_STRATA])
{
    const callback_objective *objective = context;
    memcpy(result, objective->strata, sizeof objective->strata);
    return objective->stratum_count;
}

static int32_t block_samples(void *context, int64_t block)
{
    (void)context;
    (void)block;
    return 1;
}

/* ---- candidates ------------------------------------------------------------------------------ */

static aann_status prepare(void *context, const aann_swap *swaps, int32_t count, aann_error *error)
{
    callback_objective *objective = context;
    if (count > objective->capacity) {
        proposal *grown =
            aann_reallocate(objective->proposals, (size_t)count, sizeof *objective->proposals);
        if (grown == NULL) {
            return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for %d candidates", count);
        }
        memset(grown + objective->capacity, 0,
               (size_t)(count - objective->capacity) * sizeof *grown);
        objective->proposals = grown;
        objective->capacity = count;
    }
    for (int32_t i = 0; i < count; i++) {
        proposal *p = &objective->proposals[i];
        p->swap = swaps[i];
        p->seen = 0;
        if (p->capacity > KEPT_LOSSES) {
            free(p->losses);
            p->losses = NULL;
            p->capacity = 0;
        }
    }
    return AANN_OK;
}

static aann_status make_room(const callback_objective *objective, proposal *p, int64_t count,
                             aann_error *error)
{
    if (count <= p->capacity) {
        return AANN_OK;
    }
    int64_t capacity = 2 * count < objective->used ? 2 * count : objective->used;
    capacity = capacity < count ? count : capacity;
    int64_t *grown = aann_reallocate(p->losses, (size_t)capacity, sizeof *p->losses);
    if (grown == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY,
                         "out of memory for a candidate's losses on %" PRId64 " cases", count);
    }
    p->losses = grown;
    p->capacity = capacity;
    return AANN_OK;
}

/* Finds the loss changes of candidates[count] on objective->cases[case_count] and writes them to
 * results[case_count][width], from column `first` on. */
static aann_status find_changes(callback_objective *objective, const int32_t *candidates,
                                int32_t count, int64_t case_count, aann_block_change *results,
                                int32_t first, int32_t width, aann_error *error)
{
    for (int32_t i = 0; i < count; i++) {
        write_candidate(objective, &objective->proposals[candidates[i]].swap,
                        objective->weights + i * objective->weight_count);
    }
    aann_status status = ask(objective, count, case_count, error);
    for (int32_t i = 0; i < count && status == AANN_OK; i++) {
        proposal *p = &objective->proposals[candidates[i]];
        status = make_room(objective, p, p->seen + case_count, error);
        for (int64_t place = 0; place < case_count && status == AANN_OK; place++) {
            const int64_t number = objective->cases[place];
            const int64_t loss = units(objective->values[i * case_count + place]);
            const int64_t change = loss - objective->losses[number];
            const double value = (double)change / AANN_LOSS_UNIT;
            results[place * width + first + i] =
                (aann_block_change){change, (float)(value * value)};
            objective->seen[p->seen] = (int32_t)number;
            p->losses[p->seen++] = loss;
        }
    }
    return status;
}

static aann_status changes(void *context, const int32_t *candidates, int32_t candidate_count,
                           const int64_t *blocks, int64_t block_count, aann_block_change *results,
                           aann_error *error)
{
    callback_objective *objective = context;
    for (int64_t i = 0; i < block_count; i++) {
        objective->cases[i] = objective->order[blocks[i]];
    }
    aann_status status = AANN_OK;
    for (int32_t from = 0; from < candidate_count && status == AANN_OK;) {
        const int32_t left = candidate_count - from;
        const int32_t count = left < objective->objective.batch ? left : objective->objective.batch;
        status = find_changes(objective, candidates + from, count, block_count, results, from,
                              candidate_count, error);
        from += count;
    }
    return status;
}

/* An accepted candidate has seen all cases in use. */
static aann_status commit(void *context, int32_t candidate, aann_error *error)
{
    (void)error;
    callback_objective *objective = context;
    const proposal *p = &objective->proposals[candidate];
    aann_swap_apply(&p->swap, objective->network);
    for (int64_t i = 0; i < p->seen; i++) {
        objective->losses[objective->seen[i]] = p->losses[i];
    }
    objective->known = objective->used;
    return AANN_OK;
}

static const aann_network *network(void *context)
{
    const callback_objective *objective = context;
    return objective->network;
}

static int64_t block_loss(void *context, int64_t block)
{
    const callback_objective *objective = context;
    return objective->losses[objective->order[block]];
}

static void stop_on(void *context, const atomic_bool *stop)
{
    callback_objective *objective = context;
    objective->stop = stop;
}

static size_t bytes(void *context)
{
    const callback_objective *objective = context;
    return (size_t)objective->objective.case_count * (3 * sizeof(int32_t) + sizeof(int64_t));
}

/* ---- life ------------------------------------------------------------------------------------ */

static void destroy(void *context)
{
    callback_objective *objective = context;
    if (objective->destroy != NULL) {
        objective->destroy(objective->objective.context);
    }
    for (int32_t i = 0; i < objective->capacity; i++) {
        free(objective->proposals[i].losses);
    }
    aann_network_destroy(objective->network);
    free(objective->own);
    free(objective->order);
    free(objective->losses);
    free(objective->seen);
    free(objective->proposals);
    free(objective->weights);
    free(objective->cases);
    free(objective->values);
    free(objective);
}

static aann_status check(const aann_objective *objective, aann_error *error)
{
    if (objective->losses == NULL) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "the objective has no function `losses`: nothing can be evaluated");
    }
    if (objective->case_count < 1 || objective->case_count > INT32_MAX) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "an objective of %" PRId64 " cases: expected 1 to %" PRId32,
                         objective->case_count, INT32_MAX);
    }
    if (objective->batch < 1 || objective->batch > AANN_OBJECTIVE_BATCH_LIMIT) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "an objective's batch of %" PRId32 " candidates: expected 1 to %d",
                         objective->batch, AANN_OBJECTIVE_BATCH_LIMIT);
    }
    return AANN_OK;
}

static aann_status allocate(callback_objective *objective, aann_error *error)
{
    const size_t cases = (size_t)objective->objective.case_count;
    objective->own = aann_allocate(cases, sizeof *objective->own);
    objective->order = aann_allocate(cases, sizeof *objective->order);
    objective->losses = aann_allocate(cases, sizeof *objective->losses);
    objective->seen = aann_allocate(cases, sizeof *objective->seen);
    objective->weights =
        aann_allocate((size_t)objective->objective.batch, (size_t)objective->weight_count);
    objective->cases = aann_allocate(LARGEST_CALL, sizeof *objective->cases);
    objective->values = aann_allocate(LARGEST_CALL, sizeof *objective->values);
    const bool all = objective->own != NULL && objective->order != NULL &&
                     objective->losses != NULL && objective->seen != NULL &&
                     objective->weights != NULL && objective->cases != NULL &&
                     objective->values != NULL;
    return all ? AANN_OK
               : aann_fail(error, AANN_ERROR_MEMORY, "out of memory for an objective of %zu cases",
                           cases);
}

aann_status aann_callback_objective_make(const aann_spec *spec, const aann_objective *asked,
                                         void (*destroy_context)(void *context),
                                         const aann_search_options *options, aann_random_key key,
                                         aann_search_objective *view, aann_error *error)
{
    aann_status status = check(asked, error);
    if (status != AANN_OK) {
        return status;
    }
    callback_objective *objective = aann_allocate_zeroed(1, sizeof *objective);
    if (objective == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for an objective");
    }
    objective->objective = *asked;
    objective->key = key;
    objective->wanted_strata = options->strata;
    objective->largest_loss = largest_sum / (double)asked->case_count;
    for (int32_t i = 0; i < spec->layer_count; i++) {
        objective->layer_start[i] = objective->weight_count;
        objective->weight_count += spec->layers[i].weight_count;
    }
    status = allocate(objective, error);
    if (status != AANN_OK) {
        destroy(objective);
        return status;
    }
    objective->destroy = destroy_context;
    for (int64_t i = 0; i < asked->case_count; i++) {
        objective->own[i] = (int32_t)i;
    }
    aann_strata_shuffle(key, 0, objective->own, asked->case_count);
    *view = (aann_search_objective){
        .context = objective,
        .prepare = prepare,
        .changes = changes,
        .one_check_together = true,
        .commit = commit,
        .network = network,
        .block_loss = block_loss,
        .only_exact = true,
        .stop_on = stop_on,
        .arrange = arrange,
        .strata = strata,
        .block_samples = block_samples,
        .bytes = bytes,
        .destroy = destroy,
        .sample_count = asked->case_count,
        .largest_batch = asked->batch,
    };
    for (int32_t i = 0; i < spec->layer_count; i++) {
        view->layer_cost[i] = 1.0; /* one call of the objective, whichever layer changes */
    }
    return AANN_OK;
}
