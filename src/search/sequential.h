/* The sequential test: is this candidate worse than its threshold, judging from the blocks seen so
 * far? */
#ifndef AANN_SEARCH_SEQUENTIAL_H
#define AANN_SEARCH_SEQUENTIAL_H

#include <stdbool.h>
#include <stdint.h>

#include "search/objective.h"

/* The order in which blocks are evaluated and when to test, fixed from one arrangement to the
 * next. */
typedef struct aann_plan {
    int32_t stratum_count;
    aann_stratum strata[AANN_MAX_STRATA];
    int64_t block_count;
    int64_t *blocks;  /* [block_count]: the order */
    int8_t *stratum;  /* [block_count]: of the block at this place of the order */
    int32_t *samples; /* [block_count]: in it */
    int32_t check_count;
    int64_t checks[128]; /* tests after this many blocks; the last is block_count */
} aann_plan;

/* What is known of one candidate. */
typedef struct aann_evidence {
    int64_t blocks; /* seen, in the plan's order */
    int64_t samples[AANN_MAX_STRATA];
    int64_t sum[AANN_MAX_STRATA];    /* of loss changes, in AANN_LOSS_UNIT */
    double squares[AANN_MAX_STRATA]; /* of loss changes */
} aann_evidence;

/* Plans for the objective's present strata: blocks are taken from the strata in turn, so that each
 * has the same say until it is used up. `first_check` blocks before the first test, then half as
 * many again each time. Memory is reused from call to call; free with aann_plan_clear. */
aann_status aann_plan_make(const aann_search_objective *objective, int32_t first_check,
                           aann_plan *plan, aann_error *error);
void aann_plan_clear(aann_plan *plan);

/* Adds the result on the next block of the plan. */
void aann_evidence_add(const aann_plan *plan, const aann_block_change *change,
                       aann_evidence *evidence);

/* True if the mean loss change, estimated from what was seen, is above the threshold by more than z
 * standard errors. */
bool aann_evidence_rejects(const aann_plan *plan, const aann_evidence *evidence, double threshold,
                           double z);

/* The mean loss change as far as it can be told from what was seen. */
double aann_evidence_estimate(const aann_plan *plan, const aann_evidence *evidence);

/* The exact mean loss change, once all blocks were seen. */
double aann_evidence_mean(const aann_plan *plan, const aann_evidence *evidence);

#endif
