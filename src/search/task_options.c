/* Options of a search that follow from its task and data. */
#include "aann/options.h"

void aann_search_options_apply_preset(aann_search_options *options, const aann_task_preset *preset)
{
    if (preset->temperature > 0.0) {
        options->temperature = preset->temperature;
    }
    if (preset->cooling > 0.0) {
        options->cooling = preset->cooling;
    }
    if (preset->output_scale > 0.0) {
        options->output_scale = preset->output_scale;
    }
}

static double variance_of(const aann_samples *samples, int32_t output)
{
    const double count = (double)samples->count;
    double sum = 0.0, squares = 0.0;
    for (int64_t i = 0; i < samples->count; i++) {
        sum += (double)samples->targets[i * samples->target_count + output];
    }
    for (int64_t i = 0; i < samples->count; i++) {
        const double distance =
            (double)samples->targets[i * samples->target_count + output] - sum / count;
        squares += distance * distance;
    }
    return squares / count;
}

void aann_search_options_balance_targets(aann_search_options *options, const aann_samples *samples)
{
    for (int32_t o = 0; o < samples->target_count && o < AANN_MAX_TARGETS; o++) {
        const double variance = variance_of(samples, o);
        options->target_weight[o] = variance > 0.0 ? 1.0 / variance : 1.0;
    }
}
