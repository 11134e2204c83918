/* Drawing candidate k. */
#ifndef AANN_SEARCH_SWAP_H
#define AANN_SEARCH_SWAP_H

#include <stdbool.h>
#include <stdint.h>

#include "core/philox.h"
#include "engine/engine.h"

/* Which swaps may be drawn. */
typedef struct aann_swap_rule {
    const aann_network *anchor; /* only those that lead farther from it; NULL: any */
    bool towards;               /* or none that does */
    double dale;                /* only those after which this law holds (aann/dale.h); 0: none */
} aann_swap_rule;

/* The swap that candidate `step` of the key's member proposes for this network: a layer by its
 * share (share[layer_count], adding up to 1; the first of several layers for sixteen steps at a
 * time), then two of its positions with different values, within one unit with probability
 * within_unit (in the first of several layers 1 - (1 - within_unit) / 8); `rule` NULL: any. Pairs
 * are equally likely, except exchanges of a -1 and a +1, see swap.c. Returns false in the rare case
 * that none was found (a layer or unit of equal weights, or none that the rule allows): the
 * candidate is then rejected without evaluation. */
bool aann_swap_draw(const aann_network *network, aann_random_key key, uint64_t step,
                    const double *share, double within_unit, const aann_swap_rule *rule,
                    aann_swap *swap);

/* How a swap that was drawn for the present network changes its Hamming distance to the anchor:
 * -2..2. */
int32_t aann_swap_distance_change(const aann_network *anchor, const aann_swap *swap);

#endif
