/* The reference evaluation, which everything faster is tested against: tiny networks worked out by
 * hand, and random networks against a second evaluation written in another way. */
#include "aann/task.h"
#include "network/network.h"
#include "network/random_spec.h"
#include "support/networks.h"

static void set_weights(aann_network *network, int32_t layer, const int8_t *weights, size_t count)
{
    assert_int_equal(aann_network_spec(network)->layers[layer].weight_count, count);
    memcpy(aann_network_weights_mutable(network, layer), weights, count);
}

/* ------------------------------------------------------------------------------------------ by hand */

static void test_dense(void **state)
{
    (void)state;
    aann_network *network = network_from("2", (aann_shape){3, 1, 1});
    set_weights(network, 0, (const int8_t[]){1, -1, 0, 1, 1, 1}, 6);
    int32_t logits[2];
    assert_int_equal(
        aann_network_reference_logits(network, (const int8_t[]){127, -100, 50}, logits, NULL),
        AANN_OK);
    assert_int_equal(logits[0], 227); /* the output is not clamped */
    assert_int_equal(logits[1], 77);
    aann_network_destroy(network);
}

/* A hidden layer is clamped to -127..127, at both ends and not before. */
static void test_hard_tanh(void **state)
{
    (void)state;
    aann_network *network = network_from("4@0-4@0", (aann_shape){2, 1, 1});
    set_weights(network, 0, (const int8_t[]){1, 1, -1, -1, 1, -1, -1, 1}, 8);
    set_weights(network, 1, (const int8_t[]){1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1}, 16);
    static const struct {
        int8_t input[2];
        int32_t sum, difference; /* after HardTanh */
    } cases[] = {
        {{100, 28}, 127, 72},    {{100, 27}, 127, 73},     {{100, 26}, 126, 74},
        {{127, -127}, 0, 127},   {{-100, -28}, -127, -72}, {{-100, -26}, -126, -74},
        {{-127, -127}, -127, 0},
    };
    for (size_t index = 0; index < sizeof cases / sizeof cases[0]; index++) {
        int32_t logits[4];
        int8_t hidden[4];
        int8_t *const activations[] = {hidden};
        assert_int_equal(
            aann_network_reference_trace(network, cases[index].input, activations, logits, NULL),
            AANN_OK);
        assert_int_equal(logits[0], cases[index].sum);
        assert_int_equal(logits[1], -cases[index].sum);
        assert_int_equal(logits[2], cases[index].difference);
        assert_int_equal(logits[3], -cases[index].difference);
        for (int unit = 0; unit < 4; unit++) {
            assert_int_equal(hidden[unit], logits[unit]);
        }
    }
    aann_network_destroy(network);
}

/* The shift rounds down, also below 0, and comes before HardTanh. */
static void test_shift(void **state)
{
    (void)state;
    aann_network *network = network_from("1@0>>2-1@0>>1", (aann_shape){5, 1, 1});
    set_weights(network, 0, (const int8_t[]){1, 1, 1, 1, 1}, 5);
    set_weights(network, 1, (const int8_t[]){1}, 1);
    static const struct {
        int8_t input[5];
        int32_t hidden, logit;
    } cases[] = {
        {{7, 0, 0, 0, 0}, 1, 0},
        {{8, 0, 0, 0, 0}, 2, 1},
        {{-1, 0, 0, 0, 0}, -1, -1},
        {{-4, 0, 0, 0, 0}, -1, -1},
        {{-5, 0, 0, 0, 0}, -2, -1},
        {{-9, 0, 0, 0, 0}, -3, -2},
        {{127, 127, 127, 127, 0}, 127, 63},
        {{127, 127, 127, 126, 0}, 126, 63},
        {{127, 127, 127, 127, 127}, 127, 63},
        {{-127, -127, -127, -127, -127}, -127, -64},
    };
    for (size_t index = 0; index < sizeof cases / sizeof cases[0]; index++) {
        int32_t logit;
        int8_t hidden;
        int8_t *const activations[] = {&hidden};
        assert_int_equal(
            aann_network_reference_trace(network, cases[index].input, activations, &logit, NULL),
            AANN_OK);
        assert_int_equal(hidden, cases[index].hidden);
        assert_int_equal(logit, cases[index].logit);
    }
    aann_network_destroy(network);
}

/* A 3x3 kernel on a 2x3 image, padded; the dense layer hands the map out. Kernel: 1 0 0 / 0 1 0 / 0
 * 0 -1, so each value is the pixel, plus the one above left, minus the one below right. */
static void test_padded_convolution(void **state)
{
    (void)state;
    aann_network *network = network_from("1C3@0-6@0", (aann_shape){1, 2, 3});
    set_weights(network, 0, (const int8_t[]){1, 0, 0, 0, 1, 0, 0, 0, -1}, 9);
    for (int index = 0; index < 6; index++) {
        aann_network_weights_mutable(network, 1)[index * 6 + index] = 1;
    }
    int32_t logits[6];
    assert_int_equal(
        aann_network_reference_logits(network, (const int8_t[]){1, 2, 3, 40, 50, 60}, logits, NULL),
        AANN_OK);
    const int32_t expected[] = {1 - 50, 2 - 60, 3, 40, 50 + 1, 60 + 2};
    assert_memory_equal(logits, expected, sizeof expected);
    aann_network_destroy(network);
}

/* An even kernel reads one zero after the end and none before the start. Kernel 1 -1 on a signal of
 * four. */
static void test_even_kernel(void **state)
{
    (void)state;
    aann_network *network = network_from("1C1x2@0-4@0", (aann_shape){1, 1, 4});
    set_weights(network, 0, (const int8_t[]){1, -1}, 2);
    for (int index = 0; index < 4; index++) {
        aann_network_weights_mutable(network, 1)[index * 4 + index] = 1;
    }
    int32_t logits[4];
    assert_int_equal(
        aann_network_reference_logits(network, (const int8_t[]){10, 20, 50, 100}, logits, NULL),
        AANN_OK);
    const int32_t expected[] = {-10, -30, -50, 100};
    assert_memory_equal(logits, expected, sizeof expected);
    aann_network_destroy(network);
}

/* Two channels, stride 2, no padding: the sum of channel 0's left and channel 1's right pixel of
 * each pair. */
static void test_stride_and_channels(void **state)
{
    (void)state;
    aann_network *network = network_from("1C1x2vs2@0-2@0", (aann_shape){2, 1, 5});
    set_weights(network, 0, (const int8_t[]){1, 0, 0, 1}, 4);
    set_weights(network, 1, (const int8_t[]){1, 0, 0, 1}, 4);
    int32_t logits[2];
    assert_int_equal(
        aann_network_reference_logits(network, (const int8_t[]){1, 2, 3, 4, 5, 10, 20, 30, 40, 50},
                                      logits, NULL),
        AANN_OK);
    assert_int_equal(logits[0], 1 + 20);
    assert_int_equal(logits[1], 3 + 40);
    aann_network_destroy(network);
}

/* Pools before, the last row and column dropped, and after a convolution, where the maximum may be
 * negative. */
static void test_pools(void **state)
{
    (void)state;
    aann_network *network = network_from("MP2-1C1@0-MP2x1-1@0", (aann_shape){1, 5, 3});
    set_weights(network, 0, (const int8_t[]){-1}, 1);
    set_weights(network, 1, (const int8_t[]){1}, 1);
    const int8_t input[] = {
        1,  7,  99, /* the maximum of the first window is 7 */
        -3, 2,  99, /* */
        5,  4,  99, /* of the second 9; negated the larger of the two is -7 */
        9,  8,  99, /* */
        99, 99, 99,
    };
    int32_t logit;
    assert_int_equal(aann_network_reference_logits(network, input, &logit, NULL), AANN_OK);
    assert_int_equal(logit, -7);
    aann_network_destroy(network);
}

/* -------------------------------------------------------------------- against a second evaluation */

/* The second evaluation knows nothing of aann_layer's geometry beyond kernel, stride and padding
 * before: it copies the input into a field of zeros that is large enough, gathers each window into
 * a column (im2col), multiplies matrix by column in 64 bits, and pools by scattering each sum to
 * its window. */
typedef struct second_map {
    aann_shape shape;
    int64_t *values; /* [channels][height][width] */
} second_map;

static second_map second_allocate(aann_shape shape)
{
    second_map map = {shape, calloc((size_t)aann_shape_size(shape), sizeof *map.values)};
    assert_non_null(map.values);
    return map;
}

static second_map second_pool(second_map input, int32_t pool_height, int32_t pool_width)
{
    second_map output = second_allocate((aann_shape){
        input.shape.channels, input.shape.height / pool_height, input.shape.width / pool_width});
    for (int64_t index = 0; index < aann_shape_size(output.shape); index++) {
        output.values[index] = INT64_MIN;
    }
    for (int64_t index = 0; index < aann_shape_size(input.shape); index++) {
        const int64_t x = index % input.shape.width / pool_width;
        const int64_t y = index / input.shape.width % input.shape.height / pool_height;
        const int64_t channel = index / input.shape.width / input.shape.height;
        if (x < output.shape.width && y < output.shape.height) {
            int64_t *maximum =
                &output.values[(channel * output.shape.height + y) * output.shape.width + x];
            *maximum = input.values[index] > *maximum ? input.values[index] : *maximum;
        }
    }
    free(input.values);
    return output;
}

/* The input with zeros before and after, as much as any kernel could reach. */
static second_map second_pad(second_map input, int32_t top, int32_t left)
{
    second_map field = second_allocate((aann_shape){
        input.shape.channels, input.shape.height + 2 * top + 2, input.shape.width + 2 * left + 2});
    for (int64_t row = 0; row < (int64_t)input.shape.channels * input.shape.height; row++) {
        const int64_t channel = row / input.shape.height;
        const int64_t y = row % input.shape.height + top;
        memcpy(&field.values[(channel * field.shape.height + y) * field.shape.width + left],
               &input.values[row * input.shape.width],
               (size_t)input.shape.width * sizeof *input.values);
    }
    free(input.values);
    return field;
}

static void second_gather(const aann_layer *layer, second_map field, int64_t y, int64_t x,
                          int64_t *column)
{
    const int64_t kernel_size = (int64_t)layer->kernel_height * layer->kernel_width;
    for (int64_t tap = 0; tap < layer->fan_in; tap++) {
        const int64_t channel = tap / kernel_size;
        const int64_t row = y * layer->stride + tap % kernel_size / layer->kernel_width;
        const int64_t col = x * layer->stride + tap % layer->kernel_width;
        column[tap] = field.values[(channel * field.shape.height + row) * field.shape.width + col];
    }
}

static second_map second_layer(const aann_layer *layer, const int8_t *weights, second_map input)
{
    second_map field = second_pad(input, layer->padding_top, layer->padding_left);
    second_map sums = second_allocate(layer->sums);
    int64_t *column = calloc((size_t)layer->fan_in, sizeof *column);
    assert_non_null(column);
    const int64_t positions = (int64_t)layer->sums.height * layer->sums.width;
    for (int64_t position = 0; position < positions; position++) {
        second_gather(layer, field, position / layer->sums.width, position % layer->sums.width,
                      column);
        for (int64_t tap = 0; tap < layer->fan_in; tap++) {
            for (int64_t unit = 0; unit < layer->units; unit++) {
                sums.values[unit * positions + position] +=
                    column[tap] * weights[unit * layer->fan_in + tap];
            }
        }
    }
    free(column);
    free(field.values);
    return second_pool(sums, layer->pool_height, layer->pool_width);
}

/* floor(value / 2^shift) by division. */
static int64_t second_shift(int64_t value, int32_t shift)
{
    const int64_t divisor = INT64_C(1) << shift;
    const int64_t remainder = ((value % divisor) + divisor) % divisor;
    return (value - remainder) / divisor;
}

/* Compares one layer's values with the reference's and makes them the next layer's input. */
static void second_compare(const aann_spec *spec, int32_t index, second_map map,
                           const int8_t *activations, const int32_t *logits)
{
    const bool last = index == spec->layer_count - 1;
    assert_int_equal(aann_shape_size(map.shape), aann_shape_size(spec->layers[index].output));
    for (int64_t value = 0; value < aann_shape_size(map.shape); value++) {
        int64_t expected = second_shift(map.values[value], spec->layers[index].shift);
        if (!last) {
            expected = expected < -127 ? -127 : expected > 127 ? 127 : expected;
        }
        const int64_t found = last ? logits[value] : activations[value];
        if (found != expected) {
            fail_msg("%s on %dx%dx%d, layer %d, value %d: %d, not %d", spec->text,
                     spec->input.channels, spec->input.height, spec->input.width, index, (int)value,
                     (int)found, (int)expected);
        }
        map.values[value] = expected;
    }
}

static void compare_with_second(const aann_network *network, const int8_t *input)
{
    const aann_spec *spec = aann_network_spec(network);
    int8_t *activations[AANN_MAX_LAYERS] = {NULL};
    for (int32_t index = 0; index < spec->layer_count - 1; index++) {
        activations[index] = malloc((size_t)aann_shape_size(spec->layers[index].output));
        assert_non_null(activations[index]);
    }
    int32_t *logits = malloc((size_t)spec->output_count * sizeof *logits);
    int32_t *logits_alone = malloc((size_t)spec->output_count * sizeof *logits);
    assert_true(logits != NULL && logits_alone != NULL);
    assert_int_equal(aann_network_reference_trace(network, input, activations, logits, NULL),
                     AANN_OK);
    assert_int_equal(aann_network_reference_logits(network, input, logits_alone, NULL), AANN_OK);
    assert_memory_equal(logits, logits_alone, (size_t)spec->output_count * sizeof *logits);

    second_map map = second_allocate(spec->input);
    for (int64_t value = 0; value < aann_shape_size(spec->input); value++) {
        map.values[value] = (int64_t)input[value];
    }
    map = second_pool(map, spec->input_pool_height, spec->input_pool_width);
    for (int32_t index = 0; index < spec->layer_count; index++) {
        map = second_layer(&spec->layers[index], aann_network_weights(network, index), map);
        second_compare(spec, index, map, activations[index], logits);
        free(activations[index]);
    }
    free(map.values);
    free(logits);
    free(logits_alone);
}

static void compare_random(const aann_spec *spec, uint64_t member, int inputs,
                           aann_random_stream *stream)
{
    aann_network *network = NULL;
    assert_int_equal(aann_network_create(spec, &network, NULL), AANN_OK);
    aann_network_randomise(network, 4, member);
    int8_t *input = malloc((size_t)aann_shape_size(spec->input));
    assert_non_null(input);
    for (int index = 0; index < inputs; index++) {
        random_input(stream, input, aann_shape_size(spec->input));
        compare_with_second(network, input);
    }
    free(input);
    aann_network_destroy(network);
}

static void test_random_networks(void **state)
{
    (void)state;
    aann_random_stream stream =
        aann_random_start(aann_random_key_create(4, 1), 0, AANN_PURPOSE_TEST);
    int convolutions = 0, signals = 0, strides = 0, shifts = 0, input_pools = 0, unpadded = 0;
    for (uint64_t trial = 0; trial < 400; trial++) {
        aann_spec spec;
        random_spec(&stream, &spec);
        compare_random(&spec, trial, 3, &stream);
        const aann_layer *first = &spec.layers[0];
        convolutions += spec.layers[1].kind == AANN_LAYER_CONVOLUTION;
        signals += spec.input.height == 1;
        strides += first->stride > 1;
        shifts += first->shift > 0;
        input_pools += spec.input_pool_height > 1;
        unpadded += first->kind == AANN_LAYER_CONVOLUTION && first->kernel_height > 2 &&
                    first->padding_top == 0;
    }
    /* The generator has not lost a feature. */
    assert_true(convolutions > 20 && signals > 20 && strides > 20 && shifts > 20 &&
                input_pools > 20 && unpadded > 20);
}

static void test_presets(void **state)
{
    (void)state;
    aann_random_stream stream =
        aann_random_start(aann_random_key_create(4, 2), 0, AANN_PURPOSE_TEST);
    const char *names[] = {"mnist", "carracing"};
    for (size_t index = 0; index < 2; index++) {
        const aann_task_preset *preset = aann_task_preset_find(names[index]);
        aann_spec spec;
        assert_non_null(preset);
        assert_int_equal(aann_spec_parse(preset->network, preset->input, &spec, NULL), AANN_OK);
        compare_random(&spec, index, 1, &stream);
    }
}

/* The largest sum that a unit can have: 2^24 - 1 inputs of 127, and of -127, fit 32 bits. */
static void test_largest_sum(void **state)
{
    (void)state;
    enum { FAN_IN = 4095 * 4097 };
    aann_network *network = network_from("1@0", (aann_shape){4095, 17, 241});
    assert_int_equal(aann_network_spec(network)->layers[0].fan_in, FAN_IN);
    int8_t *input = malloc(FAN_IN);
    assert_non_null(input);
    memset(aann_network_weights_mutable(network, 0), 1, FAN_IN);
    int32_t logit;
    memset(input, 127, FAN_IN);
    assert_int_equal(aann_network_reference_logits(network, input, &logit, NULL), AANN_OK);
    assert_int_equal(logit, FAN_IN * 127);
    memset(input, -127, FAN_IN);
    assert_int_equal(aann_network_reference_logits(network, input, &logit, NULL), AANN_OK);
    assert_int_equal(logit, -FAN_IN * 127);
    free(input);
    aann_network_destroy(network);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dense),       cmocka_unit_test(test_hard_tanh),
        cmocka_unit_test(test_shift),       cmocka_unit_test(test_padded_convolution),
        cmocka_unit_test(test_even_kernel), cmocka_unit_test(test_stride_and_channels),
        cmocka_unit_test(test_pools),       cmocka_unit_test(test_random_networks),
        cmocka_unit_test(test_presets),     cmocka_unit_test(test_largest_sum),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
