/* Dale's law: random networks obey it, every one of them as likely; swaps keep it, and all that keep
 * it can be drawn; a search keeps it at every step, with exact counts; development keeps it; what
 * has no room for it, and what does not obey it, is refused.
 *
 * ctest-labels: threads
 * ctest-timeout: 300 */
#include "aann/dale.h"

#include <string.h>

#include "aann/development.h"
#include "aann/objective.h"
#include "engine/dispatch.h"
#include "network/network.h"
#include "search/search.h"
#include "search/support_task.h"
#include "support/test.h"

enum { SAMPLES = 2000 };

static const double half = 0.5;

static const uint64_t golden_dale = 0x18836532a2b25a58;

static aann_search_options dale_options(void)
{
    aann_search_options options = working_options();
    options.dale = half;
    return options;
}

/* The law by its definition: [units][channels][taps] of each later layer, channel by channel. */
static bool obeys(const aann_network *network, double share)
{
    const aann_spec *spec = aann_network_spec(network);
    for (int32_t l = 1; l < spec->layer_count; l++) {
        const aann_layer *layer = &spec->layers[l];
        const int32_t channels = spec->layers[l - 1].units;
        const int32_t taps = layer->fan_in / channels;
        const int32_t plus = (int32_t)(share * channels + 0.5);
        const int8_t *weights = aann_network_weights(network, l);
        for (int32_t unit = 0; unit < layer->units; unit++) {
            for (int32_t channel = 0; channel < channels; channel++) {
                for (int32_t tap = 0; tap < taps; tap++) {
                    const int8_t weight = *weights++;
                    if (weight != 0 && (weight > 0) != (channel < plus)) {
                        return false;
                    }
                }
            }
        }
    }
    return true;
}

static void random_networks(void **state)
{
    (void)state;
    static const double shares[] = {0.25, 0.5, 0.6, 0.75};
    aann_error error;
    const aann_spec spec = bar_spec();
    aann_network *network;
    aann_network *plain;
    assert_ok(aann_network_create(&spec, &network, &error));
    assert_ok(aann_network_create(&spec, &plain, &error));
    for (uint64_t seed = 0; seed < 20; seed++) {
        aann_network_randomise(plain, seed, 3);
        assert_false(obeys(plain, half));
        assert_int_equal(aann_dale_check(plain, half, &error), AANN_ERROR_ARGUMENT);
        assert_non_null(strstr(error.message, "expected"));
        assert_ok(aann_dale_randomise(network, 0.0, seed, 3, &error));
        assert_int_equal(aann_network_hash(network), aann_network_hash(plain));
        for (size_t i = 0; i < sizeof shares / sizeof shares[0]; i++) {
            assert_ok(aann_dale_randomise(network, shares[i], seed, 3, &error));
            assert_true(obeys(network, shares[i]));
            assert_ok(aann_dale_check(network, shares[i], &error));
            assert_ok(aann_network_check_counts(network, &error));
        }
    }
    aann_network_destroy(network);
    aann_network_destroy(plain);
}

/* Each place of a sign is as likely to have a synapse as any other. */
static void fair_networks(void **state)
{
    (void)state;
    enum { NETWORKS = 2000, WEIGHTS = 8 * 4 * 9 };
    aann_error error;
    const aann_spec spec = bar_spec();
    aann_network *network;
    assert_ok(aann_network_create(&spec, &network, &error));
    int32_t set[WEIGHTS] = {0};
    for (uint64_t seed = 0; seed < NETWORKS; seed++) {
        assert_ok(aann_dale_randomise(network, half, seed, 0, &error));
        for (int32_t i = 0; i < WEIGHTS; i++) {
            set[i] += aann_network_weights(network, 1)[i] != 0;
        }
    }
    /* 43 synapses of a sign in 144 places: mean 597, deviation 20. */
    for (int32_t i = 0; i < WEIGHTS; i++) {
        assert_in_range(set[i], 480, 715);
    }
    aann_network_destroy(network);
}

static void swaps(void **state)
{
    (void)state;
    enum { DRAWS = 80000, WEIGHTS = 4 * 32 };
    aann_error error;
    const aann_spec spec = bar_spec();
    const double share[] = {0.2, 0.4, 0.4};
    const aann_swap_rule rule = {.dale = half};
    aann_network *network;
    assert_ok(aann_network_create(&spec, &network, &error));
    assert_ok(aann_dale_randomise(network, half, 1, 0, &error));
    static bool found[WEIGHTS][WEIGHTS];
    int32_t of_layer[3] = {0};
    for (uint64_t step = 0; step < DRAWS; step++) {
        aann_swap swap;
        const aann_random_key key = aann_random_key_create(5, 0);
        if (!aann_swap_draw(network, key, step, share, 0.0, &rule, &swap)) {
            continue;
        }
        aann_network *changed;
        assert_ok(aann_network_copy(network, &changed, &error));
        const int32_t fan_in = spec.layers[swap.layer].fan_in;
        int32_t places[2];
        for (int32_t i = 0; i < 2; i++) {
            places[i] = swap.changes[i].unit * fan_in + swap.changes[i].index;
            aann_network_weights_mutable(changed, swap.layer)[places[i]] = swap.changes[i].value;
        }
        assert_true(obeys(changed, half));
        assert_ok(aann_network_check_counts(changed, &error));
        of_layer[swap.layer]++;
        if (swap.layer == 2) {
            found[places[0]][places[1]] = found[places[1]][places[0]] = true;
        }
        aann_network_destroy(changed);
    }
    /* Every swap of the last layer that keeps the law was drawn. */
    const int8_t *weights = aann_network_weights(network, 2);
    int32_t lawful = 0;
    for (int32_t a = 0; a < WEIGHTS; a++) {
        for (int32_t b = 0; b < a; b++) {
            const int8_t sign_a = aann_dale_sign(&spec, 2, half, a % 32);
            const int8_t sign_b = aann_dale_sign(&spec, 2, half, b % 32);
            const bool keeps = weights[a] != weights[b] && sign_a == sign_b;
            assert_int_equal(found[a][b], keeps);
            lawful += keeps;
        }
    }
    print_message("%d, %d, %d swaps of the layers; %d of the last keep the law\n", of_layer[0],
                  of_layer[1], of_layer[2], lawful);
    assert_true(of_layer[0] > 0 && of_layer[1] > 0);
    aann_network_destroy(network);
}

static bool looks(void *context)
{
    const aann_search *const *search = context;
    assert_true(obeys(aann_search_network(*search), half));
    return false;
}

static void one_result(void **state)
{
    (void)state;
    static const char *const names[] = {NULL, "baseline", "avx2", "avx512", "neon"};
    aann_error error;
    aann_samples *samples = bar_samples(SAMPLES, 1);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        aann_kernels kernels;
        if (aann_kernels_choose(names[i], &kernels, NULL) != AANN_OK) {
            continue;
        }
        aann_search_options options = dale_options();
        options.isa = names[i];
        options.threads = 1 + (int32_t)i;
        aann_search *search = bar_search(samples, &options, 0);
        assert_ok(aann_search_run(search, options.steps, looks, &search, &error));
        const uint64_t hash = aann_network_hash(aann_search_network(search));
        print_message("%d threads: %016llx\n", options.threads, (unsigned long long)hash);
        assert_int_equal(hash, golden_dale);
        assert_ok(aann_network_check_counts(aann_search_network(search), &error));
        assert_ok(aann_dale_check(aann_search_network(search), half, &error));
        aann_search_destroy(search);
    }
    free_bar_samples(samples);
}

static void interrupted(void **state)
{
    (void)state;
    aann_error error;
    aann_samples *samples = bar_samples(SAMPLES, 1);
    const aann_search_options options = dale_options();
    aann_search *search = bar_search(samples, &options, 0);
    for (int32_t number = 0;; number++) {
        int32_t left = 3 + number % 9;
        if (aann_search_run(search, options.steps, countdown, &left, &error) == AANN_OK) {
            break;
        }
        search = bar_reopened(search, samples, &options, 0);
    }
    assert_int_equal(aann_network_hash(aann_search_network(search)), golden_dale);
    aann_search_destroy(search);
    free_bar_samples(samples);
}

/* A walk away from a network keeps the law, too. */
static void walks(void **state)
{
    (void)state;
    aann_error error;
    aann_samples *samples = bar_samples(SAMPLES, 1);
    aann_search_options options = dale_options();
    options.working_samples = 0;
    options.first_samples = 0;
    options.temperature = 0.0;
    aann_search *search = bar_search(samples, &options, 0);
    const aann_confinement confinement = {.loss_limit = 10.0,
                                          .anchor = aann_search_network(search)};
    assert_ok(aann_search_confine(search, &confinement, &error));
    assert_ok(aann_search_run(search, 500, looks, &search, &error));
    aann_search_progress progress;
    aann_search_progress_get(search, &progress);
    assert_true(progress.accepted > 50);
    aann_search_destroy(search);
    free_bar_samples(samples);
}

/* Synapses that are added between phases obey the law, at random and by use. */
static void development(void **state)
{
    (void)state;
    aann_error error;
    const aann_spec sparse = bar_spec();
    aann_spec dense = sparse;
    const double sparsity[] = {20.0, 30.0, 20.0};
    assert_ok(aann_spec_set_sparsity(&dense, -1.0, sparsity, 3, &error));
    aann_samples *samples = bar_samples(500, 1);
    const aann_search_options options = dale_options();
    aann_network *network;
    assert_ok(aann_network_create(&sparse, &network, &error));
    assert_ok(aann_dale_randomise(network, half, 1, 0, &error));
    for (int32_t by_use = 0; by_use <= 2; by_use++) {
        aann_development how = aann_development_default();
        how.by_use = by_use / 2.0;
        how.samples = samples;
        how.options = &options;
        how.dale = half;
        aann_network *grown;
        aann_network *pruned;
        assert_ok(aann_development_apply(network, &dense, &how, &grown, NULL, &error));
        assert_true(obeys(grown, half));
        assert_ok(aann_network_check_sparse(grown, &dense, &error));
        assert_ok(aann_development_apply(grown, &sparse, &how, &pruned, NULL, &error));
        assert_true(obeys(pruned, half));
        assert_ok(aann_network_check_sparse(pruned, &sparse, &error));
        how.dale = 0.0;
        aann_network *free_to;
        assert_ok(aann_development_apply(network, &dense, &how, &free_to, NULL, &error));
        assert_false(obeys(free_to, half));
        aann_network_destroy(free_to);
        aann_network_destroy(grown);
        aann_network_destroy(pruned);
    }
    aann_network_destroy(network);
    free_bar_samples(samples);
}

static void expect_refusal(const aann_search_options *options, const aann_network *start,
                           const char *message)
{
    aann_error error;
    aann_samples *samples = bar_samples(SAMPLES, 1);
    const aann_spec spec = bar_spec();
    aann_search *search = NULL;
    assert_int_equal(aann_search_create(&spec, samples, options, 0, start, &search, &error),
                     AANN_ERROR_ARGUMENT);
    assert_null(search);
    assert_non_null(strstr(error.message, message));
    free_bar_samples(samples);
}

static void refusals(void **state)
{
    (void)state;
    aann_error error;
    aann_search_options options = dale_options();
    options.dale = 1.5;
    expect_refusal(&options, NULL, "dale is 1.5: expected a number from 0 to 1");
    options = dale_options();
    options.informed_steps = 10;
    expect_refusal(&options, NULL, "dale is 0.5 and informed_steps 10");
    options = dale_options();
    options.method = AANN_METHOD_RANDOM;
    expect_refusal(&options, NULL, "with the method random");
    /* Half of the synapses are -1, and no unit may have one. */
    options = dale_options();
    options.dale = 1.0;
    expect_refusal(&options, NULL, "layer 2 (8C3) has 43 weights -1 and 0 places for them");
    aann_network *network;
    const aann_spec spec = bar_spec();
    assert_ok(aann_network_create(&spec, &network, &error));
    aann_network_randomise(network, 1, 0);
    options = dale_options();
    expect_refusal(&options, network, "Dale's law for a share of 0.5 of the units: layer 2");
    aann_network_destroy(network);
    assert_int_equal(aann_dale_check_spec(&spec, -1.0, &error), AANN_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "expected 0 to 1"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_networks), cmocka_unit_test(fair_networks), cmocka_unit_test(swaps),
        cmocka_unit_test(one_result),      cmocka_unit_test(interrupted),   cmocka_unit_test(walks),
        cmocka_unit_test(development),     cmocka_unit_test(refusals),
    };
    return cmocka_run_group_tests_name("search: Dale's law", tests, NULL, NULL);
}
