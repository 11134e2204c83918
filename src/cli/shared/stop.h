/* Ctrl-C and SIGTERM ask for an end; a second one does not ask. */
#ifndef AANN_CLI_SHARED_STOP_H
#define AANN_CLI_SHARED_STOP_H

#include <stdbool.h>

void cli_catch_stop(void);
bool cli_stop_asked(void);

#endif
