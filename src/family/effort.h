/* Planned searches, inside. */
#ifndef AANN_FAMILY_EFFORT_H
#define AANN_FAMILY_EFFORT_H

#include "aann/phases.h"

/* Whether a planned search has phases in which the samples are moved. */
bool aann_effort_moves(const aann_family_data *data, const aann_spec *spec,
                       const aann_family_plan *plan);

/* Plans phases that take as long as this many candidates of the first of them. */
aann_status aann_effort_phases(double candidates, const aann_spec *spec, aann_family_plan *plan,
                               aann_error *error);

#endif
