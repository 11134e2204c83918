/* Lesions: synapses deleted at random, as in development, where most synapses are lost again.
 *
 * All non-zero weights are put into one random order; a lesion of p percent deletes the first p
 * percent of them. So a curve over p follows one network that loses one synapse after the other,
 * and each lesion is a subset of the next. */
#include "aann/lesion.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"
#include "core/philox.h"
#include "network/network.h"

static int64_t count_synapses(const aann_network *network, int32_t first, int32_t last)
{
    int64_t synapses = 0;
    for (int32_t layer = first; layer <= last; layer++) {
        const aann_counts counts = aann_network_counts(network, layer);
        synapses += counts.minus + counts.plus;
    }
    return synapses;
}

/* doomed[i] tells whether the i-th synapse, in the order of the weights, is deleted. */
static void delete_synapses(aann_network *network, int32_t first, int32_t last,
                            const uint8_t *doomed)
{
    int64_t synapse = 0;
    for (int32_t layer = first; layer <= last; layer++) {
        int8_t *weights = aann_network_weights_mutable(network, layer);
        const int64_t count = aann_network_spec(network)->layers[layer].weight_count;
        for (int64_t i = 0; i < count; i++) {
            if (weights[i] != 0 && doomed[synapse++]) {
                weights[i] = 0;
            }
        }
    }
}

/* The layers that `layer` means. */
static aann_status layer_range(const aann_network *network, int32_t layer, int32_t *first,
                               int32_t *last, aann_error *error)
{
    const int32_t count = aann_network_spec(network)->layer_count;
    *first = layer == AANN_EVERY_LAYER ? 0 : layer;
    *last = layer == AANN_EVERY_LAYER ? count - 1 : layer;
    if (*first < 0 || *last >= count) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "layer %d: there are 0..%d", layer, count - 1);
    }
    return AANN_OK;
}

aann_status aann_lesion_apply(aann_network *network, int32_t layer, double percent, uint64_t seed,
                              uint64_t draw, int64_t *deleted, aann_error *error)
{
    int32_t first = 0;
    int32_t last = 0;
    const aann_status status = layer_range(network, layer, &first, &last, error);
    if (status != AANN_OK) {
        return status;
    }
    if (!(percent >= 0.0 && percent <= 100.0)) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "a lesion of %g percent; 0 to 100 are expected", percent);
    }
    const int64_t synapses = count_synapses(network, first, last);
    if (synapses > INT32_MAX) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "a lesion among %lld synapses; at most 2^31 - 1 are possible",
                         (long long)synapses);
    }
    const int64_t lost = (int64_t)floor(percent / 100.0 * (double)synapses + 0.5);
    int32_t *order = aann_allocate((size_t)synapses, sizeof *order);
    uint8_t *doomed = aann_allocate_zeroed((size_t)synapses, 1);
    if (order == NULL || doomed == NULL) {
        free(order);
        free(doomed);
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a lesion");
    }
    aann_random_stream stream = aann_random_start(
        aann_random_key_create(seed, (uint64_t)(layer + 1)), draw, AANN_PURPOSE_LESION);
    aann_random_order(&stream, order, (int32_t)synapses);
    for (int64_t i = 0; i < lost; i++) {
        doomed[order[i]] = 1;
    }
    delete_synapses(network, first, last, doomed);
    free(order);
    free(doomed);
    if (deleted != NULL) {
        *deleted = lost;
    }
    return AANN_OK;
}

/* Exchanges from the front, as in shuffle.c, of the weights themselves. */
static void shuffle_weights(int8_t *weights, int64_t count, aann_random_stream *stream)
{
    for (int64_t i = 0; i + 1 < count; i++) {
        const int64_t other = i + aann_random_below(stream, (uint32_t)(count - i));
        const int8_t kept = weights[i];
        weights[i] = weights[other];
        weights[other] = kept;
    }
}

void aann_network_shuffle(aann_network *network, int32_t layer, uint64_t seed, uint64_t draw)
{
    const aann_spec *spec = aann_network_spec(network);
    const aann_random_key key = aann_random_key_create(seed, draw);
    for (int32_t index = 0; index < spec->layer_count; index++) {
        if (layer == AANN_EVERY_LAYER || layer == index) {
            aann_random_stream stream =
                aann_random_start(key, (uint64_t)index, AANN_PURPOSE_SHUFFLE);
            shuffle_weights(aann_network_weights_mutable(network, index),
                            spec->layers[index].weight_count, &stream);
        }
    }
}
