/* A budget of steps that fits into a time. */
#ifndef AANN_FAMILY_CALIBRATE_H
#define AANN_FAMILY_CALIBRATE_H

#include "aann/family.h"

/* How many steps take about member_seconds per member, on this many threads. */
aann_status aann_calibrate(const aann_spec *spec, const aann_family_data *data,
                           const aann_family_plan *plan, const aann_family_work *work,
                           int32_t threads, double member_seconds, uint64_t *steps,
                           aann_error *error);

/* What a search costs on this machine: seconds to open it, which arranges its samples once, and
 * candidates per second in its first seconds. */
typedef struct aann_cost {
    double opening;
    double rate;
} aann_cost;

/* Measures it by a short run. */
aann_status aann_cost_measure(const aann_spec *spec, const aann_family_data *data,
                              const aann_family_plan *plan, const aann_family_work *work,
                              int32_t threads, double member_seconds, aann_cost *cost,
                              aann_error *error);

#endif
