/* The public objective (aann/objective.h) as the search sees it. */
#ifndef AANN_SEARCH_CALLBACK_OBJECTIVE_H
#define AANN_SEARCH_CALLBACK_OBJECTIVE_H

#include "aann/objective.h"
#include "core/philox.h"
#include "search/objective.h"

/* Makes the search's view of the objective, which is copied. When the view is destroyed, `destroy`
 * (may be NULL) is called with the objective's context, but not if this function fails. Of the
 * options only `strata` is used. */
aann_status aann_callback_objective_make(const aann_spec *spec, const aann_objective *objective,
                                         void (*destroy)(void *context),
                                         const aann_search_options *options, aann_random_key key,
                                         aann_search_objective *view, aann_error *error);

#endif
