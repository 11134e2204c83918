/* All measures at once are those that are taken one by one, and chance after matching is below chance
 * before it. */
#include <math.h>

#include "aann/measures.h"
#include "geometry/support_geometry.h"

#define SPEC "6C3@40-MP2-9@50-5"

enum { COUNT = 4, SAMPLES = 60, OUTPUTS = 5 };

/* predictions->logits[COUNT][SAMPLES][OUTPUTS] */
static void predict(aann_network **networks, const aann_samples *samples, int32_t *logits)
{
    aann_error error;
    for (int32_t i = 0; i < COUNT; i++) {
        for (int64_t s = 0; s < SAMPLES; s++) {
            assert_ok(aann_network_reference_logits(networks[i], samples->inputs + s * 64,
                                                    logits + (i * SAMPLES + s) * OUTPUTS, &error));
        }
    }
}

static void assert_same(const aann_measures *measures, const char *key, const double *values)
{
    const aann_measure *measure = aann_measures_find(measures, key);
    assert_non_null(measure);
    double sum = 0.0;
    for (int32_t i = 0; i < COUNT; i++) {
        for (int32_t j = 0; j < COUNT; j++) {
            assert_true(measure->values[i * COUNT + j] == values[i * COUNT + j]);
            sum += j > i ? values[i * COUNT + j] : 0.0;
        }
    }
    assert_near(measure->summary.mean, sum / (0.5 * COUNT * (COUNT - 1)), 1e-9);
}

static void test_all(void **state)
{
    (void)state;
    aann_error error;
    aann_network **networks = random_networks(SPEC, (aann_shape){1, 8, 8}, 5, COUNT);
    const aann_network *const *all = (const aann_network *const *)networks;
    const aann_spec *spec = aann_network_spec(networks[0]);
    aann_samples *samples = make_samples(spec, SAMPLES, 6);
    int32_t logits[COUNT * SAMPLES * OUTPUTS];
    predict(networks, samples, logits);
    const aann_predictions predictions = {
        .member_count = COUNT, .sample_count = SAMPLES, .outputs = OUTPUTS, .logits = logits};
    aann_measures_options options = aann_measures_options_default();
    options.similarity_samples = 20;
    options.threads = 2;
    aann_measures measures;
    assert_ok(aann_measures_take(all, COUNT, &predictions, samples, &options, &measures, &error));
    assert_int_equal(measures.measure_count, 4 + 4 + 4 + 3);

    aann_distances distances;
    double values[COUNT * COUNT];
    assert_ok(aann_distances_measure(all, COUNT, 1, &distances, &error));
    for (int32_t i = 0; i < COUNT * COUNT; i++) {
        values[i] = (double)distances.layers[1][i];
    }
    assert_same(&measures, "distance_layer1", values);
    aann_distances_destroy(&distances);
    assert_near(aann_measures_find(&measures, "distance")->chance.mean,
                aann_chance_of_spec(spec).mean, 0.0);

    uint16_t answers[COUNT * SAMPLES];
    aann_logits_answers(logits, COUNT * SAMPLES, OUTPUTS, answers);
    aann_agreement agreement;
    assert_ok(aann_agreement_measure(answers, samples->labels, COUNT, SAMPLES, OUTPUTS, 1,
                                     &agreement, &error));
    assert_same(&measures, "agreement", agreement.agreement);
    assert_near(measures.accuracy[2], agreement.accuracy[2], 0.0);
    aann_agreement_destroy(&agreement);

    aann_samples first = *samples;
    first.count = 20;
    const aann_similarity_options how = aann_similarity_options_default();
    assert_ok(aann_similarity_measure(all, COUNT, &first, 0, &how, values, &error));
    assert_same(&measures, "similarity_layer0", values);
    assert_int_equal(measures.similarity_samples, 20);
    assert_null(aann_measures_find(&measures, "distance_layer3"));
    assert_true(measures.share > 0.0 && measures.share <= 1.0);

    /* The map is one of the roots of distances. */
    double roots[COUNT * COUNT], map[COUNT * 2], eigenvalues[2];
    for (int32_t i = 0; i < COUNT * COUNT; i++) {
        roots[i] = sqrt(aann_measures_find(&measures, "distance")->values[i]);
    }
    assert_ok(aann_map_scale(roots, COUNT, 2, map, eigenvalues, NULL, &error));
    assert_memory_equal(measures.map, map, sizeof map);
    aann_measures_destroy(&measures);
    assert_null(measures.map);

    aann_similarity_options other = how;
    other.unbiased = true;
    options.unbiased = true;
    assert_ok(aann_measures_take(all, COUNT, &predictions, samples, &options, &measures, &error));
    assert_ok(aann_similarity_measure(all, COUNT, &first, 0, &other, values, &error));
    assert_same(&measures, "similarity_layer0", values);
    aann_measures_destroy(&measures);
    free_samples(samples);
    free_networks(networks, COUNT);
}

static void test_chance_matched(void **state)
{
    (void)state;
    aann_error error;
    aann_network **networks = random_networks(SPEC, (aann_shape){1, 8, 8}, 0, 10);
    const aann_spec *spec = aann_network_spec(networks[0]);
    aann_matched_chance one;
    aann_matched_chance two;
    assert_ok(aann_chance_matched(spec, 1, &one, &error));
    assert_ok(aann_chance_matched(spec, 2, &two, &error));
    assert_true(one.total.mean == two.total.mean && one.total.variance == two.total.variance);
    assert_near(one.layers[0].mean + one.layers[1].mean + one.layers[2].mean, one.total.mean, 1e-9);
    /* Other random networks, matched pair by pair: the same mean within what ten can show. */
    double sum = 0.0;
    for (int32_t i = 0; i < 5; i++) {
        aann_matching matching;
        assert_ok(aann_matching_find(networks[2 * i], networks[2 * i + 1], &matching, &error));
        sum += (double)matching.total / 5;
        aann_matching_destroy(&matching);
    }
    const aann_chance raw = aann_chance_of_spec(spec);
    assert_true(one.total.mean < raw.mean - 2.0 * sqrt(raw.variance));
    assert_near(one.total.mean, sum, 3.0 * sqrt(raw.variance / 5));
    free_networks(networks, 10);
}

static void test_refused(void **state)
{
    (void)state;
    aann_error error = {0};
    aann_network **networks = random_networks(SPEC, (aann_shape){1, 8, 8}, 5, COUNT);
    const aann_network *const *all = (const aann_network *const *)networks;
    aann_samples *samples = make_samples(aann_network_spec(networks[0]), SAMPLES, 6);
    int32_t logits[COUNT * SAMPLES * OUTPUTS] = {0};
    aann_predictions predictions = {
        .member_count = COUNT, .sample_count = SAMPLES - 1, .outputs = OUTPUTS, .logits = logits};
    aann_measures_options options = aann_measures_options_default();
    aann_measures measures;
    assert_int_equal(aann_measures_take(all, 1, NULL, NULL, &options, &measures, &error),
                     AANN_ERROR_ARGUMENT);
    assert_int_equal(
        aann_measures_take(all, COUNT, &predictions, samples, &options, &measures, &error),
        AANN_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "predictions"));
    assert_int_equal(
        aann_measures_take(all, COUNT, &predictions, NULL, &options, &measures, &error),
        AANN_ERROR_ARGUMENT);
    options.similarity_samples = 20;
    assert_int_equal(aann_measures_take(all, COUNT, NULL, NULL, &options, &measures, &error),
                     AANN_ERROR_ARGUMENT);
    assert_null(measures.map);
    free_samples(samples);
    free_networks(networks, COUNT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all),
        cmocka_unit_test(test_chance_matched),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
