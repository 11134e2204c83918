/* The hash that tells networks apart: XXH3 over bytes that are the same on every machine.
 *
 * First the text "1x28x28:16C5@50-...", the input's shape and the canonical spec, with seed 0; then
 * the weights of each layer, one byte a weight, each with the hash so far as its seed. */
#include "network/network.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/hash64.h"

static uint64_t hash_identity(const aann_spec *spec)
{
    char
        text[AANN_MAX_SPEC_LENGTH + 48]; /* room for the longest canonical spec and three extents */
    const int prefix = snprintf(text, sizeof text, "%" PRId32 "x%" PRId32 "x%" PRId32 ":",
                                spec->input.channels, spec->input.height, spec->input.width);
    (void)aann_spec_format(spec, text + prefix, sizeof text - (size_t)prefix, NULL);
    return aann_hash64(text, strlen(text));
}

uint64_t aann_network_hash(const aann_network *network)
{
    uint64_t hash = hash_identity(&network->spec);
    for (int32_t index = 0; index < network->spec.layer_count; index++) {
        hash = aann_hash64_seeded(network->weights[index],
                                  (size_t)network->spec.layers[index].weight_count, hash);
    }
    return hash;
}
