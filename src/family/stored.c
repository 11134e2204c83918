/* Opening a stored member, or a stored family with some of its members. */
#include "family/stored.h"

#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"

/* Parses a family's row. */
static aann_status read_row(const aann_family_row *row, aann_family_plan *plan, aann_spec *spec,
                            aann_error *error)
{
    const aann_status status = aann_family_plan_parse(row->options, plan, error);
    return status == AANN_OK ? aann_family_spec(row, spec, error) : status;
}

aann_status aann_stored_family_read(aann_study *study, int64_t family_id,
                                    aann_stored_family *family, aann_error *error)
{
    *family = (aann_stored_family){0};
    aann_status status = aann_study_family(study, family_id, &family->row, error);
    if (status != AANN_OK) {
        return status;
    }
    status = aann_family_spec(&family->row, &family->spec, error);
    if (status == AANN_OK) {
        status = aann_stored_plan_parse(family->row.options, &family->plan, error);
    }
    if (status != AANN_OK) {
        aann_family_row_destroy(&family->row);
    }
    return status;
}

/* ---- one member ------------------------------------------------------------------------------ */

static aann_status open_member(aann_study *study, int64_t member_id, aann_member *member,
                               aann_error *error)
{
    aann_status status = aann_study_member(study, member_id, &member->row, error);
    if (status == AANN_OK) {
        status = aann_study_family(study, member->row.family, &member->family, error);
    }
    if (status == AANN_OK) {
        status = read_row(&member->family, &member->plan, &member->spec, error);
    }
    if (status == AANN_OK) {
        status = aann_study_network(study, member_id, &member->network, error);
    }
    return status;
}

aann_status aann_member_open(aann_study *study, int64_t member_id, aann_member *member,
                             aann_error *error)
{
    *member = (aann_member){0};
    const aann_status status = open_member(study, member_id, member, error);
    if (status != AANN_OK) {
        aann_member_destroy(member);
    }
    return status;
}

void aann_member_destroy(aann_member *member)
{
    aann_network_destroy(member->network);
    aann_family_row_destroy(&member->family);
    *member = (aann_member){0};
}

double aann_family_plan_scale(const aann_family_plan *plan)
{
    return plan->search.regression ? plan->search.output_scale : plan->search.loss_scale;
}

/* ---- a family -------------------------------------------------------------------------------- */

aann_family_choice aann_family_choice_default(void)
{
    return (aann_family_choice){.minimum = 1};
}

/* The id of the study's last family. */
static aann_status last_family(aann_study *study, int64_t *id, aann_error *error)
{
    aann_family_row *families = NULL;
    size_t count = 0;
    const aann_status status = aann_study_families(study, &families, &count, error);
    *id = status == AANN_OK && count > 0 ? families[count - 1].id : 0;
    aann_family_rows_destroy(families, count);
    return status == AANN_OK && *id == 0
               ? aann_fail(error, AANN_ERROR_NOT_FOUND, "%s: has no families yet",
                           aann_study_path(study))
               : status;
}

/* The named members, in their given order. */
static aann_status choose_named(aann_study *study, const aann_family_choice *choice,
                                aann_family *family, aann_error *error)
{
    family->members = aann_allocate((size_t)choice->id_count, sizeof *family->members);
    if (family->members == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for %d members",
                         choice->id_count);
    }
    for (int32_t i = 0; i < choice->id_count; i++) {
        aann_member_row *row = &family->members[i];
        const aann_status status = aann_study_member(study, choice->ids[i], row, error);
        if (status != AANN_OK) {
            return status;
        }
        if (row->family != family->row.id) {
            return aann_fail(error, AANN_ERROR_ARGUMENT,
                             "%s: member %lld is of family %lld, not of family %lld",
                             aann_study_path(study), (long long)row->id, (long long)row->family,
                             (long long)family->row.id);
        }
        family->member_count++;
    }
    return AANN_OK;
}

/* The first finished members, or the first of all. */
static bool has_origin(const aann_member_row *member, const char *origin)
{
    return origin == NULL ||
           (strcmp(origin, "independent") == 0 ? aann_member_row_is_independent(member)
                                               : strcmp(origin, member->origin) == 0);
}

static aann_status choose_first(aann_study *study, const aann_family_choice *choice,
                                aann_family *family, aann_error *error)
{
    size_t found = 0;
    const aann_status status =
        aann_study_members(study, family->row.id, &family->members, &found, error);
    if (status != AANN_OK) {
        return status;
    }
    const int32_t limit = choice->limit > 0 ? choice->limit : INT32_MAX;
    for (size_t i = 0; i < found && family->member_count < limit; i++) {
        const aann_member_row *member = &family->members[i];
        if (!choice->unfinished && member->state != AANN_MEMBER_DONE) {
            continue;
        }
        if (has_origin(member, choice->origin)) {
            family->members[family->member_count++] = *member;
        } else {
            family->left_out++;
        }
    }
    if (family->member_count < choice->minimum) {
        return aann_fail(error, AANN_ERROR_NOT_FOUND,
                         "%s: family %lld has %d %s (of %zu in all); at least %d are needed",
                         aann_study_path(study), (long long)family->row.id, family->member_count,
                         choice->unfinished ? "members" : "finished members", found,
                         choice->minimum);
    }
    return AANN_OK;
}

static aann_status read_networks(aann_study *study, aann_family *family, aann_error *error)
{
    family->networks = aann_allocate_zeroed((size_t)family->member_count, sizeof *family->networks);
    if (family->networks == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for %d networks",
                         family->member_count);
    }
    aann_status status = AANN_OK;
    for (int32_t i = 0; status == AANN_OK && i < family->member_count; i++) {
        status = aann_study_network(study, family->members[i].id, &family->networks[i], error);
    }
    return status;
}

static aann_status open_family(aann_study *study, int64_t family_id,
                               const aann_family_choice *choice, aann_family *family,
                               aann_error *error)
{
    aann_status status = family_id == 0 ? last_family(study, &family_id, error) : AANN_OK;
    if (status == AANN_OK) {
        status = aann_study_family(study, family_id, &family->row, error);
    }
    if (status == AANN_OK) {
        status = read_row(&family->row, &family->plan, &family->spec, error);
    }
    if (status == AANN_OK) {
        status = choice->id_count > 0 ? choose_named(study, choice, family, error)
                                      : choose_first(study, choice, family, error);
    }
    return status == AANN_OK && choice->networks ? read_networks(study, family, error) : status;
}

aann_status aann_family_open(aann_study *study, int64_t family_id, const aann_family_choice *choice,
                             aann_family *family, aann_error *error)
{
    *family = (aann_family){0};
    const aann_status status = open_family(study, family_id, choice, family, error);
    if (status != AANN_OK) {
        aann_family_destroy(family);
    }
    return status;
}

void aann_family_destroy(aann_family *family)
{
    for (int32_t i = 0; family->networks != NULL && i < family->member_count; i++) {
        aann_network_destroy(family->networks[i]);
    }
    free(family->networks);
    free(family->members);
    aann_family_row_destroy(&family->row);
    *family = (aann_family){0};
}
