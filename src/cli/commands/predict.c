/* aann predict: what members answer to data without labels. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands/command.h"
#include "cli/commands/model_file.h"
#include "cli/commands/predict_stream.h"
#include "cli/shared/answers.h"
#include "cli/shared/common_options.h"
#include "cli/shared/evaluate.h"
#include "cli/shared/load.h"
#include "cli/shared/members.h"
#include "cli/shared/message.h"
#include "cli/shared/model_name.h"
#include "cli/shared/options.h"
#include "cli/shared/output.h"
#include "cli/shared/text.h"

static const char description[] =
    "Runs members on data, encoded as the family's were. Labels are not needed,\n"
    "and not looked at. Prints the answer to each sample, one a line; of several\n"
    "members their answers side by side, with tabs between them. --logits writes\n"
    "the exact integer outputs to an NPY file, int32 [count][outputs], instead.\n"
    "'aann ensemble --data' lets members answer together.\n"
    "\n"
    "  aann predict mnist.aann 1 --data mnist:test --logits logits.npy\n"
    "  aann predict mine.aann 1,2,5 --data new.csv\n"
    "  cat new.csv | aann predict mine.aann 1 --data -\n"
    "  sensor | aann predict mine.aann 1,2 --data - --stream   (as it comes)\n"
    "  aann predict mine.aannm --data new.csv     (a file from 'aann save')\n";

typedef struct predict_arguments {
    const char *data, *isa;
    cli_output logits;
    cli_load load;
    int32_t threads;
    bool json, stream;
} predict_arguments;

/* The answers of all members: models[count] and answers[count]. */
typedef struct predicted {
    aann_model *models[CLI_MEMBERS_LIMIT];
    cli_answers answers[CLI_MEMBERS_LIMIT];
    int32_t count;
} predicted;

static void clear(predicted *all)
{
    for (int32_t i = 0; i < CLI_MEMBERS_LIMIT; i++) {
        cli_answers_clear(&all->answers[i]);
        aann_model_destroy(all->models[i]);
    }
}

static aann_status ask(aann_study *study, const aann_member *member, const aann_samples *samples,
                       const predict_arguments *a, predicted *all, aann_error *error)
{
    int32_t *logits = NULL;
    const int32_t i = all->count;
    aann_status status = aann_family_model(study, member->row.id, &all->models[i], error);
    if (status == AANN_OK) {
        status = cli_logits(member, samples, a->threads, a->isa, &logits, error);
    }
    if (status == AANN_OK && a->logits.path != NULL) {
        status = aann_npy_write_int32(a->logits.path, logits, samples->count,
                                      member->spec.output_count, error);
    }
    if (status == AANN_OK) {
        status = cli_answers_make(all->models[i], logits, samples->count, &all->answers[i], error);
    }
    all->count += status == AANN_OK ? 1 : 0;
    free(logits);
    return status;
}

static json_t *result_json(const predict_arguments *a, const cli_members *members,
                           const predicted *all)
{
    const cli_answers *first = &all->answers[0];
    json_t *object =
        json_pack("{s:I, s:i, s:o}", "count", (json_int_t)first->count, "outputs", first->outputs,
                  "logits", a->logits.path != NULL ? cli_json_text(a->logits.path) : json_null());
    if (all->count == 1) {
        cli_answers_add_json(first, object);
        return object;
    }
    json_t *list = json_array();
    for (int32_t i = 0; i < all->count; i++) {
        json_t *one = json_pack("{s:I}", "id", (json_int_t)members->list[i].row.id);
        cli_answers_add_json(&all->answers[i], one);
        json_array_append_new(list, one);
    }
    json_object_set_new(object, "members", list);
    return object;
}

static void print(const predict_arguments *a, const cli_members *members, const predicted *all)
{
    if (a->json) {
        cli_print_json(result_json(a, members, all));
    } else if (a->logits.path != NULL) {
        const int64_t count = all->answers[0].count;
        cli_print_to(a->logits.messages,
                     "%s: logits of %" PRId64 " samples, int32 [%" PRId64 "][%d]\n",
                     a->logits.is_standard ? "standard output" : a->logits.path, count, count,
                     all->answers[0].outputs);
    } else {
        cli_answers_print(all->answers, all->count);
    }
}

static aann_status predict(const char *path, const cli_members *members, const predict_arguments *a,
                           predicted *all, aann_error *error)
{
    aann_study *study = NULL;
    aann_samples *samples = NULL;
    aann_status status = aann_study_open(path, AANN_STUDY_READ, &study, error);
    if (status == AANN_OK) {
        status = aann_family_encode(&members->list[0].family, a->data, &a->load.options, 0, 0,
                                    false, &samples, error);
    }
    for (int32_t i = 0; status == AANN_OK && i < members->count; i++) {
        status = ask(study, &members->list[i], samples, a, all, error);
    }
    aann_samples_destroy(samples);
    aann_study_close(study);
    return status;
}

/* Members of different families may read differently encoded data. */
static bool check_members(const char *path, const cli_members *members, const predict_arguments *a,
                          int *status)
{
    for (int32_t i = 1; i < members->count; i++) {
        if (members->list[i].row.family != members->list[0].row.family) {
            *status = cli_usage_error("predict: members %" PRId64 " and %" PRId64
                                      " of %s are of different families; ask one family at a time",
                                      members->list[0].row.id, members->list[i].row.id, path);
            return false;
        }
    }
    if (a->logits.path != NULL && members->count > 1) {
        *status = cli_usage_error("predict: --logits is for one member, and %d are named",
                                  members->count);
        return false;
    }
    return true;
}

static int print_answers(const char *path, const cli_members *members, predict_arguments *a)
{
    aann_error error;
    predicted *all = calloc(1, sizeof *all);
    if (all == NULL) {
        return cli_failed("out of memory for answers");
    }
    aann_status done = predict(path, members, a, all, &error);
    if (done == AANN_OK) {
        print(a, members, all);
    }
    done = cli_output_end(&a->logits, done, &error);
    clear(all);
    free(all);
    return done == AANN_OK ? cli_finish_output(CLI_GOOD) : cli_fail(&error);
}

static int run(const char *path, const char *ids, predict_arguments *a)
{
    int status = CLI_GOOD;
    cli_members *members = calloc(1, sizeof *members);
    if (members == NULL) {
        return cli_failed("out of memory for members");
    }
    if (cli_members_open(path, ids, members, &status) && check_members(path, members, a, &status)) {
        status = a->stream ? predict_stream(path, members, a->data, &a->load)
                           : print_answers(path, members, a);
    }
    cli_members_close(members);
    free(members);
    return status;
}

int cli_predict(int count, char **texts)
{
    predict_arguments a = {.load = cli_load_default(), .threads = 1};
    const char *logits = NULL;
    const cli_option options[] = {
        {"data", CLI_TEXT, &a.data, 0, 0, "FILE", "the samples: a file, or mnist:test and the like",
         NULL},
        {"logits", CLI_TEXT, &logits, 0, 0, "OUT.npy", "write the outputs there", NULL},
        {"stream", CLI_FLAG, &a.stream, 0, 0, NULL,
         "answer each row, or each window, of a table as soon as it has come", NULL},
        {"threads", CLI_INT, &a.threads, 1, 1024, "N", "threads (1)", NULL},
        cli_isa_option(&a.isa),
        {0},
    };
    const char *positional[2];
    const cli_syntax syntax = {"predict",   "STUDY ID,...|MODEL --data FILE [OPTIONS]",
                               description, options,
                               positional,  1,
                               2,           &a.json};
    int status;
    if (!cli_load_parse(&syntax, &a.load, count, texts, &status)) {
        return status;
    }
    if (a.data == NULL) {
        return cli_usage_error("predict: --data FILE is missing");
    }
    cli_model_name name;
    const bool is_model =
        cli_model_is_meant("predict", positional[0], positional[1], &name, &status);
    if (status != CLI_GOOD || !cli_output_begin("predict", logits, a.json, &a.logits, &status)) {
        return status;
    }
    if (a.stream && (a.json || logits != NULL)) {
        return cli_usage_error("predict: --stream goes with neither --json nor --logits");
    }
    if (is_model && a.stream) {
        return predict_stream_model(name.path, a.data, &a.load);
    }
    if (is_model) {
        const model_request request = {a.data, &a.logits, a.isa, a.load.options, a.threads, a.json};
        return model_file_predict(name.path, &request);
    }
    return run(positional[0], positional[1], &a);
}
