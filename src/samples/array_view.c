/* Reading arrays of any type and layout. Every element is read as a double and rounded once to
 * float; file readers and arrays in memory share this code, so they give the same bits. */
#include "samples/array_view.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/error.h"

int32_t aann_element_size(aann_element_type type)
{
    switch (type) {
    case AANN_ELEMENT_BOOL:
    case AANN_ELEMENT_INT8:
    case AANN_ELEMENT_UINT8: return 1;
    case AANN_ELEMENT_INT16:
    case AANN_ELEMENT_UINT16:
    case AANN_ELEMENT_FLOAT16: return 2;
    case AANN_ELEMENT_INT32:
    case AANN_ELEMENT_UINT32:
    case AANN_ELEMENT_FLOAT32: return 4;
    case AANN_ELEMENT_INT64:
    case AANN_ELEMENT_UINT64:
    case AANN_ELEMENT_FLOAT64: return 8;
    }
    return 0;
}

aann_array_view aann_array_matrix(const void *values, aann_element_type type, int64_t rows,
                                  int64_t columns)
{
    return (aann_array_view){
        .values = values, .type = type, .dimension_count = 2, .dimensions = {rows, columns}};
}

aann_array_view aann_array_vector(const void *values, aann_element_type type, int64_t count)
{
    return (aann_array_view){
        .values = values, .type = type, .dimension_count = 1, .dimensions = {count}};
}

/* Sign, 5 bits of exponent, 10 of fraction. */
static double half_value(uint16_t bits)
{
    const int exponent = bits >> 10 & 31;
    const int fraction = bits & 1023;
    double value;
    if (exponent == 31) {
        value = fraction == 0 ? (double)INFINITY : (double)NAN;
    } else {
        value = exponent == 0 ? ldexp(fraction, -24) : ldexp(fraction + 1024, exponent - 25);
    }
    return (bits & 0x8000) != 0 ? -value : value;
}

static double integer_value(aann_element_type type, const void *at)
{
    union {
        int8_t i1;
        int16_t i2;
        int32_t i4;
        int64_t i8;
        uint8_t u1;
        uint16_t u2;
        uint32_t u4;
        uint64_t u8;
    } element = {0};
    memcpy(&element, at, (size_t)aann_element_size(type));
    switch (type) {
    case AANN_ELEMENT_INT8: return element.i1;
    case AANN_ELEMENT_INT16: return element.i2;
    case AANN_ELEMENT_INT32: return element.i4;
    case AANN_ELEMENT_INT64: return (double)element.i8;
    case AANN_ELEMENT_UINT16: return element.u2;
    case AANN_ELEMENT_UINT32: return element.u4;
    case AANN_ELEMENT_UINT64: return (double)element.u8;
    default: return element.u1;
    }
}

double aann_element_value(aann_element_type type, const void *at)
{
    switch (type) {
    case AANN_ELEMENT_FLOAT16: {
        uint16_t bits;
        memcpy(&bits, at, sizeof bits);
        return half_value(bits);
    }
    case AANN_ELEMENT_FLOAT32: {
        float value;
        memcpy(&value, at, sizeof value);
        return (double)value;
    }
    case AANN_ELEMENT_FLOAT64: {
        double value;
        memcpy(&value, at, sizeof value);
        return value;
    }
    default: return integer_value(type, at);
    }
}

void aann_dimensions_describe(const int64_t *dimensions, int32_t count, char *text, size_t size)
{
    size_t used = 0;
    text[0] = '\0';
    for (int32_t i = 0; i < count && used < size; i++) {
        const int written =
            snprintf(text + used, size - used, "%s%" PRId64, i > 0 ? " x " : "", dimensions[i]);
        used += written > 0 ? (size_t)written : 0;
    }
}

/* ---- going through an array ------------------------------------------------------------------ */

/* Goes through an array in C order, a line (the last dimension) at a time. */
typedef struct array_walk {
    const uint8_t *line; /* its first element */
    int64_t length;      /* elements of a line, ... */
    int64_t stride;      /* and bytes from one to the next */
    int32_t last;        /* the last dimension */
    int64_t strides[AANN_MAX_DIMENSIONS];
    int64_t index[AANN_MAX_DIMENSIONS];
} array_walk;

/* Goes to the first line; false if there is none. */
static bool first_line(const aann_array_view *array, array_walk *walk)
{
    *walk = (array_walk){.line = array->values, .last = array->dimension_count - 1};
    int64_t stride = aann_element_size(array->type);
    for (int32_t i = walk->last; i >= 0; i--) {
        walk->strides[i] = array->strides != NULL ? array->strides[i] : stride;
        stride *= array->dimensions[i];
    }
    walk->length = array->dimensions[walk->last];
    walk->stride = walk->strides[walk->last];
    return aann_array_view_count(array) > 0;
}

/* Moves to the next line; false after the last one. */
static bool next_line(const aann_array_view *array, array_walk *walk)
{
    for (int32_t i = walk->last - 1; i >= 0; i--) {
        walk->index[i]++;
        if (walk->index[i] < array->dimensions[i]) {
            walk->line += walk->strides[i];
            return true;
        }
        walk->line -= walk->strides[i] * (array->dimensions[i] - 1);
        walk->index[i] = 0;
    }
    return false;
}

/* ---- checking -------------------------------------------------------------------------------- */

static int64_t magnitude(int64_t value)
{
    return value < 0 ? -value : value;
}

static bool strides_fit(const aann_array_view *array)
{
    int64_t reach = 0; /* limit of the bytes from the first element to the farthest */
    for (int32_t i = 0; array->strides != NULL && i < array->dimension_count; i++) {
        const int64_t steps = array->dimensions[i] > 0 ? array->dimensions[i] - 1 : 0;
        if (array->strides[i] == INT64_MIN ||
            (steps > 0 && magnitude(array->strides[i]) > (PTRDIFF_MAX - reach) / steps)) {
            return false;
        }
        reach += steps * magnitude(array->strides[i]);
    }
    return true;
}

static aann_status check_booleans(const aann_array_view *array, const char *what, aann_error *error)
{
    array_walk walk;
    int64_t index = 0;
    for (bool more = first_line(array, &walk); more; more = next_line(array, &walk)) {
        for (int64_t i = 0; i < walk.length; i++, index++) {
            const uint8_t value = walk.line[i * walk.stride];
            if (value > 1) {
                return aann_fail(error, AANN_ERROR_FORMAT,
                                 "%s: element %" PRId64 ": a boolean is %u; expected 0 or 1", what,
                                 index, (unsigned)value);
            }
        }
    }
    return AANN_OK;
}

aann_status aann_array_view_check(const aann_array_view *array, const char *what, aann_error *error)
{
    const int32_t size = aann_element_size(array->type);
    if (size == 0) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "%s: there is no element type number %d; expected AANN_ELEMENT_BOOL to "
                         "AANN_ELEMENT_FLOAT64",
                         what, (int)array->type);
    }
    if (array->dimension_count < 1 || array->dimension_count > AANN_MAX_DIMENSIONS) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "%s: %" PRId32 " dimensions; expected 1 to %d",
                         what, array->dimension_count, AANN_MAX_DIMENSIONS);
    }
    char text[192];
    aann_dimensions_describe(array->dimensions, array->dimension_count, text, sizeof text);
    int64_t count = 1;
    for (int32_t i = array->dimension_count - 1; i >= 0; i--) {
        const int64_t length = array->dimensions[i];
        if (length < 1) {
            return aann_fail(error, AANN_ERROR_ARGUMENT,
                             "%s: dimension %" PRId32 " of %s is %" PRId64 "; expected 1 and more",
                             what, i + 1, text, length);
        }
        if (count > PTRDIFF_MAX / 8 / length) {
            return aann_fail(error, AANN_ERROR_ARGUMENT,
                             "%s: %s elements are more than any memory holds", what, text);
        }
        count *= length;
    }
    if (!strides_fit(array)) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "%s: the strides of %s elements lead out of any memory", what, text);
    }
    return array->type == AANN_ELEMENT_BOOL ? check_booleans(array, what, error) : AANN_OK;
}

int64_t aann_array_view_count(const aann_array_view *array)
{
    int64_t count = 1;
    for (int32_t i = 0; i < array->dimension_count; i++) {
        count *= array->dimensions[i];
    }
    return count;
}

/* ---- reading --------------------------------------------------------------------------------- */

void aann_array_view_read_floats(const aann_array_view *array, float *to)
{
    array_walk walk;
    for (bool more = first_line(array, &walk); more; more = next_line(array, &walk)) {
        for (int64_t i = 0; i < walk.length; i++) {
            *to++ = (float)aann_element_value(array->type, walk.line + i * walk.stride);
        }
    }
}

void aann_array_view_read_doubles(const aann_array_view *array, double *to)
{
    array_walk walk;
    for (bool more = first_line(array, &walk); more; more = next_line(array, &walk)) {
        for (int64_t i = 0; i < walk.length; i++) {
            *to++ = aann_element_value(array->type, walk.line + i * walk.stride);
        }
    }
}

void aann_array_view_read_bytes(const aann_array_view *array, uint8_t *to)
{
    array_walk walk;
    for (bool more = first_line(array, &walk); more; more = next_line(array, &walk)) {
        for (int64_t i = 0; i < walk.length; i++) {
            *to++ = walk.line[i * walk.stride];
        }
    }
}
