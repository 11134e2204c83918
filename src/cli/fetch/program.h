/* Running another program. */
#ifndef AANN_CLI_FETCH_PROGRAM_H
#define AANN_CLI_FETCH_PROGRAM_H

#include "aann/status.h"

/* Runs arguments[0], found in PATH, without a shell, inside `folder`, its output going to the file
 * `log_path`, and waits. Fails if it cannot be started (AANN_ERROR_NOT_FOUND: not installed) or
 * does not end with status 0; the message ends in the last line of its output. `arguments` ends in
 * NULL. */
aann_status fetch_program_run(const char *const *arguments, const char *folder,
                              const char *log_path, aann_error *error);

#endif
