/* aann import: a float network, pruned and binarised, as a member of a study. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands/command.h"
#include "cli/shared/file.h"
#include "cli/shared/message.h"
#include "cli/shared/options.h"
#include "cli/shared/report.h"
#include "cli/shared/search_options.h"
#include "cli/shared/session.h"
#include "cli/shared/study.h"
#include "cli/shared/task.h"
#include "cli/shared/text.h"

static const char description[] =
    "Imports a float network: prunes and binarises its weights and stores the\n"
    "result as a family of one, with losses and accuracies. The NPZ file holds\n"
    "the arrays layer0, layer1, ..., shaped as 'aann weights' writes them:\n"
    "[out][in][kernel height][kernel width], dense layers [out][in], no biases.\n"
    "\n"
    "Every layer gets the counts that --sparsity and --excitatory ask for: the\n"
    "largest weights become +1, the smallest -1, the rest 0. Where the signs of\n"
    "the largest magnitudes have the share --excitatory, this is pruning by\n"
    "magnitude.\n"
    "\n"
    "  aann import trained.npz mnist --sparsity-per-layer 50,90,90\n"
    "  aann import trained.npz mnist --study m.aann --as-start\n"
    "\n"
    "Two ways to search from it: 'aann search mnist --start m.aann:1' makes a\n"
    "family for it; after --as-start, 'aann resume m.aann' stays in the same one.\n";

typedef struct import_arguments {
    cli_task task;
    cli_search_options typed;
    const char *study, *family_name;
    aann_family_plan plan;
    bool as_start, quiet, json;
} import_arguments;

/* Of the search that follows, and of how outputs are read. */
static const char *const search_options[] = {"loss_scale", "output_scale", "steps", "temperature",
                                             "seed"};
enum { SEARCH_OPTIONS = sizeof search_options / sizeof search_options[0] };

static bool parse(int count, char **texts, import_arguments *a, const char **file, int *status)
{
    const cli_option family[] = {
        {.name = "Family", .kind = CLI_HEADING},
        {"study", CLI_TEXT, &a->study, 0, 0, "FILE", "where the member is kept (NAME.aann)", NULL},
        {"name", CLI_TEXT, &a->family_name, 0, 0, "TEXT", "name of the family", NULL},
        {"threshold", CLI_REAL, &a->plan.threshold, 0, 100, "P",
         "the member fails below this validation accuracy (0.97, or 97 for percent); the exit "
         "status is then 3",
         NULL},
        {"as-start", CLI_FLAG, &a->as_start, 0, 0, NULL,
         "leave it unfinished: 'aann resume' searches from it", NULL},
        {"quiet", CLI_FLAG, &a->quiet, 0, 0, NULL, "print no lines about fetching", NULL},
        {.name = "Search", .kind = CLI_HEADING},
    };
    cli_option options[CLI_TASK_OPTIONS + sizeof family / sizeof family[0] + SEARCH_OPTIONS + 1];
    size_t used = cli_task_options(&a->task, options);
    memcpy(options + used, family, sizeof family);
    used += sizeof family / sizeof family[0];
    for (size_t i = 0; i < SEARCH_OPTIONS; i++) {
        used += cli_search_add(&a->typed, search_options[i], options + used);
    }
    options[used] = (cli_option){0};
    const char *positional[2];
    const cli_syntax syntax = {.command = "import",
                               .usage = "FILE.npz [mnist|fashion-mnist|carracing] [OPTIONS]",
                               .description = description,
                               .options = options,
                               .positional = positional,
                               .least_positional = 1,
                               .most_positional = 2,
                               .json = &a->json};
    if (!cli_parse(&syntax, count, texts, status)) {
        return false;
    }
    *file = positional[0];
    a->task.name = positional[1];
    return true;
}

/* What pruning by magnitude alone would have given, layer by layer. */
static void print_layers(const aann_spec *spec, const aann_binarisation *layers)
{
    cli_print("%-10s %10s %10s %10s   %s\n", "layer", "-1", "0", "+1",
              "by magnitude alone: +1, weights with another value");
    for (int32_t i = 0; i < spec->layer_count; i++) {
        char name[32];
        const aann_counts counts = aann_spec_counts(spec, i);
        aann_layer_name(&spec->layers[i], name, sizeof name);
        cli_print("%-10s %10" PRId64 " %10" PRId64 " %10" PRId64 "   %10" PRId64 " %10" PRId64 "\n",
                  name, counts.minus, counts.zero, counts.plus, layers[i].by_magnitude.plus,
                  layers[i].different);
    }
    putchar('\n');
}

static json_t *layers_json(const aann_spec *spec, const aann_binarisation *layers)
{
    json_t *array = json_array();
    for (int32_t i = 0; i < spec->layer_count; i++) {
        char name[32];
        aann_layer_name(&spec->layers[i], name, sizeof name);
        json_array_append_new(array, json_pack("{s:s, s:I, s:I, s:I}", "name", name, "minus",
                                               (json_int_t)layers[i].by_magnitude.minus, "plus",
                                               (json_int_t)layers[i].by_magnitude.plus, "different",
                                               (json_int_t)layers[i].different));
    }
    return array;
}

static aann_status report(aann_study *study, const char *path, int64_t id, const aann_spec *spec,
                          const aann_binarisation *layers, bool json, aann_error *error)
{
    aann_family_row family;
    aann_status status = aann_study_family(study, id, &family, error);
    if (status != AANN_OK) {
        return status;
    }
    json_t *object = NULL;
    if (json) {
        status = cli_json_family(study, &family, &object, error);
    } else {
        print_layers(spec, layers);
        status = cli_print_family(study, &family, error);
    }
    if (status == AANN_OK && json) {
        json_object_set_new(object, "study", cli_json_text(path));
        json_object_set_new(object, "by_magnitude", layers_json(spec, layers));
        cli_print_json(object);
    }
    aann_family_row_destroy(&family);
    return status;
}

/* *result becomes the exit status of a run that worked. */
static aann_status import(import_arguments *a, const char *file, const aann_family_data *data,
                          const char *path, int *result, aann_error *error)
{
    aann_spec spec;
    aann_network *network = NULL;
    aann_binarisation layers[AANN_MAX_LAYERS];
    aann_study *study = NULL;
    int64_t family = 0;
    aann_status status = cli_task_spec(&a->task, data, &spec, error);
    if (status == AANN_OK) {
        aann_search_options_choose_loss_scale(&a->plan.search, aann_family_data_train(data), &spec);
        aann_family_data_choose_plan(data, &spec, &a->plan);
        a->plan.members = 1;
        if (a->task.preset != NULL) {
            aann_search_options_apply_preset(&a->plan.search, a->task.preset);
        }
        cli_search_apply(&a->typed, &a->plan.search);
        status = aann_network_create(&spec, &network, error);
    }
    if (status == AANN_OK) {
        status = aann_npz_binarise(file, network, layers, error);
    }
    if (status == AANN_OK) {
        const aann_family_work work = aann_family_work_default();
        status = aann_family_check(&spec, data, &a->plan, &work, error);
    }
    if (status == AANN_OK) {
        status = cli_study_open(path, AANN_STUDY_CREATE, &study, error);
    }
    if (status == AANN_OK) {
        status =
            aann_family_import(study, &spec, data, &a->plan, network, a->as_start, &family, error);
    }
    if (status == AANN_OK) {
        status = report(study, path, family, &spec, layers, a->json, error);
    }
    if (status == AANN_OK) {
        *result = cli_session_threshold(study, family);
    }
    aann_study_close(study);
    aann_network_destroy(network);
    return status;
}

int cli_import(int count, char **texts)
{
    import_arguments a = {.task = cli_default_task(), .plan = aann_family_plan_default()};
    int status;
    const char *file = NULL;
    aann_family_data *data = NULL;
    if (!parse(count, texts, &a, &file, &status)) {
        return status;
    }
    const char *seed = cli_search_text(&a.typed, "seed");
    a.task.seed = a.plan.search.seed;
    if (seed != NULL) {
        (void)aann_uint64_parse(seed, &a.task.seed); /* cli_parse has refused what is none */
    }
    if (!cli_study_stays("import", a.study) || !cli_task_check("import", &a.task)) {
        return CLI_USAGE;
    }
    if (!cli_task_load(&a.task, a.quiet, &data, &status)) {
        return status;
    }
    char name[CLI_TASK_NAME];
    char path[CLI_TASK_NAME + 8];
    cli_task_name(&a.task, a.family_name, name);
    snprintf(path, sizeof path, "%s.aann", name);
    a.plan.name = name;
    a.plan.threshold = cli_accuracy(a.plan.threshold);
    aann_error error;
    int result = CLI_GOOD;
    const aann_status done =
        import(&a, file, data, a.study != NULL ? a.study : path, &result, &error);
    aann_family_data_destroy(data);
    return done == AANN_OK ? cli_finish_output(result) : cli_fail(&error);
}
