/* The evaluator's hidden activations and logits against the reference evaluation, on random
 * specs. */
#include "aann/evaluate.h"
#include "aann/search.h"
#include "engine/support_random.h"
#include "support/test.h"

enum { SPECS = 40, SAMPLES = 130, FIRST = 3 };

static void check_sample(const aann_network *network, const int8_t *input, int32_t layer,
                         const int8_t *activations)
{
    const aann_spec *spec = aann_network_spec(network);
    int8_t *expected[AANN_MAX_LAYERS] = {0};
    for (int32_t i = 0; i < spec->layer_count - 1; i++) {
        expected[i] = malloc((size_t)aann_shape_size(spec->layers[i].output));
    }
    int32_t logits[AANN_MAX_TARGETS];
    aann_error error;
    assert_ok(aann_network_reference_trace(network, input, expected, logits, &error));
    assert_memory_equal(activations, expected[layer],
                        (size_t)aann_shape_size(spec->layers[layer].output));
    for (int32_t i = 0; i < spec->layer_count - 1; i++) {
        free(expected[i]);
    }
}

static void check_spec(const aann_spec *spec, aann_random_stream *stream)
{
    aann_error error;
    aann_network *network = NULL;
    aann_evaluator *evaluator = NULL;
    assert_ok(aann_network_create(spec, &network, &error));
    aann_network_randomise(network, aann_random_u32(stream), 0);
    assert_ok(aann_evaluator_create(network, 2, NULL, &evaluator, &error));
    aann_samples *samples = random_samples(spec, SAMPLES, stream);
    const int64_t input_size = aann_shape_size(spec->input);
    for (int32_t layer = 0; layer < spec->layer_count - 1; layer++) {
        const int64_t size = aann_shape_size(spec->layers[layer].output);
        int8_t *activations = malloc((size_t)(SAMPLES * size));
        assert_ok(aann_evaluator_activations(evaluator, samples, FIRST, SAMPLES - FIRST, layer,
                                             activations, &error));
        for (int64_t i = FIRST; i < SAMPLES; i++) {
            check_sample(network, samples->inputs + i * input_size, layer,
                         activations + (i - FIRST) * size);
        }
        free(activations);
    }
    int8_t none;
    assert_int_equal(
        aann_evaluator_activations(evaluator, samples, 0, 1, spec->layer_count - 1, &none, &error),
        AANN_ERROR_ARGUMENT);
    free_random_samples(samples);
    aann_evaluator_destroy(evaluator);
    aann_network_destroy(network);
}

static void test_activations(void **state)
{
    (void)state;
    aann_random_stream stream =
        aann_random_start(aann_random_key_create(11, 0), 0, AANN_PURPOSE_TEST);
    for (int i = 0; i < SPECS; i++) {
        const aann_spec spec = random_spec(&stream);
        check_spec(&spec, &stream);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_activations)};
    return cmocka_run_group_tests_name("engine: activations", tests, NULL, NULL);
}
