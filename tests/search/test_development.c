/* More and fewer synapses: exact counts, every random choice equally likely, and by use what the
 * plain way (load the changed network, add up its losses) says. */
#include "aann/development.h"

#include <string.h>

#include "engine/dispatch.h"
#include "engine/engine.h"
#include "network/network.h"
#include "search/support_task.h"
#include "support/test.h"

enum { SAMPLES = 300 };

/* The bars' network with other sparsities. */
static aann_spec spec_with(double first, double second, double third)
{
    aann_error error;
    aann_spec spec = bar_spec();
    const double sparsities[] = {first, second, third};
    assert_ok(aann_spec_set_sparsity(&spec, -1.0, sparsities, 3, &error));
    return spec;
}

static aann_network *random_network(const aann_spec *spec, uint64_t seed)
{
    aann_error error;
    aann_network *network = NULL;
    assert_ok(aann_network_create(spec, &network, &error));
    aann_network_randomise(network, seed, 0);
    return network;
}

static aann_network *develop(const aann_network *network, const aann_spec *spec,
                             const aann_development *development)
{
    aann_error error;
    aann_network *developed = NULL;
    assert_ok(aann_development_apply(network, spec, development, &developed, NULL, &error));
    assert_ok(aann_network_check_counts(developed, &error));
    assert_ok(aann_network_check_sparse(developed, spec, &error));
    return developed;
}

/* How many weights changed, and how many of these to another value than `to` or from another value
 * than `from` (2: any). */
static int64_t count_changes(const aann_network *a, const aann_network *b, int32_t layer,
                             int64_t *to_zero, int64_t *from_zero)
{
    const int64_t count = aann_network_spec(a)->layers[layer].weight_count;
    const int8_t *before = aann_network_weights(a, layer);
    const int8_t *after = aann_network_weights(b, layer);
    int64_t changes = 0;
    *to_zero = 0;
    *from_zero = 0;
    for (int64_t i = 0; i < count; i++) {
        changes += before[i] != after[i];
        *to_zero += before[i] != 0 && after[i] == 0;
        *from_zero += before[i] == 0 && after[i] != 0;
    }
    return changes;
}

static void test_at_random(void **state)
{
    (void)state;
    const aann_spec sparse = spec_with(60.0, 90.0, 80.0);
    const aann_spec dense = spec_with(0.0, 40.0, 80.0);
    aann_network *start = random_network(&sparse, 3);
    aann_development development = aann_development_default();
    development.seed = 5;
    aann_network *grown = develop(start, &dense, &development);
    aann_network *again = develop(start, &dense, &development);
    assert_int_equal(aann_network_hash(grown), aann_network_hash(again));
    aann_network *pruned = develop(grown, &sparse, &development);
    int64_t to_zero = 0;
    int64_t from_zero = 0;
    for (int32_t layer = 0; layer < 3; layer++) { /* growing only adds, pruning only loses */
        const aann_counts few = aann_spec_counts(&sparse, layer);
        const aann_counts many = aann_spec_counts(&dense, layer);
        const int64_t added = few.zero - many.zero;
        assert_int_equal(count_changes(start, grown, layer, &to_zero, &from_zero), added);
        assert_int_equal(from_zero, added);
        assert_int_equal(count_changes(grown, pruned, layer, &to_zero, &from_zero), added);
        assert_int_equal(to_zero, added);
    }
    assert_int_not_equal(aann_network_hash(pruned), aann_network_hash(start));
    development.member = 1;
    aann_network *other = develop(start, &dense, &development);
    assert_int_not_equal(aann_network_hash(other), aann_network_hash(grown));
    aann_network_destroy(start);
    aann_network_destroy(grown);
    aann_network_destroy(again);
    aann_network_destroy(pruned);
    aann_network_destroy(other);
}

/* Of 18 zeros 9 become +1 or -1: every zero, and every sign, equally often. */
static void test_evenly(void **state)
{
    (void)state;
    enum { DRAWS = 2000, FAN_IN = 36 };
    aann_error error;
    aann_spec sparse;
    assert_ok(aann_spec_parse("1", (aann_shape){FAN_IN, 1, 1}, &sparse, &error));
    aann_spec dense = sparse;
    assert_ok(aann_spec_set_sparsity(&sparse, 50.0, NULL, 0, &error));
    assert_ok(aann_spec_set_sparsity(&dense, 25.0, NULL, 0, &error));
    aann_network *start = random_network(&sparse, 1);
    int32_t added[FAN_IN] = {0};
    int32_t plus = 0;
    for (uint64_t draw = 0; draw < DRAWS; draw++) {
        aann_development development = aann_development_default();
        development.seed = draw;
        aann_network *grown = develop(start, &dense, &development);
        for (int32_t i = 0; i < FAN_IN; i++) {
            const int8_t before = aann_network_weights(start, 0)[i];
            const int8_t after = aann_network_weights(grown, 0)[i];
            assert_true(before == 0 || before == after);
            added[i] += before != after;
            plus += before != after && after == 1 && i < FAN_IN / 2;
            plus -= before != after && after == -1 && i < FAN_IN / 2;
        }
        aann_network_destroy(grown);
    }
    for (int32_t i = 0; i < FAN_IN; i++) { /* binomial: 1,000 +- 22 */
        const bool zero = aann_network_weights(start, 0)[i] == 0;
        assert_true(zero ? added[i] > 880 && added[i] < 1120 : added[i] == 0);
    }
    /* 14 of 27 synapses are +1, 9 of 18 were: of the 9 new ones 5 are +1. */
    int32_t early = 0;
    for (int32_t i = 0; i < FAN_IN / 2; i++) {
        early += added[i];
    }
    assert_true(plus > early / 9 - 400 && plus < early / 9 + 400);
    aann_network_destroy(start);
}

/* ---- by use ---------------------------------------------------------------------------------- */

/* The plain way: the sum of the losses of all samples, by a forward pass. */
static int64_t total_loss(const aann_network *network, const aann_samples *samples)
{
    aann_error error;
    aann_kernels kernels;
    aann_threads *threads = NULL;
    aann_engine *engine = NULL;
    int32_t order[SAMPLES];
    int32_t losses[SAMPLES];
    int64_t total = 0;
    const aann_loss_options loss = {.scale = aann_search_options_default().loss_scale};
    for (int32_t i = 0; i < SAMPLES; i++) {
        order[i] = i;
    }
    assert_ok(aann_kernels_choose(NULL, &kernels, &error));
    assert_ok(aann_threads_create(1, &threads, &error));
    assert_ok(aann_engine_create(aann_network_spec(network), samples, SAMPLES, &loss, &kernels,
                                 threads, &engine, &error));
    assert_ok(aann_engine_rank(engine, network, order, NULL, SAMPLES, losses, &error));
    for (int32_t i = 0; i < SAMPLES; i++) {
        total += losses[i];
    }
    aann_engine_destroy(engine);
    aann_threads_destroy(threads);
    return total;
}

/* What one change does, the plain way. */
static int64_t effect_of(const aann_network *network, int32_t layer, int64_t place, int8_t value,
                         const aann_samples *samples, int64_t before)
{
    aann_error error;
    aann_network *changed = NULL;
    assert_ok(aann_network_copy(network, &changed, &error));
    aann_network_weights_mutable(changed, layer)[place] = value;
    const int64_t effect = total_loss(changed, samples) - before;
    aann_network_destroy(changed);
    return effect;
}

/* No synapse of a sign that stayed would have raised the loss less than one that went; or, where
 * synapses are added, no zero that stayed would have lowered it more. */
static void check_layer(const aann_network *before, const aann_network *after, int32_t layer,
                        const aann_samples *samples, int64_t loss)
{
    const int64_t count = aann_network_spec(before)->layers[layer].weight_count;
    const int8_t *old = aann_network_weights(before, layer);
    const int8_t *new = aann_network_weights(after, layer);
    for (int8_t sign = -1; sign <= 1; sign += 2) {
        int64_t worst_made = INT64_MIN;
        int64_t best_left = INT64_MAX;
        int64_t made = 0;
        const bool adds =
            aann_network_counts(before, layer).zero > aann_network_counts(after, layer).zero;
        for (int64_t i = 0; i < count; i++) {
            const int8_t from = adds ? 0 : sign;
            const int8_t to = adds ? sign : 0;
            if (old[i] != from || (new[i] != from &&new[i] != to)) {
                continue; /* another sign's */
            }
            const int64_t effect = effect_of(before, layer, i, to, samples, loss);
            if (new[i] == to) {
                made++;
                worst_made = effect > worst_made ? effect : worst_made;
            } else {
                best_left = effect < best_left ? effect : best_left;
            }
        }
        assert_true(made > 0);
        assert_true(worst_made <= best_left);
    }
}

static void check_by_use(const aann_spec *from, const aann_spec *to)
{
    aann_samples *samples = bar_samples(SAMPLES, 4);
    aann_network *start = random_network(from, 8);
    aann_search_options options = aann_search_options_default();
    aann_development development = aann_development_default();
    development.by_use = 1.0;
    development.samples = samples;
    development.options = &options;
    aann_network *developed = develop(start, to, &development);
    options.threads = 3;
    options.isa = "baseline";
    aann_network *again = develop(start, to, &development);
    assert_int_equal(aann_network_hash(developed), aann_network_hash(again));
    const int64_t loss = total_loss(start, samples);
    for (int32_t layer = 0; layer < from->layer_count; layer++) {
        check_layer(start, developed, layer, samples, loss);
    }
    aann_network_destroy(start);
    aann_network_destroy(developed);
    aann_network_destroy(again);
    free_bar_samples(samples);
}

static void test_lost_by_use(void **state)
{
    (void)state;
    const aann_spec dense = spec_with(30.0, 60.0, 50.0);
    const aann_spec sparse = spec_with(60.0, 85.0, 80.0);
    check_by_use(&dense, &sparse);
}

static void test_added_by_use(void **state)
{
    (void)state;
    const aann_spec sparse = spec_with(60.0, 95.0, 80.0);
    const aann_spec dense = spec_with(40.0, 90.0, 60.0);
    check_by_use(&sparse, &dense);
}

/* The same bits on every machine. */
static void test_golden(void **state)
{
    (void)state;
    const aann_spec dense = spec_with(30.0, 60.0, 50.0);
    const aann_spec sparse = spec_with(60.0, 85.0, 80.0);
    aann_samples *samples = bar_samples(SAMPLES, 4);
    aann_search_options options = aann_search_options_default();
    aann_network *start = random_network(&dense, 8);
    static const double shares[] = {0.0, 0.5, 1.0};
    static const uint64_t hashes[] = {0x4241b173b0dec95b, 0xe469a1a59d5cbf9e, 0x705b6857b96e96e6};
    for (int i = 0; i < 3; i++) {
        aann_error error;
        aann_development development = aann_development_default();
        development.by_use = shares[i];
        development.samples = samples;
        development.options = &options;
        development.seed = 7;
        aann_network *developed = NULL;
        uint64_t evaluated = 1;
        assert_ok(
            aann_development_apply(start, &sparse, &development, &developed, &evaluated, &error));
        assert_int_equal(aann_network_hash(developed), hashes[i]);
        int64_t synapses = 0;
        for (int32_t layer = 0; layer < 3; layer++) {
            const aann_counts counts = aann_spec_counts(&dense, layer);
            synapses += counts.minus + counts.plus;
        }
        assert_int_equal(evaluated, i == 0 ? 0 : synapses * SAMPLES);
        aann_network_destroy(developed);
    }
    aann_network_destroy(start);
    free_bar_samples(samples);
}

/* ---- what is refused ------------------------------------------------------------------------- */

static bool yes(void *context)
{
    int *asked = context;
    (*asked)++;
    return *asked > 1;
}

static void test_refusals(void **state)
{
    (void)state;
    aann_error error = {0};
    const aann_spec sparse = spec_with(60.0, 90.0, 80.0);
    const aann_spec dense = spec_with(0.0, 40.0, 50.0);
    aann_network *start = random_network(&sparse, 3);
    aann_network *result = NULL;
    aann_development development = aann_development_default();
    development.by_use = 1.5;
    assert_int_equal(aann_development_apply(start, &dense, &development, &result, NULL, &error),
                     AANN_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "by_use is 1.5"));
    development.by_use = 1.0;
    assert_int_equal(aann_development_apply(start, &dense, &development, &result, NULL, &error),
                     AANN_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "expected samples"));
    development.by_use = 0.0;
    aann_spec other;
    assert_ok(aann_spec_parse("3", (aann_shape){1, 8, 8}, &other, &error));
    assert_int_equal(aann_development_apply(start, &other, &development, &result, NULL, &error),
                     AANN_ERROR_ARGUMENT);
    aann_samples *samples = bar_samples(SAMPLES, 4);
    const aann_search_options options = aann_search_options_default();
    int asked = 0;
    development.by_use = 0.5;
    development.samples = samples;
    development.options = &options;
    development.interrupted = yes;
    development.context = &asked;
    assert_int_equal(aann_development_apply(start, &dense, &development, &result, NULL, &error),
                     AANN_INTERRUPTED);
    assert_int_equal(asked, 2);
    assert_null(result);
    /* With a share of +1 of 1, no zeros are left for the -1 that become +1. */
    aann_spec shares = spec_with(0.0, 40.0, 50.0);
    development = aann_development_default();
    assert_ok(aann_spec_set_excitatory_share(&shares, 1.0, &error));
    assert_int_equal(aann_development_apply(start, &shares, &development, &result, NULL, &error),
                     AANN_ERROR_ARGUMENT);
    /* A network that has lost synapses is none of its spec. */
    aann_network_weights_mutable(start, 2)[0] = aann_network_weights(start, 2)[0] == 0 ? 1 : 0;
    assert_int_equal(aann_development_apply(start, &dense, &development, &result, NULL, &error),
                     AANN_ERROR_ARGUMENT);
    assert_null(result);
    aann_network_destroy(start);
    free_bar_samples(samples);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_at_random),   cmocka_unit_test(test_evenly),
        cmocka_unit_test(test_lost_by_use), cmocka_unit_test(test_added_by_use),
        cmocka_unit_test(test_golden),      cmocka_unit_test(test_refusals),
    };
    return cmocka_run_group_tests_name("search: development", tests, NULL, NULL);
}
