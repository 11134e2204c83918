/* Enumeration: the weights of a layer as a multiset in all its orders, layer after layer. */
#include "manifold/support_count.h"

#include <stdlib.h>
#include <string.h>

#include "aann/evaluate.h"
#include "core/philox.h"
#include "support/test.h"
#include "support/writable.h"

typedef struct enumeration {
    const aann_spec *spec;
    const aann_samples *samples;
    double loss_scale;
    aann_network *network;
    aann_evaluator *evaluator;
    int32_t *logits;
    counted_network *networks;
    size_t count;
    size_t capacity;
} enumeration;

/* The next order of values[count] after the present one; false after the last. */
static bool next_order(int8_t *values, int64_t count)
{
    int64_t i = count - 2;
    while (i >= 0 && values[i] >= values[i + 1]) {
        i--;
    }
    if (i < 0) {
        return false;
    }
    int64_t k = count - 1;
    while (values[k] <= values[i]) {
        k--;
    }
    int8_t kept = values[i];
    values[i] = values[k];
    values[k] = kept;
    for (int64_t a = i + 1, b = count - 1; a < b; a++, b--) {
        kept = values[a];
        values[a] = values[b];
        values[b] = kept;
    }
    return true;
}

static void add_network(enumeration *all)
{
    aann_error error;
    aann_score score;
    if (all->count == all->capacity) {
        all->capacity = 2 * all->capacity + 1024;
        all->networks = realloc(all->networks, all->capacity * sizeof *all->networks);
    }
    assert_ok(aann_evaluator_set_network(all->evaluator, all->network, &error));
    assert_ok(aann_evaluator_logits(all->evaluator, all->samples, 0, all->samples->count,
                                    all->logits, &error));
    assert_ok(aann_logits_score(all->samples, all->logits, all->spec->output_count, all->loss_scale,
                                NULL, &score, &error));
    all->networks[all->count++] = (counted_network){score.loss, (int32_t)score.correct};
}

static void enumerate(enumeration *all, int32_t layer)
{
    aann_error error;
    if (layer == all->spec->layer_count) {
        add_network(all);
        return;
    }
    const int64_t weights = all->spec->layers[layer].weight_count;
    const aann_counts counts = aann_spec_counts(all->spec, layer);
    int8_t *values = malloc((size_t)weights);
    for (int64_t i = 0; i < weights; i++) {
        values[i] = (int8_t)(i < counts.minus ? -1 : i < counts.minus + counts.zero ? 0 : 1);
    }
    do {
        assert_ok(aann_network_set_weights(all->network, layer, values, &error));
        enumerate(all, layer + 1);
    } while (next_order(values, weights));
    free(values);
}

counted_network *count_all(const aann_spec *spec, const aann_samples *samples, double loss_scale,
                           size_t *count)
{
    aann_error error;
    enumeration all = {.spec = spec, .samples = samples, .loss_scale = loss_scale};
    all.logits = malloc((size_t)samples->count * (size_t)spec->output_count * sizeof *all.logits);
    assert_ok(aann_network_create(spec, &all.network, &error));
    assert_ok(aann_evaluator_create_empty(spec, 1, NULL, &all.evaluator, &error));
    enumerate(&all, 0);
    aann_evaluator_destroy(all.evaluator);
    aann_network_destroy(all.network);
    free(all.logits);
    *count = all.count;
    return all.networks;
}

aann_samples *small_samples(aann_shape shape, int32_t classes, int64_t count, uint64_t seed)
{
    aann_random_stream stream =
        aann_random_start(aann_random_key_create(seed, 0), 0, AANN_PURPOSE_TEST);
    const int64_t size = aann_shape_size(shape);
    int8_t *inputs = malloc((size_t)(count * size));
    int32_t *labels = malloc((size_t)count * sizeof *labels);
    float *targets = malloc((size_t)(count * classes) * sizeof *targets);
    for (int64_t i = 0; i < count; i++) {
        int32_t sum = 0;
        for (int64_t p = 0; p < size; p++) {
            const int32_t value = (int32_t)aann_random_below(&stream, 255) - 127;
            inputs[i * size + p] = (int8_t)value;
            sum += p % 3 == 0 ? value : p % 3 == 1 ? -value : 0;
        }
        const int32_t noise = (int32_t)aann_random_below(&stream, 61) - 30;
        labels[i] = (sum + noise > 0 ? 1 : 0) % classes;
        for (int32_t c = 0; c < classes; c++) {
            targets[i * classes + c] = c == labels[i] ? 0.8F : -0.3F;
        }
    }
    aann_samples *samples = calloc(1, sizeof *samples);
    *samples = (aann_samples){.shape = shape,
                              .count = count,
                              .inputs = inputs,
                              .labels = labels,
                              .class_count = classes,
                              .targets = targets,
                              .target_count = classes};
    return samples;
}

void free_small_samples(aann_samples *samples)
{
    free(writable(samples->inputs));
    free(writable(samples->labels));
    free(writable(samples->targets));
    free(samples);
}
