/* Reading the elements of an array and converting them: see array.h. */
#include "data/array.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"
#include "samples/array_view.h"
#include "samples/arrays.h"
#include "samples/dataset.h"

void aann_array_clear(aann_array *array)
{
    free(array->data);
    array->data = NULL;
}

double aann_array_element(const aann_array *array, int64_t index)
{
    return aann_element_value(array->type, array->data + index * array->element_size);
}

void aann_array_describe(const aann_array *array, char *text, size_t size)
{
    aann_dimensions_describe(array->dimensions, array->dimension_count, text, size);
}

/* ---- reading --------------------------------------------------------------------------------- */

static aann_status measure(aann_array *array, aann_error *error)
{
    /* The first dimension is multiplied last: even if it is 0, the others must be valid. */
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

static bool machine_is_big_endian(void)
{
    const uint16_t one = 1;
    uint8_t first;
    memcpy(&first, &one, 1);
    return first == 0;
}

/* Reverses the bytes of every element if this machine has the other byte order. */
static void to_machine_order(aann_array *array)
{
    const int64_t size = array->element_size;
    if (array->big_endian == machine_is_big_endian()) {
        return;
    }
    for (int64_t i = 0; size > 1 && i < array->element_count; i++) {
        uint8_t *element = array->data + i * size;
        for (int64_t b = 0; b < size / 2; b++) {
            const uint8_t other = element[size - 1 - b];
            element[size - 1 - b] = element[b];
            element[b] = other;
        }
    }
    array->big_endian = machine_is_big_endian();
}

aann_status aann_array_read(aann_array *array, aann_source *source, aann_error *error)
{
    array->data = NULL;
    array->element_size = array->text_length > 0 ? array->text_length * (array->is_wide ? 4 : 1)
                                                 : aann_element_size(array->type);
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
    if (status == AANN_OK && array->type == AANN_ELEMENT_BOOL) {
        status = check_booleans(array, error);
    }
    if (status == AANN_OK && array->text_length == 0) {
        to_machine_order(array);
    }
    /* One element, or none: the strides of a dimension beside one of 0 may not fit 64 bits. */
    if (status == AANN_OK && array->fortran_order && array->dimension_count > 1 &&
        array->element_count > 1) {
        status = to_c_order(array, error);
    }
    if (status == AANN_OK) {
        status = aann_source_expect_end(source, "the data", error);
    }
    if (status != AANN_OK) {
        aann_array_clear(array);
    }
    return status;
}

/* ---- data sets ------------------------------------------------------------------------------- */

static aann_array_view view_of(const aann_array *array)
{
    aann_array_view view = {
        .values = array->data, .type = array->type, .dimension_count = array->dimension_count};
    memcpy(view.dimensions, array->dimensions, sizeof array->dimensions);
    return view;
}

/* Adds the place of the wrong element to the message. */
static aann_status fail_at(const aann_array *array, int64_t bad, aann_status status,
                           aann_error *error)
{
    return bad < 0 ? status
                   : aann_fail_prefix(error, status, "byte %" PRId64,
                                      array->data_offset + bad * array->element_size);
}

aann_status aann_array_to_targets(const aann_array *array, aann_dataset *dataset, aann_error *error)
{
    if (array->text_length > 0) {
        return aann_fail(error, AANN_ERROR_FORMAT, "the targets are words; expected numbers");
    }
    const aann_array_view view = view_of(array);
    int64_t bad;
    const aann_status status = aann_dataset_set_targets(dataset, &view, &bad, error);
    return fail_at(array, bad, status, error);
}

aann_status aann_array_to_target_numbers(const aann_array *array, const aann_dataset *dataset,
                                         bool positive, float **numbers, aann_error *error)
{
    if (array->text_length > 0 || array->dimension_count != 1 ||
        array->element_count != dataset->target_count) {
        return aann_fail(error, AANN_ERROR_FORMAT, "expected %" PRId32 " numbers, one per target",
                         dataset->target_count);
    }
    float *made = aann_allocate((size_t)array->element_count, sizeof *made);
    if (made == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for the range of targets");
    }
    for (int64_t i = 0; i < array->element_count; i++) {
        made[i] = (float)aann_array_element(array, i);
    }
    const aann_status status =
        aann_target_numbers_check(made, array->element_count, positive, error);
    if (status != AANN_OK) {
        free(made);
        return status;
    }
    *numbers = made;
    return AANN_OK;
}
