/* What was found in the training file (its label column, its delimiter) is stored, so that no later
 * version finds something else in it. */
#include "family/load_json.h"

#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"
#include "core/utf8.h"
#include "samples/dataset.h"

static aann_status out_of_memory(aann_error *error)
{
    return aann_fail(error, AANN_ERROR_MEMORY,
                     "out of memory for the description of a family's data");
}

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

/* ---- writing --------------------------------------------------------------------------------- */

/* NULL if a name is not UTF-8 or there is no memory. */
static json_t *columns_json(const aann_dataset *train)
{
    if (train->origin.delimiter == '\0') {
        return json_null();
    }
    json_t *array = json_array();
    for (int64_t i = 0; i < train->column_count; i++) {
        if (json_array_append_new(array, json_string(train->columns[i].name)) != 0) {
            json_decref(array);
            return NULL;
        }
    }
    return array;
}

static bool add_text(json_t *object, const char *key, const char *text)
{
    return text == NULL || json_object_set_new(object, key, json_string(text)) == 0;
}

static bool add_number(json_t *object, const char *key, int64_t number, int64_t usual)
{
    return number == usual || json_object_set_new(object, key, json_integer(number)) == 0;
}

static const char *header_name(aann_header header)
{
    return header == AANN_HEADER_AUTOMATIC ? NULL : header == AANN_HEADER_YES ? "yes" : "no";
}

static bool add_dialect(json_t *object, char delimiter, char decimal, aann_header header)
{
    const char texts[2][2] = {{delimiter, '\0'}, {decimal, '\0'}};
    return add_text(object, "delimiter", delimiter != '\0' ? texts[0] : NULL) &&
           add_text(object, "decimal", decimal != '\0' ? texts[1] : NULL) &&
           add_text(object, "header", header_name(header));
}

/* What was given. */
static json_t *read_json(const aann_load_options *load)
{
    json_t *object = json_object();
    const bool good = add_dialect(object, load->delimiter, load->decimal, load->header) &&
                      add_number(object, "skip_lines", load->skip_lines, 0) &&
                      add_text(object, "drop_columns", load->drop_columns) &&
                      add_text(object, "group_column", load->group_column) &&
                      add_text(object, "time_column", load->time_column) &&
                      add_text(object, "arrays", load->arrays) &&
                      add_number(object, "layout", load->layout, AANN_ARRAY_LAYOUT_AUTOMATIC) &&
                      add_number(object, "window", load->window, 0) &&
                      add_number(object, "window_step", load->window_step, 0);
    if (!good) {
        json_decref(object);
        return NULL;
    }
    return object;
}

/* What was found in the training file. */
static json_t *found_json(const aann_dataset *train)
{
    const aann_table_origin *origin = &train->origin;
    if (origin->delimiter == '\0') {
        return json_null();
    }
    json_t *object = json_object();
    if (!add_dialect(object, origin->delimiter, origin->decimal,
                     origin->has_names ? AANN_HEADER_YES : AANN_HEADER_NO) ||
        (origin->is_scattered && json_object_set_new(object, "scattered", json_true()) != 0)) {
        json_decref(object);
        return NULL;
    }
    return object;
}

static bool has_odd_name(const aann_load_options *load, const aann_dataset *train)
{
    bool odd = aann_utf8_is_odd(train->label_name) || aann_utf8_is_odd(load->label_column) ||
               aann_utf8_is_odd(load->target_columns) || aann_utf8_is_odd(load->drop_columns) ||
               aann_utf8_is_odd(load->group_column) || aann_utf8_is_odd(load->time_column) ||
               aann_utf8_is_odd(load->arrays);
    for (int64_t i = 0; train->columns != NULL && i < train->column_count; i++) {
        odd = odd || aann_utf8_is_odd(train->columns[i].name);
    }
    return odd;
}

aann_status aann_load_json_add(const aann_load_options *load, const aann_dataset *train,
                               json_t *object, aann_error *error)
{
    const char *label = train->label_name != NULL ? train->label_name : load->label_column;
    json_t *columns = columns_json(train);
    json_t *read = read_json(load);
    json_t *found = found_json(train);
    if (columns == NULL || read == NULL || found == NULL ||
        json_object_set_new(object, "label_column",
                            label != NULL ? json_string(label) : json_null()) != 0 ||
        json_object_set_new(object, "target_columns",
                            load->target_columns != NULL ? json_string(load->target_columns)
                                                         : json_null()) != 0) {
        json_decref(columns);
        json_decref(read);
        json_decref(found);
        return has_odd_name(load, train)
                   ? aann_fail(error, AANN_ERROR_ARGUMENT,
                               "the description of the data: the name of a column is not UTF-8")
                   : out_of_memory(error);
    }
    const int64_t limit = load->data_limit > AANN_DATA_LIMIT ? load->data_limit : 0;
    return json_object_set_new(object, "columns", columns) == 0 &&
                   json_object_set_new(object, "read", read) == 0 &&
                   json_object_set_new(object, "found", found) == 0 &&
                   json_object_set_new(object, "rules", json_integer(load->rules)) == 0 &&
                   add_number(object, "data_limit", limit, 0)
               ? AANN_OK
               : out_of_memory(error);
}

/* ---- reading --------------------------------------------------------------------------------- */

static bool read_number(const json_t *object, const char *key, int64_t least, int64_t most,
                        int32_t *value)
{
    const json_t *number = json_object_get(object, key);
    if (number == NULL) {
        return true;
    }
    const json_int_t whole = json_integer_value(number);
    *value = (int32_t)whole;
    return json_is_integer(number) && whole >= least && whole <= most;
}

/* A text of one character, or none. */
static bool read_character(const json_t *object, const char *key, const char *known, char *value)
{
    const char *text = text_of(object, key);
    if (text == NULL) {
        return json_object_get(object, key) == NULL;
    }
    *value = text[0];
    return text[0] != '\0' && text[1] == '\0' && strchr(known, text[0]) != NULL;
}

static bool read_dialect(const json_t *object, aann_load_options *load)
{
    const char *header = text_of(object, "header");
    if (header != NULL) {
        load->header = strcmp(header, "yes") == 0 ? AANN_HEADER_YES : AANN_HEADER_NO;
    }
    return read_character(object, "delimiter", ",;\t| ", &load->delimiter) &&
           read_character(object, "decimal", ".,", &load->decimal);
}

static bool read_choices(const json_t *read, aann_load_options *load)
{
    int32_t layout = AANN_ARRAY_LAYOUT_AUTOMATIC;
    load->drop_columns = text_of(read, "drop_columns");
    load->group_column = text_of(read, "group_column");
    load->time_column = text_of(read, "time_column");
    load->arrays = text_of(read, "arrays");
    const bool good = read_dialect(read, load) &&
                      read_number(read, "skip_lines", 0, INT32_MAX, &load->skip_lines) &&
                      read_number(read, "layout", 0, AANN_ARRAY_LAYOUT_CHANNELS_LAST, &layout) &&
                      read_number(read, "window", 0, INT32_MAX, &load->window) &&
                      read_number(read, "window_step", 0, INT32_MAX, &load->window_step);
    load->layout = (aann_array_layout)layout;
    return good;
}

bool aann_load_json_found(const json_t *object, aann_load_options *load)
{
    return read_dialect(json_object_get(object, "found"), load);
}

bool aann_load_json_read(const json_t *object, aann_load_options *load)
{
    int channels, height, width;
    if (json_unpack((json_t *)(uintptr_t)object, "{s:[i,i,i]}", "shape", &channels, &height,
                    &width) != 0) {
        return false;
    }
    *load = aann_load_options_default();
    load->label_column = text_of(object, "label_column");
    load->target_columns = text_of(object, "target_columns");
    load->shape = (aann_shape){channels, height, width};
    const json_t *limit = json_object_get(object, "data_limit");
    load->data_limit = limit != NULL ? json_integer_value(limit) : AANN_DATA_LIMIT;
    load->rules = AANN_LOAD_RULES_FIRST; /* of a study that does not say */
    return (limit == NULL || (json_is_integer(limit) && load->data_limit > 0)) &&
           read_number(object, "rules", AANN_LOAD_RULES_FIRST, AANN_LOAD_RULES, &load->rules) &&
           read_choices(json_object_get(object, "read"), load);
}

/* ---- other data of the same kind ------------------------------------------------------------- */

aann_status aann_load_beside(const aann_load_options *load, const aann_dataset *train,
                             aann_kindred_load *kindred, aann_error *error)
{
    *kindred = (aann_kindred_load){.options = *load};
    if (load->rules <= AANN_LOAD_RULES_FIRST) {
        return AANN_OK;
    }
    const bool named = train->class_names != NULL;
    kindred->options.classes = named ? AANN_CLASSES_NAMED : AANN_CLASSES_NUMBERED;
    if (train->origin.delimiter == '\0') {
        return AANN_OK;
    }
    kindred->names = aann_allocate((size_t)train->column_count, sizeof *kindred->names);
    if (kindred->names == NULL) {
        return out_of_memory(error);
    }
    for (int64_t i = 0; i < train->column_count; i++) {
        kindred->names[i] = train->columns[i].name;
    }
    kindred->options.columns = kindred->names;
    kindred->options.kinds = train->columns;
    kindred->options.column_count = train->column_count;
    kindred->options.columns_scattered = train->origin.is_scattered;
    kindred->options.label_column =
        train->label_name != NULL ? train->label_name : load->label_column;
    return AANN_OK;
}

static const char *first_text(const char *wanted, const char *stored)
{
    return wanted != NULL ? wanted : stored;
}

/* What the caller says stands above what the family's data were; how a file is written is found
 * anew. */
static aann_load_options merge(const aann_load_options *load, const aann_load_options *wanted)
{
    aann_load_options merged = *wanted;
    merged.label_column = first_text(wanted->label_column, load->label_column);
    merged.target_columns = first_text(wanted->target_columns, load->target_columns);
    merged.group_column = first_text(wanted->group_column, load->group_column);
    merged.time_column = first_text(wanted->time_column, load->time_column);
    merged.drop_columns = first_text(wanted->drop_columns, load->drop_columns);
    merged.arrays = first_text(wanted->arrays, load->arrays);
    merged.rules = load->rules;
    if (wanted->shape.channels == 0) {
        merged.shape = load->shape;
    }
    if (wanted->layout == AANN_ARRAY_LAYOUT_AUTOMATIC) {
        merged.layout = load->layout;
    }
    if (load->window > 0) {
        merged.window = load->window;
        merged.window_step = wanted->window_step > 0 ? wanted->window_step : load->window_step;
    }
    return merged;
}

aann_status aann_load_like(const json_t *object, const aann_load_options *load,
                           const aann_load_options *wanted, aann_kindred_load *kindred,
                           aann_error *error)
{
    *kindred = (aann_kindred_load){.options = merge(load, wanted)};
    const json_t *columns = json_object_get(object, "columns");
    const size_t count = json_array_size(columns);
    if (load->rules <= AANN_LOAD_RULES_FIRST) {
        return AANN_OK;
    }
    kindred->options.classes = json_is_array(json_object_get(object, "classes"))
                                   ? AANN_CLASSES_NAMED
                                   : AANN_CLASSES_NUMBERED;
    if (count == 0) {
        return AANN_OK;
    }
    kindred->names = aann_allocate(count, sizeof *kindred->names);
    if (kindred->names == NULL) {
        return out_of_memory(error);
    }
    for (size_t i = 0; i < count; i++) {
        const char *name = json_string_value(json_array_get(columns, i));
        kindred->names[i] = name != NULL ? name : "";
    }
    kindred->options.columns = kindred->names;
    kindred->options.column_count = (int64_t)count;
    kindred->options.columns_scattered =
        json_is_true(json_object_get(json_object_get(object, "found"), "scattered"));
    return AANN_OK;
}
