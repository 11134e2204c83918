/* What the geometry tests share: networks, samples, random numbers. */
#include "geometry/support_geometry.h"

#include "core/philox.h"
#include "network/network.h"
#include "support/writable.h"

aann_random_stream test_stream(uint64_t number)
{
    return aann_random_start(aann_random_key_create(2024, 0), number, AANN_PURPOSE_TEST);
}

aann_network **random_networks(const char *text, aann_shape input, uint64_t seed, int32_t count)
{
    aann_error error;
    aann_spec spec;
    assert_ok(aann_spec_parse(text, input, &spec, &error));
    aann_network **networks = calloc((size_t)count, sizeof(aann_network *));
    for (int32_t i = 0; i < count; i++) {
        assert_ok(aann_network_create(&spec, &networks[i], &error));
        aann_network_randomise(networks[i], seed, (uint64_t)i);
    }
    return networks;
}

void free_networks(aann_network **networks, int32_t count)
{
    for (int32_t i = 0; i < count; i++) {
        aann_network_destroy(networks[i]);
    }
    free(networks);
}

aann_samples *make_samples(const aann_spec *spec, int64_t count, uint64_t seed)
{
    aann_random_stream stream = test_stream(seed);
    const int64_t values = count * aann_shape_size(spec->input);
    aann_samples *samples = calloc(1, sizeof *samples);
    samples->shape = spec->input;
    samples->count = count;
    samples->class_count = spec->output_count;
    int8_t *inputs = malloc((size_t)values);
    samples->inputs = inputs;
    int32_t *labels = malloc((size_t)count * sizeof *labels);
    samples->labels = labels;
    for (int64_t i = 0; i < values; i++) {
        inputs[i] = (int8_t)((int32_t)aann_random_below(&stream, 255) - 127);
    }
    for (int64_t i = 0; i < count; i++) {
        labels[i] = (int32_t)aann_random_below(&stream, (uint32_t)spec->output_count);
    }
    return samples;
}

void free_samples(aann_samples *samples)
{
    free(writable(samples->inputs));
    free(writable(samples->labels));
    free(samples);
}

bool next_permutation(int32_t *order, int32_t count)
{
    int32_t pivot = count - 2;
    while (pivot >= 0 && order[pivot] >= order[pivot + 1]) {
        pivot--;
    }
    if (pivot < 0) {
        return false;
    }
    int32_t other = count - 1;
    while (order[other] <= order[pivot]) {
        other--;
    }
    const int32_t kept = order[pivot];
    order[pivot] = order[other];
    order[other] = kept;
    for (int32_t i = pivot + 1, j = count - 1; i < j; i++, j--) {
        const int32_t swapped = order[i];
        order[i] = order[j];
        order[j] = swapped;
    }
    return true;
}

aann_network *renamed_network(const aann_network *a, aann_random_stream *stream)
{
    aann_error error;
    aann_network *b = NULL;
    assert_ok(aann_network_copy(a, &b, &error));
    const aann_spec *spec = aann_network_spec(a);
    for (int32_t index = 0; index + 1 < spec->layer_count; index++) {
        const aann_layer *layer = &spec->layers[index];
        const aann_layer *next = &spec->layers[index + 1];
        int32_t *names = malloc((size_t)layer->units * sizeof *names);
        aann_random_order(stream, names, layer->units);
        /* Rows of this layer, and input channels of the next, of what b is so far. */
        aann_network *old = NULL;
        assert_ok(aann_network_copy(b, &old, &error));
        const int32_t taps = next->fan_in / next->input.channels;
        for (int32_t i = 0; i < layer->units; i++) {
            memcpy(aann_network_weights_mutable(b, index) + (size_t)i * (size_t)layer->fan_in,
                   aann_network_weights(old, index) + (size_t)names[i] * (size_t)layer->fan_in,
                   (size_t)layer->fan_in);
            for (int32_t unit = 0; unit < next->units; unit++) {
                const size_t row = (size_t)unit * (size_t)next->fan_in;
                memcpy(aann_network_weights_mutable(b, index + 1) + row + (size_t)(i * taps),
                       aann_network_weights(old, index + 1) + row + (size_t)(names[i] * taps),
                       (size_t)taps);
            }
        }
        aann_network_destroy(old);
        free(names);
    }
    return b;
}

void assert_near(double value, double expected, double tolerance)
{
    if (!(fabs(value - expected) <= tolerance)) {
        print_error("%.17g is not %.17g (within %g)\n", value, expected, tolerance);
        fail();
    }
}
