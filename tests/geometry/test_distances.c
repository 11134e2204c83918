/* Distances against counting weight by weight; their chance level against enumeration and
 * simulation. */
#include "geometry/support_geometry.h"

#include "geometry/packed_weights.h"

static int64_t count_differences(const int8_t *a, const int8_t *b, int64_t count)
{
    int64_t differences = 0;
    for (int64_t i = 0; i < count; i++) {
        differences += a[i] != b[i];
    }
    return differences;
}

/* Lengths round the sizes of words, and past those of the inner sums. */
static void test_words(void **state)
{
    (void)state;
    enum { MOST = 5000 };
    static int8_t a[MOST];
    static int8_t b[MOST];
    static uint64_t words_a[MOST / AANN_WEIGHTS_PER_WORD + 1];
    static uint64_t words_b[MOST / AANN_WEIGHTS_PER_WORD + 1];
    static const size_t lengths[] = {0,  1,    31,   32,   33,   63,   64,
                                     65, 2015, 2016, 2017, 4032, 4033, MOST};
    aann_random_stream stream = test_stream(1);
    for (size_t which = 0; which < sizeof lengths / sizeof lengths[0]; which++) {
        for (int kind = 0; kind < 3; kind++) {
            const size_t length = lengths[which];
            for (size_t i = 0; i < length; i++) {
                a[i] = (int8_t)(kind == 0 ? (int32_t)aann_random_below(&stream, 3) - 1 : 1);
                b[i] = (int8_t)(kind == 0   ? (int32_t)aann_random_below(&stream, 3) - 1
                                : kind == 1 ? -1
                                            : 0);
            }
            aann_packed_weights_pack(a, length, words_a);
            aann_packed_weights_pack(b, length, words_b);
            assert_int_equal(
                aann_packed_weights_distance(words_a, words_b, aann_packed_weights_needed(length)),
                count_differences(a, b, (int64_t)length));
        }
    }
}

static void test_all_pairs(void **state)
{
    (void)state;
    enum { COUNT = 7 };
    aann_error error;
    aann_network **networks =
        random_networks("5C3@60-MP2-7C3v@50-20-6", (aann_shape){2, 12, 11}, 3, COUNT);
    const aann_spec *spec = aann_network_spec(networks[0]);
    for (int32_t threads = 1; threads <= 3; threads += 2) {
        aann_distances distances;
        assert_ok(aann_distances_measure((const aann_network *const *)networks, COUNT, threads,
                                         &distances, &error));
        for (int32_t i = 0; i < COUNT * COUNT; i++) {
            int64_t total = 0;
            for (int32_t layer = 0; layer < spec->layer_count; layer++) {
                const int64_t expected =
                    count_differences(aann_network_weights(networks[i / COUNT], layer),
                                      aann_network_weights(networks[i % COUNT], layer),
                                      spec->layers[layer].weight_count);
                assert_int_equal(distances.layers[layer][i], expected);
                total += expected;
            }
            assert_int_equal(distances.total[i], total);
        }
        aann_distances_destroy(&distances);
    }
    free_networks(networks, COUNT);
}

static void test_unlike_networks(void **state)
{
    (void)state;
    aann_error error;
    aann_network **a = random_networks("4-3", (aann_shape){5, 1, 1}, 1, 1);
    aann_network **b = random_networks("5-3", (aann_shape){5, 1, 1}, 1, 1);
    const aann_network *const both[2] = {a[0], b[0]};
    aann_distances distances;
    assert_int_equal(aann_distances_measure(both, 2, 1, &distances, &error), AANN_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "differ in shape"));
    assert_int_equal(aann_distances_match(both, 2, 1, &distances, &error), AANN_ERROR_ARGUMENT);
    assert_int_equal(aann_distances_measure(both, 0, 1, &distances, &error), AANN_ERROR_ARGUMENT);
    free_networks(a, 1);
    free_networks(b, 1);
}

/* One network of the pair can be held fixed; the other runs through all arrangements (base 3
 * numbers with the right counts). */
static void check_enumeration(aann_counts counts)
{
    const int length = (int)(counts.minus + counts.zero + counts.plus);
    int8_t fixed[12];
    for (int i = 0; i < length; i++) {
        fixed[i] = (int8_t)(i < counts.minus ? -1 : i < counts.minus + counts.zero ? 0 : 1);
    }
    int64_t all = 1;
    for (int i = 0; i < length; i++) {
        all *= 3;
    }
    double found = 0.0;
    double sum = 0.0;
    double squares = 0.0;
    for (int64_t number = 0; number < all; number++) {
        int64_t rest = number;
        int64_t seen[3] = {0};
        double distance = 0.0;
        for (int i = 0; i < length; i++, rest /= 3) {
            seen[rest % 3]++;
            distance += rest % 3 - 1 != fixed[i];
        }
        if (seen[0] == counts.minus && seen[1] == counts.zero && seen[2] == counts.plus) {
            found += 1.0;
            sum += distance;
            squares += distance * distance;
        }
    }
    const aann_chance chance = aann_chance_of_counts(counts);
    assert_near(chance.mean, sum / found, 1e-12);
    assert_near(chance.variance, squares / found - sum / found * (sum / found), 1e-11);
}

static void test_chance_enumerated(void **state)
{
    (void)state;
    for (int64_t minus = 0; minus <= 4; minus++) {
        for (int64_t zero = 0; zero <= 4; zero++) {
            for (int64_t plus = 0; plus <= 3; plus++) {
                if (minus + zero + plus >= 2) {
                    check_enumeration((aann_counts){minus, zero, plus});
                }
            }
        }
    }
}

/* The mean of 780 pairs of random networks lies within four of its standard errors of the exact
 * mean, and their variance within 20 percent; of a layer and of whole networks. (Pairs share
 * networks, but their distances are uncorrelated: given one network, the distance's expectation is
 * the same whichever it is.) */
static void test_chance_simulated(void **state)
{
    (void)state;
    enum { COUNT = 40, PAIRS = COUNT * (COUNT - 1) / 2 };
    aann_error error;
    aann_network **networks =
        random_networks("6C3@50-MP2-30@90-10@80", (aann_shape){1, 10, 10}, 17, COUNT);
    const aann_spec *spec = aann_network_spec(networks[0]);
    aann_distances distances;
    assert_ok(aann_distances_measure((const aann_network *const *)networks, COUNT, 1, &distances,
                                     &error));
    for (int32_t layer = -1; layer < spec->layer_count; layer++) {
        const aann_chance chance =
            layer < 0 ? aann_chance_of_spec(spec) : aann_chance_of_layer(spec, layer);
        const int64_t *matrix = layer < 0 ? distances.total : distances.layers[layer];
        double sum = 0.0;
        double squares = 0.0;
        for (int32_t i = 0; i < COUNT; i++) {
            for (int32_t j = i + 1; j < COUNT; j++) {
                const double difference = (double)matrix[i * COUNT + j] - chance.mean;
                sum += difference;
                squares += difference * difference;
            }
        }
        assert_near(sum / PAIRS, 0.0, 4.0 * sqrt(chance.variance / PAIRS));
        assert_near(squares / PAIRS / chance.variance, 1.0, 0.2);
    }
    aann_distances_destroy(&distances);
    free_networks(networks, COUNT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_all_pairs),
        cmocka_unit_test(test_unlike_networks),
        cmocka_unit_test(test_chance_enumerated),
        cmocka_unit_test(test_chance_simulated),
    };
    return cmocka_run_group_tests_name("geometry: distances", tests, NULL, NULL);
}
