/* SENSE: stochastic search and succeed.
 *
 * The paper proposes a random change and keeps it if the network still succeeds. Here:
 *   1. candidate k draws a swap (swap.c) and a threshold tau = -T_k ln(u_k). Accepting a mean loss
 *      change of at most tau is Metropolis acceptance at temperature T_k, with the random number
 *      drawn first;
 *   2. blocks of training samples are evaluated one after the other, and the checks of the
 *      sequential test reject a candidate that is clearly worse than tau, or accept one that is
 *      clearly better (sequential.c);
 *   3. what is still open after all blocks of the working set is accepted if its loss change there
 *      is at most tau.
 *
 * Departures from the paper: the sequential test (it evaluates everything), annealing, and swaps
 * instead of independent changes, so that the counts of -1, 0 and +1 are kept exactly. */
#include <math.h>

#include "core/error.h"
#include "search/search.h"

/* ---- the run --------------------------------------------------------------------------------- */

/* The number of candidates among which an acceptance has about even odds. */
static int32_t batch_size(const aann_search *search)
{
    const double acceptance = aann_informed_is_active(search) ? search->informed.recent_acceptance
                                                              : search->recent_acceptance;
    const double size = 0.7 / (acceptance + 0.7 / AANN_MAX_BATCH);
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
    const bool moves = search->options.jitter > 0 || search->options.warp > 0.0;
    const uint64_t automatic = search->options.steps / (moves ? 50 : 12);
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
    const bool grown = epoch == 0 || search->options.working_samples > 0 ||
                       aann_search_samples(search, epoch - 1) != aann_search_samples(search, epoch);
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
    search->kept_loss = aann_search_mean_loss(search);
    search->kept_correct = aann_search_count_correct(search);
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
    search->loss_known = false;
    aann_network_destroy(search->arranged_by);
    search->arranged_by = copy;
    search->arranged_epoch = epoch;
    return AANN_OK;
}

static bool at_limit(aann_search *search, const aann_search_limits *limits)
{
    if (search->step >= limits->step || search->accepted >= limits->accepted) {
        return true;
    }
    if (limits->loss == -INFINITY || search->disarranged) {
        return false;
    }
    if (!search->plan.exact) {
        return aann_search_mean_loss(search) <= limits->loss;
    }
    const double units = (double)search->samples * AANN_LOSS_UNIT;
    return (double)aann_search_total_loss(search) <= limits->loss * units;
}

/* Does what is due before a batch, the batch, and what is due after it. */
static aann_status advance(aann_search *search, uint64_t end, aann_error *error)
{
    const uint64_t epoch = search->step / aann_search_epoch_steps(search);
    if (epoch != search->arranged_epoch) {
        return arrange(search, epoch, error); /* after which a limit of the loss is asked again */
    }
    const uint64_t next_arrange = next_multiple(search->step, aann_search_epoch_steps(search));
    const uint64_t next_adapt = next_multiple(search->step, AANN_ADAPT_INTERVAL);
    aann_status status = aann_informed_begin(search, error);
    if (status != AANN_OK) {
        return status;
    }
    const uint64_t next = smaller(smaller(next_arrange, next_adapt), aann_informed_end(search));
    const uint64_t limit = smaller(end, next) - search->step;
    status =
        aann_search_run_batch(search, (int32_t)smaller(limit, (uint64_t)batch_size(search)), error);
    if (status == AANN_OK && search->step == next_adapt) {
        aann_layers_adapt(search);
        aann_informed_adapt(search);
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
        .temperature = aann_search_temperature(search, search->step),
        .train_loss = aann_search_mean_loss(search),
        .samples = search->samples,
        .bytes = search->objective.bytes(search->objective.context),
    };
    for (int32_t i = 0; i < search->spec.layer_count; i++) {
        progress->layer_share[i] = search->layers[i].share;
        progress->layer_candidates[i] = search->layers[i].candidates;
        progress->layer_accepted[i] = search->layers[i].accepted;
    }
}

void aann_search_account_get(const aann_search *search, aann_search_account *account)
{
    *account = (aann_search_account){.together = search->evaluated_together,
                                     .alone = search->evaluated_alone,
                                     .scanned = search->scanned};
    if (search->objective.account != NULL) {
        const aann_engine_account engine = search->objective.account(search->objective.context);
        account->replayed = engine.replayed;
        account->renewed = engine.renewed;
        account->ranked = engine.ranked;
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
    return aann_search_count_correct(search);
}
