/* aann search: a new family, stored in a study. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aann/family.h"
#include "cli/command.h"
#include "cli/message.h"
#include "cli/options.h"
#include "cli/preset.h"
#include "cli/session.h"
#include "cli/start.h"

enum { NAME_SIZE = 128, PATH_SIZE = 160 };

static const char description[] =
    "Searches for a family: networks with the same number of -1, 0 and +1 in every layer, found from "
    "independent random\n"
    "starts by swapping weights. It is kept in a study (--study), which Ctrl-C and even kill -9 leave whole: "
    "'aann resume'\n"
    "goes on, and ends with the same weights as without the interruption.\n"
    "\n"
    "  aann search mnist --members 4\n"
    "  aann search carracing --data drives.npz          (from aann car record; then aann drive)\n"
    "  aann search carracing --start drivers.aann:1 --reward --tracks 2000:2064 --study better.aann\n"
    "  aann search mnist --sparsity-per-layer 50,90,90 --seconds 1500 --study sparse.aann\n"
    "  aann search --data train.npz --test test.npz --net 64-10 --study mine.aann\n"
    "  aann search --data beats.csv --label-column kind --input 1x1x96 --net 8C1x9-MP1x2-2 --study "
    "beats.aann\n"
    "\n"
    "The weights depend on the network, the data, the seed and the options marked *, and on nothing else.\n"
    "--seconds with --steps stops, resumably, when the time is over. --seconds alone chooses the steps, by "
    "measuring for\n"
    "two seconds, so that the search ends within the time; if it does not, it is cut off there. The steps "
    "are stored.\n";

/* Everything that can be typed. */
typedef struct search_arguments {
    const char *name; /* "mnist", or NULL */
    const cli_preset *preset;
    const char *data, *test, *labels, *test_labels, *net, *input, *validation, *label_column, *targets,
        *encoding;
    const char *study, *isa, *family_name;
    int64_t seed, steps, samples;
    cli_reals sparsity_per_layer, shifts, layer_share;
    double sparsity, excitatory;
    aann_family_plan plan;
    const char *start_text, *tracks;
    bool reward, tracks_given, members_given;
    cli_start start;
    bool steps_given, seconds_given, temperature_given, output_scale_given, json;
    cli_session session;
} search_arguments;

/* ---- arguments ----------------------------------------------------------------------------------- */

static search_arguments defaults(void)
{
    search_arguments arguments = {
        .seed = 1,
        .tracks = "2000:2064",
        .sparsity = -1.0,
        .excitatory = 0.5,
        .plan = aann_default_family_plan(),
        .session.work = aann_default_family_work(),
    };
    arguments.steps = (int64_t)arguments.plan.search.steps;
    return arguments;
}

static bool parse(int count, char **texts, search_arguments *a, int *status)
{
    aann_search_options *search = &a->plan.search;
    aann_family_work *work = &a->session.work;
    int64_t first_samples = search->first_samples;
    const cli_option options[] = {
        {"data", CLI_TEXT, &a->data, 0, 0, "FILE", "training data: IDX, NPY, NPZ or CSV", NULL},
        {"test", CLI_TEXT, &a->test, 0, 0, "FILE", "test data, looked at once, at the end", NULL},
        {"net", CLI_TEXT, &a->net, 0, 0, "SPEC", "the network, such as 16C5-MP2-32C5-MP2-10 or 64-10", NULL},
        {"input", CLI_TEXT, &a->input, 0, 0, "CxHxW", "how to see a sample: channels x height x width", NULL},
        {"validation", CLI_TEXT, &a->validation, 0, 0, "N",
         "validation split: the last N, or share N < 1, of the data", NULL},
        {"label-column", CLI_TEXT, &a->label_column, 0, 0, "NAME",
         "column of a CSV file that holds the labels", NULL},
        {"target-columns", CLI_TEXT, &a->targets, 0, 0, "A,B,...",
         "columns of a CSV file to be matched (regression)", NULL},
        {"labels", CLI_TEXT, &a->labels, 0, 0, "FILE", "labels of --data, where they are in another file",
         NULL},
        {"test-labels", CLI_TEXT, &a->test_labels, 0, 0, "FILE", "labels of --test", NULL},
        {"encoding", CLI_TEXT, &a->encoding, 0, 0, "KIND", "byte, global or feature (chosen by the data)",
         NULL},
        {"samples", CLI_LONG, &a->samples, 0, 1e12, "N", "* use only the first N training samples", NULL},
        {"study", CLI_TEXT, &a->study, 0, 0, "FILE", "where the family is kept (NAME.aann)", NULL},
        {"name", CLI_TEXT, &a->family_name, 0, 0, "TEXT", "what the family is called", NULL},
        {"members", CLI_INT, &a->plan.members, 1, 1e6, "N", "networks in the family (1; of --start: as many)",
         &a->members_given},
        {"sparsity", CLI_REAL, &a->sparsity, 0, 100, "P",
         "* percent of the weights that are 0, in every layer", NULL},
        {"sparsity-per-layer", CLI_REALS, &a->sparsity_per_layer, 0, 100, "P,P,...",
         "* the same, layer by layer", NULL},
        {"excitatory", CLI_REAL, &a->excitatory, 0, 1, "SHARE", "* share of +1 among the others (0.5)", NULL},
        {"shifts", CLI_REALS, &a->shifts, 0, 24, "N,N,...",
         "* right shift before HardTanh, layer by layer (0)", NULL},
        {"steps", CLI_LONG, &a->steps, 1, 1e15, "N", "* candidates per member", &a->steps_given},
        {"seconds", CLI_REAL, &work->seconds, 0.1, 1e9, "S", "time for the whole search", &a->seconds_given},
        {"seed", CLI_LONG, &a->seed, 0, 9e18, "N", "* where all random numbers come from (1)", NULL},
        {"threshold", CLI_REAL, &a->plan.threshold, 0, 100, "P",
         "* done at this validation accuracy in percent, else failed", NULL},
        {"threads", CLI_INT, &work->threads, 1, 1024, "N", "threads in all (one per processor)", NULL},
        {"parallel", CLI_INT, &work->parallel, 1, 1024, "N", "members at a time (as many as threads)", NULL},
        {"checkpoint-seconds", CLI_REAL, &work->checkpoint_seconds, 0.01, 1e6, "S",
         "between checkpoints (30)", NULL},
        {"isa", CLI_TEXT, &work->isa, 0, 0, "NAME",
         "instruction set: baseline, avx2, avx512, neon (the best)", NULL},
        {"temperature", CLI_REAL, &search->temperature, 0, 1e3, "T", "* at the start, in units of mean loss",
         &a->temperature_given},
        {"cooling", CLI_REAL, &search->cooling, 1, 3, "N",
         "* temperature falls like (1 - step/steps)^N, N 1, 2 or 3", NULL},
        {"loss-scale", CLI_REAL, &search->loss_scale, 1e-3, 1e6, "S",
         "* logits / (127 S) go into the softmax", NULL},
        {"output-scale", CLI_REAL, &search->output_scale, 1e-2, 1e6, "S",
         "* regression: outputs are HardTanh(logit / (127 S)) (1; carracing: 24)", &a->output_scale_given},
        {"rejection-z", CLI_REAL, &search->rejection_z, 0, 100, "Z",
         "* standard errors at which a candidate is given up", NULL},
        {"within-unit", CLI_REAL, &search->within_unit, 0, 1, "SHARE", "* of the swaps, inside one unit",
         NULL},
        {"layer-share", CLI_REALS, &a->layer_share, 0, 1e6, "A,B,...",
         "* of the candidates, layer by layer, at the start", NULL},
        {"no-adapt", CLI_CLEAR, &search->adapt_layers, 0, 0, NULL, "* keep these shares", NULL},
        {"first-check", CLI_INT, &search->first_check, 1, 1e6, "N",
         "* blocks of 64 samples before the first test", NULL},
        {"strata", CLI_INT, &search->strata, 1, 64, "N", "* groups by loss that the test samples evenly",
         NULL},
        {"arrange-interval", CLI_LONG, &search->arrange_interval, 0, 1e15, "N",
         "* candidates between regroupings (0: steps/50)", NULL},
        {"first-samples", CLI_LONG, &first_samples, 0, 1e12, "N", "* training samples at the start (0: all)",
         NULL},
        {"growth", CLI_REAL, &search->growth, 0, 1, "SHARE", "* of the steps, over which they grow to all",
         NULL},
        {"jitter", CLI_INT, &search->jitter, 0, 100, "N",
         "* move each sample by up to N rows and columns, now and then anew (0)", NULL},
        {"start", CLI_TEXT, &a->start_text, 0, 0, "STUDY:ID,...",
         "begin with these members' networks, and their data, instead of random ones", NULL},
        {"reward", CLI_FLAG, &a->reward, 0, 0, NULL,
         "* the objective is the drive itself: reward on --tracks (with --start)", NULL},
        {"tracks", CLI_TEXT, &a->tracks, 0, 0, "FIRST:END", "* with --reward: which tracks (2000:2064)",
         &a->tracks_given},
        {"quiet", CLI_FLAG, &a->session.quiet, 0, 0, NULL, "no progress lines", NULL},
        {0},
    };
    const char *positional[1];
    const cli_syntax syntax = {"search", description, options, positional, 0, 1, &a->json};
    if (!cli_parse(&syntax, count, texts, status)) {
        return false;
    }
    a->name = positional[0];
    a->preset = a->name != NULL ? cli_find_preset(a->name) : NULL;
    search->first_samples = first_samples;
    return true;
}

/* ---- data ---------------------------------------------------------------------------------------- */

static void say_line(void *context, const char *line)
{
    const search_arguments *a = context;
    if (!a->session.quiet) {
        fprintf(stderr, "%s\n", line);
    }
}

static bool parse_shape(const char *text, aann_shape *shape)
{
    char rest;
    if (sscanf(text, "%dx%dx%d%c", &shape->channels, &shape->height, &shape->width, &rest) != 3 ||
        shape->channels < 1 || shape->height < 1 || shape->width < 1) {
        cli_usage_error("--input: '%s' is not channels x height x width, such as 1x28x28", text);
        return false;
    }
    return true;
}

static bool parse_encoding(const char *text, aann_encoding_kind *kind)
{
    static const char *const names[] = {"automatic", "byte", "global", "feature"};
    for (int i = 0; i < 4; i++) {
        if (strcmp(text, names[i]) == 0) {
            *kind = (aann_encoding_kind)i;
            return true;
        }
    }
    cli_usage_error("--encoding: '%s' is none of byte, global, feature, automatic", text);
    return false;
}

/* What `mnist` stands for, or the files. `paths` has room for two names. */
static bool choose_source(const search_arguments *a, char paths[2][PATH_SIZE], aann_family_source *source)
{
    *source = aann_default_family_source();
    source->train = a->data;
    source->test = a->test;
    source->load.label_column = a->label_column;
    source->load.target_columns = a->targets;
    source->load.labels_path = a->labels;
    source->test_labels = a->test_labels;
    source->train_limit = a->samples;
    if (a->preset != NULL && a->preset->fetched) {
        snprintf(paths[0], PATH_SIZE, "%s:train", a->name);
        snprintf(paths[1], PATH_SIZE, "%s:test", a->name);
        source->train = paths[0];
        source->test = paths[1];
    }
    if (a->validation != NULL &&
        !cli_parse_real("--validation", a->validation, 0, 1e12, &source->validation)) {
        return false;
    }
    return (a->input == NULL || parse_shape(a->input, &source->load.shape)) &&
           (a->encoding == NULL || parse_encoding(a->encoding, &source->encoding));
}

static bool check_task(const search_arguments *a)
{
    if (a->name == NULL && a->data == NULL && a->start_text == NULL) {
        cli_usage_error(
            "search: what for? Expected mnist, fashion-mnist, carracing, or --data FILE --net SPEC");
        return false;
    }
    if (a->name != NULL && a->preset == NULL) {
        cli_usage_error("search: there is no task '%s'; expected mnist, fashion-mnist, carracing, or --data "
                        "FILE --net SPEC",
                        a->name);
        return false;
    }
    if (a->preset != NULL && a->preset->fetched && (a->data != NULL || a->test != NULL)) {
        cli_usage_error("search: '%s' has its own data; --data and --test are for others", a->name);
        return false;
    }
    if (a->preset != NULL && !a->preset->fetched && a->data == NULL && a->start_text == NULL) {
        cli_usage_error("search: '%s' needs --data FILE, as made by aann car record", a->name);
        return false;
    }
    if (a->name == NULL && a->net == NULL && a->start_text == NULL) {
        cli_usage_error("search: --data needs --net: the network, such as --net 64-10");
        return false;
    }
    if (a->tracks_given && !a->reward) {
        cli_usage_error("search: --tracks is for --reward");
        return false;
    }
    if (a->reward && a->start_text == NULL) {
        cli_usage_error("search: --reward needs --start STUDY:ID: a driver to begin with; a random network does not "
                        "get far enough to learn from its reward");
        return false;
    }
    return true;
}

/* ---- network ------------------------------------------------------------------------------------- */

static aann_status set_shifts(const cli_reals *shifts, aann_spec *spec, aann_error *error)
{
    int32_t whole[CLI_LONGEST_LIST];
    for (size_t i = 0; i < shifts->count; i++) {
        if (shifts->values[i] != floor(shifts->values[i])) {
            *error = (aann_error){AANN_ERROR_ARGUMENT, "--shifts: expected whole numbers from 0 to 24"};
            return AANN_ERROR_ARGUMENT;
        }
        whole[i] = (int32_t)shifts->values[i];
    }
    return shifts->count > 0 ? aann_spec_set_shifts(spec, whole, shifts->count, error) : AANN_OK;
}

/* The presets' default is the sparsity the README's figures are for. */
static aann_status make_spec(const search_arguments *a, aann_shape input, aann_spec *spec, aann_error *error)
{
    const char *text = a->net;
    aann_shape preset_input;
    const double *per_layer = a->sparsity_per_layer.values;
    size_t count = a->sparsity_per_layer.count;
    if (text == NULL && a->start_text == NULL && a->preset != NULL) {
        (void)aann_spec_preset(a->preset->network, &text, &preset_input);
        if (count == 0 && a->sparsity < 0.0) {
            per_layer = a->preset->sparsity;
            count = a->preset->layer_count;
        }
    }
    aann_status status = AANN_OK;
    if (a->start_text != NULL && a->net == NULL) {
        *spec = a->start.members[0].spec;
    } else {
        status = aann_spec_parse(text, input, spec, error);
    }
    if (status == AANN_OK) {
        status = aann_spec_set_sparsity(spec, a->sparsity, per_layer, count, error);
    }
    if (status == AANN_OK && (a->start_text == NULL || a->net != NULL)) {
        status = aann_spec_set_excitatory_share(spec, a->excitatory, error);
    }
    return status == AANN_OK ? set_shifts(&a->shifts, spec, error) : status;
}

static bool make_plan(search_arguments *a, const char *name, const aann_spec *spec, const aann_samples *train)
{
    aann_search_options *search = &a->plan.search;
    if (a->layer_share.count > 0 && a->layer_share.count != (size_t)spec->layer_count) {
        cli_usage_error("--layer-share: %zu numbers for %d layers", a->layer_share.count, spec->layer_count);
        return false;
    }
    for (size_t i = 0; i < a->layer_share.count; i++) {
        search->layer_share[i] = a->layer_share.values[i];
    }
    if (train->target_count > 0) {
        cli_balance_targets(train, search);
    }
    if (a->preset != NULL && a->preset->temperature > 0.0 && !a->temperature_given) {
        search->temperature = a->preset->temperature;
    }
    if (a->preset != NULL && a->preset->output_scale > 0.0 && !a->output_scale_given) {
        search->output_scale = a->preset->output_scale;
    }
    if (a->start.count > 0 && !a->members_given) {
        a->plan.members = a->start.count;
    }
    if (!cli_start_plan(&a->start, a->reward ? a->tracks : NULL, a->temperature_given, &a->plan)) {
        return false;
    }
    search->seed = (uint64_t)a->seed;
    search->steps = (uint64_t)a->steps;
    a->plan.name = name;
    a->plan.threshold /= 100.0;
    a->plan.choose_steps = a->seconds_given && !a->steps_given;
    return true;
}

/* "mnist", or the data file's name without folder and ending. */
static void choose_name(const search_arguments *a, char name[NAME_SIZE])
{
    const char *text = a->family_name != NULL ? a->family_name : a->name;
    if (text != NULL) {
        snprintf(name, NAME_SIZE, "%s", text);
        return;
    }
    if (a->data == NULL) {
        snprintf(name, NAME_SIZE, "%s", a->start.members[0].family.name);
        return;
    }
    const char *slash = strrchr(a->data, '/');
    snprintf(name, NAME_SIZE, "%s", slash != NULL ? slash + 1 : a->data);
    char *dot = strchr(name + 1, '.');
    if (dot != NULL) {
        *dot = '\0';
    }
}

/* ---- the command --------------------------------------------------------------------------------- */

static int run(search_arguments *a, const aann_spec *spec, const aann_family_data *data, const char *path)
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
static aann_status load_data(const search_arguments *a, const aann_family_source *source,
                             aann_family_data **data, aann_error *error)
{
    return source->train == NULL ? aann_family_data_reload(&a->start.members[0].family, NULL, NULL, data, error)
                                 : aann_family_data_load(source, data, error);
}

int cli_search(int count, char **texts)
{
    search_arguments a = defaults();
    int status;
    aann_family_source source;
    char paths[2][PATH_SIZE];
    if (!parse(count, texts, &a, &status)) {
        return status;
    }
    if (!check_task(&a) || !choose_source(&a, paths, &source)) {
        return CLI_USAGE;
    }
    aann_error error;
    if (a.start_text != NULL && !cli_start_open(a.start_text, &a.start, &status)) {
        return status;
    }
    if (a.preset != NULL && a.preset->fetched && aann_data_fetch(a.name, say_line, &a, &error) != AANN_OK) {
        cli_start_close(&a.start);
        return cli_fail(&error);
    }
    aann_family_data *data = NULL;
    if (load_data(&a, &source, &data, &error) != AANN_OK) {
        cli_start_close(&a.start);
        return cli_fail(&error);
    }
    aann_spec spec;
    char name[NAME_SIZE];
    char path[NAME_SIZE + 8];
    choose_name(&a, name);
    snprintf(path, sizeof path, "%s.aann", name);
    if (make_spec(&a, aann_family_data_train(data)->shape, &spec, &error) != AANN_OK) {
        status = cli_fail(&error);
    } else if (!make_plan(&a, name, &spec, aann_family_data_train(data))) {
        status = CLI_USAGE;
    } else {
        status = run(&a, &spec, data, a.study != NULL ? a.study : path);
    }
    aann_family_data_destroy(data);
    cli_start_close(&a.start);
    return status;
}
