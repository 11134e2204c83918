/* Lesions and null models: what a network can lose, and what its wiring is worth. aann/ablation.h
 * measures lists of them.
 *
 * Thread safety: nothing is kept between calls; calls on different networks may run at the same
 * time. */
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

/* Sets a random `percent` (0..100, rounded to whole weights) of the non-zero weights of one layer,
 * or of the whole network, to 0. (seed, draw) selects the weights; with the same (seed, draw), a
 * smaller lesion deletes a subset of a larger one. *deleted (may be NULL) is their number. Errors:
 * argument, memory. */
AANN_API aann_status aann_lesion_apply(aann_network *network, int32_t layer, double percent,
                                       uint64_t seed, uint64_t draw, int64_t *deleted,
                                       aann_error *error);

/* The null model: puts the weights of one layer, or of every layer separately, into a uniformly
 * random order, which keeps the counts. A function of (seed, draw) and the counts. */
AANN_API void aann_network_shuffle(aann_network *network, int32_t layer, uint64_t seed,
                                   uint64_t draw);

/* One weight for all synapses, as in weight-agnostic networks (Gaier and Ha, 2019): makes a copy of
 * the network in which every non-zero weight counts as `value`, or with `keep_signs` as `value`
 * times its sign. `value` is a power of two, +-2^-k for k = 0, 1, 2, ..., so that it is exact in
 * integers: the copy's weights are -1, 0 and +1, and each layer's sum is shifted right by k more
 * bits, HardTanh(floor(2^-k sum)). The copy has another spec, so create its evaluator with
 * aann_network_spec(*copy). Free it with aann_network_destroy. Errors: argument (another value, or
 * a shift above 24), memory. */
AANN_API aann_status aann_shared_weight_apply(const aann_network *network, double value,
                                              bool keep_signs, aann_network **copy,
                                              aann_error *error);

#ifdef __cplusplus
}
#endif

#endif
