/* Rows in the order of the file are cut where the group or the label changes; windows lie within
 * these pieces. Rows at the end of a piece that fill no window are left out. */
#include "data/csv_windows.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "core/error.h"
#include "core/memory.h"
#include "samples/dataset.h"

/* Whether a row belongs to the same piece as the row before it. */
static bool continues(const aann_dataset *dataset, int64_t row)
{
    return (dataset->labels == NULL || dataset->labels[row] == dataset->labels[row - 1]) &&
           (dataset->groups == NULL || dataset->groups[row] == dataset->groups[row - 1]);
}

/* Calls for all windows: starts[count] are their first rows. NULL only counts. */
static int64_t find_windows(const aann_dataset *dataset, int32_t length, int32_t step,
                            int64_t *starts)
{
    int64_t count = 0;
    int64_t begin = 0;
    for (int64_t row = 1; row <= dataset->count; row++) {
        if (row < dataset->count && continues(dataset, row)) {
            continue;
        }
        for (int64_t start = begin; start + length <= row; start += step) {
            if (starts != NULL) {
                starts[count] = start;
            }
            count++;
        }
        begin = row;
    }
    return count;
}

static aann_status check_columns(const aann_dataset *dataset, aann_error *error)
{
    const int64_t columns = dataset->column_count;
    for (int64_t c = 0; c < columns; c++) {
        if (dataset->columns[c].kind == AANN_COLUMN_WORDS) {
            return aann_fail(error, AANN_ERROR_FORMAT,
                             "column '%.100s' has words; windows are cut from numbers (leave it "
                             "out: --drop-columns, or say what it is: --group-column, "
                             "--time-column, --label-column)",
                             dataset->columns[c].name);
        }
    }
    for (int64_t i = 0; i < dataset->count * columns; i++) {
        if (!isfinite((float)dataset->table[i])) {
            return aann_fail(error, AANN_ERROR_FORMAT,
                             "row %" PRId64 ", column '%.100s' has no number; windows need one in "
                             "every row",
                             i / columns + 1, dataset->columns[i % columns].name);
        }
    }
    return AANN_OK;
}

/* What the windows get from their first rows. */
static void move_answers(aann_dataset *dataset, const int64_t *starts, int64_t count,
                         int32_t length)
{
    const int32_t targets = dataset->target_count;
    for (int64_t i = 0; i < count; i++) {
        const int64_t last = starts[i] + length - 1; /* never before i */
        if (dataset->labels != NULL) {
            dataset->labels[i] = dataset->labels[last];
        }
        if (dataset->groups != NULL) {
            dataset->groups[i] = dataset->groups[last];
        }
        if (dataset->times != NULL) {
            dataset->times[i] = dataset->times[last];
        }
        for (int32_t t = 0; t < targets; t++) {
            dataset->targets[i * targets + t] = dataset->targets[last * targets + t];
        }
    }
}

/* Columns become channels. */
static void fill(const aann_dataset *dataset, const int64_t *starts, int64_t count, int32_t length,
                 float *windows)
{
    const int64_t channels = dataset->column_count;
    for (int64_t i = 0; i < count; i++) {
        for (int64_t c = 0; c < channels; c++) {
            for (int32_t t = 0; t < length; t++) {
                *windows++ = (float)dataset->table[(starts[i] + t) * channels + c];
            }
        }
    }
}

/* Windows that overlap hold each row several times. */
static aann_status check_limit(const aann_dataset *dataset, int32_t length, int64_t count,
                               int64_t limit, aann_error *error)
{
    size_t bytes = 0;
    if (aann_multiply_sizes((size_t)count, (size_t)dataset->column_count, &bytes) &&
        aann_multiply_sizes(bytes, (size_t)length, &bytes) &&
        aann_multiply_sizes(bytes, sizeof *dataset->floats, &bytes) && bytes <= (size_t)limit) {
        return AANN_OK;
    }
    return aann_fail(error, AANN_ERROR_FORMAT,
                     "%" PRId64 " windows of %" PRId32 " rows hold more than %" PRId64
                     " bytes, the limit of one file; use a larger --window-step, or if that is "
                     "right, raise the limit (--data-limit, data_limit of aann_load_options)",
                     count, length, limit);
}

static aann_status cut(aann_dataset *dataset, int32_t length, int32_t step, int64_t *starts,
                       int64_t count, aann_error *error)
{
    size_t values = 0;
    float *windows = NULL;
    if (aann_multiply_sizes((size_t)count, (size_t)dataset->column_count, &values) &&
        aann_multiply_sizes(values, (size_t)length, &values)) {
        windows = aann_allocate(values, sizeof *windows);
    }
    if (windows == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for %" PRId64 " windows", count);
    }
    find_windows(dataset, length, step, starts);
    fill(dataset, starts, count, length, windows);
    move_answers(dataset, starts, count, length);
    dataset->shape = (aann_shape){(int32_t)dataset->column_count, 1, length};
    dataset->count = count;
    dataset->floats = windows;
    free(dataset->table);
    dataset->table = NULL;
    dataset->windows = true;
    dataset->windows_overlap = step < length;
    return AANN_OK;
}

aann_status aann_csv_cut_windows(aann_dataset *dataset, int32_t length, int32_t step, int64_t limit,
                                 aann_error *error)
{
    step = step > 0 ? step : length;
    aann_status status = check_columns(dataset, error);
    if (status != AANN_OK) {
        return status;
    }
    const int64_t count = find_windows(dataset, length, step, NULL);
    if (count == 0) {
        return aann_fail(error, AANN_ERROR_FORMAT,
                         "no window of %" PRId32 " rows: the longest piece with one label%s is "
                         "shorter",
                         length, dataset->groups != NULL ? " and one group" : "");
    }
    status = check_limit(dataset, length, count, limit, error);
    if (status != AANN_OK) {
        return status;
    }
    int64_t *starts = aann_allocate((size_t)count, sizeof *starts);
    if (starts == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for %" PRId64 " windows", count);
    }
    status = cut(dataset, length, step, starts, count, error);
    free(starts);
    return status;
}
