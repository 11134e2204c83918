/* The loss of a regression is a mean squared error, divided by the variance of the training targets:
 * good for comparing, but nobody measures in it. (aann_family_rmse turns one back.) */
#include "cli/shared/fit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aann/evaluate.h"
#include "cli/shared/text.h"

cli_fit *cli_fits(const aann_samples *samples, const int32_t *logits, int32_t outputs,
                  double output_scale, const double *scale)
{
    const int64_t values = samples->count * outputs;
    cli_fit *fits = samples->targets != NULL ? calloc((size_t)outputs, sizeof *fits) : NULL;
    double *numbers = fits != NULL ? calloc((size_t)values + 1, sizeof *numbers) : NULL;
    if (numbers != NULL) {
        aann_logits_outputs(logits, values, output_scale, numbers);
    }
    if (numbers == NULL ||
        aann_outputs_fit(samples, numbers, outputs, scale, fits, NULL) != AANN_OK) {
        free(fits);
        fits = NULL;
    }
    free(numbers);
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

json_t *cli_fits_json(const cli_fit *fits, const char *const *names, int32_t outputs)
{
    json_t *array = json_array();
    for (int32_t o = 0; o < outputs; o++) {
        json_array_append_new(
            array, json_pack("{s:o, s:o, s:o, s:o}", "target",
                             names != NULL ? cli_json_text(names[o]) : json_null(), "rmse",
                             cli_json_real(fits[o].rmse), "mae", cli_json_real(fits[o].mae), "r2",
                             cli_json_real(fits[o].r2)));
    }
    return array;
}

void cli_fits_print(const cli_fit *fits, const char *const *names, int32_t outputs)
{
    for (int32_t o = 0; o < outputs; o++) {
        char r2[24];
        char number[24];
        snprintf(number, sizeof number, "output %d", o);
        snprintf(r2, sizeof r2, isfinite(fits[o].r2) ? "%.4f" : "-", fits[o].r2);
        cli_print("  %s: R2 %s, root mean square error %.6g, mean absolute error %.6g\n",
                  names != NULL ? names[o] : number, r2, fits[o].rmse, fits[o].mae);
    }
}
