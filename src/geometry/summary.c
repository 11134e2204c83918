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

/* The values that are numbers, sorted; the caller frees them. */
static aann_status sort_values(const double *values, int64_t count, double **sorted, int64_t *kept,
                               aann_error *error)
{
    *kept = 0;
    *sorted = aann_allocate((size_t)count, sizeof **sorted);
    if (*sorted == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a summary");
    }
    for (int64_t i = 0; i < count; i++) {
        if (!isnan(values[i])) {
            (*sorted)[(*kept)++] = values[i];
        }
    }
    qsort(*sorted, (size_t)*kept, sizeof **sorted, compare);
    return AANN_OK;
}

aann_status aann_summary_of_values(const double *values, int64_t count, aann_summary *summary,
                                   aann_error *error)
{
    double *sorted = NULL;
    int64_t kept = 0;
    const aann_status status = sort_values(values, count, &sorted, &kept, error);
    if (status == AANN_OK) {
        *summary = summarise(sorted, kept);
        free(sorted);
    }
    return status;
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

/* The spacing of which all differences between the values are multiples, by Euclid's algorithm; 0
 * if there is none, or one so small that the values are practically continuous. */
static double find_step(const double *sorted, int64_t count)
{
    const double range = sorted[count - 1] - sorted[0];
    const double least = 1e-6 * range;
    double step = 0.0;
    for (int64_t i = 1; i < count; i++) {
        double rest = sorted[i] - sorted[i - 1];
        while (rest > least) {
            const double next = fmod(step, rest);
            step = rest;
            /* The remainder of a multiple may be nearly the divisor. */
            rest = next > step - least ? 0.0 : next;
        }
    }
    return step > 1e3 * least ? step : 0.0;
}

static aann_bins choose_parts(const double *sorted, int64_t count, int32_t most)
{
    const double least = sorted[0];
    const double range = sorted[count - 1] - least;
    const double step = find_step(sorted, count);
    if (step > 0.0) {
        const double values = floor(range / step + 0.5) + 1.0;
        const double values_per_part = ceil(values / most);
        const double bins = ceil(values / values_per_part);
        return (aann_bins){least - 0.5 * step, least + (bins * values_per_part - 0.5) * step,
                           (int32_t)bins};
    }
    if (range > 0.0) {
        return (aann_bins){least, least + range, most};
    }
    const double space = fmax(0.01 * fabs(least), 1e-6);
    return (aann_bins){least - space, least + space, 1};
}

aann_status aann_bins_choose(const double *values, int64_t count, int32_t bins, aann_bins *parts,
                             aann_error *error)
{
    *parts = (aann_bins){0};
    double *sorted = NULL;
    int64_t kept = 0;
    const aann_status status = sort_values(values, count, &sorted, &kept, error);
    if (status != AANN_OK) {
        return status;
    }
    int64_t first = 0;
    while (kept > 0 && isinf(sorted[kept - 1])) {
        kept--;
    }
    while (first < kept && isinf(sorted[first])) {
        first++;
    }
    kept -= first;
    if (kept > 0) {
        const int32_t usual = (int32_t)fmin(40.0, fmax(8.0, sqrt((double)kept)));
        const int32_t most = bins <= 0 ? usual : bins;
        *parts = choose_parts(sorted + first, kept, most < AANN_MAX_BINS ? most : AANN_MAX_BINS);
    }
    free(sorted);
    return AANN_OK;
}

void aann_bins_count(const double *values, int64_t count, double low, double high, int32_t bins,
                     int64_t *counts)
{
    for (int32_t bin = 0; bin < bins; bin++) {
        counts[bin] = 0;
    }
    for (int64_t i = 0; i < count && bins > 0; i++) {
        if (isnan(values[i])) {
            continue;
        }
        const double place = high > low ? (values[i] - low) / (high - low) * bins : 0.0;
        const int32_t bin = place < 0.0 ? 0 : place >= bins ? bins - 1 : (int32_t)place;
        counts[bin]++;
    }
}
