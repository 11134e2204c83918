/* Labels in a table: if every cell is a number, they are class numbers; else they are words, sorted
 * bytewise and numbered from 0. This is only known at the end, so the distinct cells are kept as
 * text until then. */
#include "data/csv_labels.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/error.h"
#include "core/memory.h"
#include "data/csv_number.h"
#include "data/label_numbers.h"
#include "samples/dataset.h"

enum { FIRST_ROOM = 1024 };

void aann_csv_labels_clear(aann_csv_labels *labels)
{
    for (int32_t i = 0; i < labels->word_count; i++) {
        free(labels->words[i]);
    }
    free(labels->rows);
    *labels = (aann_csv_labels){0};
}

static aann_status find_or_add_word(aann_csv_labels *labels, const char *cell, int32_t *index,
                                    aann_error *error)
{
    for (int32_t i = 0; i < labels->word_count; i++) {
        if (strcmp(labels->words[i], cell) == 0) {
            *index = i;
            return AANN_OK;
        }
    }
    if (labels->word_count == AANN_CSV_MAX_CLASSES) {
        return aann_fail(
            error, AANN_ERROR_FORMAT,
            "more than %d different labels; for numbers to be predicted name target columns "
            "(--target-columns), and --label-column if another column is the label",
            AANN_CSV_MAX_CLASSES);
    }
    char *copy = strdup(cell);
    if (copy == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for labels");
    }
    *index = labels->word_count;
    labels->words[labels->word_count++] = copy;
    return AANN_OK;
}

/* What programs write where a label is missing. */
static bool is_no_class(const char *cell)
{
    static const char *const missing[] = {"nan", "na", "n/a", "null", "?"};
    for (size_t i = 0; i < sizeof missing / sizeof missing[0]; i++) {
        if (strcasecmp(cell, missing[i]) == 0) {
            return true;
        }
    }
    return false;
}

aann_status aann_csv_labels_add(aann_csv_labels *labels, const char *cell, aann_error *error)
{
    if (cell[0] == '\0') {
        return aann_fail(error, AANN_ERROR_FORMAT, "the cell is empty; expected a label");
    }
    if (!labels->takes_any_word && is_no_class(cell)) {
        return aann_fail(error, AANN_ERROR_FORMAT,
                         "'%s' is no class; leave out the rows whose label is not known", cell);
    }
    int32_t index = 0;
    const aann_status status = find_or_add_word(labels, cell, &index, error);
    if (status != AANN_OK) {
        return status;
    }
    if (labels->row_count == labels->row_room) {
        const int64_t room = labels->row_room == 0 ? FIRST_ROOM : 2 * labels->row_room;
        int32_t *larger = aann_reallocate(labels->rows, (size_t)room, sizeof *larger);
        if (larger == NULL) {
            return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for labels");
        }
        labels->rows = larger;
        labels->row_room = room;
    }
    labels->rows[labels->row_count++] = index;
    return AANN_OK;
}

/* ---- numbers, words -------------------------------------------------------------------------- */

static bool all_numbers(const aann_csv_labels *labels)
{
    for (int32_t i = 0; i < labels->word_count; i++) {
        double value;
        if (!aann_csv_number(labels->words[i], &value) ||
            aann_csv_number_is_long(labels->words[i], value)) {
            return false;
        }
    }
    return true;
}

static bool is_class(double value)
{
    return value >= 0.0 && value < (double)AANN_CSV_MAX_CLASSES && value == floor(value);
}

static int compare_words(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* classes[i] = the class of words[i] */
static aann_status number_words(const aann_csv_labels *labels, int32_t *classes,
                                aann_dataset *dataset, aann_error *error)
{
    const char *sorted[AANN_CSV_MAX_CLASSES];
    for (int32_t i = 0; i < labels->word_count; i++) {
        sorted[i] = labels->words[i];
    }
    qsort(sorted, (size_t)labels->word_count, sizeof sorted[0], compare_words);
    for (int32_t i = 0; i < labels->word_count; i++) {
        for (int32_t rank = 0; rank < labels->word_count; rank++) {
            if (sorted[rank] == labels->words[i]) {
                classes[i] = rank;
            }
        }
    }
    return aann_dataset_name_classes(dataset, sorted, labels->word_count, error);
}

/* The first rule: numbers are numbers of classes, words are numbered. */
static aann_status finish_plainly(aann_csv_labels *labels, aann_dataset *dataset, int64_t *bad,
                                  aann_error *error)
{
    int32_t classes[AANN_CSV_MAX_CLASSES] = {0};
    const bool numbers = all_numbers(labels);
    if (!numbers) {
        const aann_status status = number_words(labels, classes, dataset, error);
        if (status != AANN_OK) {
            return status;
        }
    }
    for (int64_t row = 0; row < labels->row_count; row++) {
        const int32_t word = labels->rows[row];
        double value = 0.0;
        aann_csv_number(labels->words[word], &value);
        if (numbers && !is_class(value)) {
            *bad = row;
            return aann_fail(error, AANN_ERROR_FORMAT,
                             "the label is %.40s; expected a whole number from 0 to %d, or words "
                             "(for numbers to be predicted name target columns)",
                             labels->words[word], AANN_CSV_MAX_CLASSES - 1);
        }
        labels->rows[row] = numbers ? (int32_t)value : classes[word];
    }
    dataset->labels = labels->rows;
    labels->rows = NULL;
    return AANN_OK;
}

static aann_status finish_numbers(aann_csv_labels *labels, aann_class_rule rule,
                                  aann_dataset *dataset, int64_t *bad, aann_error *error)
{
    double *values = aann_allocate((size_t)labels->row_count, sizeof *values);
    if (values == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for labels");
    }
    for (int64_t row = 0; row < labels->row_count; row++) {
        values[row] = 0.0;
        aann_csv_number(labels->words[labels->rows[row]], &values[row]);
    }
    const aann_status status =
        aann_labels_from_numbers(values, labels->row_count, rule, dataset, bad, error);
    free(values);
    return status;
}

aann_status aann_csv_labels_finish(aann_csv_labels *labels, aann_class_rule rule,
                                   aann_dataset *dataset, int64_t *bad, aann_error *error)
{
    *bad = -1;
    return rule != AANN_CLASSES_NUMBERED && all_numbers(labels)
               ? finish_numbers(labels, rule, dataset, bad, error)
               : finish_plainly(labels, dataset, bad, error);
}
