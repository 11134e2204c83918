/* What a loss of a regression is in the user's units. The loss is a mean squared error of outputs,
 * weighted by 1 / variance of the targets: good for comparing, but nobody measures in it. */
#include <math.h>
#include <string.h>

#include "aann/family.h"

double aann_family_rmse(const aann_family_row *family, double loss)
{
    double mean, scale;
    aann_spec spec;
    aann_family_plan plan;
    if (strcmp(family->task, "regression") != 0 || !isfinite(loss) ||
        aann_family_spec(family, &spec, NULL) != AANN_OK || spec.output_count != 1 ||
        aann_family_plan_parse(family->options, &plan, NULL) != AANN_OK ||
        aann_family_target_range(family, 1, &mean, &scale, NULL) != AANN_OK) {
        return (double)NAN;
    }
    const double weight = plan.search.target_weight[0];
    return scale * sqrt(loss / (weight > 0.0 ? weight : 1.0));
}
