/* Failures: an error of the program's own, and the one line on the standard error. */
#ifndef AANN_CLI_SHARED_MESSAGE_H
#define AANN_CLI_SHARED_MESSAGE_H

#include <stdio.h>

#include "aann/status.h"

/* "aann: ..." and a newline; returns CLI_USAGE. */
int cli_usage_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* "aann: <message>"; returns CLI_FAILED, or CLI_USAGE where the arguments made no sense. */
int cli_fail(const aann_error *error);

/* The same for a failure that is not the library's. Returns CLI_FAILED. */
int cli_failed(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Fills in an error that a command has found; returns its status. */
aann_status cli_set_error(aann_error *error, aann_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
#ifdef __clang_analyzer__
/* The analyser does not look into functions with "...": it is told that the status comes back. */
#define cli_set_error(error, status, ...) ((void)(error), (void)printf(__VA_ARGS__), (status))
#endif

/* Puts "PATH: " in front of the error's message; NULL is allowed. */
void cli_prefix_error(aann_error *error, const char *path);

/* Of the texts, a list that ends in NULL, the one that is most like `wrong`; NULL if none is
 * close. */
const char *cli_nearest(const char *wrong, const char *const *texts);

/* Writes out what is buffered for the standard output; says so and returns CLI_FAILED if that fails
 * (a full disk, a closed pipe), else `status`. */
int cli_finish_output(int status);

#endif
