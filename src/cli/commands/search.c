/* aann search: a new family, stored in a study. */
#include <stdio.h>
#include <string.h>

#include "aann/car_driver.h"
#include "aann/family.h"
#include "cli/commands/command.h"
#include "cli/commands/dagger.h"
#include "cli/commands/start.h"
#include "cli/shared/message.h"
#include "cli/shared/options.h"
#include "cli/shared/session.h"
#include "cli/shared/task.h"

/* A candidate takes a second or so, not a millisecond. */
static const int64_t reward_steps = 3000;

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
    "chooses the steps that fit into the time, and stores them.\n";

/* Everything that can be typed. */
typedef struct search_arguments {
    cli_task task;
    const char *study, *isa, *family_name, *method;
    int64_t seed, steps;
    cli_reals layer_share;
    aann_family_plan plan;
    const char *start_text, *tracks;
    bool reward, tracks_given, members_given, copy_shift_given, copy_warp_given;
    cli_members start;
    bool steps_given, seconds_given, temperature_given, cooling_given, output_scale_given, json;
    cli_dagger dagger;
    bool dagger_episodes_given;
    cli_session session;
} search_arguments;

/* ---- arguments ----------------------------------------------------------------------------------- */

static search_arguments defaults(void)
{
    search_arguments arguments = {
        .task = cli_default_task(),
        .seed = 1,
        .tracks = "2000:2064",
        .plan = aann_family_plan_default(),
        .dagger.episodes = 240,
        .session.work = aann_family_work_default(),
    };
    arguments.steps = (int64_t)arguments.plan.search.steps;
    return arguments;
}

static bool parse(int count, char **texts, search_arguments *a, int *status)
{
    aann_search_options *search = &a->plan.search;
    aann_family_work *work = &a->session.work;
    int64_t first_samples = search->first_samples;
    const cli_option others[] = {
        {"study", CLI_TEXT, &a->study, 0, 0, "FILE", "where the family is kept (NAME.aann)", NULL},
        {"name", CLI_TEXT, &a->family_name, 0, 0, "TEXT", "what the family is called", NULL},
        {"members", CLI_INT, &a->plan.members, 1, 1e6, "N",
         "networks in the family (1; of --start: as many)", &a->members_given},
        {"steps", CLI_LONG, &a->steps, 1, 1e15, "N",
         "* candidates per member (400000; --reward: 3000)", &a->steps_given},
        {"seconds", CLI_REAL, &work->seconds, 0.1, 1e9, "S", "time for the whole search",
         &a->seconds_given},
        {"seed", CLI_LONG, &a->seed, 0, 9e18, "N", "* where all random numbers come from (1)",
         NULL},
        {"threshold", CLI_REAL, &a->plan.threshold, 0, 100, "P",
         "* done at this validation accuracy (0.97, or 97 for percent), else failed", NULL},
        {"threads", CLI_INT, &work->threads, 1, 1024, "N", "threads in all (one per processor)",
         NULL},
        {"parallel", CLI_INT, &work->parallel, 1, 1024, "N",
         "members at a time (as many as threads)", NULL},
        {"checkpoint-seconds", CLI_REAL, &work->checkpoint_seconds, 0.01, 1e6, "S",
         "between checkpoints (30)", NULL},
        {"isa", CLI_TEXT, &work->isa, 0, 0, "NAME",
         "instruction set: baseline, avx2, avx512, neon (the best)", NULL},
        {"temperature", CLI_REAL, &search->temperature, 0, 1e3, "T",
         "* at the start, in units of mean loss", &a->temperature_given},
        {"cooling", CLI_REAL, &search->cooling, 1, 3, "N",
         "* temperature falls like (1 - step/steps)^N, N 1, 2 or 3", &a->cooling_given},
        {"loss-scale", CLI_REAL, &search->loss_scale, 1e-3, 1e6, "S",
         "* logits / (127 S) go into the softmax", NULL},
        {"output-scale", CLI_REAL, &search->output_scale, 1e-2, 1e6, "S",
         "* regression: outputs are HardTanh(logit / (127 S)) (1; carracing: 24)",
         &a->output_scale_given},
        {"rejection-z", CLI_REAL, &search->rejection_z, 0, 100, "Z",
         "* standard errors at which a candidate is given up", NULL},
        {"within-unit", CLI_REAL, &search->within_unit, 0, 1, "SHARE",
         "* of the swaps, inside one unit (0.8; first layer: 1 - (1 - SHARE) / 8)", NULL},
        {"layer-share", CLI_REALS, &a->layer_share, 0, 1e6, "A,B,...",
         "* of the candidates, layer by layer, at the start", NULL},
        {"no-adapt", CLI_CLEAR, &search->adapt_layers, 0, 0, NULL, "* keep these shares", NULL},
        {"first-check", CLI_INT, &search->first_check, 1, 1e6, "N",
         "* blocks of 64 samples before the first test", NULL},
        {"strata", CLI_INT, &search->strata, 1, 64, "N",
         "* groups by loss that the test samples evenly", NULL},
        {"arrange-interval", CLI_LONG, &search->arrange_interval, 0, 1e15, "N",
         "* candidates between regroupings (0: steps/12, with --jitter steps/50)", NULL},
        {"first-samples", CLI_LONG, &first_samples, 0, 1e12, "N",
         "* training samples at the start (0: all)", NULL},
        {"growth", CLI_REAL, &search->growth, 0, 1, "SHARE",
         "* of the steps, over which they grow to all", NULL},
        {"jitter", CLI_INT, &search->jitter, 0, 100, "N",
         "* move each sample by up to N rows and columns, now and then anew (0)", NULL},
        {"copies", CLI_INT, &search->copies, 1, 1000, "N",
         "* search on N of every training sample: itself, and copies moved and warped for good (1)",
         NULL},
        {"copy-shift", CLI_REAL, &search->copy_shift, 0, 100, "S",
         "* copies: moved by up to S rows and columns (1)", &a->copy_shift_given},
        {"copy-warp", CLI_REAL, &search->copy_warp, 0, 1, "W",
         "* copies: turned, stretched and slanted by up to W (0.1)", &a->copy_warp_given},
        {"method", CLI_TEXT, &a->method, 0, 0, "NAME",
         "* sense, or to compare with it: hill, random, genetic (sense)", NULL},
        {"population", CLI_INT, &search->population, 2, 1e5, "N",
         "* genetic: networks that live at a time (40)", NULL},
        {"tournament", CLI_INT, &search->tournament, 1, 1e5, "N",
         "* genetic: a parent is the best of N (3)", NULL},
        {"crossover", CLI_REAL, &search->crossover, 0, 1, "SHARE",
         "* genetic: of the children, that have two parents (0.5)", NULL},
        {"mutations", CLI_INT, &search->mutations, 0, 1e6, "N",
         "* genetic: swaps in each child (8)", NULL},
        {"start", CLI_TEXT, &a->start_text, 0, 0, "STUDY:ID,...",
         "begin with these members' networks, and their data, instead of random ones", NULL},
        {"reward", CLI_FLAG, &a->reward, 0, 0, NULL,
         "* the objective is the drive itself: reward on --tracks (with --start)", NULL},
        {"tracks", CLI_TEXT, &a->tracks, 0, 0, "FIRST:END",
         "* with --reward: which tracks (2000:2064)", &a->tracks_given},
        {"dagger", CLI_INT, &a->dagger.rounds, 1, 100, "N",
         "then N times: let the members drive, and search on with what the expert would do", NULL},
        {"dagger-episodes", CLI_INT, &a->dagger.episodes, 1, 1e6, "N",
         "with --dagger: tracks driven in each round (240)", &a->dagger_episodes_given},
        {"quiet", CLI_FLAG, &a->session.quiet, 0, 0, NULL, "no progress lines", NULL},
        {0},
    };
    cli_option options[CLI_TASK_OPTIONS + sizeof others / sizeof others[0]];
    memcpy(options + cli_task_options(&a->task, options), others, sizeof others);
    const char *positional[1];
    const cli_syntax syntax = {"search",    "[mnist|fashion-mnist|carracing] [OPTIONS]",
                               description, options,
                               positional,  0,
                               1,           &a->json};
    if (!cli_parse(&syntax, count, texts, status)) {
        return false;
    }
    if (a->method != NULL && !aann_search_method_parse(a->method, &search->method)) {
        cli_usage_error("--method: '%s' is none of sense, hill, random, genetic", a->method);
        *status = CLI_USAGE;
        return false;
    }
    a->task.name = positional[0];
    search->first_samples = first_samples;
    return true;
}

/* ---- what goes together --------------------------------------------------------------------------- */

static bool check(search_arguments *a)
{
    a->task.has_spec = a->start_text != NULL;
    if (!cli_task_check("search", &a->task)) {
        return false;
    }
    if (a->tracks_given && !a->reward) {
        cli_usage_error("search: --tracks is for --reward");
        return false;
    }
    if ((a->copy_shift_given || a->copy_warp_given) && a->plan.search.copies == 1) {
        cli_usage_error("search: --copy-shift and --copy-warp are for --copies");
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
    if (a->reward && a->start_text == NULL) {
        cli_usage_error(
            "search: --reward needs --start STUDY:ID: a driver to begin with; a random network does not "
            "get far enough to learn from its reward");
        return false;
    }
    return true;
}

/* That of the start, unless another is named, or the task's. */
static aann_status make_spec(const search_arguments *a, aann_shape input, aann_spec *spec,
                             aann_error *error)
{
    if (a->start_text == NULL || a->task.net != NULL) {
        return cli_task_spec(&a->task, input, spec, error);
    }
    *spec = a->start.list[0].spec;
    return cli_task_counts(&a->task, spec, error);
}

static bool make_plan(search_arguments *a, const char *name, const aann_spec *spec,
                      const aann_samples *train)
{
    aann_search_options *search = &a->plan.search;
    if (a->layer_share.count > 0 && a->layer_share.count != (size_t)spec->layer_count) {
        cli_usage_error("--layer-share: %zu numbers for %d layers", a->layer_share.count,
                        spec->layer_count);
        return false;
    }
    for (size_t i = 0; i < a->layer_share.count; i++) {
        search->layer_share[i] = a->layer_share.values[i];
    }
    aann_search_options_balance_targets(search, train);
    const aann_task_preset *preset = a->task.preset;
    if (preset != NULL && preset->temperature > 0.0 && !a->temperature_given) {
        search->temperature = preset->temperature;
    }
    if (preset != NULL && preset->cooling > 0.0 && !a->cooling_given) {
        search->cooling = preset->cooling;
    }
    if (preset != NULL && preset->output_scale > 0.0 && !a->output_scale_given) {
        search->output_scale = preset->output_scale;
    }
    if (a->start.count > 0 && !a->members_given) {
        a->plan.members = a->start.count;
    }
    if (a->reward && !a->steps_given) {
        a->steps = reward_steps;
    }
    if (!cli_start_plan(&a->start, a->reward ? a->tracks : NULL, a->temperature_given, &a->plan)) {
        return false;
    }
    search->seed = (uint64_t)a->seed;
    search->steps = (uint64_t)a->steps;
    a->plan.name = name;
    a->plan.threshold = cli_accuracy(a->plan.threshold);
    a->plan.choose_steps = a->seconds_given && !a->steps_given;
    return true;
}

/* ---- the command --------------------------------------------------------------------------------- */

static int run(search_arguments *a, const aann_spec *spec, const aann_family_data *data,
               const char *path)
{
    aann_error error;
    aann_study *study = NULL;
    if (aann_family_check(spec, data, &a->plan, &a->session.work, &error) != AANN_OK) {
        return cli_fail(&error);
    }
    if (aann_study_open(path, AANN_STUDY_CREATE, &study, &error) != AANN_OK) {
        return cli_fail(&error);
    }
    int64_t family = 0;
    cli_session_start(&a->session);
    const aann_status status =
        aann_family_run(study, spec, data, &a->plan, &a->session.work, &family, &error);
    const int result =
        status == AANN_OK ? cli_session_report(study, path, family, a->json) : cli_fail(&error);
    aann_study_close(study);
    return result;
}

/* The data that were named, or else those of the start. */
static bool load_data(search_arguments *a, aann_family_data **data, int *status)
{
    aann_error error;
    const bool named = a->task.data != NULL || cli_task_has_data(&a->task);
    if (named) {
        return cli_task_load(&a->task, a->session.quiet, data, status);
    }
    if (aann_family_data_reload(&a->start.list[0].family, NULL, NULL, data, &error) != AANN_OK) {
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
static int correct(const search_arguments *a, const char *name, const char *study)
{
    cli_dagger dagger = a->dagger;
    dagger.task = a->task.name;
    dagger.study = study;
    dagger.name = name;
    dagger.steps = a->steps;
    dagger.seed = a->seed;
    dagger.threads = a->session.work.threads;
    dagger.quiet = a->session.quiet;
    dagger.json = a->json;
    return cli_dagger_run(&dagger);
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
    if (make_spec(a, train->shape, &spec, &error) != AANN_OK) {
        return cli_fail(&error);
    }
    if (!make_plan(a, name, &spec, train)) {
        return CLI_USAGE;
    }
    const char *study = a->study != NULL ? a->study : path;
    const int status = run(a, &spec, data, study);
    return status == CLI_GOOD && a->dagger.rounds > 0 ? correct(a, name, study) : status;
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
