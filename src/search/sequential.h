/* The sequential test: is this candidate worse than its threshold, judging from the blocks seen so
 * far? */
#ifndef AANN_SEARCH_SEQUENTIAL_H
#define AANN_SEARCH_SEQUENTIAL_H

#include <stdbool.h>
#include <stdint.h>

#include "search/objective.h"

/* The order of the blocks and the places of the checks, fixed from one arrangement to the next. */
typedef struct aann_plan {
    int32_t stratum_count;
    aann_stratum strata[AANN_MAX_STRATA];
    int64_t block_count;
    int64_t *blocks;  /* [block_count]: the order */
    int8_t *stratum;  /* [block_count]: of the block at this place of the order */
    int32_t *samples; /* [block_count]: in it */
    int32_t check_count;
    int64_t checks[128]; /* a check after this many blocks; the last is block_count */
    bool exact;          /* the blocks are the whole population */
} aann_plan;

/* The evidence on one candidate so far. */
typedef struct aann_evidence {
    int64_t blocks; /* seen, in the plan's order */
    int64_t samples[AANN_MAX_STRATA];
    int64_t sum[AANN_MAX_STRATA];    /* of loss changes, in AANN_LOSS_UNIT */
    double squares[AANN_MAX_STRATA]; /* of loss changes */
} aann_evidence;

/* Plans for the objective's present strata. Blocks are taken from the strata in turn until a
 * stratum is used up. The first check comes after `first_check` blocks, each further one after half
 * as many blocks again. Memory is reused from call to call; free with aann_plan_clear. */
aann_status aann_plan_make(const aann_search_objective *objective, int32_t first_check,
                           aann_plan *plan, aann_error *error);
void aann_plan_clear(aann_plan *plan);

/* Adds the result on the next block of the plan. */
void aann_evidence_add(const aann_plan *plan, const aann_block_change *change,
                       aann_evidence *evidence);

/* True if the estimated mean loss change is above the threshold by more than z standard errors. */
bool aann_evidence_rejects(const aann_plan *plan, const aann_evidence *evidence, double threshold,
                           double z);

/* True if the estimate is below the threshold by at least z standard errors. */
bool aann_evidence_accepts(const aann_plan *plan, const aann_evidence *evidence, double threshold,
                           double z);

/* The mean loss change, estimated from the blocks seen. */
double aann_evidence_estimate(const aann_plan *plan, const aann_evidence *evidence);

/* The mean loss change: exact after all blocks of an exact plan, else estimated. */
double aann_evidence_mean(const aann_plan *plan, const aann_evidence *evidence);

#endif
