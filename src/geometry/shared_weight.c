/* One weight for all synapses: what a topology is worth without its weights. */
#include <math.h>

#include "aann/lesion.h"
#include "core/error.h"
#include "network/network.h"

enum { MOST_SHIFT = 24 };

/* k of |value| = 2^-k; -1 for any other value. */
static int32_t shift_of(double value)
{
    int exponent = 0;
    if (!isfinite(value) || frexp(fabs(value), &exponent) != 0.5 || exponent > 1 ||
        1 - exponent > MOST_SHIFT) {
        return -1;
    }
    return 1 - exponent;
}

static void set_weights(const aann_network *network, int8_t sign, bool keep_signs,
                        aann_network *copy)
{
    const aann_spec *spec = aann_network_spec(network);
    for (int32_t layer = 0; layer < spec->layer_count; layer++) {
        const int8_t *from = aann_network_weights(network, layer);
        int8_t *to = aann_network_weights_mutable(copy, layer);
        for (int64_t i = 0; i < spec->layers[layer].weight_count; i++) {
            const int8_t own = keep_signs ? from[i] : (int8_t)(from[i] != 0);
            to[i] = (int8_t)(own * sign);
        }
    }
}

aann_status aann_shared_weight_apply(const aann_network *network, double value, bool keep_signs,
                                     aann_network **copy, aann_error *error)
{
    *copy = NULL;
    const int32_t shift = shift_of(value);
    if (shift < 0) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "a shared weight of %g; expected 1, 0.5, 0.25, ... or the same below 0",
                         value);
    }
    aann_spec spec = *aann_network_spec(network);
    int32_t shifts[AANN_MAX_LAYERS];
    for (int32_t i = 0; i < spec.layer_count; i++) {
        shifts[i] = spec.layers[i].shift + shift;
    }
    aann_status status = aann_spec_set_shifts(&spec, shifts, (size_t)spec.layer_count, error);
    if (status == AANN_OK) {
        status = aann_network_create(&spec, copy, error);
    }
    if (status == AANN_OK) {
        set_weights(network, value < 0.0 ? -1 : 1, keep_signs, *copy);
    }
    return status;
}
