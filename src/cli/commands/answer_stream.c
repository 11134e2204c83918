/* One sample after the other: read, encoded, evaluated, printed, and forgotten. */
#include "cli/commands/answer_stream.h"

#include <stdio.h>
#include <stdlib.h>

#include "cli/shared/answers.h"
#include "cli/shared/message.h"

/* What is needed for one sample. */
typedef struct workplace {
    aann_model *const *models;
    int32_t count;
    answer_stream_mode mode;
    int32_t outputs;
    double *values;       /* of the sample */
    int32_t *logits;      /* [count][outputs] */
    cli_answers *answers; /* [count] */
} workplace;

static aann_status make(const workplace *w, aann_error *error)
{
    aann_status status = AANN_OK;
    for (int32_t i = 0; status == AANN_OK && i < w->count; i++) {
        int32_t *logits = w->logits + (size_t)i * (size_t)w->outputs;
        status = aann_model_predict_doubles(w->models[i], w->values, 1, logits, NULL, NULL, error);
        if (status == AANN_OK && w->mode == ANSWER_STREAM_EACH) {
            status = cli_answers_make(w->models[i], logits, 1, &w->answers[i], error);
        }
    }
    if (status == AANN_OK && w->mode != ANSWER_STREAM_EACH) {
        const aann_predictions all = {.member_count = w->count,
                                      .sample_count = 1,
                                      .outputs = w->outputs,
                                      .logits = w->logits};
        status = cli_answers_together(w->models[0], &all, w->mode == ANSWER_STREAM_VOTE, w->answers,
                                      error);
    }
    return status;
}

/* The answers to one sample, on a line that is written at once. */
static aann_status answer(const workplace *w, aann_error *error)
{
    aann_status status = make(w, error);
    if (status == AANN_OK) {
        cli_answers_print(w->answers, w->mode == ANSWER_STREAM_EACH ? w->count : 1);
        if (fflush(stdout) != 0) {
            status = cli_set_error(error, AANN_ERROR_IO, "cannot write to the standard output");
        }
    }
    for (int32_t i = 0; i < w->count; i++) {
        cli_answers_clear(&w->answers[i]);
    }
    return status;
}

static bool allocate(workplace *w)
{
    const aann_spec *spec = aann_network_spec(aann_model_network(w->models[0]));
    const aann_encoding *encoding = aann_model_describe(w->models[0])->encoding;
    const int64_t size = aann_shape_size(aann_encoding_measured_shape(encoding, spec->input));
    w->outputs = spec->output_count;
    w->values = calloc((size_t)size, sizeof *w->values);
    w->logits = calloc((size_t)w->count, (size_t)w->outputs * sizeof *w->logits);
    w->answers = calloc((size_t)w->count, sizeof *w->answers);
    return w->values != NULL && w->logits != NULL && w->answers != NULL;
}

aann_status answer_stream(aann_model *const *models, int32_t count, answer_stream_mode mode,
                          aann_stream *stream, aann_error *error)
{
    workplace w = {.models = models, .count = count, .mode = mode};
    aann_status status =
        allocate(&w) ? AANN_OK : cli_set_error(error, AANN_ERROR_MEMORY, "out of memory");
    bool found = true;
    while (status == AANN_OK && found) {
        status = aann_stream_next(stream, w.values, &found, error);
        if (status == AANN_OK && found) {
            status = answer(&w, error);
        }
    }
    free(w.values);
    free(w.logits);
    free(w.answers);
    return status;
}
