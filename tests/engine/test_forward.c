/* The evaluator's forward pass, batches and single samples, against the reference evaluation, to
 * the last bit: random specs, networks, samples and counts, sums at their extremes, on every
 * instruction set this machine has.
 *
 * ctest-timeout: 300 */
#include <stdio.h>

#include "aann/evaluate.h"
#include "engine/dispatch.h"
#include "engine/support_random.h"
#include "network/network.h"
#include "support/test.h"
#include "support/writable.h"

enum { SPECS = 50, SAMPLES = 135, CALLS = 3 };

static const char *const instruction_sets[] = {"baseline", "avx2", "avx512", "neon"};

static void reference_logits(const aann_network *network, const aann_samples *samples,
                             int32_t *logits)
{
    const int64_t size = aann_shape_size(samples->shape);
    const int32_t outputs = aann_network_spec(network)->output_count;
    aann_error error;
    for (int64_t i = 0; i < samples->count; i++) {
        assert_ok(aann_network_reference_logits(network, samples->inputs + i * size,
                                                logits + i * outputs, &error));
    }
}

/* first..first+count-1 in one call. */
static void check_call(aann_evaluator *evaluator, const aann_network *network,
                       const aann_samples *samples, int64_t first, int64_t count,
                       const int32_t *expected)
{
    aann_error error;
    const int32_t outputs = aann_network_spec(network)->output_count;
    int32_t *logits = calloc((size_t)(count * outputs) + 1, sizeof *logits);
    logits[count * outputs] = 12345; /* nothing is written past the end */
    assert_ok(aann_evaluator_logits(evaluator, samples, first, count, logits, &error));
    assert_int_equal(logits[count * outputs], 12345);
    for (int64_t i = 0; i < count * outputs; i++) {
        if (logits[i] != expected[first * outputs + i]) {
            fail_msg(
                "%s: output %d of sample %d, samples %d from %d on in one call: %d instead of %d",
                aann_network_spec(network)->text, (int)(i % outputs), (int)(first + i / outputs),
                (int)count, (int)first, logits[i], expected[first * outputs + i]);
        }
    }
    free(logits);
}

/* All at once, a few, one, and random parts. */
static void check_network(aann_evaluator *evaluator, const aann_network *network,
                          const aann_samples *samples, aann_random_stream *stream)
{
    const int32_t outputs = aann_network_spec(network)->output_count;
    int32_t *expected = calloc((size_t)(samples->count * outputs), sizeof *expected);
    aann_error error;
    assert_ok(aann_evaluator_set_network(evaluator, network, &error));
    reference_logits(network, samples, expected);
    check_call(evaluator, network, samples, 0, samples->count, expected);
    check_call(evaluator, network, samples, samples->count - 1, 1, expected);
    check_call(evaluator, network, samples, 0, 0, expected);
    for (int i = 0; i < CALLS; i++) {
        const int64_t count = 1 + aann_random_below(stream, (uint32_t)samples->count);
        const int64_t first = aann_random_below(stream, (uint32_t)(samples->count - count + 1));
        check_call(evaluator, network, samples, first, count, expected);
    }
    free(expected);
}

static void check_spec(const aann_spec *spec, const char *isa, uint64_t seed, int64_t count,
                       aann_random_stream *stream)
{
    aann_error error;
    aann_network *network = NULL;
    aann_evaluator *evaluator = NULL;
    assert_ok(aann_network_create(spec, &network, &error));
    assert_ok(aann_evaluator_create_empty(spec, 1 + (int32_t)(seed % 2), isa, &evaluator, &error));
    aann_samples *samples = random_samples(spec, count, stream);
    aann_network_randomise(network, seed, 0);
    check_network(evaluator, network, samples, stream);
    /* The same network in the same place with other weights: nothing may be left of the old
     * ones. */
    const int32_t layer = (int32_t)aann_random_below(stream, (uint32_t)spec->layer_count);
    int8_t *weights = aann_network_weights_mutable(network, layer);
    weights[spec->layers[layer].weight_count - 1] ^= 1; /* 0 <-> 1, -1 -> -2: not a weight */
    if (weights[spec->layers[layer].weight_count - 1] == -2) {
        weights[spec->layers[layer].weight_count - 1] = 0;
    }
    check_network(evaluator, network, samples, stream);
    free_random_samples(samples);
    aann_evaluator_destroy(evaluator);
    aann_network_destroy(network);
}

/* Runs check(isa) for every instruction set there is. */
static void for_each_instruction_set(void (*check)(const char *isa))
{
    int found = 0;
    for (size_t i = 0; i < sizeof instruction_sets / sizeof *instruction_sets; i++) {
        aann_kernels kernels;
        if (aann_kernels_choose(instruction_sets[i], &kernels, NULL) == AANN_OK) {
            check(instruction_sets[i]);
            found++;
        }
    }
    assert_true(found > 0);
}

static void check_random_specs(const char *isa)
{
    aann_random_stream stream =
        aann_random_start(aann_random_key_create(23, 0), 0, AANN_PURPOSE_TEST);
    for (uint64_t i = 0; i < SPECS; i++) {
        const aann_spec spec = random_spec(&stream);
        check_spec(&spec, isa, i, SAMPLES, &stream);
    }
}

static void random_specs(void **state)
{
    (void)state;
    for_each_instruction_set(check_random_specs);
}

/* What random specs rarely have: sums past 16 bits in every kind of layer, pools of other sizes,
 * strides with pools, signals, several dense layers, and the presets. */
static void check_chosen_specs(const char *isa)
{
    static const struct {
        const char *text;
        aann_shape input;
        int64_t samples;
    } chosen[] = {
        {"16C5@50-MP2-32C5@90-MP2-10@90", {1, 28, 28}, 20},
        {"32C7vs4@50-MP2-64C5v@90-MP2-100@90-3@50", {1, 96, 96}, 2},
        {"4C7vs4@50-MP2-6C3v@80-MP2-20@90-3@50", {1, 44, 40}, 66},
        {"20C5@0-MP2-8C5@0-MP2-400@0-10@0", {1, 14, 14}, 66},
        {"3C3s2@0-MP3-30C5@0>>2-MP1x2-300@0-200@0>>1-10@0", {12, 15, 17}, 66},
        {"MP2-40C3vs3@0-5C2s2@0>>1-7@0", {2, 20, 20}, 66},
        {"9C1x7s2@0-MP1x3-20C1x4@0-MP1x2-12@0", {2, 1, 70}, 66},
        {"700@0-300@0-10@0>>3", {3, 10, 10}, 66},
        {"4C4@0-4C4@0-4C4@0-2", {1, 5, 5}, 66},
        {"10@0", {1, 7, 9}, 66},
    };
    aann_random_stream stream =
        aann_random_start(aann_random_key_create(24, 0), 0, AANN_PURPOSE_TEST);
    for (size_t i = 0; i < sizeof chosen / sizeof *chosen; i++) {
        aann_error error;
        aann_spec spec;
        assert_ok(aann_spec_parse(chosen[i].text, chosen[i].input, &spec, &error));
        check_spec(&spec, isa, i, chosen[i].samples, &stream);
    }
}

static void chosen_specs(void **state)
{
    (void)state;
    for_each_instruction_set(check_chosen_specs);
}

static void fill(aann_network *network, int8_t weight)
{
    const aann_spec *spec = aann_network_spec(network);
    for (int32_t i = 0; i < spec->layer_count; i++) {
        memset(aann_network_weights_mutable(network, i), weight,
               (size_t)spec->layers[i].weight_count);
    }
}

/* 257 inputs of +-127 are the most that 16 bits hold with the offset of 127; 258 are one too many.
 * The shift leaves differences to see; without it a sum that does not fit would have the other
 * sign. */
static void check_extremes(const char *isa)
{
    static const char *const texts[] = {"3C1v>>9-4>>2", "2C1v>>8-MP1x2-3", "300>>9-5", "3C1v-4>>2"};
    aann_random_stream stream =
        aann_random_start(aann_random_key_create(25, 0), 0, AANN_PURPOSE_TEST);
    for (int i = 0; i < 4 * 4; i++) {
        static const int32_t channels[] = {257, 258, 515, 700};
        const aann_shape input = {channels[i % 4], 1, i / 4 == 2 ? 1 : 2};
        aann_error error;
        aann_spec spec;
        assert_ok(aann_spec_parse(texts[i / 4], input, &spec, &error));
        aann_network *network = NULL;
        aann_evaluator *evaluator = NULL;
        assert_ok(aann_network_create(&spec, &network, &error));
        assert_ok(aann_evaluator_create_empty(&spec, 1, isa, &evaluator, &error));
        aann_samples *samples = random_samples(&spec, 40, &stream);
        const size_t size = (size_t)aann_shape_size(input);
        for (int64_t sample = 0; sample < samples->count; sample++) {
            const int8_t value = sample % 3 == 0 ? 127 : sample % 3 == 1 ? -127 : 126;
            memset((int8_t *)writable(samples->inputs) + (size_t)sample * size, value, size);
        }
        for (int8_t weight = -1; weight <= 1; weight++) {
            fill(network, weight);
            check_network(evaluator, network, samples, &stream);
        }
        free_random_samples(samples);
        aann_evaluator_destroy(evaluator);
        aann_network_destroy(network);
    }
}

static void extremes(void **state)
{
    (void)state;
    for_each_instruction_set(check_extremes);
}

/* FNV-1a of all logits of a fixed network on fixed samples: the same on every machine, for ever. */
static void check_golden(const char *isa)
{
    aann_error error;
    aann_spec spec;
    assert_ok(
        aann_spec_parse("16C5@50-MP2-32C5@90-MP2-10@90", (aann_shape){1, 28, 28}, &spec, &error));
    aann_network *network = NULL;
    aann_evaluator *evaluator = NULL;
    assert_ok(aann_network_create(&spec, &network, &error));
    aann_network_randomise(network, 1, 0);
    assert_ok(aann_evaluator_create(network, 1, isa, &evaluator, &error));
    aann_random_stream stream =
        aann_random_start(aann_random_key_create(26, 0), 0, AANN_PURPOSE_TEST);
    aann_samples *samples = random_samples(&spec, 1000, &stream);
    int32_t *logits = calloc(1000 * 10, sizeof *logits);
    assert_ok(aann_evaluator_logits(evaluator, samples, 0, 1000, logits, &error));
    uint64_t hash = 14695981039346656037U;
    for (size_t i = 0; i < 10000; i++) {
        hash = (hash ^ (uint32_t)logits[i]) * 1099511628211U;
    }
    assert_int_equal(hash, 0xb608c6fd5216ae9cU);
    free(logits);
    free_random_samples(samples);
    aann_evaluator_destroy(evaluator);
    aann_network_destroy(network);
}

/* An evaluator without a network, with networks of other layers, and with one that changes behind
 * its back. */
static void bound(void **state)
{
    (void)state;
    aann_error error = {0};
    aann_spec spec;
    assert_ok(aann_spec_parse("3C3-MP2-4", (aann_shape){1, 6, 6}, &spec, &error));
    aann_random_stream stream =
        aann_random_start(aann_random_key_create(27, 0), 0, AANN_PURPOSE_TEST);
    aann_samples *samples = random_samples(&spec, 70, &stream);
    aann_network *network = NULL;
    aann_evaluator *evaluator = NULL;
    assert_ok(aann_network_create(&spec, &network, &error));
    aann_network_randomise(network, 1, 0);
    int32_t expected[70 * 4];
    reference_logits(network, samples, expected);

    int32_t logits[70 * 4];
    assert_ok(aann_evaluator_create_empty(&spec, 1, NULL, &evaluator, &error));
    assert_int_equal(aann_evaluator_logits(evaluator, samples, 0, 70, logits, &error),
                     AANN_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "has no network"));
    assert_ok(aann_evaluator_set_network(evaluator, network, &error));
    aann_network_randomise(network, 2, 0); /* the evaluator has a copy */
    assert_ok(aann_evaluator_logits(evaluator, samples, 0, 70, logits, &error));
    assert_memory_equal(logits, expected, sizeof logits);
    assert_ok(aann_evaluator_run(evaluator, samples->inputs + 36, 69, logits, &error));
    assert_memory_equal(logits, expected + 4, 69 * 4 * sizeof *logits);

    static const char *const others[] = {"3C3-MP2-5", "4C3-MP2-4", "3C5-MP2-4",  "3C3-MP2-4>>1",
                                         "3C3-4",     "4",         "3C3-MP2-9-4"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        aann_spec other_spec;
        aann_network *other = NULL;
        assert_ok(aann_spec_parse(others[i], (aann_shape){1, 6, 6}, &other_spec, &error));
        assert_ok(aann_network_create(&other_spec, &other, &error));
        assert_int_equal(aann_evaluator_set_network(evaluator, other, &error), AANN_ERROR_ARGUMENT);
        assert_non_null(strstr(error.message, "expected 3C3-MP2-4 on 1x6x6"));
        aann_network_destroy(other);
    }
    assert_ok(aann_evaluator_logits(evaluator, samples, 0, 70, logits, &error));
    assert_memory_equal(logits, expected, sizeof logits); /* it still has the first */
    aann_evaluator_destroy(evaluator);
    aann_network_destroy(network);
    free_random_samples(samples);
}

static void golden(void **state)
{
    (void)state;
    for_each_instruction_set(check_golden);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_specs), cmocka_unit_test(chosen_specs), cmocka_unit_test(extremes),
        cmocka_unit_test(golden),       cmocka_unit_test(bound),
    };
    return cmocka_run_group_tests_name("engine: forward pass", tests, NULL, NULL);
}
