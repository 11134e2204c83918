/* Labels in an array: numbers, words, or rows with a single 1. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"
#include "core/utf8.h"
#include "data/array.h"
#include "data/csv_labels.h"
#include "data/label_numbers.h"
#include "samples/arrays.h"
#include "samples/dataset.h"

enum { QMNIST_COLUMNS = 8, WORD_LIMIT = 1024 };

static aann_status fail_at(const aann_array *array, int64_t bad, aann_status status,
                           aann_error *error)
{
    return bad < 0 ? status
                   : aann_fail_prefix(error, status, "byte %" PRId64,
                                      array->data_offset + bad * array->element_size);
}

static aann_status check_rows(int64_t rows, const aann_dataset *dataset, aann_error *error)
{
    return rows == dataset->count
               ? AANN_OK
               : aann_fail(error, AANN_ERROR_FORMAT, "%" PRId64 " labels for %" PRId64 " samples",
                           rows, dataset->count);
}

/* ---- words ----------------------------------------------------------------------------------- */

/* The word at `index` as UTF-8 with a final NUL. */
static void decode(const aann_array *array, int64_t index, char *word)
{
    const uint8_t *at = array->data + index * array->element_size;
    size_t used = 0;
    for (int32_t i = 0; i < array->text_length; i++) {
        uint32_t c = at[i];
        if (array->is_wide) {
            const uint8_t *b = at + 4 * (size_t)i;
            c = array->big_endian
                    ? (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3]
                    : (uint32_t)b[3] << 24 | (uint32_t)b[2] << 16 | (uint32_t)b[1] << 8 | b[0];
        }
        if (c == 0) {
            break;
        }
        if (array->is_wide) {
            used += aann_utf8_encode(c, word + used);
        } else {
            word[used++] = (char)c;
        }
    }
    word[used] = '\0';
}

/* Whole numbers beyond 2^53 become one another as doubles. */
static bool has_long_numbers(const aann_array *array)
{
    const double exact = 9007199254740992.0;
    bool found = false;
    if (array->type == AANN_ELEMENT_INT64 || array->type == AANN_ELEMENT_UINT64) {
        for (int64_t i = 0; i < array->element_count; i++) {
            const double value = aann_array_element(array, i);
            found = found || value >= exact || value <= -exact;
        }
    }
    return found;
}

/* The digits of the whole number at `index`. */
static void write_digits(const aann_array *array, int64_t index, char *word)
{
    enum { DIGITS = 32 };
    const uint8_t *at = array->data + index * array->element_size;
    uint64_t whole;
    memcpy(&whole, at, sizeof whole);
    if (array->type == AANN_ELEMENT_UINT64) {
        snprintf(word, DIGITS, "%" PRIu64, whole);
    } else {
        int64_t number;
        memcpy(&number, at, sizeof number);
        snprintf(word, DIGITS, "%" PRId64, number);
    }
}

/* The words of an array, or its long numbers, which are told apart by their digits. */
static aann_status read_words(const aann_array *array, const aann_load_options *options,
                              aann_dataset *dataset, aann_error *error)
{
    char word[AANN_UTF8_SIZE * WORD_LIMIT + 1];
    aann_csv_labels labels = {.word_count = 0};
    int64_t bad = -1;
    if (array->text_length > WORD_LIMIT) {
        return aann_fail(error, AANN_ERROR_FORMAT, "words of %" PRId32 " characters; expected %d",
                         array->text_length, WORD_LIMIT);
    }
    aann_status status = check_rows(array->element_count, dataset, error);
    for (int64_t i = 0; status == AANN_OK && i < array->element_count; i++) {
        if (array->text_length > 0) {
            decode(array, i, word);
        } else {
            write_digits(array, i, word);
        }
        status = aann_csv_labels_add(&labels, word, error);
        bad = status == AANN_OK ? -1 : i;
    }
    if (status == AANN_OK) {
        status = aann_csv_labels_finish(&labels, options->classes, dataset, &bad, error);
    }
    aann_csv_labels_clear(&labels);
    return fail_at(array, bad, status, error);
}

/* ---- numbers --------------------------------------------------------------------------------- */

/* The class of each row of [n][classes]; false unless every row has a single 1 and else zeros. */
static bool read_one_hot(const aann_array *array, double *values)
{
    const int64_t classes = array->dimensions[1];
    for (int64_t row = 0; row < array->dimensions[0]; row++) {
        int64_t ones = 0;
        for (int64_t c = 0; c < classes; c++) {
            const double value = aann_array_element(array, row * classes + c);
            if (value != 0.0 && value != 1.0) {
                return false;
            }
            ones += value == 1.0 ? 1 : 0;
            values[row] = value == 1.0 ? (double)c : values[row];
        }
        if (ones != 1) {
            return false;
        }
    }
    return true;
}

static aann_status fail_dimensions(const aann_array *array, aann_error *error)
{
    char text[160];
    aann_array_describe(array, text, sizeof text);
    return aann_fail(error, AANN_ERROR_FORMAT,
                     "labels have %" PRId32
                     " dimension(s) (%s); expected one class number per sample, or rows with a "
                     "single 1 (for numbers to be predicted: targets)",
                     array->dimension_count, text);
}

/* The labels of QMNIST: an IDX file of eight columns, whose first is the class. Eight columns of
 * anything else are several labels for a sample, which one class is not. */
static bool is_qmnist(const aann_array *array, int64_t columns)
{
    return columns == QMNIST_COLUMNS && array->is_idx && array->type == AANN_ELEMENT_INT32;
}

/* Numbers [n], [n][1], one-hot rows, or QMNIST's. */
static aann_status read_values(const aann_array *array, double *values, bool *one_hot,
                               aann_error *error)
{
    const int64_t columns = array->dimension_count == 2 ? array->dimensions[1] : 1;
    *one_hot = false;
    if (array->dimension_count == 2 && columns > 1 && read_one_hot(array, values)) {
        *one_hot = true;
        return AANN_OK;
    }
    if (columns != 1 && !is_qmnist(array, columns)) {
        return fail_dimensions(array, error);
    }
    for (int64_t row = 0; row < array->dimensions[0]; row++) {
        values[row] = aann_array_element(array, row * columns);
    }
    return AANN_OK;
}

static aann_status set_classes(const aann_array *array, const aann_load_options *options,
                               const double *values, bool one_hot, aann_dataset *dataset,
                               aann_error *error)
{
    const bool numbered = one_hot || options->classes == AANN_CLASSES_NUMBERED ||
                          options->rules <= AANN_LOAD_RULES_FIRST;
    int64_t bad;
    if (!numbered) {
        const aann_status status = aann_labels_from_numbers(values, dataset->count,
                                                            options->classes, dataset, &bad, error);
        return fail_at(array, bad, status, error);
    }
    const aann_array_view view = aann_array_vector(values, AANN_ELEMENT_FLOAT64, dataset->count);
    const aann_status status = aann_dataset_set_labels(dataset, &view, &bad, error);
    return fail_at(array, bad, status, error);
}

aann_status aann_array_to_labels(const aann_array *array, const aann_load_options *options,
                                 aann_dataset *dataset, aann_error *error)
{
    if (array->text_length > 0) {
        return read_words(array, options, dataset, error);
    }
    if (array->dimension_count < 1 || array->dimension_count > 2) {
        return fail_dimensions(array, error);
    }
    const int64_t rows = array->dimensions[0];
    aann_status status = check_rows(rows, dataset, error);
    if (status == AANN_OK && array->element_count == rows && has_long_numbers(array)) {
        return read_words(array, options, dataset, error);
    }
    if (status == AANN_OK && array->element_count < rows) {
        return fail_dimensions(array, error); /* rows of nothing */
    }
    double *values = status == AANN_OK ? aann_allocate_zeroed((size_t)rows, sizeof *values) : NULL;
    if (status == AANN_OK && values == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for labels");
    }
    bool one_hot = false;
    if (status == AANN_OK) {
        status = read_values(array, values, &one_hot, error);
    }
    if (status == AANN_OK) {
        status = set_classes(array, options, values, one_hot, dataset, error);
    }
    free(values);
    return status;
}
