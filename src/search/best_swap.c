/* The best of several swaps. A path must proceed whatever it costs, so no swap is rejected for its
 * loss. The sample of blocks is the beginning of the sequential test's order, which takes blocks
 * from the strata in turn. */
#include "search/best_swap.h"

#include "core/error.h"
#include "search/search.h"

enum { SAMPLE_BLOCKS = 32 };

/* Moves the `wanted` trials with the smallest key[] to the front of alive[count], in order;
 * stable. */
static void best_first(int32_t *alive, const double *key, int32_t count, int32_t wanted)
{
    for (int32_t place = 0; place < wanted && place < count; place++) {
        int32_t best = place;
        for (int32_t i = place + 1; i < count; i++) {
            const double difference = key[alive[i]] - key[alive[best]];
            best = difference < 0.0 || (difference == 0.0 && alive[i] < alive[best]) ? i : best;
        }
        const int32_t kept = alive[place];
        alive[place] = alive[best];
        alive[best] = kept;
    }
}

static aann_status evaluate(aann_search *search, const int32_t *alive, int32_t count, int64_t first,
                            int64_t end, aann_error *error)
{
    const aann_status status = aann_search_evaluate(search, alive, count, first, end, error);
    if (status == AANN_INTERRUPTED) {
        (void)aann_search_take_stop(search);
    }
    return status;
}

aann_status aann_search_choose(aann_search *search, const aann_swap *swaps, int32_t count,
                               int32_t finalists, int32_t *chosen, aann_error *error)
{
    int32_t alive[AANN_MAX_BATCH];
    double key[AANN_MAX_BATCH];
    if (count < 1 || count > AANN_MAX_BATCH || finalists < 1) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "%d swaps to choose from: expected 1 to %d",
                         count, AANN_MAX_BATCH);
    }
    aann_status status = search->objective.prepare(search->objective.context, swaps, count, error);
    if (status != AANN_OK) {
        return status;
    }
    for (int32_t i = 0; i < count; i++) {
        search->trials[i] = (aann_trial){.swap = swaps[i], .prepared = i};
        alive[i] = i;
    }
    const aann_plan *plan = &search->plan;
    const int64_t sample = plan->block_count < SAMPLE_BLOCKS ? plan->block_count : SAMPLE_BLOCKS;
    status = evaluate(search, alive, count, 0, sample, error);
    if (status != AANN_OK) {
        return status;
    }
    for (int32_t i = 0; i < count; i++) {
        key[i] = aann_evidence_estimate(plan, &search->trials[i].evidence);
    }
    const int32_t left = finalists < count ? finalists : count;
    best_first(alive, key, count, left);
    status = evaluate(search, alive, left, sample, plan->block_count, error);
    if (status != AANN_OK) {
        return status;
    }
    for (int32_t i = 0; i < left; i++) {
        key[alive[i]] = aann_evidence_mean(plan, &search->trials[alive[i]].evidence);
    }
    best_first(alive, key, left, 1);
    *chosen = alive[0];
    search->informed.active = false; /* its odds are of the network before */
    return aann_search_commit(search, &search->trials[alive[0]], error);
}
