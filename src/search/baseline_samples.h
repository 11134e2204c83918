/* The samples of a baseline: those of training in the member's random order, or the first of them. */
#ifndef AANN_SEARCH_BASELINE_SAMPLES_H
#define AANN_SEARCH_BASELINE_SAMPLES_H

#include "aann/samples.h"
#include "core/philox.h"

/* Copies `count` training samples; free with aann_samples_destroy. */
aann_status aann_baseline_samples_take(const aann_samples *train, int64_t count,
                                       aann_random_key key, aann_samples **samples,
                                       aann_error *error);

#endif
