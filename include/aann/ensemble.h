/* Ensembles: many members answering together.
 *
 * An ensemble is a prefix of an order of members, so one pass gives its accuracy at every size.
 * Orders are drawn at random, or chosen greedily on a validation split and then judged on
 * another. */
#ifndef AANN_ENSEMBLE_H
#define AANN_ENSEMBLE_H

#include <stdint.h>

#include "aann/geometry.h"
#include "aann/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum aann_ensemble_method {
    AANN_ENSEMBLE_VOTE, /* most answers; among classes with equally many, the largest sum of logits, then the first */
    AANN_ENSEMBLE_SUM /* largest sum of logits, the first of equal ones */
} aann_ensemble_method;

/* accuracy[length]: of the ensembles of the members order[0], order[0..1], ..., order[0..length-1];
 * labels are [sample_count]. */
AANN_API aann_status aann_ensemble_grow(const aann_predictions *predictions, const int32_t *labels,
                                        aann_ensemble_method method, const int32_t *order,
                                        int32_t length, double *accuracy, aann_error *error);

/* order[count]: a random order of 0..count-1, a function of (seed, draw). */
AANN_API void aann_ensemble_draw(uint64_t seed, uint64_t draw, int32_t count, int32_t *order);

/* Accuracy at sizes 1..length over `draws` random orders: mean[length], deviation[length] (sample
 * standard deviation, NAN below two draws), minimum[length], maximum[length]; any may be NULL. */
typedef struct aann_ensemble_spread {
    double *mean;
    double *deviation;
    double *minimum;
    double *maximum;
} aann_ensemble_spread;

AANN_API aann_status aann_ensemble_sample(const aann_predictions *predictions,
                                          const int32_t *labels, aann_ensemble_method method,
                                          uint64_t seed, int32_t draws, int32_t length,
                                          const aann_ensemble_spread *spread, aann_error *error);

/* order[length]: each next member is the one that makes the ensemble answer most samples correctly;
 * among equals the one with the most correct alone, then the first. accuracy[length] (may be NULL)
 * is that on the samples chosen on, and flatters; measure with aann_ensemble_grow on others. */
AANN_API aann_status aann_ensemble_choose(const aann_predictions *predictions,
                                          const int32_t *labels, aann_ensemble_method method,
                                          int32_t length, int32_t *order, double *accuracy,
                                          aann_error *error);

#ifdef __cplusplus
}
#endif

#endif
