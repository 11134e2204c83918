/* Random specs, networks, samples and swaps for the engine's tests. */
#ifndef AANN_TESTS_ENGINE_SUPPORT_RANDOM_H
#define AANN_TESTS_ENGINE_SUPPORT_RANDOM_H

#include "aann/data.h"
#include "aann/network.h"
#include "core/philox.h"
#include "engine/engine.h"

/* A spec that fits its input: 1-3 convolutions (strides, "v", rectangular and even kernels,
 * shifts), pools, 1-3 dense layers, sparsity 0 to 99, sometimes a leading pool, sometimes 1-D. */
aann_spec random_spec(aann_random_stream *stream);

/* Samples with values of every kind: random, saturated, mostly zero. Labels and targets are both
 * set. */
aann_samples *random_samples(const aann_spec *spec, int64_t count, aann_random_stream *stream);
void free_random_samples(aann_samples *samples);

/* Two positions of one layer with different values. */
aann_swap random_swap(const aann_network *network, aann_random_stream *stream);

#endif
