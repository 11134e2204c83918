/* What a part of a family may hold: members that its search can have, and nothing that belongs to the
 * whole. */
#include "family/merge_part.h"

#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"
#include "family/member_parts.h"
#include "family/origin.h"
#include "family/walk_plan.h"

static const char *origin_of(const aann_merge_part *part)
{
    return aann_member_origin(part->stored.plan.plan.search.method);
}

int64_t aann_merge_first_with_start(const aann_stored_plan *plan, int64_t index)
{
    const int64_t starts = plan->start_hash_count;
    for (int64_t i = 0; i < starts && i < index; i++) {
        if (plan->start_hashes[i] == plan->start_hashes[index % starts]) {
            return i;
        }
    }
    return -1;
}

/* Whether the member's parent is one that starts from the same network. A study that has none names
 * nobody. */
static bool has_usual_parent(const aann_merge_part *part, const aann_member_row *row)
{
    const aann_stored_plan *plan = &part->stored.plan;
    const int64_t first = aann_merge_first_with_start(plan, row->index);
    for (size_t i = 0; first >= 0 && i < part->member_count; i++) {
        const aann_member_row *other = &part->members[i];
        if (other->id == row->parent) {
            return other->index < row->index &&
                   (other->index == first ||
                    aann_merge_first_with_start(plan, other->index) == first);
        }
    }
    return row->parent == 0;
}

/* A member that a search of this plan can have. */
static aann_status check_row(const aann_merge_part *part, const aann_member_row *row,
                             aann_error *error)
{
    const aann_family_plan *plan = &part->stored.plan.plan;
    const long long id = (long long)row->id;
    if (strcmp(row->origin, origin_of(part)) != 0) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "%s: member %lld comes from a %s; merge the parts before walks, paths and "
                         "imports: these belong to the whole",
                         part->path, id, row->origin);
    }
    if (!aann_family_plan_has(plan, row->index) || row->seed != plan->search.seed ||
        row->swaps_from_parent != 0 || row->steps > plan->search.steps ||
        (row->state != AANN_MEMBER_RUNNING && row->steps == 0) ||
        !aann_member_row_is_possible(row)) {
        return aann_fail(error, AANN_ERROR_FORMAT,
                         "%s: is damaged: member %lld is none that its search can have", part->path,
                         id);
    }
    if (!has_usual_parent(part, row)) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "%s: member %lld comes from member %lld of the same study, which the "
                         "whole has not; expected starts from another study",
                         part->path, id, (long long)row->parent);
    }
    return AANN_OK;
}

/* All rows, and that no index comes twice. */
static aann_status check_rows(const aann_merge_part *part, aann_error *error)
{
    const size_t members = (size_t)part->stored.plan.plan.members;
    uint8_t *seen = aann_allocate_zeroed(members, 1);
    aann_status status = seen != NULL ? AANN_OK
                                      : aann_fail(error, AANN_ERROR_MEMORY,
                                                  "%s: out of memory for its members", part->path);
    for (size_t i = 0; status == AANN_OK && i < part->member_count; i++) {
        const aann_member_row *row = &part->members[i];
        status = check_row(part, row, error);
        if (status == AANN_OK && seen[row->index]++ != 0) {
            status = aann_fail(error, AANN_ERROR_FORMAT,
                               "%s: is damaged: member %lld has the index of another", part->path,
                               (long long)row->id);
        }
    }
    free(seen);
    return status;
}

void aann_merge_part_clear(aann_merge_part *part)
{
    aann_family_row_destroy(&part->stored.row);
    free(part->members);
    *part = (aann_merge_part){0};
}

/* A walk that has no members yet is a plan, with the number of a member in this study. */
static aann_status check_walks(const aann_merge_part *part, aann_error *error)
{
    aann_walk_plan *plans = NULL;
    size_t count = 0;
    aann_status status = aann_walk_plans_parse(part->stored.row.options, &plans, &count, error);
    if (status == AANN_OK && count > 0) {
        status = aann_fail(error, AANN_ERROR_ARGUMENT,
                           "%s: has a walk from member %lld; merge the parts before walks: these "
                           "belong to the whole",
                           part->path, (long long)plans[0].start);
    }
    free(plans);
    return status;
}

aann_status aann_merge_part_read(aann_study *study, int64_t id, aann_merge_part *part,
                                 aann_error *error)
{
    *part = (aann_merge_part){.path = aann_study_path(study)};
    aann_status status = aann_stored_family_read(study, id, &part->stored, error);
    if (status != AANN_OK) {
        return aann_fail_prefix(error, status, "%s", part->path);
    }
    status = check_walks(part, error);
    if (status == AANN_OK) {
        status = aann_study_members(study, id, &part->members, &part->member_count, error);
    }
    if (status == AANN_OK) {
        status = check_rows(part, error);
    }
    if (status != AANN_OK) {
        aann_merge_part_clear(part);
    }
    return status;
}
