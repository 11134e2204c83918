/* What the names that `aann search` knows stand for. */
#ifndef AANN_CLI_SHARED_PRESET_H
#define AANN_CLI_SHARED_PRESET_H

#include <stdbool.h>
#include <stddef.h>

#include "aann/data.h"
#include "aann/search.h"

typedef struct cli_preset {
    const char *name;
    const char *network; /* name of its spec, see aann_spec_preset */
    bool fetched;        /* has data of its own; otherwise --data is needed */
    size_t layer_count;
    double sparsity[AANN_MAX_LAYERS]; /* percent, unless told otherwise */
    double temperature;               /* 0: as always, as are the next two */
    double cooling;
    double output_scale;
} cli_preset;

/* NULL if there is none by that name. */
const cli_preset *cli_find_preset(const char *name);

/* Regression: weighs every output's error by the variance of its targets, so that all outputs
 * matter alike and a loss of 1 per output is that of a constant. Outputs that never change get the
 * weight 1. */
void cli_balance_targets(const aann_samples *samples, aann_search_options *options);

#endif
