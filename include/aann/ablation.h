/* Ablations: a list of changes of a network, each applied to a copy and measured.
 *
 *     aann_ablation changes[2] = {aann_ablation_default(), aann_ablation_default()};
 *     changes[0].kind = AANN_ABLATION_LESION;
 *     changes[0].amount = 20.0; // percent of the synapses
 *     changes[1].kind = AANN_ABLATION_SHUFFLE;
 *     aann_ablation_options options = aann_ablation_options_default();
 *     options.scale = plan.search.loss_scale;
 *     aann_ablation_result results[2];
 *     aann_ablation_measure(network, changes, 2, samples, &options, results, &error);
 *
 * Deterministic on any number of threads. Thread safety: any number of calls may run at the same
 * time, also on one network. */
#ifndef AANN_ABLATION_H
#define AANN_ABLATION_H

#include <stdbool.h>
#include <stdint.h>

#include "aann/evaluate.h"
#include "aann/lesion.h"
#include "aann/network.h"
#include "aann/samples.h"
#include "aann/status.h"
#include "aann/visibility.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum aann_ablation_kind {
    AANN_ABLATION_NONE,         /* the network as it is */
    AANN_ABLATION_SHUFFLE,      /* aann_network_shuffle */
    AANN_ABLATION_LESION,       /* aann_lesion_apply */
    AANN_ABLATION_SHARED_WEIGHT /* aann_shared_weight_apply */
} aann_ablation_kind;

/* Always start from aann_ablation_default(). */
typedef struct aann_ablation {
    aann_ablation_kind kind;

    /* of a shuffle or a lesion: a layer, or AANN_EVERY_LAYER (the default) */
    int32_t layer;

    /* lesion: percent of the synapses; shared weight: its value */
    double amount;

    /* shared weight: see aann_shared_weight_apply */
    bool keep_signs;

    /* selects the random lesion or shuffle (1, 0) */
    uint64_t seed;
    uint64_t draw;
} aann_ablation;

AANN_API aann_ablation aann_ablation_default(void);

/* Makes a changed copy of the network; free it with aann_network_destroy. With a shared weight the
 * copy has another spec. *deleted (may be NULL) is the number of weights that a lesion set to 0.
 * Errors: argument (no such layer, percentage or weight), memory. */
AANN_API aann_status aann_ablation_apply(const aann_network *network, const aann_ablation *ablation,
                                         aann_network **changed, int64_t *deleted,
                                         aann_error *error);

typedef struct aann_ablation_result {
    int64_t deleted;
    aann_score score;
} aann_ablation_result;

/* Always start from aann_ablation_options_default(). */
typedef struct aann_ablation_options {
    /* as in aann_logits_score; the weights may be NULL */
    double scale;
    const double *target_weights;

    /* never changes the result (1) */
    int32_t threads;

    /* instruction set; NULL: the best of this machine */
    const char *isa;

    /* called before each change: true ends the call with AANN_INTERRUPTED; NULL: never */
    bool (*interrupted)(void *context);
    void *context;
} aann_ablation_options;

AANN_API aann_ablation_options aann_ablation_options_default(void);

/* Fills in results[count]: the scores after each of ablations[count], each applied to a copy of the
 * network, on samples with labels or targets. */
AANN_API aann_status aann_ablation_measure(const aann_network *network,
                                           const aann_ablation *ablations, int64_t count,
                                           const aann_samples *samples,
                                           const aann_ablation_options *options,
                                           aann_ablation_result *results, aann_error *error);

#ifdef __cplusplus
}
#endif

#endif
