/* aann search: a new family, stored in a study. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aann/car_driver.h"
#include "aann/family.h"
#include "cli/commands/command.h"
#include "cli/commands/dagger.h"
#include "cli/commands/start.h"
#include "cli/shared/budget.h"
#include "cli/shared/common_options.h"
#include "cli/shared/file.h"
#include "cli/shared/message.h"
#include "cli/shared/options.h"
#include "cli/shared/page.h"
#include "cli/shared/ranks.h"
#include "cli/shared/search_options.h"
#include "cli/shared/session.h"
#include "cli/shared/study.h"
#include "cli/shared/task.h"

static const char description[] =
    "Searches for a family: networks with the same counts of -1, 0 and +1 in\n"
    "every layer, each found from a random start by swapping weights. The family\n"
    "is kept in a study (--study). Ctrl-C, and even kill -9, leave the study\n"
    "whole: 'aann resume' continues, and the weights are those of a search that\n"
    "was never interrupted.\n"
    "\n"
    "  aann search mnist --members 4\n"
    "  aann search mnist --sparsity-per-layer 50,90,90 --seconds 1500\n"
    "  aann search mnist --start mnist.aann:1 --temperature 1e-5\n"
    "  aann search mnist --effort 5\n"
    "  aann search mnist --phases \"steps=1M jitter=1; steps=1M temperature=1e-5\"\n"
    "  aann search --data train.npz --test test.npz --net 64-10 --study my.aann\n"
    "  aann search --data beats.csv --label-column kind --input 1x1x96 \\\n"
    "      --net 8C1x9-MP1x2-2\n"
    "\n"
    "Driving (the data come from 'aann car record'; then see 'aann drive'):\n"
    "\n"
    "  aann search carracing --data drives.npz\n"
    "  aann search carracing --data drives.npz --dagger 2\n"
    "  aann search carracing --start drivers.aann:1 --reward --study better.aann\n"
    "\n"
    "The weights depend on the network, the data and the options marked *, and\n"
    "on nothing else. --seconds together with --steps stops when the time is\n"
    "over; 'aann resume' continues. --seconds alone measures for two seconds,\n"
    "plans a search that fits into the time, and stores its steps.\n"
    "\n"
    "A task can have other defaults than those below: see 'aann options'.\n";

/* Everything that can be typed. */
typedef struct search_arguments {
    cli_task task;
    cli_search_options typed;
    const char *study, *family_name;
    aann_family_plan plan;
    cli_budget budget;
    const char *start_text, *tracks, *page, *shard;
    bool reward, together, tracks_given, members_given, seconds_given, json;
    cli_members start;
    cli_dagger dagger;
    bool dagger_episodes_given;
    cli_session session;
} search_arguments;

/* ---- arguments ------------------------------------------------------------------------------- */

static search_arguments defaults(void)
{
    return (search_arguments){
        .task = cli_default_task(),
        .tracks = "2000:2064",
        .plan = aann_family_plan_default(),
        .dagger.episodes = 240,
        .session.work = aann_family_work_default(),
    };
}

enum { FAMILY_OPTIONS = 7, DRIVING_OPTIONS = 6, MACHINE_OPTIONS = 6, OUTPUT_OPTIONS = 4 };

static size_t family_options(search_arguments *a, cli_option *list)
{
    const cli_option options[FAMILY_OPTIONS] = {
        {.name = "Family", .kind = CLI_HEADING},
        {"study", CLI_TEXT, &a->study, 0, 0, "FILE", "where the family is kept (NAME.aann)", NULL},
        {"name", CLI_TEXT, &a->family_name, 0, 0, "TEXT", "name of the family", NULL},
        {"members", CLI_INT, &a->plan.members, 1, 1e6, "N",
         "networks to search for (1; with --start as many as it has)", &a->members_given},
        {"shard", CLI_TEXT, &a->shard, 0, 0, "I/N",
         "only every Nth member, from the Ith: one machine's part; see 'aann merge'", NULL},
        {"threshold", CLI_REAL, &a->plan.threshold, 0, 100, "P",
         "* a member fails below this validation accuracy (0.97, or 97 for percent); the exit "
         "status is then 3",
         NULL},
        {"start", CLI_TEXT, &a->start_text, 0, 0, "STUDY:ID,...",
         "* start from these members, and with their data, not from random networks", NULL},
    };
    memcpy(list, options, sizeof options);
    return FAMILY_OPTIONS;
}

static size_t driving_options(search_arguments *a, cli_option *list)
{
    const cli_option options[] = {
        {.name = "Driving", .kind = CLI_HEADING},
        {"reward", CLI_FLAG, &a->reward, 0, 0, NULL,
         "* search for the reward on --tracks (needs --start; steps 3000, temperature 0)", NULL},
        {"tracks", CLI_TEXT, &a->tracks, 0, 0, "FIRST:END",
         "* with --reward: tracks to drive, END excluded (2000:2064)", &a->tracks_given},
    };
    const cli_option rounds[] = {
        {"dagger", CLI_INT, &a->dagger.rounds, 1, 100, "N",
         "then, N times: let the members drive, add what the expert would do, search again", NULL},
        {"dagger-episodes", CLI_INT, &a->dagger.episodes, 1, 1e6, "N",
         "with --dagger: tracks to drive in each round (240)", &a->dagger_episodes_given},
    };
    size_t count = sizeof options / sizeof options[0];
    memcpy(list, options, sizeof options);
    count += cli_search_add(&a->typed, "reward_steps", list + count);
    memcpy(list + count, rounds, sizeof rounds);
    return count + sizeof rounds / sizeof rounds[0];
}

static size_t machine_options(search_arguments *a, cli_option *list)
{
    aann_family_work *work = &a->session.work;
    const cli_option options[MACHINE_OPTIONS] = {
        {.name = "Machine", .kind = CLI_HEADING},
        cli_threads_option(&work->threads),
        cli_parallel_option(&work->parallel),
        cli_together_option(&a->together),
        cli_checkpoint_option(&work->checkpoint_seconds),
        cli_isa_option(&work->isa),
    };
    memcpy(list, options, sizeof options);
    return MACHINE_OPTIONS;
}

/* The options of a group of the library's table, under its name. */
static size_t group_options(search_arguments *a, aann_option_group group, cli_option *list)
{
    list[0] = (cli_option){.name = aann_option_group_name(group), .kind = CLI_HEADING};
    return 1 + cli_search_add_group(&a->typed, group, list + 1);
}

static size_t all_options(search_arguments *a, cli_option *list)
{
    const cli_option seconds = {
        "seconds", CLI_SECONDS, &a->session.work.seconds,    0.1,
        1e9,       "S",         "time for the whole search", &a->seconds_given};
    const cli_option output[OUTPUT_OPTIONS] = {
        {.name = "Output", .kind = CLI_HEADING},
        {"report", CLI_TEXT, &a->page, 0, 0, "FILE",
         "a web page about the family, written again and again while it is searched", NULL},
        cli_quiet_option(&a->session.quiet),
        {0},
    };
    size_t count = cli_task_options(&a->task, list);
    count += family_options(a, list + count);
    count += group_options(a, AANN_OPTION_BUDGET, list + count);
    list[count++] = seconds;
    count += cli_budget_options(&a->budget, list + count);
    for (int group = AANN_OPTION_SEARCH; group <= AANN_OPTION_BASELINES; group++) {
        count += group_options(a, (aann_option_group)group, list + count);
    }
    count += driving_options(a, list + count);
    count += machine_options(a, list + count);
    memcpy(list + count, output, sizeof output);
    return count + OUTPUT_OPTIONS;
}

static bool parse(int count, char **texts, search_arguments *a, int *status)
{
    cli_option options[CLI_TASK_OPTIONS + FAMILY_OPTIONS + DRIVING_OPTIONS + MACHINE_OPTIONS +
                       OUTPUT_OPTIONS + CLI_SEARCH_OPTIONS + CLI_BUDGET_OPTIONS +
                       AANN_OPTION_GROUP_COUNT + 1];
    all_options(a, options);
    const cli_syntax syntax = {"search",
                               "[mnist|fashion-mnist|carracing] [OPTIONS]",
                               description,
                               options,
                               &a->task.name,
                               0,
                               1,
                               &a->json};
    return cli_parse(&syntax, count, texts, status);
}

/* ---- what goes together ---------------------------------------------------------------------- */

/* "3/100": the third of a hundred. */
static bool parse_shard(search_arguments *a)
{
    char *end = NULL;
    const long shard = strtol(a->shard, &end, 10);
    const long count = end != a->shard && *end == '/' ? strtol(end + 1, &end, 10) : 0;
    if (shard < 1 || count < 1 || shard > count || count > 1000000 || *end != '\0' ||
        strspn(a->shard, "0123456789/") != strlen(a->shard)) {
        cli_usage_error("search: --shard %s: expected I/N with I from 1 to N, such as 3/100",
                        a->shard);
        return false;
    }
    a->plan.shard = (int32_t)shard;
    a->plan.shard_count = (int32_t)count;
    return true;
}

static bool check(search_arguments *a)
{
    const char *seed = cli_search_text(&a->typed, "seed");
    a->task.seed = a->plan.search.seed;
    if (seed != NULL) {
        (void)aann_uint64_parse(seed, &a->task.seed); /* cli_parse has refused what is none */
    }
    a->task.has_spec = a->start_text != NULL;
    a->task.effort = a->budget.effort > 0;
    if (!cli_study_stays("search", a->study) || !cli_task_check("search", &a->task)) {
        return false;
    }
    if (!cli_ranks_together("search", a->together)) {
        return false;
    }
    if (a->tracks_given && !a->reward) {
        cli_usage_error("search: --tracks is for --reward");
        return false;
    }
    if ((cli_search_text(&a->typed, "copy_shift") != NULL ||
         cli_search_text(&a->typed, "copy_warp") != NULL) &&
        cli_search_text(&a->typed, "copies") == NULL) {
        cli_usage_error("search: --copy-shift and --copy-warp are for --copies");
        return false;
    }
    if (!cli_budget_check(&a->budget, cli_search_text(&a->typed, "steps") != NULL)) {
        return false;
    }
    if (a->dagger_episodes_given && a->dagger.rounds == 0) {
        cli_usage_error("search: --dagger-episodes is for --dagger");
        return false;
    }
    if (a->dagger.rounds > 0 && (a->reward || a->seconds_given)) {
        cli_usage_error("search: --dagger goes with neither --reward nor --seconds");
        return false;
    }
    if (a->dagger.rounds > 0 && a->budget.phases != NULL) {
        cli_usage_error("search: every round of --dagger is one search: it goes not with --phases");
        return false;
    }
    if (a->shard != NULL && (a->dagger.rounds > 0 || !parse_shard(a))) {
        if (a->dagger.rounds > 0) {
            cli_usage_error("search: --dagger lets all members drive together: it goes not with "
                            "--shard");
        }
        return false;
    }
    if (a->reward && a->start_text == NULL) {
        cli_usage_error(
            "search: --reward needs --start STUDY:ID: a driver to begin with; a random network does not "
            "get far enough to learn from its reward");
        return false;
    }
    return true;
}

/* That of the start, unless another is named, or the task's. */
static aann_status make_spec(const search_arguments *a, const aann_family_data *data,
                             aann_spec *spec, aann_error *error)
{
    if (a->start_text == NULL || a->task.net != NULL) {
        return cli_task_spec(&a->task, data, spec, error);
    }
    *spec = a->start.list[0].spec;
    return cli_task_counts(&a->task, spec, error);
}

/* Jitter and warp move what is at a place to others. Here, not where plans are checked: a study of an
 * older version may have them, and is finished as it was begun. */
static bool check_places(const aann_family_plan *plan, const aann_spec *spec)
{
    int32_t jitter = plan->search.jitter;
    bool moves = jitter > 0 || plan->search.warp > 0.0;
    for (int32_t i = 0; i < plan->phase_count; i++) {
        jitter = plan->phases[i].jitter > jitter ? plan->phases[i].jitter : jitter;
        moves = moves || jitter > 0 || plan->phases[i].warp > 0.0;
    }
    if (!moves || spec->input.height > 1 || spec->input.width > 1) {
        return true;
    }
    cli_usage_error(
        "search: --%s: samples of %dx1x1 have no places to move to; expected a signal or a "
        "picture (--input CxHxW says that features are one)",
        jitter > 0 ? "jitter" : "warp", spec->input.channels);
    return false;
}

/* The user's word stands above the start's, and that above the task's. */
static bool make_plan(search_arguments *a, const char *name, const aann_spec *spec,
                      const aann_family_data *data)
{
    const aann_samples *train = aann_family_data_train(data);
    aann_search_options *search = &a->plan.search;
    if (!cli_search_check_list(&a->typed, "layer_share", spec->layer_count, "layers") ||
        !cli_search_check_list(&a->typed, "target_weight", train->target_count, "targets")) {
        return false;
    }
    const int32_t members = a->plan.members;
    if (a->task.net == NULL && a->task.preset == NULL && a->start.count == 0) {
        char chosen[AANN_MAX_SPEC_LENGTH];
        (void)aann_family_data_choose_network(data, chosen, sizeof chosen, &a->plan);
    } else {
        aann_search_options_choose_loss_scale(search, train, spec);
    }
    aann_family_data_choose_plan(data, spec, &a->plan);
    a->plan.members = a->members_given ? members : a->plan.members;
    if (a->task.preset != NULL) {
        aann_search_options_apply_preset(search, a->task.preset);
    }
    if (a->start.count > 0 && !a->members_given) {
        a->plan.members = a->start.count;
    }
    if (!cli_start_plan(&a->start, a->reward ? a->tracks : NULL, &a->plan)) {
        return false;
    }
    cli_search_apply(&a->typed, search);
    if (!cli_budget_plan(&a->budget, &a->typed, data, spec, &a->plan) ||
        !check_places(&a->plan, spec)) {
        return false;
    }
    a->plan.name = name;
    a->plan.threshold = cli_accuracy(a->plan.threshold);
    a->plan.choose_steps = a->seconds_given && a->plan.phase_count == 0 && a->budget.effort == 0 &&
                           cli_search_text(&a->typed, "steps") == NULL;
    a->plan.choose_phases = a->plan.choose_steps && cli_budget_is_open(&a->typed);
    return true;
}

/* ---- the command ----------------------------------------------------------------------------- */

static int run(search_arguments *a, const aann_spec *spec, const aann_family_data *data,
               const char *path)
{
    aann_error error;
    aann_study *study = NULL;
    if (aann_family_check(spec, data, &a->plan, &a->session.work, &error) != AANN_OK) {
        return cli_fail(&error);
    }
    if (a->page != NULL && aann_report_check_place(a->page, &error) != AANN_OK) {
        return cli_fail(&error);
    }
    if (cli_ranks_set_data(NULL, NULL, a->task.load.options.data_limit, &error) != AANN_OK ||
        cli_study_open(path, AANN_STUDY_CREATE, &study, &error) != AANN_OK) {
        return cli_fail(&error);
    }
    int64_t family = 0;
    cli_page_writer *writer = NULL;
    if (a->page != NULL) {
        int result = CLI_FAILED;
        writer = cli_page_start(path, a->page, 0, data, &result);
        if (writer == NULL) {
            aann_study_close(study);
            return result;
        }
    }
    if (!a->session.quiet) {
        cli_task_print_notes(data);
    }
    cli_session_start(&a->session);
    const aann_status status =
        aann_family_run(study, spec, data, &a->plan, &a->session.work, &family, &error);
    const bool good = status == AANN_OK || status == AANN_INTERRUPTED;
    const int result = !good ? cli_fail(&error)
                       : family == 0
                           ? cli_failed("stopped before the first step; no family is stored")
                           : cli_session_report(study, path, family, a->json);
    const int written = cli_page_finish(writer, family, a->json || a->session.quiet);
    aann_study_close(study);
    return result != CLI_GOOD ? result : written;
}

/* The data that were named, or else those of the start. */
static bool load_data(search_arguments *a, aann_family_data **data, int *status)
{
    aann_error error;
    const bool named = a->task.data != NULL || cli_task_has_data(&a->task);
    if (named) {
        return cli_task_load(&a->task, a->session.quiet, data, status);
    }
    if (aann_family_data_reload_within(&a->start.list[0].family, NULL, NULL,
                                       a->task.load.options.data_limit, data, &error) != AANN_OK) {
        *status = cli_fail(&error);
        return false;
    }
    return true;
}

static bool is_driving(const aann_samples *train)
{
    return train->target_count == AANN_CAR_OUTPUTS && train->shape.channels == 1 &&
           train->shape.height == AANN_CAR_VIEW_SIZE && train->shape.width == AANN_CAR_VIEW_SIZE;
}

/* The rounds of corrections after the search. */
static int correct(search_arguments *a, const char *name, const char *study)
{
    cli_dagger dagger = a->dagger;
    dagger.task = &a->task;
    dagger.study = study;
    dagger.name = name;
    dagger.steps = (int64_t)a->plan.search.steps;
    dagger.seed = (int64_t)a->plan.search.seed;
    dagger.json = a->json;
    return cli_dagger_run(&dagger, &a->session);
}

/* Everything after the arguments; the data are loaded, and the start is open, if there is one. */
static int search(search_arguments *a, const aann_family_data *data)
{
    aann_error error;
    aann_spec spec;
    char name[CLI_TASK_NAME];
    char path[CLI_TASK_NAME + 8];
    const bool own = a->family_name == NULL && a->task.name == NULL && a->task.data == NULL;
    cli_task_name(&a->task, own ? a->start.list[0].family.name : a->family_name, name);
    snprintf(path, sizeof path, "%s.aann", name);
    const aann_samples *train = aann_family_data_train(data);
    if (a->dagger.rounds > 0 && !is_driving(train)) {
        return cli_usage_error(
            "search: --dagger is for drivers: pictures of 1x96x96 and three targets, as "
            "from aann car record");
    }
    if (make_spec(a, data, &spec, &error) != AANN_OK) {
        return cli_fail(&error);
    }
    if (!make_plan(a, name, &spec, data)) {
        return CLI_USAGE;
    }
    const char *study = a->study != NULL ? a->study : path;
    int status = run(a, &spec, data, study);
    if (status == CLI_GOOD && a->dagger.rounds > 0) {
        status = correct(a, name, study);
        if (status == CLI_GOOD && a->page != NULL) { /* of the last round */
            cli_page_options options = cli_page_options_default();
            options.quiet = true;
            status = cli_page_write(study, a->page, &options);
        }
    }
    return status;
}

int cli_search(int count, char **texts)
{
    search_arguments a = defaults();
    int status;
    if (!parse(count, texts, &a, &status)) {
        return status;
    }
    if (!check(&a)) {
        return CLI_USAGE;
    }
    if (a.start_text != NULL && !cli_start_open(a.start_text, &a.start, &status)) {
        return status;
    }
    aann_family_data *data = NULL;
    if (load_data(&a, &data, &status)) {
        status = search(&a, data);
    }
    aann_family_data_destroy(data);
    cli_members_close(&a.start);
    return status;
}
