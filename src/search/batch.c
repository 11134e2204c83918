/* A batch of candidates: drawn, compared with the current network, decided.
 *
 * Loading a block into the cache costs more than evaluating one candidate on it, and threads need
 * work to share, so a batch of candidates k .. k + K - 1 is evaluated against the same state. They
 * are decided in order; the first accepted one is committed, and those after it are discarded and
 * drawn again. So decisions never depend on K or on threads; only the speed does. */
#include "core/error.h"
#include "search/search.h"

/* After this many blocks survivors are few. They are evaluated in the order of their steps, because
 * an acceptance discards all later ones. */
enum { TOGETHER_BLOCKS = 48, LARGEST_STAGE = 64 };

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
    const bool informed = aann_informed_is_active(search);
    aann_swap swaps[AANN_MAX_BATCH];
    int32_t found = 0;
    for (int32_t i = 0; i < count; i++) {
        aann_trial *trial = &search->trials[i];
        const uint64_t step = search->step + (uint64_t)i;
        *trial = (aann_trial){.threshold =
                                  search->confined ? confined : aann_search_threshold(search, step),
                              .prepared = -1};
        const bool drawn = informed
                               ? aann_informed_draw(search, step, &trial->swap)
                               : aann_swap_draw(network, search->key, step, share,
                                                search->options.within_unit, rule, &trial->swap);
        if (drawn) {
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
        if (objective->ready != NULL) {
            objective->ready(objective->context, search->plan.blocks + from, to - from,
                             job.groups > 1);
        }
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

/* What the evidence so far says. */
static aann_decision decide(const aann_search *search, const aann_trial *trial)
{
    const aann_plan *plan = &search->plan;
    if (trial->evidence.blocks == plan->block_count) {
        return aann_evidence_mean(plan, &trial->evidence) <= trial->threshold ? AANN_ACCEPTED
                                                                              : AANN_REJECTED;
    }
    if (aann_evidence_rejects(plan, &trial->evidence, trial->threshold,
                              search->options.rejection_z)) {
        return AANN_REJECTED;
    }
    const bool early =
        search->options.acceptance_z > 0.0 && !search->confined && !search->objective.only_exact;
    return early && aann_evidence_accepts(plan, &trial->evidence, trial->threshold,
                                          search->options.acceptance_z)
               ? AANN_ACCEPTED
               : AANN_UNDECIDED;
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

/* Decides the trials alive[alive_count] as far as the evidence goes. Those that stay undecided, and
 * come before the first accepted one, stay in the list; returns their number. */
static int32_t decide_all(aann_search *search, int32_t *alive, int32_t alive_count,
                          int32_t *first_accepted)
{
    int32_t left = 0;
    for (int32_t i = 0; i < alive_count; i++) {
        aann_trial *trial = &search->trials[alive[i]];
        trial->decision = decide(search, trial);
        if (trial->decision == AANN_ACCEPTED && alive[i] < *first_accepted) {
            *first_accepted = alive[i];
        } else if (trial->decision == AANN_UNDECIDED) {
            alive[left++] = alive[i];
        }
    }
    int32_t before = 0;
    for (int32_t i = 0; i < left; i++) {
        if (alive[i] < *first_accepted) {
            alive[before++] = alive[i];
        }
    }
    return before;
}

/* Samples at these places of the plan. */
static uint64_t count_samples(const aann_plan *plan, int64_t first, int64_t end)
{
    uint64_t samples = 0;
    for (int64_t place = first; place < end; place++) {
        samples += (uint64_t)plan->samples[place];
    }
    return samples;
}

/* Evaluates all trials together up to TOGETHER_BLOCKS; fills in those that are left, in the order
 * of their steps, and the number of checks done. */
static aann_status evaluate_together(aann_search *search, int32_t *alive, int32_t *alive_left,
                                     int32_t *checks, int32_t *first_accepted, aann_error *error)
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
        search->evaluated_together += (uint64_t)alive_count * count_samples(plan, done, until);
        done = until;
        *checks = check + 1;
        alive_count = decide_all(search, alive, alive_count, first_accepted);
    }
    sort_by_step(alive, alive_count);
    *alive_left = alive_count;
    return AANN_OK;
}

/* Evaluates one undecided trial until it is decided. */
static aann_status evaluate_alone(aann_search *search, int32_t index, int32_t checks,
                                  aann_error *error)
{
    aann_trial *trial = &search->trials[index];
    for (int32_t check = checks; trial->decision == AANN_UNDECIDED; check++) {
        const int64_t first = trial->evidence.blocks;
        const int64_t end = search->plan.checks[check];
        const aann_status status = aann_search_evaluate(search, &index, 1, first, end, error);
        if (status != AANN_OK) {
            return status;
        }
        search->evaluated_alone += count_samples(&search->plan, first, end);
        trial->decision = decide(search, trial);
    }
    return AANN_OK;
}

/* Counts a decided trial. */
static void record(aann_search *search, const aann_trial *trial, bool accepted)
{
    search->step++;
    double *recent = aann_informed_is_active(search) ? &search->informed.recent_acceptance
                                                     : &search->recent_acceptance;
    *recent += 0.02 * ((accepted ? 1.0 : 0.0) - *recent);
    if (trial->prepared < 0) {
        return;
    }
    aann_layer_record *layer = &search->layers[trial->swap.layer];
    layer->candidates++;
    const double work =
        search->objective.layer_cost[trial->swap.layer] * (double)trial->evidence.blocks;
    double gain = 0.0;
    layer->cost += work;
    for (int32_t s = 0; s < search->plan.stratum_count; s++) {
        search->evaluated_samples += (uint64_t)trial->evidence.samples[s];
    }
    if (accepted) {
        const double mean = aann_evidence_mean(&search->plan, &trial->evidence);
        search->accepted++;
        layer->accepted++;
        gain = aann_search_gain(search, &trial->swap, mean);
        layer->gain += gain;
    }
    aann_informed_record(search, &trial->swap, work, gain);
}

aann_status aann_search_commit(aann_search *search, const aann_trial *trial, aann_error *error)
{
    /* What the candidate changed is rounded otherwise than the losses of the network that it becomes
     * (kernels/loss.c): a sum kept up to date by changes would not be that of a resumed search. */
    search->loss_known = false;
    return search->objective.commit(search->objective.context, trial->prepared, error);
}

aann_status aann_search_run_batch(aann_search *search, int32_t count, aann_error *error)
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
    int32_t accepted = count; /* the first; count: none */
    status = evaluate_together(search, alive, &alive_count, &checks, &accepted, error);
    for (int32_t i = 0; status == AANN_OK && i < alive_count && alive[i] < accepted; i++) {
        status = evaluate_alone(search, alive[i], checks, error);
        if (search->trials[alive[i]].decision == AANN_ACCEPTED) {
            accepted = alive[i];
        }
    }
    if (status != AANN_OK) {
        return status;
    }
    for (int32_t i = 0; i < count && i <= accepted; i++) {
        record(search, &search->trials[i], i == accepted);
    }
    if (accepted < count) {
        status = aann_search_commit(search, &search->trials[accepted], error);
        aann_informed_committed(search, &search->trials[accepted].swap);
    }
    return status;
}
