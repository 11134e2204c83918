/* Evaluating networks on samples: logits, accuracy, loss, confusion.
 *
 *     aann_evaluator *evaluator = NULL;
 *     if (aann_evaluator_create(network, 1, NULL, &evaluator, &error) == AANN_OK) {
 *         aann_evaluator_logits(evaluator, samples, 0, samples->count, logits, &error);
 *     }
 *     aann_evaluator_destroy(evaluator);
 *
 * Thread safety: one thread uses an evaluator at a time; different evaluators are independent. */
#ifndef AANN_EVALUATE_H
#define AANN_EVALUATE_H

#include <stdint.h>

#include "aann/network.h"
#include "aann/samples.h"
#include "aann/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A network prepared for fast evaluation on many samples: the same integers as the reference
 * evaluation, about a thousand times as fast. It keeps a copy of the network; later changes of the
 * original have no effect. */
typedef struct aann_evaluator aann_evaluator;

/* `isa` selects an instruction set ("baseline", "avx2", "avx512", "neon"); NULL: the best of this
 * machine. `threads` is the number of threads that each call uses. Free with
 * aann_evaluator_destroy. Errors: argument (threads, isa), memory. */
AANN_API aann_status aann_evaluator_create(const aann_network *network, int32_t threads,
                                           const char *isa, aann_evaluator **evaluator,
                                           aann_error *error);

/* An evaluator without a network, for networks of this spec. Call aann_evaluator_set_network before
 * the first evaluation, which otherwise fails (AANN_ERROR_ARGUMENT). */
AANN_API aann_status aann_evaluator_create_empty(const aann_spec *spec, int32_t threads,
                                                 const char *isa, aann_evaluator **evaluator,
                                                 aann_error *error);

/* NULL is allowed. */
AANN_API void aann_evaluator_destroy(aann_evaluator *evaluator);

/* Replaces the network by a copy of this one. This is the fast way to evaluate many networks, since
 * memory and tables are reused. The layers must be those of the evaluator's spec
 * (AANN_ERROR_ARGUMENT); the counts may differ, as those of a lesioned network do. */
AANN_API aann_status aann_evaluator_set_network(aann_evaluator *evaluator,
                                                const aann_network *network, aann_error *error);

/* Fills in logits int32 [count][output_count] of samples first..first+count-1. The first call after
 * a change of the network prepares its lists. */
AANN_API aann_status aann_evaluator_logits(aann_evaluator *evaluator, const aann_samples *samples,
                                           int64_t first, int64_t count, int32_t *logits,
                                           aann_error *error);

/* The same for inputs int8 [count][channels][height][width] without an aann_samples. */
AANN_API aann_status aann_evaluator_run(aann_evaluator *evaluator, const int8_t *inputs,
                                        int64_t count, int32_t *logits, aann_error *error);

/* The outputs of hidden layer `layer` (0..layer_count-2; after pooling and HardTanh) for the same
 * samples: activations int8 [count][output size of the layer]. */
AANN_API aann_status aann_evaluator_activations(aann_evaluator *evaluator,
                                                const aann_samples *samples, int64_t first,
                                                int64_t count, int32_t layer, int8_t *activations,
                                                aann_error *error);

/* How well outputs fit labels or targets. */
typedef struct aann_score {
    int64_t count;

    /* samples whose first largest logit is that of the label; 0 for regression */
    int64_t correct;

    /* correct / count; NAN for regression */
    double accuracy;

    /* mean cross-entropy of logits / (127 scale), or mean weighted squared error of
     * HardTanh(logit / (127 scale)) */
    double loss;
} aann_score;

/* The logit that stands for an output of 1 in regression: 127 * output_scale, rounded. An output is
 * max(-1, min(1, logit / full)), where `full` is this number. */
AANN_API int32_t aann_logits_full_scale(double output_scale);

/* Scores logits [samples->count][output_count]. `scale` is loss_scale of aann_search_options, or
 * for regression output_scale. target_weights [output_count], of which 0 means 1, may be NULL (all
 * 1). Samples without labels and targets are AANN_ERROR_ARGUMENT. */
AANN_API aann_status aann_logits_score(const aann_samples *samples, const int32_t *logits,
                                       int32_t output_count, double scale,
                                       const double *target_weights, aann_score *score,
                                       aann_error *error);

/* The outputs of a regression that logits[count] stand for: outputs[count], from -1 to 1. */
AANN_API void aann_logits_outputs(const int32_t *logits, int64_t count, double output_scale,
                                  double *outputs);

/* How well one output of a regression fits its target. */
typedef struct aann_fit {
    /* root mean square and mean absolute error, in units of the target */
    double rmse;
    double mae;

    /* 1 - squared error / squared deviation of these targets from their mean; NAN if all are
     * equal */
    double r2;
} aann_fit;

/* Fits outputs[samples->count][output_count] to the targets, which are outputs too: fills in
 * fits[output_count]. An output of 1 is scale[output] in the user's units; NULL: 1. Samples without
 * so many targets are AANN_ERROR_ARGUMENT. */
AANN_API aann_status aann_outputs_fit(const aann_samples *samples, const double *outputs,
                                      int32_t output_count, const double *scale, aann_fit *fits,
                                      aann_error *error);

/* Fills in confusion[label][prediction], int64 [class_count][class_count], from logits
 * [count][class_count]. */
AANN_API void aann_logits_confusion(const aann_samples *samples, const int32_t *logits,
                                    int32_t class_count, int64_t *confusion);

/* The index of the first largest of outputs[count]: the class that the network answers. */
AANN_API int32_t aann_logits_answer(const int32_t *outputs, int32_t count);

#ifdef __cplusplus
}
#endif

#endif
