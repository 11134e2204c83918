/* One family of a part that is to be merged, read and checked. */
#ifndef AANN_FAMILY_MERGE_PART_H
#define AANN_FAMILY_MERGE_PART_H

#include "aann/study.h"
#include "family/stored.h"

typedef struct aann_merge_part {
    const char *path;
    aann_stored_family stored;
    aann_member_row *members; /* [member_count] */
    size_t member_count;
} aann_merge_part;

/* Reads family `id` of an open part. On failure there is nothing to clear. */
aann_status aann_merge_part_read(aann_study *study, int64_t id, aann_merge_part *part,
                                 aann_error *error);
void aann_merge_part_clear(aann_merge_part *part);

/* The index of the first member that starts from the same given network as that of `index`; -1: it
 * is itself the first, or all start at random. */
int64_t aann_merge_first_with_start(const aann_stored_plan *plan, int64_t index);

#endif
