/* The forward pass of a whole block, for the engine's state and for evaluation. */
#ifndef AANN_ENGINE_FORWARD_H
#define AANN_ENGINE_FORWARD_H

#include <stdint.h>

#include "aann/data.h"
#include "engine/kernels/kernels.h"
#include "engine/layout.h"
#include "engine/sample.h"
#include "engine/wiring.h"

/* Writes samples[which[0..count)], moved by offsets[0..count) (NULL: not moved), into the lanes of the block's input
 * rows, pooled if the spec starts with a pool; the other lanes are zero. */
void aann_block_fill(const aann_spec *spec, const aann_layout *layout, const aann_samples *samples,
                     const int32_t *which, const aann_offset *offsets, int32_t count, uint8_t *block);

/* Computes one layer's outputs (and sums, where the layout keeps them) from its inputs. */
void aann_block_forward_layer(const aann_layout *layout, const aann_wiring *wiring,
                              const aann_kernels *kernels, int32_t index, uint8_t *block);

#endif
