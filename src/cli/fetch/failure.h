/* How fetching says what went wrong. This room stands below all others of the program, so it cannot
 * use theirs. */
#ifndef AANN_CLI_FETCH_FAILURE_H
#define AANN_CLI_FETCH_FAILURE_H

#include "aann/status.h"

/* Fills in the error; returns its status. */
aann_status fetch_fail(aann_error *error, aann_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
