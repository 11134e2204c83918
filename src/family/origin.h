/* Where members come from. */
#ifndef AANN_FAMILY_ORIGIN_H
#define AANN_FAMILY_ORIGIN_H

#include "aann/family.h"

/* What is stored as the origin of members that this method finds. */
const char *aann_member_origin(aann_search_method method);

/* Whether a member is searched for in steps; others come from walks and the like. An imported one
 * that is not finished is a start. */
bool aann_member_is_searched(const aann_member_row *member);

/* Whether members[count] are those of a family that the plan's search is to fill: other ways of
 * making members make all of theirs themselves. */
bool aann_family_is_filled(const aann_family_plan *plan, const aann_member_row *members,
                           size_t count);

/* A member of which nothing is known yet but where it comes from. */
aann_member_row aann_member_row_begin(int64_t family_id, int64_t index, uint64_t seed,
                                      const char *origin);

#endif
