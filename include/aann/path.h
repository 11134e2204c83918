/* Paths on the manifold: a chain of swaps that turns one network into another of the same counts,
 * with the worst network on the way as good as possible.
 *
 * The path grows alternately from both ends. Each step draws `candidates` swaps that reduce the
 * distance and keeps the best. If the loss is then above that of both ends, repairs follow: swaps
 * that lower the loss and do not increase the distance. Every network on the way has the counts of
 * both ends. A path is a function of (the two networks, data, search options, path options);
 * threads change nothing.
 *
 *     aann_path_options options = aann_path_options_default();
 *     aann_path path;
 *     aann_path_find(data, &plan.search, from, to, &options, &work, &path, &error);
 *     // path.worst_loss against that of aann_path_straight
 *     aann_path_destroy(&path);
 *
 * Thread safety: paths are independent of each other and only read networks and data;
 * aann_path_store follows the rule of the study. */
#ifndef AANN_PATH_H
#define AANN_PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aann/family.h"
#include "aann/network.h"
#include "aann/status.h"
#include "aann/study.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Always start from aann_path_options_default(). */
typedef struct aann_path_options {
    uint64_t seed;

    /* waypoints between the ends, at equal distances: 1 to 10000 */
    int32_t points;

    /* swaps drawn in each step, of which the best is taken: 1 to 256 */
    int32_t candidates;

    /* how many of these are evaluated on all samples */
    int32_t finalists;

    /* repair candidates after each step: 0 (none) to 10^15 */
    int64_t repairs;
} aann_path_options;

AANN_API aann_path_options aann_path_options_default(void);

/* One network on the way. */
typedef struct aann_path_point {
    /* owned by the path */
    aann_network *network;

    /* since the beginning of the path, repairs included */
    int64_t swaps;

    /* weights that differed from the other end's network when the path reached this point */
    int64_t distance;
    double train_loss;

    /* accuracies are NAN for regression; every number is NAN if there is no such split */
    double train_accuracy;
    double validation_loss;
    double validation_accuracy;

    /* not measured on a straight path */
    double test_loss;
    double test_accuracy;
} aann_path_point;

typedef struct aann_path {
    /* [point_count], both ends included */
    aann_path_point *points;
    size_t point_count;

    /* swaps that reduced the distance */
    int64_t steps;

    /* accepted repairs */
    int64_t repairs;

    /* the network with the highest training loss of all on the way (of a straight path, of the
     * points), with its scores on all splits; `distance` is that from the path's last network */
    aann_path_point top;

    /* steps and repairs that were compared with the network before them, weight by weight: each is
     * one swap. All of them */
    int64_t checked;

    /* on the training samples, over every network on the way; of a straight path, over the
     * points */
    double worst_loss;

    /* likewise; NAN for regression */
    double worst_accuracy;

    /* over the points */
    double worst_validation_accuracy;
} aann_path;

/* Finds a path from `from` to `to`, which must have the same spec and counts. Free it with
 * aann_path_destroy. Reports as aann_family_run does; `step` is the part of the distance that is
 * done. Returns AANN_INTERRUPTED if it was stopped or out of time; then, as after an error, *path
 * is empty. */
AANN_API aann_status aann_path_find(const aann_family_data *data, const aann_search_options *search,
                                    const aann_network *from, const aann_network *to,
                                    const aann_path_options *options, const aann_family_work *work,
                                    aann_path *path, aann_error *error);

/* The baseline, random straight interpolation: the same swaps in a random order; only the points
 * are evaluated. */
AANN_API aann_status aann_path_straight(const aann_family_data *data,
                                        const aann_search_options *search, const aann_network *from,
                                        const aann_network *to, const aann_path_options *options,
                                        const aann_family_work *work, aann_path *path,
                                        aann_error *error);
AANN_API void aann_path_destroy(aann_path *path);

/* The chance level: loss and accuracy (NAN for regression) of the best constant output on these
 * samples. */
AANN_API void aann_samples_constant_score(const aann_samples *samples,
                                          const aann_search_options *search, double *loss,
                                          double *accuracy);

/* Stores the waypoints between the ends and the top (unless it is one of the points), in the order of
 * the path, as members of the family of member `from` (origin "path",
 * parent `from`, with the swaps from it): done if they pass the family's threshold, failed if not.
 * Networks that the family already has from a path are left out. One transaction; *stored (may be NULL) is
 * their number. */
AANN_API aann_status aann_path_store(aann_study *study, int64_t from,
                                     const aann_path_options *options, const aann_path *path,
                                     int32_t *stored, aann_error *error);

#ifdef __cplusplus
}
#endif

#endif
