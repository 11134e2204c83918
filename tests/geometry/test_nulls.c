/* Null models: what each keeps, counted the plain way; that the rest is shuffled; the distances of
 * shuffled networks against their exact expectation; and matching with restarts. */
#include "aann/nulls.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "aann/measures.h"
#include "geometry/support_geometry.h"
#include "network/network.h"

#define SPEC "4C3@50-MP2-6C3@70-MP2-7@70-5@40"

enum { NETWORKS = 6 };
static const aann_shape input = {2, 8, 8};

/* Counts of -1, 0, +1 by cell: which cell a weight belongs to is told by keys of three places. */
typedef struct census {
    int64_t counts[4096][3];
} census;

static size_t cell_of(const aann_layer *layer, aann_null null, bool by_input, int32_t unit,
                      int32_t channel, int32_t tap, int32_t taps)
{
    const bool dense =
        layer->kernel_height == layer->input.height && layer->kernel_width == layer->input.width;
    const size_t channels = (size_t)layer->input.channels;
    switch (null) {
    case AANN_NULL_UNITS: return (size_t)unit;
    case AANN_NULL_KERNELS: return (size_t)unit * channels + (size_t)channel;
    case AANN_NULL_PLACES:
        return dense && channels > 1 ? (size_t)unit * (size_t)taps + (size_t)tap : 0;
    case AANN_NULL_DEGREES:
        return by_input ? (size_t)channel * (size_t)taps + (size_t)tap : (size_t)unit;
    default: return 0;
    }
}

static void count(const aann_network *network, int32_t index, aann_null null, bool by_input,
                  census *found)
{
    const aann_layer *layer = &aann_network_spec(network)->layers[index];
    const int32_t taps = layer->kernel_height * layer->kernel_width;
    const int8_t *weights = aann_network_weights(network, index);
    *found = (census){0};
    for (int32_t unit = 0; unit < layer->units; unit++) {
        for (int32_t channel = 0; channel < layer->input.channels; channel++) {
            for (int32_t tap = 0; tap < taps; tap++) {
                const size_t cell = cell_of(layer, null, by_input, unit, channel, tap, taps);
                assert_true(cell < 4096);
                found->counts[cell][*weights++ + 1]++;
            }
        }
    }
}

static int64_t distance(const aann_network *a, const aann_network *b)
{
    int64_t found = 0;
    for (int32_t i = 0; i < aann_network_spec(a)->layer_count; i++) {
        for (int32_t w = 0; w < aann_network_spec(a)->layers[i].weight_count; w++) {
            found += aann_network_weights(a, i)[w] != aann_network_weights(b, i)[w];
        }
    }
    return found;
}

static void test_what_is_kept(void **state)
{
    (void)state;
    aann_error error;
    static census before, after;
    aann_network **networks = random_networks(SPEC, input, 3, 1);
    for (int null = 0; null < AANN_NULL_COUNT; null++) {
        aann_network *first;
        aann_network *second;
        assert_ok(aann_network_copy(networks[0], &first, &error));
        assert_ok(aann_network_copy(networks[0], &second, &error));
        assert_ok(aann_null_shuffle(first, (aann_null)null, 1, 0, &error));
        assert_ok(aann_null_shuffle(second, (aann_null)null, 1, 1, &error));
        assert_ok(aann_network_check_counts(first, &error));
        for (int32_t layer = 0; layer < aann_network_spec(first)->layer_count; layer++) {
            for (int by_input = 0; by_input < 2; by_input++) {
                count(networks[0], layer, (aann_null)null, by_input == 1, &before);
                count(first, layer, (aann_null)null, by_input == 1, &after);
                assert_memory_equal(&before, &after, sizeof before);
            }
        }
        assert_true(distance(networks[0], first) > 100); /* the rest is shuffled */
        assert_true(distance(first, second) > 100);
        aann_network *again;
        assert_ok(aann_network_copy(networks[0], &again, &error));
        assert_ok(aann_null_shuffle(again, (aann_null)null, 1, 0, &error));
        assert_int_equal(distance(first, again), 0);
        aann_network_destroy(first);
        aann_network_destroy(second);
        aann_network_destroy(again);
    }
    /* Models that keep more than is asked for would pass above: uniform shuffles change a unit's
     * counts, shuffles of units an input's. */
    const aann_null weaker[] = {AANN_NULL_UNIFORM, AANN_NULL_UNITS, AANN_NULL_UNITS,
                                AANN_NULL_UNITS};
    const aann_null stronger[] = {AANN_NULL_UNITS, AANN_NULL_KERNELS, AANN_NULL_PLACES,
                                  AANN_NULL_DEGREES};
    for (int i = 0; i < 4; i++) {
        aann_network *shuffled;
        assert_ok(aann_network_copy(networks[0], &shuffled, &error));
        assert_ok(aann_null_shuffle(shuffled, weaker[i], 1, 0, &error));
        count(networks[0], 2, stronger[i], true, &before);
        count(shuffled, 2, stronger[i], true, &after);
        assert_memory_not_equal(&before, &after, sizeof before);
        aann_network_destroy(shuffled);
    }
    assert_int_equal(aann_null_shuffle(networks[0], AANN_NULL_COUNT, 1, 0, &error),
                     AANN_ERROR_ARGUMENT);
    assert_null(aann_null_name(AANN_NULL_COUNT));
    assert_string_equal(aann_null_name(AANN_NULL_PLACES), "places");
    free_networks(networks, 1);
}

/* A tiny layer, all of whose wirings with the same degrees can be listed: each comes as often. */
static void test_degrees_are_uniform(void **state)
{
    (void)state;
    aann_error error;
    enum { DRAWS = 6000, CODES = 19683 };
    static int32_t seen[CODES];
    aann_network **networks = random_networks("3@34-2", (aann_shape){1, 1, 3}, 1, 1);
    /* A permutation matrix: six wirings have its degrees. */
    const int8_t start[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
    memcpy(aann_network_weights_mutable(networks[0], 0), start, sizeof start);
    for (int32_t draw = 0; draw < DRAWS; draw++) {
        aann_network *shuffled;
        assert_ok(aann_network_copy(networks[0], &shuffled, &error));
        assert_ok(aann_null_shuffle(shuffled, AANN_NULL_DEGREES, 7, (uint64_t)draw, &error));
        int32_t code = 0;
        for (int i = 0; i < 9; i++) {
            code = 3 * code + aann_network_weights(shuffled, 0)[i] + 1;
        }
        seen[code]++;
        aann_network_destroy(shuffled);
    }
    int32_t kinds = 0;
    for (int32_t code = 0; code < CODES; code++) {
        kinds += seen[code] > 0;
        /* 1,000 are expected, deviation 29 */
        assert_true(seen[code] == 0 || (seen[code] > 870 && seen[code] < 1130));
    }
    assert_int_equal(kinds, 6);
    free_networks(networks, 1);
}

/* The exact mean distance of two shuffled networks: cell by cell, n (1 - sum p q). */
static double expected(const aann_network *a, const aann_network *b, aann_null null)
{
    static census left, right;
    double sum = 0.0;
    for (int32_t layer = 0; layer < aann_network_spec(a)->layer_count; layer++) {
        count(a, layer, null, false, &left);
        count(b, layer, null, false, &right);
        for (size_t cell = 0; cell < 4096; cell++) {
            double n = 0.0;
            double same = 0.0;
            for (int v = 0; v < 3; v++) {
                n += (double)left.counts[cell][v];
                same += (double)left.counts[cell][v] * (double)right.counts[cell][v];
            }
            sum += n > 0.0 ? n - same / n : 0.0;
        }
    }
    return sum;
}

static void test_distances(void **state)
{
    (void)state;
    aann_error error;
    aann_network **networks = random_networks(SPEC, input, 4, NETWORKS);
    const aann_network *const *all = (const aann_network *const *)networks;
    for (int null = 0; null < AANN_NULL_DEGREES; null++) {
        double mean = 0.0;
        for (int32_t i = 0; i < NETWORKS; i++) {
            for (int32_t j = i + 1; j < NETWORKS; j++) {
                mean += expected(networks[i], networks[j], (aann_null)null) /
                        (NETWORKS * (NETWORKS - 1) / 2);
            }
        }
        aann_null_options options = aann_null_options_default();
        aann_null_distances one;
        aann_null_distances three;
        assert_ok(aann_null_measure(all, NETWORKS, (aann_null)null, &options, &one, &error));
        options.threads = 3;
        assert_ok(aann_null_measure(all, NETWORKS, (aann_null)null, &options, &three, &error));
        assert_memory_equal(&one, &three, sizeof one);
        assert_true(one.pairs >= 45);
        assert_near(one.total.mean, mean,
                    5.0 * sqrt(one.total.variance / one.pairs) + 0.005 * mean);
        double sum = 0.0;
        for (int32_t layer = 0; layer < aann_network_spec(networks[0])->layer_count; layer++) {
            sum += one.layers[layer].mean;
        }
        assert_near(sum, one.total.mean, 1e-6);
        options.matched = true;
        aann_null_distances matched;
        assert_ok(aann_null_measure(all, NETWORKS, (aann_null)null, &options, &matched, &error));
        assert_true(matched.total.mean < one.total.mean);
    }
    aann_null_options options = aann_null_options_default();
    aann_null_distances none;
    assert_int_equal(aann_null_measure(all, 1, AANN_NULL_UNITS, &options, &none, &error),
                     AANN_ERROR_ARGUMENT);
    free_networks(networks, NETWORKS);
}

/* Networks that share nothing but where they look are as far apart as the model that keeps it says,
 * and nearer than chance. */
static void test_shared_places(void **state)
{
    (void)state;
    aann_error error;
    aann_network **networks = random_networks("4C3@50-MP2-9@80", input, 9, 2);
    aann_network *b = networks[1];
    for (int32_t i = 0; i < 2; i++) {
        memcpy(aann_network_weights_mutable(b, i), aann_network_weights(networks[0], i),
               (size_t)aann_network_spec(b)->layers[i].weight_count);
    }
    assert_ok(aann_null_shuffle(b, AANN_NULL_PLACES, 1, 0, &error));
    const aann_network *const *all = (const aann_network *const *)networks;
    aann_distances found;
    assert_ok(aann_distances_measure(all, 2, 1, &found, &error));
    const aann_null_options options = aann_null_options_default();
    aann_null_distances places;
    aann_null_distances uniform;
    assert_ok(aann_null_measure(all, 2, AANN_NULL_PLACES, &options, &places, &error));
    assert_ok(aann_null_measure(all, 2, AANN_NULL_UNIFORM, &options, &uniform, &error));
    const double last = (double)found.layers[1][1];
    assert_near(last, places.layers[1].mean, 4.0 * sqrt(places.layers[1].variance));
    assert_true(last < uniform.layers[1].mean - 4.0 * sqrt(uniform.layers[1].variance));
    aann_distances_destroy(&found);
    free_networks(networks, 2);
}

/* More restarts never find a larger distance; threads change nothing; a minimum over all names that
 * is missed without is found with. */
static void test_restarts(void **state)
{
    (void)state;
    aann_error error;
    aann_network **networks = random_networks("5C3@60-MP2-6@60-5@60-4", input, 11, NETWORKS);
    const aann_network *const *all = (const aann_network *const *)networks;
    aann_distances raw, plain, few, many, threads;
    assert_ok(aann_distances_measure(all, NETWORKS, 1, &raw, &error));
    assert_ok(aann_distances_match(all, NETWORKS, 1, &plain, &error));
    assert_ok(aann_distances_match_with(all, NETWORKS, 3, 1, &few, &error));
    assert_ok(aann_distances_match_with(all, NETWORKS, 200, 1, &many, &error));
    assert_ok(aann_distances_match_with(all, NETWORKS, 200, 3, &threads, &error));
    int64_t gained = 0;
    for (int32_t i = 0; i < NETWORKS * NETWORKS; i++) {
        assert_true(plain.total[i] <= raw.total[i]);
        assert_true(few.total[i] <= plain.total[i] && many.total[i] <= few.total[i]);
        assert_int_equal(many.total[i], threads.total[i]);
        gained += plain.total[i] - many.total[i];
    }
    assert_true(gained > 0);
    aann_matching matching;
    aann_network *renamed;
    assert_ok(aann_matching_find_with(networks[0], networks[1], 200, &matching, &error));
    assert_ok(aann_matching_apply(&matching, networks[1], &renamed, &error));
    assert_int_equal(distance(networks[0], renamed), matching.total);
    assert_int_equal(matching.total, many.total[1]);
    aann_network_destroy(renamed);
    aann_matching_destroy(&matching);
    assert_int_equal(aann_matching_find_with(networks[0], networks[1], -1, &matching, &error),
                     AANN_ERROR_ARGUMENT);
    aann_distances_destroy(&raw);
    aann_distances_destroy(&plain);
    aann_distances_destroy(&few);
    aann_distances_destroy(&many);
    aann_distances_destroy(&threads);
    free_networks(networks, NETWORKS);
}

/* The measures carry all of it; random networks are as similar to each other as the reference
 * says. */
static void test_measures(void **state)
{
    (void)state;
    aann_error error;
    aann_network **networks = random_networks(SPEC, input, 12, NETWORKS);
    const aann_network *const *all = (const aann_network *const *)networks;
    aann_samples *samples = make_samples(aann_network_spec(networks[0]), 60, 5);
    aann_measures_options options = aann_measures_options_default();
    options.nulls = true;
    options.references = true;
    options.similarity_samples = 60;
    options.restarts = 3;
    aann_measures measures;
    assert_ok(aann_measures_take(all, NETWORKS, NULL, samples, &options, &measures, &error));
    const aann_null_options how = aann_null_options_default();
    aann_null_distances null;
    assert_ok(aann_null_measure(all, NETWORKS, AANN_NULL_DEGREES, &how, &null, &error));
    const aann_measure *raw = aann_measures_find(&measures, "distance");
    assert_true(raw->nulls[AANN_NULL_DEGREES].mean == null.total.mean);
    assert_true(isnan(raw->mixed.mean) != 0);
    const aann_measure *matched = aann_measures_find(&measures, "matched_layer1");
    assert_true(isnan(matched->nulls[AANN_NULL_UNITS].mean) != 0);
    assert_true(matched->nulls[AANN_NULL_PLACES].mean < raw->nulls[AANN_NULL_PLACES].mean);
    for (int32_t layer = 0; layer < 4; layer++) {
        char key[48];
        snprintf(key, sizeof key, "similarity_layer%d", layer);
        const aann_measure *similarity = aann_measures_find(&measures, key);
        const double spread =
            5.0 * (similarity->summary.deviation + sqrt(similarity->chance.variance));
        assert_near(similarity->chance.mean, similarity->summary.mean, spread);
        assert_near(similarity->mixed.mean, similarity->summary.mean, spread);
        assert_true(similarity->chance.mean > 0.0 && similarity->chance.variance > 0.0);
    }
    aann_measures_destroy(&measures);
    free_samples(samples);
    free_networks(networks, NETWORKS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_kept), cmocka_unit_test(test_degrees_are_uniform),
        cmocka_unit_test(test_distances),    cmocka_unit_test(test_shared_places),
        cmocka_unit_test(test_restarts),     cmocka_unit_test(test_measures),
    };
    return cmocka_run_group_tests_name("geometry: nulls", tests, NULL, NULL);
}
