/* Counts: exact rounding, from 0 to 99 percent, overrides, and sparsity that leaves nothing. */
#include <math.h>

#include "support/networks.h"

/* A dense layer with weight_count weights. */
static aann_spec one_layer(int32_t weight_count)
{
    return spec_from("1@0", (aann_shape){1, 1, weight_count});
}

static void assert_counts(aann_counts counts, int64_t minus, int64_t zero, int64_t plus)
{
    assert_int_equal(counts.minus, minus);
    assert_int_equal(counts.zero, zero);
    assert_int_equal(counts.plus, plus);
}

static void test_mnist_counts(void **state)
{
    (void)state;
    aann_spec spec = spec_from("16C5-MP2-32C5-MP2-10", (aann_shape){1, 28, 28});
    const double sparsity[] = {50, 90, 90};
    assert_int_equal(aann_spec_set_sparsity(&spec, -1, sparsity, 3, NULL), AANN_OK);
    assert_counts(aann_spec_counts(&spec, 0), 100, 200, 100);
    assert_counts(aann_spec_counts(&spec, 1), 640, 11520, 640);
    assert_counts(aann_spec_counts(&spec, 2), 784, 14112, 784);
}

/* Against the definition, floor(p * n / 100 + 1/2) in whole numbers, for every whole percentage. */
static void test_every_percentage(void **state)
{
    (void)state;
    for (int32_t weight_count = 101; weight_count < 500; weight_count += 7) {
        aann_spec spec = spec_from("1", (aann_shape){1, 1, weight_count});
        for (int32_t percent = 0; percent < 100; percent++) {
            assert_int_equal(aann_spec_set_sparsity(&spec, percent, NULL, 0, NULL), AANN_OK);
            const aann_counts counts = aann_spec_counts(&spec, 0);
            assert_int_equal(counts.zero, (percent * weight_count + 50) / 100);
            assert_int_equal(counts.minus + counts.zero + counts.plus, weight_count);
            assert_int_equal(counts.plus, (weight_count - counts.zero + 1) / 2);
            assert_true(counts.plus > 0);
        }
    }
}

static aann_counts counts_at(int32_t weight_count, double percent)
{
    aann_spec spec = spec_from("1", (aann_shape){1, 1, weight_count});
    assert_int_equal(aann_spec_set_sparsity(&spec, percent, NULL, 0, NULL), AANN_OK);
    return aann_spec_counts(&spec, 0);
}

/* Halves go up, exactly at the half and not a billionth of a percent before it. */
static void test_rounding_at_the_half(void **state)
{
    (void)state;
    assert_int_equal(counts_at(10, 25).zero, 3);           /* 2.5 */
    assert_int_equal(counts_at(10, 24.999999999).zero, 2); /* 2.4999999999 */
    assert_int_equal(counts_at(10, 35).zero, 4);           /* 3.5 */
    assert_int_equal(counts_at(50, 1).zero, 1);            /* 0.5 */
    assert_int_equal(counts_at(50, 0.999999999).zero, 0);
    assert_int_equal(counts_at(1000, 0.05).zero, 1); /* 0.5; 0.05 is no binary fraction */
    assert_int_equal(counts_at(1000, 12.35).zero, 124);
    assert_int_equal(counts_at(3, 50).zero, 2);
}

/* Products beyond 64 bits: 2^31 - 2^16 weights. Only counted, never allocated. */
static void test_largest_layers(void **state)
{
    (void)state;
    aann_spec spec = spec_from("65536", (aann_shape){32767, 1, 1});
    const int64_t weight_count = INT64_C(65536) * 32767;
    assert_int_equal(spec.layers[0].weight_count, weight_count);
    assert_int_equal(aann_spec_counts(&spec, 0).zero, weight_count / 2);
    assert_int_equal(aann_spec_set_sparsity(&spec, 12.345678912, NULL, 0, NULL), AANN_OK);
    assert_int_equal(aann_spec_counts(&spec, 0).zero, 265113345);
    assert_int_equal(aann_spec_set_sparsity(&spec, 99.999999, NULL, 0, NULL), AANN_OK);
    assert_int_equal(aann_spec_counts(&spec, 0).zero, weight_count - 21);
    assert_int_equal(aann_spec_set_sparsity(&spec, 99.999999999, NULL, 0, NULL),
                     AANN_ERROR_ARGUMENT);
}

static void test_overrides(void **state)
{
    (void)state;
    aann_spec spec = spec_from("8C5@70-16C3-10@95", (aann_shape){1, 28, 28});
    assert_int_equal(aann_spec_set_sparsity(&spec, 80, NULL, 0, NULL), AANN_OK);
    assert_true(spec.layers[0].sparsity == 70 && spec.layers[1].sparsity == 80 &&
                spec.layers[2].sparsity == 95);
    assert_int_equal(aann_spec_set_sparsity(&spec, -1, NULL, 0, NULL), AANN_OK);
    assert_true(spec.layers[0].sparsity == 70 && spec.layers[1].sparsity == 80 &&
                spec.layers[2].sparsity == 95);
    const double per_layer[] = {10, 20, 30.5};
    assert_int_equal(aann_spec_set_sparsity(&spec, 80, per_layer, 3, NULL), AANN_OK);
    assert_true(spec.layers[0].sparsity == 10 && spec.layers[1].sparsity == 20 &&
                spec.layers[2].sparsity == 30.5);
}

/* Nine decimals are kept, so that what is set can be written in a spec and read back. */
static void test_nine_decimals_are_kept(void **state)
{
    (void)state;
    aann_spec spec = spec_from("10", (aann_shape){1, 28, 28});
    assert_int_equal(aann_spec_set_sparsity(&spec, 100.0 / 3.0, NULL, 0, NULL), AANN_OK);
    assert_true(spec.layers[0].sparsity == 33.333333333);
}

static void assert_refused(aann_spec *spec, double overall, const double *per_layer, size_t count,
                           const char *words)
{
    aann_spec before;
    memcpy(&before, spec, sizeof before);
    aann_error error = {0};
    assert_int_equal(aann_spec_set_sparsity(spec, overall, per_layer, count, &error),
                     AANN_ERROR_ARGUMENT);
    if (strstr(error.message, words) == NULL) {
        fail_msg("\"%s\" is not in: %s", words, error.message);
    }
    assert_memory_equal(spec, &before, sizeof before);
}

static void test_refused(void **state)
{
    (void)state;
    aann_spec spec = spec_from("16C5-10", (aann_shape){1, 28, 28});
    assert_refused(&spec, 100, NULL, 0, "a sparsity of 100 percent is out of range");
    assert_refused(&spec, 99.9999999999, NULL, 0, "out of range"); /* 100 after rounding */
    assert_refused(&spec, (double)NAN, NULL, 0, "out of range");
    assert_refused(&spec, (double)INFINITY, NULL, 0, "out of range");
    assert_refused(&spec, 99.9, NULL, 0,
                   "layer 1 (16C5): a sparsity of 99.9 percent leaves none of its 400 weights");
    assert_refused(&spec, -1, (const double[]){50, 99.9999}, 2,
                   "layer 2 (10): a sparsity of 99.9999 percent leaves");
    assert_refused(&spec, -1, (const double[]){50, -1}, 2,
                   "layer 2 (10): a sparsity of -1 percent is out of range");
    assert_refused(&spec, -1, (const double[]){50, 100}, 2, "out of range");
    assert_refused(&spec, -1, (const double[]){50}, 1, "1 values of sparsity for 2 layers");
    assert_refused(&spec, -1, (const double[]){50, 50, 50}, 3, "3 values of sparsity for 2 layers");
    assert_refused(&spec, -1, NULL, 2, "2 values of sparsity");
    assert_int_equal(aann_spec_set_sparsity(&spec, 100, NULL, 0, NULL), AANN_ERROR_ARGUMENT);
}

static void test_excitatory_share(void **state)
{
    (void)state;
    aann_spec spec = one_layer(1000);
    assert_counts(aann_spec_counts(&spec, 0), 500, 0, 500);
    assert_int_equal(aann_spec_set_sparsity(&spec, -1, (const double[]){90}, 1, NULL), AANN_OK);
    static const struct {
        double share;
        int64_t plus;
    } cases[] = {{0, 0}, {1, 100}, {0.25, 25}, {0.8, 80}, {0.125, 13}, {0.124, 12}};
    for (size_t index = 0; index < sizeof cases / sizeof cases[0]; index++) {
        assert_int_equal(aann_spec_set_excitatory_share(&spec, cases[index].share, NULL), AANN_OK);
        assert_counts(aann_spec_counts(&spec, 0), 100 - cases[index].plus, 900, cases[index].plus);
    }
    aann_error error;
    const double bad[] = {-0.1, 1.1, (double)NAN};
    for (size_t index = 0; index < 3; index++) {
        assert_int_equal(aann_spec_set_excitatory_share(&spec, bad[index], &error),
                         AANN_ERROR_ARGUMENT);
        assert_non_null(strstr(error.message, "is out of range: 0 to 1"));
    }
    assert_true(spec.layers[0].excitatory_share == 0.124);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mnist_counts),
        cmocka_unit_test(test_every_percentage),
        cmocka_unit_test(test_rounding_at_the_half),
        cmocka_unit_test(test_largest_layers),
        cmocka_unit_test(test_overrides),
        cmocka_unit_test(test_nine_decimals_are_kept),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_excitatory_share),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
