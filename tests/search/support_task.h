/* A small task for tests of the search: images of bars that a little network can learn to tell
 * apart. */
#ifndef AANN_TESTS_SEARCH_SUPPORT_TASK_H
#define AANN_TESTS_SEARCH_SUPPORT_TASK_H

#include "aann/data.h"
#include "aann/network.h"
#include "aann/search.h"

/* Samples 1x8x8 of four classes: a bright row or column in one half of a noisy picture. Also
 * regression targets. */
aann_samples *bar_samples(int64_t count, uint64_t seed);
void free_bar_samples(aann_samples *samples);

/* 4C3-MP2-8C3-MP2-4 with sparsity 30, 70, 50. */
aann_spec bar_spec(void);

/* Few steps, several regroupings, growth and jitter: every part of a search has work, and as in
 * 0.1.0 candidates are compared on all samples. */
aann_search_options bar_options(void);

/* The same on a working set of 2,048 samples, which are also warped, with early acceptance. */
aann_search_options working_options(void);

/* A member's search from a random network of bar_spec. */
aann_search *bar_search(const aann_samples *samples, const aann_search_options *options,
                        uint64_t member);

/* A search saved, destroyed and resumed. */
aann_search *bar_reopened(aann_search *search, const aann_samples *samples,
                          const aann_search_options *options, uint64_t member);

/* Member 0 from a saved state that may be refused. */
aann_status bar_resume(const aann_samples *samples, const aann_search_options *options,
                       const aann_network *network, const void *state, size_t size,
                       aann_search **search);

#endif
