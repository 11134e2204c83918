/* Searches on any objective: the common part of the public functions that create one. */
#ifndef AANN_SEARCH_CREATE_H
#define AANN_SEARCH_CREATE_H

#include "aann/search.h"
#include "core/philox.h"
#include "core/threads.h"
#include "search/objective.h"

/* Makes the objective of a search, which destroys it later. `threads` live as long as the
 * search. */
typedef struct aann_objective_maker {
    aann_status (*make)(const void *context, const aann_spec *spec,
                        const aann_search_options *options, aann_random_key key,
                        aann_threads *threads, aann_search_objective *objective, aann_error *error);
    const void *context;
} aann_objective_maker;

/* As aann_search_create and aann_search_resume. */
aann_status aann_search_create_on(const aann_spec *spec, const aann_objective_maker *maker,
                                  const aann_search_options *options, uint64_t member,
                                  const aann_network *start, aann_search **search,
                                  aann_error *error);
aann_status aann_search_resume_on(const aann_spec *spec, const aann_objective_maker *maker,
                                  const aann_search_options *options, uint64_t member,
                                  const aann_search_saved *saved, aann_search **search,
                                  aann_error *error);

#endif
