/* The study and the family: name, task, data, layers and options. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "aann/options.h"
#include "aann/phases.h"
#include "core/error.h"
#include "report/view.h"

/* ---- the study ------------------------------------------------------------------------------- */

/* The last part of a path: where a study is says nothing about it, and the page is handed on. */
static const char *file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL && slash[1] != '\0' ? slash + 1 : path;
}

static const char *task_name(const aann_report_view *view)
{
    return view->driver ? "driving" : view->regression ? "regression" : "classification";
}

aann_status aann_report_put_study(aann_report_view *view, aann_error *error)
{
    aann_family_row *families = NULL;
    size_t count = 0;
    aann_json *json = &view->json;
    aann_status status = aann_study_families(view->study, &families, &count, error);
    aann_json_open(json, "study", '{');
    aann_json_text(json, "name", file_name(aann_study_path(view->study)));
    aann_json_open(json, "families", '[');
    for (size_t i = 0; status == AANN_OK && i < count; i++) {
        aann_member_row *members = NULL;
        size_t member_count = 0;
        status = aann_study_members(view->study, families[i].id, &members, &member_count, error);
        aann_free(members);
        aann_json_open(json, NULL, '{');
        aann_json_integer(json, "id", families[i].id);
        aann_json_text(json, "name", families[i].name);
        aann_json_text(json, "task", families[i].task);
        aann_json_text(json, "spec", families[i].spec);
        aann_json_integer(json, "members", (int64_t)member_count);
        aann_json_close(json, '}');
    }
    aann_json_close(json, ']');
    aann_json_close(json, '}');
    aann_family_rows_destroy(families, count);
    return status;
}

/* ---- what it reads and answers --------------------------------------------------------------- */

/* "column_of": for each input of a table the column that it reads, null for the constant one; null
 * for other data. A column is read by several inputs, one for each threshold or word. */
static void put_columns(aann_report_view *view)
{
    aann_json *json = &view->json;
    aann_encoding encoding;
    if (aann_family_encoding(&view->family.row, &encoding, NULL) != AANN_OK) {
        aann_json_null(json, "column_of");
        return;
    }
    const int64_t inputs = aann_shape_size(view->family.row.input);
    if (encoding.kind == AANN_ENCODING_TABLE &&
        encoding.rule_count + (encoding.constant ? 1 : 0) == inputs) {
        aann_json_open(json, "column_of", '[');
        for (int64_t i = 0; i < encoding.rule_count; i++) {
            aann_json_integer(json, NULL, encoding.rules[i].column);
        }
        if (encoding.constant) {
            aann_json_null(json, NULL);
        }
        aann_json_close(json, ']');
    } else {
        aann_json_null(json, "column_of");
    }
    aann_encoding_destroy(&encoding);
}

/* The names of a table's columns are in the description of the data. */
static void put_input(aann_report_view *view)
{
    aann_json *json = &view->json;
    const aann_shape *input = &view->family.row.input;
    aann_json_open(json, "input", '{');
    aann_json_integer(json, "channels", input->channels);
    aann_json_integer(json, "height", input->height);
    aann_json_integer(json, "width", input->width);
    json_t *data = json_loads(view->family.row.data, 0, NULL);
    const json_t *columns = json_object_get(data, "columns");
    if (json_array_size(columns) > 0) {
        aann_json_open(json, "names", '[');
        for (size_t i = 0; i < json_array_size(columns); i++) {
            aann_json_text(json, NULL, json_string_value(json_array_get(columns, i)));
        }
        aann_json_close(json, ']');
    } else {
        aann_json_null(json, "names");
    }
    put_columns(view);
    json_decref(data);
    aann_json_close(json, '}');
}

static void put_classes(aann_report_view *view)
{
    aann_json *json = &view->json;
    if (view->regression) {
        aann_json_null(json, "classes");
        return;
    }
    aann_json_open(json, "classes", '[');
    for (int32_t i = 0; i < view->family.spec.output_count; i++) {
        if (i < view->class_count) {
            aann_json_text(json, NULL, view->class_names[i]);
        } else {
            aann_json_format(json, NULL, "%d", i);
        }
    }
    aann_json_close(json, ']');
}

/* The names of the columns that were the targets, as they were given: "a,b". */
static void put_target_name(const aann_report_view *view, aann_json *json, const char *key,
                            const char *names, int32_t target)
{
    static const char *const actions[AANN_CAR_OUTPUTS] = {"steering", "gas", "brake"};
    char name[256];
    const char *from = names;
    for (int32_t i = 0; from != NULL && i < target; i++) {
        from = strchr(from, ',');
        from = from != NULL ? from + 1 : NULL;
    }
    if (from != NULL) {
        snprintf(name, sizeof name, "%.*s", (int)strcspn(from, ","), from);
    } else if (view->driver && target < AANN_CAR_OUTPUTS) {
        snprintf(name, sizeof name, "%s", actions[target]);
    } else {
        snprintf(name, sizeof name, "output %d", target);
    }
    aann_json_text(json, key, name);
}

void aann_report_put_target_name(aann_report_view *view, const char *key, int32_t target)
{
    json_t *data = json_loads(view->family.row.data, 0, NULL);
    put_target_name(view, &view->json, key,
                    json_string_value(json_object_get(data, "target_columns")), target);
    json_decref(data);
}

static void put_targets(aann_report_view *view)
{
    aann_json *json = &view->json;
    const int32_t count = view->family.spec.output_count;
    double mean[AANN_MAX_TARGETS], scale[AANN_MAX_TARGETS];
    if (!view->regression) {
        aann_json_null(json, "targets");
        return;
    }
    const bool known =
        count <= AANN_MAX_TARGETS &&
        aann_family_target_range(&view->family.row, count, mean, scale, NULL) == AANN_OK;
    aann_json_open(json, "targets", '[');
    for (int32_t i = 0; i < count; i++) {
        aann_json_open(json, NULL, '{');
        aann_report_put_target_name(view, "name", i);
        aann_json_real(json, "unit_mean", known ? mean[i] : (double)NAN, AANN_JSON_EXACT);
        aann_json_real(json, "unit_scale", known ? scale[i] : (double)NAN, AANN_JSON_EXACT);
        aann_json_close(json, '}');
    }
    aann_json_close(json, ']');
}

/* The name of the set, or of the file without its folders. */
static void put_data(aann_report_view *view)
{
    aann_data_origin *origin = NULL;
    char name[256] = "";
    if (aann_family_data_origin(&view->family.row, &origin, NULL) == AANN_OK &&
        origin->train != NULL) {
        snprintf(name, sizeof name, "%s", file_name(origin->train));
        char *colon = strrchr(name, ':');
        if (colon != NULL && strcmp(colon, ":train") == 0) {
            *colon = '\0';
        }
    }
    aann_json_text(&view->json, "data", name[0] != '\0' ? name : NULL);
    aann_json_text(&view->json, "origin_note",
                   origin != NULL && origin->provenance != NULL ? origin->provenance : NULL);
    aann_free(origin);
}

/* ---- layers and options ---------------------------------------------------------------------- */

static void put_pool(aann_json *json, int32_t height, int32_t width)
{
    if (height == 1 && width == 1) {
        return;
    }
    aann_json_open(json, NULL, '{');
    if (height == width) {
        aann_json_format(json, "name", "MP%d", height);
    } else {
        aann_json_format(json, "name", "MP%dx%d", height, width);
    }
    aann_json_text(json, "kind", "pool");
    aann_json_integers(json, "kernel", (const int64_t[]){height, width}, 2);
    aann_json_close(json, '}');
}

static void put_layer(aann_json *json, const aann_spec *spec, int32_t index)
{
    const aann_layer *layer = &spec->layers[index];
    const aann_counts counts = aann_spec_counts(spec, index);
    char name[32];
    aann_layer_name(layer, name, sizeof name);
    aann_json_open(json, NULL, '{');
    aann_json_text(json, "name", name);
    aann_json_text(json, "kind", layer->kind == AANN_LAYER_CONVOLUTION ? "convolution" : "dense");
    aann_json_integer(json, "units", layer->units);
    aann_json_integer(json, "inputs", layer->input.channels);
    aann_json_integers(json, "kernel", (const int64_t[]){layer->kernel_height, layer->kernel_width},
                       2);
    aann_json_integer(json, "weights", layer->weight_count);
    aann_json_integer(json, "minus", counts.minus);
    aann_json_integer(json, "zero", counts.zero);
    aann_json_integer(json, "plus", counts.plus);
    aann_json_integer(json, "shift", layer->shift);
    aann_json_integer(json, "stride", layer->stride);
    aann_json_integers(
        json, "output",
        (const int64_t[]){layer->output.channels, layer->output.height, layer->output.width}, 3);
    aann_json_close(json, '}');
    put_pool(json, layer->pool_height, layer->pool_width);
}

static void put_layers(aann_report_view *view)
{
    aann_json *json = &view->json;
    const aann_spec *spec = &view->family.spec;
    int64_t weights = 0;
    int64_t synapses = 0;
    aann_json_open(json, "layers", '[');
    put_pool(json, spec->input_pool_height, spec->input_pool_width);
    for (int32_t i = 0; i < spec->layer_count; i++) {
        put_layer(json, spec, i);
        const aann_counts counts = aann_spec_counts(spec, i);
        weights += spec->layers[i].weight_count;
        synapses += counts.minus + counts.plus;
    }
    aann_json_close(json, ']');
    aann_json_integer(json, "weights", weights);
    aann_json_integer(json, "synapses", synapses);
}

/* As one more option: what phases there are. */
static void put_phases(aann_report_view *view)
{
    char *text = NULL;
    if (view->family.plan.phase_count > 0 &&
        aann_phases_format(&view->family.plan, &text, NULL) == AANN_OK) {
        aann_json_open(&view->json, NULL, '[');
        aann_json_text(&view->json, NULL, "phases");
        aann_json_text(&view->json, NULL, text);
        aann_json_close(&view->json, ']');
    }
    free(text);
}

/* Those that determine the result, and are not as usual or are always of interest. */
static void put_options(aann_report_view *view)
{
    static const char *const always[] = {"method", "steps", "seed", "temperature"};
    const aann_search_options usual = aann_search_options_default();
    size_t count = 0;
    const aann_option *table = aann_option_table(&count);
    aann_json *json = &view->json;
    aann_json_open(json, "options", '[');
    for (size_t i = 0; i < count; i++) {
        char value[AANN_OPTION_TEXT_SIZE], other[AANN_OPTION_TEXT_SIZE];
        const char *name = table[i].name;
        if (!table[i].determines_result ||
            aann_search_options_format(&view->family.plan.search, name, value, sizeof value,
                                       NULL) != AANN_OK ||
            aann_search_options_format(&usual, name, other, sizeof other, NULL) != AANN_OK) {
            continue;
        }
        bool shown = strcmp(value, other) != 0;
        for (size_t a = 0; a < sizeof always / sizeof always[0]; a++) {
            shown = shown || strcmp(name, always[a]) == 0;
        }
        if (shown) {
            aann_json_open(json, NULL, '[');
            aann_json_text(json, NULL, name);
            aann_json_text(json, NULL, value);
            aann_json_close(json, ']');
        }
    }
    put_phases(view);
    aann_json_close(json, ']');
}

/* ---- the family ------------------------------------------------------------------------------ */

static const char *kind(const aann_report_view *view)
{
    const char *found = view->experiment != NULL ? "experiment" : "search";
    for (int32_t i = 0; i < view->family.member_count; i++) {
        const char *origin = view->family.members[i].origin;
        if (strcmp(origin, "walk") == 0) {
            return "walk";
        }
        found = strcmp(origin, "path") == 0 ? "path" : found;
    }
    return found;
}

aann_status aann_report_put_family(aann_report_view *view, aann_error *error)
{
    (void)error;
    aann_json *json = &view->json;
    const aann_family *family = &view->family;
    int64_t in_state[3] = {0};
    double seconds = 0.0;
    for (int32_t i = 0; i < family->member_count; i++) {
        in_state[family->members[i].state]++;
        seconds += isfinite(family->members[i].seconds) ? family->members[i].seconds : 0.0;
    }
    aann_json_open(json, "family", '{');
    aann_json_integer(json, "id", family->row.id);
    aann_json_text(json, "name", family->row.name);
    aann_json_text(json, "task", task_name(view));
    put_data(view);
    aann_json_text(json, "spec", family->spec.text);
    aann_json_text(json, "canonical_spec", family->row.spec);
    aann_json_text(json, "kind", kind(view));
    put_input(view);
    put_classes(view);
    put_targets(view);
    put_layers(view);
    aann_json_integer(json, "finished", in_state[AANN_MEMBER_DONE]);
    aann_json_integer(json, "failed", in_state[AANN_MEMBER_FAILED]);
    aann_json_integer(json, "running", in_state[AANN_MEMBER_RUNNING]);
    aann_json_integer(json, "unfinished", view->unfinished);
    aann_json_integer(json, "planned",
                      family->plan.members > family->member_count ? family->plan.members
                                                                  : family->member_count);
    aann_json_real(json, "threshold", family->plan.threshold, AANN_JSON_EXACT);
    aann_json_real(json, "seconds", seconds, AANN_JSON_EXACT);
    put_options(view);
    aann_report_put_time(json, "created", family->row.created);
    aann_json_text(json, "software", family->row.software);
    aann_json_close(json, '}');
    return AANN_OK;
}
