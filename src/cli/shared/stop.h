/* Ctrl-C, SIGTERM and SIGHUP ask for an end; writing where nothing can be written is an error. */
#ifndef AANN_CLI_SHARED_STOP_H
#define AANN_CLI_SHARED_STOP_H

#include <stdbool.h>

/* From here on the three signals are noted. */
void cli_catch_stop(void);

/* From here on they end the program, at once: while data are loaded there is nothing to store. */
void cli_release_stop(void);
bool cli_stop_asked(void);

/* The same, as the library asks; the context is not looked at. */
bool cli_stop_callback(void *context);

/* A closed pipe and a file-size limit make the write fail, with a message, instead of ending the
 * program without one. */
void cli_ignore_write_signals(void);

#endif
