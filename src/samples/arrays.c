/* A data set from arrays: first the samples, then labels, words or targets with the same number of
 * rows. */
#include "samples/arrays.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"
#include "samples/arrange.h"
#include "samples/array_view.h"
#include "samples/columns.h"
#include "samples/dataset.h"

enum { TEXT_SIZE = 192 };

static void describe(const aann_array_view *array, char text[TEXT_SIZE])
{
    aann_dimensions_describe(array->dimensions, array->dimension_count, text, TEXT_SIZE);
}

/* ---- samples --------------------------------------------------------------------------------- */

static aann_status stored_shape(const aann_array_view *array, aann_shape *shape, aann_error *error)
{
    char text[TEXT_SIZE];
    describe(array, text);
    const int64_t *d = array->dimensions;
    if (array->dimension_count < 2 || array->dimension_count > 4) {
        return aann_fail(
            error, AANN_ERROR_FORMAT,
            "%" PRId32
            " dimension(s) (%s); samples need 2 to 4: count x features, count x height x "
            "width or count x channels x height x width",
            array->dimension_count, text);
    }
    for (int32_t i = 0; i < array->dimension_count; i++) {
        if (d[i] < 1 || (i > 0 && d[i] > INT32_MAX)) {
            return aann_fail(error, AANN_ERROR_FORMAT,
                             "dimension %" PRId32 " of %s is %" PRId64 "; expected 1 to %s", i + 1,
                             text, d[i], i > 0 ? "2147483647" : "what fits in memory");
        }
    }
    switch (array->dimension_count) {
    case 2: *shape = (aann_shape){(int32_t)d[1], 1, 1}; break;
    case 3: *shape = (aann_shape){1, (int32_t)d[1], (int32_t)d[2]}; break;
    default: *shape = (aann_shape){(int32_t)d[1], (int32_t)d[2], (int32_t)d[3]}; break;
    }
    return AANN_OK;
}

aann_status aann_dataset_shape_inputs(aann_dataset *dataset, const aann_array_view *array,
                                      aann_shape shape, aann_error *error)
{
    aann_shape stored;
    aann_status status = stored_shape(array, &stored, error);
    if (status == AANN_OK) {
        status = aann_dataset_choose_shape(stored, shape, &dataset->shape, error);
    }
    if (status == AANN_OK) {
        dataset->count = array->dimensions[0];
    }
    return status;
}

aann_status aann_dataset_read_inputs(aann_dataset *dataset, const aann_array_view *array,
                                     aann_error *error)
{
    const int64_t count = aann_array_view_count(array);
    if (array->type == AANN_ELEMENT_BOOL || array->type == AANN_ELEMENT_UINT8) {
        dataset->bytes = aann_allocate((size_t)count, 1);
        if (dataset->bytes != NULL) {
            aann_array_view_read_bytes(array, dataset->bytes);
            return AANN_OK;
        }
    } else {
        dataset->floats = aann_allocate((size_t)count, sizeof *dataset->floats);
        if (dataset->floats != NULL) {
            aann_array_view_read_floats(array, dataset->floats);
            return AANN_OK;
        }
    }
    return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for %" PRId64 " values", count);
}

/* ---- labels and targets ---------------------------------------------------------------------- */

static aann_status check_rows(const aann_array_view *array, const char *what,
                              const aann_dataset *dataset, aann_error *error)
{
    const int64_t rows = array->dimension_count == 0 ? 1 : array->dimensions[0];
    return array->dimension_count > 0 && rows == dataset->count
               ? AANN_OK
               : aann_fail(error, AANN_ERROR_FORMAT, "%" PRId64 " %s for %" PRId64 " samples", rows,
                           what, dataset->count);
}

/* The rows of a column, [n] or [n][1]. */
static double row_value(const aann_array_view *array, int64_t row)
{
    const int64_t stride =
        array->strides != NULL ? array->strides[0] : (int64_t)aann_element_size(array->type);
    return aann_element_value(array->type, (const uint8_t *)array->values + row * stride);
}

aann_status aann_dataset_set_labels(aann_dataset *dataset, const aann_array_view *array,
                                    int64_t *bad, aann_error *error)
{
    *bad = -1;
    const bool is_column = array->dimension_count == 2 && array->dimensions[1] == 1;
    if (array->dimension_count != 1 && !is_column) {
        char text[TEXT_SIZE];
        describe(array, text);
        return aann_fail(error, AANN_ERROR_FORMAT,
                         "labels have %" PRId32
                         " dimension(s) (%s); expected one class number per sample",
                         array->dimension_count, text);
    }
    const aann_status status = check_rows(array, "labels", dataset, error);
    if (status != AANN_OK) {
        return status;
    }
    int32_t *labels = aann_allocate((size_t)dataset->count, sizeof *labels);
    if (labels == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for labels");
    }
    for (int64_t i = 0; i < dataset->count; i++) {
        const double value = row_value(array, i);
        /* Written so that NaN fails too. */
        if (!(value >= 0.0 && value <= AANN_LARGEST_LABEL && value == floor(value))) {
            free(labels);
            *bad = i;
            return aann_fail(error, AANN_ERROR_FORMAT,
                             "label %" PRId64 " is %g; expected a whole number from 0 to %d", i,
                             value, AANN_LARGEST_LABEL);
        }
        labels[i] = (int32_t)value;
    }
    dataset->labels = labels;
    return AANN_OK;
}

aann_status aann_dataset_set_targets(aann_dataset *dataset, const aann_array_view *array,
                                     int64_t *bad, aann_error *error)
{
    *bad = -1;
    if (array->dimension_count < 1 || array->dimension_count > 2 ||
        (array->dimension_count == 2 &&
         (array->dimensions[1] < 1 || array->dimensions[1] > INT32_MAX))) {
        char text[TEXT_SIZE];
        describe(array, text);
        return aann_fail(error, AANN_ERROR_FORMAT,
                         "targets have %" PRId32 " dimension(s) (%s); expected count x outputs",
                         array->dimension_count, text);
    }
    const aann_status status = check_rows(array, "rows of targets", dataset, error);
    if (status != AANN_OK) {
        return status;
    }
    const int64_t count = aann_array_view_count(array);
    float *targets = aann_allocate((size_t)count, sizeof *targets);
    if (targets == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for targets");
    }
    aann_array_view_read_floats(array, targets);
    for (int64_t i = 0; i < count; i++) {
        if (!isfinite(targets[i])) {
            free(targets);
            *bad = i;
            return aann_fail(error, AANN_ERROR_FORMAT, "target %" PRId64 " is not a finite number",
                             i);
        }
    }
    dataset->targets = targets;
    dataset->target_count = array->dimension_count == 2 ? (int32_t)array->dimensions[1] : 1;
    return AANN_OK;
}

/* ---- words ----------------------------------------------------------------------------------- */

static int compare_words(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The distinct words, sorted; sets *count. NULL if there is no memory. */
static const char **different_words(const char *const *words, int64_t word_count, int64_t *count)
{
    const char **sorted = aann_allocate((size_t)word_count, sizeof *sorted);
    if (sorted == NULL) {
        return NULL;
    }
    memcpy(sorted, words, (size_t)word_count * sizeof *sorted);
    qsort(sorted, (size_t)word_count, sizeof *sorted, compare_words);
    *count = 0;
    for (int64_t i = 0; i < word_count; i++) {
        if (*count == 0 || strcmp(sorted[*count - 1], sorted[i]) != 0) {
            sorted[(*count)++] = sorted[i];
        }
    }
    return sorted;
}

/* Sets the class names of the data set: those given, or the distinct words. */
static aann_status name_word_classes(aann_dataset *dataset, const char *const *words,
                                     aann_error *error)
{
    int64_t count = 0;
    const char **names = different_words(words, dataset->count, &count);
    if (names == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for labels");
    }
    const aann_status status =
        count <= AANN_LARGEST_LABEL + 1
            ? aann_dataset_name_classes(dataset, names, (int32_t)count, error)
            : aann_fail(error, AANN_ERROR_FORMAT,
                        "label_words: %" PRId64 " different words; expected at most %d", count,
                        AANN_LARGEST_LABEL + 1);
    free(names);
    return status;
}

static aann_status set_words(aann_dataset *dataset, const char *const *words, aann_error *error)
{
    for (int64_t i = 0; i < dataset->count; i++) {
        if (words[i] == NULL || words[i][0] == '\0') {
            return aann_fail(error, AANN_ERROR_FORMAT,
                             "label_words: label %" PRId64 " is empty; expected a word", i);
        }
    }
    if (dataset->class_names == NULL) {
        const aann_status status = name_word_classes(dataset, words, error);
        if (status != AANN_OK) {
            return status;
        }
    }
    dataset->labels = aann_allocate((size_t)dataset->count, sizeof *dataset->labels);
    if (dataset->labels == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for labels");
    }
    for (int64_t i = 0; i < dataset->count; i++) {
        const int32_t class_index = aann_find_class(
            words[i], (const char *const *)dataset->class_names, dataset->class_name_count);
        if (class_index < 0) {
            return aann_fail(error, AANN_ERROR_FORMAT,
                             "label_words: label %" PRId64
                             " is '%.100s', which is none of the %" PRId32 " class names",
                             i, words[i], dataset->class_name_count);
        }
        dataset->labels[i] = class_index;
    }
    return AANN_OK;
}

/* ---- everything ------------------------------------------------------------------------------ */

aann_dataset_arrays aann_dataset_arrays_default(void)
{
    return (aann_dataset_arrays){0};
}

static aann_status check_arrays(const aann_dataset_arrays *arrays, aann_error *error)
{
    const bool labels = arrays->labels.values != NULL;
    const bool targets = arrays->targets.values != NULL;
    if (arrays->inputs.values == NULL) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "inputs: there is no array");
    }
    if (arrays->columns != NULL && arrays->column_names != NULL) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "both columns and column_names; expected one or none");
    }
    if ((labels ? 1 : 0) + (targets ? 1 : 0) + (arrays->label_words != NULL ? 1 : 0) > 1) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "more than one of labels, label_words and targets; expected one or none");
    }
    if ((arrays->target_mean == NULL) != (arrays->target_scale == NULL) ||
        (arrays->target_mean != NULL && !targets)) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "target_mean and target_scale go together, and with targets");
    }
    if (arrays->class_names != NULL &&
        (arrays->class_count < 1 || arrays->class_count > AANN_LARGEST_LABEL + 1 || targets)) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "class_names: %" PRId32 " names%s; expected 1 to %d, with labels",
                         arrays->class_count, targets ? " beside targets" : "",
                         AANN_LARGEST_LABEL + 1);
    }
    aann_status status = aann_array_view_check(&arrays->inputs, "inputs", error);
    if (status == AANN_OK && labels) {
        status = aann_array_view_check(&arrays->labels, "labels", error);
    }
    if (status == AANN_OK && targets) {
        status = aann_array_view_check(&arrays->targets, "targets", error);
    }
    return status;
}

/* The values of a table, exactly. */
static aann_status read_table(aann_dataset *dataset, const aann_array_view *array,
                              aann_error *error)
{
    const int64_t count = aann_array_view_count(array);
    const bool bytes = array->type == AANN_ELEMENT_BOOL || array->type == AANN_ELEMENT_UINT8;
    dataset->table = aann_allocate((size_t)count, sizeof *dataset->table);
    if (dataset->table == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for %" PRId64 " values", count);
    }
    aann_array_view_read_doubles(array, dataset->table);
    dataset->bytes_in_float_checksum = bytes;
    return AANN_OK;
}

static aann_status set_columns(aann_dataset *dataset, const aann_dataset_arrays *arrays,
                               aann_error *error)
{
    const int64_t size = aann_shape_size(dataset->shape);
    if (arrays->columns == NULL) {
        return aann_dataset_name_columns(dataset, arrays->column_names, size, error);
    }
    aann_status status = aann_columns_check(arrays->columns, size, "columns", error);
    if (status == AANN_OK) {
        status = aann_columns_copy(arrays->columns, size, &dataset->columns, error);
    }
    dataset->column_count = status == AANN_OK ? size : 0;
    return status;
}

static aann_status set_names(aann_dataset *dataset, const aann_dataset_arrays *arrays,
                             aann_error *error)
{
    const int64_t size = aann_shape_size(dataset->shape);
    for (int32_t i = 0; arrays->class_names != NULL && i < arrays->class_count; i++) {
        const char *name = arrays->class_names[i];
        if (name == NULL || name[0] == '\0' || aann_find_class(name, arrays->class_names, i) >= 0) {
            return aann_fail(error, AANN_ERROR_ARGUMENT,
                             "class_names: name %" PRId32 " is %s; expected distinct words", i,
                             name == NULL || name[0] == '\0' ? "empty" : "there twice");
        }
    }
    for (int64_t i = 0; arrays->column_names != NULL && i < size; i++) {
        if (arrays->column_names[i] == NULL) {
            return aann_fail(error, AANN_ERROR_ARGUMENT,
                             "column_names: name %" PRId64 " is NULL; expected %" PRId64 " texts",
                             i, size);
        }
    }
    aann_status status = AANN_OK;
    if (arrays->column_names != NULL || dataset->table != NULL) {
        status = set_columns(dataset, arrays, error);
    }
    if (status == AANN_OK && arrays->class_names != NULL) {
        status =
            aann_dataset_name_classes(dataset, arrays->class_names, arrays->class_count, error);
    }
    return status;
}

aann_status aann_target_numbers_check(const float *numbers, int64_t count, bool positive,
                                      aann_error *error)
{
    for (int64_t i = 0; i < count; i++) {
        if (!isfinite(numbers[i])) {
            return aann_fail(error, AANN_ERROR_FORMAT, "number %" PRId64 " is not finite", i);
        }
        if (positive && !(numbers[i] > 0.0F)) {
            return aann_fail(error, AANN_ERROR_FORMAT,
                             "number %" PRId64 " is %g; expected one above 0", i,
                             (double)numbers[i]);
        }
    }
    return AANN_OK;
}

static aann_status copy_range(const aann_dataset *dataset, const float *from, bool positive,
                              const char *what, float **to, aann_error *error)
{
    const size_t count = (size_t)dataset->target_count;
    float *copy = aann_allocate(count, sizeof *copy);
    if (copy == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for the range of targets");
    }
    *to = copy;
    memcpy(copy, from, count * sizeof *copy);
    const aann_status status = aann_target_numbers_check(copy, (int64_t)count, positive, error);
    return status == AANN_OK ? status : aann_fail_prefix(error, status, "%s", what);
}

static aann_status set_targets(aann_dataset *dataset, const aann_dataset_arrays *arrays,
                               aann_error *error)
{
    int64_t bad;
    aann_status status = aann_dataset_set_targets(dataset, &arrays->targets, &bad, error);
    if (status != AANN_OK) {
        return aann_fail_prefix(error, status, "targets");
    }
    if (arrays->target_mean != NULL) {
        status = copy_range(dataset, arrays->target_mean, false, "target_mean",
                            &dataset->target_mean, error);
    }
    if (status == AANN_OK && arrays->target_scale != NULL) {
        status = copy_range(dataset, arrays->target_scale, true, "target_scale",
                            &dataset->target_scale, error);
    }
    return status;
}

static aann_status set_labels(aann_dataset *dataset, const aann_dataset_arrays *arrays,
                              aann_error *error)
{
    int64_t bad;
    const aann_status status = aann_dataset_set_labels(dataset, &arrays->labels, &bad, error);
    if (status != AANN_OK) {
        return aann_fail_prefix(error, status, "labels");
    }
    for (int64_t i = 0; dataset->class_names != NULL && i < dataset->count; i++) {
        if (dataset->labels[i] >= dataset->class_name_count) {
            return aann_fail(error, AANN_ERROR_FORMAT,
                             "labels: label %" PRId64 " is %" PRId32 "; there are %" PRId32
                             " class names",
                             i, dataset->labels[i], dataset->class_name_count);
        }
    }
    return AANN_OK;
}

static aann_status fill(aann_dataset *dataset, const aann_dataset_arrays *arrays, aann_error *error)
{
    aann_array_view inputs = arrays->inputs;
    int64_t strides[AANN_MAX_DIMENSIONS];
    aann_status status =
        aann_dataset_arrange(dataset, &inputs, strides, arrays->layout, arrays->shape, error);
    if (status == AANN_OK) {
        status = aann_dataset_shape_inputs(dataset, &inputs, arrays->shape, error);
    }
    if (status == AANN_OK) {
        status = arrays->tabular || arrays->columns != NULL
                     ? read_table(dataset, &inputs, error)
                     : aann_dataset_read_inputs(dataset, &inputs, error);
    }
    if (status != AANN_OK) {
        return aann_fail_prefix(error, status, "inputs");
    }
    status = set_names(dataset, arrays, error);
    if (status == AANN_OK) {
        status = dataset->table != NULL
                     ? aann_dataset_check_table(dataset, error)
                     : aann_dataset_check_finite(dataset, 0, dataset->count, error);
    }
    if (status == AANN_OK && arrays->label_words != NULL) {
        status = set_words(dataset, arrays->label_words, error);
    }
    if (status == AANN_OK && arrays->labels.values != NULL) {
        status = set_labels(dataset, arrays, error);
    }
    if (status == AANN_OK && arrays->targets.values != NULL) {
        status = set_targets(dataset, arrays, error);
    }
    return status;
}

aann_status aann_dataset_create(const aann_dataset_arrays *arrays, aann_dataset **dataset,
                                aann_error *error)
{
    *dataset = NULL;
    aann_status status = check_arrays(arrays, error);
    if (status != AANN_OK) {
        return status;
    }
    aann_dataset *created;
    status = aann_dataset_allocate(&created, error);
    if (status != AANN_OK) {
        return status;
    }
    status = fill(created, arrays, error);
    if (status != AANN_OK) {
        aann_dataset_one_line(error);
        aann_dataset_destroy(created);
        return status;
    }
    aann_dataset_finish(created);
    *dataset = created;
    return AANN_OK;
}
