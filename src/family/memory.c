/* A family's data from samples that are encoded already. The study cannot load them again; it
 * stores only checksums to recognise them:
 *     {"encoded": true, "train": {"path": null, "sha256": "...", "count": 900},
 *      "validation": {...} or null, "test": {...} or null, "shape": ..., "split": ...,
 *      "encoding": {...} or null, ...} */
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"
#include "core/utf8.h"
#include "family/json_text.h"
#include "family/samples.h"
#include "samples/arrays.h"
#include "samples/checksum.h"

enum { JSON_DIGITS = 17 };

aann_family_samples aann_family_samples_default(void)
{
    return (aann_family_samples){0};
}

/* ---- checking -------------------------------------------------------------------------------- */

static bool same_kind(const aann_samples *a, const aann_samples *b)
{
    return a->shape.channels == b->shape.channels && a->shape.height == b->shape.height &&
           a->shape.width == b->shape.width && (a->labels == NULL) == (b->labels == NULL) &&
           a->target_count == b->target_count;
}

static aann_status check_split(const aann_samples *train, const aann_samples *samples,
                               const char *name, aann_error *error)
{
    if (samples == NULL) {
        return AANN_OK;
    }
    const aann_status status = aann_samples_check(samples, error);
    if (status != AANN_OK) {
        return aann_fail_prefix(error, status, "%s", name);
    }
    return same_kind(train, samples)
               ? AANN_OK
               : aann_fail(error, AANN_ERROR_ARGUMENT,
                           "%s: its samples have another shape, or another kind of answers, than "
                           "those of train",
                           name);
}

/* Means and scales of targets, as of data from files. */
static aann_status check_range(const aann_family_samples *samples, aann_error *error)
{
    const int32_t count = samples->train->target_count;
    if (aann_target_numbers_check(samples->target_mean, count, false, error) != AANN_OK) {
        return aann_fail_prefix(error, AANN_ERROR_ARGUMENT, "target_mean");
    }
    return aann_target_numbers_check(samples->target_scale, count, true, error) == AANN_OK
               ? AANN_OK
               : aann_fail_prefix(error, AANN_ERROR_ARGUMENT, "target_scale");
}

static aann_status check_names(const aann_family_samples *samples, aann_error *error)
{
    const bool named = samples->class_names != NULL;
    if (named && (samples->train->labels == NULL || samples->class_count < 1 ||
                  samples->class_count > samples->train->class_count)) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "class_names: %d names for %d classes; expected 1 to as many as there are",
                         samples->class_count, samples->train->class_count);
    }
    for (int32_t i = 0; named && i < samples->class_count; i++) {
        if (samples->class_names[i] == NULL) {
            return aann_fail(error, AANN_ERROR_ARGUMENT, "class_names: name %d is NULL", i);
        }
    }
    const float *mean = samples->target_mean;
    const float *scale = samples->target_scale;
    if ((mean == NULL) != (scale == NULL) || (mean != NULL && samples->train->targets == NULL)) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "target_mean and target_scale go together, and with targets");
    }
    return mean == NULL ? AANN_OK : check_range(samples, error);
}

static aann_status check_samples(const aann_family_samples *samples, aann_error *error)
{
    if (samples->train == NULL) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "train: there are no samples");
    }
    aann_status status = check_split(samples->train, samples->train, "train", error);
    if (status == AANN_OK && samples->train->labels == NULL && samples->train->targets == NULL) {
        status = aann_fail(error, AANN_ERROR_ARGUMENT,
                           "train: has neither labels nor targets to search for");
    }
    if (status == AANN_OK) {
        status = check_split(samples->train, samples->validation, "validation", error);
    }
    if (status == AANN_OK) {
        status = check_split(samples->train, samples->test, "test", error);
    }
    return status == AANN_OK ? check_names(samples, error) : status;
}

static aann_status copy_split(const aann_samples *from, aann_samples **to, aann_error *error)
{
    return from != NULL ? aann_samples_create(from, to, error) : AANN_OK;
}

static aann_status copy_splits(const aann_family_samples *samples, aann_family_data *data,
                               aann_error *error)
{
    aann_status status = copy_split(samples->train, &data->train, error);
    if (status == AANN_OK) {
        status = copy_split(samples->validation, &data->validation, error);
    }
    return status == AANN_OK ? copy_split(samples->test, &data->test, error) : status;
}

/* ---- the description ------------------------------------------------------------------------- */

static json_t *split_json(const aann_samples *samples)
{
    if (samples == NULL) {
        return json_null();
    }
    char checksum[AANN_SHA256_TEXT_SIZE];
    aann_samples_checksum(samples, checksum);
    return json_pack("{s:n, s:s, s:I}", "path", "sha256", checksum, "count",
                     (json_int_t)samples->count);
}

static aann_status encoding_json(const aann_family_samples *samples, json_t **json,
                                 aann_error *error)
{
    *json = json_null();
    if (samples->encoding == NULL) {
        return AANN_OK;
    }
    const int64_t size =
        aann_shape_size(aann_encoding_measured_shape(samples->encoding, samples->train->shape));
    const aann_shape encoded = aann_encoding_input_shape(
        samples->encoding, aann_encoding_measured_shape(samples->encoding, samples->train->shape));
    if (aann_shape_size(encoded) != aann_shape_size(samples->train->shape)) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "encoding: it makes samples of %lld values; these have %lld",
                         (long long)aann_shape_size(encoded),
                         (long long)aann_shape_size(samples->train->shape));
    }
    if (samples->encoding->feature_count != 0 && samples->encoding->feature_count != size) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "encoding: of samples of %lld values; these have %lld",
                         (long long)samples->encoding->feature_count, (long long)size);
    }
    char *text;
    const aann_status status = aann_encoding_format(samples->encoding, &text, error);
    if (status == AANN_OK) {
        *json = json_loads(text, 0, NULL);
        free(text);
    }
    return status;
}

static aann_status describe(const aann_family_samples *samples, char **json, aann_error *error)
{
    json_t *encoding;
    aann_status status = encoding_json(samples, &encoding, error);
    if (status != AANN_OK) {
        return status;
    }
    const aann_samples *train = samples->train;
    const aann_samples *validation = samples->validation;
    json_t *object = json_pack(
        "{s:b, s:o, s:o, s:o, s:[i,i,i], s:{s:[I,I], s:[I,I]}, s:o, s:o, s:o, s:o}", "encoded", 1,
        "train", split_json(train), "validation", split_json(validation), "test",
        split_json(samples->test), "shape", train->shape.channels, train->shape.height,
        train->shape.width, "split", "train", (json_int_t)0, (json_int_t)train->count, "validation",
        (json_int_t)train->count, (json_int_t)(validation != NULL ? validation->count : 0),
        "encoding", encoding, "classes",
        samples->class_names != NULL ? aann_names_json(samples->class_names, samples->class_count)
                                     : json_null(),
        "target_mean", aann_numbers_json(samples->target_mean, train->target_count), "target_scale",
        aann_numbers_json(samples->target_scale, train->target_count));
    if (object == NULL) {
        bool odd = false;
        for (int32_t i = 0; samples->class_names != NULL && i < samples->class_count; i++) {
            odd = odd || aann_utf8_is_odd(samples->class_names[i]);
        }
        return odd ? aann_fail(error, AANN_ERROR_ARGUMENT,
                               "the description of the data: the name of a class is not UTF-8")
                   : aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a family's samples");
    }
    status = aann_provenance_json(samples->provenance, object, error);
    *json = status == AANN_OK
                ? aann_json_to_text(object, JSON_COMPACT | JSON_REAL_PRECISION(JSON_DIGITS))
                : NULL;
    json_decref(object);
    if (status == AANN_OK && *json == NULL) {
        status = aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a family's samples");
    }
    return status;
}

/* ---- making, and making again ---------------------------------------------------------------- */

/* `json` NULL: makes a new description. */
static aann_status make_data(const aann_family_samples *samples, const char *json,
                             aann_family_data **result, aann_error *error)
{
    aann_family_data *data = aann_allocate_zeroed(1, sizeof *data);
    if (data == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a family's samples");
    }
    aann_status status = AANN_OK;
    if (json == NULL) {
        status = describe(samples, &data->json, error);
    } else if ((data->json = aann_copy_text(json)) == NULL) {
        status = aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a family's samples");
    }
    if (status == AANN_OK) {
        status = copy_splits(samples, data, error);
    }
    if (status != AANN_OK) {
        aann_family_data_destroy(data);
        return status;
    }
    *result = data;
    return AANN_OK;
}

aann_status aann_family_data_create(const aann_family_samples *samples, aann_family_data **data,
                                    aann_error *error)
{
    *data = NULL;
    const aann_status status = check_samples(samples, error);
    return status == AANN_OK ? make_data(samples, NULL, data, error) : status;
}

/* Fails unless these are the described samples of the split. */
static aann_status compare(const aann_family_row *family, const aann_source_description *recipe,
                           const char *which, const aann_samples *samples, aann_error *error)
{
    const json_t *described = json_object_get(recipe->object, which);
    const char *wanted = json_string_value(json_object_get(described, "sha256"));
    char found[AANN_SHA256_TEXT_SIZE] = "";
    if (samples != NULL) {
        aann_samples_checksum(samples, found);
    }
    if ((wanted == NULL) != (samples == NULL)) {
        return aann_fail(
            error, AANN_ERROR_FORMAT, "%s: family %lld %s", which, (long long)family->id,
            wanted != NULL ? "has this split; it has to be given again" : "has no such split");
    }
    if (wanted != NULL && strcmp(found, wanted) != 0) {
        return aann_fail(error, AANN_ERROR_FORMAT,
                         "%s: these are not the samples that family %lld was searched on (SHA-256 "
                         "was %.16s..., is %.16s...)",
                         which, (long long)family->id, wanted, found);
    }
    return AANN_OK;
}

aann_status aann_family_data_reload_samples(const aann_family_row *family,
                                            const aann_family_samples *samples,
                                            aann_family_data **data, aann_error *error)
{
    *data = NULL;
    aann_source_description recipe;
    aann_status status = check_samples(samples, error);
    if (status == AANN_OK) {
        status = aann_source_description_parse(family, &recipe, error);
    }
    if (status != AANN_OK) {
        return status;
    }
    if (!aann_source_description_is_encoded(&recipe)) {
        status = aann_fail(error, AANN_ERROR_ARGUMENT,
                           "family %lld was searched on data sets, not on encoded samples; see "
                           "aann_family_data_reload_sets",
                           (long long)family->id);
    }
    const char *const names[] = {"train", "validation", "test"};
    const aann_samples *const splits[] = {samples->train, samples->validation, samples->test};
    for (size_t i = 0; status == AANN_OK && i < 3; i++) {
        status = compare(family, &recipe, names[i], splits[i], error);
    }
    if (status == AANN_OK) {
        status = make_data(samples, family->data, data, error);
    }
    aann_source_description_clear(&recipe);
    return status;
}
