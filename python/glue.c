/* See glue.h. */
#include "glue.h"

#include <stdio.h>

/* Bytes that are looked at and then evaluated: they stay in the second cache meanwhile. */
enum { PIECE_BYTES = 1 << 18, BLOCK = 64 };

static bool is_any_wrong(const int8_t *inputs, int64_t size)
{
    uint8_t wrong = 0; /* compared, not ordered: that is one instruction for 16 inputs everywhere */
    for (int64_t i = 0; i < size; i++) {
        wrong |= (uint8_t)(inputs[i] == INT8_MIN);
    }
    return wrong != 0;
}

static aann_status fail_at_first_wrong(const int8_t *inputs, int64_t sample_size, aann_error *error)
{
    int64_t i = 0;
    while (inputs[i] != INT8_MIN) {
        i++;
    }
    error->status = AANN_ERROR_ARGUMENT;
    snprintf(error->message, sizeof error->message,
             "input %lld of sample %lld is -128: inputs are -127 to 127",
             (long long)(i % sample_size), (long long)(i / sample_size));
    return AANN_ERROR_ARGUMENT;
}

aann_status aann_python_logits(aann_evaluator *evaluator, const aann_python_inputs *inputs,
                               int32_t *logits, aann_error *error)
{
    int64_t piece = inputs->count; /* threads share the whole */
    if (inputs->threads == 1 && inputs->sample_size * BLOCK < PIECE_BYTES) {
        piece = PIECE_BYTES / (inputs->sample_size * BLOCK) * BLOCK;
    }
    aann_status status = AANN_OK;
    for (int64_t first = 0; status == AANN_OK && first < inputs->count; first += piece) {
        const int8_t *values = inputs->values + first * inputs->sample_size;
        const int64_t count = piece < inputs->count - first ? piece : inputs->count - first;
        if (is_any_wrong(values, count * inputs->sample_size)) {
            return fail_at_first_wrong(inputs->values, inputs->sample_size, error);
        }
        status =
            aann_evaluator_run(evaluator, values, count, logits + first * inputs->outputs, error);
    }
    return status;
}

void aann_python_answers(const int32_t *logits, int64_t count, int32_t outputs, int64_t *answers)
{
    for (int64_t i = 0; i < count; i++) {
        answers[i] = aann_logits_answer(logits + i * outputs, outputs);
    }
}

void aann_python_car_states(aann_cars *cars, aann_car_state *states)
{
    const int32_t count = aann_cars_count(cars);
    for (int32_t i = 0; i < count; i++) {
        aann_car_state_get(aann_cars_car(cars, i), &states[i]);
    }
}
