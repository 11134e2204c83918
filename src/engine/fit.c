/* How well outputs fit the targets of a regression. */
#include <math.h>
#include <stdbool.h>

#include "aann/evaluate.h"
#include "core/error.h"

void aann_logits_outputs(const int32_t *logits, int64_t count, double output_scale, double *outputs)
{
    const double full = aann_logits_full_scale(output_scale);
    for (int64_t i = 0; i < count; i++) {
        outputs[i] = fmax(-1.0, fmin(1.0, logits[i] / full));
    }
}

/* An error of 1 is `scale` in the user's units, which may fall while the output rises. */
static aann_fit fit_output(const aann_samples *samples, const double *outputs, int32_t output_count,
                           int32_t output, double scale)
{
    const double unit = fabs(scale);
    double mean = 0.0, squares = 0.0, absolute = 0.0, deviation = 0.0;
    bool varies = false; /* asked: the mean of equal numbers is rounded, and then they seem to */
    const double count = (double)samples->count;
    for (int64_t i = output; i < samples->count * output_count; i += output_count) {
        mean += (double)samples->targets[i] / count;
    }
    for (int64_t i = output; i < samples->count * output_count; i += output_count) {
        const double target = (double)samples->targets[i];
        const double error = outputs[i] - target;
        squares += error * error;
        absolute += fabs(error);
        deviation += (target - mean) * (target - mean);
        varies = varies || samples->targets[i] != samples->targets[output];
    }
    return (aann_fit){.rmse = unit * sqrt(squares / count),
                      .mae = unit * absolute / count,
                      .r2 = varies ? 1.0 - squares / deviation : (double)NAN};
}

aann_status aann_outputs_fit(const aann_samples *samples, const double *outputs,
                             int32_t output_count, const double *scale, aann_fit *fits,
                             aann_error *error)
{
    if (samples->targets == NULL || samples->target_count != output_count || samples->count < 1) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "a fit of %d outputs needs samples with as many targets; these have %d",
                         output_count, samples->targets != NULL ? samples->target_count : 0);
    }
    for (int32_t o = 0; o < output_count; o++) {
        fits[o] = fit_output(samples, outputs, output_count, o, scale != NULL ? scale[o] : 1.0);
    }
    return AANN_OK;
}
