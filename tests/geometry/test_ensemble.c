/* Ensembles against adding up and voting sample by sample; lesions and null models against
 * counting. */
#include "geometry/support_geometry.h"

#include "aann/ablation.h"
#include "aann/ensemble.h"

enum { MEMBERS = 5, SAMPLES = 300, CLASSES = 4 };

/* Small logits, so that there are ties. */
static aann_predictions random_predictions(int32_t *labels)
{
    aann_random_stream stream = test_stream(10);
    aann_predictions predictions = {
        .member_count = MEMBERS, .sample_count = SAMPLES, .outputs = CLASSES};
    predictions.logits = malloc(MEMBERS * SAMPLES * CLASSES * sizeof(int32_t));
    for (int32_t i = 0; i < SAMPLES; i++) {
        labels[i] = (int32_t)aann_random_below(&stream, CLASSES);
    }
    for (int32_t i = 0; i < MEMBERS * SAMPLES * CLASSES; i++) {
        const bool label = labels[i / CLASSES % SAMPLES] == i % CLASSES;
        predictions.logits[i] = (int32_t)aann_random_below(&stream, 7) - 3 + (label ? 1 : 0);
    }
    return predictions;
}

static double plain_accuracy(const aann_predictions *predictions, const int32_t *labels, bool vote,
                             const int32_t *members, int32_t size)
{
    double correct = 0.0;
    for (int32_t i = 0; i < SAMPLES; i++) {
        double score[CLASSES] = {0.0};
        for (int32_t m = 0; m < size; m++) {
            const int32_t *logits = predictions->logits + (members[m] * SAMPLES + i) * CLASSES;
            for (int32_t c = 0; c < CLASSES; c++) {
                score[c] += logits[c]; /* at most 4 * 5 in all: a vote outweighs it */
            }
            score[aann_logits_answer(logits, CLASSES)] += vote ? 1000.0 : 0.0;
        }
        int32_t best = 0;
        for (int32_t c = 1; c < CLASSES; c++) {
            best = score[c] > score[best] ? c : best;
        }
        correct += best == labels[i];
    }
    return correct / SAMPLES;
}

static void test_grow(void **state)
{
    (void)state;
    int32_t labels[SAMPLES];
    aann_predictions predictions = random_predictions(labels);
    aann_error error;
    int32_t order[MEMBERS] = {0, 1, 2, 3, 4};
    do {
        for (int method = AANN_ENSEMBLE_VOTE; method <= AANN_ENSEMBLE_SUM; method++) {
            double accuracy[MEMBERS];
            assert_ok(aann_ensemble_grow(&predictions, labels, (aann_ensemble_method)method, order,
                                         MEMBERS, accuracy, &error));
            for (int32_t size = 1; size <= MEMBERS; size++) {
                assert_near(
                    accuracy[size - 1],
                    plain_accuracy(&predictions, labels, method == AANN_ENSEMBLE_VOTE, order, size),
                    0.0);
            }
        }
    } while (next_permutation(order, MEMBERS));
    double accuracy[MEMBERS + 1];
    assert_int_equal(aann_ensemble_grow(&predictions, labels, AANN_ENSEMBLE_SUM, order, MEMBERS + 1,
                                        accuracy, &error),
                     AANN_ERROR_ARGUMENT);
    order[2] = MEMBERS;
    assert_int_equal(aann_ensemble_grow(&predictions, labels, AANN_ENSEMBLE_SUM, order, MEMBERS,
                                        accuracy, &error),
                     AANN_ERROR_ARGUMENT);
    aann_predictions_destroy(&predictions);
}

static void test_sample(void **state)
{
    (void)state;
    enum { DRAWS = 9 };
    int32_t labels[SAMPLES];
    aann_predictions predictions = random_predictions(labels);
    aann_error error;
    double mean[MEMBERS], deviation[MEMBERS], least[MEMBERS], most[MEMBERS];
    const aann_ensemble_spread spread = {mean, deviation, least, most};
    assert_ok(aann_ensemble_sample(&predictions, labels, AANN_ENSEMBLE_VOTE, 77, DRAWS, MEMBERS,
                                   &spread, &error));
    for (int32_t size = 1; size <= MEMBERS; size++) {
        double values[DRAWS];
        for (uint64_t draw = 0; draw < DRAWS; draw++) {
            int32_t order[MEMBERS];
            aann_ensemble_draw(77, draw, MEMBERS, order);
            values[draw] = plain_accuracy(&predictions, labels, true, order, size);
        }
        aann_summary summary;
        assert_ok(aann_summary_of_values(values, DRAWS, &summary, &error));
        assert_near(mean[size - 1], summary.mean, 1e-15);
        assert_near(deviation[size - 1], summary.deviation, 1e-15);
        assert_near(least[size - 1], summary.minimum, 0.0);
        assert_near(most[size - 1], summary.maximum, 0.0);
    }
    assert_near(deviation[MEMBERS - 1], 0.0, 0.0); /* all members, in whatever order */
    aann_predictions_destroy(&predictions);
}

/* Each step against trying all members that are left. */
static void test_choose(void **state)
{
    (void)state;
    int32_t labels[SAMPLES];
    aann_predictions predictions = random_predictions(labels);
    aann_error error;
    for (int method = AANN_ENSEMBLE_VOTE; method <= AANN_ENSEMBLE_SUM; method++) {
        const bool vote = method == AANN_ENSEMBLE_VOTE;
        int32_t order[MEMBERS];
        double accuracy[MEMBERS];
        assert_ok(aann_ensemble_choose(&predictions, labels, (aann_ensemble_method)method, MEMBERS,
                                       order, accuracy, &error));
        bool taken[MEMBERS] = {false};
        for (int32_t size = 1; size <= MEMBERS; size++) {
            int32_t trial[MEMBERS];
            memcpy(trial, order, sizeof trial);
            double best = 0.0;
            for (int32_t member = 0; member < MEMBERS; member++) {
                trial[size - 1] = member;
                const double value =
                    taken[member] ? 0.0 : plain_accuracy(&predictions, labels, vote, trial, size);
                best = value > best ? value : best;
            }
            assert_false(taken[order[size - 1]]);
            assert_near(plain_accuracy(&predictions, labels, vote, order, size), best, 0.0);
            assert_near(accuracy[size - 1], best, 0.0);
            taken[order[size - 1]] = true;
        }
    }
    aann_predictions_destroy(&predictions);
}

/* Every order of three equally often: 6,000 draws, expectation 1,000, standard deviation 29. */
static void test_draws_are_uniform(void **state)
{
    (void)state;
    int32_t seen[27] = {0};
    for (uint64_t draw = 0; draw < 6000; draw++) {
        int32_t order[3];
        aann_ensemble_draw(5, draw, 3, order);
        seen[order[0] * 9 + order[1] * 3 + order[2]]++;
    }
    int32_t orders = 0;
    for (int32_t i = 0; i < 27; i++) {
        if (seen[i] > 0) {
            assert_in_range(seen[i], 850, 1150);
            orders++;
        }
    }
    assert_int_equal(orders, 6);
}

/* ---- lesions --------------------------------------------------------------------------------- */

static int64_t synapses(const aann_network *network, int32_t layer)
{
    const aann_counts counts = aann_network_counts(network, layer);
    return counts.minus + counts.plus;
}

static void test_lesions(void **state)
{
    (void)state;
    aann_error error;
    aann_network **networks = random_networks("6C3@40-MP2-9@50-5", (aann_shape){1, 8, 8}, 41, 1);
    const aann_network *whole = networks[0];
    const int64_t all = synapses(whole, 0) + synapses(whole, 1) + synapses(whole, 2);
    aann_network *previous = NULL;
    assert_ok(aann_network_copy(whole, &previous, &error));
    for (int percent = 0; percent <= 100; percent += 5) {
        aann_network *hurt = NULL;
        int64_t deleted = 0;
        assert_ok(aann_network_copy(whole, &hurt, &error));
        assert_ok(aann_lesion_apply(hurt, AANN_EVERY_LAYER, percent, 3, 4, &deleted, &error));
        assert_int_equal(deleted, (all * percent + 50) / 100);
        assert_int_equal(synapses(hurt, 0) + synapses(hurt, 1) + synapses(hurt, 2), all - deleted);
        for (int32_t layer = 0; layer < 3; layer++) {
            for (int64_t i = 0; i < aann_network_spec(whole)->layers[layer].weight_count; i++) {
                const int8_t now = aann_network_weights(hurt, layer)[i];
                /* Nothing changes sign, and nothing grows back. */
                assert_true(now == 0 || now == aann_network_weights(previous, layer)[i]);
            }
        }
        aann_network_destroy(previous);
        previous = hurt;
    }
    aann_network_destroy(previous);
    aann_network *hurt = NULL;
    assert_ok(aann_network_copy(whole, &hurt, &error));
    assert_ok(aann_lesion_apply(hurt, 1, 30.0, 3, 4, NULL, &error));
    assert_int_equal(synapses(hurt, 0), synapses(whole, 0));
    assert_true(synapses(hurt, 1) < synapses(whole, 1));
    assert_int_equal(aann_lesion_apply(hurt, 3, 30.0, 3, 4, NULL, &error), AANN_ERROR_ARGUMENT);
    assert_int_equal(aann_lesion_apply(hurt, -2, 30.0, 3, 4, NULL, &error), AANN_ERROR_ARGUMENT);
    assert_int_equal(aann_lesion_apply(hurt, 1, 101.0, 3, 4, NULL, &error), AANN_ERROR_ARGUMENT);
    aann_network_destroy(hurt);
    free_networks(networks, 1);
}

static bool always(void *context)
{
    (void)context;
    return true;
}

/* A list of changes against the calls that make them and the reference evaluation. */
static void test_ablations(void **state)
{
    (void)state;
    enum { COUNT = 6 };
    aann_error error;
    aann_network **networks = random_networks("6C3@40-MP2-9@50-5", (aann_shape){1, 8, 8}, 43, 1);
    aann_samples *samples = make_samples(aann_network_spec(networks[0]), 200, 44);
    const aann_ablation list[COUNT] = {
        aann_ablation_default(),
        {.kind = AANN_ABLATION_LESION, .layer = AANN_EVERY_LAYER, .amount = 20.0, .seed = 8},
        {.kind = AANN_ABLATION_LESION, .layer = 1, .amount = 60.0, .seed = 8, .draw = 1},
        {.kind = AANN_ABLATION_SHUFFLE, .layer = 0, .seed = 8, .draw = 1},
        {.kind = AANN_ABLATION_SHARED_WEIGHT, .amount = -0.5, .keep_signs = true},
        aann_ablation_default()};
    const aann_ablation_options options = aann_ablation_options_default();
    aann_ablation_result results[COUNT];
    assert_ok(aann_ablation_measure(networks[0], list, COUNT, samples, &options, results, &error));
    for (int32_t i = 0; i < COUNT; i++) {
        aann_network *changed = NULL;
        int64_t deleted = 0;
        assert_ok(aann_network_copy(networks[0], &changed, &error));
        if (list[i].kind == AANN_ABLATION_LESION) {
            assert_ok(aann_lesion_apply(changed, list[i].layer, list[i].amount, 8, list[i].draw,
                                        &deleted, &error));
        } else if (list[i].kind == AANN_ABLATION_SHUFFLE) {
            aann_network_shuffle(changed, 0, 8, 1);
        } else if (list[i].kind == AANN_ABLATION_SHARED_WEIGHT) {
            aann_network_destroy(changed);
            assert_ok(aann_shared_weight_apply(networks[0], -0.5, true, &changed, &error));
        }
        double correct = 0.0;
        for (int64_t s = 0; s < samples->count; s++) {
            int32_t logits[5];
            assert_ok(
                aann_network_reference_logits(changed, samples->inputs + s * 64, logits, &error));
            correct += aann_logits_answer(logits, 5) == samples->labels[s];
        }
        assert_near(results[i].score.accuracy, correct / 200.0, 1e-15);
        assert_int_equal(results[i].deleted, deleted);
        aann_network_destroy(changed);
    }
    assert_true(results[1].score.accuracy != results[0].score.accuracy);
    assert_true(results[0].score.loss == results[5].score.loss); /* the network is as before */
    free_samples(samples);
    free_networks(networks, 1);
}

static void test_bad_ablations(void **state)
{
    (void)state;
    aann_error error;
    aann_network **networks = random_networks("6C3@40-MP2-9@50-5", (aann_shape){1, 8, 8}, 43, 1);
    aann_samples *samples = make_samples(aann_network_spec(networks[0]), 20, 44);
    const aann_ablation bad[5] = {
        {.kind = AANN_ABLATION_SHUFFLE, .layer = 3},
        {.kind = AANN_ABLATION_SHUFFLE, .layer = -2},
        {.kind = AANN_ABLATION_LESION, .layer = 3},
        {.kind = AANN_ABLATION_LESION, .layer = 0, .amount = 100.5},
        {.kind = AANN_ABLATION_SHARED_WEIGHT, .amount = 0.3},
    };
    aann_ablation_options options = aann_ablation_options_default();
    aann_ablation_result result;
    for (int i = 0; i < 5; i++) {
        aann_network *changed = networks[0];
        assert_int_equal(aann_ablation_apply(networks[0], &bad[i], &changed, NULL, &error),
                         AANN_ERROR_ARGUMENT);
        assert_null(changed);
        assert_int_equal(
            aann_ablation_measure(networks[0], &bad[i], 1, samples, &options, &result, &error),
            AANN_ERROR_ARGUMENT);
    }
    const aann_ablation none = aann_ablation_default();
    options.interrupted = always;
    assert_int_equal(
        aann_ablation_measure(networks[0], &none, 1, samples, &options, &result, &error),
        AANN_INTERRUPTED);
    free_samples(samples);
    free_networks(networks, 1);
}

static void test_null_model(void **state)
{
    (void)state;
    aann_error error;
    aann_network **networks = random_networks("6C3@40-MP2-9@50-5", (aann_shape){1, 8, 8}, 45, 1);
    const aann_spec *spec = aann_network_spec(networks[0]);
    for (int32_t which = AANN_EVERY_LAYER; which < spec->layer_count; which++) {
        aann_network *shuffled = NULL;
        assert_ok(aann_network_copy(networks[0], &shuffled, &error));
        aann_network_shuffle(shuffled, which, 1, 2);
        for (int32_t layer = 0; layer < spec->layer_count; layer++) {
            const aann_counts before = aann_network_counts(networks[0], layer);
            const aann_counts after = aann_network_counts(shuffled, layer);
            assert_memory_equal(&before, &after, sizeof before);
            const bool same = memcmp(aann_network_weights(networks[0], layer),
                                     aann_network_weights(shuffled, layer),
                                     (size_t)spec->layers[layer].weight_count) == 0;
            assert_int_equal(same, which != AANN_EVERY_LAYER && which != layer);
        }
        aann_network_destroy(shuffled);
    }
    free_networks(networks, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_grow),          cmocka_unit_test(test_sample),
        cmocka_unit_test(test_choose),        cmocka_unit_test(test_draws_are_uniform),
        cmocka_unit_test(test_lesions),       cmocka_unit_test(test_ablations),
        cmocka_unit_test(test_bad_ablations), cmocka_unit_test(test_null_model),
    };
    return cmocka_run_group_tests_name("geometry: ensembles and lesions", tests, NULL, NULL);
}
