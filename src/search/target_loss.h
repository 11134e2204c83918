/* The loss that a search is about, and how large that of a sample can become in regression: losses
 * are 32-bit integers in units of 2^-20, so one of 2,048 does not fit. */
#ifndef AANN_SEARCH_TARGET_LOSS_H
#define AANN_SEARCH_TARGET_LOSS_H

#include "aann/search.h"
#include "engine/engine.h"

enum { AANN_LARGEST_LOSS = 2000 };

/* What the engine needs to know of it; borrows the weights of the targets. */
aann_loss_options aann_search_loss(const aann_search_options *options);

/* The largest loss of sample `index`: each output at the end that is farther from its target.
 * weights[target_count], 0 means 1. */
double aann_targets_largest_loss(const double *weights, const aann_samples *samples, int64_t index);

/* Fails if the loss of a sample could exceed AANN_LARGEST_LOSS. Samples without targets are
 * fine. */
aann_status aann_targets_check(const double *weights, const aann_samples *samples,
                               aann_error *error);

#endif
