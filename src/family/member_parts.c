/* Members between studies: parts of a merge, and excerpts that other processes work on. */
#include "family/member_parts.h"

#include <math.h>
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

static bool is_share(double share)
{
    return isnan(share) || (share >= 0.0 && share <= 1.0);
}

bool aann_member_row_is_possible(const aann_member_row *row)
{
    return row->accepted <= row->steps && !isinf(row->train_loss) && !isinf(row->validation_loss) &&
           !isinf(row->test_loss) && is_share(row->train_accuracy) &&
           is_share(row->validation_accuracy) && is_share(row->test_accuracy) &&
           isfinite(row->seconds) && row->seconds >= 0.0;
}

const char *aann_member_parts_fault(const aann_member_parts *parts, const aann_member_row *row)
{
    const bool finished = row->state != AANN_MEMBER_RUNNING;
    if (parts->state == NULL && !finished && row->steps > 0) {
        return "no checkpoint";
    }
    if (parts->state != NULL && finished) {
        return "a needless checkpoint";
    }
    /* In the order of their steps. */
    if (parts->trace_count > 0 && parts->trace[parts->trace_count - 1].step > row->steps) {
        return "a history beyond its last step";
    }
    return NULL;
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
