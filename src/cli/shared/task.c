/* What `search`, `import` and `experiment` are told about a task. */
#include "cli/shared/task.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/fetch/fetch.h"
#include "cli/shared/exit_status.h"
#include "cli/shared/message.h"
#include "cli/shared/stop.h"
#include "cli/shared/text.h"

enum { PATH_SIZE = 160 };

cli_task cli_default_task(void)
{
    return (cli_task){.sparsity = -1.0, .excitatory = 0.5, .load = cli_load_default(), .seed = 1};
}

size_t cli_task_options(cli_task *a, cli_option *options)
{
    const cli_option known[] = {
        {.name = "Data", .kind = CLI_HEADING},
        {"data", CLI_TEXT, &a->data, 0, 0, "FILE",
         "training data: a table, NPZ, NPY, IDX, or a folder of pictures; -: standard input", NULL},
        {"test", CLI_TEXT, &a->test, 0, 0, "FILE", "test data, used once, at the end", NULL},
        {"labels", CLI_TEXT, &a->labels, 0, 0, "FILE",
         "labels of --data, if they are in a separate file", NULL},
        {"test-labels", CLI_TEXT, &a->test_labels, 0, 0, "FILE", "labels of --test", NULL},
        {"validation", CLI_TEXT, &a->validation, 0, 0, "N",
         "validation split: N samples of the training data, or the share N < 1", NULL},
        {"certification", CLI_LONG, &a->certification, 1, 1e12, "N",
         "keep N training samples out of the search, for 'aann certify'", NULL},
        {"split-by", CLI_TEXT, &a->split, 0, 0, "RULE",
         "* which these are: shuffled (tables), last, groups, time, blocks", NULL},
        {"class-weights", CLI_TEXT, &a->class_weights, 0, 0, "KIND",
         "* balanced: repeat samples until all classes have equally many", NULL},
        {"encoding", CLI_TEXT, &a->encoding, 0, 0, "KIND",
         "byte, global, feature or table (chosen from the data)", NULL},
        {"constant", CLI_TEXT, &a->constant, 0, 0, "on|off",
         "* an input that is always 127 (on for tables, off for others)", NULL},
        {"samples", CLI_LONG, &a->samples, 0, 1e12, "N", "* use only the first N training samples",
         NULL},
    };
    const cli_option network[] = {
        {.name = "Network", .kind = CLI_HEADING},
        {"net", CLI_TEXT, &a->net, 0, 0, "SPEC", "* such as 64-10 or 16C5-MP2-32C5-MP2-10", NULL},
        {"input", CLI_TEXT, &a->input, 0, 0, "CxHxW",
         "* shape of a sample: channels x height x width", NULL},
        {"sparsity", CLI_PERCENT, &a->sparsity, 0, 100, "P",
         "* percent of zeros in every layer: 90, or 90%", NULL},
        {"sparsity-per-layer", CLI_PERCENTS, &a->sparsity_per_layer, 0, 100, "P,P,...",
         "* percent of zeros, layer by layer", NULL},
        {"excitatory", CLI_REAL, &a->excitatory, 0, 1, "SHARE",
         "* share of +1 among the weights that are not 0 (0.5)", NULL},
        {"shifts", CLI_REALS, &a->shifts, 0, 24, "N,N,...",
         "* right shift before HardTanh, layer by layer (0)", NULL},
    };
    size_t count = sizeof known / sizeof known[0];
    memcpy(options, known, sizeof known);
    count += cli_load_add_options(&a->load, options + count);
    memcpy(options + count, network, sizeof network);
    return count + sizeof network / sizeof network[0];
}

/* ---- data ------------------------------------------------------------------------------------ */

static bool say_line(void *context, const char *line)
{
    const bool *quiet = context;
    if (line != NULL && !*quiet) {
        cli_print_to(stderr, "%s\n", line);
    }
    return !cli_stop_asked();
}

static bool parse_encoding(const char *text, aann_encoding_kind *kind)
{
    for (int i = AANN_ENCODING_AUTOMATIC; i <= AANN_ENCODING_TABLE; i++) {
        if (strcmp(text, aann_encoding_kind_name((aann_encoding_kind)i)) == 0) {
            *kind = (aann_encoding_kind)i;
            return true;
        }
    }
    cli_usage_error("--encoding: '%s' is none of byte, global, feature, table, automatic", text);
    return false;
}

static bool parse_constant(const char *text, aann_constant_input *constant)
{
    *constant = strcmp(text, "on") == 0 ? AANN_CONSTANT_ON : AANN_CONSTANT_OFF;
    if (*constant == AANN_CONSTANT_OFF && strcmp(text, "off") != 0) {
        cli_usage_error("--constant: '%s' is neither on nor off", text);
        return false;
    }
    return true;
}

static bool parse_split(const char *text, aann_split_rule *rule)
{
    static const char *const names[] = {"automatic", "last",   "shuffled",
                                        "blocks",    "groups", "time"};
    for (int i = 0; i < (int)(sizeof names / sizeof names[0]); i++) {
        if (strcmp(text, names[i]) == 0) {
            *rule = (aann_split_rule)i;
            return true;
        }
    }
    cli_usage_error("--split-by: expected shuffled, last, groups, time or blocks, not '%s'", text);
    return false;
}

/* What `mnist` stands for, or the files. `paths` has room for two names. */
static bool choose_source(const cli_task *a, char paths[2][PATH_SIZE], aann_family_source *source)
{
    *source = aann_family_source_default();
    source->train = a->data;
    source->test = a->test;
    source->load = a->load.options;
    source->load.labels_path = a->labels;
    source->test_labels = a->test_labels;
    source->split_seed = a->seed;
    source->balanced = a->class_weights != NULL;
    source->train_limit = a->samples;
    source->certification = a->certification;
    if (cli_task_has_data(a)) {
        snprintf(paths[0], PATH_SIZE, "%s:train", a->preset->data);
        snprintf(paths[1], PATH_SIZE, "%s:test", a->preset->data);
        source->train = paths[0];
        source->test = paths[1];
    }
    if (a->validation != NULL &&
        !cli_parse_real("--validation", a->validation, 0, 1e12, &source->validation)) {
        return false;
    }
    return (a->split == NULL || parse_split(a->split, &source->split)) &&
           (a->input == NULL || cli_parse_shape(a->input, &source->load.shape)) &&
           (a->encoding == NULL || parse_encoding(a->encoding, &source->encoding)) &&
           (a->constant == NULL || parse_constant(a->constant, &source->constant));
}

/* The names of all tasks, for messages: "mnist, fashion-mnist, carracing". */
static void list_tasks(char *text, size_t size)
{
    size_t count;
    size_t used = 0;
    const aann_task_preset *presets = aann_task_preset_table(&count);
    text[0] = '\0';
    for (size_t i = 0; i < count && used < size; i++) {
        const int written =
            snprintf(text + used, size - used, "%s%s", i == 0 ? "" : ", ", presets[i].name);
        used += written > 0 ? (size_t)written : 0;
    }
}

static void unknown_task(const char *command, const char *name, const char *tasks)
{
    enum { MOST_TASKS = 16 };
    const char *names[MOST_TASKS + 1];
    size_t count;
    const aann_task_preset *presets = aann_task_preset_table(&count);
    count = count < MOST_TASKS ? count : MOST_TASKS;
    for (size_t i = 0; i < count; i++) {
        names[i] = presets[i].name;
    }
    names[count] = NULL;
    const char *nearest = cli_nearest(name, names);
    if (nearest != NULL) {
        cli_usage_error("%s: there is no task '%s'; did you mean '%s'?", command, name, nearest);
    } else if (strpbrk(name, "./") != NULL && access(name, F_OK) != 0) {
        cli_usage_error("%s: there is no file '%s', nor a task of that name", command, name);
    } else if (strpbrk(name, "./") != NULL) {
        cli_usage_error("%s: '%s' is no task; a file is given as --data %s --net SPEC", command,
                        name, name);
    } else {
        cli_usage_error("%s: there is no task '%s'; expected %s, or --data FILE --net SPEC",
                        command, name, tasks);
    }
}

bool cli_task_has_data(const cli_task *a)
{
    return a->preset != NULL && a->preset->data != NULL;
}

static bool is_file(const char *path)
{
    struct stat information;
    return stat(path, &information) == 0 && !S_ISDIR(information.st_mode);
}

bool cli_task_check(const char *command, cli_task *a)
{
    if (!cli_load_check(&a->load)) {
        return false;
    }
    if (a->class_weights != NULL && strcmp(a->class_weights, "balanced") != 0) {
        cli_usage_error("--class-weights: expected balanced, not '%s'", a->class_weights);
        return false;
    }
    char names[CLI_TASK_NAME];
    list_tasks(names, sizeof names);
    a->preset = a->name != NULL ? aann_task_preset_find(a->name) : NULL;
    if (a->name != NULL && a->preset == NULL && a->data == NULL && is_file(a->name)) {
        a->data = a->name;
        a->name = NULL;
    }
    if (a->name == NULL && a->data == NULL && !a->has_spec) {
        cli_usage_error("%s: no task given; expected %s, or --data FILE --net SPEC", command,
                        names);
        return false;
    }
    if (a->name != NULL && a->preset == NULL) {
        unknown_task(command, a->name, names);
        return false;
    }
    if (cli_task_has_data(a) && (a->data != NULL || a->test != NULL)) {
        cli_usage_error("%s: '%s' has its own data; --data and --test are for others", command,
                        a->name);
        return false;
    }
    if (a->preset != NULL && a->preset->data == NULL && a->data == NULL && !a->has_spec) {
        cli_usage_error("%s: '%s' needs --data FILE, as made by aann car record", command, a->name);
        return false;
    }
    return true;
}

bool cli_task_load(const cli_task *a, bool quiet, aann_family_data **data, int *status)
{
    aann_family_source source;
    char paths[2][PATH_SIZE];
    aann_error error;
    *data = NULL;
    *status = CLI_USAGE;
    if (!choose_source(a, paths, &source)) {
        return false;
    }
    const bool fetched = cli_task_has_data(a);
    if (fetched) {
        cli_catch_stop();
    }
    aann_status loaded = fetched ? cli_fetch(a->preset->data, say_line, &quiet, &error) : AANN_OK;
    if (loaded == AANN_OK) {
        cli_release_stop();
        loaded = aann_family_data_load(&source, data, &error);
    }
    if (loaded != AANN_OK) {
        *status = cli_fail(&error);
    }
    return loaded == AANN_OK;
}

void cli_task_print_notes(const aann_family_data *data)
{
    const char *notes = aann_family_data_notes(data);
    while (*notes != '\0') {
        const int length = (int)strcspn(notes, "\n");
        cli_print_to(stderr, "note: %.*s\n", length, notes);
        notes += length + (notes[length] == '\n' ? 1 : 0);
    }
}

/* ---- network --------------------------------------------------------------------------------- */

static aann_status set_shifts(const cli_reals *shifts, aann_spec *spec, aann_error *error)
{
    int32_t whole[CLI_LONGEST_LIST];
    for (size_t i = 0; i < shifts->count; i++) {
        if (shifts->values[i] != floor(shifts->values[i])) {
            *error =
                (aann_error){AANN_ERROR_ARGUMENT, "--shifts: expected whole numbers from 0 to 24"};
            return AANN_ERROR_ARGUMENT;
        }
        whole[i] = (int32_t)shifts->values[i];
    }
    return shifts->count > 0 ? aann_spec_set_shifts(spec, whole, shifts->count, error) : AANN_OK;
}

aann_status cli_task_counts(const cli_task *a, aann_spec *spec, aann_error *error)
{
    const aann_status status = aann_spec_set_sparsity(
        spec, a->sparsity, a->sparsity_per_layer.values, a->sparsity_per_layer.count, error);
    return status == AANN_OK ? set_shifts(&a->shifts, spec, error) : status;
}

/* The presets' default is the sparsity the README's figures are for. */
aann_status cli_task_spec(const cli_task *a, const aann_family_data *data, aann_spec *spec,
                          aann_error *error)
{
    const aann_shape input = aann_family_data_train(data)->shape;
    char chosen[AANN_MAX_SPEC_LENGTH];
    const char *text = a->net;
    const double *per_layer = a->sparsity_per_layer.values;
    size_t count = a->sparsity_per_layer.count;
    if (text == NULL && a->preset == NULL) {
        text = chosen;
        if (!aann_family_data_choose_network(data, chosen, sizeof chosen, NULL)) {
            return cli_set_error(
                error, AANN_ERROR_ARGUMENT,
                "--data needs --net: the network, such as --net 64-10 (only tables "
                "have a usual one)");
        }
    }
    if (text == NULL) {
        text = a->preset->network;
        if (count == 0 && a->sparsity < 0.0) {
            per_layer = a->effort ? a->preset->effort_sparsity : a->preset->sparsity;
            count = a->preset->layer_count;
        }
    }
    aann_status status = aann_spec_parse(text, input, spec, error);
    if (status == AANN_OK) {
        status = aann_spec_set_sparsity(spec, a->sparsity, per_layer, count, error);
    }
    if (status == AANN_OK) {
        status = aann_spec_set_excitatory_share(spec, a->excitatory, error);
    }
    return status == AANN_OK ? set_shifts(&a->shifts, spec, error) : status;
}

/* "mnist", or the data file's name without folder and ending. */
void cli_task_name(const cli_task *a, const char *given, char name[CLI_TASK_NAME])
{
    const char *text = given != NULL ? given : a->name;
    if (text != NULL) {
        snprintf(name, CLI_TASK_NAME, "%s", text);
        return;
    }
    const char *slash = strrchr(a->data, '/');
    if (strcmp(a->data, "-") == 0) {
        snprintf(name, CLI_TASK_NAME, "input");
        return;
    }
    snprintf(name, CLI_TASK_NAME, "%s", slash != NULL ? slash + 1 : a->data);
    char *dot = strchr(name + 1, '.');
    if (dot != NULL) {
        *dot = '\0';
    }
}
