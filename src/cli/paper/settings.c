/* Reading the settings of an experiment. Whatever is not understood is refused, with its name. */
#include <math.h>
#include <stddef.h>
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

/* ---- the names that a file may have ------------------------------------------------------------ */

typedef enum setting_kind {
    SECTION, /* {...} */
    TEXT,    /* const char * */
    WHOLE,   /* int64_t */
    COUNT,   /* int32_t; 1 where the section is there without it */
    REAL,    /* double */
    LIST,    /* cli_reals */
    VALUES   /* paper_numbers, each once: twice the same would be counted twice */
} setting_kind;

typedef struct setting {
    const char *section; /* "": of the file; "scale": of the scale that was chosen */
    const char *name;
    setting_kind kind;
    double minimum, maximum;
    size_t at; /* in paper_settings */
    bool needed;
} setting;

#define AT(member) offsetof(paper_settings, member)
static const setting table[] = {
    {"", "task", SECTION, .needed = true},
    {"", "seed", WHOLE, .at = AT(seed), .maximum = 9e15},
    {"", "small", SECTION, .needed = false},
    {"", "full", SECTION, .needed = false},

    {"task", "name", TEXT, .at = AT(task.name)},
    {"task", "data", TEXT, .at = AT(task.data)},
    {"task", "test", TEXT, .at = AT(task.test)},
    {"task", "labels", TEXT, .at = AT(task.labels)},
    {"task", "test_labels", TEXT, .at = AT(task.test_labels)},
    {"task", "net", TEXT, .at = AT(task.net)},
    {"task", "input", TEXT, .at = AT(task.input)},
    {"task", "validation", TEXT, .at = AT(task.validation)},
    {"task", "encoding", TEXT, .at = AT(task.encoding)},
    {"task", "label_column", TEXT, .at = AT(task.load.options.label_column)},
    {"task", "target_columns", TEXT, .at = AT(task.load.options.target_columns)},
    {"task", "data_limit", WHOLE, .at = AT(task.load.options.data_limit), .minimum = 1,
     .maximum = 1e15},
    {"task", "sparsity", LIST, .at = AT(task.sparsity_per_layer), .maximum = 100},
    {"task", "shifts", LIST, .at = AT(task.shifts), .maximum = 24},

    {"scale", "train_samples", WHOLE, .at = AT(task.samples), .maximum = 1e12},
    {"scale", "net", TEXT, .at = AT(task.net)},
    {"scale", "layer_sparsity", LIST, .at = AT(task.sparsity_per_layer), .maximum = 100},
    {"scale", "search", SECTION, .needed = false},
    {"scale", "judge", SECTION, .needed = false},
    {"scale", "existence", SECTION, .needed = true},
    {"scale", "sparsity", SECTION, .needed = false},
    {"scale", "excitatory", SECTION, .needed = false},
    {"scale", "null", SECTION, .needed = false},
    {"scale", "lesions", SECTION, .needed = false},
    {"scale", "shared_weight", VALUES, .at = AT(shared_weights), .minimum = -1, .maximum = 1},
    {"scale", "baselines", SECTION, .needed = false},
    {"scale", "certification", WHOLE, .at = AT(task.certification), .maximum = 1e12},
    {"scale", "relations", SECTION, .needed = false},
    {"scale", "connect", SECTION, .needed = false},
    {"scale", "driving", SECTION, .needed = false},

    {"judge", "split", TEXT, .at = AT(split)},
    {"judge", "samples", WHOLE, .at = AT(samples), .maximum = 1e12},
    {"existence", "members", COUNT, .at = AT(existence_members), .minimum = 1, .maximum = 1e5},
    {"existence", "threshold", REAL, .at = AT(existence_threshold), .maximum = 100},
    {"sparsity", "members", COUNT, .at = AT(sparsity_members), .minimum = 1, .maximum = 1e5},
    {"sparsity", "percent", VALUES, .at = AT(sparsity), .maximum = 99.999, .needed = true},
    {"excitatory", "members", COUNT, .at = AT(excitatory_members), .minimum = 1, .maximum = 1e5},
    {"excitatory", "share", VALUES, .at = AT(excitatory), .maximum = 1, .needed = true},
    {"null", "draws", COUNT, .at = AT(null_draws), .minimum = 1, .maximum = 1e5},
    {"lesions", "draws", COUNT, .at = AT(lesion_draws), .minimum = 1, .maximum = 1e5},
    {"lesions", "from", REAL, .at = AT(lesion_from), .maximum = 100},
    {"lesions", "to", REAL, .at = AT(lesion_to), .maximum = 100},
    {"lesions", "step", REAL, .at = AT(lesion_step), .minimum = 1e-3, .maximum = 100},
    {"baselines", "members", COUNT, .at = AT(baseline_members), .minimum = 1, .maximum = 1e5},
    {"baselines", "hill", SECTION, .needed = false},
    {"baselines", "random", SECTION, .needed = false},
    {"baselines", "genetic", SECTION, .needed = false},
    {"relations", "restarts", COUNT, .at = AT(restarts), .maximum = 1e6},
    {"relations", "samples", COUNT, .at = AT(similarity_samples), .minimum = 4, .maximum = 1e4,
     .needed = true},
    {"connect", "members", COUNT, .at = AT(connect_members), .minimum = 2,
     .maximum = AANN_MAX_CONNECTED, .needed = true},
    {"connect", "doublings", COUNT, .at = AT(connect_doublings), .maximum = AANN_MAX_DOUBLINGS},
    {"driving", "net", TEXT, .at = AT(driving.net)},
    {"driving", "layer_sparsity", LIST, .at = AT(driving.sparsity), .maximum = 100},
    {"driving", "members", COUNT, .at = AT(driving.members), .minimum = 1, .maximum = 1e5},
    {"driving", "percent", VALUES, .at = AT(driving.zeros), .maximum = 99.999},
    {"driving", "episodes", COUNT, .at = AT(driving.episodes), .minimum = 2, .maximum = 1e5,
     .needed = true},
    {"driving", "tracks", COUNT, .at = AT(driving.tracks), .minimum = 1, .maximum = 1e5,
     .needed = true},
    {"driving", "first_track", WHOLE, .at = AT(driving.first_track), .maximum = 9e8},
    {"driving", "draws", COUNT, .at = AT(driving.draws), .minimum = 1, .maximum = 1e5},
    {"driving", "lesions", VALUES, .at = AT(driving.lesions), .maximum = 100},
    {"driving", "search", SECTION, .needed = false},
};
#undef AT

/* ---- reading them ------------------------------------------------------------------------------ */

static double number(reader *r, const json_t *value, const char *where, const setting *wanted)
{
    const double found = json_number_value(value);
    if (!json_is_number(value) || !(found >= wanted->minimum && found <= wanted->maximum)) {
        char text[80];
        snprintf(text, sizeof text, "a number from %.10g to %.10g", wanted->minimum,
                 wanted->maximum);
        complain(r, where, wanted->name, text);
        return wanted->minimum;
    }
    if (wanted->kind != REAL && found != floor(found)) {
        complain(r, where, wanted->name, "a whole number");
    }
    return found;
}

/* The numbers of a list, into values[limit]; returns how many. */
static int32_t numbers(reader *r, const json_t *array, const char *where, const setting *wanted,
                       double *values, int32_t limit)
{
    const size_t count = json_array_size(array);
    bool good = json_is_array(array) && count >= 1 && count <= (size_t)limit;
    for (size_t i = 0; good && i < count; i++) {
        const json_t *value = json_array_get(array, i);
        values[i] = json_number_value(value);
        good =
            json_is_number(value) && values[i] >= wanted->minimum && values[i] <= wanted->maximum;
        for (size_t j = 0; good && wanted->kind == VALUES && j < i; j++) {
            if (values[i] == values[j]) {
                complain(r, where, wanted->name, "numbers that differ");
            }
        }
    }
    if (!good) {
        char expected[96];
        snprintf(expected, sizeof expected, "a list of 1 to %d numbers from %g to %g", limit,
                 wanted->minimum, wanted->maximum);
        complain(r, where, wanted->name, expected);
    }
    return good ? (int32_t)count : 0;
}

/* Puts a value where the setting has its place. */
static void read_value(reader *r, const json_t *value, const char *where, const setting *wanted,
                       paper_settings *s)
{
    void *place = (char *)s + wanted->at;
    if (wanted->kind == TEXT) {
        if (!json_is_string(value)) {
            complain(r, where, wanted->name, "a text");
        }
        *(const char **)place = json_string_value(value);
    } else if (wanted->kind == WHOLE) {
        *(int64_t *)place = (int64_t)number(r, value, where, wanted);
    } else if (wanted->kind == COUNT) {
        *(int32_t *)place = (int32_t)number(r, value, where, wanted);
    } else if (wanted->kind == REAL) {
        *(double *)place = number(r, value, where, wanted);
    } else if (wanted->kind == LIST) {
        cli_reals *list = place;
        list->count = (size_t)numbers(r, value, where, wanted, list->values, CLI_LONGEST_LIST);
    } else if (wanted->kind == VALUES) {
        paper_numbers *list = place;
        list->count = numbers(r, value, where, wanted, list->values, PAPER_MOST_VALUES);
    } else if (!json_is_object(value)) {
        complain(r, where, wanted->name, "an object {...}");
    }
}

/* Reads what a section has, and refuses names that the table has not. */
static void read_section(reader *r, const json_t *object, const char *section, const char *where,
                         paper_settings *s)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        bool known = false;
        for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
            known = known ||
                    (strcmp(table[i].section, section) == 0 && strcmp(table[i].name, key) == 0);
        }
        if (!known) {
            complain(r, where, key, "no such name; see aann experiment paper --print-settings");
        }
    }
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        const setting *wanted = &table[i];
        if (strcmp(wanted->section, section) != 0) {
            continue;
        }
        value = json_object_get(object, wanted->name);
        if (value != NULL || wanted->needed) {
            read_value(r, value, where, wanted, s);
        } else if (wanted->kind == COUNT) {
            *(int32_t *)(void *)((char *)s + wanted->at) = 1;
        }
    }
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

static void list_lesions(reader *r, paper_settings *s)
{
    const double from = s->lesion_from, step = s->lesion_step;
    const double to = isnan(s->lesion_to) ? fmax(50.0, from) : s->lesion_to;
    if (to < from) {
        complain(r, "lesions", "to", "at least what \"from\" says");
    } else if ((to - from) / step >= PAPER_MOST_VALUES) {
        complain(r, "lesions", "step", "fewer steps from the first to the last");
    } else {
        for (int32_t i = 0; from + i * step <= to + 1e-9; i++) {
            s->lesions.values[s->lesions.count++] = from + i * step;
        }
    }
}

static void read_baselines(reader *r, const json_t *object, paper_settings *s)
{
    for (int32_t i = 0; i < PAPER_BASELINES; i++) {
        const aann_search_method method = (aann_search_method)(AANN_METHOD_HILL + i);
        const json_t *one = json_object_get(object, aann_search_method_name(method));
        char where[48];
        snprintf(where, sizeof where, "baselines.%s", aann_search_method_name(method));
        s->has_baseline[i] = one != NULL;
        s->baseline_has_loss_scale[i] =
            s->has_loss_scale || json_object_get(one, "loss_scale") != NULL;
        s->baseline[i] = s->search;
        s->baseline[i].method = method;
        read_search(r, one, where, &s->baseline[i]);
    }
}

static void read_driving(reader *r, const json_t *object, paper_settings *s)
{
    s->driving.asked = object != NULL;
    s->driving.search = aann_search_options_default();
    aann_search_options_apply_preset(&s->driving.search, aann_task_preset_find("carracing"));
    read_search(r, json_object_get(object, "search"), "driving.search", &s->driving.search);
}

static void read_scale(reader *r, const json_t *scale, paper_settings *s)
{
    static const char *const sections[] = {"judge",   "existence", "sparsity",  "excitatory",
                                           "null",    "lesions",   "baselines", "relations",
                                           "connect", "driving"};
    if (json_object_get(scale, "net") != NULL) { /* another network, at this scale */
        s->task.sparsity_per_layer.count = 0;
    }
    read_section(r, scale, "scale", "", s);
    for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++) {
        const json_t *object = json_object_get(scale, sections[i]);
        if (object != NULL) {
            read_section(r, object, sections[i], sections[i], s);
        }
    }
    if (s->split != NULL && strcmp(s->split, "validation") != 0 && strcmp(s->split, "test") != 0) {
        complain(r, "judge", "split", "validation or test");
    }
    const json_t *search = json_object_get(scale, "search");
    s->has_loss_scale = json_object_get(search, "loss_scale") != NULL;
    read_search(r, search, "search", &s->search);
    if (json_object_get(scale, "lesions") != NULL) {
        list_lesions(r, s);
    }
    read_baselines(r, json_object_get(scale, "baselines"), s);
    s->relations = json_object_get(scale, "relations") != NULL;
    read_driving(r, json_object_get(scale, "driving"), s);
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
    *settings = (paper_settings){.task = cli_default_task(),
                                 .search = aann_search_options_default(),
                                 .seed = 1,
                                 .lesion_to = (double)NAN,
                                 .lesion_step = 1.0,
                                 .driving.first_track = 2000};
    aann_status status;
    settings->document = load(path, &status, error);
    if (status != AANN_OK) {
        return status;
    }
    reader r = {path != NULL ? path : "the default settings", error, AANN_OK};
    read_section(&r, settings->document, "", "", settings);
    read_section(&r, json_object_get(settings->document, "task"), "task", "task", settings);
    const aann_task_preset *preset =
        settings->task.name != NULL ? aann_task_preset_find(settings->task.name) : NULL;
    if (preset != NULL) {
        aann_search_options_apply_preset(&settings->search, preset);
    }
    settings->search.seed = (uint64_t)settings->seed;
    const json_t *object = json_object_get(settings->document, scale);
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
