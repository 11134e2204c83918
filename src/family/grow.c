/* Adding members to a stored family. */
#include <stdlib.h>

#include "core/error.h"
#include "family/create.h"
#include "family/origin.h"
#include "family/stored.h"
#include "study/transaction.h"

/* Members are added to those that the search found. */
static aann_status check_searched(aann_study *study, const aann_stored_family *family,
                                  aann_error *error)
{
    aann_member_row *members = NULL;
    size_t count = 0;
    aann_status status = aann_study_members(study, family->row.id, &members, &count, error);
    if (status == AANN_OK && count > 0 &&
        !aann_family_is_filled(&family->plan.plan, members, count)) {
        status = aann_fail(error, AANN_ERROR_ARGUMENT,
                           "family %lld was not searched (its first member is of origin %s): "
                           "expected a searched family, to which members can be added",
                           (long long)family->row.id, members[0].origin);
    }
    free(members);
    return status;
}

static aann_status check_members(const aann_stored_family *family, int32_t members,
                                 aann_error *error)
{
    if (members < family->plan.plan.members) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "family %lld has %d members already: %d would be fewer",
                         (long long)family->row.id, family->plan.plan.members, members);
    }
    aann_family_plan plan = family->plan.plan;
    plan.members = members;
    return aann_family_plan_check(&plan, error);
}

/* Finds a start that is not in the study before anything is changed. */
static aann_status check_starts(aann_study *study, const aann_stored_family *family,
                                int32_t members, aann_error *error)
{
    if (family->plan.start_hash_count == 0) {
        return AANN_OK;
    }
    aann_network *network = NULL;
    int64_t parent = 0;
    const aann_status status = aann_family_start_member(study, &family->spec, &family->plan,
                                                        members - 1, &parent, &network, error);
    aann_network_destroy(network);
    return status;
}

/* The number of members and the new ones' starts, in one transaction. */
static aann_status store(aann_study *study, const aann_stored_family *family, const char *options,
                         aann_error *error)
{
    aann_status status = aann_study_begin(study, error);
    if (status != AANN_OK) {
        return status;
    }
    status = aann_study_save_options(study, family->row.id, options, error);
    if (status == AANN_OK) {
        status =
            aann_family_add_members(study, &family->spec, &family->plan, family->row.id, error);
    }
    return aann_study_finish(study, status, error);
}

static aann_status grow(aann_study *study, aann_stored_family *family, int32_t members,
                        aann_error *error)
{
    aann_status status = check_members(family, members, error);
    if (status == AANN_OK) {
        status = check_searched(study, family, error);
    }
    if (status == AANN_OK) {
        status = check_starts(study, family, members, error);
    }
    char *grown = NULL;
    if (status == AANN_OK) {
        status = aann_family_options_grow(family->row.options, members, &grown, error);
    }
    family->plan.plan.members = members;
    if (status == AANN_OK) {
        status = store(study, family, grown, error);
    }
    free(grown);
    return status;
}

aann_status aann_family_grow(aann_study *study, int64_t family_id, int32_t members,
                             aann_error *error)
{
    aann_stored_family family;
    aann_status status = aann_stored_family_read(study, family_id, &family, error);
    if (status == AANN_OK) {
        status = grow(study, &family, members, error);
        aann_family_row_destroy(&family.row);
    }
    return status;
}
