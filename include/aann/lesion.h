/* Lesions and null models: what a network can lose, and what its wiring is worth. ablation.h
 * measures lists of them. */
#ifndef AANN_LESION_H
#define AANN_LESION_H

#include <stdbool.h>
#include <stdint.h>

#include "aann/network.h"
#include "aann/status.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { AANN_EVERY_LAYER = -1 };

/* Sets a random `percent` (0..100) of the network's non-zero weights, in one layer or in all
 * together, to 0: the nearest whole number of them. Which ones is a function of (seed, draw): of
 * two lesions with the same, the smaller deletes a part of what the larger deletes. Returns how
 * many were deleted through *deleted (may be NULL). */
AANN_API aann_status aann_lesion_apply(aann_network *network, int32_t layer, double percent,
                                       uint64_t seed, uint64_t draw, int64_t *deleted,
                                       aann_error *error);

/* The null model: puts the weights of one layer, or of every layer within itself, into a uniformly
 * random order. The counts stay. A function of (seed, draw) and the counts. */
AANN_API void aann_network_shuffle(aann_network *network, int32_t layer, uint64_t seed,
                                   uint64_t draw);

/* One weight for all synapses, as in weight-agnostic networks (Gaier and Ha, 2019): a copy of the
 * network in which every non-zero weight counts as `value`, or with `keep_signs` as `value` times
 * its sign. `value` is a power of two, +-2^-k for k = 0, 1, 2, ...: then it is exact in the
 * networks' integers. The copy's weights are -1, 0 and +1, and each layer's sum is shifted right by
 * k more bits: HardTanh(floor(2^-k sum)). It has a spec of its own, so an evaluator for it has to
 * be created with aann_network_spec(*copy). Errors: argument (not such a value, or a shift above
 * 24). */
AANN_API aann_status aann_shared_weight_apply(const aann_network *network, double value,
                                              bool keep_signs, aann_network **copy,
                                              aann_error *error);

#ifdef __cplusplus
}
#endif

#endif
