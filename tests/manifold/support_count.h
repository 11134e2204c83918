/* Every network of a small spec, one after the other. */
#ifndef AANN_TESTS_MANIFOLD_SUPPORT_COUNT_H
#define AANN_TESTS_MANIFOLD_SUPPORT_COUNT_H

#include "aann/network.h"
#include "aann/samples.h"

/* One network: its mean loss and how many samples it answers correctly. */
typedef struct counted_network {
    double loss;
    int32_t correct;
} counted_network;

/* Evaluates all networks with the spec's counts by the evaluator, which knows nothing of chains:
 * networks[*count], for free(). */
counted_network *count_all(const aann_spec *spec, const aann_samples *samples, double loss_scale,
                           size_t *count);

/* Random inputs of this shape with labels that a rule of the inputs gives, with some noise, and with
 * targets that say the same. */
aann_samples *small_samples(aann_shape shape, int32_t classes, int64_t count, uint64_t seed);
void free_small_samples(aann_samples *samples);

#endif
