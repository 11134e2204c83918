/* The inside of aann_network, for the files of this folder. */
#ifndef AANN_NETWORK_NETWORK_H
#define AANN_NETWORK_NETWORK_H

#include "aann/network.h"

struct aann_network {
    aann_spec spec;
    int8_t *weights
        [AANN_MAX_LAYERS]; /* [units][fan_in]; aligned to a cache line, one block per layer */
};

#endif
