/* The whole-network forward pass: 64 samples at a time, or one. */
#ifndef AANN_ENGINE_FORWARD_PASS_H
#define AANN_ENGINE_FORWARD_PASS_H

#include <stdint.h>

#include "engine/forward_plan.h"
#include "engine/kernels/kernels.h"

/* Lane j of a row is its byte 2j (j < 32) or 2(j - 32) + 1, as everywhere in the engine. */
static inline int32_t aann_lane_byte(int32_t lane)
{
    return lane % AANN_ROW_WORDS * 2 + lane / AANN_ROW_WORDS;
}

/* Computes one unit's rows. `wide`: with 32-bit sums; otherwise with 16 bits where they suffice. */
void aann_forward_unit(const aann_kernels *kernels, const aann_forward_taps *taps,
                       const aann_forward_rows *rows, bool wide);

/* Writes samples[count], 1 <= count <= 64, each [channels][height][width] of the first layer's
 * input, into the lanes of a batch's input map; the other lanes are undefined. */
void aann_forward_fill(const aann_forward_plan *plan, const aann_kernels *kernels,
                       const int8_t *const *samples, int32_t count, uint8_t *block);

/* Where a layer's sums go: unit u's, [positions][window][64], int16 or (wide) int32, u * stride
 * bytes on. */
typedef struct aann_forward_sums {
    uint8_t *sums; /* NULL: not kept */
    size_t stride;
    bool wide;
} aann_forward_sums;

/* Computes layers 0..layer_count-1 of the batch in `block`. The last layer's sums, before its
 * shift, are int32 [output_count][64] at plan->outputs. `complete`: also compute values that no
 * later layer reads. sums[layers]; NULL: none are stored. */
void aann_forward_batch(const aann_forward_plan *plan, const aann_kernels *kernels,
                        int32_t layer_count, bool complete, const aann_forward_sums *sums,
                        uint8_t *block);

/* The same for one sample: int32 [output_count] at plan->outputs. */
void aann_forward_single(const aann_forward_plan *plan, const aann_kernels *kernels,
                         const int8_t *sample, int32_t layer_count, uint8_t *block);

#endif
