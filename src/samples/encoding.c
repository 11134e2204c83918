/* Encoding: from bytes or floats to the int8 values in [-127, 127] that networks read.
 *
 * Every value is computed in double from the stored value and the encoding alone, and rounded to
 * the nearest integer, halves away from zero, so other programs can compute the same integers:
 *     BYTE     127 v / 255
 *     GLOBAL   127 v / maximum                                           (maximum 0: all 0)
 *     FEATURE  254 (v - minimum) / (maximum - minimum) - 127             (constant feature: 0)
 * GLOBAL and FEATURE clamp values outside the range of the training data. BYTE refuses them,
 * because a value outside 0..255 means that these are not the same data. TABLE is in
 * table_encoding.c.
 *
 * A constant input follows the others: without it a network computes an odd function of its inputs,
 * which cannot even tell whether the sum of two is above a limit. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"
#include "samples/columns.h"
#include "samples/dataset.h"
#include "samples/encoding.h"
#include "samples/samples.h"
#include "samples/table_encoding.h"

enum { BYTE_MAX = 255, LARGEST_LEVEL = 127 };

/* These kinds read floats, those of a table too. */
static double value_at(const aann_dataset *dataset, int64_t index)
{
    return dataset->table != NULL ? (double)(float)dataset->table[index]
                                  : aann_dataset_value(dataset, index);
}

/* Fails at a value that is not finite, or beyond what 32 bits hold. */
static aann_status check_finite(const aann_dataset *dataset, int64_t first, int64_t count,
                                aann_error *error)
{
    const aann_status status = aann_dataset_check_finite(dataset, first, count, error);
    const int64_t size = aann_shape_size(dataset->shape);
    if (dataset->table == NULL) {
        return status; /* 32 bits, or less, already */
    }
    for (int64_t i = first * size; status == AANN_OK && i < (first + count) * size; i++) {
        if (!isfinite(value_at(dataset, i))) {
            return aann_dataset_fail_value(
                dataset, i, "a number up to 3.4e38 is expected by this encoding", error);
        }
    }
    return status;
}

/* Fails where a table has a column of words, which no number stands for. */
static aann_status refuse_words(const aann_dataset *dataset, aann_error *error)
{
    for (int64_t i = 0; i < aann_dataset_column_count(dataset); i++) {
        const aann_column *column = &dataset->columns[i];
        if (column->kind == AANN_COLUMN_WORDS) {
            aann_fail(error, AANN_ERROR_FORMAT,
                      "column %" PRId64 "%s%.100s%s holds words; this encoding reads numbers",
                      i + 1, column->name != NULL ? " (" : "",
                      column->name != NULL ? column->name : "", column->name != NULL ? ")" : "");
            aann_dataset_one_line(error);
            return AANN_ERROR_FORMAT;
        }
    }
    return AANN_OK;
}

/* ---- fit ------------------------------------------------------------------------------------- */

static double largest_magnitude(const aann_dataset *dataset)
{
    double largest = 0.0;
    const int64_t value_count = dataset->count * aann_shape_size(dataset->shape);
    for (int64_t i = 0; i < value_count; i++) {
        const double magnitude = fabs(value_at(dataset, i));
        largest = magnitude > largest ? magnitude : largest;
    }
    return largest;
}

static int compare_floats(const void *a, const void *b)
{
    const float left = *(const float *)a;
    const float right = *(const float *)b;
    return left < right ? -1 : left > right;
}

/* The range of sorted[count], but for wild values: those that are farther outside of the inner 98
 * percent than these are wide. */
static void choose_range(const float *sorted, int64_t count, float *minimum, float *maximum)
{
    const int64_t cut = count / 100;
    const float low = sorted[cut];
    const float high = sorted[count - 1 - cut];
    const float width = high - low;
    *minimum = sorted[0];
    *maximum = sorted[count - 1];
    if (width > 0.0F && isfinite(width)) {
        *minimum = fmaxf(*minimum, low - width);
        *maximum = fminf(*maximum, high + width);
    }
}

/* All values of a channel are the same quantity, at different times. */
static void share_ranges(aann_shape shape, aann_encoding *encoding)
{
    const int64_t length = (int64_t)shape.height * shape.width;
    for (int64_t channel = 0; channel < shape.channels; channel++) {
        float *minimum = encoding->minimum + channel * length;
        float *maximum = encoding->maximum + channel * length;
        for (int64_t t = 1; t < length; t++) {
            minimum[0] = minimum[t] < minimum[0] ? minimum[t] : minimum[0];
            maximum[0] = maximum[t] > maximum[0] ? maximum[t] : maximum[0];
        }
        for (int64_t t = 1; t < length; t++) {
            minimum[t] = minimum[0];
            maximum[t] = maximum[0];
        }
    }
}

static aann_status measure_features(const aann_dataset *dataset, aann_encoding *encoding,
                                    aann_error *error)
{
    const int64_t size = aann_shape_size(dataset->shape);
    encoding->minimum = aann_allocate((size_t)size, sizeof *encoding->minimum);
    encoding->maximum = aann_allocate((size_t)size, sizeof *encoding->maximum);
    float *values = aann_allocate((size_t)dataset->count, sizeof *values);
    if (encoding->minimum == NULL || encoding->maximum == NULL || values == NULL) {
        free(values);
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for an encoding");
    }
    for (int64_t feature = 0; feature < size; feature++) {
        for (int64_t sample = 0; sample < dataset->count; sample++) {
            values[sample] = (float)value_at(dataset, sample * size + feature);
        }
        qsort(values, (size_t)dataset->count, sizeof *values, compare_floats);
        choose_range(values, dataset->count, &encoding->minimum[feature],
                     &encoding->maximum[feature]);
    }
    free(values);
    if (dataset->windows) {
        share_ranges(dataset->shape, encoding);
    }
    return AANN_OK;
}

/* Bytes that stay in the lower half are counts or levels, such as 0..16, rather than pixels; scaled
 * by 255 they would become a few small numbers. */
static aann_encoding_kind choose_kind(const aann_dataset *dataset)
{
    if (dataset->table != NULL) {
        const bool vector = dataset->shape.height == 1 && dataset->shape.width == 1;
        return vector ? AANN_ENCODING_TABLE : AANN_ENCODING_FEATURE;
    }
    if (dataset->windows) {
        return AANN_ENCODING_FEATURE;
    }
    if (dataset->bytes != NULL && largest_magnitude(dataset) > (double)LARGEST_LEVEL) {
        return AANN_ENCODING_BYTE;
    }
    return AANN_ENCODING_GLOBAL;
}

static aann_status fit(const aann_dataset *train, aann_encoding *encoding, aann_error *error)
{
    if (encoding->kind == AANN_ENCODING_TABLE) {
        return train->table != NULL
                   ? aann_table_encoding_fit(train, encoding, error)
                   : aann_fail(error, AANN_ERROR_ARGUMENT,
                               "the encoding of tables is for tables: CSV files, and arrays that "
                               "are said to be tabular");
    }
    aann_status status = refuse_words(train, error);
    if (status == AANN_OK) {
        status = check_finite(train, 0, train->count, error);
    }
    if (status != AANN_OK) {
        return status;
    }
    switch (encoding->kind) {
    case AANN_ENCODING_BYTE: return AANN_OK;
    case AANN_ENCODING_GLOBAL: encoding->global_maximum = largest_magnitude(train); return AANN_OK;
    case AANN_ENCODING_FEATURE: return measure_features(train, encoding, error);
    case AANN_ENCODING_TABLE:
    case AANN_ENCODING_AUTOMATIC: break;
    }
    return aann_fail(error, AANN_ERROR_ARGUMENT, "there is no encoding number %d",
                     (int)encoding->kind);
}

aann_status aann_encoding_fit(const aann_dataset *train, aann_encoding_kind kind,
                              aann_encoding *encoding, aann_error *error)
{
    *encoding = (aann_encoding){.kind = kind, .feature_count = aann_shape_size(train->shape)};
    if (kind == AANN_ENCODING_AUTOMATIC) {
        encoding->kind = choose_kind(train);
    }
    encoding->constant = train->table != NULL;
    const aann_status status = fit(train, encoding, error);
    if (status != AANN_OK) {
        aann_encoding_destroy(encoding);
    }
    return status;
}

const char *aann_encoding_kind_name(aann_encoding_kind kind)
{
    static const char *const names[] = {"automatic", "byte", "global", "feature", "table"};
    return (unsigned)kind < sizeof names / sizeof names[0] ? names[kind] : NULL;
}

void aann_encoding_destroy(aann_encoding *encoding)
{
    free(encoding->minimum);
    free(encoding->maximum);
    aann_columns_free(encoding->columns, encoding->feature_count);
    free(encoding->rules);
    encoding->minimum = NULL;
    encoding->maximum = NULL;
    encoding->columns = NULL;
    encoding->rules = NULL;
    encoding->rule_count = 0;
}

/* ---- shapes ---------------------------------------------------------------------------------- */

aann_shape aann_encoding_input_shape(const aann_encoding *encoding, aann_shape measured)
{
    if (encoding->kind == AANN_ENCODING_TABLE) {
        measured = (aann_shape){(int32_t)encoding->rule_count, 1, 1};
    }
    measured.channels += encoding->constant ? 1 : 0;
    return measured;
}

aann_shape aann_encoding_measured_shape(const aann_encoding *encoding, aann_shape input)
{
    if (encoding->kind == AANN_ENCODING_TABLE) {
        return (aann_shape){(int32_t)encoding->feature_count, 1, 1};
    }
    input.channels -= encoding->constant ? 1 : 0;
    return input;
}

/* ---- encode ---------------------------------------------------------------------------------- */

static int8_t to_activation(double value)
{
    const double rounded = round(value);
    if (rounded >= AANN_ACTIVATION_MAX) {
        return AANN_ACTIVATION_MAX;
    }
    return rounded <= -AANN_ACTIVATION_MAX ? -AANN_ACTIVATION_MAX : (int8_t)rounded;
}

static double scale_feature(double value, double minimum, double maximum)
{
    if (!(maximum > minimum)) {
        return 0.0;
    }
    return 2.0 * AANN_ACTIVATION_MAX * (value - minimum) / (maximum - minimum) -
           AANN_ACTIVATION_MAX;
}

static double scale(double value, const aann_encoding *encoding, int64_t feature)
{
    switch (encoding->kind) {
    case AANN_ENCODING_BYTE: return AANN_ACTIVATION_MAX * value / BYTE_MAX;
    case AANN_ENCODING_GLOBAL:
        return encoding->global_maximum > 0.0
                   ? AANN_ACTIVATION_MAX * value / encoding->global_maximum
                   : 0.0;
    case AANN_ENCODING_FEATURE:
        return scale_feature(value, (double)encoding->minimum[feature],
                             (double)encoding->maximum[feature]);
    case AANN_ENCODING_TABLE:
    case AANN_ENCODING_AUTOMATIC: break;
    }
    return 0.0;
}

int8_t aann_encoding_value(const aann_encoding *encoding, int64_t feature, double value)
{
    return to_activation(scale((double)(float)value, encoding, feature));
}

/* Bytes have 256 possible values, so a table holds their encodings. `gap` inputs follow each
 * sample's. */
static void encode_bytes(const uint8_t *bytes, int64_t count, int64_t size, int64_t gap,
                         const aann_encoding *encoding, int8_t *inputs)
{
    int8_t table[BYTE_MAX + 1];
    for (int value = 0; value <= BYTE_MAX; value++) {
        table[value] = to_activation(scale((double)value, encoding, 0));
    }
    for (int64_t sample = 0; sample < count; sample++) {
        for (int64_t i = 0; i < size; i++) {
            inputs[i] = table[bytes[i]];
        }
        bytes += size;
        inputs += size + gap;
    }
}

static aann_status encode_values(const aann_dataset *dataset, const aann_encoding *encoding,
                                 int64_t first, int64_t count, int64_t gap, int8_t *inputs,
                                 aann_error *error)
{
    const int64_t size = aann_shape_size(dataset->shape);
    if (dataset->bytes != NULL && encoding->kind != AANN_ENCODING_FEATURE) {
        encode_bytes(dataset->bytes + first * size, count, size, gap, encoding, inputs);
        return AANN_OK;
    }
    const aann_status status = check_finite(dataset, first, count, error);
    if (status != AANN_OK) {
        return status;
    }
    int64_t index = first * size;
    for (int64_t sample = 0; sample < count; sample++) {
        for (int64_t feature = 0; feature < size; feature++, index++) {
            const double value = value_at(dataset, index);
            if (encoding->kind == AANN_ENCODING_BYTE && (value < 0.0 || value > BYTE_MAX)) {
                return aann_dataset_fail_value(dataset, index,
                                               "the encoding of bytes expects 0 to 255", error);
            }
            *inputs++ = to_activation(scale(value, encoding, feature));
        }
        inputs += gap;
    }
    return AANN_OK;
}

static aann_status encode_inputs(const aann_dataset *dataset, const aann_encoding *encoding,
                                 int64_t first, int64_t count, int8_t *inputs, aann_error *error)
{
    if (encoding->kind == AANN_ENCODING_TABLE) {
        return aann_table_encoding_encode(dataset, encoding, first, count, inputs, error);
    }
    const int64_t size = aann_shape_size(dataset->shape);
    const int64_t gap =
        encoding->constant ? (int64_t)dataset->shape.height * dataset->shape.width : 0;
    const aann_status status = encode_values(dataset, encoding, first, count, gap, inputs, error);
    for (int64_t sample = 0; status == AANN_OK && sample < count; sample++) {
        memset(inputs + sample * (size + gap) + size, AANN_ACTIVATION_MAX, (size_t)gap);
    }
    return status;
}

static aann_status check_request(const aann_dataset *dataset, const aann_encoding *encoding,
                                 int64_t first, int64_t count, aann_error *error)
{
    if (encoding->kind < AANN_ENCODING_BYTE || encoding->kind > AANN_ENCODING_TABLE) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "the encoding was not fitted yet");
    }
    const int64_t size = aann_shape_size(dataset->shape);
    const bool any_size = encoding->kind < AANN_ENCODING_FEATURE && encoding->feature_count == 0;
    if (!any_size && encoding->feature_count != size) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "a sample has %" PRId64 " values (%" PRId32 " x %" PRId32 " x %" PRId32
                         "); the encoding was fitted for %" PRId64,
                         size, dataset->shape.channels, dataset->shape.height, dataset->shape.width,
                         encoding->feature_count);
    }
    if (first < 0 || count < 0 || first > dataset->count || count > dataset->count - first) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "%" PRId64 " samples from number %" PRId64
                         " on are asked for; there are %" PRId64,
                         count, first, dataset->count);
    }
    return encoding->kind == AANN_ENCODING_TABLE ? AANN_OK : refuse_words(dataset, error);
}

aann_status aann_dataset_encode(const aann_dataset *dataset, const aann_encoding *encoding,
                                int64_t first, int64_t count, aann_samples **samples,
                                aann_error *error)
{
    *samples = NULL;
    aann_status status = check_request(dataset, encoding, first, count, error);
    if (status != AANN_OK) {
        return status;
    }
    const aann_samples like = {.shape = aann_encoding_input_shape(encoding, dataset->shape),
                               .labels = dataset->labels,
                               .class_count = dataset->class_count,
                               .targets = dataset->targets,
                               .target_count = dataset->target_count};
    aann_samples *created;
    aann_samples_memory memory;
    status = aann_samples_allocate(&like, count, &created, &memory, error);
    if (status != AANN_OK) {
        return status;
    }
    status = encode_inputs(dataset, encoding, first, count, memory.inputs, error);
    if (status != AANN_OK) {
        aann_samples_destroy(created);
        return status;
    }
    for (int64_t i = 0; memory.labels != NULL && i < count; i++) {
        memory.labels[i] = dataset->labels[first + i];
    }
    for (int64_t i = 0; memory.targets != NULL && i < count * dataset->target_count; i++) {
        memory.targets[i] = dataset->targets[first * dataset->target_count + i];
    }
    *samples = created;
    return AANN_OK;
}
