/* Excerpts for callers that move the bytes themselves. What comes back is not trusted: it must be
 * of the same family, and have members as the study's search can have them. */
#include "aann/excerpt.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"
#include "family/create.h"
#include "family/member_parts.h"
#include "family/origin.h"
#include "family/run.h"
#include "family/same_family.h"
#include "family/stored.h"
#include "study/excerpt.h"
#include "study/transaction.h"

/* ---- to another process ---------------------------------------------------------------------- */

/* Keeps of members[*count] the ids of those that the search has to finish. */
static aann_status list_unfinished(const aann_family_plan *plan, const aann_member_row *members,
                                   size_t *count, int64_t **ids, aann_error *error)
{
    const char *origin = aann_member_origin(plan->search.method);
    size_t found = 0;
    int64_t *listed = aann_allocate(*count, sizeof *listed);
    if (listed == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for %zu members", *count);
    }
    for (size_t i = 0; i < *count; i++) {
        if (members[i].state == AANN_MEMBER_RUNNING && strcmp(members[i].origin, origin) == 0) {
            listed[found++] = members[i].id;
        }
    }
    *ids = listed;
    *count = found;
    return AANN_OK;
}

aann_status aann_excerpt_unfinished(aann_study *study, int64_t family_id,
                                    const aann_family_data *data, int64_t **ids, size_t *count,
                                    aann_error *error)
{
    const aann_family_work work = aann_family_work_default();
    aann_stored_family family;
    aann_member_row *members = NULL;
    *ids = NULL;
    *count = 0;
    aann_status status = aann_stored_family_read(study, family_id, &family, error);
    if (status != AANN_OK) {
        return status;
    }
    status = aann_family_check(&family.spec, data, &family.plan.plan, &work, error);
    if (status == AANN_OK) {
        status = aann_family_add_members(study, &family.spec, &family.plan, family_id, error);
    }
    if (status == AANN_OK) {
        status = aann_study_members(study, family_id, &members, count, error);
    }
    if (status == AANN_OK) {
        status = list_unfinished(&family.plan.plan, members, count, ids, error);
    }
    *count = status == AANN_OK ? *count : 0;
    free(members);
    aann_family_row_destroy(&family.row);
    return status;
}

aann_status aann_excerpt_pack(aann_study *study, int64_t family, const int64_t *ids, size_t count,
                              void **bytes, size_t *size, aann_error *error)
{
    return aann_study_excerpt(study, family, ids, count, bytes, size, error);
}

/* ---- there ----------------------------------------------------------------------------------- */

/* The number of the only family of an excerpt. */
static aann_status only_family(aann_study *excerpt, int64_t *id, aann_error *error)
{
    aann_family_row *rows = NULL;
    size_t count = 0;
    aann_status status = aann_study_families(excerpt, &rows, &count, error);
    if (status == AANN_OK && count != 1) {
        status =
            aann_fail(error, AANN_ERROR_FORMAT, "an excerpt with %zu families: expected 1", count);
    }
    *id = status == AANN_OK ? rows[0].id : 0;
    aann_family_rows_destroy(rows, count);
    return status;
}

aann_status aann_excerpt_search(const void *bytes, size_t size, const aann_family_data *data,
                                const aann_family_work *work, void **found, size_t *found_size,
                                aann_error *error)
{
    aann_study *excerpt = NULL;
    aann_stored_family family = {0};
    int64_t id = 0;
    *found = NULL;
    *found_size = 0;
    aann_status status = aann_study_image_open(bytes, size, &excerpt, error);
    if (status == AANN_OK) {
        status = only_family(excerpt, &id, error);
    }
    if (status == AANN_OK) {
        status = aann_stored_family_read(excerpt, id, &family, error);
    }
    if (status == AANN_OK) {
        const aann_family_plan *plan = &family.plan.plan;
        status = aann_family_check(&family.spec, data, plan, work, error);
        if (status == AANN_OK) {
            status =
                aann_family_run_members(excerpt, id, &family.spec, data, plan, work, 0.0, error);
        }
        aann_family_row_destroy(&family.row);
    }
    if (status == AANN_OK || status == AANN_INTERRUPTED) {
        const aann_status saved = aann_study_image_save(excerpt, found, found_size, error);
        status = saved == AANN_OK ? status : saved;
    }
    aann_study_close(excerpt);
    return status;
}

/* ---- and back -------------------------------------------------------------------------------- */

static bool is_finished(const aann_member_row *row)
{
    return row->state != AANN_MEMBER_RUNNING;
}

/* Whether a row can be a later one of the study's member. */
static aann_status check_row(const aann_family_plan *plan, const aann_member_row *row,
                             const aann_member_row *stored, aann_error *error)
{
    const long long id = (long long)row->id;
    if (row->family != stored->family || row->index != stored->index || row->seed != stored->seed ||
        strcmp(row->origin, stored->origin) != 0 ||
        strcmp(row->origin, aann_member_origin(plan->search.method)) != 0 ||
        row->swaps_from_parent != stored->swaps_from_parent || row->steps > plan->search.steps ||
        (is_finished(row) && row->steps == 0) || !aann_member_row_is_possible(row)) {
        return aann_fail(error, AANN_ERROR_FORMAT,
                         "the excerpt is damaged: its member %lld is none that the search can have",
                         id);
    }
    const bool same = row->steps == stored->steps && is_finished(row) == is_finished(stored);
    if (same && (row->hash != stored->hash || row->state != stored->state)) {
        return aann_fail(error, AANN_ERROR_FORMAT,
                         "member %lld has hash %016" PRIx64 " after %" PRIu64
                         " steps; the study has %016" PRIx64 ": one of them is wrong",
                         id, row->hash, row->steps, stored->hash);
    }
    return AANN_OK;
}

static bool is_further(const aann_member_row *row, const aann_member_row *than)
{
    return is_finished(row) != is_finished(than) ? is_finished(row) : row->steps > than->steps;
}

static aann_status store_member(aann_study *study, aann_study *excerpt, const aann_member_row *from,
                                const aann_member_row *stored, aann_error *error)
{
    aann_member_parts parts;
    aann_member_row row = *from;
    row.parent = stored->parent; /* which may have stayed behind */
    aann_status status = aann_member_parts_read(excerpt, from->id, &parts, error);
    const char *fault = status == AANN_OK ? aann_member_parts_fault(&parts, from) : NULL;
    if (fault != NULL) {
        status = aann_fail(error, AANN_ERROR_FORMAT, "the excerpt is damaged: member %lld has %s",
                           (long long)from->id, fault);
    }
    if (status == AANN_OK) {
        const aann_member_record record = aann_member_parts_record(&parts, &row);
        status = aann_study_save_members(study, &record, 1, error);
    }
    aann_member_parts_clear(&parts);
    return status;
}

static aann_status store_members(aann_study *study, aann_study *excerpt,
                                 const aann_stored_family *family, size_t *taken, aann_error *error)
{
    aann_member_row *rows = NULL;
    size_t count = 0;
    aann_status status = aann_study_members(excerpt, family->row.id, &rows, &count, error);
    for (size_t i = 0; status == AANN_OK && i < count; i++) {
        aann_member_row stored;
        status = aann_study_member(study, rows[i].id, &stored, error);
        if (status == AANN_OK) {
            status = check_row(&family->plan.plan, &rows[i], &stored, error);
        }
        if (status == AANN_OK && is_further(&rows[i], &stored)) {
            status = store_member(study, excerpt, &rows[i], &stored, error);
            *taken += 1;
        }
    }
    free(rows);
    return status;
}

/* Compares the families; an excerpt may be from before the family has grown, or has got a walk. */
static aann_status compare(aann_study *excerpt, const aann_stored_family *family, int64_t other_id,
                           aann_error *error)
{
    aann_stored_family other;
    char difference[256];
    char *options[2] = {NULL, NULL};
    aann_status status = aann_stored_family_read(excerpt, other_id, &other, error);
    if (status != AANN_OK) {
        return status;
    }
    const int32_t members = family->plan.plan.members;
    aann_family_row row = family->row;
    status = aann_family_options_kept(row.options, members, &options[0], error);
    if (status == AANN_OK) {
        status = aann_family_options_kept(other.row.options, members, &options[1], error);
    }
    row.options = options[0];
    other.row.options = options[1]; /* its own text is in its block */
    if (status == AANN_OK &&
        !aann_family_is_same(&row, &other.row, difference, sizeof difference)) {
        status = aann_fail(error, AANN_ERROR_ARGUMENT,
                           "the excerpt is of another family than family %lld: %s",
                           (long long)family->row.id, difference);
    }
    free(options[0]);
    free(options[1]);
    aann_family_row_destroy(&other.row);
    return status;
}

/* Whether the excerpt is of the study's family, which is read. */
static aann_status read_same(aann_study *study, aann_study *excerpt, int64_t id,
                             aann_stored_family *family, aann_error *error)
{
    int64_t other_id = 0;
    aann_status status = aann_stored_family_read(study, id, family, error);
    if (status != AANN_OK) {
        return status;
    }
    status = only_family(excerpt, &other_id, error);
    if (status == AANN_OK && other_id != id) {
        status = aann_fail(error, AANN_ERROR_ARGUMENT,
                           "the excerpt is of family %lld: expected family %lld of this study",
                           (long long)other_id, (long long)id);
    }
    if (status == AANN_OK) {
        status = compare(excerpt, family, other_id, error);
    }
    if (status != AANN_OK) {
        aann_family_row_destroy(&family->row);
    }
    return status;
}

aann_status aann_excerpt_take(aann_study *study, int64_t family_id, const void *bytes, size_t size,
                              size_t *taken, aann_error *error)
{
    aann_study *excerpt = NULL;
    size_t count = 0;
    aann_status status = aann_study_image_open(bytes, size, &excerpt, error);
    if (status == AANN_OK) {
        status = aann_study_begin(study, error);
    }
    if (status == AANN_OK) {
        aann_stored_family family;
        status = read_same(study, excerpt, family_id, &family, error);
        if (status == AANN_OK) {
            status = store_members(study, excerpt, &family, &count, error);
            aann_family_row_destroy(&family.row);
        }
        status = aann_study_finish(study, status, error);
    }
    aann_study_close(excerpt);
    if (taken != NULL) {
        *taken = status == AANN_OK ? count : 0;
    }
    return status;
}
