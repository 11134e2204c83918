/* The classes are the numbers that occur, in ascending order. If they are 0, 1, 2, ... they need no
 * names; otherwise (-1 and 1; 10, 20, 30; 1 to 26) each class is named after its number. */
#include "data/label_numbers.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "core/error.h"
#include "core/memory.h"
#include "core/real_text.h"
#include "samples/dataset.h"

/* With decimals, at most as many are classes, and each as often on average; others are measured. */
enum { DECIMAL_CLASS_LIMIT = 20, DECIMAL_REPEATS = 4 };

typedef struct distinct {
    double values[AANN_CLASS_LIMIT]; /* [count], ascending once all are there */
    int32_t count;
} distinct;

static aann_status collect(const double *values, int64_t count, distinct *found, int64_t *bad,
                           aann_error *error)
{
    for (int64_t i = 0; i < count; i++) {
        int32_t k = 0;
        if (isnan(values[i])) {
            *bad = i;
            return aann_fail(error, AANN_ERROR_FORMAT,
                             "label %" PRId64 " is nan, which is no class; leave this sample out",
                             i);
        }
        while (k < found->count && found->values[k] != values[i]) {
            k++;
        }
        if (k == AANN_CLASS_LIMIT) {
            *bad = i;
            return aann_fail(error, AANN_ERROR_FORMAT,
                             "more than %d different labels; numbers to be predicted are targets, "
                             "not labels (--target-columns; if another column has the labels, "
                             "--label-column; in NPZ an array called targets)",
                             AANN_CLASS_LIMIT);
        }
        found->values[k] = values[i];
        found->count += k == found->count ? 1 : 0;
    }
    return AANN_OK;
}

static int compare_numbers(const void *a, const void *b)
{
    const double one = *(const double *)a;
    const double two = *(const double *)b;
    return (one > two) - (one < two);
}

static aann_status check_decimals(const double *values, int64_t count, const distinct *found,
                                  int64_t *bad, aann_error *error)
{
    int64_t decimal = -1;
    for (int64_t i = 0; decimal < 0 && i < count; i++) {
        decimal = values[i] != floor(values[i]) || isinf(values[i]) ? i : -1;
    }
    if (decimal < 0 ||
        (found->count <= DECIMAL_CLASS_LIMIT && count >= (int64_t)DECIMAL_REPEATS * found->count &&
         isfinite(values[decimal]))) {
        return AANN_OK;
    }
    *bad = decimal;
    return aann_fail(
        error, AANN_ERROR_FORMAT,
        "label %" PRId64 " is %g, one of %" PRId32
        " different numbers, with decimals; numbers to be predicted are targets, not "
        "labels (--target-columns; if another column has the labels, --label-column; in "
        "NPZ an array called targets)",
        decimal, values[decimal], found->count);
}

static bool is_counted(const distinct *found)
{
    for (int32_t i = 0; i < found->count; i++) {
        if (found->values[i] != (double)i) {
            return false;
        }
    }
    return true;
}

static aann_status name_classes(const distinct *found, aann_dataset *dataset, aann_error *error)
{
    enum { SHORT_DIGITS = 15 };
    char texts[AANN_CLASS_LIMIT][AANN_REAL_TEXT_SIZE];
    const char *names[AANN_CLASS_LIMIT];
    for (int32_t i = 0; i < found->count; i++) {
        double again;
        names[i] = texts[i];
        aann_real_to_text(found->values[i], SHORT_DIGITS, texts[i]);
        if (!aann_real_from_text(texts[i], &again) || again != found->values[i]) {
            aann_real_to_text(found->values[i], AANN_REAL_DIGITS_LIMIT, texts[i]);
        }
    }
    return aann_dataset_name_classes(dataset, names, found->count, error);
}

static int32_t class_of(const distinct *found, double value)
{
    const double *at =
        bsearch(&value, found->values, (size_t)found->count, sizeof value, compare_numbers);
    return at != NULL ? (int32_t)(at - found->values) : 0;
}

aann_status aann_labels_from_numbers(const double *values, int64_t count, aann_class_rule rule,
                                     aann_dataset *dataset, int64_t *bad, aann_error *error)
{
    distinct found = {.count = 0};
    *bad = -1;
    aann_status status = collect(values, count, &found, bad, error);
    if (status == AANN_OK) {
        status = check_decimals(values, count, &found, bad, error);
    }
    if (status != AANN_OK) {
        return status;
    }
    qsort(found.values, (size_t)found.count, sizeof found.values[0], compare_numbers);
    if (rule == AANN_CLASSES_NAMED || !is_counted(&found)) {
        status = name_classes(&found, dataset, error);
    }
    int32_t *labels = aann_allocate((size_t)count, sizeof *labels);
    if (labels == NULL && status == AANN_OK) {
        status = aann_fail(error, AANN_ERROR_MEMORY, "out of memory for labels");
    }
    for (int64_t i = 0; status == AANN_OK && i < count; i++) {
        labels[i] = class_of(&found, values[i]);
    }
    if (status != AANN_OK) {
        free(labels);
        return status;
    }
    dataset->labels = labels;
    return AANN_OK;
}
