/* Two members on the same samples: which is better, and how sure that is. */
#ifndef AANN_CLI_COMMANDS_AGAINST_H
#define AANN_CLI_COMMANDS_AGAINST_H

#include "aann/family.h"
#include "cli/shared/json.h"

typedef struct against_result {
    char name[256];     /* the other member, as it was typed */
    int64_t count;      /* samples */
    int64_t correct;    /* of the other member */
    int64_t first;      /* answered correctly by the first member alone */
    int64_t second;     /* by the other alone */
    double probability; /* of a division at least as uneven, if both are equally good */
} against_result;

/* What is compared: the member's logits on samples that --data and --split named. */
typedef struct against_request {
    const char *study; /* of the member */
    const char *other; /* "2" of the same study, or "other.aann:2" */
    const char *data, *split;
    const aann_load_options *load;
    const aann_samples *samples;
    const int32_t *logits; /* [samples][outputs] */
    int32_t outputs, threads;
    const char *isa;
} against_request;

/* Evaluates the other member on the same samples, encoded as its family's were. AANN_ERROR_ARGUMENT
 * if they are not the same. */
aann_status against_measure(const against_request *request, against_result *result,
                            aann_error *error);

json_t *against_json(const against_result *result);
void against_print(const against_result *result);

#endif
