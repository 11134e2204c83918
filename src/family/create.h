/* Adding a family and its members' starts to a study. */
#ifndef AANN_FAMILY_CREATE_H
#define AANN_FAMILY_CREATE_H

#include "aann/family.h"
#include "family/plan.h"

/* Adds the family's row: all that determines its result. */
aann_status aann_family_create(aann_study *study, const aann_spec *spec,
                               const aann_family_data *data, const aann_family_plan *plan,
                               int64_t *family_id, aann_error *error);

/* The start of member `index`, and the id of the study's member with that network (0: none). The
 * plan of a stored family has only the starts' hashes. */
aann_status aann_family_start_member(aann_study *study, const aann_spec *spec,
                                     const aann_stored_plan *stored, int32_t index, int64_t *parent,
                                     aann_network **network, aann_error *error);

/* Adds the members of the plan that are not stored, with their starts: all of a new family, the new
 * ones of a grown one, and those that a killed process did not store. */
aann_status aann_family_add_members(aann_study *study, const aann_spec *spec,
                                    const aann_stored_plan *stored, int64_t family_id,
                                    aann_error *error);

#endif
