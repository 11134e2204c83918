/* Baselines for the search: random sampling and a genetic algorithm.
 *
 * Both evaluate whole networks, one candidate after the other, and use only the mean training loss.
 * They have the interface of a search (src/search/create.c forwards its calls to them), so their
 * families are searched, stored, interrupted and resumed as any other. */
#ifndef AANN_SEARCH_BASELINE_H
#define AANN_SEARCH_BASELINE_H

#include <stdatomic.h>

#include "aann/search.h"

typedef struct aann_baseline aann_baseline;

/* Whether this method is one of the two. */
bool aann_baseline_is_for(aann_search_method method);

/* Candidate 0 is `start`, or if that is NULL the random network of (seed, member). Samples are
 * borrowed. */
aann_status aann_baseline_create(const aann_spec *spec, const aann_samples *train,
                                 const aann_search_options *options, uint64_t member,
                                 const aann_network *start, aann_baseline **baseline,
                                 aann_error *error);
/* Restores a saved state; options, samples and member must be the same as before. */
aann_status aann_baseline_restore(aann_baseline *baseline, const void *state, size_t size,
                                  aann_error *error);
void aann_baseline_destroy(aann_baseline *baseline);

/* As the functions of aann_search in aann/search.h; *stop is set by aann_search_stop. */
aann_status aann_baseline_run(aann_baseline *baseline, uint64_t until_step, const atomic_bool *stop,
                              aann_search_interrupted interrupted, void *context,
                              aann_error *error);
void aann_baseline_progress_get(const aann_baseline *baseline, aann_search_progress *progress);
const aann_network *aann_baseline_network(const aann_baseline *baseline); /* the best so far */
int64_t aann_baseline_correct(const aann_baseline *baseline);
aann_status aann_baseline_save(const aann_baseline *baseline, void **state, size_t *size,
                               aann_error *error);

#endif
