/* Logits of many members, and the answers in them. */
#include <stdlib.h>

#include "aann/geometry.h"

void aann_predictions_destroy(aann_predictions *predictions)
{
    free(predictions->logits);
    *predictions = (aann_predictions){0};
}

void aann_logits_answers(const int32_t *logits, int64_t rows, int32_t outputs, uint16_t *answers)
{
    for (int64_t row = 0; row < rows; row++) {
        answers[row] =
            (uint16_t)aann_logits_answer(logits + (size_t)row * (size_t)outputs, outputs);
    }
}
