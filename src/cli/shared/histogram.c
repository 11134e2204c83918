/* Histograms in the terminal: one line per part of the range. */
#include "cli/shared/histogram.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "aann/geometry.h"

enum { WIDEST_BAR = 46 };

static void print_bar(int64_t count, int64_t most)
{
    const int64_t length = most > 0 ? (count * WIDEST_BAR + most - 1) / most : 0;
    for (int64_t i = 0; i < length; i++) {
        putchar('#');
    }
}

void cli_print_histogram(const double *values, int64_t count, int32_t bins, const char *format)
{
    aann_bins parts;
    int64_t counts[AANN_MAX_BINS];
    if (aann_bins_choose(values, count, bins, &parts, NULL) != AANN_OK || parts.bins == 0) {
        return;
    }
    aann_bins_count(values, count, parts.low, parts.high, parts.bins, counts);
    int64_t most = 0;
    for (int32_t bin = 0; bin < parts.bins; bin++) {
        most = counts[bin] > most ? counts[bin] : most;
    }
    const double width = (parts.high - parts.low) / parts.bins;
    for (int32_t bin = 0; bin < parts.bins; bin++) {
        fputs("  ", stdout);
        printf(format, parts.low + width * bin);
        fputs(" ..", stdout);
        printf(format, parts.low + width * (bin + 1));
        printf(" %7lld  ", (long long)counts[bin]);
        print_bar(counts[bin], most);
        putchar('\n');
    }
}

double *cli_pairs(const double *matrix, int32_t count, int64_t *pairs)
{
    *pairs = (int64_t)count * (count - 1) / 2;
    double *values = malloc((size_t)(*pairs > 0 ? *pairs : 1) * sizeof *values);
    int64_t next = 0;
    for (int32_t i = 0; values != NULL && i < count; i++) {
        for (int32_t j = i + 1; j < count; j++) {
            values[next++] = matrix[(size_t)i * (size_t)count + (size_t)j];
        }
    }
    return values;
}
