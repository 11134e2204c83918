/* The description of a family's samples: JSON with all that they depend on and the checksums of the
 * files' content, so that a family continues with the same samples or not at all:
 *     {"train": {"path": "mnist:train", "labels": null, "sha256": "...", "count": 60000},
 *      "test": {...} or null, "label_column": null, "target_columns": null, "shape": [1, 28, 28],
 *      "split": {"train": [0, 55000], "validation": [55000, 5000]},
 *      "encoding": {"kind": "byte", "features": 784}, "classes": ["setosa", ...] or null,
 *      "target_mean": [0.0, ...] or null, "target_scale": [1.0, ...] or null}
 * and "targets": "standardised" where the program chose mean and scale, so that the files hold the
 * targets in the user's units; how the files were read: "rules": 2 (absent: the first), "columns":
 * ["width", ...] or null, "read" and "found": {"delimiter": ";", ...}, and "data_limit": N where
 * the files needed a higher one than aann_load_options_default() (load_json.c). A split that is no
 * range of the file has its "rule", "seed", "wanted" (validation samples), "limit" (of training
 * samples, 0: none) and "balanced"; its ranges are then those of the list of samples that the rule
 * gives (split.c).
 * Files are named by their full path; a range is [first, count]. Data from memory have the path
 * null, and may have "provenance": any JSON. Of samples that were given encoded (see memory.c)
 * there are "encoded": true, checksums of each split, and "encoding" may be null. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/error.h"
#include "core/memory.h"
#include "core/utf8.h"
#include "data/catalog.h"
#include "family/json_text.h"
#include "family/load_json.h"
#include "family/samples.h"

enum { JSON_DIGITS = 17 };

static aann_status out_of_memory(aann_error *error)
{
    return aann_fail(error, AANN_ERROR_MEMORY,
                     "out of memory for the description of a family's data");
}

static aann_status damaged(const aann_family_row *family, aann_error *error)
{
    return aann_fail(
        error, AANN_ERROR_FORMAT,
        "family %lld: the description of its data is damaged, or of a newer version of aann",
        (long long)family->id);
}

aann_status aann_fail_encoded(const aann_family_row *family, aann_error *error)
{
    return aann_fail(error, AANN_ERROR_NOT_FOUND,
                     "family %lld: its samples were given encoded, and nobody said how; other data "
                     "cannot be encoded in the same way",
                     (long long)family->id);
}

char *aann_copy_text(const char *text)
{
    const size_t size = strlen(text) + 1;
    char *copy = aann_allocate(size, 1);
    if (copy != NULL) {
        memcpy(copy, text, size);
    }
    return copy;
}

/* ---- writing --------------------------------------------------------------------------------- */

bool aann_path_is_read_once(const char *path)
{
    struct stat information;
    return strcmp(path, "-") == 0 ||
           (stat(path, &information) == 0 && S_ISFIFO(information.st_mode));
}

/* The name of a fetched set is stored as it is, a file by its full path. What came from a pipe cannot
 * be found again. */
static json_t *path_json(const char *path)
{
    if (path == NULL || aann_path_is_read_once(path)) {
        return json_null();
    }
    char *full = aann_catalog_match(path) != NULL ? NULL : realpath(path, NULL);
    json_t *json = json_string(full != NULL ? full : path);
    free(full);
    return json;
}

static json_t *file_json(const char *path, const char *labels, const aann_dataset *dataset)
{
    return json_pack("{s:o, s:o, s:s, s:I}", "path", path_json(path), "labels", path_json(labels),
                     "sha256", aann_dataset_checksum(dataset), "count",
                     (json_int_t)aann_dataset_count(dataset));
}

json_t *aann_names_json(const char *const *names, int32_t count)
{
    json_t *array = json_array();
    for (int32_t i = 0; i < count; i++) {
        /* One that is left out would give its number to the next. */
        if (json_array_append_new(array, json_string(names[i] != NULL ? names[i] : "")) != 0) {
            json_decref(array);
            return NULL;
        }
    }
    return array;
}

static json_t *classes_json(const aann_dataset *train)
{
    const int32_t count = aann_dataset_class_count(train);
    if (count == 0 || aann_dataset_class_name(train, 0) == NULL) {
        return json_null();
    }
    const char **names = aann_allocate((size_t)count, sizeof *names);
    for (int32_t i = 0; names != NULL && i < count; i++) {
        names[i] = aann_dataset_class_name(train, i);
    }
    json_t *json = names != NULL ? aann_names_json(names, count) : NULL;
    free(names);
    return json;
}

/* JSON holds UTF-8 and nothing else. */
static aann_status check_class_names(const aann_dataset *train, aann_error *error)
{
    for (int32_t i = 0; i < aann_dataset_class_count(train); i++) {
        const char *name = aann_dataset_class_name(train, i);
        if (aann_utf8_is_odd(name)) {
            return aann_fail(error, AANN_ERROR_FORMAT,
                             "the label '%.60s' is not UTF-8 text; expected a file in UTF-8", name);
        }
    }
    return AANN_OK;
}

json_t *aann_numbers_json(const float *values, int32_t count)
{
    if (values == NULL) {
        return json_null();
    }
    json_t *array = json_array();
    for (int32_t i = 0; i < count; i++) {
        if (json_array_append_new(array, json_real((double)values[i])) != 0) {
            json_decref(array);
            return NULL;
        }
    }
    return array;
}

aann_status aann_provenance_json(const char *provenance, json_t *object, aann_error *error)
{
    json_error_t problem;
    json_t *value = provenance != NULL ? json_loads(provenance, JSON_DECODE_ANY, &problem) : NULL;
    if (provenance != NULL && value == NULL) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "provenance: line %d, column %d: %s; expected JSON, such as "
                         "{\"made by\": \"a name\"}",
                         problem.line, problem.column, problem.text);
    }
    return value == NULL || json_object_set_new(object, "provenance", value) == 0
               ? AANN_OK
               : out_of_memory(error);
}

/* Ranges of the file, or the numbers of samples and the rule by which they are chosen. */
static json_t *split_json(const aann_split *split)
{
    json_t *object = json_pack(
        "{s:[I,I], s:[I,I]}", "train", (json_int_t)0, (json_int_t)split->train_count, "validation",
        (json_int_t)split->validation_first, (json_int_t)split->measured_validation_count);
    char seed[24];
    snprintf(seed, sizeof seed, "%llu", (unsigned long long)split->seed);
    const bool good =
        split->rule == AANN_SPLIT_LAST ||
        (json_object_set_new(object, "rule", json_string(aann_split_name(split->rule))) == 0 &&
         json_object_set_new(object, "seed", json_string(seed)) == 0 &&
         json_object_set_new(object, "wanted", json_integer(split->validation_count)) == 0 &&
         json_object_set_new(object, "limit", json_integer(split->train_limit)) == 0 &&
         json_object_set_new(object, "balanced", json_boolean(split->balanced)) == 0);
    if (!good) {
        json_decref(object);
        return NULL;
    }
    return object;
}

aann_status aann_source_description_format(const aann_family_source *source,
                                           const aann_dataset *train, const aann_dataset *test,
                                           const aann_split *split, const aann_encoding *encoding,
                                           const aann_target_units *units, char **json,
                                           aann_error *error)
{
    char *encoding_text = NULL;
    aann_status status = check_class_names(train, error);
    if (status == AANN_OK) {
        status = aann_encoding_format(encoding, &encoding_text, error);
    }
    if (status != AANN_OK) {
        return status;
    }
    const aann_shape shape = aann_dataset_shape(train);
    json_t *object = json_pack(
        "{s:o, s:o, s:[i,i,i], s:o, s:o, s:o, s:o, s:o}", "train",
        source->train_set != NULL ? file_json(NULL, NULL, train)
                                  : file_json(source->train, source->load.labels_path, train),
        "test",
        test == NULL               ? json_null()
        : source->test_set != NULL ? file_json(NULL, NULL, test)
                                   : file_json(source->test, source->test_labels, test),
        "shape", shape.channels, shape.height, shape.width, "split", split_json(split), "encoding",
        json_loads(encoding_text, 0, NULL), "classes", classes_json(train), "target_mean",
        aann_numbers_json(units->mean, units->count), "target_scale",
        aann_numbers_json(units->scale, units->count));
    free(encoding_text);
    if (object == NULL) {
        const bool odd = aann_utf8_is_odd(source->train) || aann_utf8_is_odd(source->test) ||
                         aann_utf8_is_odd(source->load.labels_path) ||
                         aann_utf8_is_odd(source->test_labels);
        return odd ? aann_fail(error, AANN_ERROR_ARGUMENT,
                               "the description of the data: the name of a file is not UTF-8")
                   : out_of_memory(error);
    }
    if (units->standardised &&
        json_object_set_new(object, "targets", json_string("standardised")) != 0) {
        json_decref(object);
        return out_of_memory(error);
    }
    status = aann_load_json_add(&source->load, train, object, error);
    if (status == AANN_OK && source->train_set != NULL) {
        status = aann_provenance_json(source->provenance, object, error);
    }
    *json = status == AANN_OK
                ? aann_json_to_text(object, JSON_COMPACT | JSON_REAL_PRECISION(JSON_DIGITS))
                : NULL;
    json_decref(object);
    if (status != AANN_OK) {
        return status;
    }
    return *json != NULL ? AANN_OK : out_of_memory(error);
}

/* ---- reading --------------------------------------------------------------------------------- */

/* Of a split that is a list of samples; others have no "rule". */
static bool unpack_rule(const json_t *object, aann_split *split)
{
    const json_t *rule = json_object_get(object, "rule");
    if (rule == NULL) {
        return true;
    }
    const char *seed = json_string_value(json_object_get(object, "seed"));
    const json_t *wanted = json_object_get(object, "wanted");
    const json_t *limit = json_object_get(object, "limit");
    split->rule = aann_split_find(json_is_string(rule) ? json_string_value(rule) : "");
    split->balanced = json_is_true(json_object_get(object, "balanced"));
    split->validation_count = json_integer_value(wanted);
    split->train_limit = json_integer_value(limit);
    char *end = NULL;
    split->seed = seed != NULL ? strtoull(seed, &end, 10) : 0;
    return split->rule > AANN_SPLIT_LAST && end != NULL && end != seed && *end == '\0' &&
           json_is_integer(wanted) && split->validation_count >= 0 &&
           split->validation_count <= INT32_MAX && split->train_limit >= 0;
}

static bool unpack_split(json_t *object, aann_split *split)
{
    json_int_t first, count, validation_first, validation_count;
    if (json_unpack(object, "{s:{s:[I,I], s:[I,I]}}", "split", "train", &first, &count,
                    "validation", &validation_first, &validation_count) != 0) {
        return false;
    }
    *split = (aann_split){.train_count = count,
                          .validation_first = validation_first,
                          .validation_count = validation_count,
                          .measured_validation_count = validation_count,
                          .rule = AANN_SPLIT_LAST};
    return first == 0 && count > 0 && validation_first >= count && validation_count >= 0 &&
           validation_count <= INT64_MAX - validation_first &&
           unpack_rule(json_object_get(object, "split"), split);
}

/* The text of a field; NULL if it is null. */
static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static bool unpack_encoding(json_t *object, aann_encoding *encoding)
{
    if (json_is_true(json_object_get(object, "encoded")) &&
        json_is_null(json_object_get(object, "encoding"))) {
        *encoding = (aann_encoding){.kind = AANN_ENCODING_AUTOMATIC}; /* unknown */
        return true;
    }
    char *text =
        aann_json_to_text(json_object_get(object, "encoding"), JSON_REAL_PRECISION(JSON_DIGITS));
    const bool good = text != NULL && aann_encoding_parse(text, encoding, NULL) == AANN_OK;
    free(text);
    return good;
}

static bool read_floats(const json_t *array, size_t count, bool positive, float **values)
{
    *values = aann_allocate(count, sizeof **values);
    bool good = *values != NULL && json_array_size(array) == count;
    for (size_t i = 0; good && i < count; i++) {
        const json_t *number = json_array_get(array, i);
        (*values)[i] = (float)json_number_value(number);
        good =
            json_is_number(number) && isfinite((*values)[i]) && (!positive || (*values)[i] > 0.0F);
    }
    return good;
}

/* Only standardised targets have to be converted. */
static bool unpack_units(json_t *object, aann_target_units *units)
{
    const json_t *targets = json_object_get(object, "targets");
    if (targets == NULL) {
        return true;
    }
    const json_t *mean = json_object_get(object, "target_mean");
    const size_t count = json_array_size(mean);
    units->standardised = true;
    units->count = (int32_t)count;
    return text_of(object, "targets") != NULL &&
           strcmp(text_of(object, "targets"), "standardised") == 0 && count > 0 &&
           count <= AANN_MAX_TARGETS && read_floats(mean, count, false, &units->mean) &&
           read_floats(json_object_get(object, "target_scale"), count, true, &units->scale);
}

aann_status aann_source_description_parse(const aann_family_row *family,
                                          aann_source_description *recipe, aann_error *error)
{
    *recipe = (aann_source_description){.object = json_loads(family->data, 0, NULL)};
    if (recipe->object == NULL || !unpack_split(recipe->object, &recipe->split) ||
        !aann_load_json_read(recipe->object, &recipe->load) ||
        !unpack_encoding(recipe->object, &recipe->encoding) ||
        !unpack_units(recipe->object, &recipe->units)) {
        aann_source_description_clear(recipe);
        return damaged(family, error);
    }
    return AANN_OK;
}

void aann_source_description_clear(aann_source_description *recipe)
{
    json_decref(recipe->object);
    aann_encoding_destroy(&recipe->encoding);
    aann_target_units_clear(&recipe->units);
    *recipe = (aann_source_description){0};
}

bool aann_source_description_has_test(const aann_source_description *recipe)
{
    return json_is_object(json_object_get(recipe->object, "test"));
}

aann_status aann_source_description_file_of(const aann_family_row *family,
                                            const aann_source_description *recipe,
                                            const char *which, aann_source_description_file *file,
                                            aann_error *error)
{
    const json_t *described = json_object_get(recipe->object, which);
    *file = (aann_source_description_file){text_of(described, "path"), text_of(described, "labels"),
                                           text_of(described, "sha256")};
    const bool in_memory = json_is_null(json_object_get(described, "path"));
    return (file->path != NULL || in_memory) && file->checksum != NULL ? AANN_OK
                                                                       : damaged(family, error);
}

bool aann_source_description_is_encoded(const aann_source_description *recipe)
{
    return json_is_true(json_object_get(recipe->object, "encoded"));
}

aann_status aann_source_description_class_names(const aann_source_description *recipe,
                                                char ***names, int32_t *count, aann_error *error)
{
    *names = NULL;
    *count = 0;
    const json_t *array = json_object_get(recipe->object, "classes");
    const size_t size = json_array_size(array);
    if (size == 0 || size > 65536) {
        return AANN_OK;
    }
    size_t room = size * sizeof **names;
    for (size_t i = 0; i < size; i++) {
        room += json_string_length(json_array_get(array, i)) + 1;
    }
    char **words = aann_allocate(room, 1);
    if (words == NULL) {
        return out_of_memory(error);
    }
    char *text = (char *)(words + size); /* the words follow their pointers */
    for (size_t i = 0; i < size; i++) {
        const char *word = json_string_value(json_array_get(array, i));
        const size_t length = json_string_length(json_array_get(array, i)) + 1;
        memcpy(text, word != NULL ? word : "", length);
        words[i] = text;
        text += length;
    }
    *names = words;
    *count = (int32_t)size;
    return AANN_OK;
}

/* A table's targets were named by a list, "force,torque"; others have no names. */
aann_status aann_source_description_target_names(const aann_source_description *recipe,
                                                 int32_t count, char ***names, aann_error *error)
{
    const char *list = recipe->load.target_columns;
    int32_t listed = 1;
    *names = NULL;
    for (const char *at = list; at != NULL && *at != '\0'; at++) {
        listed += *at == ',' ? 1 : 0;
    }
    if (list == NULL || listed != count) {
        return AANN_OK;
    }
    const size_t size = strlen(list) + 1;
    char **words = aann_allocate((size_t)count * sizeof *words + size, 1);
    if (words == NULL) {
        return out_of_memory(error);
    }
    char *text = (char *)(words + count); /* the words follow their pointers */
    memcpy(text, list, size);
    for (int32_t i = 0; i < count; i++) {
        words[i] = text;
        text += strcspn(text, ",");
        *text++ = '\0';
    }
    *names = words;
    return AANN_OK;
}

aann_status aann_family_target_names(const aann_family_row *family, int32_t count, char ***names,
                                     aann_error *error)
{
    aann_source_description recipe;
    *names = NULL;
    aann_status status = aann_source_description_parse(family, &recipe, error);
    if (status == AANN_OK) {
        status = aann_source_description_target_names(&recipe, count, names, error);
        aann_source_description_clear(&recipe);
    }
    return status;
}

/* ---- what inputs and targets stand for ------------------------------------------------------- */

aann_status aann_family_encoding(const aann_family_row *family, aann_encoding *encoding,
                                 aann_error *error)
{
    aann_source_description recipe;
    const aann_status status = aann_source_description_parse(family, &recipe, error);
    if (status != AANN_OK) {
        return status;
    }
    *encoding = recipe.encoding;
    recipe.encoding = (aann_encoding){0};
    aann_source_description_clear(&recipe);
    return encoding->kind != AANN_ENCODING_AUTOMATIC ? AANN_OK : aann_fail_encoded(family, error);
}

static bool read_numbers(const json_t *array, double *values, int32_t count)
{
    bool good = json_array_size(array) == (size_t)count;
    for (int32_t i = 0; good && i < count; i++) {
        const json_t *number = json_array_get(array, (size_t)i);
        good = json_is_number(number);
        values[i] = json_number_value(number);
    }
    return good;
}

aann_status aann_family_target_range(const aann_family_row *family, int32_t count, double *mean,
                                     double *scale, aann_error *error)
{
    aann_source_description recipe;
    const aann_status status = aann_source_description_parse(family, &recipe, error);
    if (status != AANN_OK) {
        return status;
    }
    const bool good = read_numbers(json_object_get(recipe.object, "target_mean"), mean, count) &&
                      read_numbers(json_object_get(recipe.object, "target_scale"), scale, count);
    aann_source_description_clear(&recipe);
    return good ? AANN_OK
                : aann_fail(
                      error, AANN_ERROR_NOT_FOUND,
                      "family %lld: its data do not say what %d targets stand for (target_mean, "
                      "target_scale)",
                      (long long)family->id, count);
}

/* ---- where they came from -------------------------------------------------------------------- */

/* Copies a text to *at and advances *at; NULL stays NULL. */
static const char *pack_text(const char *text, char **at)
{
    if (text == NULL) {
        return NULL;
    }
    char *copy = *at;
    const size_t size = strlen(text) + 1;
    memcpy(copy, text, size);
    *at += size;
    return copy;
}

static aann_status make_origin(const aann_source_description *recipe, aann_data_origin **origin,
                               aann_error *error)
{
    const char *train = text_of(json_object_get(recipe->object, "train"), "path");
    const char *test = text_of(json_object_get(recipe->object, "test"), "path");
    const json_t *value = json_object_get(recipe->object, "provenance");
    char *provenance = aann_json_to_text(value, JSON_COMPACT | JSON_ENCODE_ANY);
    const size_t room = (train != NULL ? strlen(train) + 1 : 0) +
                        (test != NULL ? strlen(test) + 1 : 0) +
                        (provenance != NULL ? strlen(provenance) + 1 : 0);
    aann_data_origin *made = aann_allocate(sizeof *made + room, 1);
    if (made == NULL || (value != NULL && provenance == NULL)) {
        free(provenance);
        free(made);
        return out_of_memory(error);
    }
    const json_t *test_count = json_object_get(json_object_get(recipe->object, "test"), "count");
    char *at = (char *)(made + 1);
    *made = (aann_data_origin){.train = pack_text(train, &at),
                               .test = pack_text(test, &at),
                               .has_test = aann_source_description_has_test(recipe),
                               .encoded = aann_source_description_is_encoded(recipe),
                               .provenance = pack_text(provenance, &at),
                               .train_count = recipe->split.train_count,
                               .validation_count = recipe->split.measured_validation_count,
                               .test_count = json_integer_value(test_count)};
    free(provenance);
    *origin = made;
    return AANN_OK;
}

aann_status aann_family_data_origin(const aann_family_row *family, aann_data_origin **origin,
                                    aann_error *error)
{
    *origin = NULL;
    aann_source_description recipe;
    aann_status status = aann_source_description_parse(family, &recipe, error);
    if (status == AANN_OK) {
        status = make_origin(&recipe, origin, error);
        aann_source_description_clear(&recipe);
    }
    return status;
}
