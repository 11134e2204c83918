/* Opening a family for comparison. */
#include "cli/shared/group.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/shared/message.h"

cli_group_options cli_default_group_options(void)
{
    return (cli_group_options){.keep = true};
}

/* Whoever cannot write, because a search does or because the file is read-only, can still
 * compare. */
static aann_status open_study(cli_group *group, bool keep, aann_error *error)
{
    if (keep && aann_study_open(group->path, AANN_STUDY_WRITE, &group->study, error) == AANN_OK) {
        group->writable = true;
        return AANN_OK;
    }
    return aann_study_open(group->path, AANN_STUDY_READ, &group->study, error);
}

static aann_status open_family(cli_group *group, int64_t id, aann_error *error)
{
    if (id == 0) {
        aann_family_row *families = NULL;
        size_t count = 0;
        const aann_status status = aann_study_families(group->study, &families, &count, error);
        if (status != AANN_OK) {
            return status;
        }
        id = count > 0 ? families[count - 1].id : 0;
        aann_family_rows_destroy(families, count);
        if (id == 0) {
            return cli_set_error(error, AANN_ERROR_NOT_FOUND, "%s: has no families yet",
                                 group->path);
        }
    }
    aann_status status = aann_study_family(group->study, id, &group->family, error);
    if (status == AANN_OK) {
        status = aann_family_plan_parse(group->family.options, &group->plan, error);
    }
    if (status == AANN_OK) {
        status = aann_family_spec(&group->family, &group->spec, error);
    }
    return status;
}

static aann_status choose_members(cli_group *group, const cli_group_options *options, int32_t least,
                                  aann_error *error)
{
    size_t found = 0;
    const aann_status status =
        aann_study_members(group->study, group->family.id, &group->rows, &found, error);
    if (status != AANN_OK) {
        return status;
    }
    for (size_t i = 0; i < found; i++) {
        const bool wanted = options->all || group->rows[i].state == AANN_MEMBER_DONE;
        if (wanted && (options->most == 0 || group->count < options->most)) {
            group->rows[group->count++] = group->rows[i];
        }
    }
    if (group->count < least) {
        return cli_set_error(error, AANN_ERROR_NOT_FOUND,
                             "%s: family %" PRId64
                             " has %d %s (of %zu in all); at least %d are needed%s",
                             group->path, group->family.id, group->count,
                             options->all ? "members" : "finished members", found, least,
                             options->all ? "" : " (--all takes the others, too)");
    }
    return AANN_OK;
}

aann_status cli_open_group(const char *path, const cli_group_options *options, int32_t least,
                           cli_group *group, aann_error *error)
{
    *group = (cli_group){
        .path = path, .threads = options->threads > 0 ? options->threads : aann_processor_count()};
    aann_status status = open_study(group, options->keep, error);
    if (status == AANN_OK) {
        status = open_family(group, options->family, error);
    }
    if (status == AANN_OK) {
        status = choose_members(group, options, least, error);
    }
    if (status == AANN_OK) {
        status = aann_family_data_reload(&group->family, NULL, NULL, &group->data, error);
    }
    return status;
}

void cli_close_group(cli_group *group)
{
    aann_family_data_destroy(group->data);
    aann_family_row_destroy(&group->family);
    aann_study_close(group->study);
    free(group->rows);
    *group = (cli_group){0};
}

aann_status cli_group_predict(cli_group *group, const char *split, aann_predictions *predictions,
                              aann_error *error)
{
    const aann_samples *samples = aann_family_data_split(group->data, split);
    if (samples == NULL || samples->labels == NULL) {
        return cli_set_error(error, AANN_ERROR_NOT_FOUND,
                             "%s: family %" PRId64 " has no %s split with labels", group->path,
                             group->family.id, split);
    }
    int64_t *ids = malloc((size_t)group->count * sizeof *ids);
    if (ids == NULL) {
        return cli_set_error(error, AANN_ERROR_MEMORY, "out of memory");
    }
    for (int32_t i = 0; i < group->count; i++) {
        ids[i] = group->rows[i].id;
    }
    const aann_status status =
        aann_predictions_get(group->study, ids, group->count, split, samples, group->threads,
                             group->writable, predictions, error);
    free(ids);
    return status;
}

aann_status cli_group_networks(cli_group *group, aann_network ***networks, aann_error *error)
{
    *networks = calloc((size_t)group->count, sizeof **networks);
    if (*networks == NULL) {
        return cli_set_error(error, AANN_ERROR_MEMORY, "out of memory");
    }
    aann_status status = AANN_OK;
    for (int32_t i = 0; status == AANN_OK && i < group->count; i++) {
        status = aann_study_network(group->study, group->rows[i].id, &(*networks)[i], error);
    }
    return status;
}

void cli_free_networks(aann_network **networks, int32_t count)
{
    for (int32_t i = 0; networks != NULL && i < count; i++) {
        aann_network_destroy(networks[i]);
    }
    free(networks);
}
