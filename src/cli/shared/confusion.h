/* Confusion matrices: made, printed, written as JSON. */
#ifndef AANN_CLI_SHARED_CONFUSION_H
#define AANN_CLI_SHARED_CONFUSION_H

#include <jansson.h>

#include "cli/shared/evaluate.h"
#include "cli/shared/members.h"

/* int64 [outputs][outputs] of labels and answers, malloc'ed; NULL for regression (or without
 * memory). */
int64_t *cli_confusion(const aann_samples *samples, const int32_t *logits, int32_t outputs);
/* A list of rows; null where there is no matrix. */
json_t *cli_confusion_json(const int64_t *confusion, int32_t classes);
/* Prints nothing where there is no matrix. */
void cli_print_confusion(const aann_member *member, const int64_t *confusion);

#endif
