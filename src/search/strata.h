/* Strata: ranked samples (or cases), cut into groups that contribute about equally to what a
 * candidate changes; see sequential.c. */
#ifndef AANN_SEARCH_STRATA_H
#define AANN_SEARCH_STRATA_H

#include "core/philox.h"
#include "search/objective.h"

/* The sensitivity of a sample to a candidate, from its loss above the lowest possible one, in units
 * of a usual loss: nearly 0 for no loss, at most 1. */
double aann_strata_sensitivity(double loss);

/* The sensitivity of the sample at this rank. */
typedef double (*aann_rank_sensitivity)(const void *context, int64_t rank);

/* Cuts ranks 0..count-1 into at most `wanted` strata of about equal sensitivity and of whole blocks
 * of block_size (the very last may be partly filled); returns their number. */
int32_t aann_strata_cut(aann_rank_sensitivity sensitivity, const void *context, int64_t count,
                        int64_t block_size, int32_t wanted, aann_stratum strata[AANN_MAX_STRATA]);

/* Puts order[count] into the member's random order; `number` selects one of several orders. */
void aann_strata_shuffle(aann_random_key key, uint64_t number, int32_t *order, int64_t count);

/* Shuffles the samples within each stratum, anew in each epoch. */
void aann_strata_shuffle_each(aann_random_key key, uint64_t epoch, const aann_stratum *strata,
                              int32_t stratum_count, int64_t block_size, int32_t *order);

#endif
