/* The packed form: two bits per weight.
 *
 * The code is the weight's two lowest bits in two's complement: 0 = 00, +1 = 01, -1 = 11; 10 is no
 * weight. A byte holds four weights, the first in the lowest bits. Each layer starts on a byte, and
 * the unused bits of its last byte are 0. So a network has exactly one packed form. */
#include "network/network.h"

#include <inttypes.h>

#include "core/error.h"

enum { WEIGHTS_PER_BYTE = 4 };

static size_t layer_packed_size(const aann_layer *layer)
{
    return ((size_t)layer->weight_count + WEIGHTS_PER_BYTE - 1) / WEIGHTS_PER_BYTE;
}

size_t aann_network_packed_size(const aann_spec *spec)
{
    size_t size = 0;
    for (int32_t index = 0; index < spec->layer_count; index++) {
        size += layer_packed_size(&spec->layers[index]);
    }
    return size;
}

static unsigned code_shift(size_t weight)
{
    return 2u * (unsigned)(weight % WEIGHTS_PER_BYTE);
}

static unsigned code_at(const uint8_t *packed, size_t weight)
{
    return ((unsigned)packed[weight / WEIGHTS_PER_BYTE] >> code_shift(weight)) & 3u;
}

static void pack_layer(const int8_t *weights, const aann_layer *layer, uint8_t *packed)
{
    const size_t weight_count = (size_t)layer->weight_count;
    for (size_t index = 0; index < layer_packed_size(layer); index++) {
        packed[index] = 0;
    }
    for (size_t index = 0; index < weight_count; index++) {
        const unsigned code = (unsigned)weights[index] & 3u;
        uint8_t *byte = &packed[index / WEIGHTS_PER_BYTE];
        *byte = (uint8_t)(*byte | code << code_shift(index));
    }
}

void aann_network_pack(const aann_network *network, uint8_t *packed)
{
    for (int32_t index = 0; index < network->spec.layer_count; index++) {
        const aann_layer *layer = &network->spec.layers[index];
        pack_layer(network->weights[index], layer, packed);
        packed += layer_packed_size(layer);
    }
}

static aann_status check_layer(const uint8_t *packed, const aann_spec *spec, int32_t index,
                               aann_error *error)
{
    const aann_layer *layer = &spec->layers[index];
    const size_t weight_count = (size_t)layer->weight_count;
    int64_t counts[4] = {0}; /* by code */
    for (size_t weight = 0; weight < weight_count; weight++) {
        const unsigned code = code_at(packed, weight);
        if (code == 2u) {
            return aann_fail(error, AANN_ERROR_FORMAT,
                             "packed weights: layer %" PRId32
                             ", weight %zu has the code 10, which is none",
                             index + 1, weight);
        }
        counts[code]++;
    }
    for (size_t weight = weight_count; weight < WEIGHTS_PER_BYTE * layer_packed_size(layer);
         weight++) {
        if (code_at(packed, weight) != 0u) {
            return aann_fail(error, AANN_ERROR_FORMAT,
                             "packed weights: unused bits after layer %" PRId32 " are not 0",
                             index + 1);
        }
    }
    return aann_counts_check(
        spec, index, (aann_counts){.minus = counts[3], .zero = counts[0], .plus = counts[1]},
        AANN_ERROR_FORMAT, error);
}

static void unpack_layer(const uint8_t *packed, const aann_layer *layer, int8_t *weights)
{
    static const int8_t values[4] = {0, 1, 0, -1};
    const size_t weight_count = (size_t)layer->weight_count;
    for (size_t weight = 0; weight < weight_count; weight++) {
        weights[weight] = values[code_at(packed, weight)];
    }
}

aann_status aann_network_unpack(aann_network *network, const uint8_t *packed, size_t size,
                                aann_error *error)
{
    const aann_spec *spec = &network->spec;
    if (size != aann_network_packed_size(spec)) {
        return aann_fail(error, AANN_ERROR_FORMAT,
                         "packed weights: %zu bytes, but this network has %zu", size,
                         aann_network_packed_size(spec));
    }
    const uint8_t *layer_packed = packed;
    for (int32_t index = 0; index < spec->layer_count; index++) {
        const aann_status status = check_layer(layer_packed, spec, index, error);
        if (status != AANN_OK) {
            return status;
        }
        layer_packed += layer_packed_size(&spec->layers[index]);
    }
    for (int32_t index = 0; index < spec->layer_count; index++) {
        unpack_layer(packed, &spec->layers[index], network->weights[index]);
        packed += layer_packed_size(&spec->layers[index]);
    }
    return AANN_OK;
}
