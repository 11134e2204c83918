/* SENSE: stochastic search and succeed.
 *
 * The paper proposes a random change and keeps it if the network still succeeds. Here:
 *   1. candidate k draws a swap (swap.c) and a threshold tau = -T_k ln(u_k). Accepting a mean loss
 *      change of at most tau is Metropolis acceptance at temperature T_k, with the random number
 *      drawn first;
 *   2. blocks of training samples are evaluated one after the other, and the checks of the
 *      sequential test reject a candidate that is clearly worse than tau (sequential.c);
 *   3. a candidate that survives all blocks is committed if its exact loss change is at most tau.
 *
 * Speculation. Loading a block into the cache costs more than evaluating one candidate on it, and
 * threads need work to share, so a batch of candidates k .. k + K - 1 is evaluated against the same
 * state. They are decided in order; the first accepted one is committed, and those after it are
 * discarded and drawn again. So decisions never depend on K or on threads; only the speed does.
 *
 * Departures from the paper: the sequential test (it evaluates everything), annealing, and swaps
 * instead of independent changes, so that the counts of -1, 0 and +1 are kept exactly. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/exact_math.h"
#include "core/memory.h"
#include "search/search.h"

/* After this many blocks survivors are few. They are evaluated in the order of their steps, because
 * an acceptance discards all later ones. */
enum { TOGETHER_BLOCKS = 48, LARGEST_STAGE = 64 };

/* ---- temperature ----------------------------------------------------------------------------- */

static double temperature_at(const aann_search *search, uint64_t step)
{
    if (search->confined) {
        return 0.0;
    }
    const double left = 1.0 - (double)step / (double)search->options.steps;
    double factor = left;
    for (int32_t power = 1; power < (int32_t)search->options.cooling; power++) {
        factor *= left;
    }
    return search->options.temperature * factor;
}

static double threshold_at(const aann_search *search, uint64_t step)
{
    aann_random_stream stream = aann_random_start(search->key, step, AANN_PURPOSE_THRESHOLD);
    return -temperature_at(search, step) * aann_log(aann_random_unit(&stream));
}

/* ---- a batch --------------------------------------------------------------------------------- */

/* Draws the candidates of steps step .. step + count - 1 and makes them ready. */
static aann_status draw_batch(aann_search *search, int32_t count, aann_error *error)
{
    const aann_network *network = search->objective.network(search->objective.context);
    double share[AANN_MAX_LAYERS];
    for (int32_t i = 0; i < search->spec.layer_count; i++) {
        share[i] = search->layers[i].share;
    }
    aann_swap_rule place;
    const aann_swap_rule *rule = aann_search_rule(search, &place);
    const double confined = search->confined ? aann_search_confined_threshold(search) : 0.0;
    aann_swap swaps[AANN_MAX_BATCH];
    int32_t found = 0;
    for (int32_t i = 0; i < count; i++) {
        aann_trial *trial = &search->trials[i];
        const uint64_t step = search->step + (uint64_t)i;
        *trial = (aann_trial){.threshold = search->confined ? confined : threshold_at(search, step),
                              .prepared = -1};
        if (aann_swap_draw(network, search->key, step, share, search->options.within_unit, rule,
                           &trial->swap)) {
            trial->prepared = found;
            swaps[found++] = trial->swap;
        }
    }
    return search->objective.prepare(search->objective.context, swaps, found, error);
}

/* Candidates x blocks, distributed among the threads: an item is one block and one group of
 * candidates. */
typedef struct stage_job {
    aann_search *search;
    const int32_t *candidates; /* [alive_count]: numbers in the objective */
    int32_t alive_count;
    int32_t groups;
    int64_t first; /* place in the plan */
} stage_job;

static void evaluate_item(void *context, int32_t worker, int64_t item)
{
    const stage_job *job = context;
    const aann_search *search = job->search;
    const int64_t place = item / job->groups;
    const int32_t group = (int32_t)(item % job->groups);
    const int64_t block = search->plan.blocks[job->first + place];
    const int32_t from = (int32_t)((int64_t)job->alive_count * group / job->groups);
    const int32_t to = (int32_t)((int64_t)job->alive_count * (group + 1) / job->groups);
    search->objective.change(search->objective.context, worker, job->candidates + from, to - from,
                             block, &search->results[place * job->alive_count + from]);
}

aann_status aann_search_evaluate(aann_search *search, const int32_t *alive, int32_t alive_count,
                                 int64_t first, int64_t end, aann_error *error)
{
    const int32_t threads = aann_threads_count(search->threads);
    const aann_search_objective *objective = &search->objective;
    int32_t candidates[AANN_MAX_BATCH];
    for (int32_t i = 0; i < alive_count; i++) {
        candidates[i] = search->trials[alive[i]].prepared;
    }
    /* If the objective evaluates several blocks per call, a stage is as many blocks as the results
     * have room for. */
    const int64_t stage = objective->changes == NULL || alive_count == 0
                              ? LARGEST_STAGE
                              : (int64_t)LARGEST_STAGE * AANN_MAX_BATCH / alive_count;
    for (int64_t from = first; from < end; from += stage) {
        if (atomic_load_explicit(&search->stop, memory_order_relaxed)) {
            return AANN_INTERRUPTED;
        }
        const int64_t to = from + stage < end ? from + stage : end;
        int32_t groups = (int32_t)(2 * threads / (to - from)) + 1;
        groups = groups > alive_count ? alive_count : groups;
        stage_job job = {search, candidates, alive_count, threads == 1 ? 1 : groups, from};
        if (objective->changes == NULL) {
            aann_threads_run(search->threads, 0, (to - from) * job.groups, evaluate_item, &job);
        } else {
            const aann_status status =
                objective->changes(objective->context, candidates, alive_count,
                                   search->plan.blocks + from, to - from, search->results, error);
            if (status != AANN_OK) {
                return status;
            }
        }
        for (int32_t i = 0; i < alive_count; i++) {
            for (int64_t place = 0; place < to - from; place++) {
                aann_evidence_add(&search->plan, &search->results[place * alive_count + i],
                                  &search->trials[alive[i]].evidence);
            }
        }
    }
    return AANN_OK;
}

static bool rejects(const aann_search *search, const aann_trial *trial)
{
    return aann_evidence_rejects(&search->plan, &trial->evidence, trial->threshold,
                                 search->options.rejection_z);
}

/* The order in which trials are evaluated on a block: those that change the same unit follow one
 * another, so that its sums are still in the cache, or are computed once. They are decided in the
 * order of their steps all the same. */
static bool evaluated_before(const aann_swap *a, const aann_swap *b)
{
    return a->layer != b->layer ? a->layer < b->layer : a->changes[0].unit < b->changes[0].unit;
}

/* A stable insertion sort of at most AANN_MAX_BATCH trials. */
static void sort_by_unit(const aann_search *search, int32_t *alive, int32_t count)
{
    for (int32_t i = 1; i < count; i++) {
        const int32_t index = alive[i];
        int32_t place = i;
        while (place > 0 && evaluated_before(&search->trials[index].swap,
                                             &search->trials[alive[place - 1]].swap)) {
            alive[place] = alive[place - 1];
            place--;
        }
        alive[place] = index;
    }
}

static void sort_by_step(int32_t *alive, int32_t count)
{
    for (int32_t i = 1; i < count; i++) {
        const int32_t index = alive[i];
        int32_t place = i;
        for (; place > 0 && index < alive[place - 1]; place--) {
            alive[place] = alive[place - 1];
        }
        alive[place] = index;
    }
}

/* Evaluates all trials together up to TOGETHER_BLOCKS; fills in how many are left, and the number
 * of checks done. */
static aann_status evaluate_together(aann_search *search, int32_t *alive, int32_t *alive_left,
                                     int32_t *checks, aann_error *error)
{
    const aann_plan *plan = &search->plan;
    const bool to_the_end = search->objective.one_check_together && plan->check_count == 1;
    const int32_t last = to_the_end ? plan->check_count : plan->check_count - 1;
    int32_t alive_count = *alive_left;
    int64_t done = 0;
    *checks = 0;
    sort_by_unit(search, alive, alive_count);
    for (int32_t check = 0; check < last && alive_count > 0; check++) {
        const int64_t until = plan->checks[check];
        if (until > TOGETHER_BLOCKS && !to_the_end) {
            break;
        }
        const aann_status status =
            aann_search_evaluate(search, alive, alive_count, done, until, error);
        if (status != AANN_OK) {
            return status;
        }
        done = until;
        *checks = check + 1;
        if (to_the_end) {
            break; /* decided one after the other, in the order of the steps */
        }
        int32_t left = 0;
        for (int32_t i = 0; i < alive_count; i++) {
            if (!rejects(search, &search->trials[alive[i]])) {
                alive[left++] = alive[i];
            }
        }
        alive_count = left;
    }
    sort_by_step(alive, alive_count);
    *alive_left = alive_count;
    return AANN_OK;
}

/* Evaluates one surviving trial to the end and decides whether it is accepted. */
static aann_status evaluate_alone(aann_search *search, int32_t index, int32_t checks,
                                  bool *accepted, aann_error *error)
{
    aann_trial *trial = &search->trials[index];
    *accepted = false;
    for (int32_t check = checks; check < search->plan.check_count; check++) {
        const aann_status status = aann_search_evaluate(search, &index, 1, trial->evidence.blocks,
                                                        search->plan.checks[check], error);
        if (status != AANN_OK || (check + 1 < search->plan.check_count && rejects(search, trial))) {
            return status;
        }
    }
    *accepted = aann_evidence_mean(&search->plan, &trial->evidence) <= trial->threshold;
    return AANN_OK;
}

/* Counts a decided trial. */
static void record(aann_search *search, const aann_trial *trial, bool accepted)
{
    search->step++;
    search->recent_acceptance += 0.02 * ((accepted ? 1.0 : 0.0) - search->recent_acceptance);
    if (trial->prepared < 0) {
        return;
    }
    aann_layer_record *layer = &search->layers[trial->swap.layer];
    layer->candidates++;
    layer->cost += search->objective.layer_cost[trial->swap.layer] * (double)trial->evidence.blocks;
    for (int32_t s = 0; s < search->plan.stratum_count; s++) {
        search->evaluated_samples += (uint64_t)trial->evidence.samples[s];
    }
    if (accepted) {
        const double mean = aann_evidence_mean(&search->plan, &trial->evidence);
        search->accepted++;
        layer->accepted++;
        layer->gain += aann_search_gain(search, &trial->swap, mean);
    }
}

static aann_status run_batch(aann_search *search, int32_t count, aann_error *error)
{
    aann_status status = draw_batch(search, count, error);
    if (status != AANN_OK) {
        return status;
    }
    int32_t alive[AANN_MAX_BATCH];
    int32_t alive_count = 0;
    for (int32_t i = 0; i < count; i++) {
        if (search->trials[i].prepared >= 0) {
            alive[alive_count++] = i;
        }
    }
    int32_t checks = 0;
    status = evaluate_together(search, alive, &alive_count, &checks, error);
    if (status != AANN_OK) {
        return status;
    }
    int32_t decided = 0;
    for (int32_t i = 0; i < alive_count; i++) {
        const int32_t index = alive[i];
        for (; decided < index; decided++) {
            record(search, &search->trials[decided], false);
        }
        bool accepted;
        status = evaluate_alone(search, index, checks, &accepted, error);
        if (status != AANN_OK) {
            return status;
        }
        record(search, &search->trials[decided++], accepted);
        if (accepted) {
            return search->objective.commit(search->objective.context,
                                            search->trials[index].prepared, error);
        }
    }
    for (; decided < count; decided++) {
        record(search, &search->trials[decided], false);
    }
    return AANN_OK;
}

/* ---- the run --------------------------------------------------------------------------------- */

/* The number of candidates among which an acceptance has about even odds. */
static int32_t batch_size(const aann_search *search)
{
    const double size = 0.7 / (search->recent_acceptance + 0.7 / AANN_MAX_BATCH);
    const int32_t limit = search->objective.largest_batch;
    const int32_t most = limit > 0 && limit < AANN_MAX_BATCH ? limit : AANN_MAX_BATCH;
    const int32_t batch = size < 4.0 ? 4 : (int32_t)size;
    return batch < most ? batch : most;
}

static uint64_t next_multiple(uint64_t step, uint64_t interval)
{
    return (step / interval + 1) * interval;
}

static uint64_t smaller(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

uint64_t aann_search_epoch_steps(const aann_search *search)
{
    /* Regroup more often with jitter: samples should be seen in many places. */
    const uint64_t automatic = search->options.steps / (search->options.jitter > 0 ? 50 : 12);
    const uint64_t steps =
        search->options.arrange_interval == 0 ? automatic : search->options.arrange_interval;
    return steps == 0 ? 1 : steps;
}

int64_t aann_search_samples(const aann_search *search, uint64_t epoch)
{
    const int64_t all = search->objective.sample_count;
    const double first =
        search->options.first_samples > 0 ? (double)search->options.first_samples : (double)all;
    const double grown = search->options.growth * (double)search->options.steps;
    const double done = (double)epoch * (double)aann_search_epoch_steps(search);
    if (first >= (double)all || done >= grown) {
        return all;
    }
    /* Grows in steps of an eighth of a doubling, by multiplication only: the same number on every
     * machine. */
    double samples = first;
    int32_t eighths = 0;
    while (samples * 1.0905077326652577 < (double)all) {
        samples *= 1.0905077326652577; /* 2^(1/8) */
        eighths++;
    }
    samples = first;
    for (int32_t i = 0; i < (int32_t)((double)(eighths + 1) * done / grown); i++) {
        samples *= 1.0905077326652577;
    }
    return samples < (double)all ? (int64_t)samples : all;
}

uint64_t aann_search_ranked_in(const aann_search *search, uint64_t epoch)
{
    const bool grown =
        epoch == 0 || aann_search_samples(search, epoch - 1) != aann_search_samples(search, epoch);
    return grown ? epoch : epoch - 1;
}

static aann_status arrange(aann_search *search, uint64_t epoch, aann_error *error)
{
    aann_network *copy = NULL;
    const aann_network *current = search->objective.network(search->objective.context);
    aann_status status = aann_network_copy(current, &copy, error);
    if (status != AANN_OK) {
        return status;
    }
    search->kept_loss = aann_search_total_loss(search);
    search->kept_correct = aann_search_correct(search);
    search->disarranged = true;
    const int64_t samples = aann_search_samples(search, epoch);
    status = search->objective.arrange(search->objective.context, current,
                                       aann_search_ranked_in(search, epoch), copy, epoch, samples,
                                       error);
    if (status == AANN_OK) {
        status =
            aann_plan_make(&search->objective, search->options.first_check, &search->plan, error);
    }
    if (status != AANN_OK) {
        aann_network_destroy(copy);
        return status;
    }
    search->disarranged = false;
    search->samples = samples;
    aann_network_destroy(search->arranged_by);
    search->arranged_by = copy;
    search->arranged_epoch = epoch;
    return AANN_OK;
}

static bool at_limit(const aann_search *search, const aann_search_limits *limits)
{
    if (search->step >= limits->step || search->accepted >= limits->accepted) {
        return true;
    }
    const double units = (double)search->samples * AANN_LOSS_UNIT;
    return limits->loss >= 0.0 && (double)aann_search_total_loss(search) <= limits->loss * units;
}

/* Does what is due before a batch, the batch, and what is due after it. */
static aann_status advance(aann_search *search, uint64_t end, aann_error *error)
{
    const uint64_t epoch = search->step / aann_search_epoch_steps(search);
    aann_status status = AANN_OK;
    if (epoch != search->arranged_epoch) {
        status = arrange(search, epoch, error);
    }
    if (status != AANN_OK) {
        return status;
    }
    const uint64_t next_arrange = next_multiple(search->step, aann_search_epoch_steps(search));
    const uint64_t next_adapt = next_multiple(search->step, AANN_ADAPT_INTERVAL);
    const uint64_t limit = smaller(end, smaller(next_arrange, next_adapt)) - search->step;
    status = run_batch(search, (int32_t)smaller(limit, (uint64_t)batch_size(search)), error);
    if (status == AANN_OK && search->step == next_adapt) {
        aann_layers_adapt(search);
    }
    return status;
}

void aann_search_stop(aann_search *search)
{
    atomic_store_explicit(&search->stop, true, memory_order_relaxed);
}

bool aann_search_take_stop(aann_search *search)
{
    return atomic_exchange_explicit(&search->stop, false, memory_order_relaxed);
}

aann_status aann_search_run_until(aann_search *search, const aann_search_limits *limits,
                                  aann_search_interrupted interrupted, void *context,
                                  aann_error *error)
{
    aann_status status = AANN_OK;
    if (search->baseline != NULL) {
        status = aann_baseline_run(search->baseline, limits->step, &search->stop, interrupted,
                                   context, error);
    } else {
        const uint64_t end = smaller(limits->step, search->options.steps);
        while (status == AANN_OK && search->step < end && !at_limit(search, limits)) {
            const bool stop = atomic_load_explicit(&search->stop, memory_order_relaxed) ||
                              (interrupted != NULL && interrupted(context));
            status = stop ? AANN_INTERRUPTED : advance(search, end, error);
        }
    }
    if (status == AANN_INTERRUPTED) {
        (void)aann_search_take_stop(search);
    }
    return status;
}

aann_status aann_search_run(aann_search *search, uint64_t until_step,
                            aann_search_interrupted interrupted, void *context, aann_error *error)
{
    aann_search_limits limits = aann_search_limits_default();
    limits.step = until_step;
    return aann_search_run_until(search, &limits, interrupted, context, error);
}

/* ---- questions ------------------------------------------------------------------------------- */

void aann_search_progress_get(const aann_search *search, aann_search_progress *progress)
{
    if (search->baseline != NULL) {
        aann_baseline_progress_get(search->baseline, progress);
        return;
    }
    *progress = (aann_search_progress){
        .step = search->step,
        .accepted = search->accepted,
        .evaluated_samples = search->evaluated_samples,
        .temperature = temperature_at(search, search->step),
        .train_loss =
            (double)aann_search_total_loss(search) / ((double)search->samples * AANN_LOSS_UNIT),
        .samples = search->samples,
        .bytes = search->objective.bytes,
    };
    for (int32_t i = 0; i < search->spec.layer_count; i++) {
        progress->layer_share[i] = search->layers[i].share;
        progress->layer_candidates[i] = search->layers[i].candidates;
        progress->layer_accepted[i] = search->layers[i].accepted;
    }
}

const aann_network *aann_search_network(const aann_search *search)
{
    return search->baseline != NULL ? aann_baseline_network(search->baseline)
                                    : search->objective.network(search->objective.context);
}

int64_t aann_search_correct(const aann_search *search)
{
    if (search->baseline != NULL) {
        return aann_baseline_correct(search->baseline);
    }
    if (search->disarranged) {
        return search->kept_correct;
    }
    return search->objective.correct != NULL ? search->objective.correct(search->objective.context)
                                             : 0;
}
