/* A sample as the first layer with weights reads it. */
#ifndef AANN_SAMPLES_PLACEMENT_H
#define AANN_SAMPLES_PLACEMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "aann/network.h"

/* How far a sample is moved down and right before the network sees it; values from outside are
 * 0. */
typedef struct aann_offset {
    int8_t rows;
    int8_t columns;
} aann_offset;

/* Whether the spec begins with a pool, so that the first layer does not read the sample itself. */
bool aann_sample_needs_pooling(const aann_spec *spec);

/* Moves a sample [spec->input] and pools it into to [spec->layers[0].input]. */
void aann_sample_read(const aann_spec *spec, const int8_t *sample, aann_offset offset, int8_t *to);

#endif
