/* Creating a family: its row, with all that determines its result, and its members' starts.
 *
 * Everything is in the study before the search starts. So whenever a process ends, what is in the
 * study is enough to go on. */
#include "family/create.h"

#include <stdlib.h>
#include <string.h>

#include "aann/dale.h"
#include "aann/version.h"
#include "core/error.h"
#include "core/memory.h"
#include "family/origin.h"

aann_status aann_family_create(aann_study *study, const aann_spec *spec,
                               const aann_family_data *data, const aann_family_plan *plan,
                               int64_t *family_id, aann_error *error)
{
    char text[AANN_MAX_SPEC_LENGTH];
    aann_status status = aann_spec_format(spec, text, sizeof text, error);
    char *options = NULL;
    if (status == AANN_OK) {
        status = aann_family_plan_format(plan, &options, error);
    }
    if (status != AANN_OK) {
        return status;
    }
    aann_family_row family = {
        .name = plan->name,
        .task = plan->search.regression ? "regression" : "classification",
        .spec = text,
        .input = spec->input,
        .excitatory_share = spec->layers[0].excitatory_share,
        .data = aann_family_data_json(data),
        .options = options,
        .software = "aann " AANN_VERSION,
    };
    status = aann_study_add_family(study, &family, error);
    *family_id = family.id;
    free(options);
    return status;
}

/* ---- members --------------------------------------------------------------------------------- */

/* The first member of the study with this hash; *id is 0 if there is none. */
static aann_status find_hash(aann_study *study, uint64_t hash, int64_t *id, aann_error *error)
{
    aann_member_row *members = NULL;
    size_t count = 0;
    *id = 0;
    const aann_status status = aann_study_members(study, 0, &members, &count, error);
    for (size_t i = 0; i < count && *id == 0; i++) {
        *id = members[i].hash == hash ? members[i].id : 0;
    }
    free(members);
    return status;
}

aann_status aann_family_start_member(aann_study *study, const aann_spec *spec,
                                     const aann_stored_plan *stored, int32_t index, int64_t *parent,
                                     aann_network **network, aann_error *error)
{
    const aann_family_plan *plan = &stored->plan;
    *network = NULL;
    *parent = 0;
    if (plan->start_count > 0) {
        const aann_network *start = plan->starts[index % plan->start_count];
        const aann_status status = find_hash(study, aann_network_hash(start), parent, error);
        return status == AANN_OK ? aann_network_copy(start, network, error) : status;
    }
    if (stored->start_hash_count > 0) {
        const aann_status status =
            find_hash(study, stored->start_hashes[index % stored->start_hash_count], parent, error);
        if (status == AANN_OK && *parent == 0) {
            return aann_fail(
                error, AANN_ERROR_NOT_FOUND,
                "member %d started from a network that is not in this study: it cannot be added",
                index);
        }
        return status == AANN_OK ? aann_study_network(study, *parent, network, error) : status;
    }
    const aann_status status = aann_network_create(spec, network, error);
    if (status == AANN_OK) {
        return aann_dale_randomise(*network, plan->search.dale, plan->search.seed, (uint64_t)index,
                                   error);
    }
    return status;
}

static aann_status add_member(aann_study *study, const aann_spec *spec,
                              const aann_stored_plan *stored, int64_t family_id, int32_t index,
                              aann_error *error)
{
    aann_network *network = NULL;
    const aann_search_options *search = &stored->plan.search;
    aann_member_row member =
        aann_member_row_begin(family_id, index, search->seed, aann_member_origin(search->method));
    aann_status status =
        aann_family_start_member(study, spec, stored, index, &member.parent, &network, error);
    if (status == AANN_OK) {
        status = aann_study_add_member(study, &member, network, error);
    }
    aann_network_destroy(network);
    return status;
}

/* found[plan->members]: whether the study has the search's member of that index. */
static aann_status find_stored(aann_study *study, const aann_family_plan *plan, int64_t family,
                               bool *found, aann_error *error)
{
    aann_member_row *members = NULL;
    size_t count = 0;
    const aann_status status = aann_study_members(study, family, &members, &count, error);
    const bool searched = aann_family_is_filled(plan, members, count);
    for (int32_t index = 0; index < plan->members; index++) {
        found[index] = !searched;
    }
    for (size_t i = 0; i < count; i++) {
        const bool planned = members[i].index >= 0 && members[i].index < plan->members;
        if (planned && strcmp(members[i].origin, aann_member_origin(plan->search.method)) == 0) {
            found[members[i].index] = true;
        }
    }
    free(members);
    return status;
}

aann_status aann_family_add_members(aann_study *study, const aann_spec *spec,
                                    const aann_stored_plan *stored, int64_t family_id,
                                    aann_error *error)
{
    const int32_t members = stored->plan.members;
    bool *found = aann_allocate_zeroed((size_t)members, sizeof *found);
    if (found == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for %d members", members);
    }
    aann_status status = find_stored(study, &stored->plan, family_id, found, error);
    for (int32_t index = 0; status == AANN_OK && index < members; index++) {
        if (!found[index] && aann_family_plan_has(&stored->plan, index)) {
            status = add_member(study, spec, stored, family_id, index, error);
        }
    }
    free(found);
    return status;
}
