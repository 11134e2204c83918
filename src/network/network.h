/* The inside of aann_network for the files of this folder, and for other folders: weights that are
 * changed in place, and the checks before a network is trusted. */
#ifndef AANN_NETWORK_NETWORK_H
#define AANN_NETWORK_NETWORK_H

#include "aann/network.h"

struct aann_network {
    aann_spec spec;

    /* [layer_count][units][fan_in]; each layer aligned to a cache line */
    int8_t *weights[AANN_MAX_LAYERS];
};

/* The weights of a layer, for changes in place. The writer keeps the values in {-1, 0, +1}. */
int8_t *aann_network_weights_mutable(aann_network *network, int32_t layer);

/* Copies all weights into another network with the same layers. */
void aann_network_copy_weights(const aann_network *source, aann_network *copy);

/* Fails with `status` unless layer `index` of the spec has these counts. */
aann_status aann_counts_check(const aann_spec *spec, int32_t index, aann_counts counts,
                              aann_status status, aann_error *error);

/* Fails with AANN_ERROR_ARGUMENT unless the network's layers have the shapes and shifts of this
 * spec, so that buffers sized for the spec fit the network. Sparsities may differ. */
aann_status aann_network_check_layers(const aann_network *network, const aann_spec *spec,
                                      aann_error *error);

/* The same, and every layer must have the counts of this spec: the network is a point of the
 * searched manifold. */
aann_status aann_network_check_sparse(const aann_network *network, const aann_spec *spec,
                                      aann_error *error);

#endif
