/* Reading the elements of an array and converting them: see array.h. */
#include "data/array.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"
#include "samples/dataset.h"

enum { LARGEST_LABEL = 255 };

void aann_array_clear(aann_array *array)
{
    free(array->data);
    array->data = NULL;
}

void aann_array_describe(const aann_array *array, char *text, size_t size)
{
    size_t used = 0;
    text[0] = '\0';
    for (int32_t i = 0; i < array->dimension_count && used < size; i++) {
        const int written = snprintf(text + used, size - used, "%s%" PRId64, i > 0 ? " x " : "",
                                     array->dimensions[i]);
        used += written > 0 ? (size_t)written : 0;
    }
}

/* ---------------------------------------------------------------------------------------- elements */

static uint64_t load_bits(const uint8_t *at, int32_t size, bool big_endian)
{
    uint64_t bits = 0;
    for (int32_t i = 0; i < size; i++) {
        bits = bits << 8 | at[big_endian ? i : size - 1 - i];
    }
    return bits;
}

static double bits_to_float(uint64_t bits, int32_t size)
{
    if (size == 4) {
        const uint32_t narrow = (uint32_t)bits;
        float value;
        memcpy(&value, &narrow, sizeof value);
        return (double)value;
    }
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static double bits_to_signed(uint64_t bits, int32_t size)
{
    const uint64_t sign = UINT64_C(1) << (8 * size - 1);
    if ((bits & sign) == 0) {
        return (double)bits;
    }
    /* Two's complement: -(~bits + 1) within the element's width. */
    const uint64_t magnitude = ((~bits) & (sign - 1)) + 1;
    return -(double)magnitude;
}

double aann_array_element(const aann_array *array, int64_t index)
{
    const uint64_t bits = load_bits(array->data + index * array->element_size, array->element_size,
                                    array->big_endian);
    switch (array->kind) {
    case AANN_ELEMENT_FLOAT: return bits_to_float(bits, array->element_size);
    case AANN_ELEMENT_SIGNED: return bits_to_signed(bits, array->element_size);
    case AANN_ELEMENT_UNSIGNED:
    case AANN_ELEMENT_BOOLEAN: break;
    }
    return (double)bits;
}

/* ----------------------------------------------------------------------------------------- reading */

static aann_status measure(aann_array *array, aann_error *error)
{
    /* The first dimension is multiplied last: with it 0, the others still must make sense. */
    int64_t count = 1;
    for (int32_t i = array->dimension_count - 1; i >= 0; i--) {
        const int64_t length = array->dimensions[i];
        if (length < 0 || (length > 0 && count > INT64_MAX / array->element_size / length)) {
            char text[192];
            aann_array_describe(array, text, sizeof text);
            return aann_fail(error, AANN_ERROR_FORMAT,
                             "the header claims %s elements of %" PRId32
                             " bytes, more than any file holds",
                             text, array->element_size);
        }
        count *= length;
    }
    array->element_count = count;
    return AANN_OK;
}

/* Rewrites elements stored with the first index fastest into C order, the last index fastest. */
static aann_status to_c_order(aann_array *array, aann_error *error)
{
    const size_t size = (size_t)array->element_size;
    uint8_t *ordered = aann_allocate((size_t)array->element_count, size);
    if (ordered == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY,
                         "out of memory to reorder a Fortran-order array");
    }
    int64_t strides[AANN_ARRAY_MAX_DIMENSIONS] = {0};
    int64_t index[AANN_ARRAY_MAX_DIMENSIONS] = {0};
    int64_t stride = 1;
    for (int32_t i = 0; i < array->dimension_count; i++) {
        strides[i] = stride;
        stride *= array->dimensions[i];
    }
    int64_t from = 0;
    for (int64_t to = 0; to < array->element_count; to++) {
        memcpy(ordered + (size_t)to * size, array->data + (size_t)from * size, size);
        for (int32_t i = array->dimension_count - 1; i >= 0; i--) {
            from += strides[i];
            if (++index[i] < array->dimensions[i]) {
                break;
            }
            from -= strides[i] * array->dimensions[i];
            index[i] = 0;
        }
    }
    free(array->data);
    array->data = ordered;
    array->fortran_order = false;
    return AANN_OK;
}

static aann_status check_booleans(const aann_array *array, aann_error *error)
{
    for (int64_t i = 0; i < array->element_count; i++) {
        if (array->data[i] > 1) {
            return aann_fail(error, AANN_ERROR_FORMAT,
                             "byte %" PRId64 ": a boolean is %u; expected 0 or 1",
                             array->data_offset + i, (unsigned)array->data[i]);
        }
    }
    return AANN_OK;
}

aann_status aann_array_read(aann_array *array, aann_source *source, aann_error *error)
{
    array->data = NULL;
    aann_status status = measure(array, error);
    if (status != AANN_OK) {
        return status;
    }
    char shape[160];
    char what[192];
    aann_array_describe(array, shape, sizeof shape);
    snprintf(what, sizeof what, "the data (%s elements of %" PRId32 " bytes)", shape,
             array->element_size);
    array->data_offset = aann_source_offset(source);
    const uint64_t size = (uint64_t)array->element_count * (uint64_t)array->element_size;
    status = aann_source_read_growing(source, size, what, &array->data, error);
    if (status == AANN_OK && array->kind == AANN_ELEMENT_BOOLEAN) {
        status = check_booleans(array, error);
    }
    if (status == AANN_OK && array->fortran_order && array->dimension_count > 1) {
        status = to_c_order(array, error);
    }
    if (status != AANN_OK) {
        aann_array_clear(array);
    }
    return status;
}

/* ----------------------------------------------------------------------------------------- samples */

static aann_status stored_shape(const aann_array *array, aann_shape *shape, aann_error *error)
{
    char text[192];
    aann_array_describe(array, text, sizeof text);
    if (array->dimension_count < 2 || array->dimension_count > 4) {
        return aann_fail(
            error, AANN_ERROR_FORMAT,
            "%" PRId32
            " dimension(s) (%s); samples need 2 to 4: count x features, count x height x "
            "width or count x channels x height x width",
            array->dimension_count, text);
    }
    for (int32_t i = 0; i < array->dimension_count; i++) {
        if (array->dimensions[i] < 1 || (i > 0 && array->dimensions[i] > INT32_MAX)) {
            return aann_fail(error, AANN_ERROR_FORMAT,
                             "dimension %" PRId32 " of %s is %" PRId64 "; expected 1 to %s", i + 1,
                             text, array->dimensions[i],
                             i > 0 ? "2147483647" : "what fits in memory");
        }
    }
    const int64_t *d = array->dimensions;
    switch (array->dimension_count) {
    case 2: *shape = (aann_shape){(int32_t)d[1], 1, 1}; break;
    case 3: *shape = (aann_shape){1, (int32_t)d[1], (int32_t)d[2]}; break;
    default: *shape = (aann_shape){(int32_t)d[1], (int32_t)d[2], (int32_t)d[3]}; break;
    }
    return AANN_OK;
}

aann_status aann_array_to_samples(aann_array *array, aann_shape shape, aann_dataset *dataset,
                                  aann_error *error)
{
    aann_shape stored;
    aann_status status = stored_shape(array, &stored, error);
    if (status == AANN_OK) {
        status = aann_dataset_choose_shape(stored, shape, &dataset->shape, error);
    }
    if (status != AANN_OK) {
        return status;
    }
    dataset->count = array->dimensions[0];
    if (array->element_size == 1 && array->kind != AANN_ELEMENT_SIGNED) {
        dataset->bytes = array->data;
        array->data = NULL;
        return AANN_OK;
    }
    dataset->floats = aann_allocate((size_t)array->element_count, sizeof *dataset->floats);
    if (dataset->floats == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for %" PRId64 " values",
                         array->element_count);
    }
    for (int64_t i = 0; i < array->element_count; i++) {
        dataset->floats[i] = (float)aann_array_element(array, i);
    }
    return AANN_OK;
}

/* ------------------------------------------------------------------------------ labels and targets */

static aann_status check_rows(const aann_array *array, const char *what,
                              const aann_dataset *dataset, aann_error *error)
{
    if (array->dimension_count == 0 || array->dimensions[0] != dataset->count) {
        return aann_fail(error, AANN_ERROR_FORMAT, "%" PRId64 " %s for %" PRId64 " samples",
                         array->dimension_count == 0 ? 1 : array->dimensions[0], what,
                         dataset->count);
    }
    return AANN_OK;
}

aann_status aann_array_to_labels(const aann_array *array, aann_dataset *dataset, aann_error *error)
{
    const bool is_column = array->dimension_count == 2 && array->dimensions[1] == 1;
    if (array->dimension_count != 1 && !is_column) {
        char text[192];
        aann_array_describe(array, text, sizeof text);
        return aann_fail(error, AANN_ERROR_FORMAT,
                         "labels have %" PRId32
                         " dimension(s) (%s); expected one class number per sample",
                         array->dimension_count, text);
    }
    const aann_status status = check_rows(array, "labels", dataset, error);
    if (status != AANN_OK) {
        return status;
    }
    int32_t *labels = aann_allocate((size_t)array->element_count, sizeof *labels);
    if (labels == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for labels");
    }
    for (int64_t i = 0; i < array->element_count; i++) {
        const double value = aann_array_element(array, i);
        /* Written so that NaN fails too. */
        if (!(value >= 0.0 && value <= LARGEST_LABEL && value == floor(value))) {
            free(labels);
            return aann_fail(error, AANN_ERROR_FORMAT,
                             "byte %" PRId64 ": label %" PRId64
                             " is %g; expected a whole number from 0 to %d",
                             array->data_offset + i * array->element_size, i, value, LARGEST_LABEL);
        }
        labels[i] = (int32_t)value;
    }
    dataset->labels = labels;
    return AANN_OK;
}

aann_status aann_array_to_targets(const aann_array *array, aann_dataset *dataset, aann_error *error)
{
    if (array->dimension_count < 1 || array->dimension_count > 2 ||
        (array->dimension_count == 2 &&
         (array->dimensions[1] < 1 || array->dimensions[1] > INT32_MAX))) {
        char text[192];
        aann_array_describe(array, text, sizeof text);
        return aann_fail(error, AANN_ERROR_FORMAT,
                         "targets have %" PRId32 " dimension(s) (%s); expected count x outputs",
                         array->dimension_count, text);
    }
    const aann_status status = check_rows(array, "rows of targets", dataset, error);
    if (status != AANN_OK) {
        return status;
    }
    float *targets = aann_allocate((size_t)array->element_count, sizeof *targets);
    if (targets == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for targets");
    }
    for (int64_t i = 0; i < array->element_count; i++) {
        targets[i] = (float)aann_array_element(array, i);
        if (!isfinite(targets[i])) {
            free(targets);
            return aann_fail(error, AANN_ERROR_FORMAT,
                             "byte %" PRId64 ": target %" PRId64 " is not a finite number",
                             array->data_offset + i * array->element_size, i);
        }
    }
    dataset->targets = targets;
    dataset->target_count = array->dimension_count == 2 ? (int32_t)array->dimensions[1] : 1;
    return AANN_OK;
}

aann_status aann_array_to_target_numbers(const aann_array *array, const aann_dataset *dataset,
                                         float **numbers, aann_error *error)
{
    if (array->dimension_count != 1 || array->element_count != dataset->target_count) {
        return aann_fail(error, AANN_ERROR_FORMAT, "expected %" PRId32 " numbers, one per target",
                         dataset->target_count);
    }
    float *made = aann_allocate((size_t)array->element_count, sizeof *made);
    if (made == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for the range of targets");
    }
    for (int64_t i = 0; i < array->element_count; i++) {
        made[i] = (float)aann_array_element(array, i);
        if (!isfinite(made[i])) {
            free(made);
            return aann_fail(error, AANN_ERROR_FORMAT, "number %" PRId64 " is not finite", i);
        }
    }
    *numbers = made;
    return AANN_OK;
}
