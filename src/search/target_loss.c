/* Bounds of the loss in regression. */
#include "search/target_loss.h"

#include <inttypes.h>
#include <math.h>

#include "core/error.h"

aann_loss_options aann_search_loss(const aann_search_options *options)
{
    return (aann_loss_options){options->regression,
                               options->regression ? options->output_scale : options->loss_scale,
                               options->target_weight};
}

double aann_targets_largest_loss(const double *weights, const aann_samples *samples, int64_t index)
{
    const float *targets = samples->targets + index * samples->target_count;
    double loss = 0.0;
    for (int32_t o = 0; o < samples->target_count; o++) {
        const double distance = fabs((double)targets[o]) + 1.0;
        loss += (weights[o] > 0.0 ? weights[o] : 1.0) * distance * distance;
    }
    return loss;
}

aann_status aann_targets_check(const double *weights, const aann_samples *samples,
                               aann_error *error)
{
    if (samples->targets != NULL && samples->target_count > AANN_MAX_TARGETS) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "%d regression outputs: at most %d",
                         samples->target_count, AANN_MAX_TARGETS);
    }
    for (int64_t i = 0; samples->targets != NULL && i < samples->count; i++) {
        const double loss = aann_targets_largest_loss(weights, samples, i);
        if (!(loss <= AANN_LARGEST_LOSS)) {
            return aann_fail(
                error, AANN_ERROR_ARGUMENT,
                "the targets of sample %" PRId64
                " are too far from -1 to 1, what outputs reach, for their weights: the "
                "loss can be %g; expected at most %d; shift and scale the targets",
                i, loss, AANN_LARGEST_LOSS);
        }
    }
    return AANN_OK;
}
