/* How well a regression fits, in the units of its targets. */
#ifndef AANN_CLI_SHARED_FIT_H
#define AANN_CLI_SHARED_FIT_H

#include "aann/family.h"
#include "cli/shared/json.h"

typedef aann_fit cli_fit;

/* Fits of logits [count][outputs] to the targets of samples, which are outputs; an output of 1 is
 * `scale` in the user's units (NULL: 1). fits[outputs], malloc'ed; NULL without targets. */
cli_fit *cli_fits(const aann_samples *samples, const int32_t *logits, int32_t outputs,
                  double output_scale, const double *scale);

/* The same for a member, whose family says what outputs stand for. */
cli_fit *cli_member_fits(const aann_member *member, const aann_samples *samples,
                         const int32_t *logits);

/* [{"target": "force", "rmse": 2.1, "mae": 1.5, "r2": 0.93}, ...]; names[outputs] of the targets, or
 * NULL. */
json_t *cli_fits_json(const cli_fit *fits, const char *const *names, int32_t outputs);

/* A line for each output. */
void cli_fits_print(const cli_fit *fits, const char *const *names, int32_t outputs);

#endif
