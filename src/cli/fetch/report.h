/* How a fetch says what it does, and is told to stop. */
#ifndef AANN_CLI_FETCH_REPORT_H
#define AANN_CLI_FETCH_REPORT_H

#include <stdbool.h>

/* Called with a line that says what is being tried, and, with NULL, now and then in between. Returning
 * false stops. `context` is the caller's. NULL: nobody is told, and nothing stops it. */
typedef bool (*fetch_report)(void *context, const char *line);

#endif
