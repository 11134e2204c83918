/* Children of networks: crossover and mutation that keep the counts of -1, 0 and +1. */
#ifndef AANN_SEARCH_CROSSOVER_H
#define AANN_SEARCH_CROSSOVER_H

#include "aann/network.h"
#include "core/philox.h"

/* Makes `child` a mixture of two networks of the same counts per layer: every weight is that of one
 * of its parents, and the counts are the same again, exactly. A function of the parents and the
 * stream. */
aann_status aann_crossover_cross(const aann_network *mother, const aann_network *father,
                                 aann_network *child, aann_random_stream *stream,
                                 aann_error *error);

/* Makes `count` swaps of two different weights of a layer; a layer is drawn in proportion to its
 * weights. */
void aann_crossover_mutate(aann_network *network, int32_t count, aann_random_stream *stream);

#endif
