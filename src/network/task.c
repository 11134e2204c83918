/* The tasks of the paper, and Fashion-MNIST, by name. docs/networks.md says how the dimensions in
 * the paper fix the networks; the sparsities are those of the results in the README. */
#include "aann/task.h"

#include <string.h>

static const aann_task_preset presets[] = {
    {
        .name = "mnist",
        .network = "16C5-MP2-32C5-MP2-10",
        .input = {1, 28, 28},
        .data = "mnist",
        .layer_count = 3,
        .sparsity = {50.0, 90.0, 90.0},
        .effort_sparsity = {60.0, 80.0, 70.0},
    },
    {
        .name = "fashion-mnist",
        .network = "16C5-MP2-32C5-MP2-10",
        .input = {1, 28, 28},
        .data = "fashion-mnist",
        .layer_count = 3,
        .sparsity = {50.0, 90.0, 90.0},
        .effort_sparsity = {60.0, 80.0, 70.0},
    },
    {
        .name = "carracing",
        .network = "32C7vs4-MP2-64C5v-MP2-100-3",
        .input = {1, 96, 96},
        .layer_count = 4,
        .sparsity = {50.0, 90.0, 90.0, 50.0},
        .effort_sparsity = {50.0, 90.0, 90.0, 50.0},
        .temperature = 1e-4,
        .cooling = 1.0,
        .output_scale = 24.0,
    },
};

enum { PRESET_COUNT = sizeof presets / sizeof presets[0] };

const aann_task_preset *aann_task_preset_table(size_t *count)
{
    *count = PRESET_COUNT;
    return presets;
}

const aann_task_preset *aann_task_preset_find(const char *name)
{
    for (size_t i = 0; i < PRESET_COUNT; i++) {
        if (strcmp(presets[i].name, name) == 0) {
            return &presets[i];
        }
    }
    return NULL;
}
