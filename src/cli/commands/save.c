/* aann save: a member as a model file, to be used elsewhere. */
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "aann/family.h"
#include "aann/model.h"
#include "cli/commands/command.h"
#include "cli/shared/json.h"
#include "cli/shared/message.h"
#include "cli/shared/options.h"
#include "cli/shared/output.h"
#include "cli/shared/text.h"

static const char description[] =
    "Writes a member to one small file with all that is needed to use it: the\n"
    "network, how data are encoded, the names of the classes, what outputs stand\n"
    "for. 'predict', 'eval' and 'show' take such a file in place of a study and a\n"
    "member. It needs neither the study nor the training data.\n"
    "\n"
    "  aann save iris.aann 1 --out iris.aannm\n"
    "  aann predict iris.aannm --data new.csv\n";

static aann_status save(const char *study_path, int64_t id, const char *path, aann_model **model,
                        aann_error *error)
{
    aann_study *study = NULL;
    aann_status status = aann_study_open(study_path, AANN_STUDY_READ, &study, error);
    if (status == AANN_OK) {
        status = aann_family_model(study, id, model, error);
    }
    if (status == AANN_OK) {
        status = aann_model_save(*model, path, error);
    }
    aann_study_close(study);
    return status;
}

static void print_saved(const aann_model *model, int64_t id, const cli_output *output, bool json)
{
    const char *path = output->path;
    const aann_network *network = aann_model_network(model);
    struct stat information = {0};
    const int64_t size = stat(path, &information) == 0 ? (int64_t)information.st_size : 0;
    if (json) {
        cli_print_json(json_pack("{s:o, s:I, s:I, s:o, s:o}", "model", cli_json_text(path), "id",
                                 (json_int_t)id, "bytes", (json_int_t)size, "hash",
                                 cli_json_hash(aann_network_hash(network)), "spec",
                                 cli_json_text(aann_network_spec(network)->text)));
        return;
    }
    cli_print_to(output->messages, "%s: %s, %" PRId64 " bytes, hash %016" PRIx64 "\n",
                 output->is_standard ? "standard output" : path, aann_network_spec(network)->text,
                 size, aann_network_hash(network));
}

int cli_save(int count, char **texts)
{
    const char *path = NULL;
    bool json = false;
    const cli_option options[] = {
        {"out", CLI_TEXT, &path, 0, 0, "FILE",
         "the file to write, usually NAME.aannm; -: the standard output", NULL},
        {0},
    };
    const char *positional[2];
    const cli_syntax syntax = {
        "save", "STUDY ID --out FILE", description, options, positional, 2, 2, &json};
    int status;
    int64_t id;
    if (!cli_parse(&syntax, count, texts, &status)) {
        return status;
    }
    if (path == NULL) {
        return cli_usage_error("save: --out FILE is missing");
    }
    if (!cli_parse_long("ID", positional[1], 1, 9e15, &id)) {
        return CLI_USAGE;
    }
    aann_error error;
    aann_model *model = NULL;
    cli_output output;
    if (!cli_output_begin("save", path, json, &output, &status)) {
        return status;
    }
    aann_status done = save(positional[0], id, output.path, &model, &error);
    if (done == AANN_OK) {
        print_saved(model, id, &output, json);
    }
    done = cli_output_end(&output, done, &error);
    aann_model_destroy(model);
    return done == AANN_OK ? cli_finish_output(CLI_GOOD) : cli_fail(&error);
}
