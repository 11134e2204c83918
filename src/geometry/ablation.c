/* Changes of networks as values: made to copies, and measured. */
#include "aann/ablation.h"

#include <inttypes.h>
#include <stdlib.h>

#include "core/error.h"
#include "core/memory.h"

aann_ablation aann_ablation_default(void)
{
    return (aann_ablation){.layer = AANN_EVERY_LAYER, .seed = 1};
}

aann_ablation_options aann_ablation_options_default(void)
{
    return (aann_ablation_options){.scale = 1.0, .threads = 1};
}

static aann_status check_layer(const aann_network *network, int32_t layer, aann_error *error)
{
    const int32_t count = aann_network_spec(network)->layer_count;
    if (layer == AANN_EVERY_LAYER || (layer >= 0 && layer < count)) {
        return AANN_OK;
    }
    return aann_fail(error, AANN_ERROR_ARGUMENT, "layer %d: expected 0 to %d", layer, count - 1);
}

aann_status aann_ablation_apply(const aann_network *network, const aann_ablation *ablation,
                                aann_network **changed, int64_t *deleted, aann_error *error)
{
    const aann_ablation *a = ablation;
    *changed = NULL;
    if (deleted != NULL) {
        *deleted = 0;
    }
    if (a->kind == AANN_ABLATION_SHARED_WEIGHT) {
        return aann_shared_weight_apply(network, a->amount, a->keep_signs, changed, error);
    }
    aann_network *copy = NULL;
    aann_status status = check_layer(network, a->layer, error);
    if (status == AANN_OK) {
        status = aann_network_copy(network, &copy, error);
    }
    if (status == AANN_OK && a->kind == AANN_ABLATION_LESION) {
        status = aann_lesion_apply(copy, a->layer, a->amount, a->seed, a->draw, deleted, error);
    } else if (status == AANN_OK && a->kind == AANN_ABLATION_SHUFFLE) {
        aann_network_shuffle(copy, a->layer, a->seed, a->draw);
    }
    if (status != AANN_OK) {
        aann_network_destroy(copy);
        return status;
    }
    *changed = copy;
    return AANN_OK;
}

/* ---- measuring ------------------------------------------------------------------------------- */

typedef struct measuring {
    const aann_samples *samples;
    const aann_ablation_options *options;
    aann_evaluator *evaluator; /* of the network's own spec */
    int32_t *logits;           /* [samples->count][outputs] */
} measuring;

static aann_status score(const measuring *m, aann_evaluator *evaluator, const aann_network *network,
                         aann_score *score, aann_error *error)
{
    aann_status status = aann_evaluator_set_network(evaluator, network, error);
    if (status == AANN_OK) {
        status =
            aann_evaluator_logits(evaluator, m->samples, 0, m->samples->count, m->logits, error);
    }
    return status == AANN_OK
               ? aann_logits_score(m->samples, m->logits, aann_network_spec(network)->output_count,
                                   m->options->scale, m->options->target_weights, score, error)
               : status;
}

static aann_status measure(const measuring *m, const aann_network *network,
                           const aann_ablation *ablation, aann_ablation_result *result,
                           aann_error *error)
{
    aann_network *changed = NULL;
    aann_evaluator *another = NULL; /* the size of a shared weight is a shift: another spec */
    aann_status status = aann_ablation_apply(network, ablation, &changed, &result->deleted, error);
    if (status == AANN_OK && ablation->kind == AANN_ABLATION_SHARED_WEIGHT) {
        status = aann_evaluator_create_empty(aann_network_spec(changed), m->options->threads,
                                             m->options->isa, &another, error);
    }
    if (status == AANN_OK) {
        status = score(m, another != NULL ? another : m->evaluator, changed, &result->score, error);
    }
    aann_evaluator_destroy(another);
    aann_network_destroy(changed);
    return status;
}

aann_status aann_ablation_measure(const aann_network *network, const aann_ablation *ablations,
                                  int64_t count, const aann_samples *samples,
                                  const aann_ablation_options *options,
                                  aann_ablation_result *results, aann_error *error)
{
    const aann_spec *spec = aann_network_spec(network);
    measuring m = {.samples = samples, .options = options};
    size_t cells = 0;
    if (aann_multiply_sizes((size_t)samples->count, (size_t)spec->output_count, &cells)) {
        m.logits = aann_allocate(cells, sizeof *m.logits);
    }
    aann_status status =
        m.logits == NULL
            ? aann_fail(error, AANN_ERROR_MEMORY, "out of memory for the outputs of a network")
            : aann_evaluator_create_empty(spec, options->threads, options->isa, &m.evaluator,
                                          error);
    for (int64_t i = 0; status == AANN_OK && i < count; i++) {
        status = options->interrupted != NULL && options->interrupted(options->context)
                     ? aann_fail(error, AANN_INTERRUPTED, "stopped after %" PRId64 " changes", i)
                     : measure(&m, network, &ablations[i], &results[i], error);
    }
    aann_evaluator_destroy(m.evaluator);
    free(m.logits);
    return status;
}
