/* Members of a family answer together to a file: by the sum of their logits or by vote; in
 * regression, by the mean of their outputs. */
#include "cli/commands/ensemble_data.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "aann/ensemble.h"
#include "aann/evaluate.h"
#include "cli/commands/answer_stream.h"
#include "cli/shared/answers.h"
#include "cli/shared/exit_status.h"
#include "cli/shared/message.h"

typedef struct asked {
    aann_family family;
    aann_model *model; /* of the first member: what outputs mean */
    aann_samples *samples;
    aann_predictions predictions; /* logits [members][samples][outputs] */
} asked;

static void clear(asked *a)
{
    free(a->predictions.logits);
    aann_samples_destroy(a->samples);
    aann_model_destroy(a->model);
    aann_family_destroy(&a->family);
}

static aann_status open_family(const ensemble_request *request, asked *a, aann_error *error)
{
    aann_study *study = NULL;
    aann_family_choice choice = aann_family_choice_default();
    choice.unfinished = request->members.all;
    choice.limit = request->members.limit;
    choice.networks = true;
    aann_status status = aann_study_open(request->study, AANN_STUDY_READ, &study, error);
    if (status == AANN_OK) {
        status = aann_family_open(study, request->members.family, &choice, &a->family, error);
    }
    if (status == AANN_OK) {
        status = aann_family_model(study, a->family.members[0].id, &a->model, error);
    }
    aann_study_close(study);
    return status;
}

static aann_status run_members(const ensemble_request *request, asked *a, aann_error *error)
{
    const int32_t threads =
        request->members.threads > 0 ? request->members.threads : aann_processor_count();
    const size_t values = (size_t)a->samples->count * (size_t)a->family.spec.output_count;
    aann_status status = AANN_OK;
    a->predictions = (aann_predictions){.member_count = a->family.member_count,
                                        .sample_count = a->samples->count,
                                        .outputs = a->family.spec.output_count};
    a->predictions.logits =
        calloc(values + 1, (size_t)a->family.member_count * sizeof *a->predictions.logits);
    if (a->predictions.logits == NULL) {
        return cli_set_error(error, AANN_ERROR_MEMORY, "out of memory for the outputs");
    }
    for (int32_t i = 0; status == AANN_OK && i < a->family.member_count; i++) {
        aann_evaluator *evaluator = NULL;
        status = aann_evaluator_create(a->family.networks[i], threads, NULL, &evaluator, error);
        if (status == AANN_OK) {
            status = aann_evaluator_logits(evaluator, a->samples, 0, a->samples->count,
                                           a->predictions.logits + (size_t)i * values, error);
        }
        aann_evaluator_destroy(evaluator);
    }
    return status;
}

static bool wants_vote(const ensemble_request *request)
{
    return request->method != NULL && strcmp(request->method, "vote") == 0;
}

static void print(const ensemble_request *request, const asked *a, const cli_answers *answers)
{
    if (!request->json) {
        cli_answers_print(answers, 1);
        return;
    }
    json_t *ids = json_array();
    for (int32_t i = 0; i < a->family.member_count; i++) {
        json_array_append_new(ids, json_integer((json_int_t)a->family.members[i].id));
    }
    json_t *object = json_pack("{s:o, s:I, s:o, s:I, s:i}", "study", cli_json_text(request->study),
                               "family", (json_int_t)a->family.row.id, "members", ids, "count",
                               (json_int_t)answers->count, "outputs", answers->outputs);
    cli_answers_add_json(answers, object);
    cli_print_json(object);
}

/* ---- a stream -------------------------------------------------------------------------------- */

/* The other members' models, too: models[0] is the first one's. */
static aann_status open_models(const ensemble_request *request, const asked *a, aann_model **models,
                               aann_error *error)
{
    aann_study *study = NULL;
    aann_status status = aann_study_open(request->study, AANN_STUDY_READ, &study, error);
    models[0] = a->model;
    for (int32_t i = 1; status == AANN_OK && i < a->family.member_count; i++) {
        status = aann_family_model(study, a->family.members[i].id, &models[i], error);
    }
    aann_study_close(study);
    return status;
}

static aann_status follow(const ensemble_request *request, const asked *a, aann_error *error)
{
    const int32_t count = a->family.member_count;
    aann_stream *stream = NULL;
    aann_model **models = calloc((size_t)count, sizeof *models);
    if (models == NULL) {
        return cli_set_error(error, AANN_ERROR_MEMORY, "out of memory for members");
    }
    aann_status status = open_models(request, a, models, error);
    if (status == AANN_OK) {
        status = aann_family_stream_open(&a->family.row, request->data, &request->load.options,
                                         &stream, error);
    }
    if (status == AANN_OK) {
        status = answer_stream(models, count,
                               wants_vote(request) ? ANSWER_STREAM_VOTE : ANSWER_STREAM_SUM, stream,
                               error);
    }
    aann_stream_destroy(stream);
    for (int32_t i = 1; i < count; i++) {
        aann_model_destroy(models[i]);
    }
    free(models);
    return status;
}

/* ---- a file ---------------------------------------------------------------------------------- */

static aann_status answer_file(const ensemble_request *request, asked *a, aann_error *error)
{
    cli_answers answers = {0};
    aann_status status = aann_family_encode(&a->family.row, request->data, &request->load.options,
                                            0, 0, false, &a->samples, error);
    if (status == AANN_OK) {
        status = run_members(request, a, error);
    }
    if (status == AANN_OK) {
        status =
            cli_answers_together(a->model, &a->predictions, wants_vote(request), &answers, error);
    }
    if (status == AANN_OK) {
        print(request, a, &answers);
    }
    cli_answers_clear(&answers);
    return status;
}

int ensemble_answer(const ensemble_request *request)
{
    aann_error error;
    asked a = {.samples = NULL};
    aann_status status = open_family(request, &a, &error);
    if (status == AANN_OK) {
        status = request->stream ? follow(request, &a, &error) : answer_file(request, &a, &error);
    }
    clear(&a);
    return status == AANN_OK ? cli_finish_output(CLI_GOOD) : cli_fail(&error);
}
