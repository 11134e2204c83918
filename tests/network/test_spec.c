/* The spec notation: what is read, what is refused and where, and that the canonical text says the
 * same. */
#include <stdio.h>

#include "aann/task.h"
#include "network/random_spec.h"
#include "support/networks.h"

static const aann_shape image = {1, 28, 28};

static void test_every_element_and_suffix(void **state)
{
    (void)state;
    const aann_spec spec =
        spec_from("MP2-16C5-8C3x4vs2@70>>3-MP1x2-MP3x1-20>>24@99.5-10", (aann_shape){3, 40, 44});
    assert_string_equal(spec.text, "MP2-16C5-8C3x4vs2@70>>3-MP1x2-MP3x1-20>>24@99.5-10");
    assert_int_equal(spec.layer_count, 4);
    assert_int_equal(spec.output_count, 10);
    assert_int_equal(spec.input_pool_height, 2);
    assert_int_equal(spec.input_pool_width, 2);

    const aann_layer *first = &spec.layers[0];
    assert_int_equal(first->kind, AANN_LAYER_CONVOLUTION);
    assert_int_equal(first->units, 16);
    assert_int_equal(first->kernel_height, 5);
    assert_int_equal(first->kernel_width, 5);
    assert_int_equal(first->stride, 1);
    assert_int_equal(first->padding_top, 2);
    assert_int_equal(first->padding_left, 2);
    assert_int_equal(first->pool_height, 1);
    assert_int_equal(first->shift, 0);
    assert_true(first->sparsity == 50.0);
    assert_false(first->sparsity_from_spec);
    assert_true(first->excitatory_share == 0.5);

    const aann_layer *second = &spec.layers[1];
    assert_int_equal(second->kernel_height, 3);
    assert_int_equal(second->kernel_width, 4);
    assert_int_equal(second->stride, 2);
    assert_int_equal(second->padding_top, 0);
    assert_int_equal(second->padding_left, 0);
    assert_int_equal(second->shift, 3);
    assert_true(second->sparsity == 70.0);
    assert_true(second->sparsity_from_spec);
    assert_int_equal(second->pool_height, 3);
    assert_int_equal(second->pool_width, 2);

    const aann_layer *third = &spec.layers[2];
    assert_int_equal(third->kind, AANN_LAYER_DENSE);
    assert_int_equal(third->units, 20);
    assert_int_equal(third->shift, 24);
    assert_true(third->sparsity == 99.5);
}

static void test_suffixes_in_any_order(void **state)
{
    (void)state;
    const char *texts[] = {"4C3vs2@80>>1-10", "4C3s2v>>1@80-10", "4C3>>1@80s2v-10",
                           "4C3@80v>>1s2-10"};
    char expected[AANN_MAX_SPEC_LENGTH], found[AANN_MAX_SPEC_LENGTH];
    for (size_t index = 0; index < 4; index++) {
        const aann_spec spec = spec_from(texts[index], image);
        assert_int_equal(aann_spec_format(&spec, found, sizeof found, NULL), AANN_OK);
        if (index == 0) {
            memcpy(expected, found, sizeof expected);
        }
        assert_string_equal(found, expected);
    }
}

/* What cannot be read, the character (from 1) it is reported at, and words of the message. */
static void test_errors_point_at_the_character(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *place;
        const char *words;
    } cases[] = {
        {"", "at character 1 (end)", "missing element"},
        {"-10", "at character 1 ('-')", "missing element"},
        {"10-", "at character 4 (end)", "missing element"},
        {"16C5--10", "at character 6 ('-')", "missing element"},
        {"16C5-XP2-10", "at character 6 ('X')",
         "unknown element at character 6 ('X'): expected a convolution like 16C5, a pool like MP2, or a "
         "dense size "
         "like 10"},
        {"C5-10", "at character 1 ('C')", "unknown element"},
        {"mp2-10", "at character 1 ('m')", "unknown element"},
        {" 10", "at character 1 (' ')", "unknown element"},
        {"10 ", "at character 3 (' ')", "unexpected text"},
        {"10\n", "at character 3 (byte 0x0A)", "spec \"10?\""},
        {"10\xC3\xA9", "at character 3 (byte 0xC3)", "spec \"10??\""},
        {"16C-10", "at character 4 ('-')", "missing kernel"},
        {"16C5x-10", "at character 6 ('-')", "missing kernel"},
        {"16C0-10", "at character 4 ('0')", "kernel out of range"},
        {"16C256-10", "at character 4 ('2')", "expected a number from 1 to 255"},
        {"16C5x256-10", "at character 6 ('2')", "kernel out of range"},
        {"16c5-10", "at character 3 ('c')", "unexpected text"},
        {"0C5-10", "at character 1 ('0')", "size out of range"},
        {"65537", "at character 1 ('6')", "expected a number from 1 to 65536"},
        {"4294967297", "at character 1 ('4')", "size out of range"},
        {"18446744073709551617", "at character 1 ('1')", "size out of range"},
        {"MP-10", "at character 3 ('-')", "missing pool size"},
        {"MP0-10", "at character 3 ('0')", "pool size out of range"},
        {"MP2x-10", "at character 5 ('-')", "missing pool size"},
        {"MP2v-10", "at character 4 ('v')", "expected '-' and the next element"},
        {"MP2@50-10", "at character 4 ('@')", "unexpected text"},
        {"MP29-10", "at character 1 ('M')", "pooling 29x29 leaves nothing of a map of 28x28"},
        {"4C5-MP14-MP3-10", "at character 10 ('M')", "leaves nothing of a map of 2x2"},
        {"10-MP2-10", "at character 4 ('M')", "leaves nothing of a map of 1x1"},
        {"4C29v-10", "at character 1 ('4')", "the 29x29 kernel does not fit its input of 28x28"},
        {"4C1x29v-10", "at character 1 ('4')", "the 1x29 kernel"},
        {"4C5s-10", "at character 5 ('-')", "missing stride"},
        {"4C5s0-10", "at character 5 ('0')", "stride out of range"},
        {"4C5s65-10", "at character 5 ('6')", "expected a number from 1 to 64"},
        {"4C5vv-10", "at character 5 ('v')", "repeated suffix"},
        {"4C5s2vs2-10", "at character 7 ('s')", "repeated suffix"},
        {"4C5@50@50-10", "at character 7 ('@')", "repeated suffix"},
        {"10>>1>>1", "at character 6 ('>')", "repeated suffix"},
        {"4C5q-10", "at character 4 ('q')", "expected a suffix (v, s4, @90, >>3)"},
        {"10v", "at character 3 ('v')", "expected a suffix (@90, >>3)"},
        {"10s2", "at character 3 ('s')", "unexpected text"},
        {"10>1", "at character 3 ('>')", "unexpected text"},
        {"10>>", "at character 5 (end)", "missing shift"},
        {"10>>25", "at character 5 ('2')", "expected a number from 0 to 24"},
        {"10@", "at character 4 (end)", "missing sparsity"},
        {"10@-1", "at character 4 ('-')", "missing sparsity"},
        {"10@100", "at character 4 ('1')", "sparsity out of range"},
        {"10@99999999999999999999", "at character 4 ('9')", "sparsity out of range"},
        {"10@90.", "at character 7 (end)", "missing decimals"},
        {"10@90,5", "at character 6 (',')", "unexpected text"},
        {"10@1e1", "at character 5 ('e')", "unexpected text"},
        {"10@0.1234567891", "at character 15 ('1')", "too many decimals"},
        {"10@99.999", "at character 3 ('@')",
         "a sparsity of 99.999 percent leaves none of its 7840 weights"},
        {"1-1", "at character 3 ('1')", "a sparsity of 50 percent leaves none of its 1 weights"},
        {"16C5", "at character 1 ('1')", "the last element is not dense"},
        {"10-MP1", "at character 4 ('M')", "the last element is not dense"},
        {"1-2-3-4-5-6-7-8-9-10-11-12-13-14-15-16-17@0", "at character 40 ('1')", "too many layers"},
        {"65536C1-10", "at character 1 ('6')", "is too large"},
        {"60000-60000", "at character 7 ('6')", "weights are too many for one layer"},
    };
    for (size_t index = 0; index < sizeof cases / sizeof cases[0]; index++) {
        aann_spec spec = {.layer_count = 77};
        aann_error error = {0};
        const aann_status status = aann_spec_parse(cases[index].text, image, &spec, &error);
        if (status != AANN_ERROR_ARGUMENT || error.status != status || spec.layer_count != 77 ||
            strstr(error.message, cases[index].place) == NULL ||
            strstr(error.message, cases[index].words) == NULL ||
            strchr(error.message, '\n') != NULL || strncmp(error.message, "spec \"", 6) != 0) {
            fail_msg("\"%s\" should fail %s with \"%s\", gave %d: %s", cases[index].text,
                     cases[index].place, cases[index].words, (int)status, error.message);
        }
        assert_int_equal(aann_spec_parse(cases[index].text, image, &spec, NULL),
                         AANN_ERROR_ARGUMENT);
    }
}

static void test_too_many_weights_per_unit(void **state)
{
    (void)state;
    aann_spec spec;
    aann_error error;
    assert_int_equal(aann_spec_parse("2", (aann_shape){1024, 128, 128}, &spec, &error),
                     AANN_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "16777216 weights per unit are too many"));
    assert_ok(aann_spec_parse("2", (aann_shape){1023, 128, 128}, &spec, &error));
}

static void test_bad_inputs(void **state)
{
    (void)state;
    const aann_shape inputs[] = {
        {0, 28, 28},    {1, 0, 28},    {1, 28, 0},        {-1, 28, 28},
        {65537, 1, 1},  {1, 65537, 1}, {1, 1, INT32_MAX}, {65536, 65536, 65536},
        {1, 4097, 4096}};
    for (size_t index = 0; index < sizeof inputs / sizeof inputs[0]; index++) {
        aann_spec spec;
        aann_error error;
        assert_int_equal(aann_spec_parse("10", inputs[index], &spec, &error), AANN_ERROR_ARGUMENT);
        assert_int_equal(strncmp(error.message, "input: a map of ", 16), 0);
    }
    aann_spec spec;
    assert_int_equal(aann_spec_parse(NULL, image, &spec, NULL), AANN_ERROR_ARGUMENT);
}

/* The longest text that is read is one that AANN_MAX_SPEC_LENGTH holds; a long one is cut in
 * messages. */
static void test_long_texts(void **state)
{
    (void)state;
    char text[AANN_MAX_SPEC_LENGTH + 1];
    memset(text, '0', sizeof text);
    memcpy(text + sizeof text - 3, "10", 3);
    aann_error error;
    aann_spec spec;
    assert_int_equal(aann_spec_parse(text, image, &spec, &error), AANN_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "at most 1023"));
    assert_ok(aann_spec_parse(text + 1, image, &spec, &error));
    assert_int_equal(spec.output_count, 10);

    text[sizeof text - 2] = '?';
    assert_int_equal(aann_spec_parse(text + 1, image, &spec, &error), AANN_ERROR_ARGUMENT);
    assert_non_null(
        strstr(error.message, "000...\": unexpected text at character 1023 ('?'): expected "));
}

static void test_canonical_text(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *canonical;
    } cases[] = {
        {"16C5-MP2-32C5-MP2-10", "16C5@50-MP2-32C5@50-MP2-10@50"},
        {"016C05x5s1>>0@090.500-MP1-MP2-MP1x3-0010", "16C5@90.5-MP2x6-10@50"},
        {"MP2-MP2x1-10@0", "MP4x2-10@0"},
        {"4C1v-10", "4C1@50-10@50"},     /* a 1x1 kernel needs no padding anyway */
        {"4C2vs2-10", "4C2s2@50-10@50"}, /* 28 is even: no window reaches the padding */
        {"4C2v-10", "4C2v@50-10@50"},    /* here it does: 27 positions, not 28 */
        {"4C3vs4>>2@12.000000001-10>>1", "4C3vs4@12.000000001>>2-10@50>>1"},
        {"3@99.9", "3@99.9"},
    };
    for (size_t index = 0; index < sizeof cases / sizeof cases[0]; index++) {
        const aann_spec spec = spec_from(cases[index].text, image);
        char text[AANN_MAX_SPEC_LENGTH];
        assert_int_equal(aann_spec_format(&spec, text, sizeof text, NULL), AANN_OK);
        assert_string_equal(text, cases[index].canonical);
    }
}

static void assert_same_layers(const aann_spec *a, const aann_spec *b)
{
    assert_int_equal(a->layer_count, b->layer_count);
    assert_int_equal(a->output_count, b->output_count);
    assert_int_equal(a->input_pool_height, b->input_pool_height);
    assert_int_equal(a->input_pool_width, b->input_pool_width);
    for (int32_t index = 0; index < a->layer_count; index++) {
        aann_layer left = a->layers[index], right = b->layers[index];
        assert_true(left.sparsity == right.sparsity);
        assert_true(right.sparsity_from_spec);
        assert_int_equal(left.kind, right.kind);
        assert_memory_equal(&left.input, &right.input, sizeof left.input);
        assert_memory_equal(&left.sums, &right.sums, sizeof left.sums);
        assert_memory_equal(&left.output, &right.output, sizeof left.output);
        assert_int_equal(left.kernel_height, right.kernel_height);
        assert_int_equal(left.kernel_width, right.kernel_width);
        assert_int_equal(left.stride, right.stride);
        assert_int_equal(left.padding_top, right.padding_top);
        assert_int_equal(left.padding_left, right.padding_left);
        assert_int_equal(left.pool_height, right.pool_height);
        assert_int_equal(left.pool_width, right.pool_width);
        assert_int_equal(left.shift, right.shift);
        assert_int_equal(left.fan_in, right.fan_in);
        assert_int_equal(left.units, right.units);
        assert_int_equal(left.weight_count, right.weight_count);
    }
}

/* Canonical text -> the same layers -> the same canonical text, whatever the spec and the
 * sparsity. */
static void test_canonical_text_parses_back(void **state)
{
    (void)state;
    aann_random_stream stream =
        aann_random_start(aann_random_key_create(1, 1), 0, AANN_PURPOSE_TEST);
    for (int trial = 0; trial < 3000; trial++) {
        aann_spec spec, again;
        random_spec(&stream, &spec);
        double sparsity[AANN_MAX_LAYERS];
        for (int32_t index = 0; index < spec.layer_count; index++) {
            sparsity[index] = 100.0 * (1.0 - aann_random_unit(&stream));
        }
        (void)aann_spec_set_sparsity(&spec, -1, sparsity, (size_t)spec.layer_count, NULL);
        char text[AANN_MAX_SPEC_LENGTH], text_again[AANN_MAX_SPEC_LENGTH];
        assert_int_equal(aann_spec_format(&spec, text, sizeof text, NULL), AANN_OK);
        aann_error error;
        if (aann_spec_parse(text, spec.input, &again, &error) != AANN_OK) {
            fail_msg("%s became %s: %s", spec.text, text, error.message);
        }
        assert_same_layers(&spec, &again);
        assert_int_equal(aann_spec_format(&again, text_again, sizeof text_again, NULL), AANN_OK);
        assert_string_equal(text, text_again);
    }
}

/* Every field at the largest value that the notation allows. No real network has all of them at
 * once, so the spec is filled in by hand. */
static void test_longest_canonical_text(void **state)
{
    (void)state;
    aann_spec longest = spec_from("1C2x3vs2@0-1@0", (aann_shape){1, 28, 28});
    longest.input_pool_height = 65535;
    longest.input_pool_width = 65536;
    aann_layer *layer = &longest.layers[0];
    layer->units = 65536;
    layer->kernel_height = 254;
    layer->kernel_width = 255;
    layer->stride = 64;
    layer->sparsity = 99.999999999;
    layer->shift = 24;
    layer->pool_height = 65535;
    layer->pool_width = 65536;
    longest.layer_count = AANN_MAX_LAYERS;
    for (int32_t index = 1; index < AANN_MAX_LAYERS; index++) {
        longest.layers[index] = *layer;
    }
    char text[AANN_MAX_SPEC_LENGTH];
    assert_int_equal(aann_spec_format(&longest, text, sizeof text, NULL), AANN_OK);
    assert_non_null(strstr(text, "65536C254x255vs64@99.999999999>>24-MP65535x65536-65536C"));
}

static void test_format_needs_room(void **state)
{
    (void)state;
    const aann_spec spec = spec_from("16C5-10", image);
    const size_t needed = strlen("16C5@50-10@50") + 1;
    char text[32];
    aann_error error;
    assert_ok(aann_spec_format(&spec, text, needed, &error));
    for (size_t size = 0; size < needed; size++) {
        memset(text, 'z', sizeof text);
        assert_int_equal(aann_spec_format(&spec, text, size, &error), AANN_ERROR_ARGUMENT);
        assert_non_null(strstr(error.message, "needs 14 bytes"));
        assert_int_equal(text[size], 'z');
        assert_true(size == 0 || strlen(text) == size - 1);
    }
}

static void test_layer_names(void **state)
{
    (void)state;
    const aann_spec spec =
        spec_from("32C7vs4@80-MP2-64C1x5@90>>3-100>>2-3", (aann_shape){1, 96, 96});
    const char *names[] = {"32C7vs4", "64C1x5>>3", "100>>2", "3"};
    char name[32];
    for (int32_t index = 0; index < 4; index++) {
        aann_layer_name(&spec.layers[index], name, sizeof name);
        assert_string_equal(name, names[index]);
    }
    aann_layer_name(&spec.layers[0], name, 4);
    assert_string_equal(name, "32C");
}

static void test_presets(void **state)
{
    (void)state;
    size_t count;
    aann_error error;
    const aann_task_preset *presets = aann_task_preset_table(&count);
    assert_true(count >= 3);
    for (size_t i = 0; i < count; i++) {
        aann_spec spec;
        assert_ptr_equal(aann_task_preset_find(presets[i].name), &presets[i]);
        assert_ok(aann_spec_parse(presets[i].network, presets[i].input, &spec, &error));
        assert_ok(aann_spec_set_sparsity(&spec, -1.0, presets[i].sparsity, presets[i].layer_count,
                                         &error));
        assert_int_equal(presets[i].layer_count, spec.layer_count);
        assert_true(spec.layers[1].sparsity == 90.0);
    }
    assert_string_equal(aann_task_preset_find("mnist")->network, "16C5-MP2-32C5-MP2-10");
    assert_string_equal(aann_task_preset_find("carracing")->network, "32C7vs4-MP2-64C5v-MP2-100-3");
    assert_null(aann_task_preset_find("MNIST"));
    assert_null(aann_task_preset_find(""));
}

static void test_shifts(void **state)
{
    (void)state;
    aann_spec spec = spec_from("8C3>>1-10>>2", image);
    aann_error error;
    assert_ok(aann_spec_set_shifts(&spec, (const int32_t[]){3, 24}, 2, &error));
    assert_int_equal(spec.layers[0].shift, 3);
    assert_int_equal(spec.layers[1].shift, 24);
    assert_int_equal(aann_spec_set_shifts(&spec, (const int32_t[]){0, 25}, 2, &error),
                     AANN_ERROR_ARGUMENT);
    assert_string_equal(error.message, "layer 2: a shift of 25 is out of range: 0 to 24");
    assert_int_equal(aann_spec_set_shifts(&spec, (const int32_t[]){-1, 0}, 2, &error),
                     AANN_ERROR_ARGUMENT);
    assert_int_equal(aann_spec_set_shifts(&spec, (const int32_t[]){1}, 1, &error),
                     AANN_ERROR_ARGUMENT);
    assert_int_equal(aann_spec_set_shifts(&spec, NULL, 2, &error), AANN_ERROR_ARGUMENT);
    assert_int_equal(spec.layers[0].shift, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_element_and_suffix),
        cmocka_unit_test(test_suffixes_in_any_order),
        cmocka_unit_test(test_errors_point_at_the_character),
        cmocka_unit_test(test_too_many_weights_per_unit),
        cmocka_unit_test(test_bad_inputs),
        cmocka_unit_test(test_long_texts),
        cmocka_unit_test(test_canonical_text),
        cmocka_unit_test(test_canonical_text_parses_back),
        cmocka_unit_test(test_longest_canonical_text),
        cmocka_unit_test(test_format_needs_room),
        cmocka_unit_test(test_layer_names),
        cmocka_unit_test(test_presets),
        cmocka_unit_test(test_shifts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
