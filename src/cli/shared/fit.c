/* The loss of a regression is a mean squared error, divided by the variance of the training targets:
 * good for comparing, but nobody measures in it. (aann_family_rmse turns one back.) */
#include "cli/shared/fit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aann/evaluate.h"
#include "cli/shared/text.h"

static cli_fit fit_output(const aann_samples *samples, const int32_t *logits, int32_t outputs,
                          int32_t output, double full, double scale)
{
    double mean = 0.0, squares = 0.0, absolute = 0.0, deviation = 0.0;
    const double count = (double)samples->count;
    for (int64_t i = output; i < samples->count * outputs; i += outputs) {
        mean += (double)samples->targets[i] / count;
    }
    for (int64_t i = output; i < samples->count * outputs; i += outputs) {
        const double target = (double)samples->targets[i];
        const double error = fmax(-1.0, fmin(1.0, logits[i] / full)) - target;
        squares += error * error;
        absolute += fabs(error);
        deviation += (target - mean) * (target - mean);
    }
    return (cli_fit){.rmse = scale * sqrt(squares / count),
                     .mae = scale * absolute / count,
                     .r2 = deviation > 0.0 ? 1.0 - squares / deviation : (double)NAN};
}

cli_fit *cli_fits(const aann_samples *samples, const int32_t *logits, int32_t outputs,
                  double output_scale, const double *scale)
{
    const double full = aann_logits_full_scale(output_scale);
    cli_fit *fits = samples->targets != NULL ? calloc((size_t)outputs, sizeof *fits) : NULL;
    for (int32_t o = 0; fits != NULL && o < outputs; o++) {
        fits[o] = fit_output(samples, logits, outputs, o, full, scale != NULL ? scale[o] : 1.0);
    }
    return fits;
}

cli_fit *cli_member_fits(const aann_member *member, const aann_samples *samples,
                         const int32_t *logits)
{
    double mean[AANN_MAX_TARGETS], scale[AANN_MAX_TARGETS];
    const int32_t outputs = member->spec.output_count;
    if (!member->plan.search.regression || outputs > AANN_MAX_TARGETS) {
        return NULL;
    }
    const bool units =
        aann_family_target_range(&member->family, outputs, mean, scale, NULL) == AANN_OK;
    return cli_fits(samples, logits, outputs, member->plan.search.output_scale,
                    units ? scale : NULL);
}

json_t *cli_fits_json(const cli_fit *fits, int32_t outputs)
{
    json_t *array = json_array();
    for (int32_t o = 0; o < outputs; o++) {
        json_array_append_new(
            array, json_pack("{s:o, s:o, s:o}", "rmse", cli_json_real(fits[o].rmse), "mae",
                             cli_json_real(fits[o].mae), "r2", cli_json_real(fits[o].r2)));
    }
    return array;
}

void cli_fits_print(const cli_fit *fits, int32_t outputs)
{
    for (int32_t o = 0; o < outputs; o++) {
        char r2[24];
        snprintf(r2, sizeof r2, isfinite(fits[o].r2) ? "%.4f" : "-", fits[o].r2);
        cli_print("  output %d: R2 %s, root mean square error %.6g, mean absolute error %.6g\n", o,
                  r2, fits[o].rmse, fits[o].mae);
    }
}
