/* The parts of the search: swaps, the sequential test's estimator, the logarithm. */
#include <math.h>

#include "core/exact_math.h"
#include "search/sequential.h"
#include "search/support_task.h"
#include "search/swap.h"
#include "support/test.h"

static void logarithm(void **state)
{
    (void)state;
    aann_random_stream stream =
        aann_random_start(aann_random_key_create(1, 1), 0, AANN_PURPOSE_TEST);
    assert_true(aann_log(1.0) == 0.0);
    for (int32_t i = 0; i < 100000; i++) {
        const double value =
            i % 2 == 0 ? aann_random_unit(&stream) : 1.0 / aann_random_unit(&stream);
        const double expected = log(value);
        assert_true(fabs(aann_log(value) - expected) <= 4e-16 + 4e-16 * fabs(expected));
    }
    assert_true(fabs(aann_log(0x1p-53) - log(0x1p-53)) < 1e-14);
}

static aann_network *random_network(const aann_spec *spec)
{
    aann_network *network;
    assert_int_equal(aann_network_create(spec, &network, NULL), AANN_OK);
    aann_network_randomise(network, 5, 0);
    return network;
}

static bool is_exchange(int8_t a, int8_t b)
{
    return a * b < 0;
}

/* Every pair of positions with different values is drawn, about equally often, except that a -1 and
 * a +1 are a sixteenth as often as a 0 and another; and a swap keeps the counts. */
static void swaps_are_uniform(void **state)
{
    (void)state;
    aann_spec spec;
    assert_int_equal(aann_spec_parse("4@50-3@50", (aann_shape){4, 1, 1}, &spec, NULL), AANN_OK);
    aann_network *network = random_network(&spec);
    const double share[] = {0.0, 1.0};
    const aann_random_key key = aann_random_key_create(3, 0);
    enum { PLACES = 12, DRAWS = 600000 };
    static int32_t seen[PLACES][PLACES];
    for (uint64_t step = 0; step < DRAWS; step++) {
        aann_swap swap;
        assert_true(aann_swap_draw(network, key, step, share, 0.0, NULL, &swap));
        assert_int_equal(swap.layer, 1);
        const int8_t *weights = aann_network_weights(network, 1);
        const int32_t a = swap.changes[0].unit * 4 + swap.changes[0].index;
        const int32_t b = swap.changes[1].unit * 4 + swap.changes[1].index;
        assert_int_equal(swap.changes[0].value, weights[b]);
        assert_int_equal(swap.changes[1].value, weights[a]);
        assert_true(weights[a] != weights[b]);
        seen[a < b ? a : b][a < b ? b : a]++;
    }
    const int8_t *weights = aann_network_weights(network, 1);
    double pairs = 0.0;
    int32_t exchanges = 0;
    for (int32_t a = 0; a < PLACES; a++) {
        for (int32_t b = a + 1; b < PLACES; b++) {
            pairs += weights[a] == weights[b]              ? 0.0
                     : is_exchange(weights[a], weights[b]) ? 1.0 / 16
                                                           : 1.0;
            exchanges += is_exchange(weights[a], weights[b]);
        }
    }
    assert_true(exchanges > 5);
    /* The first unit is drawn uniformly before the positions, so pairs are equal only up to how
     * many partners a unit has: all within a factor, none missing, none that must not be. */
    for (int32_t a = 0; a < PLACES; a++) {
        for (int32_t b = a + 1; b < PLACES; b++) {
            const double often = weights[a] == weights[b]              ? 0.0
                                 : is_exchange(weights[a], weights[b]) ? 1.0 / 16
                                                                       : 1.0;
            const double expected = often * DRAWS / pairs;
            assert_true(fabs(seen[a][b] - expected) <= 0.35 * expected);
        }
    }
    aann_network_destroy(network);
}

/* Without zeros there are only exchanges, and they are found. */
static void swaps_without_zeros(void **state)
{
    (void)state;
    aann_spec spec;
    assert_int_equal(aann_spec_parse("3@0-2@0", (aann_shape){9, 1, 1}, &spec, NULL), AANN_OK);
    aann_network *network = random_network(&spec);
    const double share[] = {0.5, 0.5};
    for (uint64_t step = 0; step < 1000; step++) {
        aann_swap swap;
        assert_true(
            aann_swap_draw(network, aann_random_key_create(3, 0), step, share, 0.0, NULL, &swap));
        assert_int_equal(swap.changes[0].value * swap.changes[1].value, -1);
    }
    aann_network_destroy(network);
}

/* Sixteen steps all change the same unit of the first layer, or none changes that layer; it is
 * nearly always the only unit that they change. */
static void first_layer_comes_in_runs(void **state)
{
    (void)state;
    const aann_spec spec = bar_spec();
    aann_network *network = random_network(&spec);
    const double share[] = {0.3, 0.4, 0.3};
    enum { RUNS = 1000, RUN = 16 };
    int32_t first[RUN];
    int32_t runs = 0;
    int32_t across = 0;
    uint64_t units = 0;
    for (uint64_t step = 0; step < RUNS * RUN; step++) {
        aann_swap swap;
        assert_true(
            aann_swap_draw(network, aann_random_key_create(3, 0), step, share, 0.8, NULL, &swap));
        first[step % RUN] = swap.layer == 0 ? swap.changes[0].unit : -1;
        assert_int_equal(first[step % RUN], first[0]);
        runs += step % RUN == 0 && swap.layer == 0;
        units |= swap.layer == 0 ? UINT64_C(1) << swap.changes[0].unit : 0;
        across += swap.layer == 0 && swap.changes[0].unit != swap.changes[1].unit;
    }
    assert_true(fabs(runs / (double)RUNS - share[0]) < 0.05);
    assert_int_equal(units, (UINT64_C(1) << spec.layers[0].units) - 1);
    assert_true(across > 0 && across < RUN * runs / 20);
    aann_network_destroy(network);
}

static void swaps_respect_shares(void **state)
{
    (void)state;
    const aann_spec spec = bar_spec();
    aann_network *network = random_network(&spec);
    const double share[] = {0.1, 0.6, 0.3};
    const aann_random_key key = aann_random_key_create(3, 0);
    int32_t layers[3] = {0};
    int32_t within = 0;
    enum { DRAWS = 100000 };
    for (uint64_t step = 0; step < DRAWS; step++) {
        aann_swap swap;
        assert_true(aann_swap_draw(network, key, step, share, 0.8, NULL, &swap));
        layers[swap.layer]++;
        within += swap.changes[0].unit == swap.changes[1].unit;
    }
    for (int32_t i = 0; i < 3; i++) {
        assert_true(fabs(layers[i] / (double)DRAWS - share[i]) < 0.02);
    }
    /* Across units, the same one is drawn by chance now and then. */
    assert_true(within > DRAWS * 78 / 100 && within < DRAWS * 90 / 100);
    aann_network_destroy(network);
}

/* ---- the estimator --------------------------------------------------------------------------- */

/* Two strata of 2 and 6 blocks of 10 samples. */
static int32_t two_strata(void *context, aann_stratum strata[AANN_MAX_STRATA])
{
    (void)context;
    strata[0] = (aann_stratum){0, 2, 20, 20};
    strata[1] = (aann_stratum){2, 8, 60, 60};
    return 2;
}

static int32_t ten_samples(void *context, int64_t block)
{
    (void)context;
    (void)block;
    return 10;
}

static void estimator(void **state)
{
    (void)state;
    const aann_search_objective objective = {
        .strata = two_strata, .block_samples = ten_samples, .sample_count = 80};
    aann_plan plan = {0};
    assert_int_equal(aann_plan_make(&objective, 2, &plan, NULL), AANN_OK);
    const int64_t order[] = {0, 2, 1, 3, 4, 5, 6, 7};
    assert_int_equal(plan.block_count, 8);
    assert_memory_equal(plan.blocks, order, sizeof order);
    assert_int_equal(plan.checks[0], 2);
    assert_int_equal(plan.checks[plan.check_count - 1], 8);
    /* One block of each: sums 10 x 0.5 with squares 10 x 0.29, and 10 x 0.1 with squares 10 x
     * 0.05. */
    aann_evidence evidence = {0};
    const aann_block_change first = {.sum = 5 * (int64_t)AANN_LOSS_UNIT, .squares = 2.9F};
    const aann_block_change second = {.sum = (int64_t)AANN_LOSS_UNIT, .squares = 0.5F};
    aann_evidence_add(&plan, &first, &evidence);
    aann_evidence_add(&plan, &second, &evidence);
    const double mean = (20 * 0.5 + 60 * 0.1) / 80;
    const double variance =
        (20.0 * 10.0 * (0.29 - 0.25) / 9.0 + 60.0 * 50.0 * (0.05 - 0.01) / 9.0) / (80.0 * 80.0);
    const double z = 1.5;
    const double edge = mean - z * sqrt(variance);
    assert_true(aann_evidence_rejects(&plan, &evidence, edge - 1e-6, z));
    assert_false(aann_evidence_rejects(&plan, &evidence, edge + 1e-6, z));
    /* All seen: no uncertainty is left. */
    aann_evidence_add(&plan, &first, &evidence);
    for (int32_t i = 0; i < 5; i++) {
        aann_evidence_add(&plan, &second, &evidence);
    }
    assert_true(fabs(aann_evidence_mean(&plan, &evidence) - mean) < 1e-12);
    assert_true(aann_evidence_rejects(&plan, &evidence, mean - 1e-9, 100.0));
    assert_false(aann_evidence_rejects(&plan, &evidence, mean + 1e-9, 100.0));
    aann_plan_clear(&plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(logarithm),
        cmocka_unit_test(swaps_are_uniform),
        cmocka_unit_test(swaps_without_zeros),
        cmocka_unit_test(first_layer_comes_in_runs),
        cmocka_unit_test(swaps_respect_shares),
        cmocka_unit_test(estimator),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
