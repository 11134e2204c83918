/* Merging studies: one family searched in parts, on machines that do not know each other.
 *
 * Every machine searches a shard of the same plan (aann_family_plan.shard) into a study that is
 * then a part. The whole has the rows, weights and traces of a study searched on one machine:
 * members in order of their index, with the same ids, hashes, losses and accuracies. What measures
 * the machines instead of the search is as the parts have it: seconds, and the time of creation.
 *
 *     const char *paths[] = {"part1.aann", "part2.aann"};
 *     aann_study *whole;
 *     aann_study_open("whole.aann", AANN_STUDY_CREATE, &whole, &error);
 *     aann_merge_options options = aann_merge_options_default();
 *     aann_merge_result result;
 *     aann_family_merge(whole, paths, 2, &options, &result, &error);
 *     aann_study_close(whole);
 *
 * Thread safety: as the study, one thread at a time. */
#ifndef AANN_MERGE_H
#define AANN_MERGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aann/status.h"
#include "aann/study.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Always start from aann_merge_options_default(). */
typedef struct aann_merge_options {
    /* parts may be missing; aann_family_resume of the whole then searches their members */
    bool partial;

    /* called with a line about a part that brought nothing new, because others have the same
     * members; NULL: no notice */
    void (*note)(void *context, const char *line);

    /* asked for every part: true ends the merge, with AANN_INTERRUPTED and nothing changed;
     * NULL: never */
    bool (*interrupted)(void *context);

    /* passed to both */
    void *context;
} aann_merge_options;

AANN_API aann_merge_options aann_merge_options_default(void);

typedef struct aann_merge_result {
    /* of the whole */
    int64_t families;
    int64_t members;
    int64_t finished;

    /* members that came from the parts: new in the whole, or further than there */
    int64_t taken;

    /* members that the whole or an earlier part had already, as far or further */
    int64_t again;

    /* members of shards that nobody has given, with options.partial */
    int64_t missing;
} aann_merge_result;

/* Merges the studies paths[count] into `whole`, which is open for writing and is either new or the
 * result of an earlier merge of the same plan. All or nothing is stored, in one transaction.
 *
 * The parts have the same families in the same order. An unfinished member keeps its checkpoint;
 * if several parts have the same member, the one that is furthest counts.
 *
 * Errors: argument (families that differ in anything that determines the result: the message names
 * it; parts that do not fit together, are missing, or have walks or paths, which belong to the
 * whole), format (a part that is damaged, or two that have different results for one member), and
 * those of opening a study. */
AANN_API aann_status aann_family_merge(aann_study *whole, const char *const *paths, size_t count,
                                       const aann_merge_options *options, aann_merge_result *result,
                                       aann_error *error);

#ifdef __cplusplus
}
#endif

#endif
