/* aann bench search: a search as `aann search` runs it, without a study, and the account of the
 * samples that it looked at: what an accepted candidate costs, and where. */
#include "cli/commands/bench_search.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli/commands/start.h"
#include "cli/shared/common_options.h"
#include "cli/shared/exit_status.h"
#include "cli/shared/json.h"
#include "cli/shared/message.h"
#include "cli/shared/options.h"
#include "cli/shared/search_options.h"
#include "cli/shared/task.h"
#include "cli/shared/text.h"

static const char description[] =
    "Runs one search without a study and prints an account of it: on how many\n"
    "samples candidates were evaluated together, on how many alone, how many were\n"
    "brought up to date with accepted candidates, or by a forward pass, and how\n"
    "many were ranked; for each accepted candidate, too. Times are those of the\n"
    "processor. MNIST with the mnist network is usual.\n"
    "\n"
    "  aann bench search --steps 150000\n"
    "  aann bench search --start mnist.aann:1 --temperature 1e-5 --copies 12\n";

/* Everything that can be typed. */
typedef struct bench_arguments {
    cli_task task;
    cli_search_options typed;
    const char *start_text, *isa;
    int32_t threads;
    cli_members start;
    bool json;
} bench_arguments;

/* What was measured. */
typedef struct bench_result {
    aann_search_progress progress;
    aann_search_account account;
    double opening_seconds; /* of the processor: copies, the first ranking */
    double seconds;         /* the search itself */
} bench_result;

enum { OWN_OPTIONS = 4 };

static bool parse(int count, char **texts, bench_arguments *a, int *status)
{
    cli_option
        options[CLI_TASK_OPTIONS + CLI_SEARCH_OPTIONS + AANN_OPTION_GROUP_COUNT + OWN_OPTIONS + 1];
    size_t used = cli_task_options(&a->task, options);
    for (int group = AANN_OPTION_BUDGET; group <= AANN_OPTION_BASELINES; group++) {
        const char *name = aann_option_group_name((aann_option_group)group);
        options[used++] = (cli_option){.name = name, .kind = CLI_HEADING};
        used += cli_search_add_group(&a->typed, (aann_option_group)group, options + used);
    }
    const cli_option own[OWN_OPTIONS + 1] = {
        {.name = "Measurement", .kind = CLI_HEADING},
        {"start", CLI_TEXT, &a->start_text, 0, 0, "STUDY:ID",
         "start from this member, not from a random network", NULL},
        {"threads", CLI_INT, &a->threads, 1, 1024, "N", "that evaluate candidates (1)", NULL},
        cli_isa_option(&a->isa),
        {0}};
    memcpy(options + used, own, sizeof own);
    const char *positional[2];
    const cli_syntax syntax = {
        "bench", "search [TASK] [OPTIONS]", description, options, positional, 1, 2, &a->json};
    if (!cli_parse(&syntax, count, texts, status)) {
        return false;
    }
    a->task.name = positional[1] == NULL && a->task.data == NULL ? "mnist" : positional[1];
    return true;
}

static double processor_seconds(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static aann_status make_spec(const bench_arguments *a, const aann_family_data *data,
                             aann_spec *spec, aann_error *error)
{
    if (a->start.count == 0) {
        return cli_task_spec(&a->task, data, spec, error);
    }
    *spec = a->start.list[0].spec;
    return AANN_OK;
}

static aann_search_options make_options(const bench_arguments *a, const aann_spec *spec,
                                        const aann_family_data *data)
{
    aann_family_plan plan = aann_family_plan_default();
    aann_search_options_choose_loss_scale(&plan.search, aann_family_data_train(data), spec);
    aann_family_data_choose_plan(data, spec, &plan);
    if (a->task.preset != NULL) {
        aann_search_options_apply_preset(&plan.search, a->task.preset);
    }
    cli_search_apply(&a->typed, &plan.search);
    plan.search.threads = a->threads;
    plan.search.isa = a->isa;
    return plan.search;
}

static aann_status measure(const bench_arguments *a, const aann_spec *spec,
                           const aann_family_data *data, bench_result *result, aann_error *error)
{
    const aann_search_options options = make_options(a, spec, data);
    const aann_network *start = a->start.count > 0 ? a->start.networks[0] : NULL;
    aann_search *search = NULL;
    const double begin = processor_seconds();
    aann_status status =
        aann_search_create(spec, aann_family_data_train(data), &options, 0, start, &search, error);
    const double opened = processor_seconds();
    if (status == AANN_OK) {
        status = aann_search_run(search, options.steps, NULL, NULL, error);
    }
    if (status == AANN_OK) {
        result->opening_seconds = opened - begin;
        result->seconds = processor_seconds() - opened;
        aann_search_account_get(search, &result->account);
        aann_search_progress_get(search, &result->progress);
    }
    aann_search_destroy(search);
    return status;
}

/* ---- the result ------------------------------------------------------------------------------ */

typedef struct account_row {
    const char *name;
    const char *key;
    uint64_t samples;
} account_row;

enum { ACCOUNT_ROWS = 6 };

static void account_rows(const aann_search_account *account, account_row rows[ACCOUNT_ROWS])
{
    const account_row all[ACCOUNT_ROWS] = {
        {"candidates together", "together", account->together},
        {"candidates alone", "alone", account->alone},
        {"single changes", "scanned", account->scanned},
        {"catching up by changes", "replayed", account->replayed},
        {"catching up by a pass", "renewed", account->renewed},
        {"ranking", "ranked", account->ranked},
    };
    memcpy(rows, all, sizeof all);
}

static double per(double amount, uint64_t count)
{
    return count == 0 ? 0.0 : amount / (double)count;
}

static void print_json(const aann_spec *spec, const bench_result *result)
{
    const aann_search_progress *progress = &result->progress;
    account_row rows[ACCOUNT_ROWS];
    account_rows(&result->account, rows);
    json_t *account = json_object();
    for (int32_t i = 0; i < ACCOUNT_ROWS; i++) {
        json_object_set_new(account, rows[i].key, json_integer((json_int_t)rows[i].samples));
    }
    json_t *layers = json_array();
    for (int32_t i = 0; i < spec->layer_count; i++) {
        char name[32];
        aann_layer_name(&spec->layers[i], name, sizeof name);
        json_array_append_new(layers, json_pack("{s:s,s:I,s:I,s:f}", "name", name, "candidates",
                                                (json_int_t)progress->layer_candidates[i],
                                                "accepted", (json_int_t)progress->layer_accepted[i],
                                                "share", progress->layer_share[i]));
    }
    cli_print_json(json_pack(
        "{s:s,s:I,s:I,s:I,s:f,s:f,s:f,s:f,s:o,s:o}", "net", spec->text, "samples",
        (json_int_t)progress->samples, "candidates", (json_int_t)progress->step, "accepted",
        (json_int_t)progress->accepted, "train_loss", progress->train_loss, "opening_seconds",
        result->opening_seconds, "seconds", result->seconds, "milliseconds_per_accepted",
        1e3 * per(result->seconds, progress->accepted), "account", account, "layers", layers));
}

static void print(const aann_spec *spec, const bench_result *result)
{
    const aann_search_progress *progress = &result->progress;
    cli_print("network   %s\nsamples   %lld\nloss      %.6f, estimated\n\n", spec->text,
              (long long)progress->samples, progress->train_loss);
    cli_print("layer       candidates     accepted\n");
    for (int32_t i = 0; i < spec->layer_count; i++) {
        char name[32];
        aann_layer_name(&spec->layers[i], name, sizeof name);
        cli_print("%-9s %12llu %12llu\n", name, (unsigned long long)progress->layer_candidates[i],
                  (unsigned long long)progress->layer_accepted[i]);
    }
    cli_print("all       %12llu %12llu\n\nsamples for                  in all  per accepted\n",
              (unsigned long long)progress->step, (unsigned long long)progress->accepted);
    account_row rows[ACCOUNT_ROWS];
    account_rows(&result->account, rows);
    for (int32_t i = 0; i < ACCOUNT_ROWS; i++) {
        cli_print("%-22s %12llu  %12.0f\n", rows[i].name, (unsigned long long)rows[i].samples,
                  per((double)rows[i].samples, progress->accepted));
    }
    cli_print("\nprocessor %10.2f s, %.3f ms per accepted candidate; before it %.2f s\n",
              result->seconds, 1e3 * per(result->seconds, progress->accepted),
              result->opening_seconds);
}

/* The data are loaded, and the start is open, if there is one. */
static int bench(const bench_arguments *a, const aann_family_data *data)
{
    aann_error error;
    aann_spec spec;
    bench_result result = {0};
    if (make_spec(a, data, &spec, &error) != AANN_OK) {
        return cli_fail(&error);
    }
    const int32_t targets = aann_family_data_train(data)->target_count;
    if (!cli_search_check_list(&a->typed, "layer_share", spec.layer_count, "layers") ||
        !cli_search_check_list(&a->typed, "target_weight", targets, "targets")) {
        return CLI_USAGE;
    }
    if (measure(a, &spec, data, &result, &error) != AANN_OK) {
        return cli_fail(&error);
    }
    (a->json ? print_json : print)(&spec, &result);
    return CLI_GOOD;
}

int cli_bench_search(int count, char **arguments)
{
    bench_arguments a = {.task = cli_default_task(), .threads = 1};
    int status = CLI_GOOD;
    if (!parse(count, arguments, &a, &status)) {
        return status;
    }
    a.task.has_spec = a.start_text != NULL;
    if (!cli_task_check("bench", &a.task)) {
        return CLI_USAGE;
    }
    if (a.start_text != NULL && !cli_start_open(a.start_text, &a.start, &status)) {
        return status;
    }
    aann_family_data *data = NULL;
    if (cli_task_load(&a.task, true, &data, &status)) {
        status = bench(&a, data);
    }
    aann_family_data_destroy(data);
    cli_members_close(&a.start);
    return cli_finish_output(status);
}
