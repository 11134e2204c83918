/* Text files that a command reads, or writes: under another name until they are whole. */
#ifndef AANN_CLI_SHARED_FILE_H
#define AANN_CLI_SHARED_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "aann/status.h"

/* Opens PATH.part for writing; what is no ordinary file, such as /dev/stdout, itself. NULL on
 * failure. */
FILE *cli_file_open(const char *path, aann_error *error);

/* Ends the file, which then has its name. On failure there is no file. */
aann_status cli_file_close(const char *path, FILE *file, aann_error *error);

/* Ends the file without a trace: what has its name is as before. */
void cli_file_abandon(const char *path, FILE *file);

/* Opens a file to be read: a regular one, nothing that would be waited for (NULL, with an error). */
FILE *cli_file_read(const char *path, aann_error *error);

/* Whether a study of this name stays when the program ends; if not, a line on the standard error. */
bool cli_study_stays(const char *command, const char *path);

/* Cells of a CSV file, each with a comma before it: the numbers, nothing where one is not finite. */
void cli_put_cells(FILE *file, const double *values, size_t count, int digits);

#endif
