/* A sampler's options: defaults and ranges. */
#include <math.h>

#include "aann/sampler.h"
#include "core/error.h"
#include "core/threads.h"
#include "manifold/sampler.h"

aann_sampler_options aann_sampler_options_default(void)
{
    const aann_search_options search = aann_search_options_default();
    return (aann_sampler_options){
        .seed = 1,
        .ladders = 4,
        .temperature = 1e-3,
        .sweep = 256,
        .pilot_rounds = 600,
        .burn_in = 500,
        .rounds = 2000,
        .within_unit = 0.5,
        .loss_scale = search.loss_scale,
        .output_scale = search.output_scale,
    };
}

static aann_status fail_range(const char *name, double value, double minimum, double maximum,
                              aann_error *error)
{
    return aann_fail(error, AANN_ERROR_ARGUMENT, "%s: %.10g is not between %.10g and %.10g", name,
                     value, minimum, maximum);
}

static aann_status check_rounds(const aann_sampler_options *options, aann_error *error)
{
    if (options->rungs != 0 && options->rungs != 1 &&
        (options->rungs < 3 || options->rungs > AANN_RUNG_LIMIT)) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "rungs: %d; expected 0 (chosen), 1 (no ladder) or 3 to %d", options->rungs,
                         AANN_RUNG_LIMIT);
    }
    if (options->sweep < 1 || options->sweep > 1000000) {
        return fail_range("sweep", options->sweep, 1, 1e6, error);
    }
    if (options->pilot_rounds < AANN_PILOT_STAGES || options->pilot_rounds > 1000000000) {
        return fail_range("pilot_rounds", (double)options->pilot_rounds, AANN_PILOT_STAGES, 1e9,
                          error);
    }
    if (options->burn_in < 0 || options->burn_in > 1000000000) {
        return fail_range("burn_in", (double)options->burn_in, 0, 1e9, error);
    }
    if (options->rounds < AANN_SNAPSHOTS || options->rounds > 1000000000) {
        return fail_range("rounds", (double)options->rounds, AANN_SNAPSHOTS, 1e9, error);
    }
    return AANN_OK;
}

aann_status aann_sampler_options_check(const aann_sampler_options *options, aann_error *error)
{
    if (options->ladders < 1 || options->ladders > AANN_LADDER_LIMIT) {
        return fail_range("ladders", options->ladders, 1, AANN_LADDER_LIMIT, error);
    }
    if (!(options->temperature >= 1e-9 && options->temperature <= 1e3)) {
        return fail_range("temperature", options->temperature, 1e-9, 1e3, error);
    }
    if (!(options->within_unit >= 0.0 && options->within_unit < 1.0)) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "within_unit: %g; expected 0 and more and less than 1: with swaps inside "
                         "units alone not every network can be reached",
                         options->within_unit);
    }
    for (int32_t i = 0; i < AANN_MAX_LAYERS; i++) {
        if (!(options->layer_share[i] >= 0.0 && options->layer_share[i] <= 1e6)) {
            return fail_range("layer_share", options->layer_share[i], 0, 1e6, error);
        }
    }
    /* As a search has them: with smaller ones losses are not what they should be. */
    if (!(options->loss_scale >= 1e-3 && options->loss_scale <= 1e6)) {
        return fail_range("loss_scale", options->loss_scale, 1e-3, 1e6, error);
    }
    if (!(options->output_scale >= 1e-2 && options->output_scale <= 1e6)) {
        return fail_range("output_scale", options->output_scale, 1e-2, 1e6, error);
    }
    for (int32_t i = 0; i < AANN_MAX_TARGETS; i++) {
        if (!(options->target_weight[i] >= 0.0 && options->target_weight[i] <= 1e15)) {
            return fail_range("target_weight", options->target_weight[i], 0, 1e15, error);
        }
    }
    if (options->threads < 0 || options->threads > AANN_THREADS_LIMIT) {
        return fail_range("threads", options->threads, 0, AANN_THREADS_LIMIT, error);
    }
    return check_rounds(options, error);
}
