/* More members for a stored family. */
#include <stdlib.h>

#include "core/error.h"
#include "family/create.h"
#include "family/stored.h"

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

/* A start that is not in the study is noticed before anything is changed. */
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

static aann_status grow(aann_study *study, aann_stored_family *family, int32_t members,
                        aann_error *error)
{
    aann_status status = check_members(family, members, error);
    if (status == AANN_OK) {
        status = check_starts(study, family, members, error);
    }
    char *grown = NULL;
    if (status == AANN_OK) {
        status = aann_family_options_grow(family->row.options, members, &grown, error);
    }
    if (status == AANN_OK) {
        status = aann_study_save_options(study, family->row.id, grown, error);
    }
    free(grown);
    family->plan.plan.members = members;
    return status == AANN_OK
               ? aann_family_add_members(study, &family->spec, &family->plan, family->row.id, error)
               : status;
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
