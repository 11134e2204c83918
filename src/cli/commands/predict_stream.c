/* The networks and the stream that goes with them: from a study, which knows windows and columns, or
 * from a model file, which knows its columns. */
#include "cli/commands/predict_stream.h"

#include <inttypes.h>
#include <stdlib.h>

#include "cli/commands/answer_stream.h"
#include "cli/commands/model_file.h"
#include "cli/shared/exit_status.h"
#include "cli/shared/message.h"

static aann_status open_models(const char *path, const cli_members *members, aann_model **models,
                               aann_error *error)
{
    aann_study *study = NULL;
    aann_status status = aann_study_open(path, AANN_STUDY_READ, &study, error);
    for (int32_t i = 0; status == AANN_OK && i < members->count; i++) {
        status = aann_family_model(study, members->list[i].row.id, &models[i], error);
    }
    aann_study_close(study);
    return status;
}

int predict_stream(const char *study, const cli_members *members, const char *data,
                   const cli_load *load)
{
    aann_error error;
    aann_stream *stream = NULL;
    aann_model *models[CLI_MEMBERS_LIMIT] = {NULL};
    aann_status status = open_models(study, members, models, &error);
    if (status == AANN_OK) {
        status = aann_family_stream_open(&members->list[0].family, data, &load->options, &stream,
                                         &error);
    }
    if (status == AANN_OK) {
        status = answer_stream(models, members->count, ANSWER_STREAM_EACH, stream, &error);
    }
    aann_stream_destroy(stream);
    for (int32_t i = 0; i < members->count; i++) {
        aann_model_destroy(models[i]);
    }
    return status == AANN_OK ? cli_finish_output(CLI_GOOD) : cli_fail(&error);
}

/* ---- a model file ---------------------------------------------------------------------------- */

/* A stream has the columns of a table, of which a model may know nothing. */
static aann_status open_for_model(const aann_model *model, const char *path, const char *data,
                                  aann_load_options *load, aann_stream **stream, aann_error *error)
{
    const aann_encoding *encoding = aann_model_describe(model)->encoding;
    const char **names = encoding != NULL ? model_file_set_columns(model, load) : NULL;
    if (names == NULL) {
        return cli_set_error(error, AANN_ERROR_ARGUMENT,
                             "%s: --stream answers the rows of a table, and the model does not "
                             "say which columns it reads",
                             path);
    }
    load->ignore_answers = true;
    load->missing_cells = encoding->kind == AANN_ENCODING_TABLE;
    const aann_status status = aann_stream_open(data, load, stream, error);
    free(names);
    return status;
}

int predict_stream_model(const char *path, const char *data, const cli_load *load)
{
    aann_error error;
    aann_model *model = NULL;
    aann_stream *stream = NULL;
    aann_load_options options = load->options;
    aann_status status = aann_model_load(path, &model, &error);
    if (status == AANN_OK) {
        status = open_for_model(model, path, data, &options, &stream, &error);
    }
    if (status == AANN_OK) {
        status = answer_stream(&model, 1, ANSWER_STREAM_EACH, stream, &error);
    }
    aann_stream_destroy(stream);
    aann_model_destroy(model);
    return status == AANN_OK ? cli_finish_output(CLI_GOOD) : cli_fail(&error);
}
