/* Telling models from studies by what was typed. */
#include "cli/shared/model_name.h"

#include <stdio.h>
#include <string.h>

#include "aann/model.h"
#include "cli/shared/exit_status.h"
#include "cli/shared/message.h"

static aann_status find_in_gallery(const char *wanted, cli_model_name *name, aann_error *error)
{
    cli_gallery gallery;
    size_t index = 0;
    aann_status status = cli_gallery_open(&gallery, error);
    if (status == AANN_OK) {
        status = cli_gallery_find(&gallery, wanted, &index, error);
    }
    if (status == AANN_OK) {
        status = cli_gallery_path(&gallery, index, name->path, error);
    }
    cli_gallery_close(&gallery);
    return status;
}

bool cli_model_is_meant(const char *command, const char *typed, const char *id,
                        cli_model_name *name, int *status)
{
    aann_error error;
    const size_t prefix = strlen(cli_gallery_prefix);
    const bool in_gallery = strncmp(typed, cli_gallery_prefix, prefix) == 0;
    *status = CLI_GOOD;
    if (in_gallery || aann_model_is_file(typed)) {
        const int written = snprintf(name->path, sizeof name->path, "%s", typed);
        if (id != NULL) {
            *status = cli_usage_error("%s: %s is a model: no ID is expected", command, typed);
        } else if (in_gallery && find_in_gallery(typed + prefix, name, &error) != AANN_OK) {
            *status = cli_fail(&error);
        } else if (written < 0 || (size_t)written >= sizeof name->path) {
            *status = cli_usage_error("%s: the path of the model is too long", command);
        }
        return true;
    }
    if (id == NULL) {
        *status =
            cli_usage_error("%s: %s is no model: the ID of a member is missing", command, typed);
        return true;
    }
    return false;
}
