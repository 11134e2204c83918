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
/* The mean over the classes of the share that is answered rightly, which counts rare classes as much
 * as others; and the largest class's share, the accuracy of always answering it. NAN where there is
 * no matrix. */
double cli_confusion_balanced(const int64_t *confusion, int32_t classes);
double cli_confusion_majority(const int64_t *confusion, int32_t classes);
/* Adds both to an object, as "balanced_accuracy" and "majority"; prints them, as one line, where
 * classes are unequal. */
void cli_confusion_add_balance(const int64_t *confusion, int32_t classes, json_t *object);
void cli_confusion_print_balance(const int64_t *confusion, int32_t classes);
/* Prints nothing where there is no matrix. */
void cli_print_confusion(const aann_member *member, const int64_t *confusion);

#endif
