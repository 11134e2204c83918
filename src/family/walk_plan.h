/* Plans of walks: storing them, and the walks' progress. */
#ifndef AANN_FAMILY_WALK_PLAN_H
#define AANN_FAMILY_WALK_PLAN_H

#include "aann/walk.h"

/* Fails, naming the setting and its range, if the plan makes no sense for a family of this kind. */
aann_status aann_walk_plan_check(const aann_walk_plan *plan, bool regression, aann_error *error);

/* plans[count] as a family's options hold them; free with aann_free. */
aann_status aann_walk_plans_parse(const char *options, aann_walk_plan **plans, size_t *count,
                                  aann_error *error);

/* The options with this plan added, or in place of that of the same start and seed; malloc'ed. */
aann_status aann_walk_plans_add(const char *options, const aann_walk_plan *plan, char **changed,
                                aann_error *error);

/* How many members the family's unfinished walks still have to record. */
aann_status aann_walks_unfinished(aann_study *study, int64_t family, int64_t *count,
                                  aann_error *error);

#endif
