/* What determines a family's result, inside. */
#ifndef AANN_FAMILY_PLAN_H
#define AANN_FAMILY_PLAN_H

#include "aann/family.h"

enum { AANN_MAX_MEMBERS = 1000000 };

/* Fails, naming the setting and its range, if the plan makes no sense. */
aann_status aann_family_plan_check(const aann_family_plan *plan, aann_error *error);

/* A family's options with another number of members and nothing else changed, malloc'ed. */
aann_status aann_family_options_grow(const char *options, int32_t members, char **grown,
                                     aann_error *error);

#endif
