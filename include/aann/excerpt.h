/* Members of a family on their way to another process, and back.
 *
 * An excerpt is a small study as bytes: one family, and some of its members with their weights and
 * checkpoints. Another process searches in it, and what comes back is stored in the study. That is
 * all that an executor of any kind needs (aann.executors in Python); ranks (aann/ranks.h) do the
 * same by themselves. A member is the same wherever it is searched.
 *
 *     int64_t family = 1;
 *     int64_t *ids = NULL;
 *     size_t ids_count = 0, size = 0, found_size = 0;
 *     void *bytes = NULL, *found = NULL;
 *     aann_excerpt_unfinished(study, family, data, &ids, &ids_count, &error);
 *     aann_excerpt_pack(study, family, ids, ids_count, &bytes, &size, &error);
 *     // ... the bytes and the samples travel; then, in the other process:
 *     aann_excerpt_search(bytes, size, data, &work, &found, &found_size, &error);
 *     // ... and back:
 *     aann_excerpt_take(study, family, found, found_size, NULL, &error);
 *
 * Thread safety: as the study, one thread at a time; aann_excerpt_search uses none but its own. */
#ifndef AANN_EXCERPT_H
#define AANN_EXCERPT_H

#include <stddef.h>
#include <stdint.h>

#include "aann/family.h"
#include "aann/status.h"
#include "aann/study.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Lists the members that a family's search has still to finish: ids[*count], in order; free with
 * aann_free. Members of the plan that the study has not yet are added, with their starts. Members
 * of walks, and imported starts, are not among them. */
AANN_API aann_status aann_excerpt_unfinished(aann_study *study, int64_t family,
                                             const aann_family_data *data, int64_t **ids,
                                             size_t *count, aann_error *error);

/* Copies a family and its members ids[count] to bytes[*size]; free with aann_free. Histories stay
 * behind. */
AANN_API aann_status aann_excerpt_pack(aann_study *study, int64_t family, const int64_t *ids,
                                       size_t count, void **bytes, size_t *size, aann_error *error);

/* Searches the members of an excerpt that are not finished. `data` have the samples of the family;
 * nothing else of them is used. found[*found_size] is the excerpt as it is then, for aann_free:
 * also with AANN_INTERRUPTED, when its members have checkpoints; NULL after other failures. */
AANN_API aann_status aann_excerpt_search(const void *bytes, size_t size,
                                         const aann_family_data *data, const aann_family_work *work,
                                         void **found, size_t *found_size, aann_error *error);

/* Stores what an excerpt of this family has of its members, where it is further than the study: all
 * or nothing, in one transaction. *taken (may be NULL) counts them. Errors: argument (an excerpt of
 * another family: the message names the difference), format (bytes that are no excerpt, or are
 * damaged; a result that differs from the one which the study has), and those of the study. */
AANN_API aann_status aann_excerpt_take(aann_study *study, int64_t family, const void *bytes,
                                       size_t size, size_t *taken, aann_error *error);

#ifdef __cplusplus
}
#endif

#endif
