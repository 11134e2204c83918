/* Networks: a spec and its weights, and the uniformly random start of every search. */
#include "network/network.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"
#include "core/philox.h"

static aann_status allocate_weights(aann_network *network, aann_error *error)
{
    for (int32_t index = 0; index < network->spec.layer_count; index++) {
        const size_t weight_count = (size_t)network->spec.layers[index].weight_count;
        network->weights[index] = aann_allocate_aligned(weight_count);
        if (network->weights[index] == NULL) {
            return aann_fail(error, AANN_ERROR_MEMORY,
                             "no memory for the %zu weights of layer %" PRId32, weight_count,
                             index + 1);
        }
        memset(network->weights[index], 0, weight_count);
    }
    return AANN_OK;
}

aann_status aann_network_create(const aann_spec *spec, aann_network **network, aann_error *error)
{
    *network = NULL;
    aann_network *created = aann_allocate_zeroed(1, sizeof *created);
    if (created == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "no memory for a network");
    }
    created->spec = *spec;
    const aann_status status = allocate_weights(created, error);
    if (status != AANN_OK) {
        aann_network_destroy(created);
        return status;
    }
    *network = created;
    return AANN_OK;
}

aann_status aann_network_copy(const aann_network *source, aann_network **copy, aann_error *error)
{
    const aann_status status = aann_network_create(&source->spec, copy, error);
    if (*copy == NULL) {
        return status;
    }
    aann_network_copy_weights(source, *copy);
    return AANN_OK;
}

void aann_network_destroy(aann_network *network)
{
    if (network == NULL) {
        return;
    }
    for (int32_t index = 0; index < network->spec.layer_count; index++) {
        aann_free_aligned(network->weights[index]);
    }
    free(network);
}

const aann_spec *aann_network_spec(const aann_network *network)
{
    return &network->spec;
}

const int8_t *aann_network_weights(const aann_network *network, int32_t layer)
{
    return network->weights[layer];
}

int8_t *aann_network_weights_mutable(aann_network *network, int32_t layer)
{
    return network->weights[layer];
}

aann_status aann_network_set_weights(aann_network *network, int32_t layer, const int8_t *values,
                                     aann_error *error)
{
    const aann_spec *spec = &network->spec;
    if (layer < 0 || layer >= spec->layer_count) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "layer %" PRId32 ": \"%s\" has the layers 0 to %" PRId32, layer,
                         spec->text, spec->layer_count - 1);
    }
    const int64_t weight_count = spec->layers[layer].weight_count;
    for (int64_t index = 0; index < weight_count; index++) {
        if (values[index] < -1 || values[index] > 1) {
            return aann_fail(error, AANN_ERROR_ARGUMENT,
                             "layer %" PRId32 ": weight %" PRId64 " is %d: expected -1, 0 or 1",
                             layer, index, values[index]);
        }
    }
    memcpy(network->weights[layer], values, (size_t)weight_count);
    return AANN_OK;
}

void aann_network_copy_weights(const aann_network *source, aann_network *copy)
{
    for (int32_t index = 0; index < source->spec.layer_count; index++) {
        memcpy(copy->weights[index], source->weights[index],
               (size_t)source->spec.layers[index].weight_count);
    }
}

aann_counts aann_network_counts(const aann_network *network, int32_t layer)
{
    const int8_t *weights = network->weights[layer];
    const int64_t weight_count = network->spec.layers[layer].weight_count;
    aann_counts counts = {0};
    for (int64_t index = 0; index < weight_count; index++) {
        counts.minus += weights[index] < 0;
        counts.zero += weights[index] == 0;
        counts.plus += weights[index] > 0;
    }
    return counts;
}

/* Draws the weights one after the other from an urn that holds exactly `left` of them, without
 * putting back: every arrangement of these counts is equally likely. */
static void draw_from_urn(int8_t *weights, aann_counts left, aann_random_stream *stream)
{
    const int64_t weight_count = left.minus + left.zero + left.plus;
    for (int64_t index = 0; index < weight_count; index++) {
        const int64_t ball = aann_random_below(stream, (uint32_t)(weight_count - index));
        if (ball < left.zero) {
            weights[index] = 0;
            left.zero--;
        } else if (ball < left.zero + left.plus) {
            weights[index] = 1;
            left.plus--;
        } else {
            weights[index] = -1;
            left.minus--;
        }
    }
}

void aann_network_randomise(aann_network *network, uint64_t seed, uint64_t member)
{
    const aann_random_key key = aann_random_key_create(seed, member);
    for (int32_t index = 0; index < network->spec.layer_count; index++) {
        aann_random_stream stream = aann_random_start(key, (uint64_t)index, AANN_PURPOSE_WEIGHTS);
        draw_from_urn(network->weights[index], aann_spec_counts(&network->spec, index), &stream);
    }
}
