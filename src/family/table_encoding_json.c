/* The columns of a table's encoding, in the order of the inputs:
 *     {"name":"age","kind":"number","thresholds":[31.5,44.0],"missing":true}
 *     {"name":"smokes","kind":"boolean","thresholds":[0.5],"missing":false}
 *     {"name":"colour","kind":"words","levels":["blue","red"],"missing":false}
 * A column of numbers may also have a "range": [low, high]. A level is an input, and so is a
 * threshold, "missing": true, and a range. */
#include "family/table_encoding_json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"
#include "samples/columns.h"
#include "samples/table_encoding.h"

static const char *const kind_names[] = {"", "number", "boolean", "words"};

/* ---- write ----------------------------------------------------------------------------------- */

static json_t *levels_json(const aann_column *column)
{
    json_t *array = json_array();
    for (int32_t i = 0; i < column->level_count; i++) {
        if (json_array_append_new(array, json_string(column->levels[i])) != 0) {
            json_decref(array);
            return NULL;
        }
    }
    return array;
}

static json_t *column_json(const aann_column *column, const aann_input_rule *rules,
                           int64_t rule_count)
{
    json_t *object =
        json_pack("{s:s?, s:s}", "name", column->name, "kind", kind_names[column->kind]);
    json_t *thresholds = json_array();
    bool missing = false;
    bool good = object != NULL;
    for (int64_t i = 0; good && i < rule_count; i++) {
        if (rules[i].kind == AANN_INPUT_THRESHOLD) {
            good = json_array_append_new(thresholds, json_real(rules[i].low)) == 0;
        } else if (rules[i].kind == AANN_INPUT_RANGE) {
            good = json_object_set_new(object, "range",
                                       json_pack("[f,f]", rules[i].low, rules[i].high)) == 0;
        }
        missing = missing || rules[i].kind == AANN_INPUT_MISSING;
    }
    if (good && column->kind == AANN_COLUMN_WORDS) {
        good = json_object_set_new(object, "levels", levels_json(column)) == 0;
    } else if (good) {
        good = json_object_set(object, "thresholds", thresholds) == 0;
    }
    json_decref(thresholds);
    if (!good || json_object_set_new(object, "missing", json_boolean(missing)) != 0) {
        json_decref(object);
        return NULL;
    }
    return object;
}

json_t *aann_table_encoding_to_json(const aann_encoding *encoding)
{
    json_t *array = json_array();
    int64_t rule = 0;
    for (int64_t column = 0; column < encoding->feature_count; column++) {
        const int64_t first = rule;
        while (rule < encoding->rule_count && encoding->rules[rule].column == column) {
            rule++;
        }
        json_t *json =
            column_json(&encoding->columns[column], encoding->rules + first, rule - first);
        if (json_array_append_new(array, json) != 0) {
            json_decref(array);
            return NULL;
        }
    }
    return array;
}

/* ---- read ------------------------------------------------------------------------------------ */

static aann_status fail_column(size_t index, const char *problem, aann_error *error)
{
    return aann_fail(error, AANN_ERROR_FORMAT, "encoding: column %zu: %s", index, problem);
}

static bool read_kind(const json_t *object, aann_column_kind *kind)
{
    const char *name = json_string_value(json_object_get(object, "kind"));
    for (int i = AANN_COLUMN_NUMBER; name != NULL && i <= AANN_COLUMN_WORDS; i++) {
        if (strcmp(name, kind_names[i]) == 0) {
            *kind = (aann_column_kind)i;
            return true;
        }
    }
    return false;
}

static aann_status read_levels(const json_t *array, size_t index, aann_column *column,
                               aann_error *error)
{
    const size_t count = json_array_size(array);
    if (!json_is_array(array) || count > AANN_LEVEL_LIMIT) {
        return fail_column(index, "expected \"levels\": [words]", error);
    }
    const char **words = aann_allocate(count, sizeof *words);
    bool good = words != NULL;
    for (size_t i = 0; good && i < count; i++) {
        words[i] = json_string_value(json_array_get(array, i));
        if (words[i] == NULL) {
            free(words);
            return fail_column(index, "a level is no text", error);
        }
    }
    column->levels = good ? aann_levels_copy(words, (int32_t)count) : NULL;
    column->level_count = (int32_t)count;
    free(words);
    return column->levels != NULL
               ? AANN_OK
               : aann_fail(error, AANN_ERROR_MEMORY, "out of memory for an encoding");
}

static aann_status read_column(const json_t *object, size_t index, aann_column *column,
                               aann_error *error)
{
    const json_t *name = json_object_get(object, "name");
    if (!read_kind(object, &column->kind)) {
        return fail_column(index, "expected a \"kind\": number, boolean or words", error);
    }
    if (name != NULL && !json_is_null(name)) {
        column->name = json_is_string(name) ? strdup(json_string_value(name)) : NULL;
        if (column->name == NULL) {
            return fail_column(index, "the name is no text, or there is no memory", error);
        }
    }
    return column->kind == AANN_COLUMN_WORDS
               ? read_levels(json_object_get(object, "levels"), index, column, error)
               : AANN_OK;
}

/* Inputs of a column. */
static size_t count_rules(const json_t *object)
{
    return json_array_size(json_object_get(object, "thresholds")) +
           json_array_size(json_object_get(object, "levels")) +
           (json_object_get(object, "range") != NULL ? 1 : 0) +
           (json_is_true(json_object_get(object, "missing")) ? 1 : 0);
}

/* A value that is no number is refused by the check of all rules. */
static double number_of(const json_t *value)
{
    return json_is_number(value) ? json_number_value(value) : (double)NAN;
}

static void read_rules(const json_t *object, int32_t column, aann_encoding *encoding)
{
    const json_t *thresholds = json_object_get(object, "thresholds");
    const json_t *range = json_object_get(object, "range");
    aann_input_rule *to = encoding->rules + encoding->rule_count;
    for (size_t i = 0; i < json_array_size(thresholds); i++) {
        *to++ = (aann_input_rule){column, AANN_INPUT_THRESHOLD,
                                  number_of(json_array_get(thresholds, i)), 0.0};
    }
    for (int32_t i = 0; i < encoding->columns[column].level_count; i++) {
        *to++ = (aann_input_rule){column, AANN_INPUT_LEVEL, (double)i, 0.0};
    }
    if (json_is_true(json_object_get(object, "missing"))) {
        *to++ = (aann_input_rule){column, AANN_INPUT_MISSING, 0.0, 0.0};
    }
    if (range != NULL) {
        *to++ = (aann_input_rule){column, AANN_INPUT_RANGE, number_of(json_array_get(range, 0)),
                                  number_of(json_array_get(range, 1))};
    }
    encoding->rule_count = to - encoding->rules;
}

aann_status aann_table_encoding_from_json(const json_t *columns, aann_encoding *encoding,
                                          aann_error *error)
{
    const size_t count = json_array_size(columns);
    if (count == 0 || count > INT32_MAX) {
        return aann_fail(error, AANN_ERROR_FORMAT,
                         "encoding: expected \"columns\" with at least one column");
    }
    size_t rules = 0;
    for (size_t i = 0; i < count; i++) {
        rules += count_rules(json_array_get(columns, i));
    }
    encoding->columns = aann_allocate_zeroed(count, sizeof *encoding->columns);
    encoding->rules = aann_allocate_zeroed(rules, sizeof *encoding->rules);
    if (encoding->columns == NULL || encoding->rules == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for an encoding");
    }
    encoding->feature_count = (int64_t)count;
    aann_status status = AANN_OK;
    for (size_t i = 0; status == AANN_OK && i < count; i++) {
        const json_t *object = json_array_get(columns, i);
        status = read_column(object, i, &encoding->columns[i], error);
        if (status == AANN_OK) {
            read_rules(object, (int32_t)i, encoding);
        }
    }
    return status == AANN_OK ? aann_table_encoding_check(encoding, AANN_ERROR_FORMAT, error)
                             : status;
}
