/* The objective of static tasks: mean loss over training samples, on the incremental engine. */
#ifndef AANN_SEARCH_STATIC_OBJECTIVE_H
#define AANN_SEARCH_STATIC_OBJECTIVE_H

#include "aann/search.h"
#include "core/philox.h"
#include "core/threads.h"
#include "search/objective.h"

typedef struct aann_static_objective aann_static_objective;

/* Borrows samples and threads. Free with aann_static_objective_destroy. */
aann_status aann_static_objective_create(const aann_spec *spec, const aann_samples *samples,
                                         const aann_search_options *options, aann_random_key key,
                                         aann_threads *threads, aann_static_objective **objective,
                                         aann_error *error);
void aann_static_objective_destroy(aann_static_objective *objective);

/* The view that the search works on; valid as long as the objective. */
aann_search_objective aann_static_objective_view(aann_static_objective *objective);

#endif
