/* Networks for the tests of models: their weights follow from a formula. */
#ifndef AANN_TESTS_MODEL_STEPPED_WEIGHTS_H
#define AANN_TESTS_MODEL_STEPPED_WEIGHTS_H

#include "network/network.h"
#include "support/test.h"

/* Weights from a formula of these tests alone: the counts of the spec, stepped through by 5. */
static inline aann_network *stepped_network(const aann_spec *spec)
{
    aann_error error = {0};
    aann_network *network = NULL;
    assert_ok(aann_network_create(spec, &network, &error));
    for (int32_t layer = 0; layer < spec->layer_count; layer++) {
        const aann_counts counts = aann_spec_counts(spec, layer);
        const int64_t count = spec->layers[layer].weight_count;
        int8_t *weights = aann_network_weights_mutable(network, layer);
        for (int64_t i = 0; i < count; i++) {
            const int64_t rank = (i * 5 + layer) % count;
            weights[i] = rank < counts.minus ? -1 : rank < counts.minus + counts.zero ? 0 : 1;
        }
    }
    return network;
}

#endif
