/* Loading the samples of a family: train, validation and test, split and encoded. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"
#include "data/catalog.h"
#include "family/load_json.h"
#include "family/notes.h"
#include "family/samples.h"
#include "samples/dataset.h"

aann_family_source aann_family_source_default(void)
{
    return (aann_family_source){.load = aann_load_options_default(), .validation = -1.0};
}

void aann_family_data_destroy(aann_family_data *data)
{
    if (data == NULL) {
        return;
    }
    aann_samples_destroy(data->train);
    aann_samples_destroy(data->validation);
    aann_samples_destroy(data->certification);
    aann_samples_destroy(data->test);
    free(data->json);
    aann_target_units_clear(&data->units);
    free(data->notes);
    free(data);
}

const aann_samples *aann_family_data_train(const aann_family_data *data)
{
    return data->train;
}

const aann_samples *aann_family_data_validation(const aann_family_data *data)
{
    return data->validation;
}

const aann_samples *aann_family_data_certification(const aann_family_data *data)
{
    return data->certification;
}

const aann_samples *aann_family_data_test(const aann_family_data *data)
{
    return data->test;
}

const aann_samples *aann_family_data_split(const aann_family_data *data, const char *name)
{
    if (strcmp(name, "train") == 0) {
        return data->train;
    }
    if (strcmp(name, "validation") == 0) {
        return data->validation;
    }
    if (strcmp(name, "certification") == 0) {
        return data->certification;
    }
    return strcmp(name, "test") == 0 ? data->test : NULL;
}

const char *aann_family_data_notes(const aann_family_data *data)
{
    return data->notes != NULL ? data->notes : "";
}

const char *aann_family_data_json(const aann_family_data *data)
{
    return data->json;
}

/* ---- loading --------------------------------------------------------------------------------- */

aann_status aann_match_test(const aann_dataset *train, aann_dataset *test, const char *name,
                            aann_error *error)
{
    const int32_t count = aann_dataset_class_count(train);
    if (count == 0 || aann_dataset_class_name(train, 0) == NULL) {
        return AANN_OK;
    }
    const char **names = aann_allocate((size_t)count, sizeof *names);
    if (names == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a family's samples");
    }
    for (int32_t i = 0; i < count; i++) {
        names[i] = aann_dataset_class_name(train, i);
    }
    const aann_status status = aann_dataset_match_classes(test, names, count, error);
    free(names);
    return status == AANN_OK ? status : aann_fail_prefix(error, status, "%s", name);
}

/* Finds a test set that belongs to another task before the search, not at its end. */
static aann_status check_test(const aann_dataset *train, const aann_dataset *test, const char *path,
                              aann_error *error)
{
    const aann_shape wanted = aann_dataset_shape(train);
    const aann_shape found = aann_dataset_shape(test);
    if (wanted.channels != found.channels || wanted.height != found.height ||
        wanted.width != found.width) {
        return aann_fail(
            error, AANN_ERROR_ARGUMENT,
            "%s: samples of %dx%dx%d (channels x height x width), but training samples are "
            "%dx%dx%d",
            path, found.channels, found.height, found.width, wanted.channels, wanted.height,
            wanted.width);
    }
    if ((aann_dataset_labels(train) == NULL) != (aann_dataset_labels(test) == NULL) ||
        aann_dataset_target_count(train) != aann_dataset_target_count(test)) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "%s: %s, unlike the training data; expected the same kind of answers",
                         path,
                         aann_dataset_labels(test) != NULL     ? "has class labels"
                         : aann_dataset_target_count(test) > 0 ? "has targets"
                                                               : "has no labels");
    }
    return AANN_OK;
}

aann_status aann_load_test(const char *path, const aann_load_options *load, const char *labels_path,
                           const aann_dataset *train, aann_dataset **test, aann_error *error)
{
    aann_kindred_load kindred;
    aann_status status = aann_load_beside(load, train, &kindred, error);
    if (status == AANN_OK) {
        kindred.options.labels_path = labels_path;
        kindred.options.test_arrays = true;
        status = aann_dataset_load(path, &kindred.options, test, error);
    }
    free(kindred.names);
    return status;
}

static const char *train_name(const aann_family_source *source)
{
    return source->train_set != NULL ? "the training set" : source->train;
}

static aann_status load_train(const aann_family_source *source, aann_dataset **train,
                              aann_error *error)
{
    if (source->train_set != NULL) {
        return aann_dataset_share(source->train_set, train, error);
    }
    if (source->test_set != NULL || source->provenance != NULL || source->train == NULL) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         source->train == NULL
                             ? "there are no training data: neither train nor train_set is set"
                             : "test_set and provenance go with train_set; the training data are a "
                               "file");
    }
    return aann_dataset_load(source->train, &source->load, train, error);
}

/* *test stays NULL if there is none. */
static aann_status load_test(const aann_family_source *source, const aann_dataset *train,
                             aann_dataset **test, aann_error *error)
{
    if (source->test_set != NULL) {
        return aann_dataset_share(source->test_set, test, error);
    }
    if (source->test == NULL || source->train_set != NULL) {
        return AANN_OK;
    }
    return aann_load_test(source->test, &source->load, source->test_labels, train, test, error);
}

static aann_status load_datasets(const aann_family_source *source, aann_dataset **train,
                                 aann_dataset **test, aann_error *error)
{
    *train = NULL;
    *test = NULL;
    aann_status status = load_train(source, train, error);
    if (status != AANN_OK) {
        return status;
    }
    if (aann_dataset_labels(*train) == NULL && aann_dataset_target_count(*train) == 0) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "%s: has neither labels nor targets to search for", train_name(source));
    }
    status = load_test(source, *train, test, error);
    if (status != AANN_OK || *test == NULL) {
        return status;
    }
    const char *name = source->test_set != NULL ? "the test set" : source->test;
    status = aann_match_test(*train, *test, name, error);
    return status == AANN_OK ? check_test(*train, *test, name, error) : status;
}

static aann_status fit_encoding(const aann_family_source *source, const aann_dataset *train,
                                aann_encoding *encoding, aann_error *error)
{
    const aann_status status = aann_encoding_fit(train, source->encoding, encoding, error);
    if (status != AANN_OK) {
        return aann_fail_prefix(error, status, "%s", train_name(source));
    }
    if (source->constant != AANN_CONSTANT_AUTOMATIC) {
        encoding->constant = source->constant == AANN_CONSTANT_ON;
    }
    return AANN_OK;
}

static aann_status encode_ranges(const aann_dataset *train, const aann_split *split,
                                 const aann_encoding *encoding, aann_family_data *data,
                                 aann_error *error)
{
    aann_status status =
        aann_dataset_encode(train, encoding, 0, split->train_count, &data->train, error);
    if (status == AANN_OK && split->validation_first > split->train_count) {
        status = aann_dataset_encode(train, encoding, split->train_count,
                                     split->validation_first - split->train_count,
                                     &data->certification, error);
    }
    return status == AANN_OK && split->validation_count > 0
               ? aann_dataset_encode(train, encoding, split->validation_first,
                                     split->validation_count, &data->validation, error)
               : status;
}

static aann_status encode_list(const aann_dataset *train, const aann_split *split,
                               const aann_encoding *encoding, aann_family_data *data,
                               aann_error *error)
{
    aann_samples *all = NULL;
    aann_status status = aann_dataset_encode(train, encoding, 0, train->count, &all, error);
    if (status == AANN_OK) {
        status = aann_split_cut(train, all, split, &data->train, &data->validation, error);
    }
    if (status == AANN_OK) {
        status = aann_split_rest(train, all, split, &data->certification, error);
    }
    aann_samples_destroy(all);
    return status;
}

aann_status aann_encode_splits(const aann_dataset *train, const aann_dataset *test,
                               const aann_split *split, const aann_encoding *encoding,
                               aann_family_data *data, aann_error *error)
{
    aann_status status = split->rule == AANN_SPLIT_LAST
                             ? encode_ranges(train, split, encoding, data, error)
                             : encode_list(train, split, encoding, data, error);
    if (status == AANN_OK && test != NULL) {
        status =
            aann_dataset_encode(test, encoding, 0, aann_dataset_count(test), &data->test, error);
        if (status != AANN_OK) {
            aann_fail_prefix(error, status, "the test set");
        }
    }
    return status;
}

aann_status aann_family_data_load(const aann_family_source *source, aann_family_data **result,
                                  aann_error *error)
{
    *result = NULL;
    aann_family_data *data = aann_allocate_zeroed(1, sizeof *data);
    if (data == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a family's samples");
    }
    aann_dataset *train = NULL;
    aann_dataset *test = NULL;
    aann_split split = {0};
    aann_encoding encoding = {0};
    aann_status status = load_datasets(source, &train, &test, error);
    if (status == AANN_OK) {
        status = aann_split_choose(source, train, &split, error);
    }
    if (status == AANN_OK) {
        status = fit_encoding(source, train, &encoding, error);
    }
    if (status == AANN_OK) {
        status = aann_encode_splits(train, test, &split, &encoding, data, error);
    }
    if (status == AANN_OK) {
        const aann_shape shape = aann_dataset_shape(train);
        data->is_table = aann_dataset_table(train) != NULL && shape.height == 1 && shape.width == 1;
        const aann_noted_data noted = {train,       &encoding,
                                       data->train, data->validation,
                                       data->test,  split.rule == AANN_SPLIT_GROUPS};
        status = aann_notes_make(&noted, &data->notes, error);
    }
    if (status == AANN_OK) {
        status =
            aann_target_units_choose(source->target_units, train, data->train, &data->units, error);
    }
    if (status == AANN_OK) {
        aann_targets_to_outputs(&data->units, data->train);
        aann_targets_to_outputs(&data->units, data->validation);
        aann_targets_to_outputs(&data->units, data->certification);
        aann_targets_to_outputs(&data->units, data->test);
        status = aann_source_description_format(source, train, test, &split, &encoding,
                                                &data->units, &data->json, error);
    }
    aann_encoding_destroy(&encoding);
    aann_dataset_destroy(train);
    aann_dataset_destroy(test);
    if (status != AANN_OK) {
        aann_family_data_destroy(data);
        return status;
    }
    *result = data;
    return AANN_OK;
}
