/* `aann ensemble --data`: what members answer together to other data. */
#ifndef AANN_CLI_COMMANDS_ENSEMBLE_DATA_H
#define AANN_CLI_COMMANDS_ENSEMBLE_DATA_H

#include "cli/shared/load.h"
#include "cli/shared/members.h"

typedef struct ensemble_request {
    const char *study, *data;
    const char *method; /* "sum", "vote", or NULL for "sum" */
    cli_load load;
    cli_family_options members;
    bool json, stream;
} ensemble_request;

/* Prints the answers, and returns the exit status. */
int ensemble_answer(const ensemble_request *request);

#endif
