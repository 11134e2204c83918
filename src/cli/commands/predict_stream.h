/* `aann predict --stream`: answers to samples as they come. */
#ifndef AANN_CLI_COMMANDS_PREDICT_STREAM_H
#define AANN_CLI_COMMANDS_PREDICT_STREAM_H

#include "cli/shared/load.h"
#include "cli/shared/members.h"

/* Prints the answers of members of one family to each sample of `data`, at once, until the stream
 * ends or somebody stops it. Returns the exit status. */
int predict_stream(const char *study, const cli_members *members, const char *data,
                   const cli_load *load);

/* The same of the model in a file. */
int predict_stream_model(const char *path, const char *data, const cli_load *load);

#endif
