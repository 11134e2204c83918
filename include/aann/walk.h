/* Walks on the manifold: from a member, a chain of swaps that keeps the network good and leads away
 * from where it began.
 *
 * Every swap of a walk keeps the training loss within a bound, and leads farther from the start.
 * After so many accepted swaps the network is scored on the validation split and, if it passes the
 * threshold, stored as a member of the family (origin "walk", parent: the one before it on the
 * walk). docs/families.md says how the bound follows from the threshold.
 *
 * A walk is a function of (start's weights, data, family's options, plan); threads, interruptions,
 * and how often it was made longer change nothing. Plans are kept in the family's options, so
 * aann_family_resume goes on with walks too.
 *
 *     aann_walk_plan plan = aann_walk_plan_default();
 *     plan.start = 1;
 *     plan.members = 50;
 *     plan.threshold = 0.97;
 *     aann_walk_run(study, &plan, data, &work, &error);
 * */
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
    /* id of the member that it leads away from */
    int64_t start;
    uint64_t seed;

    /* to be recorded */
    int32_t members;

    /* accepted swaps from one to the next, at least */
    int64_t every;

    /* candidates for each; if they are used up before, the walk is stuck, and ends */
    uint64_t steps;

    /* validation accuracy (share) that every recorded member has; 0: none */
    double threshold;

    /* mean training loss that is never exceeded; 0: a bound that follows from the threshold */
    double loss;
} aann_walk_plan;

AANN_API aann_walk_plan aann_walk_plan_default(void);

typedef enum aann_walk_state {
    AANN_WALK_UNFINISHED, /* aann_family_resume goes on */
    AANN_WALK_COMPLETE,   /* all members are recorded */
    AANN_WALK_STUCK /* a member's candidates were used up before it was far enough, or good enough */
} aann_walk_state;

typedef struct aann_walk {
    aann_walk_plan plan;
    aann_walk_state state;

    /* members so far */
    int32_t recorded;
} aann_walk;

/* The walks of a family in the order in which they were begun; free with aann_free. */
AANN_API aann_status aann_walk_list(aann_study *study, int64_t family, aann_walk **walks,
                                    size_t *count, aann_error *error);

/* The members of a walk in order, the one that is being made or that failed included;
 * free with aann_free. */
AANN_API aann_status aann_walk_members(aann_study *study, const aann_walk_plan *plan,
                                       aann_member_row **members, size_t *count, aann_error *error);

/* Walks, in a study opened for writing. If this start and seed have a walk already, it is made
 * longer; everything but `members` must then be as it was. AANN_INTERRUPTED when it was
 * stopped or out of time before that; AANN_OK also when it is stuck. In reports, step and steps count the accepted swaps of the
 * member being made. */
AANN_API aann_status aann_walk_run(aann_study *study, const aann_walk_plan *plan,
                                   const aann_family_data *data, const aann_family_work *work,
                                   aann_error *error);

#ifdef __cplusplus
}
#endif

#endif
