/* What networks answer, for people and programs. `predict` and `ensemble` share it, for members of a
 * study and for model files. */
#ifndef AANN_CLI_SHARED_ANSWERS_H
#define AANN_CLI_SHARED_ANSWERS_H

#include <stdbool.h>

#include "aann/ensemble.h"
#include "aann/model.h"
#include "cli/shared/json.h"

/* Answers of one network, or of several together, to count samples. */
typedef struct cli_answers {
    const aann_model *model; /* says what outputs stand for; of several, any of them */
    int64_t count;
    int32_t outputs;
    int32_t *classes; /* [count]; regression: all 0 */
    double *values;   /* [count][outputs] in the user's units; classification: logits / 127 */
} cli_answers;

/* From logits [count][outputs] of the model's network. Free with cli_answers_clear. */
aann_status cli_answers_make(const aann_model *model, const int32_t *logits, int64_t count,
                             cli_answers *answers, aann_error *error);
void cli_answers_clear(cli_answers *answers);

/* What networks answer together, from their logits: by vote or by the sum; in regression the mean of
 * their outputs. Any of the models says what outputs stand for. Free with cli_answers_clear. */
aann_status cli_answers_together(const aann_model *model, const aann_predictions *predictions,
                                 bool vote, cli_answers *answers, aann_error *error);

/* One line for each sample: the class's name or number, or the values. Of several, those of each
 * answers[answers_count] side by side, with tabs between them. */
void cli_answers_print(const cli_answers *answers, int32_t answers_count);

/* Adds "answers" (class numbers; null in regression), "names" (their names; null if classes have
 * none) and "values" (regression; else null) to the object. */
void cli_answers_add_json(const cli_answers *answers, json_t *object);

#endif
