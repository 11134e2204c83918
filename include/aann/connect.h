/* How a family's members hang together: paths between them, and the graph that these make.
 *
 * Two members are joined below a loss L if a path of swaps (path.h) leads from one to the other on
 * which no network has a mean training loss above L. Each path that is found gives an upper bound of
 * the lowest such L for its pair. No search can give a lower one, apart from the loss of the worse
 * end, its `floor`. So the graph at L shows at least what is joined: more of it may be.
 *
 * Paths are found in rounds. First each member is joined to some better ones, cheaply. Then the
 * paths of the minimum spanning tree, the only ones on which the graph depends, are sought again
 * with twice the repairs and other random numbers, until that no longer lowers them. What the next
 * round does is a function of what the rounds before found, so neither threads nor interruptions
 * change anything.
 *
 * The worst network of every path becomes a member of the family: origin "top", parent the path's
 * first member, index the id of its last, steps the repairs after each step, swaps from the parent,
 * and its losses and accuracies. Nothing else is stored of a path; the plan is kept in the family's
 * options. Members are independent ones: searched, not taken from walks or paths.
 *
 *     aann_connect_plan plan = aann_connect_plan_default();
 *     aann_connect_run(study, 1, &plan, data, &work, &error);
 *     aann_connections connections;
 *     aann_connections_read(study, 1, &plan, &connections, &error);
 *     // connections.levels[k]: the loss at which k + 2 trees have become k + 1
 *     aann_connections_destroy(&connections);
 *
 * Thread safety: as the study, one thread at a time. */
#ifndef AANN_CONNECT_H
#define AANN_CONNECT_H

#include <stdbool.h>
#include <stdint.h>

#include "aann/family.h"
#include "aann/path.h"
#include "aann/status.h"
#include "aann/study.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { AANN_MAX_CONNECTED = 1000, AANN_MAX_DOUBLINGS = 16 };

/* Always start from aann_connect_plan_default(). */
typedef struct aann_connect_plan {
    /* which paths are found. One plan is kept for each seed; its path options are then fixed.
     * `path.seed` is ignored, and `path.repairs`, at least 1, are those of the first attempt */
    uint64_t seed;
    aann_path_options path;

    /* the first finished independent members of the family, at most AANN_MAX_CONNECTED; 0: all */
    int32_t members;

    /* how many better members each member is joined to at first; members - 1 and more: all pairs */
    int32_t neighbours;

    /* how often a path of the tree may be sought again, each time with twice the repairs */
    int32_t doublings;

    /* a path stands when its last attempt has lowered its top by less than this (mean training
     * loss), or when it is no farther above its floor */
    double tolerance;

    /* paths to find in this call; 0: no limit. How far the work goes, not what is found */
    int64_t paths;
} aann_connect_plan;

AANN_API aann_connect_plan aann_connect_plan_default(void);

/* Reads the plan that the family has for plan->seed: sets plan->path and *found to true, or *found
 * to false. */
AANN_API aann_status aann_connect_plan_find(const aann_family_row *family, aann_connect_plan *plan,
                                            bool *found, aann_error *error);

/* The best path that is known between two members. */
typedef struct aann_connection {
    /* the places of both in aann_connections.members */
    int32_t from;
    int32_t to;

    /* the highest mean training loss on the way; of two members, that of the worse one: the
     * smallest that is possible */
    double loss;
    double floor;

    /* the top: its id in the study, and its accuracy (NAN for regression) */
    int64_t top;
    double train_accuracy;
    double validation_accuracy;
    double test_accuracy;

    /* attempts, and by how much the last one lowered `loss` (0: by nothing; NAN: the only one) */
    int32_t attempts;
    double gain;

    /* see aann_connect_plan.tolerance */
    bool stands;
} aann_connection;

typedef struct aann_connections {
    /* [count]: rows of the members in order of training loss */
    aann_member_row *members;
    int32_t count;

    /* [path_count]: all pairs with a path */
    aann_connection *paths;
    int32_t path_count;

    /* [level_count]: the paths of the minimum spanning tree (their places in paths), in order of
     * loss. At levels[k] the losses of these, largest[k] members are in the largest component, and
     * there are components[k]; count - 1 levels if all members are joined */
    int32_t *tree;
    double *levels;
    int32_t *largest;
    int32_t *components;
    int32_t level_count;

    /* the lowest loss at which one component has at least half of the members, and all of them; NAN
     * if there is none yet */
    double half;
    double whole;

    /* attempts that are stored, and how many the present round still needs */
    int64_t attempts;
    int64_t left;

    /* all paths of the tree stand, or have used their doublings */
    bool complete;
} aann_connections;

/* Finds paths, in a study open for writing, until the tree is complete, plan->paths are found, or
 * the time is over (AANN_INTERRUPTED, as when it is stopped; the path in progress is lost).
 * Reports two rows: the path in progress (id and index: its ends' ids), and the round (index -1,
 * step of steps paths). Errors: argument (the plan; fewer than two members; other path options than
 * those kept for this seed), and those of aann_path_find. */
AANN_API aann_status aann_connect_run(aann_study *study, int64_t family,
                                      const aann_connect_plan *plan, const aann_family_data *data,
                                      const aann_family_work *work, aann_error *error);

/* Reads what is stored for plan->seed. Free with aann_connections_destroy. */
AANN_API aann_status aann_connections_read(aann_study *study, int64_t family,
                                           const aann_connect_plan *plan,
                                           aann_connections *connections, aann_error *error);
AANN_API void aann_connections_destroy(aann_connections *connections);

#ifdef __cplusplus
}
#endif

#endif
