/* Random sampling and a genetic algorithm, on whole networks.
 *
 * Random sampling: candidate k is an independent random network; the best one is kept. A sequential
 * test like that of the search rejects candidates: after 8, 12, 18, ... blocks of 64 samples, if
 * they are worse than the best by more than z standard errors. So a budget of samples goes much
 * further than with full evaluation.
 *
 * Genetic algorithm, steady-state (one child at a time, as in Whitley's GENITOR, 1989): the first
 * `population` candidates are random networks. Each further one is a child: a parent is the best of
 * `tournament` networks drawn at random; with probability `crossover` a second parent is drawn and
 * mixed with the first (crossover.c); then `mutations` swaps are made. A child that is better than
 * the worst network of the population replaces it, unless the population has the same network
 * already. All are evaluated on the same `first_samples` training samples, since this method gains
 * more from more candidates than from more samples.
 *
 * Random numbers are a function of (seed, member, candidate), and losses are added up in one order,
 * so threads change nothing. */
#include "search/baseline.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "aann/evaluate.h"
#include "core/error.h"
#include "core/hash64.h"
#include "core/memory.h"
#include "core/philox.h"
#include "engine/engine.h"
#include "network/network.h"
#include "search/baseline_samples.h"
#include "search/crossover.h"
#include "search/saved_version.h"
#include "search/saved_words.h"

enum {
    BLOCK = 64,
    STAGE = 64, /* blocks between two tests whether to stop */
    HEADER_WORDS = 5,
    INDIVIDUAL_WORDS = 2
};

typedef struct individual {
    aann_network *network;
    double loss;     /* mean over all training samples */
    int64_t correct; /* of them */
} individual;

struct aann_baseline {
    aann_spec spec;
    aann_search_options options;
    aann_random_key key;
    uint64_t random_seed;  /* of the random networks */
    aann_samples *samples; /* in the member's random order */
    aann_evaluator *evaluator;
    int32_t *logits;        /* [samples][outputs] */
    double *losses;         /* [blocks]: sums of the candidate under evaluation */
    double *best_losses;    /* [blocks]: those of the best (random sampling) */
    individual *population; /* [population_size]; random sampling: the best alone */
    int32_t population_size;
    int32_t alive; /* evaluated individuals */
    int32_t best;
    individual child; /* the candidate */
    uint64_t step;
    uint64_t accepted;
    uint64_t evaluated_samples;
    const atomic_bool *stop; /* of the present run; NULL: none */
};

bool aann_baseline_is_for(aann_search_method method)
{
    return method == AANN_METHOD_RANDOM || method == AANN_METHOD_GENETIC;
}

static int64_t block_count(const aann_baseline *baseline)
{
    return (baseline->samples->count + BLOCK - 1) / BLOCK;
}

static aann_status no_memory(aann_error *error)
{
    return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a baseline");
}

static aann_status take_samples(aann_baseline *baseline, const aann_samples *train,
                                aann_error *error)
{
    const int64_t first = baseline->options.first_samples;
    const bool part =
        baseline->options.method == AANN_METHOD_GENETIC && first > 0 && first < train->count;
    return aann_baseline_samples_take(train, part ? first : train->count, baseline->key,
                                      &baseline->samples, error);
}

/* ---- evaluation ------------------------------------------------------------------------------ */

/* Fills in the losses of blocks first..end-1 of the child. */
static aann_status evaluate_blocks(aann_baseline *baseline, int64_t first, int64_t end,
                                   aann_error *error)
{
    const aann_samples *samples = baseline->samples;
    const int32_t outputs = baseline->spec.output_count;
    const int64_t from = first * BLOCK;
    const int64_t to = end * BLOCK < samples->count ? end * BLOCK : samples->count;
    aann_status status = aann_evaluator_logits(baseline->evaluator, samples, from, to - from,
                                               baseline->logits, error);
    for (int64_t block = first; block < end && status == AANN_OK; block++) {
        const int64_t start = block * BLOCK;
        aann_samples part = *samples;
        part.count = to - start < BLOCK ? to - start : BLOCK;
        part.labels = samples->labels != NULL ? samples->labels + start : NULL;
        part.targets =
            samples->targets != NULL ? samples->targets + start * samples->target_count : NULL;
        aann_score score = {0};
        status = aann_logits_score(&part, baseline->logits + (start - from) * outputs, outputs,
                                   baseline->options.regression ? baseline->options.output_scale
                                                                : baseline->options.loss_scale,
                                   baseline->options.target_weight, &score, error);
        baseline->losses[block] = score.loss * (double)part.count;
        baseline->child.correct += score.correct;
    }
    baseline->evaluated_samples += (uint64_t)(to - from);
    return status;
}

/* Whether the child is worse than the best by more than z standard errors, judging from the first
 * blocks. */
static bool clearly_worse(const aann_baseline *baseline, int64_t blocks)
{
    double mean = 0.0;
    for (int64_t i = 0; i < blocks; i++) {
        mean += (baseline->losses[i] - baseline->best_losses[i]) / (double)blocks;
    }
    double squares = 0.0;
    for (int64_t i = 0; i < blocks; i++) {
        const double difference = baseline->losses[i] - baseline->best_losses[i] - mean;
        squares += difference * difference;
    }
    const double error =
        blocks > 1 ? sqrt(squares / (double)(blocks - 1) / (double)blocks) : INFINITY;
    return mean > baseline->options.rejection_z * error;
}

static bool is_stopped(const aann_baseline *baseline)
{
    return baseline->stop != NULL && atomic_load_explicit(baseline->stop, memory_order_relaxed);
}

/* Evaluates the child on all samples. With `test`, stops as soon as it is clearly worse than the
 * best; its loss is then infinite. */
static aann_status evaluate_child(aann_baseline *baseline, bool test, aann_error *error)
{
    const int64_t blocks = block_count(baseline);
    baseline->child.correct = 0;
    baseline->child.loss = INFINITY;
    int64_t end = test ? baseline->options.first_check : blocks;
    aann_status status =
        aann_evaluator_set_network(baseline->evaluator, baseline->child.network, error);
    if (status != AANN_OK) {
        return status;
    }
    for (int64_t done = 0; done < blocks; end += end / 2 + 1) {
        end = end < blocks ? end : blocks;
        for (; done < end; done += STAGE) {
            const int64_t to = done + STAGE < end ? done + STAGE : end;
            status = is_stopped(baseline) ? AANN_INTERRUPTED
                                          : evaluate_blocks(baseline, done, to, error);
            if (status != AANN_OK) {
                return status;
            }
        }
        done = end;
        if (test && done < blocks && clearly_worse(baseline, done)) {
            return AANN_OK;
        }
    }
    double sum = 0.0;
    for (int64_t i = 0; i < blocks; i++) {
        sum += baseline->losses[i];
    }
    baseline->child.loss = sum / (double)baseline->samples->count;
    return AANN_OK;
}

/* ---- random sampling ------------------------------------------------------------------------- */

/* Replaces an individual by the child; its memory becomes that of the next child. */
static void place_child(aann_baseline *baseline, int32_t place)
{
    const individual old = baseline->population[place];
    baseline->population[place] = baseline->child;
    baseline->child = old;
    if (baseline->population[place].loss < baseline->population[baseline->best].loss ||
        baseline->alive == 0) {
        baseline->best = place;
    }
}

static aann_status sample(aann_baseline *baseline, aann_error *error)
{
    const bool first = baseline->step == 0;
    if (!first) { /* the first is the member's start, in its place already */
        aann_network_randomise(baseline->child.network, baseline->random_seed, baseline->step);
    }
    const aann_status status = evaluate_child(baseline, !first, error);
    if (status == AANN_OK && (first || baseline->child.loss < baseline->population[0].loss)) {
        place_child(baseline, 0);
        baseline->alive = 1;
        double *kept = baseline->best_losses;
        baseline->best_losses = baseline->losses;
        baseline->losses = kept;
        baseline->accepted += first ? 0 : 1;
    }
    return status;
}

/* ---- genetic algorithm ----------------------------------------------------------------------- */

static int32_t draw_parent(const aann_baseline *baseline, aann_random_stream *stream)
{
    int32_t best = -1;
    for (int32_t draw = 0; draw < baseline->options.tournament; draw++) {
        const int32_t other =
            (int32_t)aann_random_below(stream, (uint32_t)baseline->population_size);
        const bool better =
            best < 0 || baseline->population[other].loss < baseline->population[best].loss ||
            (baseline->population[other].loss <= baseline->population[best].loss && other < best);
        best = better ? other : best;
    }
    return best;
}

static bool is_alive(const aann_baseline *baseline, uint64_t hash)
{
    for (int32_t i = 0; i < baseline->alive; i++) {
        if (aann_network_hash(baseline->population[i].network) == hash) {
            return true;
        }
    }
    return false;
}

static int32_t worst_of(const aann_baseline *baseline)
{
    int32_t worst = 0;
    for (int32_t i = 1; i < baseline->alive; i++) {
        worst = baseline->population[i].loss > baseline->population[worst].loss ? i : worst;
    }
    return worst;
}

static aann_status breed(aann_baseline *baseline, aann_error *error)
{
    aann_random_stream stream =
        aann_random_start(baseline->key, baseline->step, AANN_PURPOSE_BREEDING);
    const aann_network *mother = baseline->population[draw_parent(baseline, &stream)].network;
    aann_status status = AANN_OK;
    if (aann_random_unit(&stream) <= baseline->options.crossover) {
        const aann_network *father = baseline->population[draw_parent(baseline, &stream)].network;
        status = aann_crossover_cross(mother, father, baseline->child.network, &stream, error);
    } else {
        aann_network_copy_weights(mother, baseline->child.network);
    }
    if (status == AANN_OK) {
        aann_crossover_mutate(baseline->child.network, baseline->options.mutations, &stream);
    }
    return status;
}

static aann_status evolve(aann_baseline *baseline, aann_error *error)
{
    if (baseline->alive < baseline->population_size) { /* the population is not full yet */
        const int32_t place = baseline->alive;
        if (place > 0) { /* the first is the member's start, in its place already */
            aann_network_randomise(baseline->child.network, baseline->random_seed, baseline->step);
        }
        const aann_status status = evaluate_child(baseline, false, error);
        if (status == AANN_OK) {
            place_child(baseline, place);
            baseline->alive++;
        }
        return status;
    }
    aann_status status = breed(baseline, error);
    if (status != AANN_OK || is_alive(baseline, aann_network_hash(baseline->child.network))) {
        return status;
    }
    status = evaluate_child(baseline, false, error);
    const int32_t worst = worst_of(baseline);
    if (status == AANN_OK && baseline->child.loss < baseline->population[worst].loss) {
        place_child(baseline, worst);
        baseline->accepted++;
    }
    return status;
}

aann_status aann_baseline_run(aann_baseline *baseline, uint64_t until_step, const atomic_bool *stop,
                              aann_search_interrupted interrupted, void *context, aann_error *error)
{
    baseline->stop = stop;
    const uint64_t end =
        until_step < baseline->options.steps ? until_step : baseline->options.steps;
    while (baseline->step < end) {
        if (is_stopped(baseline) || (interrupted != NULL && interrupted(context))) {
            return AANN_INTERRUPTED;
        }
        const uint64_t evaluated = baseline->evaluated_samples;
        const aann_status status = baseline->options.method == AANN_METHOD_RANDOM
                                       ? sample(baseline, error)
                                       : evolve(baseline, error);
        if (status != AANN_OK) {
            baseline->evaluated_samples = evaluated; /* the candidate will be evaluated again */
            return status;
        }
        baseline->step++;
    }
    return AANN_OK;
}

/* ---- questions ------------------------------------------------------------------------------- */

void aann_baseline_progress_get(const aann_baseline *baseline, aann_search_progress *progress)
{
    *progress = (aann_search_progress){
        .step = baseline->step,
        .accepted = baseline->accepted,
        .evaluated_samples = baseline->evaluated_samples,
        .samples = baseline->samples->count,
        .train_loss = baseline->alive > 0 ? baseline->population[baseline->best].loss : NAN,
        .bytes =
            (size_t)baseline->samples->count * (size_t)aann_shape_size(baseline->samples->shape),
    };
}

/* Before the first candidate is evaluated, this is the start. */
const aann_network *aann_baseline_network(const aann_baseline *baseline)
{
    return baseline->alive > 0 ? baseline->population[baseline->best].network
                               : baseline->child.network;
}

int64_t aann_baseline_correct(const aann_baseline *baseline)
{
    return baseline->alive > 0 ? baseline->population[baseline->best].correct : 0;
}

/* ---- life ------------------------------------------------------------------------------------ */

static aann_status create_population(aann_baseline *baseline, aann_error *error)
{
    const bool random = baseline->options.method == AANN_METHOD_RANDOM;
    baseline->population_size = random ? 1 : baseline->options.population;
    baseline->population =
        aann_allocate_zeroed((size_t)baseline->population_size, sizeof *baseline->population);
    if (baseline->population == NULL) {
        return no_memory(error);
    }
    aann_status status = aann_network_create(&baseline->spec, &baseline->child.network, error);
    for (int32_t i = 0; i < baseline->population_size && status == AANN_OK; i++) {
        status = aann_network_create(&baseline->spec, &baseline->population[i].network, error);
    }
    return status;
}

static aann_status create_evaluation(aann_baseline *baseline, aann_error *error)
{
    const size_t blocks = (size_t)block_count(baseline);
    size_t values = 0;
    if (!aann_multiply_sizes((size_t)baseline->samples->count, (size_t)baseline->spec.output_count,
                             &values)) {
        return no_memory(error);
    }
    baseline->logits = aann_allocate(values, sizeof *baseline->logits);
    baseline->losses = aann_allocate_zeroed(blocks, sizeof *baseline->losses);
    baseline->best_losses = aann_allocate_zeroed(blocks, sizeof *baseline->best_losses);
    if (baseline->logits == NULL || baseline->losses == NULL || baseline->best_losses == NULL) {
        return no_memory(error);
    }
    return aann_evaluator_create_empty(&baseline->spec, baseline->options.threads,
                                       baseline->options.isa, &baseline->evaluator, error);
}

aann_status aann_baseline_create(const aann_spec *spec, const aann_samples *train,
                                 const aann_search_options *options, uint64_t member,
                                 const aann_network *start, aann_baseline **result,
                                 aann_error *error)
{
    *result = NULL;
    aann_baseline *baseline = aann_allocate_zeroed(1, sizeof *baseline);
    if (baseline == NULL) {
        return no_memory(error);
    }
    baseline->spec = *spec;
    baseline->options = *options;
    baseline->key = aann_random_key_create(options->seed, member);
    aann_random_stream stream = aann_random_start(baseline->key, 1, AANN_PURPOSE_SAMPLING);
    baseline->random_seed = (uint64_t)aann_random_u32(&stream) << 32;
    baseline->random_seed |= aann_random_u32(&stream);
    aann_status status = aann_engine_check_samples(spec, train, options->regression, error);
    if (status == AANN_OK && start != NULL) {
        status = aann_network_check_sparse(start, spec, error);
    }
    if (status == AANN_OK) {
        status = take_samples(baseline, train, error);
    }
    if (status == AANN_OK) {
        status = create_evaluation(baseline, error);
    }
    if (status == AANN_OK) {
        status = create_population(baseline, error);
    }
    if (status != AANN_OK) {
        aann_baseline_destroy(baseline);
        return status;
    }
    if (start != NULL) {
        aann_network_copy_weights(start, baseline->child.network);
    } else {
        aann_network_randomise(baseline->child.network, options->seed, member);
    }
    *result = baseline;
    return AANN_OK;
}

void aann_baseline_destroy(aann_baseline *baseline)
{
    if (baseline == NULL) {
        return;
    }
    for (int32_t i = 0; baseline->population != NULL && i < baseline->population_size; i++) {
        aann_network_destroy(baseline->population[i].network);
    }
    aann_network_destroy(baseline->child.network);
    aann_samples_destroy(baseline->samples);
    aann_evaluator_destroy(baseline->evaluator);
    free(baseline->population);
    free(baseline->logits);
    free(baseline->losses);
    free(baseline->best_losses);
    free(baseline);
}

/* ---- the saved state ------------------------------------------------------------------------- */

static size_t state_size(const aann_baseline *baseline, int32_t alive)
{
    const size_t one =
        INDIVIDUAL_WORDS * sizeof(uint64_t) + aann_network_packed_size(&baseline->spec);
    return (HEADER_WORDS + 1) * sizeof(uint64_t) + (size_t)alive * one;
}

aann_status aann_baseline_save(const aann_baseline *baseline, void **state, size_t *size,
                               aann_error *error)
{
    *size = state_size(baseline, baseline->alive);
    *state = aann_allocate_zeroed(*size, 1);
    if (*state == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a checkpoint");
    }
    uint8_t *to = *state;
    aann_save_word(&to, aann_saved_version(AANN_LAYOUT_PLAIN));
    aann_save_word(&to, baseline->step);
    aann_save_word(&to, baseline->accepted);
    aann_save_word(&to, baseline->evaluated_samples);
    aann_save_word(&to, (uint64_t)baseline->alive);
    for (int32_t i = 0; i < baseline->alive; i++) {
        const individual *one = &baseline->population[i];
        aann_save_real(&to, one->loss);
        aann_save_word(&to, (uint64_t)one->correct);
        aann_network_pack(one->network, to);
        to += aann_network_packed_size(&baseline->spec);
    }
    aann_save_word(&to, aann_hash64(*state, *size - sizeof(uint64_t)));
    return AANN_OK;
}

/* Among equally good networks the best is the one that was found first, which their order does not
 * tell: it is the network beside the state, which is the child now. */
static void recognise_best(aann_baseline *baseline)
{
    const uint64_t hash = aann_network_hash(baseline->child.network);
    const double lowest = baseline->population[baseline->best].loss;
    for (int32_t i = 0; i < baseline->alive; i++) {
        if (baseline->population[i].loss <= lowest &&
            aann_network_hash(baseline->population[i].network) == hash) {
            baseline->best = i;
            return;
        }
    }
}

static aann_status read_population(aann_baseline *baseline, const uint8_t *from, aann_error *error)
{
    const size_t packed = aann_network_packed_size(&baseline->spec);
    for (int32_t i = 0; i < baseline->alive; i++) {
        individual *one = &baseline->population[i];
        one->loss = aann_load_real(&from);
        one->correct = (int64_t)aann_load_word(&from);
        if (!(one->loss >= 0.0) || one->correct < 0 || one->correct > baseline->samples->count) {
            return aann_fail(error, AANN_ERROR_FORMAT,
                             "the checkpoint is damaged (network %d has a loss of %g and %lld of "
                             "%lld samples right)",
                             i + 1, one->loss, (long long)one->correct,
                             (long long)baseline->samples->count);
        }
        const aann_status status = aann_network_unpack(one->network, from, packed, error);
        if (status != AANN_OK) {
            return aann_fail_prefix(error, status, "the checkpoint is damaged (network %d)", i + 1);
        }
        from += packed;
        baseline->best = one->loss < baseline->population[baseline->best].loss ? i : baseline->best;
    }
    recognise_best(baseline);
    return AANN_OK;
}

/* Computes the losses of the best again, with which random sampling compares block by block. */
static aann_status recall_best(aann_baseline *baseline, aann_error *error)
{
    const uint64_t evaluated = baseline->evaluated_samples;
    aann_network_copy_weights(baseline->population[0].network, baseline->child.network);
    const aann_status status = evaluate_child(baseline, false, error);
    memcpy(baseline->best_losses, baseline->losses,
           (size_t)block_count(baseline) * sizeof *baseline->losses);
    baseline->evaluated_samples = evaluated;
    return status;
}

aann_status aann_baseline_restore(aann_baseline *baseline, const void *state, size_t size,
                                  aann_error *error)
{
    const uint8_t *from = state;
    bool good = size >= state_size(baseline, 0);
    if (good) {
        const uint8_t *end = from + size - sizeof(uint64_t);
        good = aann_load_word(&end) == aann_hash64(state, size - sizeof(uint64_t));
    }
    if (good) {
        const aann_status known =
            aann_saved_version_check(aann_load_word(&from), AANN_LAYOUT_PLAIN, error);
        if (known != AANN_OK) {
            return known;
        }
        baseline->step = aann_load_word(&from);
        baseline->accepted = aann_load_word(&from);
        baseline->evaluated_samples = aann_load_word(&from);
        const uint64_t alive = aann_load_word(&from);
        good = baseline->accepted <= baseline->step && baseline->step <= baseline->options.steps &&
               alive <= (uint64_t)baseline->population_size &&
               size == state_size(baseline, (int32_t)alive);
        baseline->alive = good ? (int32_t)alive : 0;
    }
    if (!good) {
        return aann_fail(error, AANN_ERROR_FORMAT,
                         "the checkpoint is damaged, or that of another search");
    }
    aann_status status = read_population(baseline, from, error);
    if (status == AANN_OK && baseline->options.method == AANN_METHOD_RANDOM &&
        baseline->alive > 0) {
        status = recall_best(baseline, error);
    }
    return status;
}
