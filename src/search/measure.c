/* How good the current network is on the samples in use.
 *
 * If they are all loaded, exactly. Of a working set the first blocks of the plan are measured, on
 * which candidates have just been compared, and each stratum stands for its population: enough for
 * a curve, and cheap enough to look at any time. */
#include "search/search.h"

enum { REPORTED_BLOCKS = 64 };

static int64_t reported_blocks(const aann_search *search)
{
    const int64_t all = search->plan.block_count;
    return search->plan.exact || all < REPORTED_BLOCKS ? all : REPORTED_BLOCKS;
}

static void bring_up(const aann_search *search, int64_t count)
{
    if (search->objective.ready != NULL) {
        search->objective.ready(search->objective.context, search->plan.blocks, count, true);
    }
}

/* Mean over the population of what `seen` samples of each stratum have a `sum` of. */
static double stratified_mean(const aann_plan *plan, const double *sum, const int64_t *seen)
{
    double total = 0.0;
    double population = 0.0;
    for (int32_t s = 0; s < plan->stratum_count; s++) {
        const double all = (double)plan->strata[s].population;
        population += all;
        total += seen[s] > 0 ? all * sum[s] / (double)seen[s] : 0.0;
    }
    return total / population;
}

static int64_t sum_losses(const aann_search *search)
{
    int64_t total = 0;
    bring_up(search, search->plan.block_count);
    for (int64_t block = 0; block < search->plan.block_count; block++) {
        total += search->objective.block_loss(search->objective.context, block);
    }
    return total;
}

int64_t aann_search_total_loss(aann_search *search)
{
    if (!search->loss_known) {
        search->total_loss = sum_losses(search);
        search->loss_known = true;
    }
    return search->total_loss;
}

double aann_search_mean_loss(const aann_search *search)
{
    const aann_plan *plan = &search->plan;
    if (search->disarranged) {
        return search->kept_loss;
    }
    if (plan->exact) {
        const int64_t total = search->loss_known ? search->total_loss : sum_losses(search);
        return (double)total / ((double)search->samples * AANN_LOSS_UNIT);
    }
    double sum[AANN_MAX_STRATA] = {0};
    int64_t seen[AANN_MAX_STRATA] = {0};
    const int64_t count = reported_blocks(search);
    bring_up(search, count);
    for (int64_t place = 0; place < count; place++) {
        const int32_t s = plan->stratum[place];
        sum[s] +=
            (double)search->objective.block_loss(search->objective.context, plan->blocks[place]);
        seen[s] += plan->samples[place];
    }
    return stratified_mean(plan, sum, seen) / AANN_LOSS_UNIT;
}

int64_t aann_search_count_correct(const aann_search *search)
{
    const aann_plan *plan = &search->plan;
    if (search->disarranged) {
        return search->kept_correct;
    }
    if (search->objective.block_correct == NULL) {
        return 0;
    }
    double sum[AANN_MAX_STRATA] = {0};
    int64_t seen[AANN_MAX_STRATA] = {0};
    int64_t total = 0;
    const int64_t count = reported_blocks(search);
    bring_up(search, count);
    for (int64_t place = 0; place < count; place++) {
        const int32_t s = plan->stratum[place];
        const int32_t correct =
            search->objective.block_correct(search->objective.context, plan->blocks[place]);
        total += correct;
        sum[s] += correct;
        seen[s] += plan->samples[place];
    }
    return plan->exact ? total
                       : (int64_t)(stratified_mean(plan, sum, seen) * (double)search->samples);
}
