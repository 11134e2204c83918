/* A sample as the first layer with weights reads it. */
#ifndef AANN_SAMPLES_PLACEMENT_H
#define AANN_SAMPLES_PLACEMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aann/network.h"

/* How a sample is moved and warped before the network sees it; values from outside are 0. */
typedef struct aann_placement {
    int8_t rows;    /* down */
    int8_t columns; /* right */
    /* Warped: also by fractions of a row and a column, in units of 1 / 4096. */
    bool warped;
    int16_t fine_rows;
    int16_t fine_columns;
    /* With both axes counted from the middle, a place (row, column) reads at (I + warp) (row,
     * column) - shift; the matrix by rows, in units of 1 / 4096. */
    int16_t warp[4];
} aann_placement;

/* Whether the spec begins with a pool, so that the first layer does not read the sample itself. */
bool aann_sample_needs_pooling(const aann_spec *spec);

/* Bytes of memory that aann_sample_warp uses. */
size_t aann_warp_scratch(aann_shape shape);

/* Moves and warps a sample [shape] into to [shape]. */
void aann_sample_warp(aann_shape shape, const int8_t *sample, const aann_placement *placement,
                      int8_t *scratch, int8_t *to);

/* Moves a sample [spec->input] by whole rows and columns and pools it into to [spec->layers[0].input]. */
void aann_sample_read(const aann_spec *spec, const int8_t *sample, aann_placement offset,
                      int8_t *to);

#endif
