/* "-" as the name of a file to write: the standard output.
 *
 * What writes files needs one that it can rename and seek in, so "-" becomes a temporary file, which
 * is copied to the standard output when it is complete, or not at all.
 *
 *     cli_output output;
 *     if (!cli_output_begin("weights", path, json, &output, &status)) { return status; }
 *     ... write output.path; say what was done with cli_print_to(output.messages, ...) ...
 *     done = cli_output_end(&output, done, &error); */
#ifndef AANN_CLI_SHARED_OUTPUT_H
#define AANN_CLI_SHARED_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

#include "aann/status.h"

enum { CLI_OUTPUT_PATH = 4096 };

typedef struct cli_output {
    const char *path; /* what to write: as given, or the temporary file; NULL: nothing was named */
    FILE *messages;   /* where to say what was written: not among the bytes */
    bool is_standard;
    char temporary[CLI_OUTPUT_PATH];
} cli_output;

/* `path` as it was typed, or NULL. With --json the standard output is taken: false, with a line on
 * the standard error and the exit status. */
bool cli_output_begin(const char *command, const char *path, bool json, cli_output *output,
                      int *status);

/* Copies what was written, if `done` says that it was, and removes the temporary file. Returns
 * `done`, or what went wrong. */
aann_status cli_output_end(cli_output *output, aann_status done, aann_error *error);

#endif
