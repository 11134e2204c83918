/* Histograms in the terminal. */
#ifndef AANN_CLI_SHARED_HISTOGRAM_H
#define AANN_CLI_SHARED_HISTOGRAM_H

#include <stdint.h>

/* Prints the values that are finite as at most `bins` bars (aann_bins_choose), with the numbers in
 * them; `format` is that of a bound, "%8.1f". */
void cli_print_histogram(const double *values, int64_t count, int32_t bins, const char *format);

/* values[count * (count - 1) / 2]: the pairs i < j of a matrix, malloc'ed; NULL for lack of
 * memory. */
double *cli_pairs(const double *matrix, int32_t count, int64_t *pairs);

#endif
