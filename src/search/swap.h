/* Drawing candidate k. */
#ifndef AANN_SEARCH_SWAP_H
#define AANN_SEARCH_SWAP_H

#include <stdbool.h>
#include <stdint.h>

#include "core/philox.h"
#include "engine/engine.h"

/* The swap that candidate `step` of the key's member proposes for this network: a layer by its share
 * (share[layer_count], adding up to 1), then two of its positions with different values, uniformly, within one unit
 * with probability within_unit. Returns false in the rare case that none was found (a layer or unit of equal
 * weights): the candidate is then rejected without a look. */
bool aann_swap_draw(const aann_network *network, aann_random_key key, uint64_t step, const double *share,
                    double within_unit, aann_swap *swap);

#endif
