/* Searching the members of a family that are in the study and not finished. */
#ifndef AANN_FAMILY_RUN_H
#define AANN_FAMILY_RUN_H

#include "aann/family.h"

/* Runs until all are finished, or returns AANN_INTERRUPTED. A member that takes longer than
 * member_seconds (0: no limit) is finished where it is. */
aann_status aann_family_run_members(aann_study *study, int64_t family_id, const aann_spec *spec,
                                    const aann_family_data *data, const aann_family_plan *plan,
                                    const aann_family_work *work, double member_seconds,
                                    aann_error *error);

#endif
