/* See glue.h. */
#include "glue.h"

#include <stdio.h>

aann_status aann_python_logits(aann_evaluator *evaluator, const int8_t *inputs, int64_t count, int64_t sample_size,
                               int32_t *logits, aann_error *error)
{
    const int64_t size = count * sample_size;
    int8_t lowest = 0;
    for (int64_t i = 0; i < size; i++) {
        lowest = inputs[i] < lowest ? inputs[i] : lowest;
    }
    if (lowest < -AANN_ACTIVATION_MAX) {
        int64_t i = 0;
        while (inputs[i] >= -AANN_ACTIVATION_MAX) {
            i++;
        }
        if (error != NULL) {
            error->status = AANN_ERROR_ARGUMENT;
            snprintf(error->message, sizeof error->message,
                     "input %lld of sample %lld is -128: inputs are -127 to 127",
                     (long long)(i % sample_size), (long long)(i / sample_size));
        }
        return AANN_ERROR_ARGUMENT;
    }
    return aann_evaluator_run(evaluator, inputs, count, logits, error);
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
