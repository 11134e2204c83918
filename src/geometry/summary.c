/* Summaries of many numbers: mean, spread, median, histogram. */
#include <math.h>
#include <stdlib.h>

#include "aann/geometry.h"
#include "core/error.h"
#include "core/memory.h"

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Of sorted values, so that the sums do not depend on the order in which they came. */
static aann_summary summarise(const double *sorted, int64_t count)
{
    aann_summary summary = {.count = count,
                            .mean = (double)NAN,
                            .deviation = (double)NAN,
                            .minimum = (double)NAN,
                            .median = (double)NAN,
                            .maximum = (double)NAN};
    if (count == 0) {
        return summary;
    }
    double sum = 0.0;
    for (int64_t i = 0; i < count; i++) {
        sum += sorted[i];
    }
    summary.mean = sum / (double)count;
    double squares = 0.0;
    for (int64_t i = 0; i < count; i++) {
        squares += (sorted[i] - summary.mean) * (sorted[i] - summary.mean);
    }
    if (count > 1) {
        summary.deviation = sqrt(squares / (double)(count - 1));
    }
    summary.minimum = sorted[0];
    summary.median = 0.5 * (sorted[(count - 1) / 2] + sorted[count / 2]);
    summary.maximum = sorted[count - 1];
    return summary;
}

aann_status aann_summary_of_values(const double *values, int64_t count, aann_summary *summary,
                                   aann_error *error)
{
    double *sorted = aann_allocate((size_t)count, sizeof *sorted);
    if (sorted == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a summary");
    }
    int64_t kept = 0;
    for (int64_t i = 0; i < count; i++) {
        if (!isnan(values[i])) {
            sorted[kept++] = values[i];
        }
    }
    qsort(sorted, (size_t)kept, sizeof *sorted, compare);
    *summary = summarise(sorted, kept);
    free(sorted);
    return AANN_OK;
}

aann_status aann_summary_of_pairs(const double *matrix, int32_t count, aann_summary *summary,
                                  aann_error *error)
{
    const int64_t pairs = (int64_t)count * (count - 1) / 2;
    double *values = aann_allocate((size_t)pairs, sizeof *values);
    if (values == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a summary");
    }
    int64_t next = 0;
    for (int32_t i = 0; i < count; i++) {
        for (int32_t j = i + 1; j < count; j++) {
            values[next++] = matrix[(size_t)i * (size_t)count + (size_t)j];
        }
    }
    const aann_status status = aann_summary_of_values(values, pairs, summary, error);
    free(values);
    return status;
}

void aann_histogram(const double *values, int64_t count, double low, double high, int32_t bins,
                    int64_t *counts)
{
    for (int32_t bin = 0; bin < bins; bin++) {
        counts[bin] = 0;
    }
    for (int64_t i = 0; i < count; i++) {
        if (isnan(values[i])) {
            continue;
        }
        const double place = high > low ? (values[i] - low) / (high - low) * bins : 0.0;
        const int32_t bin = place < 0.0 ? 0 : place >= bins ? bins - 1 : (int32_t)place;
        counts[bin]++;
    }
}
