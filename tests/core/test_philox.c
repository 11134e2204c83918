/* The random numbers: the published known answers, that every part of a stream's name matters, and
 * that the draws are uniform. Everything is a fixed function, so no test can fail by chance. */
#include <math.h>

#include "core/philox.h"
#include "support/test.h"

/* The three known answers for philox4x32-10 that the authors publish with Random123: counter and
 * key all zeros, all ones, and the digits of pi. */
static void test_known_answers(void **state)
{
    (void)state;
    static const struct {
        uint32_t counter[4], key[2], output[4];
    } cases[] = {
        {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
         {0xffffffff, 0xffffffff},
         {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
         {0xa4093822, 0x299f31d0},
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    for (size_t index = 0; index < sizeof cases / sizeof cases[0]; index++) {
        uint32_t output[4];
        aann_philox4x32(cases[index].counter, cases[index].key, output);
        assert_memory_equal(output, cases[index].output, sizeof output);
    }
}

/* What (seed, member, candidate, purpose) means must never change: families are reproduced from
 * it. */
static void test_golden_stream(void **state)
{
    (void)state;
    const aann_random_key key = aann_random_key_create(1, 2);
    aann_random_stream stream = aann_random_start(key, UINT64_C(0x300000004), AANN_PURPOSE_SWAP);

    uint32_t expected_key[4];
    aann_philox4x32((const uint32_t[4]){2, 0, 0, 0}, (const uint32_t[2]){1, 0}, expected_key);
    assert_memory_equal(key.words, expected_key, sizeof key.words);

    for (uint32_t block = 0; block < 3; block++) {
        uint32_t expected[4];
        aann_philox4x32((const uint32_t[4]){4, 3, AANN_PURPOSE_SWAP, block}, key.words, expected);
        for (int word = 0; word < 4; word++) {
            assert_int_equal(aann_random_u32(&stream), expected[word]);
        }
    }
}

static uint32_t first_word(uint64_t seed, uint64_t member, uint64_t candidate, uint32_t purpose)
{
    aann_random_stream stream =
        aann_random_start(aann_random_key_create(seed, member), candidate, purpose);
    return aann_random_u32(&stream);
}

/* All 64 bits of seed, member and candidate and all 32 of purpose change the first word. (Each
 * could keep it by a chance of 2^-32; with these numbers none does.) */
static void test_every_bit_matters(void **state)
{
    (void)state;
    const uint32_t word = first_word(7, 11, 13, 17);
    for (int bit = 0; bit < 64; bit++) {
        const uint64_t flip = UINT64_C(1) << bit;
        assert_int_not_equal(first_word(7 ^ flip, 11, 13, 17), word);
        assert_int_not_equal(first_word(7, 11 ^ flip, 13, 17), word);
        assert_int_not_equal(first_word(7, 11, 13 ^ flip, 17), word);
        if (bit < 32) {
            assert_int_not_equal(first_word(7, 11, 13, 17 ^ (uint32_t)flip), word);
        }
    }
}

static void test_a_copy_continues_from_the_same_place(void **state)
{
    (void)state;
    aann_random_stream stream =
        aann_random_start(aann_random_key_create(3, 4), 5, AANN_PURPOSE_TEST);
    for (int draw = 0; draw < 6; draw++) {
        aann_random_u32(&stream);
    }
    aann_random_stream copy = stream;
    for (int draw = 0; draw < 10; draw++) {
        assert_int_equal(aann_random_u32(&stream), aann_random_u32(&copy));
    }
}

/* Chi-square of `draws` draws below `bound`, less its expectation, in standard deviations. */
static double chi_square_excess(uint32_t bound, uint32_t draws)
{
    uint32_t histogram[64] = {0};
    aann_random_stream stream =
        aann_random_start(aann_random_key_create(1, 1), bound, AANN_PURPOSE_TEST);
    for (uint32_t draw = 0; draw < draws; draw++) {
        const uint32_t value = aann_random_below(&stream, bound);
        assert_true(value < bound);
        histogram[value]++;
    }
    const double expected = (double)draws / bound;
    double chi_square = 0;
    for (uint32_t value = 0; value < bound; value++) {
        const double difference = histogram[value] - expected;
        chi_square += difference * difference / expected;
    }
    const double freedom = bound - 1;
    return (chi_square - freedom) / sqrt(2 * freedom);
}

static void test_below_is_uniform(void **state)
{
    (void)state;
    for (uint32_t bound = 2; bound <= 64; bound++) {
        assert_true(fabs(chi_square_excess(bound, 64000)) < 5);
    }
}

/* With bound = 3 * 2^30 plain scaling would give every third value twice as often as the others;
 * rejection makes the three residues equal. */
static void test_below_has_no_bias_for_large_bounds(void **state)
{
    (void)state;
    const uint32_t bound = 3u << 30;
    const uint32_t draws = 90000;
    uint32_t residues[3] = {0};
    aann_random_stream stream =
        aann_random_start(aann_random_key_create(2, 1), 0, AANN_PURPOSE_TEST);
    for (uint32_t draw = 0; draw < draws; draw++) {
        residues[aann_random_below(&stream, bound) % 3]++;
    }
    for (int residue = 0; residue < 3; residue++) {
        assert_true(fabs(residues[residue] - draws / 3.0) < 5 * sqrt(draws / 3.0));
    }
}

static void test_below_small_bounds(void **state)
{
    (void)state;
    aann_random_stream stream =
        aann_random_start(aann_random_key_create(2, 2), 0, AANN_PURPOSE_TEST);
    for (int draw = 0; draw < 100; draw++) {
        assert_int_equal(aann_random_below(&stream, 0), 0);
        assert_int_equal(aann_random_below(&stream, 1), 0);
        assert_true(aann_random_below(&stream, UINT32_MAX) < UINT32_MAX);
    }
}

static void test_unit_is_uniform_and_never_zero(void **state)
{
    (void)state;
    const int draws = 100000;
    double sum = 0, sum_of_squares = 0;
    aann_random_stream stream =
        aann_random_start(aann_random_key_create(9, 9), 0, AANN_PURPOSE_TEST);
    for (int draw = 0; draw < draws; draw++) {
        const double value = aann_random_unit(&stream);
        assert_true(value > 0 && value <= 1);
        sum += value;
        sum_of_squares += value * value;
    }
    assert_true(fabs(sum / draws - 1.0 / 2) < 5 * sqrt(1.0 / 12 / draws));
    assert_true(fabs(sum_of_squares / draws - 1.0 / 3) < 5 * sqrt(4.0 / 45 / draws));
}

/* The two ends, from streams whose buffered words are set by hand. */
static void test_unit_ends(void **state)
{
    (void)state;
    aann_random_stream zeros = {.unread = 4};
    assert_true(aann_random_unit(&zeros) == 0x1p-53);
    aann_random_stream ones = {.words = {UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX},
                               .unread = 4};
    assert_true(aann_random_unit(&ones) == 1.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_answers),
        cmocka_unit_test(test_golden_stream),
        cmocka_unit_test(test_every_bit_matters),
        cmocka_unit_test(test_a_copy_continues_from_the_same_place),
        cmocka_unit_test(test_below_is_uniform),
        cmocka_unit_test(test_below_has_no_bias_for_large_bounds),
        cmocka_unit_test(test_below_small_bounds),
        cmocka_unit_test(test_unit_is_uniform_and_never_zero),
        cmocka_unit_test(test_unit_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
