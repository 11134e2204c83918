/* Members and families, opened by what was typed. */
#include "cli/shared/members.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/shared/exit_status.h"
#include "cli/shared/message.h"
#include "cli/shared/options.h"
#include "cli/shared/study.h"

enum { PATH_SIZE = 4096, ID_SIZE = 24 };

/* ---- members that are named ------------------------------------------------------------------ */

bool cli_member_open(const char *path, const char *id, aann_member *member, int *status)
{
    int64_t number;
    aann_study *study = NULL;
    aann_error error;
    if (!cli_parse_long("ID", id, 1, 9e15, &number)) {
        *status = CLI_USAGE;
        return false;
    }
    aann_status opened = aann_study_open(path, AANN_STUDY_READ, &study, &error);
    if (opened == AANN_OK) {
        opened = aann_member_open(study, number, member, &error);
    }
    aann_study_close(study);
    if (opened != AANN_OK) {
        *status = cli_fail(&error);
    }
    return opened == AANN_OK;
}

/* Takes the next number off a list "1,2,5"; false at its end. */
static bool next_id(const char **ids, char id[ID_SIZE])
{
    const size_t length = strcspn(*ids, ",");
    snprintf(id, ID_SIZE, "%.*s", (int)length, *ids);
    *ids += length + ((*ids)[length] == ',' ? 1 : 0);
    return length > 0 || **ids != '\0';
}

bool cli_members_open(const char *path, const char *ids, cli_members *members, int *status)
{
    char id[ID_SIZE];
    members->count = 0;
    while (next_id(&ids, id)) {
        if (members->count == CLI_MEMBERS_LIMIT) {
            *status = cli_usage_error("%s: too many members; expected at most %d", path,
                                      CLI_MEMBERS_LIMIT);
            cli_members_close(members);
            return false;
        }
        aann_member *member = &members->list[members->count];
        if (!cli_member_open(path, id, member, status)) {
            cli_members_close(members);
            return false;
        }
        members->networks[members->count++] = member->network;
    }
    if (members->count == 0) {
        *status =
            cli_usage_error("%s: no member is named; expected numbers such as 1 or 1,2,5", path);
    }
    return members->count > 0;
}

bool cli_members_open_named(const char *option, const char *text, cli_members *members, int *status)
{
    char path[PATH_SIZE];
    const char *colon = strrchr(text, ':');
    if (colon == NULL || colon == text || colon[1] == '\0' || colon - text >= PATH_SIZE) {
        *status = cli_usage_error("%s: '%s' is not STUDY:ID, such as drivers.aann:1", option, text);
        return false;
    }
    snprintf(path, sizeof path, "%.*s", (int)(colon - text), text);
    return cli_members_open(path, colon + 1, members, status);
}

void cli_members_close(cli_members *members)
{
    while (members->count > 0) {
        aann_member_destroy(&members->list[--members->count]);
    }
}

/* ---- a family -------------------------------------------------------------------------------- */

cli_family_options cli_family_options_default(void)
{
    return (cli_family_options){.keep = true};
}

/* Whoever cannot write, because a search does or because the file is read-only, can still
 * compare. */
static aann_status open_study(cli_family *opened, bool keep, aann_error *error)
{
    opened->writable =
        keep && cli_study_open(opened->path, AANN_STUDY_WRITE, &opened->study, error) == AANN_OK;
    return opened->writable ? AANN_OK
                            : aann_study_open(opened->path, AANN_STUDY_READ, &opened->study, error);
}

aann_status cli_family_open(const char *path, const cli_family_options *options, int32_t minimum,
                            cli_family *opened, aann_error *error)
{
    *opened = (cli_family){
        .path = path, .threads = options->threads > 0 ? options->threads : aann_processor_count()};
    aann_family_choice choice = aann_family_choice_default();
    choice.unfinished = options->all;
    choice.origin = options->origin == NULL               ? "independent"
                    : strcmp(options->origin, "all") == 0 ? NULL
                                                          : options->origin;
    choice.limit = options->limit;
    choice.minimum = 0; /* they are counted below */
    choice.networks = true;
    aann_status status = open_study(opened, options->keep, error);
    if (status == AANN_OK) {
        status = aann_family_open(opened->study, options->family, &choice, &opened->family, error);
    }
    if (status == AANN_OK && opened->family.member_count < minimum) {
        status = cli_set_error(
            error, AANN_ERROR_NOT_FOUND,
            "%s: family %" PRId64 " has %d %s; at least %d are needed%s%s", path,
            opened->family.row.id, opened->family.member_count,
            options->all ? "members" : "finished members", minimum,
            options->all ? "" : " (--all takes unfinished and failed members, too)",
            opened->family.left_out > 0 ? " (--origin sample takes those of a sample, --origin "
                                          "all those of walks and paths, too)"
                                        : "");
    }
    if (status == AANN_OK) {
        status = aann_family_data_reload_within(&opened->family.row, options->data, options->test,
                                                options->data_limit, &opened->data, error);
    }
    return status;
}

cli_option cli_origin_option(const char **origin)
{
    return (cli_option){"origin",
                        CLI_TEXT,
                        (void *)origin,
                        0,
                        0,
                        "NAME",
                        "members that came from: search, walk, path, top, ..., or all (those that "
                        "were found independently)",
                        NULL};
}

void cli_print_left_out(const cli_family *opened)
{
    if (opened->family.left_out > 0) {
        printf("  %d members of other origins, such as walks and paths, are left out "
               "(--origin)\n",
               opened->family.left_out);
    }
}

void cli_family_close(cli_family *opened)
{
    aann_family_data_destroy(opened->data);
    aann_family_destroy(&opened->family);
    aann_study_close(opened->study);
    *opened = (cli_family){0};
}

aann_status cli_family_predict(cli_family *opened, const char *split, aann_predictions *predictions,
                               aann_error *error)
{
    const aann_family *family = &opened->family;
    const aann_samples *samples = aann_family_data_split(opened->data, split);
    if (samples == NULL || samples->labels == NULL) {
        return cli_set_error(error, AANN_ERROR_NOT_FOUND,
                             "%s: family %" PRId64 " has no %s split with labels", opened->path,
                             family->row.id, split);
    }
    int64_t *ids = malloc((size_t)family->member_count * sizeof *ids);
    if (ids == NULL) {
        return cli_set_error(error, AANN_ERROR_MEMORY, "out of memory");
    }
    for (int32_t i = 0; i < family->member_count; i++) {
        ids[i] = family->members[i].id;
    }
    aann_predictions_request request = aann_predictions_request_default();
    request.ids = ids;
    request.count = family->member_count;
    request.split = split;
    request.samples = samples;
    request.threads = opened->threads;
    request.keep = opened->writable;
    const aann_status status = aann_predictions_get(opened->study, &request, predictions, error);
    free(ids);
    return status;
}
