/* The search on any objective: a function that returns the losses of candidate networks.
 *
 * If the loss of a network does not come from predictions on samples (a simulation, a game, a
 * device), the same search runs on a callback, which returns the losses of a few candidates on a
 * few cases. A case is a part of the objective with a separate loss: a track, an opponent, an
 * instance of a problem. The search lowers the mean over all cases. The same sequential test as on
 * samples rejects most candidates after some of the cases: options.first_check then counts cases,
 * and options.first_samples is the number of cases in use at the beginning. An objective without
 * parts has one case.
 *
 *     // Loss: the share of weights that differ from a pattern.
 *     static aann_status losses(void *context, const aann_objective_request *request,
 *                               aann_error *error)
 *     {
 *         const int8_t *pattern = context;
 *         (void)error;
 *         for (int32_t i = 0; i < request->count; i++) {
 *             const int8_t *weights = request->weights + i * request->weight_count;
 *             int64_t different = 0;
 *             for (int64_t j = 0; j < request->weight_count; j++) {
 *                 different += weights[j] != pattern[j];
 *             }
 *             request->losses[i] = (double)different / (double)request->weight_count;
 *         }
 *         return AANN_OK;
 *     }
 *
 *     aann_objective objective = aann_objective_default();
 *     objective.losses = losses;
 *     objective.context = pattern;
 *     aann_objective_search_create(&spec, &objective, &options, 0, NULL, &search, &error);
 *     aann_search_run(search, options.steps, NULL, NULL, &error);
 *
 * The result is a function of (spec, options, member) and of the losses; the batch changes only the
 * speed. An objective may return different losses for the same weights and case, but then a search
 * cannot be repeated, and a resumed search ends elsewhere. */
#ifndef AANN_OBJECTIVE_H
#define AANN_OBJECTIVE_H

#include <stdint.h>

#include "aann/network.h"
#include "aann/search.h"
#include "aann/status.h"
#include "aann/visibility.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { AANN_OBJECTIVE_BATCH_LIMIT = 256 };

/* Candidates and cases to evaluate. Everything is owned by the library and valid during the
 * call. */
typedef struct aann_objective_request {
    /* int8 [count][weight_count]: -1, 0 or +1, layer after layer, each [units][fan_in] as in
     * aann_network_weights */
    const int8_t *weights;
    int64_t weight_count;
    int32_t count;

    /* [case_count], each 0 .. objective.case_count - 1 */
    const int64_t *cases;
    int64_t case_count;

    /* [count][case_count], for the callback to fill in: finite numbers whose sum over all cases
     * stays below 2^41 in magnitude. They are rounded to multiples of 2^-20, so scale them such
     * that a difference that matters is far above 0.000001 */
    double *losses;
} aann_objective_request;

/* Called by the thread that creates, resumes or runs the search, never concurrently; it may use
 * threads itself. If it returns another status than AANN_OK, the call into the search returns that
 * status and error. Nothing is lost: the search can be saved and run again. */
typedef aann_status (*aann_objective_losses)(void *context, const aann_objective_request *request,
                                             aann_error *error);

/* Always start from aann_objective_default(). */
typedef struct aann_objective {
    aann_objective_losses losses;

    /* passed to `losses`; borrowed, must outlive the search */
    void *context;

    /* at least 1 */
    int64_t case_count;

    /* maximum of candidates per call, 1 to AANN_OBJECTIVE_BATCH_LIMIT. Choose it large if a call
     * has a high fixed cost (another language, a device), small if a candidate takes long:
     * candidates after an accepted one are drawn and evaluated again. Changes no result */
    int32_t batch;
} aann_objective;

/* One case, 64 candidates per call; the caller sets `losses`. */
AANN_API aann_objective aann_objective_default(void);

/* As aann_search_create and aann_search_resume (aann/search.h), with this objective in place of
 * samples. Every function of aann/search.h works on the result: progress.train_loss is the mean
 * loss, progress.samples is the number of cases in use, aann_search_correct is 0. The method is
 * sense or hill. Options of samples (loss_scale, regression, ...) and `threads` have no effect;
 * copies and jitter are not allowed. Both functions evaluate the first network. Errors: argument
 * (options, objective, a loss that is not finite or too large), memory, and what `losses`
 * returns. */
AANN_API aann_status aann_objective_search_create(const aann_spec *spec,
                                                  const aann_objective *objective,
                                                  const aann_search_options *options,
                                                  uint64_t member, const aann_network *start,
                                                  aann_search **search, aann_error *error);
AANN_API aann_status aann_objective_search_resume(const aann_spec *spec,
                                                  const aann_objective *objective,
                                                  const aann_search_options *options,
                                                  uint64_t member, const aann_search_saved *saved,
                                                  aann_search **search, aann_error *error);

#ifdef __cplusplus
}
#endif

#endif
