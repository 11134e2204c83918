/* Walks that other processes go. */
#ifndef AANN_FAMILY_TASK_WALK_H
#define AANN_FAMILY_TASK_WALK_H

#include "family/hands.h"
#include "family/walk_plan.h"

/* Goes plans[count], unfinished walks of the family, at the same time, with work->hands. Each walk
 * records the members that it would record alone; their ids are in the order in which they are
 * found. */
aann_status aann_walks_hand_out(aann_study *study, int64_t family, const aann_walk_plan *plans,
                                size_t count, const aann_family_data *data,
                                const aann_family_work *work, double start, aann_error *error);

#endif
