/* The questions of an experiment: what was asked, what came out. `aann experiment` stores them with
 * its family; a caller may give others. What a study has comes from a stranger, perhaps: it is
 * checked before the page draws it. */
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "core/error.h"
#include "family/json_text.h"
#include "report/view.h"

/* The name of the finding. */
static const char finding[] = "experiment";

/* Bytes of questions that a page takes. */
enum { SIZE_LIMIT = 1 << 20 };

/* ---- what a question is ---------------------------------------------------------------------- */

static bool all_of(const json_t *array, bool (*is_right)(const json_t *element))
{
    bool good = json_is_array(array);
    for (size_t i = 0; good && i < json_array_size(array); i++) {
        good = is_right(json_array_get(array, i));
    }
    return good;
}

static bool is_text(const json_t *value)
{
    return json_is_string(value);
}

static bool is_number(const json_t *value)
{
    return json_is_number(value) || json_is_null(value);
}

static bool is_cell(const json_t *value)
{
    return is_number(value) || json_is_string(value);
}

static bool is_row(const json_t *value)
{
    return all_of(value, is_cell);
}

static bool is_table(const json_t *value)
{
    return all_of(json_object_get(value, "columns"), is_text) &&
           all_of(json_object_get(value, "rows"), is_row);
}

/* A list of as many numbers as `x` has. */
static bool is_line(const json_t *value, const json_t *x)
{
    return all_of(value, is_number) && json_array_size(value) == json_array_size(x);
}

static bool is_series(const json_t *value, const json_t *x)
{
    const json_t *low = json_object_get(value, "low");
    const json_t *high = json_object_get(value, "high");
    return is_text(json_object_get(value, "name")) && is_line(json_object_get(value, "y"), x) &&
           (low == NULL) == (high == NULL) &&
           (low == NULL || (is_line(low, x) && is_line(high, x)));
}

static bool is_drawn(const json_t *value)
{
    const json_t *x = json_object_get(json_object_get(value, "x"), "values");
    const json_t *series = json_object_get(value, "series");
    bool good = all_of(x, is_number) && json_is_object(json_object_get(value, "y")) &&
                json_is_array(series);
    for (size_t i = 0; good && i < json_array_size(series); i++) {
        good = is_series(json_array_get(series, i), x);
    }
    return good;
}

static bool is_question(const json_t *value)
{
    const json_t *text = json_object_get(value, "text");
    const json_t *table = json_object_get(value, "table");
    const json_t *lines = json_object_get(value, "lines");
    return is_text(json_object_get(value, "question")) && (text == NULL || is_text(text)) &&
           (table == NULL || json_is_null(table) || is_table(table)) &&
           (lines == NULL || json_is_null(lines) || is_drawn(lines));
}

/* ---- the part -------------------------------------------------------------------------------- */

static json_t *read(const char *text, aann_error *error)
{
    json_error_t problem;
    json_t *value = json_loads(text, JSON_DECODE_ANY, &problem);
    if (value == NULL) {
        aann_fail(error, AANN_ERROR_ARGUMENT, "experiment: line %d, column %d: %.200s",
                  problem.line, problem.column, problem.text);
    } else if (!all_of(value, is_question)) {
        json_decref(value);
        value = NULL;
        aann_fail(error, AANN_ERROR_ARGUMENT,
                  "experiment: expected a list of questions, each with a text and perhaps a table "
                  "and lines");
    }
    return value;
}

/* JSON from outside is written anew, so that it is JSON and ends no element. */
static aann_status put(aann_report_view *view, const json_t *value, aann_error *error)
{
    char *text = aann_json_to_text(value, JSON_COMPACT | JSON_ENCODE_ANY | JSON_ENSURE_ASCII |
                                              JSON_REAL_PRECISION(10));
    if (text == NULL) {
        return aann_report_no_memory(error);
    }
    aann_json_escaped(&view->json, "experiment", text);
    free(text);
    return AANN_OK;
}

aann_status aann_report_experiment_open(aann_report_view *view, aann_error *error)
{
    if (view->options->experiment != NULL) {
        view->experiment = view->options->experiment;
        return AANN_OK;
    }
    const aann_status status = aann_study_load_finding(view->study, view->family.row.id, finding,
                                                       &view->stored_experiment, error);
    view->experiment = view->stored_experiment;
    return status;
}

aann_status aann_report_experiment_family(aann_study *study, int64_t *family, aann_error *error)
{
    return aann_study_find_finding(study, finding, family, error);
}

aann_status aann_report_put_experiment(aann_report_view *view, aann_error *error)
{
    aann_error why = {.message = ""};
    if (view->experiment == NULL) {
        return AANN_OK;
    }
    if (strlen(view->experiment) > SIZE_LIMIT) {
        aann_json_absent(&view->json, "experiment", "The questions take more than a megabyte.");
        return AANN_OK;
    }
    json_t *value = read(view->experiment, &why);
    if (value != NULL) {
        const aann_status status = put(view, value, error);
        json_decref(value);
        return status;
    }
    if (view->options->experiment != NULL) {
        return aann_fail(error, why.status, "%s", why.message);
    }
    aann_json_absent(&view->json, "experiment", why.message);
    return AANN_OK;
}
