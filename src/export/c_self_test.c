/* Samples in an exported header, with which it tests itself. */
#include "export/c_self_test.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "core/error.h"
#include "core/memory.h"
#include "samples/dataset.h"
#include "samples/encoding.h"

/* ---- inputs ---------------------------------------------------------------------------------- */

/* A value that is a whole number already: a byte, which the encoding also takes as 127.5, or the
 * number of a word. */
static aann_status to_whole(double value, int64_t index, int64_t size, int64_t *number,
                            aann_error *error)
{
    if (!(value == floor(value) && fabs(value) <= (double)INT32_MAX)) {
        return aann_fail(error, AANN_ERROR_FORMAT,
                         "self-test: sample %" PRId64 ", value %" PRId64
                         " is no whole number, which the exported network reads",
                         index / size + 1, index % size + 1);
    }
    *number = (int64_t)value;
    return AANN_OK;
}

/* The number of a word; an array of them may hold anything. */
static aann_status to_word(const aann_dataset *dataset, const aann_c_input *input, int64_t index,
                           int64_t *number, aann_error *error)
{
    const int64_t column = index % input->value_count;
    const double word = aann_column_translate(&input->encoding->columns[column],
                                              aann_dataset_column(dataset, column),
                                              aann_dataset_value(dataset, index));
    return to_whole(word, index, input->value_count, number, error);
}

/* A measured value as the number that is passed; fails where it is none. */
static aann_status to_number(const aann_dataset *dataset, const aann_c_input *input, int64_t index,
                             int64_t *number, aann_error *error)
{
    const int64_t feature = index % input->value_count;
    const double value = aann_dataset_value(dataset, index);
    const bool table = input->encoding->kind == AANN_ENCODING_TABLE;
    if (table && isnan(value)) {
        *number = INT32_MIN;
        return AANN_OK;
    }
    if (table && input->encoding->columns[feature].kind == AANN_COLUMN_WORDS) {
        return to_word(dataset, input, index, number, error);
    }
    if (!aann_c_input_number(input, feature, value, input->per_unit[feature], number)) {
        return aann_fail(error, AANN_ERROR_FORMAT,
                         "self-test: sample %" PRId64 ", value %" PRId64
                         " is no whole number of 1/%" PRId64 ": choose other numbers per unit",
                         index / input->value_count + 1, feature + 1, input->per_unit[feature]);
    }
    return AANN_OK;
}

static aann_status fill_inputs(const aann_dataset *dataset, const aann_samples *samples,
                               const aann_c_input *input, aann_c_self_test *test, aann_error *error)
{
    for (int64_t i = 0; i < test->count * test->size; i++) {
        aann_status status = AANN_OK;
        switch (input->kind) {
        case AANN_EXPORT_C_INPUT_BYTES:
            status =
                to_whole(aann_dataset_value(dataset, i), i, test->size, &test->inputs[i], error);
            break;
        case AANN_EXPORT_C_INPUT_NUMBERS:
            status = to_number(dataset, input, i, &test->inputs[i], error);
            break;
        case AANN_EXPORT_C_INPUT_ENCODED:
        case AANN_EXPORT_C_INPUT_AUTOMATIC: test->inputs[i] = samples->inputs[i]; break;
        }
        if (status != AANN_OK) {
            return status;
        }
    }
    return AANN_OK;
}

/* ---- logits ---------------------------------------------------------------------------------- */

static aann_status fill_logits(const aann_network *network, const aann_samples *samples,
                               aann_c_self_test *test, aann_error *error)
{
    const int64_t outputs = aann_network_spec(network)->output_count;
    const int64_t size = aann_shape_size(samples->shape);
    int32_t *logits = aann_allocate((size_t)outputs, sizeof *logits);
    aann_status status = logits != NULL ? AANN_OK : AANN_ERROR_MEMORY;
    if (status != AANN_OK) {
        return aann_fail(error, status, "out of memory for a self-test");
    }
    for (int64_t i = 0; status == AANN_OK && i < test->count; i++) {
        status = aann_network_reference_logits(network, samples->inputs + i * size, logits, error);
        for (int64_t o = 0; status == AANN_OK && o < outputs; o++) {
            test->logits[i * outputs + o] = logits[o];
        }
    }
    free(logits);
    return status;
}

/* ---- the test -------------------------------------------------------------------------------- */

static aann_status encode(const aann_model *model, const aann_export_c_options *options,
                          aann_samples **samples, aann_error *error)
{
    const aann_encoding *encoding = aann_model_describe(model)->encoding;
    const int64_t available = aann_dataset_count(options->self_test);
    if (encoding == NULL) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "self-test: the model says nothing of how data are encoded");
    }
    if (options->self_test_count < 1 || options->self_test_count > available) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "self-test: %" PRId32 " samples are asked for; there are %" PRId64,
                         options->self_test_count, available);
    }
    const aann_status status = aann_dataset_encode(options->self_test, encoding, 0,
                                                   options->self_test_count, samples, error);
    const aann_shape read = aann_network_spec(aann_model_network(model))->input;
    if (status == AANN_OK && aann_shape_size((*samples)->shape) != aann_shape_size(read)) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "self-test: samples have %" PRId64 " inputs; the model reads %" PRId64,
                         aann_shape_size((*samples)->shape), aann_shape_size(read));
    }
    return status;
}

aann_status aann_c_self_test_make(const aann_model *model, const aann_export_c_options *options,
                                  const aann_c_input *input, aann_c_self_test *test,
                                  aann_error *error)
{
    *test = (aann_c_self_test){0};
    if (options->self_test == NULL) {
        return AANN_OK;
    }
    const aann_network *network = aann_model_network(model);
    aann_samples *samples = NULL;
    aann_status status = encode(model, options, &samples, error);
    if (status == AANN_OK) {
        const size_t count = (size_t)options->self_test_count;
        test->count = options->self_test_count;
        test->size = aann_shape_size(input->shape);
        size_t values = 0;
        size_t answers = 0;
        const bool fits =
            aann_multiply_sizes(count, (size_t)test->size, &values) &&
            aann_multiply_sizes(count, (size_t)aann_network_spec(network)->output_count, &answers);
        test->inputs = fits ? aann_allocate(values, sizeof *test->inputs) : NULL;
        test->logits = fits ? aann_allocate(answers, sizeof *test->logits) : NULL;
        if (test->inputs == NULL || test->logits == NULL) {
            status = aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a self-test");
        }
    }
    if (status == AANN_OK) {
        status = fill_inputs(options->self_test, samples, input, test, error);
    }
    if (status == AANN_OK) {
        status = fill_logits(network, samples, test, error);
    }
    aann_samples_destroy(samples);
    return status;
}

void aann_c_self_test_clear(aann_c_self_test *test)
{
    free(test->inputs);
    free(test->logits);
    *test = (aann_c_self_test){0};
}
