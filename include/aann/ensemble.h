/* Ensembles: members that answer together.
 *
 * An ensemble is a prefix of an order of members, so one pass gives the accuracy at every size. The
 * order is random, or chosen greedily on one split and then judged on another.
 *
 * Thread safety: nothing is kept between calls, so they may run at the same time. Errors: argument,
 * memory. */
#ifndef AANN_ENSEMBLE_H
#define AANN_ENSEMBLE_H

#include <stdint.h>

#include "aann/geometry.h"
#include "aann/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum aann_ensemble_method {
    /* the class with the most answers; a tie goes to the largest sum of logits, then to the
     * first */
    AANN_ENSEMBLE_VOTE,

    /* the class with the largest sum of logits; a tie goes to the first */
    AANN_ENSEMBLE_SUM
} aann_ensemble_method;

/* Fills in answers[sample_count], the classes that all members answer together. */
AANN_API aann_status aann_ensemble_answer(const aann_predictions *predictions,
                                          aann_ensemble_method method, int32_t *answers,
                                          aann_error *error);

/* Fills in accuracy[length], of the ensembles of the members order[0], order[0..1], ...,
 * order[0..length-1]; labels are [sample_count]. */
AANN_API aann_status aann_ensemble_grow(const aann_predictions *predictions, const int32_t *labels,
                                        aann_ensemble_method method, const int32_t *order,
                                        int32_t length, double *accuracy, aann_error *error);

/* Fills in order[count], a random order of 0..count-1: a function of (seed, draw). */
AANN_API void aann_ensemble_draw(uint64_t seed, uint64_t draw, int32_t count, int32_t *order);

/* Accuracy at sizes 1..length over random orders: arrays [length] of the caller; any may be NULL.
 * `deviation` is the sample standard deviation, NAN below two draws. */
typedef struct aann_ensemble_spread {
    double *mean;
    double *deviation;
    double *minimum;
    double *maximum;
} aann_ensemble_spread;

/* Fills in the spread of `draws` random orders. */
AANN_API aann_status aann_ensemble_sample(const aann_predictions *predictions,
                                          const int32_t *labels, aann_ensemble_method method,
                                          uint64_t seed, int32_t draws, int32_t length,
                                          const aann_ensemble_spread *spread, aann_error *error);

/* Chooses order[length] greedily: each next member makes the ensemble answer most samples
 * correctly; a tie goes to the member with the most correct answers alone, then to the first.
 * accuracy[length] (may be NULL) is measured on the same samples and therefore too high; measure on
 * others with aann_ensemble_grow. */
AANN_API aann_status aann_ensemble_choose(const aann_predictions *predictions,
                                          const int32_t *labels, aann_ensemble_method method,
                                          int32_t length, int32_t *order, double *accuracy,
                                          aann_error *error);

#ifdef __cplusplus
}
#endif

#endif
