/* Shapes against values worked out by hand. */
#include "support/networks.h"

static void assert_shape(aann_shape shape, int32_t channels, int32_t height, int32_t width)
{
    assert_int_equal(shape.channels, channels);
    assert_int_equal(shape.height, height);
    assert_int_equal(shape.width, width);
}

static int64_t total_weights(const aann_spec *spec)
{
    int64_t total = 0;
    for (int32_t index = 0; index < spec->layer_count; index++) {
        total += spec->layers[index].weight_count;
    }
    return total;
}

static void test_shape_size(void **state)
{
    (void)state;
    assert_int_equal(aann_shape_size((aann_shape){3, 5, 7}), 105);
    assert_int_equal(aann_shape_size((aann_shape){65536, 65536, 16}), INT64_C(1) << 36);
}

/* 28 -> 28 (padded) -> 14 -> 14 -> 7: 32 * 7 * 7 = 1568 into the dense layer, as in the paper. */
static void test_mnist(void **state)
{
    (void)state;
    const aann_spec spec = spec_from("16C5-MP2-32C5-MP2-10", (aann_shape){1, 28, 28});
    assert_int_equal(spec.layer_count, 3);
    assert_shape(spec.layers[0].input, 1, 28, 28);
    assert_shape(spec.layers[0].sums, 16, 28, 28);
    assert_shape(spec.layers[0].output, 16, 14, 14);
    assert_int_equal(spec.layers[0].weight_count, 16 * 25);
    assert_shape(spec.layers[1].input, 16, 14, 14);
    assert_shape(spec.layers[1].sums, 32, 14, 14);
    assert_shape(spec.layers[1].output, 32, 7, 7);
    assert_int_equal(spec.layers[1].fan_in, 16 * 25);
    assert_int_equal(spec.layers[1].weight_count, 12800);
    assert_shape(spec.layers[2].input, 32, 7, 7);
    assert_shape(spec.layers[2].sums, 10, 1, 1);
    assert_shape(spec.layers[2].output, 10, 1, 1);
    assert_int_equal(spec.layers[2].kernel_height, 7);
    assert_int_equal(spec.layers[2].kernel_width, 7);
    assert_int_equal(spec.layers[2].fan_in, 1568);
    assert_int_equal(spec.layers[2].weight_count, 15680);
    assert_int_equal(total_weights(&spec), 28880);
}

/* 96 -> 23 -> 11 -> 7 -> 3: 64 * 3 * 3 = 576 into the dense layer, as in the paper. */
static void test_carracing(void **state)
{
    (void)state;
    const aann_spec spec = spec_from("32C7vs4-MP2-64C5v-MP2-100-3", (aann_shape){1, 96, 96});
    assert_shape(spec.layers[0].sums, 32, 23, 23);
    assert_shape(spec.layers[0].output, 32, 11, 11);
    assert_shape(spec.layers[1].sums, 64, 7, 7);
    assert_shape(spec.layers[1].output, 64, 3, 3);
    assert_int_equal(spec.layers[2].fan_in, 576);
    assert_int_equal(spec.layers[2].weight_count, 57600);
    assert_shape(spec.layers[3].input, 100, 1, 1);
    assert_int_equal(spec.layers[3].fan_in, 100);
    assert_int_equal(spec.layers[3].weight_count, 300);
    assert_int_equal(total_weights(&spec), 32 * 49 + 64 * 32 * 25 + 57600 + 300);
}

/* One convolution on 1 x height x width: its map and its zeros before. */
static void test_convolutions(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int32_t height, width;             /* input */
        int32_t sums_height, sums_width;   /* map */
        int32_t padding_top, padding_left; /* zeros before the first row, column */
    } cases[] = {
        {"2C3-2", 7, 9, 7, 9, 1, 1},        {"2C3v-2", 7, 9, 5, 7, 0, 0},
        {"2C3s2-2", 7, 8, 4, 4, 1, 1},      /* (7-1)/2+1, (8-1)/2+1 */
        {"2C3vs2-2", 7, 8, 3, 3, 0, 0},     /* (7-3)/2+1, (8-3)/2+1 */
        {"2C2-2", 5, 5, 5, 5, 0, 0},        /* even kernel: its one zero comes last */
        {"2C4-2", 5, 5, 5, 5, 1, 1},        /* one before, two after */
        {"2C2vs2-2", 5, 6, 2, 3, 0, 0},     /* the fifth row is not read */
        {"2C1x5-2", 1, 40, 1, 40, 0, 2},    /* a signal */
        {"2C1x5v-2", 1, 40, 1, 36, 0, 0},   /* */
        {"2C5x1vs3-2", 40, 1, 12, 1, 0, 0}, /* (40-5)/3+1 */
        {"2C7vs4-2", 96, 96, 23, 23, 0, 0}, {"2C7s4-2", 96, 96, 24, 24, 3, 3},
        {"2C255-2", 1, 1, 1, 1, 127, 127}, /* padding makes any kernel fit */
        {"2C3vs64-2", 3, 3, 1, 1, 0, 0},    {"2C1s64-2", 65, 64, 2, 1, 0, 0},
    };
    for (size_t index = 0; index < sizeof cases / sizeof cases[0]; index++) {
        const aann_spec spec =
            spec_from(cases[index].text, (aann_shape){1, cases[index].height, cases[index].width});
        assert_shape(spec.layers[0].sums, 2, cases[index].sums_height, cases[index].sums_width);
        assert_int_equal(spec.layers[0].padding_top, cases[index].padding_top);
        assert_int_equal(spec.layers[0].padding_left, cases[index].padding_left);
    }
}

/* Incomplete windows are dropped, and pools in a row are one pool with the product of their
 * windows. */
static void test_pools(void **state)
{
    (void)state;
    const aann_spec spec = spec_from("MP3-MP2x1-4C1-MP2-MP3x1-10", (aann_shape){2, 47, 23});
    assert_int_equal(spec.input_pool_height, 6);
    assert_int_equal(spec.input_pool_width, 3);
    assert_shape(spec.layers[0].input, 2, 7, 7);
    assert_int_equal(spec.layers[0].pool_height, 6);
    assert_int_equal(spec.layers[0].pool_width, 2);
    assert_shape(spec.layers[0].sums, 4, 7, 7);
    assert_shape(spec.layers[0].output, 4, 1, 3);
    assert_int_equal(spec.layers[1].fan_in, 12);

    for (int32_t size = 1; size <= 200; size++) {
        for (int32_t first = 1; first <= 8; first++) {
            for (int32_t second = 1; second <= 8; second++) {
                assert_int_equal(size / first / second, size / (first * second));
            }
        }
    }
}

static void test_convolution_after_dense(void **state)
{
    (void)state;
    const aann_spec spec = spec_from("20-6C3-5", (aann_shape){1, 4, 4});
    assert_shape(spec.layers[1].input, 20, 1, 1);
    assert_shape(spec.layers[1].sums, 6, 1, 1);
    assert_int_equal(spec.layers[1].fan_in, 180);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shape_size), cmocka_unit_test(test_mnist),
        cmocka_unit_test(test_carracing),  cmocka_unit_test(test_convolutions),
        cmocka_unit_test(test_pools),      cmocka_unit_test(test_convolution_after_dense),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
