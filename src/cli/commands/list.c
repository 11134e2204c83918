/* aann list: what is in a study. */
#include <stdio.h>
#include <stdlib.h>

#include "cli/commands/command.h"
#include "cli/shared/message.h"
#include "cli/shared/options.h"
#include "cli/shared/report.h"
#include "cli/shared/text.h"

static const char description[] =
    "Lists the families of a study and their members. It is safe while a search\n"
    "writes to the study.\n";

static aann_status list_json(aann_study *study, const char *path, const aann_family_row *families,
                             size_t count, aann_error *error)
{
    json_t *array = json_array();
    aann_status status = AANN_OK;
    for (size_t i = 0; i < count && status == AANN_OK; i++) {
        json_t *object = NULL;
        status = cli_json_family(study, &families[i], &object, error);
        if (status == AANN_OK) {
            json_array_append_new(array, object);
        }
    }
    json_t *all = json_pack("{s:o, s:o}", "study", cli_json_text(path), "families", array);
    if (status == AANN_OK) {
        cli_print_json(all);
    } else {
        json_decref(all);
    }
    return status;
}

static aann_status list_table(aann_study *study, const char *path, const aann_family_row *families,
                              size_t count, aann_error *error)
{
    if (count == 0) {
        cli_print("%s: no families yet\n", path);
    }
    for (size_t i = 0; i < count; i++) {
        if (i > 0) {
            putchar('\n');
        }
        const aann_status status = cli_print_family(study, &families[i], error);
        if (status != AANN_OK) {
            return status;
        }
    }
    return AANN_OK;
}

int cli_list(int count, char **arguments)
{
    bool json = false;
    const cli_option options[] = {{0}};
    const char *positional[1];
    const cli_syntax syntax = {"list", "STUDY [OPTIONS]", description, options, positional, 1, 1,
                               &json};
    int result;
    if (!cli_parse(&syntax, count, arguments, &result)) {
        return result;
    }
    aann_error error;
    aann_study *study = NULL;
    aann_family_row *families = NULL;
    size_t family_count = 0;
    aann_status status = aann_study_open(positional[0], AANN_STUDY_READ, &study, &error);
    if (status == AANN_OK) {
        status = aann_study_families(study, &families, &family_count, &error);
    }
    if (status == AANN_OK) {
        status = json ? list_json(study, positional[0], families, family_count, &error)
                      : list_table(study, positional[0], families, family_count, &error);
    }
    aann_family_rows_destroy(families, family_count);
    aann_study_close(study);
    return status == AANN_OK ? cli_finish_output(CLI_GOOD) : cli_fail(&error);
}
