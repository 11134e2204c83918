/* Studies that a command writes. */
#ifndef AANN_CLI_SHARED_STUDY_H
#define AANN_CLI_SHARED_STUDY_H

#include <stdbool.h>

#include "aann/study.h"

/* aann_study_open. While another program has a transaction open on the study, everything that the
 * command writes waits, with a line on the standard error, until that ends or until the user asks
 * for an end. */
aann_status cli_study_open(const char *path, aann_study_mode mode, aann_study **study,
                           aann_error *error);

/* Whether an argument that may name a task or a study names a study: it ends in ".aann". */
bool cli_study_is_named(const char *name);

#endif
