/* Planned searches, inside. */
#ifndef AANN_FAMILY_EFFORT_H
#define AANN_FAMILY_EFFORT_H

#include "aann/phases.h"
#include "family/calibrate.h"

/* Whether a planned search has phases in which the samples are moved. */
bool aann_effort_moves(const aann_family_data *data, const aann_spec *spec,
                       const aann_family_plan *plan);

/* What a planned search of moved samples costs. */
typedef struct aann_effort_size {
    double candidates;   /* of the first phase, that take as long as all phases */
    int32_t regroupings; /* of the samples in each phase, which take time, too */
} aann_effort_size;

/* The largest search that fits into so many seconds. */
aann_effort_size aann_effort_fit(double seconds, const aann_cost *cost);

/* Plans the phases. */
aann_status aann_effort_phases(const aann_effort_size *size, const aann_spec *spec,
                               aann_family_plan *plan, aann_error *error);

#endif
