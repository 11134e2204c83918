/* The built-in tasks: which network, how sparse, and how to search.
 *
 *     const aann_task_preset *preset = aann_task_preset_find("mnist");
 *     aann_spec spec;
 *     aann_error error;
 *     if (aann_spec_parse(preset->network, preset->input, &spec, &error) == AANN_OK) {
 *         aann_spec_set_sparsity(&spec, -1.0, preset->sparsity, preset->layer_count, &error);
 *     }
 *     aann_search_options options = aann_search_options_default();
 *     aann_search_options_apply_preset(&options, preset); // aann/options.h
 *
 * The table is constant; every function here is safe to call from any thread. */
#ifndef AANN_TASK_H
#define AANN_TASK_H

#include <stddef.h>

#include "aann/network.h"
#include "aann/visibility.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct aann_task_preset {
    /* "mnist" */
    const char *name;

    /* for aann_spec_parse, with the shape of its samples */
    const char *network;
    aann_shape input;

    /* its data set, for `aann data fetch`; NULL: the data are recorded drives */
    const char *data;

    /* percent of zeros in each layer, for aann_spec_set_sparsity */
    size_t layer_count;
    double sparsity[AANN_MAX_LAYERS];

    /* the same for a search planned by an effort (aann/phases.h), which is for accuracy: fewer */
    double effort_sparsity[AANN_MAX_LAYERS];

    /* for aann_search_options; 0: keep the general default */
    double temperature;
    double cooling;
    double output_scale;
} aann_task_preset;

/* presets[*count], constant. */
AANN_API const aann_task_preset *aann_task_preset_table(size_t *count);

/* The preset of that name; NULL if there is none. */
AANN_API const aann_task_preset *aann_task_preset_find(const char *name);

#ifdef __cplusplus
}
#endif

#endif
