/* Making samples: the one place with writable pointers. */
#ifndef AANN_SAMPLES_SAMPLES_H
#define AANN_SAMPLES_SAMPLES_H

#include "aann/samples.h"

/* The memory of new samples. */
typedef struct aann_samples_memory {
    int8_t *inputs;
    int32_t *labels; /* NULL: none */
    float *targets;  /* NULL: none */
} aann_samples_memory;

/* Allocates `count` samples of the kind of `like` (shape, labels and classes, or targets). Their
 * values are undefined; the caller fills them in through `memory`. */
aann_status aann_samples_allocate(const aann_samples *like, int64_t count, aann_samples **samples,
                                  aann_samples_memory *memory, aann_error *error);

/* The variance of an output's targets. */
double aann_samples_target_variance(const aann_samples *samples, int32_t output);

/* Fails where an input, a label or a target is out of range; the sizes are right. */
aann_status aann_samples_check_values(const aann_samples *view, aann_error *error);

/* Removes labels and targets from samples that own their memory. */
void aann_samples_drop_answers(aann_samples *samples);

#endif
