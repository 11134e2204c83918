/* Reading the settings of an experiment. Whatever is not understood is refused, with its name. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/paper/paper.h"
#include "cli/shared/file.h"
#include "cli/shared/members.h"
#include "cli/shared/message.h"

/* Where in the file something is, for messages, and the first thing that is wrong. */
typedef struct reader {
    const char *path;
    aann_error *error;
    aann_status status;
} reader;

static void complain(reader *r, const char *where, const char *name, const char *expected)
{
    if (r->status == AANN_OK) {
        r->status =
            cli_set_error(r->error, AANN_ERROR_FORMAT, "%s: %s%s%s: expected %s", r->path, where,
                          where[0] != '\0' && name[0] != '\0' ? "." : "", name, expected);
    }
}

/* Refuses members of an object that are none of the names, a list that ends in NULL. */
static void check_names(reader *r, const json_t *object, const char *where,
                        const char *const *names)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        bool known = false;
        for (size_t i = 0; names[i] != NULL; i++) {
            known = known || strcmp(key, names[i]) == 0;
        }
        if (!known) {
            complain(r, where, key, "no such name; see aann experiment paper --print-settings");
        }
    }
}

/* The object of this name, or NULL if there is none. */
static const json_t *section(reader *r, const json_t *object, const char *name)
{
    const json_t *found = json_object_get(object, name);
    if (found != NULL && !json_is_object(found)) {
        complain(r, "", name, "an object {...}");
        return NULL;
    }
    return found;
}

static double number(reader *r, const json_t *object, const char *where, const char *name,
                     double least, double most, double otherwise)
{
    const json_t *value = json_object_get(object, name);
    if (value == NULL || r->status != AANN_OK) {
        return otherwise;
    }
    const double found = json_number_value(value);
    if (!json_is_number(value) || !(found >= least && found <= most)) {
        char text[80];
        snprintf(text, sizeof text, "a number from %.10g to %.10g", least, most);
        complain(r, where, name, text);
        return otherwise;
    }
    return found;
}

static int64_t whole(reader *r, const json_t *object, const char *where, const char *name,
                     double least, double most, int64_t otherwise)
{
    const double found = number(r, object, where, name, least, most, (double)otherwise);
    if (found != floor(found)) {
        complain(r, where, name, "a whole number");
    }
    return (int64_t)found;
}

static const char *string(reader *r, const json_t *object, const char *where, const char *name)
{
    const json_t *value = json_object_get(object, name);
    if (value != NULL && !json_is_string(value)) {
        complain(r, where, name, "a text");
    }
    return json_string_value(value);
}

static void numbers(reader *r, const json_t *array, const char *where, const char *name,
                    double least, double most, paper_numbers *list)
{
    char expected[96];
    snprintf(expected, sizeof expected, "a list of 1 to %d numbers from %g to %g",
             PAPER_MOST_VALUES, least, most);
    const size_t count = json_array_size(array);
    if (!json_is_array(array) || count < 1 || count > PAPER_MOST_VALUES) {
        complain(r, where, name, expected);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        const json_t *value = json_array_get(array, i);
        const double found = json_number_value(value);
        if (!json_is_number(value) || !(found >= least && found <= most)) {
            complain(r, where, name, expected);
            return;
        }
        list->values[list->count++] = found;
    }
}

/* Numbers of which each asks for something: twice the same would be counted twice. */
static void different_numbers(reader *r, const json_t *array, const char *where, const char *name,
                              double least, double most, paper_numbers *list)
{
    numbers(r, array, where, name, least, most, list);
    for (int32_t i = 0; i < list->count; i++) {
        for (int32_t j = 0; j < i; j++) {
            if (list->values[i] == list->values[j]) {
                complain(r, where, name, "numbers that differ");
            }
        }
    }
}

/* ---- sections ------------------------------------------------------------------------------------ */

/* A list of numbers, if there is one by this name. */
static void read_list(reader *r, const json_t *object, const char *where, const char *name,
                      double most, cli_reals *list)
{
    const json_t *array = json_object_get(object, name);
    paper_numbers found = {.count = 0};
    if (array == NULL) {
        return;
    }
    numbers(r, array, where, name, 0.0, most, &found);
    list->count = 0;
    for (int32_t i = 0; i < found.count && i < CLI_LONGEST_LIST; i++) {
        list->values[list->count++] = found.values[i];
    }
}

static void read_task(reader *r, const json_t *root, cli_task *task)
{
    static const char *const names[] = {"name",           "data",       "test",   "labels",
                                        "test_labels",    "net",        "input",  "validation",
                                        "sparsity",       "encoding",   "shifts", "label_column",
                                        "target_columns", "data_limit", NULL};
    const json_t *object = section(r, root, "task");
    if (object == NULL) {
        complain(r, "", "task", "an object {...}");
        return;
    }
    check_names(r, object, "task", names);
    task->name = string(r, object, "task", "name");
    task->data = string(r, object, "task", "data");
    task->test = string(r, object, "task", "test");
    task->labels = string(r, object, "task", "labels");
    task->test_labels = string(r, object, "task", "test_labels");
    task->net = string(r, object, "task", "net");
    task->input = string(r, object, "task", "input");
    task->validation = string(r, object, "task", "validation");
    task->encoding = string(r, object, "task", "encoding");
    task->load.options.label_column = string(r, object, "task", "label_column");
    task->load.options.target_columns = string(r, object, "task", "target_columns");
    task->load.options.data_limit =
        whole(r, object, "task", "data_limit", 1, 1000000000000000, task->load.options.data_limit);
    read_list(r, object, "task", "sparsity", 100.0, &task->sparsity_per_layer);
    read_list(r, object, "task", "shifts", 24.0, &task->shifts);
}

/* Search options by the names they are stored under in a study, put over those that are there. */
static void read_search(reader *r, const json_t *object, const char *where,
                        aann_search_options *options)
{
    if (object == NULL || r->status != AANN_OK) {
        return;
    }
    aann_family_plan plan = aann_family_plan_default();
    plan.search = *options;
    char *text = NULL;
    r->status = aann_family_plan_format(&plan, &text, r->error);
    json_t *all = text != NULL ? json_loads(text, 0, NULL) : NULL;
    free(text);
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        if (json_object_get(all, key) == NULL || strcmp(key, "members") == 0 ||
            strcmp(key, "threshold") == 0 || strcmp(key, "seed") == 0 ||
            strcmp(key, "method") == 0) {
            complain(r, where, key, "the name of a search option, such as steps or temperature");
        }
        json_object_set(all, key, value);
    }
    text = json_dumps(all, 0);
    if (text != NULL && r->status == AANN_OK) {
        r->status = aann_family_plan_parse(text, &plan, r->error);
        *options = plan.search;
        if (r->status != AANN_OK) {
            char message[AANN_MESSAGE_SIZE];
            snprintf(message, sizeof message, "%s", r->error->message);
            cli_set_error(r->error, AANN_ERROR_FORMAT, "%.200s: %s: %.200s", r->path, where,
                          message);
        }
    }
    free(text);
    json_decref(all);
}

static void read_lists(reader *r, const json_t *scale, paper_settings *s)
{
    static const char *const sweep_names[] = {"members", "percent", NULL};
    static const char *const share_names[] = {"members", "share", NULL};
    const json_t *sweep = section(r, scale, "sparsity");
    if (sweep != NULL) {
        check_names(r, sweep, "sparsity", sweep_names);
        s->sparsity_members = (int32_t)whole(r, sweep, "sparsity", "members", 1, 1e5, 1);
        different_numbers(r, json_object_get(sweep, "percent"), "sparsity", "percent", 0.0, 99.999,
                          &s->sparsity);
    }
    const json_t *shares = section(r, scale, "excitatory");
    if (shares != NULL) {
        check_names(r, shares, "excitatory", share_names);
        s->excitatory_members = (int32_t)whole(r, shares, "excitatory", "members", 1, 1e5, 1);
        different_numbers(r, json_object_get(shares, "share"), "excitatory", "share", 0.0, 1.0,
                          &s->excitatory);
    }
    if (json_object_get(scale, "shared_weight") != NULL) {
        different_numbers(r, json_object_get(scale, "shared_weight"), "shared_weight", "", -1.0,
                          1.0, &s->shared_weights);
    }
}

static void read_lesions(reader *r, const json_t *scale, paper_settings *s)
{
    static const char *const names[] = {"draws", "from", "to", "step", NULL};
    static const char *const null_names[] = {"draws", NULL};
    const json_t *null = section(r, scale, "null");
    if (null != NULL) {
        check_names(r, null, "null", null_names);
        s->null_draws = (int32_t)whole(r, null, "null", "draws", 1, 1e5, 1);
    }
    const json_t *lesions = section(r, scale, "lesions");
    if (lesions == NULL) {
        return;
    }
    check_names(r, lesions, "lesions", names);
    s->lesion_draws = (int32_t)whole(r, lesions, "lesions", "draws", 1, 1e5, 1);
    const double from = number(r, lesions, "lesions", "from", 0.0, 100.0, 0.0);
    const double to = number(r, lesions, "lesions", "to", from, 100.0, fmax(50.0, from));
    const double step = number(r, lesions, "lesions", "step", 1e-3, 100.0, 1.0);
    if ((to - from) / step >= PAPER_MOST_VALUES) {
        complain(r, "lesions", "step", "fewer steps from the first to the last");
        return;
    }
    for (int32_t i = 0; from + i * step <= to + 1e-9; i++) {
        s->lesions.values[s->lesions.count++] = from + i * step;
    }
}

static void read_baselines(reader *r, const json_t *scale, paper_settings *s)
{
    static const char *const names[] = {"members", "hill", "random", "genetic", NULL};
    const json_t *object = section(r, scale, "baselines");
    if (object == NULL) {
        return;
    }
    check_names(r, object, "baselines", names);
    s->baseline_members = (int32_t)whole(r, object, "baselines", "members", 1, 1e5, 1);
    for (int32_t i = 0; i < PAPER_BASELINES; i++) {
        const json_t *one = json_object_get(object, names[1 + i]);
        if (one != NULL && !json_is_object(one)) {
            complain(r, "baselines", names[1 + i], "an object {...}");
        }
        s->has_baseline[i] = one != NULL;
        s->baseline[i] = s->search;
        s->baseline[i].method = (aann_search_method)(AANN_METHOD_HILL + i);
        char where[48];
        snprintf(where, sizeof where, "baselines.%s", names[1 + i]);
        read_search(r, one, where, &s->baseline[i]);
    }
}

static void read_scale(reader *r, const json_t *scale, paper_settings *s)
{
    static const char *const names[] = {"train_samples",
                                        "net",
                                        "layer_sparsity",
                                        "search",
                                        "judge",
                                        "existence",
                                        "sparsity",
                                        "excitatory",
                                        "null",
                                        "lesions",
                                        "shared_weight",
                                        "baselines",
                                        NULL};
    static const char *const judge_names[] = {"split", "samples", NULL};
    static const char *const existence_names[] = {"members", "threshold", NULL};
    check_names(r, scale, "", names);
    if (json_object_get(scale, "net") != NULL) { /* another network, at this scale */
        s->task.net = string(r, scale, "", "net");
        s->task.sparsity_per_layer.count = 0;
    }
    read_list(r, scale, "", "layer_sparsity", 100.0, &s->task.sparsity_per_layer);
    s->task.samples = whole(r, scale, "", "train_samples", 0, 1e12, 0);
    read_search(r, section(r, scale, "search"), "search", &s->search);
    const json_t *judge = section(r, scale, "judge");
    if (judge != NULL) {
        check_names(r, judge, "judge", judge_names);
        s->split = string(r, judge, "judge", "split");
        s->samples = whole(r, judge, "judge", "samples", 0, 1e12, 0);
    }
    if (s->split != NULL && strcmp(s->split, "validation") != 0 && strcmp(s->split, "test") != 0) {
        complain(r, "judge", "split", "validation or test");
    }
    const json_t *existence = section(r, scale, "existence");
    if (existence == NULL) {
        complain(r, "", "existence", "an object {...}: the other questions are about its members");
        return;
    }
    check_names(r, existence, "existence", existence_names);
    s->existence_members = (int32_t)whole(r, existence, "existence", "members", 1, 1e5, 1);
    s->existence_threshold = number(r, existence, "existence", "threshold", 0.0, 100.0, 0.0);
    read_lists(r, scale, s);
    read_lesions(r, scale, s);
    read_baselines(r, scale, s);
}

static json_t *load(const char *path, aann_status *status, aann_error *error)
{
    json_error_t problem;
    FILE *file = path != NULL ? cli_file_read(path, error) : NULL;
    if (path != NULL && file == NULL) {
        *status = error->status;
        return NULL;
    }
    json_t *root = file != NULL ? json_loadf(file, JSON_REJECT_DUPLICATES, &problem)
                                : json_loads(paper_default_settings, 0, &problem);
    if (file != NULL) {
        fclose(file);
    }
    *status = AANN_OK;
    if (!json_is_object(root)) {
        *status = cli_set_error(error, AANN_ERROR_FORMAT, "%s: line %d: %s", path,
                                root == NULL ? problem.line : 1,
                                root == NULL ? problem.text : "expected an object {...}");
        json_decref(root);
        root = NULL;
    }
    return root;
}

aann_status paper_settings_read(const char *path, const char *scale, paper_settings *settings,
                                aann_error *error)
{
    static const char *const names[] = {"task", "seed", "small", "full", NULL};
    *settings = (paper_settings){
        .task = cli_default_task(), .search = aann_search_options_default(), .seed = 1};
    aann_status status;
    settings->document = load(path, &status, error);
    if (status != AANN_OK) {
        return status;
    }
    reader r = {path != NULL ? path : "the default settings", error, AANN_OK};
    check_names(&r, settings->document, "", names);
    settings->seed = whole(&r, settings->document, "", "seed", 0, 9e15, 1);
    read_task(&r, settings->document, &settings->task);
    const aann_task_preset *preset =
        settings->task.name != NULL ? aann_task_preset_find(settings->task.name) : NULL;
    if (preset != NULL) {
        aann_search_options_apply_preset(&settings->search, preset);
    }
    settings->search.seed = (uint64_t)settings->seed;
    const json_t *object = section(&r, settings->document, scale);
    if (object == NULL) {
        complain(&r, "", scale, "an object {...} for this scale");
    } else {
        read_scale(&r, object, settings);
    }
    if (r.status != AANN_OK) {
        paper_settings_clear(settings);
    }
    return r.status;
}

void paper_settings_clear(paper_settings *settings)
{
    json_decref(settings->document);
    settings->document = NULL;
}
