/* What the geometry tests share: networks, samples, random numbers. */
#ifndef AANN_TESTS_GEOMETRY_SUPPORT_GEOMETRY_H
#define AANN_TESTS_GEOMETRY_SUPPORT_GEOMETRY_H

#include <math.h>
#include <stdio.h>

#include "aann/geometry.h"
#include "core/philox.h"
#include "support/test.h"

/* A stream of numbers of its own for every `number`. */
aann_random_stream test_stream(uint64_t number);

/* networks[count], uniformly random under `seed`; free with free_networks. */
aann_network **random_networks(const char *spec, aann_shape input, uint64_t seed, int32_t count);
void free_networks(aann_network **networks, int32_t count);

/* Random inputs and labels for the spec. */
aann_samples *make_samples(const aann_spec *spec, int64_t count, uint64_t seed);
void free_samples(aann_samples *samples);

/* order[count] becomes the next permutation in lexical order; false after the last. */
bool next_permutation(int32_t *order, int32_t count);

/* b = a with its hidden units renamed at random. */
aann_network *renamed_network(const aann_network *a, aann_random_stream *stream);

void assert_near(double value, double expected, double tolerance);

#endif
