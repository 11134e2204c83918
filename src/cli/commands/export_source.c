/* The model to export, from a study or a file. */
#include "cli/commands/export_source.h"

#include "aann/family.h"
#include "cli/shared/exit_status.h"
#include "cli/shared/message.h"
#include "cli/shared/model_name.h"
#include "cli/shared/options.h"

static aann_status load_member(const char *path, int64_t id, aann_model **model, aann_error *error)
{
    aann_study *study = NULL;
    aann_status status = aann_study_open(path, AANN_STUDY_READ, &study, error);
    if (status == AANN_OK) {
        status = aann_family_model(study, id, model, error);
    }
    aann_study_close(study);
    return status;
}

bool export_load(const char *command, const char *path, const char *id, aann_model **model,
                 int *status)
{
    aann_error error;
    cli_model_name name;
    const bool is_file = cli_model_is_meant(command, path, id, &name, status);
    if (*status != CLI_GOOD) {
        return false;
    }
    aann_status loaded;
    if (is_file) {
        loaded = aann_model_load(name.path, model, &error);
    } else {
        int64_t number;
        if (!cli_parse_long("ID", id, 1, 9e15, &number)) {
            *status = CLI_USAGE;
            return false;
        }
        loaded = load_member(path, number, model, &error);
    }
    if (loaded != AANN_OK) {
        *status = cli_fail(&error);
    }
    return loaded == AANN_OK;
}
