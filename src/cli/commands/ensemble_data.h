/* `aann ensemble --data`: what members answer together to other data. */
#ifndef AANN_CLI_COMMANDS_ENSEMBLE_DATA_H
#define AANN_CLI_COMMANDS_ENSEMBLE_DATA_H

#include "aann/ensemble.h"
#include "aann/model.h"
#include "cli/shared/answers.h"
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

/* What networks answer together, from their logits: by vote or by the sum; in regression the mean of
 * their outputs. Any of the models says what outputs stand for. Free with cli_answers_clear. */
aann_status ensemble_decide(const aann_model *model, const aann_predictions *predictions, bool vote,
                            cli_answers *answers, aann_error *error);

#endif
