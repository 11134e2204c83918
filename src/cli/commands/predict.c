/* aann predict: what a member answers to data without labels. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "aann/evaluate.h"
#include "cli/commands/command.h"
#include "cli/commands/model_file.h"
#include "cli/shared/evaluate.h"
#include "cli/shared/members.h"
#include "cli/shared/message.h"
#include "cli/shared/options.h"
#include "cli/shared/report.h"
#include "cli/shared/text.h"

static const char description[] =
    "Runs a member on data, encoded as the family's were. Labels are not needed,\n"
    "and not looked at. Prints the answer to each sample, one a line; --logits\n"
    "writes the exact integer outputs to an NPY file, int32 [count][outputs],\n"
    "instead.\n"
    "\n"
    "  aann predict mnist.aann 1 --data mnist:test --logits logits.npy\n"
    "  aann predict mine.aann 1 --data new.csv\n"
    "  aann predict mine.aannm --data new.csv     (a file from 'aann save')\n";

typedef struct predict_arguments {
    const char *data, *logits, *isa;
    aann_load_options load;
    int32_t threads;
    bool json;
} predict_arguments;

static void print_answers(const aann_member *member, const int32_t *logits, int64_t count)
{
    const int32_t outputs = member->spec.output_count;
    char **names = NULL;
    int32_t name_count = 0;
    (void)aann_family_class_names(&member->family, &names, &name_count, NULL);
    for (int64_t i = 0; i < count; i++) {
        const int32_t answer = aann_logits_answer(logits + i * outputs, outputs);
        if (answer < name_count) {
            cli_print("%s\n", names[answer]);
        } else {
            printf("%" PRId32 "\n", answer);
        }
    }
    aann_free(names);
}

/* Regression: the outputs themselves, HardTanh(logit / full) as a number from -1 to 1. */
static void print_outputs(const aann_member *member, const int32_t *logits, int64_t count)
{
    const int32_t outputs = member->spec.output_count;
    const int32_t full = aann_logits_full_scale(member->plan.search.output_scale);
    for (int64_t i = 0; i < count * outputs; i++) {
        const int32_t value = logits[i] > full ? full : logits[i] < -full ? -full : logits[i];
        printf("%.6f%c", (double)value / full, (i + 1) % outputs == 0 ? '\n' : ' ');
    }
}

static aann_status predict(const aann_member *member, const predict_arguments *a, aann_error *error)
{
    aann_samples *samples = NULL;
    int32_t *logits = NULL;
    const int32_t outputs = member->spec.output_count;
    const bool regression = member->plan.search.regression;
    aann_status status =
        aann_family_encode(&member->family, a->data, &a->load, 0, 0, false, &samples, error);
    if (status == AANN_OK) {
        status = cli_logits(member, samples, a->threads, a->isa, &logits, error);
    }
    if (status == AANN_OK && a->logits != NULL) {
        status = aann_npy_write_int32(a->logits, logits, samples->count, outputs, error);
    }
    if (status == AANN_OK && a->json) {
        cli_print_json(json_pack(
            "{s:I, s:i, s:o, s:o}", "count", (json_int_t)samples->count, "outputs", outputs,
            "logits", a->logits != NULL ? cli_json_text(a->logits) : json_null(), "answers",
            regression ? json_null() : cli_json_answers(logits, samples->count, outputs)));
    } else if (status == AANN_OK && a->logits != NULL) {
        cli_print("%s: logits of %" PRId64 " samples, int32 [%" PRId64 "][%d]\n", a->logits,
                  samples->count, samples->count, outputs);
    } else if (status == AANN_OK && regression) {
        print_outputs(member, logits, samples->count);
    } else if (status == AANN_OK) {
        print_answers(member, logits, samples->count);
    }
    free(logits);
    aann_samples_destroy(samples);
    return status;
}

int cli_predict(int count, char **texts)
{
    predict_arguments a = {.load = aann_load_options_default(), .threads = 1};
    const cli_option options[] = {
        {"data", CLI_TEXT, &a.data, 0, 0, "FILE", "the samples: a file, or mnist:test and the like",
         NULL},
        {"logits", CLI_TEXT, &a.logits, 0, 0, "OUT.npy", "write the outputs there", NULL},
        {"label-column", CLI_TEXT, &a.load.label_column, 0, 0, "NAME",
         "column of a CSV file that is no feature", NULL},
        {"data-limit", CLI_LONG, &a.load.data_limit, 1, 1e15, "BYTES",
         "refuse files that hold more than this (1 GiB)", NULL},
        {"threads", CLI_INT, &a.threads, 1, 1024, "N", "threads (1)", NULL},
        {"isa", CLI_TEXT, &a.isa, 0, 0, "NAME", "instruction set (the best)", NULL},
        {0},
    };
    const char *positional[2];
    const cli_syntax syntax = {
        "predict", "STUDY ID|MODEL --data FILE [OPTIONS]", description, options, positional, 1, 2,
        &a.json};
    int status;
    aann_member member;
    if (!cli_parse(&syntax, count, texts, &status)) {
        return status;
    }
    if (a.data == NULL) {
        return cli_usage_error("predict: --data FILE is missing");
    }
    if (model_file_is_meant("predict", positional[0], positional[1], &status)) {
        const model_request request = {a.data, a.logits, a.isa, a.load, a.threads, a.json};
        return status != CLI_GOOD ? status : model_file_predict(positional[0], &request);
    }
    if (!cli_member_open(positional[0], positional[1], &member, &status)) {
        return status;
    }
    aann_error error;
    const aann_status done = predict(&member, &a, &error);
    aann_member_destroy(&member);
    return done == AANN_OK ? cli_finish_output(CLI_GOOD) : cli_fail(&error);
}
