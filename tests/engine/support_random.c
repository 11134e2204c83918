/* Random specs, networks, samples and swaps for the engine's tests. */
#include "engine/support_random.h"
#include "support/test.h"
#include "support/writable.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint32_t below(aann_random_stream *stream, uint32_t bound)
{
    return aann_random_below(stream, bound);
}

static void append_layer_suffixes(char *text, size_t size, aann_random_stream *stream, bool last)
{
    static const int sparsities[] = {0, 10, 50, 50, 80, 90, 90, 99};
    const size_t length = strlen(text);
    snprintf(text + length, size - length, "@%d", sparsities[below(stream, 8)]);
    if (below(stream, 3) == 0) {
        const size_t end = strlen(text);
        snprintf(text + end, size - end, ">>%u", 1 + below(stream, last ? 2 : 4));
    }
}

static void random_text(char *text, size_t size, bool signal, aann_random_stream *stream)
{
    text[0] = '\0';
    if (below(stream, 6) == 0) {
        snprintf(text, size, signal ? "MP1x2-" : "MP2-");
    }
    const uint32_t convolutions = below(stream, 4);
    for (uint32_t i = 0; i < convolutions; i++) {
        size_t length = strlen(text);
        if (signal) {
            snprintf(text + length, size - length, "%uC1x%u", 1 + below(stream, 6),
                     1 + below(stream, 5));
        } else if (below(stream, 2) == 0) {
            snprintf(text + length, size - length, "%uC%u", 1 + below(stream, 8),
                     1 + below(stream, 5));
        } else {
            snprintf(text + length, size - length, "%uC%ux%u", 1 + below(stream, 6),
                     1 + below(stream, 4), 1 + below(stream, 4));
        }
        length = strlen(text);
        if (below(stream, 3) == 0) {
            snprintf(text + length, size - length, "v");
        }
        length = strlen(text);
        if (below(stream, 4) == 0) {
            snprintf(text + length, size - length, "s%u", 1 + below(stream, 3));
        }
        append_layer_suffixes(text, size, stream, false);
        length = strlen(text);
        snprintf(text + length, size - length, "-");
        length = strlen(text);
        if (below(stream, 2) == 0) {
            snprintf(text + length, size - length, signal ? "MP1x%u-" : "MP%u-",
                     2 + below(stream, 2));
        }
    }
    for (uint32_t i = below(stream, 3); i > 0; i--) {
        const size_t length = strlen(text);
        snprintf(text + length, size - length, "%u", 2 + below(stream, 20));
        append_layer_suffixes(text, size, stream, false);
        const size_t end = strlen(text);
        snprintf(text + end, size - end, "-");
    }
    const size_t length = strlen(text);
    snprintf(text + length, size - length, "%u", 2 + below(stream, 9));
    append_layer_suffixes(text, size, stream, true);
}

aann_spec random_spec(aann_random_stream *stream)
{
    for (;;) {
        const bool signal = below(stream, 4) == 0;
        const aann_shape input = {1 + (int32_t)below(stream, 3),
                                  signal ? 1 : 4 + (int32_t)below(stream, 12),
                                  4 + (int32_t)below(stream, 12)};
        char text[AANN_MAX_SPEC_LENGTH];
        random_text(text, sizeof text, signal, stream);
        aann_spec spec;
        /* Some do not fit, or leave a layer without weights: draw again. */
        if (aann_spec_parse(text, input, &spec, NULL) != AANN_OK) {
            continue;
        }
        bool good = true;
        for (int32_t i = 0; i < spec.layer_count; i++) {
            const aann_counts counts = aann_spec_counts(&spec, i);
            /* A swap needs two different values. */
            const int kinds = (counts.minus > 0) + (counts.zero > 0) + (counts.plus > 0);
            good = good && counts.minus + counts.plus > 0 && kinds >= 2;
        }
        if (good) {
            return spec;
        }
    }
}

aann_samples *random_samples(const aann_spec *spec, int64_t count, aann_random_stream *stream)
{
    const int64_t size = aann_shape_size(spec->input);
    aann_samples *samples = calloc(1, sizeof *samples);
    samples->shape = spec->input;
    samples->count = count;
    int8_t *inputs = malloc((size_t)(count * size));
    samples->inputs = inputs;
    int32_t *labels = malloc((size_t)count * sizeof *labels);
    samples->labels = labels;
    samples->class_count = spec->output_count;
    float *targets = malloc((size_t)(count * spec->output_count) * sizeof *targets);
    samples->targets = targets;
    samples->target_count = spec->output_count;
    const uint32_t kind = below(stream, 3);
    for (int64_t i = 0; i < count * size; i++) {
        const int32_t value = (int32_t)below(stream, 255) - 127;
        /* kind 1: mostly zero, with whole columns empty; kind 2: saturated */
        const bool empty = kind == 1 && (i % size % 3 == 0 || below(stream, 4) != 0);
        inputs[i] = (int8_t)(empty ? 0 : kind == 2 ? (value < 0 ? -127 : 127) : value);
    }
    for (int64_t i = 0; i < count; i++) {
        labels[i] = (int32_t)below(stream, (uint32_t)spec->output_count);
    }
    for (int64_t i = 0; i < count * spec->output_count; i++) {
        targets[i] = (float)aann_random_unit(stream) * 2.0F - 1.0F;
    }
    return samples;
}

void free_random_samples(aann_samples *samples)
{
    free(writable(samples->inputs));
    free(writable(samples->labels));
    free(writable(samples->targets));
    free(samples);
}

aann_swap random_swap(const aann_network *network, aann_random_stream *stream)
{
    const aann_spec *spec = aann_network_spec(network);
    for (;;) {
        const int32_t index = (int32_t)below(stream, (uint32_t)spec->layer_count);
        const aann_layer *layer = &spec->layers[index];
        const int8_t *weights = aann_network_weights(network, index);
        const bool within = below(stream, 2) == 0;
        for (int32_t attempt = 0; attempt < 1000; attempt++) {
            const int32_t unit_a = (int32_t)below(stream, (uint32_t)layer->units);
            const int32_t unit_b = within ? unit_a : (int32_t)below(stream, (uint32_t)layer->units);
            const int32_t a = (int32_t)below(stream, (uint32_t)layer->fan_in);
            const int32_t b = (int32_t)below(stream, (uint32_t)layer->fan_in);
            const int8_t value_a = weights[(int64_t)unit_a * layer->fan_in + a];
            const int8_t value_b = weights[(int64_t)unit_b * layer->fan_in + b];
            if (value_a != value_b) {
                return (aann_swap){.layer = index,
                                   .changes = {{unit_a, a, value_b}, {unit_b, b, value_a}}};
            }
        }
    }
}
