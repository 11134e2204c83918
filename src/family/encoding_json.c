/* An encoding as one line of JSON, and back:
 *     {"kind":"byte","features":784}
 *     {"kind":"global","features":784,"maximum":3.5}
 *     {"kind":"feature","minimum":[0.0,...],"maximum":[1.0,...]}
 *     {"kind":"table","columns":[...]}          (see table_encoding_json.c)
 * and "constant":true where an input is always 127. Numbers are written with 17 digits, so every float reads back to the same bits. */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "aann/family.h"
#include "core/error.h"
#include "core/memory.h"
#include "core/utf8.h"
#include "family/json_text.h"
#include "family/table_encoding_json.h"

enum { DIGITS = 17 };

/* ---- write ----------------------------------------------------------------------------------- */

static json_t *array_of(const float *values, int64_t count)
{
    json_t *array = json_array();
    for (int64_t i = 0; array != NULL && i < count; i++) {
        if (json_array_append_new(array, json_real((double)values[i])) != 0) {
            json_decref(array);
            return NULL;
        }
    }
    return array;
}

static json_t *to_json(const aann_encoding *encoding)
{
    switch (encoding->kind) {
    case AANN_ENCODING_BYTE:
        return json_pack("{s:s, s:I}", "kind", "byte", "features",
                         (json_int_t)encoding->feature_count);
    case AANN_ENCODING_GLOBAL:
        return json_pack("{s:s, s:I, s:f}", "kind", "global", "features",
                         (json_int_t)encoding->feature_count, "maximum", encoding->global_maximum);
    case AANN_ENCODING_FEATURE:
        return json_pack("{s:s, s:o, s:o}", "kind", "feature", "minimum",
                         array_of(encoding->minimum, encoding->feature_count), "maximum",
                         array_of(encoding->maximum, encoding->feature_count));
    case AANN_ENCODING_TABLE:
        return json_pack("{s:s, s:o}", "kind", "table", "columns",
                         aann_table_encoding_to_json(encoding));
    case AANN_ENCODING_AUTOMATIC: break;
    }
    return NULL;
}

static bool has_odd_name(const aann_encoding *encoding)
{
    bool odd = false;
    for (int64_t i = 0; encoding->columns != NULL && i < encoding->feature_count; i++) {
        const aann_column *column = &encoding->columns[i];
        odd = odd || aann_utf8_is_odd(column->name);
        for (int32_t level = 0; column->levels != NULL && level < column->level_count; level++) {
            odd = odd || aann_utf8_is_odd(column->levels[level]);
        }
    }
    return odd;
}

aann_status aann_encoding_format(const aann_encoding *encoding, char **json, aann_error *error)
{
    if (encoding->kind < AANN_ENCODING_BYTE || encoding->kind > AANN_ENCODING_TABLE) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "the encoding was not fitted yet");
    }
    json_t *object = to_json(encoding);
    const bool whole =
        object != NULL &&
        (!encoding->constant || json_object_set_new(object, "constant", json_true()) == 0);
    char *text =
        whole ? aann_json_to_text(object, JSON_COMPACT | JSON_REAL_PRECISION(DIGITS)) : NULL;
    json_decref(object);
    if (text == NULL) {
        return has_odd_name(encoding)
                   ? aann_fail(error, AANN_ERROR_FORMAT,
                               "the text of an encoding: the name of a column or a word is not "
                               "UTF-8; expected a file in UTF-8")
                   : aann_fail(error, AANN_ERROR_MEMORY, "out of memory for an encoding");
    }
    *json = text;
    return AANN_OK;
}

/* ---- read ------------------------------------------------------------------------------------ */

static aann_status read_floats(const json_t *array, const char *name, float **values,
                               aann_error *error)
{
    const size_t count = json_array_size(array);
    *values = aann_allocate(count, sizeof **values);
    if (*values == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for an encoding");
    }
    for (size_t i = 0; i < count; i++) {
        const json_t *item = json_array_get(array, i);
        const float value = json_is_number(item) ? (float)json_number_value(item) : NAN;
        if (!isfinite(value)) {
            return aann_fail(error, AANN_ERROR_FORMAT,
                             "encoding: \"%s\"[%zu] is not a finite number", name, i);
        }
        (*values)[i] = value;
    }
    return AANN_OK;
}

static aann_status read_ranges(const json_t *object, aann_encoding *encoding, aann_error *error)
{
    const json_t *minimum = json_object_get(object, "minimum");
    const json_t *maximum = json_object_get(object, "maximum");
    const size_t count = json_array_size(minimum);
    if (count == 0 || json_array_size(maximum) != count) {
        return aann_fail(
            error, AANN_ERROR_FORMAT,
            "encoding: \"minimum\" and \"maximum\" have %zu and %zu numbers; expected as many of each, at "
            "least one",
            count, json_array_size(maximum));
    }
    encoding->feature_count = (int64_t)count;
    aann_status status = read_floats(minimum, "minimum", &encoding->minimum, error);
    if (status == AANN_OK) {
        status = read_floats(maximum, "maximum", &encoding->maximum, error);
    }
    for (size_t i = 0; status == AANN_OK && i < count; i++) {
        if (encoding->minimum[i] > encoding->maximum[i]) {
            status = aann_fail(error, AANN_ERROR_FORMAT,
                               "encoding: \"minimum\"[%zu] is larger than \"maximum\"[%zu]", i, i);
        }
    }
    return status;
}

static aann_status read_maximum(const json_t *object, aann_encoding *encoding, aann_error *error)
{
    const json_t *maximum = json_object_get(object, "maximum");
    encoding->global_maximum = json_number_value(maximum);
    if (!json_is_number(maximum) || !isfinite(encoding->global_maximum) ||
        encoding->global_maximum < 0.0) {
        return aann_fail(error, AANN_ERROR_FORMAT,
                         "encoding: \"maximum\" is not a number from 0 up");
    }
    return AANN_OK;
}

static aann_status read_feature_count(const json_t *object, aann_encoding *encoding,
                                      aann_error *error)
{
    const json_t *features = json_object_get(object, "features");
    if (features != NULL && (!json_is_integer(features) || json_integer_value(features) < 0)) {
        return aann_fail(error, AANN_ERROR_FORMAT, "encoding: \"features\" is not a count");
    }
    encoding->feature_count = json_integer_value(features);
    return AANN_OK;
}

static aann_status read_object(const json_t *object, aann_encoding *encoding, aann_error *error)
{
    const char *kind = json_string_value(json_object_get(object, "kind"));
    if (kind == NULL) {
        return aann_fail(error, AANN_ERROR_FORMAT, "encoding: expected an object with a \"kind\"");
    }
    const json_t *constant = json_object_get(object, "constant");
    if (constant != NULL && !json_is_boolean(constant)) {
        return aann_fail(error, AANN_ERROR_FORMAT,
                         "encoding: \"constant\" is neither true nor false");
    }
    encoding->constant = json_is_true(constant);
    if (strcmp(kind, "feature") == 0) {
        encoding->kind = AANN_ENCODING_FEATURE;
        return read_ranges(object, encoding, error);
    }
    if (strcmp(kind, "table") == 0) {
        encoding->kind = AANN_ENCODING_TABLE;
        return aann_table_encoding_from_json(json_object_get(object, "columns"), encoding, error);
    }
    const aann_status status = read_feature_count(object, encoding, error);
    if (status != AANN_OK) {
        return status;
    }
    if (strcmp(kind, "byte") == 0) {
        encoding->kind = AANN_ENCODING_BYTE;
        return AANN_OK;
    }
    if (strcmp(kind, "global") == 0) {
        encoding->kind = AANN_ENCODING_GLOBAL;
        return read_maximum(object, encoding, error);
    }
    return aann_fail(error, AANN_ERROR_FORMAT,
                     "encoding: unknown kind \"%s\"; expected byte, global, feature or table",
                     kind);
}

aann_status aann_encoding_parse(const char *json, aann_encoding *encoding, aann_error *error)
{
    *encoding = (aann_encoding){0};
    json_error_t problem;
    json_t *object = json_loads(json, JSON_REJECT_DUPLICATES, &problem);
    if (object == NULL) {
        return aann_fail(error, AANN_ERROR_FORMAT, "encoding: column %d: %s", problem.column,
                         problem.text);
    }
    const aann_status status = read_object(object, encoding, error);
    json_decref(object);
    if (status != AANN_OK) {
        aann_encoding_destroy(encoding);
    }
    return status;
}
