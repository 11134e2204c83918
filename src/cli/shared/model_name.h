/* A model as it is typed: the path of a model file, or "gallery:NAME", a member of the gallery. */
#ifndef AANN_CLI_SHARED_MODEL_NAME_H
#define AANN_CLI_SHARED_MODEL_NAME_H

#include <stdbool.h>

#include "cli/shared/gallery.h"

typedef struct cli_model_name {
    char path[CLI_GALLERY_PATH];
} cli_model_name;

/* Whether a command's first argument, `typed`, names a model and not a study: then name->path is
 * the file. A member's number `id` beside it is a mistake, as is a study without one, or a name
 * that the gallery does not have; for these there is a line on the standard error and *status is
 * set (and true returned). "gallery:NAME" is never a file; "./gallery:NAME" is one. */
bool cli_model_is_meant(const char *command, const char *typed, const char *id,
                        cli_model_name *name, int *status);

#endif
