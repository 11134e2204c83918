/* What goes to the standard error: one line per failure. */
#ifndef AANN_CLI_SHARED_MESSAGE_H
#define AANN_CLI_SHARED_MESSAGE_H

#include "aann/status.h"

/* "aann: ..." and a newline; returns CLI_USAGE. */
int cli_usage_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* "aann: <message>"; returns CLI_FAILED, or CLI_USAGE where the arguments made no sense. */
int cli_fail(const aann_error *error);

/* The same for a failure that is not the library's. Returns CLI_FAILED. */
int cli_failed(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Of the texts, a list that ends in NULL, the one that is most like `wrong`; NULL if none is
 * close. */
const char *cli_nearest(const char *wrong, const char *const *texts);

/* Writes out what is buffered for the standard output; says so and returns CLI_FAILED if that fails
 * (a full disk, a closed pipe), else `status`. */
int cli_finish_output(int status);

#endif
