/* Proposals of a chain: swaps that are as likely as their reversals. */
#ifndef AANN_MANIFOLD_PROPOSAL_H
#define AANN_MANIFOLD_PROPOSAL_H

#include <stdbool.h>
#include <stdint.h>

#include "aann/network.h"
#include "core/philox.h"
#include "engine/engine.h"

/* Candidates in a row that all change the same unit of the first layer, or all do not. */
enum { AANN_PROPOSAL_RUN = 16 };

/* What proposals depend on besides the network; fixed for a whole ladder. */
typedef struct aann_proposal_rule {
    double share[AANN_MAX_LAYERS]; /* of the candidates, per layer; they add up to 1 */
    double within_unit;
} aann_proposal_rule;

/* The rule of these options: shares as given (all 0: chosen), made to add up to 1. */
aann_proposal_rule aann_proposal_rule_make(const aann_spec *spec, const double *layer_share,
                                           double within_unit);

/* Draws candidate `number` of the key's ladder for this network. False in the rare case that no two
 * different weights were found: the chain then stays where it is. */
bool aann_proposal_draw(const aann_network *network, const aann_proposal_rule *rule,
                        aann_random_key key, uint64_t number, aann_swap *swap);

#endif
