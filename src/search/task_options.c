/* Options of a search that follow from its task and data. */
#include "aann/options.h"

#include <math.h>

#include "samples/samples.h"
#include "search/target_loss.h"

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

/* A logit is a sum over an output's synapses, so it deviates by about the root of their number, and
 * half of that is a good scale. Powers of two are what was measured. */
void aann_search_options_choose_loss_scale(aann_search_options *options,
                                           const aann_samples *samples, const aann_spec *spec)
{
    if (samples->targets != NULL) {
        return;
    }
    const aann_counts counts = aann_spec_counts(spec, spec->layer_count - 1);
    const double synapses = (double)(counts.minus + counts.plus) / spec->output_count;
    options->loss_scale = 1.0;
    /* Nearest in ratio: half the root of n is beyond S sqrt 2 when n is above 8 S^2. */
    while (options->loss_scale < 8.0 &&
           synapses > 8.0 * options->loss_scale * options->loss_scale) {
        options->loss_scale *= 2.0;
    }
}

static bool is_constant(const aann_samples *samples, int32_t output)
{
    for (int64_t i = 1; i < samples->count; i++) {
        if (samples->targets[i * samples->target_count + output] != samples->targets[output]) {
            return false;
        }
    }
    return true;
}

/* The largest loss that a sample can have while its outputs are within -1 and 1. */
static double largest_loss(const aann_search_options *options, const aann_samples *samples)
{
    double largest = 0.0;
    for (int64_t i = 0; i < samples->count; i++) {
        const double loss = aann_targets_largest_loss(options->target_weight, samples, i);
        largest = loss > largest ? loss : largest; /* gcc 12 for ARM ends on fmax here */
    }
    return largest;
}

/* The weight with which this output's part of a loss stays within its share. */
static double largest_weight(const aann_samples *samples, int32_t output)
{
    double farthest = 0.0;
    for (int64_t i = 0; i < samples->count; i++) {
        const double distance = fabs((double)samples->targets[i * samples->target_count + output]);
        farthest = distance > farthest ? distance : farthest;
    }
    return AANN_LARGEST_LOSS / ((farthest + 1.0) * (farthest + 1.0) * samples->target_count);
}

void aann_search_options_balance_targets(aann_search_options *options, const aann_samples *samples)
{
    if (samples->targets == NULL || samples->target_count > AANN_MAX_TARGETS) {
        return;
    }
    const double limit = aann_option_find("target_weight")->maximum;
    for (int32_t o = 0; o < samples->target_count; o++) {
        /* Asked first: the mean of equal numbers is rounded, and then they seem to differ. */
        const double variance =
            is_constant(samples, o) ? 0.0 : aann_samples_target_variance(samples, o);
        const double weight = variance > 0.0 ? 1.0 / variance : 1.0;
        options->target_weight[o] = weight < limit ? weight : limit;
    }
    /* A target far from all others makes the variance small beside the range. */
    if (largest_loss(options, samples) > AANN_LARGEST_LOSS) {
        for (int32_t o = 0; o < samples->target_count; o++) {
            options->target_weight[o] = fmin(options->target_weight[o], largest_weight(samples, o));
        }
    }
}
