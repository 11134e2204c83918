/* The samples of a stored family again, from files or data sets, and other samples in the same
 * encoding. */
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"
#include "family/load_json.h"
#include "family/samples.h"
#include "samples/dataset.h"
#include "samples/samples.h"

/* ---- the same samples ------------------------------------------------------------------------ */

/* The source of a data set: a file or memory; both NULL: the described file. */
typedef struct set_place {
    const char *path;
    const aann_dataset *set;
    int64_t data_limit; /* of the file, in bytes */
} set_place;

static aann_status not_in_a_file(const aann_family_row *family, const char *which,
                                 aann_error *error)
{
    return aann_fail(
        error, AANN_ERROR_NOT_FOUND,
        "family %lld: its %s set came from memory or a pipe and is in no file; give it again: a "
        "file with the same content (aann resume --data FILE --test FILE), or "
        "aann_family_data_reload_sets",
        (long long)family->id, which);
}

/* Loads the set described as `which`, and compares its content. For the test set, `train` is there
 * already. */
static aann_status load_again(const aann_family_row *family, const aann_source_description *recipe,
                              const char *which, const set_place *place, const aann_dataset *train,
                              aann_dataset **dataset, aann_error *error)
{
    aann_source_description_file file;
    aann_status status = aann_source_description_file_of(family, recipe, which, &file, error);
    if (status != AANN_OK) {
        return status;
    }
    aann_load_options load = recipe->load;
    load.labels_path = place->path != NULL ? NULL : file.labels;
    load.data_limit = place->data_limit; /* the study's own may be a stranger's */
    if (train == NULL && !aann_load_json_found(recipe->object, &load)) {
        return aann_fail(error, AANN_ERROR_FORMAT,
                         "family %lld: the description of its data is damaged",
                         (long long)family->id);
    }
    const char *path = place->path != NULL ? place->path : file.path;
    if (place->set != NULL) {
        status = aann_dataset_share(place->set, dataset, error);
        path = "the data set";
    } else {
        status = path == NULL ? not_in_a_file(family, which, error)
                 : train == NULL
                     ? aann_dataset_load(path, &load, dataset, error)
                     : aann_load_test(path, &load, load.labels_path, train, dataset, error);
    }
    if (status != AANN_OK) {
        return status;
    }
    const char *found = aann_dataset_checksum(*dataset);
    if (!aann_dataset_has_checksum(*dataset, file.checksum)) {
        return aann_fail(
            error, AANN_ERROR_FORMAT,
            "%s: is not the %s set that family %lld was searched on (SHA-256 of the content was "
            "%.16s..., is %.16s...)",
            path, which, (long long)family->id, file.checksum, found);
    }
    return AANN_OK;
}

static aann_status reload(const aann_family_row *family, const aann_source_description *recipe,
                          const set_place places[2], aann_family_data *data, aann_error *error)
{
    aann_dataset *train = NULL;
    aann_dataset *test = NULL;
    if (aann_source_description_is_encoded(recipe)) {
        return aann_fail(error, AANN_ERROR_NOT_FOUND,
                         "family %lld: its samples were given encoded, by a program; only it can "
                         "give them again (aann_family_data_reload_samples)",
                         (long long)family->id);
    }
    aann_status status = load_again(family, recipe, "train", &places[0], NULL, &train, error);
    if (status == AANN_OK && aann_source_description_has_test(recipe)) {
        status = load_again(family, recipe, "test", &places[1], train, &test, error);
        if (status == AANN_OK) {
            status = aann_match_test(train, test, "the test set", error);
        }
    }
    if (status == AANN_OK) {
        status = aann_encode_splits(train, test, &recipe->split, &recipe->encoding, data, error);
    }
    if (status == AANN_OK) {
        aann_targets_to_outputs(&recipe->units, data->train);
        aann_targets_to_outputs(&recipe->units, data->validation);
        aann_targets_to_outputs(&recipe->units, data->certification);
        aann_targets_to_outputs(&recipe->units, data->test);
    }
    aann_dataset_destroy(train);
    aann_dataset_destroy(test);
    return status;
}

static aann_status reload_from(const aann_family_row *family, const set_place places[2],
                               aann_family_data **result, aann_error *error)
{
    *result = NULL;
    aann_source_description recipe;
    aann_status status = aann_source_description_parse(family, &recipe, error);
    if (status != AANN_OK) {
        return status;
    }
    aann_family_data *data = aann_allocate_zeroed(1, sizeof *data);
    if (data == NULL || (data->json = aann_copy_text(family->data)) == NULL) {
        status = aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a family's samples");
    } else {
        status = reload(family, &recipe, places, data, error);
    }
    if (status == AANN_OK) {
        data->is_table = recipe.encoding.columns != NULL;
        data->units = recipe.units;
        recipe.units = (aann_target_units){0};
    }
    aann_source_description_clear(&recipe);
    if (status != AANN_OK) {
        aann_family_data_destroy(data);
        return status;
    }
    *result = data;
    return AANN_OK;
}

aann_status aann_family_data_reload(const aann_family_row *family, const char *train,
                                    const char *test, aann_family_data **data, aann_error *error)
{
    return aann_family_data_reload_within(family, train, test, 0, data, error);
}

aann_status aann_family_data_reload_within(const aann_family_row *family, const char *train,
                                           const char *test, int64_t data_limit,
                                           aann_family_data **data, aann_error *error)
{
    const set_place places[2] = {{.path = train, .data_limit = data_limit},
                                 {.path = test, .data_limit = data_limit}};
    return reload_from(family, places, data, error);
}

aann_status aann_family_data_reload_sets(const aann_family_row *family, const aann_dataset *train,
                                         const aann_dataset *test, aann_family_data **data,
                                         aann_error *error)
{
    const set_place places[2] = {{.set = train}, {.set = test}};
    return reload_from(family, places, data, error);
}

/* ---- other samples --------------------------------------------------------------------------- */

aann_status aann_family_class_names(const aann_family_row *family, char ***names, int32_t *count,
                                    aann_error *error)
{
    aann_source_description recipe;
    aann_status status = aann_source_description_parse(family, &recipe, error);
    if (status == AANN_OK) {
        status = aann_source_description_class_names(&recipe, names, count, error);
        aann_source_description_clear(&recipe);
    }
    return status;
}

/* Word labels get the family's numbers. */
static aann_status match_family(const aann_source_description *recipe, aann_dataset *dataset,
                                aann_error *error)
{
    char **names = NULL;
    int32_t count = 0;
    aann_status status = aann_source_description_class_names(recipe, &names, &count, error);
    if (status == AANN_OK && count > 0) {
        status = aann_dataset_match_classes(dataset, (const char *const *)names, count, error);
    }
    free(names);
    return status;
}

/* Labels above the network's outputs, or none at all, cannot be scored. */
static aann_status check_answers(const aann_family_row *family, const aann_samples *samples,
                                 const char *path, aann_error *error)
{
    aann_spec spec;
    const aann_status status = aann_family_spec(family, &spec, error);
    if (status != AANN_OK) {
        return status;
    }
    const bool regression = strcmp(family->task, "regression") == 0;
    if (regression ? samples->target_count != spec.output_count : samples->labels == NULL) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "%s: has no %s to compare with", path,
                         regression ? "targets" : "labels");
    }
    if (samples->class_count > spec.output_count) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "%s: has label %d, but the network has %d outputs", path,
                         samples->class_count - 1, spec.output_count);
    }
    return AANN_OK;
}

static aann_status load_and_encode(const aann_source_description *recipe, const char *path,
                                   const aann_load_options *load, int64_t first, int64_t count,
                                   bool need_labels, aann_samples **samples, aann_error *error)
{
    aann_dataset *dataset = NULL;
    aann_status status = aann_dataset_load(path, load, &dataset, error);
    if (status == AANN_OK && need_labels) {
        status = match_family(recipe, dataset, error);
        if (status != AANN_OK) {
            aann_fail_prefix(error, status, "%s", path);
        }
    }
    if (status == AANN_OK) {
        const int64_t wanted = count > 0 ? count : aann_dataset_count(dataset) - first;
        status = aann_dataset_encode(dataset, &recipe->encoding, first, wanted, samples, error);
        if (status != AANN_OK) {
            aann_fail_prefix(error, status, "%s", path);
        }
    }
    if (status == AANN_OK) {
        aann_targets_to_outputs(&recipe->units, *samples);
    }
    aann_dataset_destroy(dataset);
    return status;
}

/* A table whose columns nobody knows by name may have no label, so that its last feature was read as
 * one: once more, without. `status` and `error` are those of the first time, and are kept. */
static aann_status encode_without_answers(const aann_source_description *recipe, const char *path,
                                          aann_load_options *load, int64_t first, int64_t count,
                                          aann_samples **samples, aann_status status,
                                          aann_error *error)
{
    if (aann_path_is_read_once(path)) {
        return aann_fail_prefix(error, status,
                                "from a pipe, which is read once (a table without labels needs "
                                "--label-column \"\")");
    }
    load->label_column = "";
    load->target_columns = NULL;
    return load_and_encode(recipe, path, load, first, count, false, samples, NULL) == AANN_OK
               ? AANN_OK
               : status;
}

/* What the columns of a table are; NULL if the encoding does not say. */
static const aann_column *kinds_of(const aann_source_description *recipe,
                                   const aann_load_options *load)
{
    return load->columns != NULL && load->column_count == recipe->encoding.feature_count
               ? recipe->encoding.columns
               : NULL;
}

static aann_status encode_other(const aann_family_row *family,
                                const aann_source_description *recipe, const char *path,
                                const aann_load_options *wanted, int64_t first, int64_t count,
                                bool need_labels, aann_samples **samples, aann_error *error)
{
    aann_kindred_load kindred;
    aann_status status = aann_load_like(recipe->object, &recipe->load, wanted, &kindred, error);
    if (status != AANN_OK) {
        return status;
    }
    aann_load_options *load = &kindred.options;
    load->ignore_answers = !need_labels;
    load->kinds = kinds_of(recipe, load);
    status = load_and_encode(recipe, path, load, first, count, need_labels, samples, error);
    if (status != AANN_OK && !need_labels && load->columns == NULL) {
        status = encode_without_answers(recipe, path, load, first, count, samples, status, error);
    }
    free(kindred.names);
    if (status == AANN_OK && need_labels) {
        return check_answers(family, *samples, path, error);
    }
    if (status == AANN_OK) {
        aann_samples_drop_answers(*samples);
    }
    return status;
}

aann_status aann_family_encode(const aann_family_row *family, const char *path,
                               const aann_load_options *load, int64_t first, int64_t count,
                               bool need_labels, aann_samples **samples, aann_error *error)
{
    *samples = NULL;
    const aann_load_options defaults = aann_load_options_default();
    aann_source_description recipe;
    aann_status status = aann_source_description_parse(family, &recipe, error);
    if (status != AANN_OK) {
        return status;
    }
    status = recipe.encoding.kind == AANN_ENCODING_AUTOMATIC
                 ? aann_fail_encoded(family, error)
                 : encode_other(family, &recipe, path, load != NULL ? load : &defaults, first,
                                count, need_labels, samples, error);
    aann_source_description_clear(&recipe);
    if (status != AANN_OK) {
        aann_samples_destroy(*samples);
        *samples = NULL;
    }
    return status;
}

/* A sample of the stream goes where the encoding expects one: both must have as many values. */
static aann_status check_stream(const aann_family_row *family, const aann_encoding *encoding,
                                const aann_load_options *options, aann_error *error)
{
    aann_spec spec;
    if (encoding->kind == AANN_ENCODING_AUTOMATIC) {
        return aann_fail_encoded(family, error);
    }
    const aann_status status = aann_family_spec(family, &spec, error);
    if (status != AANN_OK) {
        return status;
    }
    const int64_t size = aann_shape_size(aann_encoding_measured_shape(encoding, spec.input));
    const int64_t wanted = encoding->feature_count > 0 ? encoding->feature_count : size;
    const int64_t rows = options->window > 0 ? options->window : 1;
    if (options->column_count > INT32_MAX || options->column_count * rows != wanted ||
        wanted != size) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "family %lld: a sample of the stream has %lld x %lld values (columns x "
                         "rows), and the network was searched for samples of %lld; expected the "
                         "same (--window)",
                         (long long)family->id, (long long)options->column_count, (long long)rows,
                         (long long)size);
    }
    return AANN_OK;
}

aann_status aann_family_stream_open(const aann_family_row *family, const char *path,
                                    const aann_load_options *wanted, aann_stream **stream,
                                    aann_error *error)
{
    *stream = NULL;
    aann_source_description recipe;
    aann_kindred_load kindred = {.names = NULL};
    aann_status status = aann_source_description_parse(family, &recipe, error);
    if (status != AANN_OK) {
        return status;
    }
    status = aann_load_like(recipe.object, &recipe.load, wanted, &kindred, error);
    if (status == AANN_OK && kindred.options.columns == NULL) {
        status = aann_fail(error, AANN_ERROR_ARGUMENT,
                           "family %lld: a stream has rows of a table, and the family was searched "
                           "on none whose columns have names",
                           (long long)family->id);
    }
    if (status == AANN_OK) {
        status = check_stream(family, &recipe.encoding, &kindred.options, error);
    }
    if (status == AANN_OK) {
        kindred.options.ignore_answers = true;
        kindred.options.missing_cells = recipe.encoding.kind == AANN_ENCODING_TABLE;
        kindred.options.kinds = kinds_of(&recipe, &kindred.options);
        status = aann_stream_open(path, &kindred.options, stream, error);
    }
    free(kindred.names);
    aann_source_description_clear(&recipe);
    return status;
}
