/* Adding a family and its members' starts to a study. */
#ifndef AANN_FAMILY_CREATE_H
#define AANN_FAMILY_CREATE_H

#include "aann/family.h"
#include "family/plan.h"

/* Adds the family's row: all that determines its result. */
aann_status aann_family_create(aann_study *study, const aann_spec *spec,
                               const aann_family_data *data, const aann_family_plan *plan,
                               int64_t *family_id, aann_error *error);

/* The network that member `index` begins with, and the member of the study that this is (0: none).
 * Of a stored family's starts the plan knows the hashes alone. */
aann_status aann_family_start_member(aann_study *study, const aann_spec *spec,
                                     const aann_stored_plan *stored, int32_t index, int64_t *parent,
                                     aann_network **network, aann_error *error);

/* Adds those members of the plan that are not stored, with their starts: all of a new family, the
 * new ones of a grown one, and those that a process which was killed did not get to. */
aann_status aann_family_add_members(aann_study *study, const aann_spec *spec,
                                    const aann_stored_plan *stored, int64_t family_id,
                                    aann_error *error);

#endif
