/* One sample after the other: read, encoded, evaluated, printed, and forgotten. */
#include "cli/commands/predict_stream.h"

#include <stdio.h>
#include <stdlib.h>

#include "cli/shared/answers.h"
#include "cli/shared/exit_status.h"
#include "cli/shared/members.h"
#include "cli/shared/message.h"

/* The answer to one sample, on a line that is written at once. */
static aann_status answer(aann_model *model, const double *values, int32_t *logits,
                          aann_error *error)
{
    cli_answers answers = {0};
    aann_status status = aann_model_predict_doubles(model, values, 1, logits, NULL, NULL, error);
    if (status == AANN_OK) {
        status = cli_answers_make(model, logits, 1, &answers, error);
    }
    if (status == AANN_OK) {
        cli_answers_print(&answers, 1);
        if (fflush(stdout) != 0) {
            status = cli_set_error(error, AANN_ERROR_IO, "cannot write to the standard output");
        }
    }
    cli_answers_clear(&answers);
    return status;
}

static aann_status follow(aann_model *model, aann_stream *stream, aann_error *error)
{
    const aann_encoding *encoding = aann_model_describe(model)->encoding;
    const aann_spec *spec = aann_network_spec(aann_model_network(model));
    const int64_t size = aann_shape_size(aann_encoding_measured_shape(encoding, spec->input));
    double *values = calloc((size_t)size, sizeof *values);
    int32_t *logits = calloc((size_t)spec->output_count, sizeof *logits);
    aann_status status = values != NULL && logits != NULL
                             ? AANN_OK
                             : cli_set_error(error, AANN_ERROR_MEMORY, "out of memory");
    bool found = true;
    while (status == AANN_OK && found) {
        status = aann_stream_next(stream, values, &found, error);
        if (status == AANN_OK && found) {
            status = answer(model, values, logits, error);
        }
    }
    free(values);
    free(logits);
    return status;
}

int predict_stream(const char *path, const char *id, const char *data, const cli_load *load)
{
    aann_error error;
    aann_member member;
    aann_study *study = NULL;
    aann_model *model = NULL;
    aann_stream *stream = NULL;
    int status;
    if (!cli_member_open(path, id, &member, &status)) {
        return status;
    }
    aann_status done = aann_study_open(path, AANN_STUDY_READ, &study, &error);
    if (done == AANN_OK) {
        done = aann_family_model(study, member.row.id, &model, &error);
    }
    aann_study_close(study);
    if (done == AANN_OK) {
        done = aann_family_stream_open(&member.family, data, &load->options, &stream, &error);
    }
    if (done == AANN_OK) {
        done = follow(model, stream, &error);
    }
    aann_stream_destroy(stream);
    aann_model_destroy(model);
    aann_member_destroy(&member);
    return done == AANN_OK ? cli_finish_output(CLI_GOOD) : cli_fail(&error);
}
