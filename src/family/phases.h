/* The phases of a plan, inside. */
#ifndef AANN_FAMILY_PHASES_H
#define AANN_FAMILY_PHASES_H

#include "aann/options.h"
#include "aann/phases.h"

/* Whether a phase can have another value than the rest of the search. */
bool aann_option_is_of_phase(const aann_option *option);

/* How many searches follow each other; at least 1. */
int32_t aann_plan_phase_count(const aann_family_plan *plan);

/* Candidates decided when a phase ends, counted from the beginning of the first. */
uint64_t aann_plan_phase_end(const aann_family_plan *plan, int32_t phase);

/* What a phase has where nothing is said: plan->search, from the second phase on with all samples
 * from the beginning. */
aann_search_options aann_plan_phase_usual(const aann_family_plan *plan, int32_t phase);

/* Whether two sets of options have another value of an option of phases. */
bool aann_plan_option_differs(const aann_option *option, const aann_search_options *a,
                              const aann_search_options *b);

/* Fails, naming the phase, if its options make no sense, or the sum of the steps is another. */
aann_status aann_plan_phases_check(const aann_family_plan *plan, aann_error *error);

#endif
