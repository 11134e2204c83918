/* The sequential test on a stratified sample.
 *
 * Late in a search, nearly all of the loss, and of what a candidate changes, is in a few percent of
 * the samples. The objective therefore groups its blocks by the samples' loss into strata that
 * contribute about equally to the uncertainty, and the test takes blocks from the strata in turn.
 * With n_s of a stratum's N_s samples seen, of mean m_s and variance v_s, the estimate and its
 * variance are (Cochran, Sampling Techniques, chapter 5)
 *     mean = sum_s N_s/N m_s,   variance = sum_s (N_s/N)^2 v_s/n_s (1 - n_s/N_s).
 * The hard strata are small and soon seen completely; they then contribute no variance.
 *
 * If the blocks are a working set, N_s stays the population that a stratum stands for, and the last
 * factor becomes 1 - n_s / (samples of the stratum in the working set): the test predicts what the
 * whole working set will say. */
#include "search/sequential.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"

/* A candidate is not accepted earlier: if none of a few blocks changes much, the spread says too
 * little about the others. */
enum { MINIMUM_BLOCKS = 24 };

static void plan_checks(int32_t first_check, aann_plan *plan)
{
    const int32_t room = (int32_t)(sizeof plan->checks / sizeof plan->checks[0]);
    int64_t next = first_check > plan->stratum_count ? first_check : plan->stratum_count;
    plan->check_count = 0;
    while (next < plan->block_count && plan->check_count + 1 < room) {
        plan->checks[plan->check_count++] = next;
        next += (next + 1) / 2;
    }
    plan->checks[plan->check_count++] = plan->block_count;
}

aann_status aann_plan_make(const aann_search_objective *objective, int32_t first_check,
                           aann_plan *plan, aann_error *error)
{
    plan->stratum_count = objective->strata(objective->context, plan->strata);
    plan->exact = true;
    int64_t count = 0;
    int64_t next[AANN_MAX_STRATA];
    for (int32_t s = 0; s < plan->stratum_count; s++) {
        next[s] = plan->strata[s].first_block;
        plan->exact = plan->exact && plan->strata[s].samples == plan->strata[s].population;
        count += plan->strata[s].end_block - plan->strata[s].first_block;
    }
    if (count != plan->block_count) {
        aann_plan_clear(plan);
        plan->blocks = aann_allocate((size_t)count, sizeof *plan->blocks);
        plan->stratum = aann_allocate((size_t)count, sizeof *plan->stratum);
        plan->samples = aann_allocate((size_t)count, sizeof *plan->samples);
        if (plan->blocks == NULL || plan->stratum == NULL || plan->samples == NULL) {
            aann_plan_clear(plan);
            return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for %lld blocks",
                             (long long)count);
        }
        plan->block_count = count;
    }
    for (int64_t place = 0; place < count;) {
        for (int32_t s = 0; s < plan->stratum_count; s++) {
            if (next[s] == plan->strata[s].end_block) {
                continue;
            }
            plan->blocks[place] = next[s];
            plan->stratum[place] = (int8_t)s;
            plan->samples[place] = objective->block_samples(objective->context, next[s]);
            next[s]++;
            place++;
        }
    }
    plan_checks(first_check, plan);
    return AANN_OK;
}

void aann_plan_clear(aann_plan *plan)
{
    free(plan->blocks);
    free(plan->stratum);
    free(plan->samples);
    plan->blocks = NULL;
    plan->stratum = NULL;
    plan->samples = NULL;
    plan->block_count = 0;
}

void aann_evidence_add(const aann_plan *plan, const aann_block_change *change,
                       aann_evidence *evidence)
{
    const int32_t s = plan->stratum[evidence->blocks];
    evidence->samples[s] += plan->samples[evidence->blocks];
    evidence->sum[s] += change->sum;
    evidence->squares[s] += (double)change->squares;
    evidence->blocks++;
}

/* An estimate of the sum of the loss changes over the population, and its standard error. */
typedef struct estimate {
    double sum;
    double error;
    double population;
} estimate;

static estimate estimate_change(const aann_plan *plan, const aann_evidence *evidence)
{
    estimate result = {0};
    double variance = 0.0;
    for (int32_t s = 0; s < plan->stratum_count; s++) {
        const double all = (double)plan->strata[s].population;
        result.population += all;
        if (evidence->samples[s] == 0) {
            continue;
        }
        const double working = (double)plan->strata[s].samples;
        const double seen = (double)evidence->samples[s];
        const double mean = (double)evidence->sum[s] / (seen * AANN_LOSS_UNIT);
        const double spread = evidence->squares[s] / seen - mean * mean;
        result.sum += all * mean;
        variance += all * (all / working) * (working - seen) * (spread > 0.0 ? spread : 0.0) /
                    (seen > 1.0 ? seen - 1.0 : 1.0);
    }
    result.error = sqrt(variance);
    return result;
}

bool aann_evidence_rejects(const aann_plan *plan, const aann_evidence *evidence, double threshold,
                           double z)
{
    const estimate found = estimate_change(plan, evidence);
    return found.sum - z * found.error > threshold * found.population;
}

bool aann_evidence_accepts(const aann_plan *plan, const aann_evidence *evidence, double threshold,
                           double z)
{
    if (evidence->blocks < MINIMUM_BLOCKS) {
        return false;
    }
    const estimate found = estimate_change(plan, evidence);
    return found.sum + z * found.error <= threshold * found.population;
}

double aann_evidence_estimate(const aann_plan *plan, const aann_evidence *evidence)
{
    double total = 0.0;
    double sum = 0.0;
    for (int32_t s = 0; s < plan->stratum_count; s++) {
        const double all = (double)plan->strata[s].population;
        total += all;
        if (evidence->samples[s] > 0) {
            sum += all * (double)evidence->sum[s] / (double)evidence->samples[s];
        }
    }
    return sum / (total * AANN_LOSS_UNIT);
}

double aann_evidence_mean(const aann_plan *plan, const aann_evidence *evidence)
{
    if (!plan->exact || evidence->blocks < plan->block_count) {
        return aann_evidence_estimate(plan, evidence);
    }
    int64_t sum = 0;
    int64_t samples = 0;
    for (int32_t s = 0; s < plan->stratum_count; s++) {
        sum += evidence->sum[s];
        samples += evidence->samples[s];
    }
    return (double)sum / ((double)samples * AANN_LOSS_UNIT);
}
