/* The two networks of the paper, by name. docs/networks.md says how its dimensions fix them. */
#include "aann/network.h"

#include <string.h>

typedef struct preset {
    const char *name;
    const char *text;
    aann_shape input;
} preset;

static const preset presets[] = {
    {"mnist", "16C5-MP2-32C5-MP2-10", {1, 28, 28}},
    {"carracing", "32C7vs4-MP2-64C5v-MP2-100-3", {1, 96, 96}},
};

bool aann_spec_preset(const char *name, const char **text, aann_shape *input)
{
    for (size_t index = 0; index < sizeof presets / sizeof presets[0]; index++) {
        if (strcmp(presets[index].name, name) == 0) {
            *text = presets[index].text;
            *input = presets[index].input;
            return true;
        }
    }
    return false;
}
