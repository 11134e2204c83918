/* aann merge: one study of the parts that several machines have searched. */
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "aann/merge.h"
#include "cli/commands/command.h"
#include "cli/shared/json.h"
#include "cli/shared/message.h"
#include "cli/shared/options.h"
#include "cli/shared/stop.h"
#include "cli/shared/study.h"
#include "cli/shared/text.h"

static const char description[] =
    "Makes one study of parts, each searched with the same options and its own\n"
    "--shard, on machines that need not know each other: the jobs of an array.\n"
    "The study has the members, hashes and histories of a search on one machine.\n"
    "A member that is not finished keeps its checkpoint, and 'aann resume'\n"
    "continues it. Parts that are missing, or were searched with other options\n"
    "or data, are named, and nothing is written.\n"
    "\n"
    "  aann search mnist --members 1000 --shard 17/100 --study part17.aann\n"
    "  aann merge whole.aann part*.aann\n"
    "\n"
    "A study that is there already gets what the parts have in addition.\n";

enum { MERGE_LIMIT = 100000 };

typedef struct merge_arguments {
    const char *whole;
    const char **parts; /* [part_count] */
    size_t part_count;
    bool partial, quiet, json;
} merge_arguments;

static void note(void *context, const char *line)
{
    const merge_arguments *a = context;
    if (!a->quiet) {
        cli_print_to(stderr, "aann: %s\n", line);
    }
}

/* Into the study that is there, or into a new file, which appears whole. */
static aann_status merge(merge_arguments *a, aann_merge_result *result, aann_error *error)
{
    struct stat information;
    const bool exists = stat(a->whole, &information) == 0;
    aann_merge_options options = aann_merge_options_default();
    options.partial = a->partial;
    options.note = note;
    options.interrupted = cli_stop_callback;
    options.context = a;
    aann_study *study = NULL;
    aann_status status = exists ? cli_study_open(a->whole, AANN_STUDY_WRITE, &study, error)
                                : aann_study_open(":memory:", AANN_STUDY_CREATE, &study, error);
    if (status == AANN_OK) {
        status = aann_family_merge(study, a->parts, a->part_count, &options, result, error);
    }
    if (status == AANN_OK && !exists) {
        status = aann_study_export(study, a->whole, error);
    }
    aann_study_close(study);
    return status;
}

static void print_result(const merge_arguments *a, const aann_merge_result *result)
{
    if (a->json) {
        cli_print_json(
            json_pack("{s:o, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "study", cli_json_text(a->whole),
                      "parts", (json_int_t)a->part_count, "families", (json_int_t)result->families,
                      "members", (json_int_t)result->members, "finished",
                      (json_int_t)result->finished, "taken", (json_int_t)result->taken, "again",
                      (json_int_t)result->again, "missing", (json_int_t)result->missing));
        return;
    }
    cli_print("%s: %zu parts, %" PRId64 " members, %" PRId64 " of them finished\n", a->whole,
              a->part_count, result->members, result->finished);
    if (result->finished < result->members) {
        cli_print("the others: aann resume %s, or merge what is missing later\n", a->whole);
    }
}

int cli_merge(int count, char **texts)
{
    merge_arguments a = {0};
    const cli_option options[] = {
        {"partial", CLI_FLAG, &a.partial, 0, 0, NULL,
         "merge although parts are missing; 'aann resume' would search for their members", NULL},
        {"quiet", CLI_FLAG, &a.quiet, 0, 0, NULL, "no notes", NULL},
        {0},
    };
    const int room = count > 0 ? count : 1;
    const char **positional = calloc((size_t)room + 2, sizeof *positional);
    if (positional == NULL || count > MERGE_LIMIT) {
        free(positional);
        return cli_failed("merge: %d parts are too many", count);
    }
    const cli_syntax syntax = {
        "merge", "WHOLE PART... [OPTIONS]", description, options, positional, 2, room + 2, &a.json};
    int status;
    if (!cli_parse(&syntax, count, texts, &status)) {
        free(positional);
        return status;
    }
    a.whole = positional[0];
    a.parts = positional + 1;
    while (a.parts[a.part_count] != NULL) {
        a.part_count++;
    }
    aann_error error;
    aann_merge_result result;
    cli_catch_stop();
    const aann_status done = merge(&a, &result, &error);
    if (done == AANN_OK) {
        print_result(&a, &result);
    }
    free(positional);
    return done == AANN_OK            ? cli_finish_output(CLI_GOOD)
           : done == AANN_INTERRUPTED ? cli_failed("stopped; nothing is merged")
                                      : cli_fail(&error);
}
