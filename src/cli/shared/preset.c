/* The tasks of the paper: data, network and sparsity by one name. */
#include "cli/shared/preset.h"

#include <string.h>

static const cli_preset presets[] = {
    {"mnist", "mnist", true, 3, {50.0, 90.0, 90.0}, 0.0, 0.0, 0.0},
    {"fashion-mnist", "mnist", true, 3, {50.0, 90.0, 90.0}, 0.0, 0.0, 0.0},
    {"carracing", "carracing", false, 4, {50.0, 90.0, 90.0, 50.0}, 1e-4, 1.0, 24.0},
};

const cli_preset *cli_find_preset(const char *name)
{
    for (size_t i = 0; i < sizeof presets / sizeof presets[0]; i++) {
        if (strcmp(presets[i].name, name) == 0) {
            return &presets[i];
        }
    }
    return NULL;
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

void cli_balance_targets(const aann_samples *samples, aann_search_options *options)
{
    for (int32_t o = 0; o < samples->target_count && o < AANN_MAX_TARGETS; o++) {
        const double variance = variance_of(samples, o);
        options->target_weight[o] = variance > 0.0 ? 1.0 / variance : 1.0;
    }
}
