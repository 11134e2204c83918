/* Where members come from. */
#ifndef AANN_FAMILY_ORIGIN_H
#define AANN_FAMILY_ORIGIN_H

#include "aann/family.h"

/* What is stored as the origin of members that this method finds. */
const char *aann_member_origin(aann_search_method method);

/* Whether a search finds this member; others come from walks, paths and imports. An unfinished
 * imported member is the start of a search. */
bool aann_member_is_searched(const aann_member_row *member);

/* Whether members[count] belong to a family whose members the plan's search finds, and not, say, an
 * import. */
bool aann_family_is_filled(const aann_family_plan *plan, const aann_member_row *members,
                           size_t count);

/* The row of a new member: its identity and origin, and no measurements. */
aann_member_row aann_member_row_begin(int64_t family_id, int64_t index, uint64_t seed,
                                      const char *origin);

#endif
