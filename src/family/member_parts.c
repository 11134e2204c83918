/* Members between studies: parts of a merge, and excerpts that other processes work on. */
#include "family/member_parts.h"

#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"
#include "study/excerpt.h"

aann_status aann_member_parts_read(aann_study *study, int64_t id, aann_member_parts *parts,
                                   aann_error *error)
{
    *parts = (aann_member_parts){0};
    aann_status status = aann_study_network(study, id, &parts->network, error);
    if (status == AANN_OK) {
        status = aann_study_checkpoint(study, id, &parts->state, &parts->state_size, error);
    }
    if (status == AANN_OK) {
        status = aann_study_trace(study, id, &parts->trace, &parts->trace_count, error);
    }
    return status;
}

void aann_member_parts_clear(aann_member_parts *parts)
{
    aann_network_destroy(parts->network);
    free(parts->trace);
    free(parts->state);
    *parts = (aann_member_parts){0};
}

aann_member_record aann_member_parts_record(const aann_member_parts *parts, aann_member_row *row)
{
    return (aann_member_record){row,          parts->network,    parts->state, parts->state_size,
                                parts->trace, parts->trace_count};
}

aann_status aann_member_parts_pack(aann_study *study, int64_t family, const int64_t *ids,
                                   size_t count, const void *head, size_t head_size,
                                   const char *what, void **bytes, size_t *size, aann_error *error)
{
    void *image = NULL;
    size_t length = 0;
    *bytes = NULL;
    const aann_status status =
        aann_study_excerpt(study, family, ids, count, &image, &length, error);
    if (status != AANN_OK) {
        return status;
    }
    *size = head_size + length;
    *bytes = aann_allocate(*size, 1);
    if (*bytes != NULL) {
        memcpy(*bytes, head, head_size);
        memcpy((uint8_t *)*bytes + head_size, image, length);
    }
    free(image);
    return *bytes != NULL ? AANN_OK
                          : aann_fail(error, AANN_ERROR_MEMORY, "out of memory for %s", what);
}
