/* Predictions for measured values: encoded as the training data were, evaluated, and converted to
 * the user's units. */
#include <math.h>
#include <stdlib.h>

#include "core/error.h"
#include "core/memory.h"
#include "model/model.h"
#include "samples/dataset.h"

void aann_model_interpret(const aann_model *model, const int32_t *logits, int64_t count,
                          int32_t *answers, double *outputs)
{
    const aann_model_description *d = &model->description;
    const int32_t output_count = aann_network_spec(model->network)->output_count;
    const double full = d->regression ? aann_logits_full_scale(d->output_scale) : 0.0;
    for (int64_t i = 0; i < count; i++, logits += output_count) {
        if (answers != NULL) {
            answers[i] = d->regression ? 0 : aann_logits_answer(logits, output_count);
        }
        for (int32_t o = 0; outputs != NULL && o < output_count; o++) {
            double value = (double)logits[o] / (double)AANN_ACTIVATION_MAX;
            if (d->regression) {
                value = fmax(-1.0, fmin(1.0, logits[o] / full));
                value =
                    d->target_mean != NULL ? d->target_mean[o] + d->target_scale[o] * value : value;
            }
            *outputs++ = value;
        }
    }
}

static aann_status evaluate(aann_model *model, const aann_samples *samples, int32_t *logits,
                            int32_t *answers, double *outputs, aann_error *error)
{
    const size_t output_count = (size_t)aann_network_spec(model->network)->output_count;
    int32_t *own = NULL;
    aann_status status = AANN_OK;
    if (model->evaluator == NULL) {
        status = aann_evaluator_create(model->network, 1, NULL, &model->evaluator, error);
    }
    if (status == AANN_OK && logits == NULL) {
        size_t values = 0;
        if (aann_multiply_sizes((size_t)samples->count, output_count, &values)) {
            own = aann_allocate(values, sizeof *own);
        }
        logits = own;
        if (own == NULL) {
            status = aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a prediction");
        }
    }
    if (status == AANN_OK) {
        status = aann_evaluator_logits(model->evaluator, samples, 0, samples->count, logits, error);
    }
    if (status == AANN_OK) {
        aann_model_interpret(model, logits, samples->count, answers, outputs);
    }
    free(own);
    return status;
}

/* `values` is a data set that borrows the caller's arrays. */
static aann_status predict(aann_model *model, const aann_dataset *values, int32_t *logits,
                           int32_t *answers, double *outputs, aann_error *error)
{
    if (model->description.encoding == NULL) {
        return aann_fail(
            error, AANN_ERROR_ARGUMENT,
            "the model has no encoding: evaluate encoded inputs with aann_evaluator_run");
    }
    if (values->count < 0 || values->count > INT32_MAX) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "%lld samples: expected 0 to %d",
                         (long long)values->count, INT32_MAX);
    }
    if (values->count > 0 && values->bytes == NULL && values->floats == NULL &&
        values->table == NULL) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "there are no values (NULL) of %lld samples",
                         (long long)values->count);
    }
    aann_samples *samples = NULL;
    aann_status status =
        aann_dataset_encode(values, model->description.encoding, 0, values->count, &samples, error);
    if (status == AANN_OK) {
        status = evaluate(model, samples, logits, answers, outputs, error);
    }
    aann_samples_destroy(samples);
    return status;
}

static aann_shape measured_shape(const aann_model *model)
{
    const aann_shape input = aann_network_spec(model->network)->input;
    const aann_encoding *encoding = model->description.encoding;
    return encoding != NULL ? aann_encoding_measured_shape(encoding, input) : input;
}

aann_status aann_model_predict(aann_model *model, const float *values, int64_t count,
                               int32_t *logits, int32_t *answers, double *outputs,
                               aann_error *error)
{
    const aann_dataset dataset = {
        .shape = measured_shape(model), .count = count, .floats = (float *)(uintptr_t)values};
    return predict(model, &dataset, logits, answers, outputs, error);
}

aann_status aann_model_predict_doubles(aann_model *model, const double *values, int64_t count,
                                       int32_t *logits, int32_t *answers, double *outputs,
                                       aann_error *error)
{
    const aann_dataset dataset = {
        .shape = measured_shape(model), .count = count, .table = (double *)(uintptr_t)values};
    return predict(model, &dataset, logits, answers, outputs, error);
}

aann_status aann_model_predict_bytes(aann_model *model, const uint8_t *values, int64_t count,
                                     int32_t *logits, int32_t *answers, double *outputs,
                                     aann_error *error)
{
    const aann_dataset dataset = {
        .shape = measured_shape(model), .count = count, .bytes = (uint8_t *)(uintptr_t)values};
    return predict(model, &dataset, logits, answers, outputs, error);
}
