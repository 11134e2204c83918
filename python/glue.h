/* What the Python package needs besides the public headers: the few loops that would be slow
 * there. The C compiler and make_ffi.py read it. */
#ifndef AANN_PYTHON_GLUE_H
#define AANN_PYTHON_GLUE_H

#include "aann/aann.h"

/* Encoded samples: values [count][sample_size] in -127..127. */
typedef struct aann_python_inputs {
    const int8_t *values;
    int64_t count;
    int64_t sample_size;
    int32_t outputs;

    /* the evaluator's; 1: it is called piece by piece, which is faster */
    int32_t threads;
} aann_python_inputs;

/* Fills in logits [count][outputs] as aann_evaluator_run does, but refuses -128, which is no input:
 * AANN_ERROR_ARGUMENT names the first wrong sample and value. */
aann_status aann_python_logits(aann_evaluator *evaluator, const aann_python_inputs *inputs,
                               int32_t *logits, aann_error *error);

/* Fills in answers[count]: the class of each row of logits[count][outputs]. */
void aann_python_answers(const int32_t *logits, int64_t count, int32_t outputs, int64_t *answers);

/* Fills in states[aann_cars_count(cars)]. */
void aann_python_car_states(aann_cars *cars, aann_car_state *states);

#endif
