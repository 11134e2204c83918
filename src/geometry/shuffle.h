/* Random orders. */
#ifndef AANN_GEOMETRY_SHUFFLE_H
#define AANN_GEOMETRY_SHUFFLE_H

#include <stdint.h>

#include "core/philox.h"

/* Fills order[count] with 0..count-1 in a uniformly random order. */
void aann_shuffle_order(aann_random_stream *stream, int32_t count, int32_t *order);

#endif
