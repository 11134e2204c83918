/* What 'aann export' exports: a member of a study, or a model file. */
#ifndef AANN_CLI_COMMANDS_EXPORT_SOURCE_H
#define AANN_CLI_COMMANDS_EXPORT_SOURCE_H

#include <stdbool.h>

#include "aann/model.h"

/* Loads the model that `path` and `id` (NULL: none was typed) name. False, with a line on the
 * standard error and the exit status, if there is none. `command` is as typed: "export onnx". */
bool export_load(const char *command, const char *path, const char *id, aann_model **model,
                 int *status);

#endif
