/* Assignments against all permutations; matchings against all renamings, and against renamings that
 * were planted. */
#include "geometry/support_geometry.h"

#include "geometry/assignment.h"

static int64_t cost_of(const int64_t *costs, int32_t size, const int32_t *columns)
{
    int64_t sum = 0;
    for (int32_t row = 0; row < size; row++) {
        sum += costs[row * size + columns[row]];
    }
    return sum;
}

static int64_t least_of_all(const int64_t *costs, int32_t size)
{
    int32_t columns[8];
    for (int32_t i = 0; i < size; i++) {
        columns[i] = i;
    }
    int64_t least = cost_of(costs, size, columns);
    while (next_permutation(columns, size)) {
        const int64_t cost = cost_of(costs, size, columns);
        least = cost < least ? cost : least;
    }
    return least;
}

static void assert_is_permutation(const int32_t *columns, int32_t size)
{
    bool seen[64] = {false};
    for (int32_t i = 0; i < size; i++) {
        assert_in_range(columns[i], 0, size - 1);
        assert_false(seen[columns[i]]);
        seen[columns[i]] = true;
    }
}

static void test_assignment(void **state)
{
    (void)state;
    aann_random_stream stream = test_stream(2);
    for (int32_t size = 1; size <= 7; size++) {
        /* Small ranges make many ties; negative costs are allowed. */
        for (uint32_t range = 2; range <= 2000; range *= 10) {
            for (int repeat = 0; repeat < 10; repeat++) {
                int64_t costs[49];
                int64_t scratch[64];
                int32_t columns[7];
                for (int32_t i = 0; i < size * size; i++) {
                    costs[i] = (int64_t)aann_random_below(&stream, range) - (int64_t)(range / 3);
                }
                assert_true(aann_assignment_scratch(size) <= sizeof scratch);
                const int64_t least = aann_assignment_solve(costs, size, scratch, columns);
                assert_is_permutation(columns, size);
                assert_int_equal(cost_of(costs, size, columns), least);
                assert_int_equal(least, least_of_all(costs, size));
            }
        }
    }
}

/* A cheap permutation hidden in a large matrix. */
static void test_large_assignment(void **state)
{
    (void)state;
    enum { SIZE = 60 };
    static int64_t costs[SIZE * SIZE];
    static int64_t scratch[SIZE * 5];
    int32_t columns[SIZE];
    aann_random_stream stream = test_stream(3);
    for (int32_t row = 0; row < SIZE; row++) {
        for (int32_t column = 0; column < SIZE; column++) {
            costs[row * SIZE + column] = 100 + aann_random_below(&stream, 1000);
        }
        costs[row * SIZE + (row * 7 + 3) % SIZE] = row;
    }
    assert_true(aann_assignment_scratch(SIZE) <= sizeof scratch);
    assert_int_equal(aann_assignment_solve(costs, SIZE, scratch, columns), SIZE * (SIZE - 1) / 2);
    for (int32_t row = 0; row < SIZE; row++) {
        assert_int_equal(columns[row], (row * 7 + 3) % SIZE);
    }
}

/* The distance of a from b under the names units[hidden layers]. */
static int64_t distance_under(const aann_network *a, const aann_network *b,
                              const int32_t *const *units)
{
    const aann_spec *spec = aann_network_spec(a);
    int64_t distance = 0;
    for (int32_t index = 0; index < spec->layer_count; index++) {
        const aann_layer *layer = &spec->layers[index];
        const int32_t taps = layer->fan_in / layer->input.channels;
        for (int32_t unit = 0; unit < layer->units; unit++) {
            const int32_t other = index + 1 < spec->layer_count ? units[index][unit] : unit;
            for (int32_t i = 0; i < layer->fan_in; i++) {
                const int32_t channel = index > 0 ? units[index - 1][i / taps] : i / taps;
                const int8_t of_a = aann_network_weights(a, index)[unit * layer->fan_in + i];
                const int8_t of_b = aann_network_weights(
                    b, index)[other * layer->fan_in + channel * taps + i % taps];
                distance += of_a != of_b;
            }
        }
    }
    return distance;
}

static void check_consistent(const aann_network *a, const aann_network *b,
                             const aann_matching *matching)
{
    const aann_spec *spec = aann_network_spec(a);
    int64_t total = 0;
    for (int32_t layer = 0; layer < spec->layer_count; layer++) {
        assert_is_permutation(matching->units[layer], spec->layers[layer].units);
        total += matching->layers[layer];
    }
    assert_int_equal(matching->total, total);
    assert_int_equal(distance_under(a, b, (const int32_t *const *)matching->units), total);
}

/* One hidden layer of six units: the least distance of all 720 names. Two of four: between that and
 * the raw one. */
static void test_against_all_names(void **state)
{
    (void)state;
    aann_error error;
    int exact = 0;
    enum { REPEATS = 20 };
    for (uint64_t repeat = 0; repeat < REPEATS; repeat++) {
        const bool deep = repeat % 2 == 1;
        aann_network **networks = random_networks(deep ? "4C3@50-MP2-4@60-3@40" : "6C3@50-MP2-3@60",
                                                  (aann_shape){1, 5, 4}, 50 + repeat, 2);
        int32_t first[6] = {0, 1, 2, 3, 4, 5};
        int64_t least = INT64_MAX;
        const int64_t raw = distance_under(
            networks[0], networks[1], (const int32_t *const[]){first, (int32_t[]){0, 1, 2, 3}});
        do {
            int32_t second[4] = {0, 1, 2, 3};
            do {
                const int64_t distance = distance_under(networks[0], networks[1],
                                                        (const int32_t *const[]){first, second});
                least = distance < least ? distance : least;
            } while (deep && next_permutation(second, 4));
        } while (next_permutation(first, deep ? 4 : 6));
        aann_matching matching;
        assert_ok(aann_matching_find(networks[0], networks[1], &matching, &error));
        check_consistent(networks[0], networks[1], &matching);
        assert_in_range(matching.total, least, raw);
        if (!deep) {
            assert_int_equal(matching.total, least);
        }
        exact += deep && matching.total == least;
        aann_matching_destroy(&matching);
        free_networks(networks, 2);
    }
    assert_true(exact >= REPEATS / 4); /* of REPEATS / 2: the local minimum is often the least */
}

/* A renamed copy is at distance 0, whatever the architecture. */
static void test_planted_names(void **state)
{
    (void)state;
    static const char *const specs[] = {"16C5@50-MP2-32C5@90-MP2-10@90", "20@60-15@60-12@50-5",
                                        "8C3@50-10", "7"};
    aann_random_stream stream = test_stream(4);
    for (size_t i = 0; i < sizeof specs / sizeof specs[0]; i++) {
        aann_error error;
        aann_network **networks = random_networks(specs[i], (aann_shape){1, 12, 12}, 70 + i, 1);
        aann_network *renamed = renamed_network(networks[0], &stream);
        const aann_network *const pair[2] = {networks[0], renamed};
        aann_distances raw;
        aann_distances matched;
        assert_ok(aann_distances_measure(pair, 2, 1, &raw, &error));
        assert_ok(aann_distances_match(pair, 2, 2, &matched, &error));
        if (aann_network_spec(renamed)->layer_count > 1) {
            assert_true(raw.total[1] > 0);
        }
        assert_int_equal(matched.total[1], 0);
        aann_distances_destroy(&raw);
        aann_distances_destroy(&matched);
        aann_network_destroy(renamed);
        free_networks(networks, 1);
    }
}

static void test_all_pairs(void **state)
{
    (void)state;
    enum { COUNT = 5 };
    aann_error error;
    aann_network **networks = random_networks("6C3@60-MP2-9@60-4", (aann_shape){1, 8, 8}, 5, COUNT);
    aann_distances one;
    aann_distances three;
    assert_ok(aann_distances_match((const aann_network *const *)networks, COUNT, 1, &one, &error));
    assert_ok(
        aann_distances_match((const aann_network *const *)networks, COUNT, 3, &three, &error));
    for (int32_t i = 0; i < COUNT; i++) {
        for (int32_t j = i + 1; j < COUNT; j++) {
            aann_matching matching;
            assert_ok(aann_matching_find(networks[i], networks[j], &matching, &error));
            check_consistent(networks[i], networks[j], &matching);
            assert_int_equal(matching.total, one.total[i * COUNT + j]);
            assert_int_equal(matching.total, one.total[j * COUNT + i]);
            assert_int_equal(matching.layers[1], one.layers[1][i * COUNT + j]);
            aann_matching_destroy(&matching);
        }
    }
    assert_memory_equal(one.total, three.total, sizeof(int64_t) * COUNT * COUNT);
    aann_distances_destroy(&one);
    aann_distances_destroy(&three);
    free_networks(networks, COUNT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_assignment),        cmocka_unit_test(test_large_assignment),
        cmocka_unit_test(test_against_all_names), cmocka_unit_test(test_planted_names),
        cmocka_unit_test(test_all_pairs),
    };
    return cmocka_run_group_tests_name("geometry: matching", tests, NULL, NULL);
}
