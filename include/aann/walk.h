/* Walks on the manifold: a chain of swaps that keeps a member's network good and leads away from
 * its start.
 *
 * Every swap of a walk keeps the training loss within a bound and increases the distance from the
 * start. After plan.every accepted swaps the network is scored on the validation split. If it
 * passes the threshold, it is stored as a member of the family (origin "walk", parent: the member
 * before it on the walk). docs/families.md says how the bound follows from the threshold.
 *
 * A walk is a function of (start's weights, data, family's options, plan). Threads, interruptions
 * and extensions change nothing. Plans are stored in the family's options, so aann_family_resume
 * continues walks too.
 *
 *     aann_walk_plan plan = aann_walk_plan_default();
 *     plan.start = 1;
 *     plan.members = 50;
 *     plan.threshold = 0.97;
 *     aann_walk_run(study, &plan, data, &work, &error);
 *
 * Thread safety: as the study, one thread at a time. */
#ifndef AANN_WALK_H
#define AANN_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aann/family.h"
#include "aann/status.h"
#include "aann/study.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What determines a walk. Always start from aann_walk_plan_default(). */
typedef struct aann_walk_plan {
    /* id of the member that the walk starts from */
    int64_t start;
    uint64_t seed;

    /* members to record */
    int32_t members;

    /* minimum of accepted swaps between two members */
    int64_t every;

    /* candidates per member; if they are used up before, the walk is stuck, and ends */
    uint64_t steps;

    /* minimum validation accuracy (a share) of every recorded member; 0: none */
    double threshold;

    /* limit of the mean training loss; 0: a bound that follows from the threshold */
    double loss;
} aann_walk_plan;

AANN_API aann_walk_plan aann_walk_plan_default(void);

typedef enum aann_walk_state {
    /* aann_family_resume continues it */
    AANN_WALK_UNFINISHED,

    /* all members are recorded */
    AANN_WALK_COMPLETE,

    /* a member's candidates were used up before it was far enough, or good enough */
    AANN_WALK_STUCK
} aann_walk_state;

typedef struct aann_walk {
    aann_walk_plan plan;
    aann_walk_state state;

    /* members recorded so far */
    int32_t recorded;
} aann_walk;

/* Lists the walks of a family, oldest first: walks[*count]; free with aann_free. */
AANN_API aann_status aann_walk_list(aann_study *study, int64_t family, aann_walk **walks,
                                    size_t *count, aann_error *error);

/* Lists the members of a walk in order, with the one that is unfinished or failed: members[*count];
 * free with aann_free. */
AANN_API aann_status aann_walk_members(aann_study *study, const aann_walk_plan *plan,
                                       aann_member_row **members, size_t *count, aann_error *error);

/* Walks, in a study open for writing. If there is a walk with this start and seed, it is extended;
 * everything but `members` must then be the same. Returns AANN_INTERRUPTED if it was stopped or out
 * of time, and AANN_OK also if the walk is stuck. In reports, step and steps count the accepted
 * swaps of the current member. */
AANN_API aann_status aann_walk_run(aann_study *study, const aann_walk_plan *plan,
                                   const aann_family_data *data, const aann_family_work *work,
                                   aann_error *error);

#ifdef __cplusplus
}
#endif

#endif
