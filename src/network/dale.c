/* Dale's law is a rule about places: each weight of a later layer may have one sign, which is that
 * of the unit it reads. So a random network is two urns a layer, one for the places of each sign. */
#include "aann/dale.h"

#include <inttypes.h>

#include "core/error.h"
#include "core/philox.h"
#include "network/network.h"

/* How many of the layer's input units have synapses of +1. */
static int32_t plus_units(const aann_layer *layer, double share)
{
    return (int32_t)(share * (double)layer->input.channels + 0.5);
}

int8_t aann_dale_sign(const aann_spec *spec, int32_t layer, double share, int32_t index)
{
    const aann_layer *read = &spec->layers[layer];
    if (layer == 0 || share == 0.0) {
        return 0;
    }
    return index / (read->kernel_height * read->kernel_width) < plus_units(read, share) ? 1 : -1;
}

/* The places of a layer for synapses of +1. */
static int64_t plus_room(const aann_layer *layer, double share)
{
    return (int64_t)plus_units(layer, share) * layer->kernel_height * layer->kernel_width *
           layer->units;
}

static aann_status check_room(const aann_spec *spec, int32_t index, const char *sign, int64_t count,
                              int64_t room, aann_error *error)
{
    if (count <= room) {
        return AANN_OK;
    }
    char name[48];
    aann_layer_name(&spec->layers[index], name, sizeof name);
    return aann_fail(error, AANN_ERROR_ARGUMENT,
                     "Dale's law: layer %" PRId32 " (%s) has %" PRId64 " weights %s and %" PRId64
                     " places for them: expected another share of units, another share of +1, or "
                     "more zeros",
                     index + 1, name, count, sign, room);
}

aann_status aann_dale_check_spec(const aann_spec *spec, double share, aann_error *error)
{
    if (!(share >= 0.0 && share <= 1.0)) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "Dale's law for a share of %g of the units: expected 0 to 1", share);
    }
    aann_status status = AANN_OK;
    for (int32_t i = 1; share > 0.0 && status == AANN_OK && i < spec->layer_count; i++) {
        const aann_layer *layer = &spec->layers[i];
        const aann_counts counts = aann_spec_counts(spec, i);
        const int64_t room = plus_room(layer, share);
        status = check_room(spec, i, "+1", counts.plus, room, error);
        if (status == AANN_OK) {
            status = check_room(spec, i, "-1", counts.minus, layer->weight_count - room, error);
        }
    }
    return status;
}

static bool allows(int8_t sign, int8_t weight)
{
    return sign == 0 || weight == 0 || weight == sign;
}

aann_status aann_dale_check(const aann_network *network, double share, aann_error *error)
{
    const aann_spec *spec = &network->spec;
    if (!(share >= 0.0 && share <= 1.0)) {
        return aann_dale_check_spec(spec, share, error);
    }
    for (int32_t layer = 1; share > 0.0 && layer < spec->layer_count; layer++) {
        const int64_t fan_in = spec->layers[layer].fan_in;
        for (int64_t i = 0; i < spec->layers[layer].weight_count; i++) {
            const int8_t weight = network->weights[layer][i];
            const int32_t index = (int32_t)(i % fan_in);
            if (!allows(aann_dale_sign(spec, layer, share, index), weight)) {
                return aann_fail(error, AANN_ERROR_ARGUMENT,
                                 "Dale's law for a share of %g of the units: layer %" PRId32
                                 ", unit %" PRId64 ", weight %" PRId32 " is %+d: expected %+d or 0",
                                 share, layer + 1, i / fan_in, index, weight, -weight);
            }
        }
    }
    return AANN_OK;
}

/* One sign's places still to be visited, and the synapses that are left for them. */
typedef struct urn {
    int64_t places;
    int64_t synapses;
} urn;

static void randomise_layer(aann_network *network, int32_t index, double share,
                            aann_random_stream *stream)
{
    const aann_spec *spec = &network->spec;
    const aann_layer *layer = &spec->layers[index];
    const aann_counts counts = aann_spec_counts(spec, index);
    const int64_t room = plus_room(layer, share);
    urn plus = {room, counts.plus};
    urn minus = {layer->weight_count - room, counts.minus};
    for (int64_t i = 0; i < layer->weight_count; i++) {
        const int8_t sign = aann_dale_sign(spec, index, share, (int32_t)(i % layer->fan_in));
        urn *own = sign > 0 ? &plus : &minus;
        const bool drawn =
            (int64_t)aann_random_below(stream, (uint32_t)own->places) < own->synapses;
        network->weights[index][i] = drawn ? sign : 0;
        own->places--;
        own->synapses -= drawn;
    }
}

aann_status aann_dale_randomise(aann_network *network, double share, uint64_t seed, uint64_t member,
                                aann_error *error)
{
    const aann_status status = aann_dale_check_spec(&network->spec, share, error);
    if (status != AANN_OK) {
        return status;
    }
    aann_network_randomise(network, seed, member);
    const aann_random_key key = aann_random_key_create(seed, member);
    for (int32_t i = 1; share > 0.0 && i < network->spec.layer_count; i++) {
        aann_random_stream stream = aann_random_start(key, (uint64_t)i, AANN_PURPOSE_WEIGHTS);
        randomise_layer(network, i, share, &stream);
    }
    return AANN_OK;
}
