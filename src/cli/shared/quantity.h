/* Numbers as people type them: counts with k, M or G ("10k", "1e5"), times with a unit ("90s",
 * "5m", "2h", "1d"), and percent ("90", "90%").
 *
 * Each function writes the plain number into `plain`, for the parsers of aann/options.h. A text that
 * is none of these is copied as it is, so that the parser's message quotes what was typed. */
#ifndef AANN_CLI_SHARED_QUANTITY_H
#define AANN_CLI_SHARED_QUANTITY_H

#include <stdbool.h>

enum { CLI_QUANTITY_SIZE = 72 };

/* "10k" becomes "10e3". */
void cli_quantity_count(const char *text, char plain[CLI_QUANTITY_SIZE]);

/* "5m" becomes "300". */
void cli_quantity_seconds(const char *text, char plain[CLI_QUANTITY_SIZE]);

/* "90%" becomes "90". False, with a line on the standard error, for a number between 0 and 1
 * without the sign: 0.9 may mean 90 percent or nine in a thousand. `name` is the option's. */
bool cli_quantity_percent(const char *name, const char *text, char plain[CLI_QUANTITY_SIZE]);

#endif
