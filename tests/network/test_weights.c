/* Networks and their random start: exactly the counts of the spec, every arrangement equally
 * likely. Seeds are fixed, so the chi-square tests give the same value on every run. */
#include <math.h>
#include <stdio.h>

#include "network/network.h"
#include "network/random_spec.h"
#include "support/networks.h"

static bool equal_weights(const aann_network *a, const aann_network *b)
{
    const aann_spec *spec = aann_network_spec(a);
    for (int32_t layer = 0; layer < spec->layer_count; layer++) {
        if (memcmp(aann_network_weights(a, layer), aann_network_weights(b, layer),
                   (size_t)spec->layers[layer].weight_count) != 0) {
            return false;
        }
    }
    return true;
}

static void test_create_is_zero(void **state)
{
    (void)state;
    aann_network *network = network_from("16C5-MP2-32C5-MP2-10", (aann_shape){1, 28, 28});
    assert_int_equal(aann_network_spec(network)->layer_count, 3);
    const int64_t weight_counts[] = {400, 12800, 15680};
    for (int32_t layer = 0; layer < 3; layer++) {
        const aann_counts counts = aann_network_counts(network, layer);
        assert_int_equal(counts.zero, weight_counts[layer]);
        assert_int_equal(counts.minus, 0);
        assert_int_equal(counts.plus, 0);
        assert_ptr_equal(aann_network_weights_mutable(network, layer),
                         aann_network_weights(network, layer));
        assert_int_equal((uintptr_t)aann_network_weights_mutable(network, layer) % 64, 0);
    }
    aann_network_destroy(network);
    aann_network_destroy(NULL);
}

static void test_copy_is_independent(void **state)
{
    (void)state;
    aann_network *network = network_from("4C3-MP2-20-3", (aann_shape){1, 8, 8});
    aann_network_randomise(network, 1, 1);
    aann_network *copy = NULL;
    assert_int_equal(aann_network_copy(network, &copy, NULL), AANN_OK);
    assert_true(equal_weights(network, copy));
    aann_network_randomise(copy, 1, 2);
    assert_false(equal_weights(network, copy));
    aann_network_randomise(copy, 1, 1);
    assert_true(equal_weights(network, copy));
    aann_network_destroy(copy);
    aann_network_destroy(network);
}

static void test_counts_are_exact(void **state)
{
    (void)state;
    aann_random_stream stream =
        aann_random_start(aann_random_key_create(2, 1), 0, AANN_PURPOSE_TEST);
    for (uint64_t trial = 0; trial < 300; trial++) {
        aann_spec spec;
        random_spec(&stream, &spec);
        assert_int_equal(aann_spec_set_excitatory_share(&spec, aann_random_unit(&stream), NULL),
                         AANN_OK);
        aann_network *network = NULL;
        assert_int_equal(aann_network_create(&spec, &network, NULL), AANN_OK);
        aann_network_randomise(network, trial, trial * trial);
        for (int32_t layer = 0; layer < spec.layer_count; layer++) {
            const aann_counts found = aann_network_counts(network, layer);
            const aann_counts expected = aann_spec_counts(&spec, layer);
            assert_memory_equal(&found, &expected, sizeof found);
        }
        aann_network_destroy(network);
    }
}

/* Every (seed, member) has its own network, and within a network every layer its own
 * arrangement. */
static void test_seed_and_member_matter(void **state)
{
    (void)state;
    enum { COUNT = 5 };
    static const uint64_t names[COUNT][2] = {
        {1, 1}, {1, 2}, {2, 1}, {1, UINT64_C(1) << 40}, {UINT64_C(1) << 40, 1}};
    aann_network *networks[COUNT];
    for (int index = 0; index < COUNT; index++) {
        networks[index] = network_from("30@80-30@80-30@80", (aann_shape){30, 1, 1});
        aann_network_randomise(networks[index], names[index][0], names[index][1]);
        assert_memory_not_equal(aann_network_weights_mutable(networks[index], 0),
                                aann_network_weights_mutable(networks[index], 1), 900);
        assert_memory_not_equal(aann_network_weights_mutable(networks[index], 1),
                                aann_network_weights_mutable(networks[index], 2), 900);
        for (int other = 0; other < index; other++) {
            assert_false(equal_weights(networks[index], networks[other]));
        }
    }
    for (int index = 0; index < COUNT; index++) {
        aann_network_destroy(networks[index]);
    }
}

static double chi_square(const int64_t *observed, int32_t cells, double expected)
{
    double sum = 0;
    for (int32_t cell = 0; cell < cells; cell++) {
        const double difference = (double)observed[cell] - expected;
        sum += difference * difference / expected;
    }
    return sum;
}

/* Four weights with one -1, two 0 and one +1 can be arranged in 12 ways; all must come up equally
 * often. */
static void test_every_arrangement_is_equally_likely(void **state)
{
    (void)state;
    enum { DRAWS = 24000, ARRANGEMENTS = 12 };
    aann_network *network = network_from("1@50", (aann_shape){1, 1, 4});
    int64_t by_code[81] = {0};
    for (uint64_t member = 0; member < DRAWS; member++) {
        aann_network_randomise(network, 5, member);
        const int8_t *weights = aann_network_weights(network, 0);
        int code = 0;
        for (int index = 0; index < 4; index++) {
            code = 3 * code + weights[index] + 1;
        }
        by_code[code]++;
    }
    int64_t found[ARRANGEMENTS];
    int kinds = 0;
    for (int code = 0; code < 81; code++) {
        if (by_code[code] > 0) {
            assert_true(kinds < ARRANGEMENTS);
            found[kinds++] = by_code[code];
        }
    }
    assert_int_equal(kinds, ARRANGEMENTS);
    /* 11 degrees of freedom: 31.3 is exceeded once in a thousand. */
    assert_true(chi_square(found, ARRANGEMENTS, (double)DRAWS / ARRANGEMENTS) < 31.3);
    aann_network_destroy(network);
}

/* In a larger layer, every position holds each value equally often. */
static void test_positions_are_uniform(void **state)
{
    (void)state;
    enum { DRAWS = 4000, POSITIONS = 200 };
    aann_network *network = network_from("10@90", (aann_shape){20, 1, 1});
    int64_t minus[POSITIONS] = {0}, plus[POSITIONS] = {0};
    for (uint64_t member = 0; member < DRAWS; member++) {
        aann_network_randomise(network, 6, member);
        const int8_t *weights = aann_network_weights(network, 0);
        for (int position = 0; position < POSITIONS; position++) {
            minus[position] += weights[position] < 0;
            plus[position] += weights[position] > 0;
        }
    }
    /* Ten of 200 positions are drawn each time, so the cells vary a little less than independent
     * ones. */
    const double expected = DRAWS * 10.0 / POSITIONS;
    const double limit = POSITIONS + 4 * sqrt(2.0 * POSITIONS);
    const double low_limit = POSITIONS - 6 * sqrt(2.0 * POSITIONS);
    assert_true(chi_square(minus, POSITIONS, expected) < limit);
    assert_true(chi_square(plus, POSITIONS, expected) < limit);
    assert_true(chi_square(minus, POSITIONS, expected) >
                low_limit); /* too even is not random either */
    assert_true(chi_square(plus, POSITIONS, expected) > low_limit);
    aann_network_destroy(network);
}

static void test_set_weights(void **state)
{
    (void)state;
    aann_error error = {0};
    aann_network *network = network_from("2@50-3@50", (aann_shape){4, 1, 1});
    const int8_t good[8] = {1, -1, 0, 0, 0, 1, 0, -1};
    assert_ok(aann_network_set_weights(network, 0, good, &error));
    assert_memory_equal(aann_network_weights(network, 0), good, 8);
    for (size_t place = 0; place < 8; place++) {
        for (int value = INT8_MIN; value <= INT8_MAX; value++) {
            int8_t values[8] = {1, 1, 1, 1, 1, 1, 1, 1};
            values[place] = (int8_t)value;
            if (value < -1 || value > 1) {
                char words[64];
                snprintf(words, sizeof words, "layer 0: weight %zu is %d: expected -1, 0 or 1",
                         place, value);
                assert_int_equal(aann_network_set_weights(network, 0, values, &error),
                                 AANN_ERROR_ARGUMENT);
                assert_string_equal(error.message, words);
                assert_memory_equal(aann_network_weights(network, 0), good, 8);
            }
        }
    }
    assert_int_equal(aann_network_set_weights(network, 2, good, &error), AANN_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "has the layers 0 to 1"));
    assert_int_equal(aann_network_set_weights(network, -1, good, &error), AANN_ERROR_ARGUMENT);
    aann_network_destroy(network);
}

static void test_check_counts(void **state)
{
    (void)state;
    aann_error error = {0};
    aann_network *network = network_from("2@50-3@50", (aann_shape){4, 1, 1});
    aann_network_randomise(network, 1, 1);
    assert_ok(aann_network_check_counts(network, &error));
    const int8_t more[6] = {1, 1, 1, -1, 0, 0};
    assert_ok(aann_network_set_weights(network, 1, more, &error));
    assert_int_equal(aann_network_check_counts(network, &error), AANN_ERROR_ARGUMENT);
    assert_string_equal(error.message,
                        "layer 2 (3) has 1 weights -1, 2 weights 0 and 3 weights +1: expected 1, 3 "
                        "and 2");
    aann_network_destroy(network);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_create_is_zero),
        cmocka_unit_test(test_copy_is_independent),
        cmocka_unit_test(test_counts_are_exact),
        cmocka_unit_test(test_seed_and_member_matter),
        cmocka_unit_test(test_every_arrangement_is_equally_likely),
        cmocka_unit_test(test_positions_are_uniform),
        cmocka_unit_test(test_set_weights),
        cmocka_unit_test(test_check_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
