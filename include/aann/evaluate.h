/* Evaluating networks on samples: logits, accuracy, loss, confusion. */
#ifndef AANN_EVALUATE_H
#define AANN_EVALUATE_H

#include <stdint.h>

#include "aann/network.h"
#include "aann/samples.h"
#include "aann/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A network made ready for fast evaluation on many samples: the same integers as the reference
 * evaluator, about a thousand times as fast. It keeps a copy of the network, so later changes of
 * the original do not reach it. */
typedef struct aann_evaluator aann_evaluator;

/* `isa` forces an instruction set ("baseline", "avx2", "avx512", "neon"); NULL: the best there is.
 * `threads` is the number of threads each call uses. Free with aann_evaluator_destroy. Different
 * evaluators may be used at the same time, one evaluator by one thread at a time. */
AANN_API aann_status aann_evaluator_create(const aann_network *network, int32_t threads,
                                           const char *isa, aann_evaluator **evaluator,
                                           aann_error *error);

/* An evaluator for networks of this spec that are still to come: aann_evaluator_set_network before
 * the first evaluation, which fails (AANN_ERROR_ARGUMENT) without. */
AANN_API aann_status aann_evaluator_create_empty(const aann_spec *spec, int32_t threads,
                                                 const char *isa, aann_evaluator **evaluator,
                                                 aann_error *error);
AANN_API void aann_evaluator_destroy(aann_evaluator *evaluator);

/* Evaluates this network from now on: for whoever evaluates many, since memory and tables are kept.
 * Its layers must be those of the evaluator's spec (AANN_ERROR_ARGUMENT), its counts need not be:
 * it may be a lesioned one. */
AANN_API aann_status aann_evaluator_set_network(aann_evaluator *evaluator,
                                                const aann_network *network, aann_error *error);

/* logits int32 [count][output_count] of samples first..first+count-1. The first call prepares the
 * network's lists; later ones neither copy nor compare anything. */
AANN_API aann_status aann_evaluator_logits(aann_evaluator *evaluator, const aann_samples *samples,
                                           int64_t first, int64_t count, int32_t *logits,
                                           aann_error *error);

/* The same for inputs int8 [count][channels][height][width] that lie in no aann_samples. */
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

    /* the first largest logit is the label's; 0 for regression */
    int64_t correct;

    /* correct / count; NAN for regression */
    double accuracy;

    /* mean cross-entropy of logits / (127 scale), or mean weighted squared error of
     * HardTanh(logit / (127 scale)) */
    double loss;
} aann_score;

/* The logit that is an output of 1 in regression: the whole number nearest to 127 * output_scale.
 * An output is max(-1, min(1, logit / full)). */
AANN_API int32_t aann_logits_full_scale(double output_scale);

/* Scores logits [samples->count][output_count]; `scale` is the loss_scale of aann_search_options,
 * or for regression the output_scale. Samples without labels and targets are AANN_ERROR_ARGUMENT.
 * target_weights may be NULL (all 1). */
AANN_API aann_status aann_logits_score(const aann_samples *samples, const int32_t *logits,
                                       int32_t output_count, double scale,
                                       const double *target_weights, aann_score *score,
                                       aann_error *error);

/* confusion[label][prediction], int64 [class_count][class_count], of logits
 * [count][class_count]. */
AANN_API void aann_logits_confusion(const aann_samples *samples, const int32_t *logits,
                                    int32_t class_count, int64_t *confusion);

/* The first largest of outputs[count]: the class a network answers. */
AANN_API int32_t aann_logits_answer(const int32_t *outputs, int32_t count);

#ifdef __cplusplus
}
#endif

#endif
