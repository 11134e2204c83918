/* `aann predict --stream`: answers to samples as they come. */
#ifndef AANN_CLI_COMMANDS_PREDICT_STREAM_H
#define AANN_CLI_COMMANDS_PREDICT_STREAM_H

#include "cli/shared/load.h"

/* Prints an answer for each sample of `data`, at once, until the stream ends or somebody stops it.
 * Returns the exit status. */
int predict_stream(const char *study, const char *id, const char *data, const cli_load *load);

#endif
