/* Scoring networks on the splits of a family's data. */
#include "family/score.h"

#include <math.h>
#include <stdlib.h>

#include "core/error.h"
#include "core/memory.h"

static int64_t larger(int64_t most, const aann_samples *samples)
{
    return samples != NULL && samples->count > most ? samples->count : most;
}

aann_status aann_scorer_create(const aann_spec *spec, const aann_family_data *data, bool with_train,
                               const aann_search_options *options, int32_t threads, const char *isa,
                               aann_scorer *scorer, aann_error *error)
{
    *scorer = (aann_scorer){.options = options, .outputs = spec->output_count};
    int64_t most = larger(0, aann_family_data_validation(data));
    most = larger(most, aann_family_data_test(data));
    most = with_train ? larger(most, aann_family_data_train(data)) : most;
    size_t values = 0;
    if (aann_multiply_sizes((size_t)most, (size_t)spec->output_count, &values)) {
        scorer->logits = aann_allocate(values, sizeof *scorer->logits);
    }
    if (scorer->logits == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for the outputs of a member");
    }
    return aann_evaluator_create_empty(spec, threads, isa, &scorer->evaluator, error);
}

void aann_scorer_clear(aann_scorer *scorer)
{
    aann_evaluator_destroy(scorer->evaluator);
    free(scorer->logits);
    *scorer = (aann_scorer){0};
}

aann_status aann_scorer_score(aann_scorer *scorer, const aann_network *network,
                              const aann_samples *samples, double *loss, double *accuracy,
                              aann_error *error)
{
    *loss = NAN;
    *accuracy = NAN;
    if (samples == NULL) {
        return AANN_OK;
    }
    aann_status status = aann_evaluator_set_network(scorer->evaluator, network, error);
    if (status == AANN_OK) {
        status = aann_evaluator_logits(scorer->evaluator, samples, 0, samples->count,
                                       scorer->logits, error);
    }
    aann_score scored;
    if (status == AANN_OK) {
        const aann_search_options *options = scorer->options;
        status =
            aann_logits_score(samples, scorer->logits, scorer->outputs,
                              options->regression ? options->output_scale : options->loss_scale,
                              options->target_weight, &scored, error);
    }
    if (status == AANN_OK) {
        *loss = scored.loss;
        *accuracy = scored.accuracy;
    }
    return status;
}
