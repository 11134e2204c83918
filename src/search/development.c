/* Which synapses are lost, and which are added.
 *
 * A layer that has too many of a sign loses some of that sign; one that has too few gets some where
 * there are zeros. All these single changes are put into a list in random order; by use, the list
 * is sorted by their effects first. Then it is gone through from the front, and a change is made if
 * its sign still needs one and its place is untouched. In random order that gives every set of
 * places the same probability.
 *
 * An effect is the sum of the loss changes on a sample of the training set if this change alone is
 * made to the network as it was: what synapses do together is not seen. Where very many are to go,
 * several phases with smaller steps look again in between. Losses are integers, so the sums, and
 * with them the choice, do not depend on threads or instruction sets. */
#include "aann/development.h"

#include <stdlib.h>
#include <string.h>

#include "aann/dale.h"
#include "core/error.h"
#include "core/memory.h"
#include "core/philox.h"
#include "engine/dispatch.h"
#include "engine/engine.h"
#include "network/network.h"
#include "search/engine_changes.h"
#include "search/target_loss.h"

enum {
    TOGETHER = 256, /* single changes evaluated together */
    SIGNS = 2,      /* +1, -1 */
    ON_SAMPLES = AANN_MAX_LAYERS
};

/* One change that would bring the counts nearer. */
typedef struct single_change {
    int64_t effect; /* on the sum of losses, in AANN_LOSS_UNIT; 0 without use */
    int32_t rank;   /* in the random order */
    int32_t place;  /* in the layer */
    int8_t value;   /* the weight afterwards */
    int8_t sign;    /* 0: of +1, 1: of -1: which count changes */
    bool made;
} single_change;

/* What one call works with. */
typedef struct growth {
    const aann_network *from;
    aann_network *to;
    const aann_development *how;
    aann_random_key key;
    aann_threads *threads;
    aann_engine *engine; /* NULL: nothing by use */
    int64_t block_count;
    aann_candidate candidates[TOGETHER];
    aann_block_change *results; /* [block_count][TOGETHER] */
    uint64_t evaluated_samples;
} growth;

aann_development aann_development_default(void)
{
    return (aann_development){0};
}

/* ---- effects --------------------------------------------------------------------------------- */

static aann_status load_samples(growth *g, aann_error *error)
{
    const int64_t all = g->how->samples->count;
    const int64_t count = all < AANN_DEVELOPMENT_SAMPLES ? all : AANN_DEVELOPMENT_SAMPLES;
    int32_t *order = aann_allocate((size_t)all, sizeof *order);
    if (order == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a sample of %lld samples",
                         (long long)all);
    }
    aann_random_stream stream = aann_random_start(g->key, ON_SAMPLES, AANN_PURPOSE_DEVELOPMENT);
    aann_random_order(&stream, order, (int32_t)all);
    const aann_status status = aann_engine_load(g->engine, g->from, order, NULL, count, error);
    free(order);
    g->block_count = (count + AANN_BLOCK - 1) / AANN_BLOCK;
    return status;
}

static aann_status create_engine(growth *g, aann_error *error)
{
    const aann_search_options *options = g->how->options;
    const aann_samples *samples = g->how->samples;
    if (samples == NULL || options == NULL) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "synapses chosen by use: expected samples and options");
    }
    const aann_loss_options loss = aann_search_loss(options);
    aann_kernels kernels;
    aann_status status = aann_search_options_check(options, error);
    if (status == AANN_OK && options->regression) {
        status = aann_targets_check(options->target_weight, samples, error);
    }
    if (status == AANN_OK) {
        status = aann_kernels_choose(options->isa, &kernels, error);
    }
    if (status == AANN_OK) {
        status = aann_threads_create(options->threads, &g->threads, error);
    }
    if (status == AANN_OK) {
        status = aann_engine_create(aann_network_spec(g->from), samples, AANN_DEVELOPMENT_SAMPLES,
                                    &loss, &kernels, g->threads, &g->engine, error);
    }
    if (status == AANN_OK) {
        status = load_samples(g, error);
    }
    if (status != AANN_OK) {
        return status;
    }
    g->results = aann_allocate((size_t)g->block_count * TOGETHER, sizeof *g->results);
    return g->results != NULL
               ? AANN_OK
               : aann_fail(error, AANN_ERROR_MEMORY, "out of memory for the effects of synapses");
}

/* Evaluates changes[count], at most TOGETHER of them, each alone. */
static aann_status evaluate_batch(growth *g, int32_t layer, single_change *changes, int32_t count,
                                  aann_error *error)
{
    const int32_t fan_in = aann_network_spec(g->from)->layers[layer].fan_in;
    int32_t all[TOGETHER];
    int64_t blocks[AANN_DEVELOPMENT_SAMPLES / AANN_BLOCK];
    aann_weight_change singles[TOGETHER];
    aann_status status = AANN_OK;
    for (int32_t i = 0; i < count; i++) {
        all[i] = i;
        singles[i] = (aann_weight_change){changes[i].place / fan_in, changes[i].place % fan_in,
                                          changes[i].value};
    }
    for (int32_t i = 0; status == AANN_OK && i < count; i++) {
        status = aann_engine_admit_single(g->engine, layer, &singles[i], error);
    }
    for (int32_t i = 0; status == AANN_OK && i < count; i++) {
        status =
            aann_engine_prepare_single(g->engine, layer, &singles[i], &g->candidates[i], error);
    }
    if (status != AANN_OK) {
        return status;
    }
    for (int64_t block = 0; block < g->block_count; block++) {
        blocks[block] = block;
    }
    const aann_engine_question question = {.engine = g->engine,
                                           .prepared = g->candidates,
                                           .candidates = all,
                                           .candidate_count = count,
                                           .blocks = blocks,
                                           .block_count = g->block_count,
                                           .results = g->results};
    aann_engine_question_answer(&question, g->threads);
    for (int64_t i = 0; i < g->block_count * count; i++) {
        changes[i % count].effect += g->results[i].sum;
    }
    g->evaluated_samples += (uint64_t)count * (uint64_t)aann_engine_sample_count(g->engine);
    return AANN_OK;
}

static aann_status evaluate(growth *g, int32_t layer, single_change *changes, int64_t count,
                            aann_error *error)
{
    for (int64_t first = 0; first < count; first += TOGETHER) {
        if (g->how->interrupted != NULL && g->how->interrupted(g->how->context)) {
            return AANN_INTERRUPTED;
        }
        const int64_t left = count - first;
        const aann_status status = evaluate_batch(
            g, layer, changes + first, (int32_t)(left < TOGETHER ? left : TOGETHER), error);
        if (status != AANN_OK) {
            return status;
        }
    }
    return AANN_OK;
}

/* ---- one layer ------------------------------------------------------------------------------- */

static int compare_ranks(const void *a, const void *b)
{
    const single_change *left = a;
    const single_change *right = b;
    return left->rank < right->rank ? -1 : left->rank > right->rank;
}

static int compare_effects(const void *a, const void *b)
{
    const single_change *left = a;
    const single_change *right = b;
    if (left->effect != right->effect) {
        return left->effect < right->effect ? -1 : 1;
    }
    return compare_ranks(a, b);
}

/* By how much the layer's counts of +1 and -1 have to grow. */
static void find_needed(const growth *g, int32_t layer, int64_t needed[SIGNS])
{
    const aann_counts has = aann_network_counts(g->from, layer);
    const aann_counts wanted = aann_spec_counts(aann_network_spec(g->to), layer);
    needed[0] = wanted.plus - has.plus;
    needed[1] = wanted.minus - has.minus;
}

/* Lists the changes of the sign in changes[capacity] from `count` on; returns their number with
 * those. */
static int64_t list_sign(const growth *g, int32_t layer, int32_t sign, bool adds, int64_t count,
                         single_change *changes)
{
    const int8_t value = sign == 0 ? 1 : -1;
    const int8_t *weights = aann_network_weights(g->from, layer);
    const aann_spec *spec = aann_network_spec(g->from);
    const int32_t fan_in = spec->layers[layer].fan_in;
    for (int64_t i = 0; i < spec->layers[layer].weight_count; i++) {
        const int8_t lawful = aann_dale_sign(spec, layer, g->how->dale, (int32_t)(i % fan_in));
        if (weights[i] == (adds ? 0 : value) && (!adds || lawful == 0 || lawful == value)) {
            changes[count++] = (single_change){
                .place = (int32_t)i, .value = adds ? value : 0, .sign = (int8_t)sign};
        }
    }
    return count;
}

static aann_status give_ranks(growth *g, int32_t layer, single_change *changes, int64_t count,
                              aann_error *error)
{
    int32_t *order = aann_allocate((size_t)count, sizeof *order);
    if (order == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for %lld synapses",
                         (long long)count);
    }
    aann_random_stream stream =
        aann_random_start(g->key, (uint64_t)layer, AANN_PURPOSE_DEVELOPMENT);
    aann_random_order(&stream, order, (int32_t)count);
    for (int64_t i = 0; i < count; i++) {
        changes[i].rank = order[i];
    }
    free(order);
    return AANN_OK;
}

/* Makes the first changes of the list that are still wanted, up to quota[] of each sign. */
static void make_changes(single_change *changes, int64_t count, const int64_t quota[SIGNS],
                         const int8_t *before, int8_t *weights)
{
    int64_t left[SIGNS] = {quota[0], quota[1]};
    for (int64_t i = 0; i < count && (left[0] > 0 || left[1] > 0); i++) {
        single_change *change = &changes[i];
        const bool untouched = weights[change->place] == before[change->place];
        if (!change->made && untouched && left[change->sign] > 0) {
            weights[change->place] = change->value;
            change->made = true;
            left[change->sign]--;
        }
    }
}

/* Lists what would bring the layer's counts nearer; quota[] is how many changes of each sign are
 * wanted. */
static int64_t list_changes(const growth *g, int32_t layer, single_change *changes,
                            int64_t quota[SIGNS])
{
    int64_t needed[SIGNS];
    int64_t count = 0;
    find_needed(g, layer, needed);
    for (int32_t sign = 0; sign < SIGNS; sign++) {
        const bool adds = needed[sign] > 0;
        quota[sign] = adds ? needed[sign] : -needed[sign];
        if (quota[sign] > 0) {
            count = list_sign(g, layer, sign, adds, count, changes);
        }
    }
    return count;
}

static aann_status choose(growth *g, int32_t layer, single_change *changes, aann_error *error)
{
    const int8_t *before = aann_network_weights(g->from, layer);
    int8_t *weights = aann_network_weights_mutable(g->to, layer);
    int64_t quota[SIGNS];
    int64_t by_use[SIGNS];
    const int64_t count = list_changes(g, layer, changes, quota);
    aann_status status = give_ranks(g, layer, changes, count, error);
    if (status == AANN_OK && g->engine != NULL) {
        status = evaluate(g, layer, changes, count, error);
    }
    if (status != AANN_OK) {
        return status;
    }
    for (int32_t sign = 0; sign < SIGNS; sign++) {
        by_use[sign] = (int64_t)((double)quota[sign] * g->how->by_use + 0.5);
        quota[sign] -= by_use[sign];
    }
    qsort(changes, (size_t)count, sizeof *changes, compare_effects);
    make_changes(changes, count, by_use, before, weights);
    qsort(changes, (size_t)count, sizeof *changes, compare_ranks);
    make_changes(changes, count, quota, before, weights);
    return AANN_OK;
}

static aann_status develop_layer(growth *g, int32_t layer, aann_error *error)
{
    const int64_t weight_count = aann_network_spec(g->from)->layers[layer].weight_count;
    int64_t needed[SIGNS];
    find_needed(g, layer, needed);
    if (needed[0] == 0 && needed[1] == 0) {
        return AANN_OK;
    }
    if (weight_count > INT32_MAX / SIGNS) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "layer %d has %lld weights: at most %d can develop", layer + 1,
                         (long long)weight_count, INT32_MAX / SIGNS);
    }
    single_change *changes = aann_allocate((size_t)weight_count * SIGNS, sizeof *changes);
    if (changes == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for %lld synapses",
                         (long long)weight_count);
    }
    const aann_status status = choose(g, layer, changes, error);
    free(changes);
    return status;
}

/* ---- the network ----------------------------------------------------------------------------- */

static bool is_needed(const growth *g)
{
    bool needed = false;
    for (int32_t layer = 0; layer < aann_network_spec(g->to)->layer_count; layer++) {
        int64_t of_layer[SIGNS];
        find_needed(g, layer, of_layer);
        needed = needed || of_layer[0] != 0 || of_layer[1] != 0;
    }
    return needed;
}

static aann_status check(const aann_network *network, const aann_spec *spec,
                         const aann_development *how, aann_error *error)
{
    if (!(how->by_use >= 0.0 && how->by_use <= 1.0)) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "by_use is %g: expected a number from 0 to 1",
                         how->by_use);
    }
    aann_status status = aann_network_check_layers(network, spec, error);
    if (status == AANN_OK) {
        status = aann_network_check_counts(network, error);
    }
    if (status == AANN_OK) {
        status = aann_dale_check_spec(spec, how->dale, error);
    }
    return status == AANN_OK ? aann_dale_check(network, how->dale, error) : status;
}

static aann_status develop(growth *g, const aann_spec *spec, aann_error *error)
{
    aann_status status = aann_network_create(spec, &g->to, error);
    if (status != AANN_OK) {
        return status;
    }
    aann_network_copy_weights(g->from, g->to);
    if (g->how->by_use > 0.0 && is_needed(g)) {
        status = create_engine(g, error);
    }
    for (int32_t layer = 0; status == AANN_OK && layer < spec->layer_count; layer++) {
        status = develop_layer(g, layer, error);
    }
    /* With another share of +1, one sign may find no zeros where the other gives some up. */
    return status == AANN_OK ? aann_network_check_counts(g->to, error) : status;
}

aann_status aann_development_apply(const aann_network *network, const aann_spec *spec,
                                   const aann_development *development, aann_network **developed,
                                   uint64_t *evaluated_samples, aann_error *error)
{
    *developed = NULL;
    aann_status status = check(network, spec, development, error);
    if (status != AANN_OK) {
        return status;
    }
    growth *g = aann_allocate_zeroed(1, sizeof *g);
    if (g == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a network's development");
    }
    g->from = network;
    g->how = development;
    g->key = aann_random_key_create(development->seed, development->member);
    status = develop(g, spec, error);
    if (status == AANN_OK) {
        *developed = g->to;
        g->to = NULL;
    }
    if (evaluated_samples != NULL) {
        *evaluated_samples = g->evaluated_samples;
    }
    for (int32_t i = 0; i < TOGETHER; i++) {
        aann_candidate_clear(&g->candidates[i]);
    }
    aann_engine_destroy(g->engine);
    aann_threads_destroy(g->threads);
    aann_network_destroy(g->to);
    free(g->results);
    free(g);
    return status;
}
