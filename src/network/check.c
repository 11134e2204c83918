/* The checks of a network before it is trusted: its layers are those of the spec, with the spec's
 * counts of each weight value.
 *
 * Buffers are sized from the counts of a spec, so weights with other counts would overrun them. A
 * hash does not replace this check: it proves that weights are those that were stored, not that
 * they are p-sparse, and an attacker can write a file with right hashes. */
#include "network/network.h"

#include <inttypes.h>

#include "core/error.h"

aann_status aann_counts_check(const aann_spec *spec, int32_t index, aann_counts counts,
                              aann_status status, aann_error *error)
{
    const aann_counts wanted = aann_spec_counts(spec, index);
    if (counts.minus == wanted.minus && counts.zero == wanted.zero && counts.plus == wanted.plus) {
        return AANN_OK;
    }
    char name[48];
    aann_layer_name(&spec->layers[index], name, sizeof name);
    return aann_fail(error, status,
                     "layer %" PRId32 " (%s) has %" PRId64 " weights -1, %" PRId64 " weights 0 "
                     "and %" PRId64 " weights +1: expected %" PRId64 ", %" PRId64 " and %" PRId64,
                     index + 1, name, counts.minus, counts.zero, counts.plus, wanted.minus,
                     wanted.zero, wanted.plus);
}

aann_status aann_network_check_sparse(const aann_network *network, const aann_spec *spec,
                                      aann_error *error)
{
    aann_status status = aann_network_check_layers(network, spec, error);
    for (int32_t index = 0; index < spec->layer_count && status == AANN_OK; index++) {
        status = aann_counts_check(spec, index, aann_network_counts(network, index),
                                   AANN_ERROR_ARGUMENT, error);
    }
    return status;
}

aann_status aann_network_check_counts(const aann_network *network, aann_error *error)
{
    return aann_network_check_sparse(network, &network->spec, error);
}

static bool same_shape(aann_shape a, aann_shape b)
{
    return a.channels == b.channels && a.height == b.height && a.width == b.width;
}

/* Whether two layers compute the same from the same weights. Equal shapes of inputs, sums and
 * outputs imply equal padding and fan-in. */
static bool same_layer(const aann_layer *a, const aann_layer *b)
{
    return a->kind == b->kind && same_shape(a->input, b->input) && same_shape(a->sums, b->sums) &&
           same_shape(a->output, b->output) && a->kernel_height == b->kernel_height &&
           a->kernel_width == b->kernel_width && a->stride == b->stride &&
           a->padding_top == b->padding_top && a->padding_left == b->padding_left &&
           a->pool_height == b->pool_height && a->pool_width == b->pool_width &&
           a->shift == b->shift;
}

aann_status aann_network_check_layers(const aann_network *network, const aann_spec *spec,
                                      aann_error *error)
{
    const aann_spec *own = &network->spec;
    bool same = own->layer_count == spec->layer_count && same_shape(own->input, spec->input) &&
                own->input_pool_height == spec->input_pool_height &&
                own->input_pool_width == spec->input_pool_width;
    for (int32_t index = 0; same && index < spec->layer_count; index++) {
        same = same_layer(&own->layers[index], &spec->layers[index]);
    }
    if (same) {
        return AANN_OK;
    }
    return aann_fail(error, AANN_ERROR_ARGUMENT,
                     "the network is %s on %" PRId32 "x%" PRId32 "x%" PRId32 ": expected %s on "
                     "%" PRId32 "x%" PRId32 "x%" PRId32,
                     own->text, own->input.channels, own->input.height, own->input.width,
                     spec->text, spec->input.channels, spec->input.height, spec->input.width);
}
