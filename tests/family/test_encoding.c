/* Encodings: the exact integers, what is clamped and what refused, and the way through JSON. */
#include "aann/family.h"
#include "data/data_test.h"

#include <math.h>

/* A data set of one-dimensional float samples, made through CSV or (bytes) through IDX. */
static aann_dataset *make_floats(void **state, const char *type, const float *values,
                                 uint8_t samples, uint8_t features)
{
    uint8_t file[4096] = {0, 0, 0x0d, 2, 0, 0, 0, samples, 0, 0, 0, features};
    size_t size = 12;
    file[2] = type[0] == 'f' ? 0x0d : 0x08;
    for (size_t i = 0; i < (size_t)samples * features; i++) {
        uint32_t bits;
        memcpy(&bits, &values[i], sizeof bits);
        if (type[0] == 'f') {
            for (int shift = 24; shift >= 0; shift -= 8) {
                file[size++] = (uint8_t)(bits >> shift);
            }
        } else {
            file[size++] = (uint8_t)values[i];
        }
    }
    char path[TEST_PATH_SIZE];
    write_file(in_folder(state, "values", path), file, size);
    return load(path, NULL);
}

static aann_encoding fit(const aann_dataset *dataset, aann_encoding_kind kind)
{
    aann_error error = {0};
    aann_encoding encoding;
    if (aann_encoding_fit(dataset, kind, &encoding, &error) != AANN_OK) {
        fail_msg("%s", error.message);
    }
    return encoding;
}

static void assert_encoded(const aann_dataset *dataset, const aann_encoding *encoding,
                           const int8_t *wanted)
{
    aann_error error = {0};
    aann_samples *samples = NULL;
    const int64_t count = aann_dataset_count(dataset);
    if (aann_dataset_encode(dataset, encoding, 0, count, &samples, &error) != AANN_OK) {
        fail_msg("%s", error.message);
    }
    for (int64_t i = 0; i < count * aann_shape_size(samples->shape); i++) {
        assert_int_equal(samples->inputs[i], wanted[i]);
    }
    aann_samples_destroy(samples);
}

static void assert_encode_fails(const aann_dataset *dataset, const aann_encoding *encoding,
                                int64_t first, int64_t count, aann_status status,
                                const char *wanted)
{
    aann_error error = {0};
    aann_samples *samples = NULL;
    assert_int_equal(aann_dataset_encode(dataset, encoding, first, count, &samples, &error),
                     status);
    assert_null(samples);
    assert_message(&error, wanted);
}

static void all_bytes_are_encoded(void **state)
{
    float values[255];
    int8_t wanted[255];
    for (int i = 0; i < 255; i++) {
        values[i] = (float)(i + 1);
        wanted[i] = (int8_t)lround(127.0 * (i + 1) / 255.0);
    }
    aann_dataset *dataset = make_floats(state, "bytes", values, 1, 255);
    aann_encoding encoding = fit(dataset, AANN_ENCODING_AUTOMATIC);
    assert_int_equal(encoding.kind, AANN_ENCODING_BYTE);
    assert_int_equal(encoding.feature_count, 255);
    assert_encoded(dataset, &encoding, wanted);
    /* Three by hand: 1 -> 0.498 -> 0, 2 -> 0.996 -> 1, 255 -> 127. */
    assert_int_equal(wanted[0], 0);
    assert_int_equal(wanted[1], 1);
    assert_int_equal(wanted[254], 127);
    aann_dataset_destroy(dataset);
}

static void bytes_below_128_are_scaled_by_their_maximum(void **state)
{
    aann_dataset *dataset = make_floats(state, "bytes", (const float[]){0, 1, 8, 16}, 2, 2);
    aann_encoding encoding = fit(dataset, AANN_ENCODING_AUTOMATIC);
    assert_int_equal(encoding.kind, AANN_ENCODING_GLOBAL);
    assert_true(encoding.global_maximum == 16.0);
    assert_encoded(dataset, &encoding, (const int8_t[]){0, 8, 64, 127}); /* 7.94, 63.5 */
    encoding.kind = AANN_ENCODING_BYTE;
    assert_encoded(dataset, &encoding, (const int8_t[]){0, 0, 4, 8});
    aann_dataset_destroy(dataset);
}

static void floats_are_scaled_by_the_largest_magnitude(void **state)
{
    aann_dataset *train =
        make_floats(state, "floats", (const float[]){-2, 1, 0.5F, -0.5F, 0, 2}, 3, 2);
    aann_encoding encoding = fit(train, AANN_ENCODING_AUTOMATIC);
    assert_int_equal(encoding.kind, AANN_ENCODING_GLOBAL);
    assert_true(encoding.global_maximum == 2.0);
    /* Halves go away from zero: 63.5 -> 64, -31.75 -> -32. */
    assert_encoded(train, &encoding, (const int8_t[]){-127, 64, 32, -32, 0, 127});
    aann_dataset *test =
        make_floats(state, "floats", (const float[]){-3, 1e30F, -1, 0.0001F}, 2, 2);
    assert_encoded(test, &encoding, (const int8_t[]){-127, 127, -64, 0});
    aann_dataset_destroy(test);
    aann_dataset_destroy(train);
    train = make_floats(state, "floats", (const float[]){254, 125, -125, 127}, 2, 2);
    encoding = fit(train, AANN_ENCODING_GLOBAL);
    assert_encoded(train, &encoding,
                   (const int8_t[]){127, 63, -63, 64}); /* 62.5, where "to even" gives 62; 63.5 */
    aann_dataset_destroy(train);
}

static void features_are_scaled_one_by_one(void **state)
{
    char path[TEST_PATH_SIZE];
    static const char train_text[] = "a,b,c,label\n0,5,-1000,0\n10,5,1000,1\n2.5,5,0,1\n";
    static const char test_text[] = "a,b,c,label\n-1,6,500,0\n11,4,1e30,1\n";
    write_file(in_folder(state, "table.csv", path), train_text, sizeof train_text - 1);
    aann_dataset *train = load(path, NULL);
    aann_encoding encoding = fit(train, AANN_ENCODING_FEATURE);
    assert_int_equal(encoding.kind, AANN_ENCODING_FEATURE);
    assert_int_equal(encoding.feature_count, 3);
    /* 254 * 2.5 / 10 - 127 = -63.5 -> -64; the constant feature is 0; the constant input of a
     * table comes last. */
    assert_true(encoding.constant);
    assert_encoded(train, &encoding,
                   (const int8_t[]){-127, 0, -127, 127, 127, 0, 127, 127, -64, 0, 0, 127});
    encoding.constant = false;
    assert_encoded(train, &encoding, (const int8_t[]){-127, 0, -127, 127, 0, 127, -64, 0, 0});
    write_file(path, test_text, sizeof test_text - 1);
    aann_dataset *test = load(path, NULL);
    assert_encoded(test, &encoding, (const int8_t[]){-127, 0, 64, 127, 0, 127});
    aann_encoding_destroy(&encoding);
    assert_null(encoding.minimum);
    aann_dataset_destroy(test);
    aann_dataset_destroy(train);
}

static void all_zero_is_zero(void **state)
{
    aann_dataset *dataset = make_floats(state, "floats", (const float[]){0, 0}, 2, 1);
    for (int kind = AANN_ENCODING_BYTE; kind <= AANN_ENCODING_FEATURE; kind++) {
        aann_encoding encoding = fit(dataset, (aann_encoding_kind)kind);
        assert_encoded(dataset, &encoding, (const int8_t[]){0, 0});
        aann_encoding_destroy(&encoding);
    }
    aann_dataset_destroy(dataset);
}

static void values_that_are_not_finite_are_named(void **state)
{
    aann_error error = {0};
    aann_encoding encoding;
    aann_dataset *good = make_floats(state, "floats", (const float[]){1, 2, 3, 4, 5, 6}, 2, 3);
    aann_dataset *bad = make_floats(state, "floats", (const float[]){1, 2, 3, 4, NAN, 6}, 2, 3);
    assert_int_equal(aann_encoding_fit(bad, AANN_ENCODING_AUTOMATIC, &encoding, &error),
                     AANN_ERROR_FORMAT);
    assert_message(&error, "sample 1, feature 1 is nan: a finite number is expected");
    encoding = fit(good, AANN_ENCODING_AUTOMATIC);
    assert_encode_fails(bad, &encoding, 0, 2, AANN_ERROR_FORMAT, "sample 1, feature 1 is nan");
    /* The first sample is fine, and only what is asked for is looked at. */
    aann_samples *samples = NULL;
    assert_int_equal(aann_dataset_encode(bad, &encoding, 0, 1, &samples, &error), AANN_OK);
    aann_samples_destroy(samples);
    aann_dataset_destroy(bad);
    bad = make_floats(state, "floats", (const float[]){INFINITY, 2, 3}, 1, 3);
    assert_int_equal(aann_encoding_fit(bad, AANN_ENCODING_FEATURE, &encoding, &error),
                     AANN_ERROR_FORMAT);
    assert_message(&error, "sample 0, feature 0 is inf");
    aann_dataset_destroy(bad);
    aann_dataset_destroy(good);
}

static void floats_outside_of_a_byte_are_refused(void **state)
{
    aann_dataset *dataset =
        make_floats(state, "floats", (const float[]){0, 255, 127.5F, 256}, 2, 2);
    aann_encoding encoding = {.kind = AANN_ENCODING_BYTE};
    assert_encode_fails(dataset, &encoding, 0, 2, AANN_ERROR_FORMAT,
                        "sample 1, feature 1 is 256: the encoding of bytes expects 0 to 255");
    aann_samples *samples = NULL;
    aann_error error = {0};
    assert_int_equal(aann_dataset_encode(dataset, &encoding, 0, 1, &samples, &error), AANN_OK);
    assert_int_equal(samples->inputs[1], 127);
    aann_samples_destroy(samples);
    aann_dataset_destroy(dataset);
}

static void ranges_and_shapes_are_checked(void **state)
{
    aann_dataset *train = make_floats(state, "floats", (const float[]){1, 2, 3, 4, 5, 6}, 3, 2);
    aann_dataset *other = make_floats(state, "floats", (const float[]){1, 2, 3}, 1, 3);
    for (int kind = AANN_ENCODING_BYTE; kind <= AANN_ENCODING_FEATURE; kind++) {
        aann_encoding encoding = fit(train, (aann_encoding_kind)kind);
        assert_encode_fails(other, &encoding, 0, 1, AANN_ERROR_ARGUMENT,
                            "a sample has 3 values (3 x 1 x 1); the encoding was fitted for 2");
        aann_encoding_destroy(&encoding);
    }
    aann_encoding encoding = fit(train, AANN_ENCODING_GLOBAL);
    static const int64_t wrong[][2] = {{-1, 1}, {0, -1},        {0, 4},        {4, 0},
                                       {2, 2},  {1, INT64_MAX}, {INT64_MAX, 1}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_encode_fails(train, &encoding, wrong[i][0], wrong[i][1], AANN_ERROR_ARGUMENT,
                            "there are 3");
    }
    encoding.kind = AANN_ENCODING_AUTOMATIC;
    assert_encode_fails(train, &encoding, 0, 1, AANN_ERROR_ARGUMENT, "not fitted yet");
    aann_error error = {0};
    assert_int_equal(aann_encoding_fit(train, (aann_encoding_kind)9, &encoding, &error),
                     AANN_ERROR_ARGUMENT);
    assert_message(&error, "there is no encoding number 9");
    aann_dataset_destroy(other);
    aann_dataset_destroy(train);
}

static void labels_and_targets_come_along(void **state)
{
    (void)state;
    aann_error error = {0};
    aann_dataset *images = load(MNIST_SAMPLES "train-images-idx3-ubyte.gz", NULL);
    aann_encoding encoding = fit(images, AANN_ENCODING_AUTOMATIC);
    aann_samples *samples = NULL;
    assert_int_equal(aann_dataset_encode(images, &encoding, 2, 3, &samples, &error), AANN_OK);
    assert_int_equal(samples->count, 3);
    assert_int_equal(samples->class_count, 10);
    assert_int_equal(samples->labels[0], 4);
    assert_int_equal(samples->labels[2], 9);
    assert_null(samples->targets);
    for (int i = 0; i < 3 * 784; i++) {
        assert_int_equal(samples->inputs[i], (127 * images->bytes[2 * 784 + i] * 2 + 255) / 510);
    }
    aann_samples_destroy(samples);
    aann_dataset_destroy(images);
    aann_dataset *table = load(NUMPY_SAMPLES "targets.npz", NULL);
    encoding = fit(table, AANN_ENCODING_AUTOMATIC);
    assert_int_equal(aann_dataset_encode(table, &encoding, 3, 1, &samples, &error), AANN_OK);
    assert_null(samples->labels);
    assert_int_equal(samples->target_count, 2);
    assert_true(samples->targets[0] == 3.0F && samples->targets[1] == 3.5F);
    aann_samples_destroy(samples);
    aann_dataset_destroy(table);
}

static void assert_round_trip(const aann_encoding *encoding, const char *wanted)
{
    aann_error error = {0};
    char *json = NULL;
    assert_int_equal(aann_encoding_format(encoding, &json, &error), AANN_OK);
    assert_null(strchr(json, '\n'));
    if (wanted != NULL) {
        assert_string_equal(json, wanted);
    }
    aann_encoding back;
    assert_int_equal(aann_encoding_parse(json, &back, &error), AANN_OK);
    assert_int_equal(back.kind, encoding->kind);
    assert_int_equal(back.feature_count, encoding->feature_count);
    assert_int_equal(back.constant, encoding->constant);
    assert_int_equal(back.rule_count, encoding->rule_count);
    for (int64_t i = 0; i < encoding->rule_count; i++) {
        assert_int_equal(back.rules[i].column, encoding->rules[i].column);
        assert_int_equal(back.rules[i].kind, encoding->rules[i].kind);
        assert_true(back.rules[i].low == encoding->rules[i].low);
        assert_true(back.rules[i].high == encoding->rules[i].high);
    }
    assert_true(back.global_maximum == encoding->global_maximum);
    for (int64_t i = 0; encoding->minimum != NULL && i < encoding->feature_count; i++) {
        assert_memory_equal(&back.minimum[i], &encoding->minimum[i], sizeof(float));
        assert_memory_equal(&back.maximum[i], &encoding->maximum[i], sizeof(float));
    }
    aann_encoding_destroy(&back);
    free(json);
}

static void json_round_trips_to_the_bit(void **state)
{
    (void)state;
    assert_round_trip(&(aann_encoding){.kind = AANN_ENCODING_BYTE, .feature_count = 784},
                      "{\"kind\":\"byte\",\"features\":784}");
    assert_round_trip(
        &(aann_encoding){.kind = AANN_ENCODING_GLOBAL, .feature_count = 3, .global_maximum = 0.1},
        NULL);
    assert_round_trip(&(aann_encoding){.kind = AANN_ENCODING_GLOBAL, .global_maximum = 1.0 / 3.0},
                      NULL);
    float minimum[] = {-1e-45F, -3.4028234e38F, 0.1F, -0.0F};
    float maximum[] = {1.17549435e-38F, 3.4028234e38F, 0.3F, 5.0F};
    assert_round_trip(&(aann_encoding){.kind = AANN_ENCODING_FEATURE,
                                       .feature_count = 4,
                                       .minimum = minimum,
                                       .maximum = maximum},
                      NULL);
    aann_error error = {0};
    char *json = NULL;
    assert_int_equal(aann_encoding_format(&(aann_encoding){0}, &json, &error), AANN_ERROR_ARGUMENT);
    assert_message(&error, "not fitted yet");
}

static const char table_json[] =
    "{\"kind\":\"table\",\"columns\":["
    "{\"name\":\"a\",\"kind\":\"number\",\"thresholds\":[1.5,2.5],\"missing\":true},"
    "{\"name\":\"b\",\"kind\":\"words\",\"levels\":[\"blue\",\"red\"],\"missing\":false},"
    "{\"name\":\"c\",\"kind\":\"boolean\",\"thresholds\":[0.5],\"missing\":false}],"
    "\"constant\":true}";

static void tables_become_json_and_back(void **state)
{
    char path[TEST_PATH_SIZE];
    static const char text[] = "a,b,c,y\n1,red,true,0\n2,blue,false,1\n,red,true,0\n"
                               "3,blue,true,1\n";
    write_file(in_folder(state, "table.csv", path), text, sizeof text - 1);
    aann_dataset *train = load(path, NULL);
    aann_encoding encoding = fit(train, AANN_ENCODING_AUTOMATIC);
    assert_round_trip(&encoding, table_json);
    /* An encoding that comes from text encodes in the same way. */
    aann_error error = {0};
    aann_encoding read;
    assert_int_equal(aann_encoding_parse(table_json, &read, &error), AANN_OK);
    assert_encoded(train, &read,
                   (const int8_t[]){0,   0,   0,   0,   127, 127, 127, /* 1, red, true */
                                    127, 0,   0,   127, 0,   0,   127, /* 2, blue, false */
                                    0,   0,   127, 0,   127, 127, 127, /* missing, red, true */
                                    127, 127, 0,   127, 0,   127, 127});
    aann_encoding_destroy(&read);
    aann_encoding_destroy(&encoding);
    aann_dataset_destroy(train);
}

static void ranges_of_columns_are_read(void **state)
{
    (void)state;
    aann_error error = {0};
    aann_encoding encoding;
    assert_int_equal(aann_encoding_parse("{\"kind\":\"table\",\"columns\":[{\"kind\":\"number\","
                                         "\"thresholds\":[2],\"missing\":false,\"range\":[-1,3]}]}",
                                         &encoding, &error),
                     AANN_OK);
    assert_null(encoding.columns[0].name);
    assert_int_equal(encoding.rule_count, 2);
    assert_round_trip(&encoding, NULL);
    aann_encoding_destroy(&encoding);
}

#define COLUMN(fields) "{\"kind\":\"table\",\"columns\":[{\"name\":\"a\"," fields "}]}"

static void bad_tables_in_json_are_refused(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"{\"kind\":\"table\"}", "expected \"columns\" with at least one column"},
        {"{\"kind\":\"table\",\"columns\":[]}", "with at least one column"},
        {"{\"kind\":\"table\",\"columns\":[7]}", "column 0: expected a \"kind\""},
        {COLUMN("\"kind\":\"date\""), "column 0: expected a \"kind\": number, boolean or words"},
        {COLUMN("\"kind\":\"number\""), "without inputs"},
        {COLUMN("\"kind\":\"number\",\"thresholds\":[\"1\"]"), "input 0 makes no sense"},
        {COLUMN("\"kind\":\"number\",\"thresholds\":[2,1]"), "input 1 makes no sense, or is out"},
        {COLUMN("\"kind\":\"number\",\"thresholds\":[1,1]"), "input 1 makes no sense, or is out"},
        {COLUMN("\"kind\":\"number\",\"range\":[1,1]"), "input 0 makes no sense"},
        {COLUMN("\"kind\":\"number\",\"range\":[1]"), "input 0 makes no sense"},
        {COLUMN("\"kind\":\"number\",\"levels\":[\"x\"]"), "without inputs"},
        {COLUMN("\"kind\":\"words\""), "column 0: expected \"levels\": [words]"},
        {COLUMN("\"kind\":\"words\",\"levels\":[1]"), "column 0: a level is no text"},
        {COLUMN("\"kind\":\"words\",\"levels\":[\"b\",\"a\"]"), "level 1 is not after"},
        {COLUMN("\"kind\":\"words\",\"levels\":[\"a\"],\"thresholds\":[1]"), "makes no sense"},
        {"{\"kind\":\"table\",\"columns\":[{\"name\":1,\"kind\":\"number\"}]}",
         "column 0: the name is no text"},
        {"{\"kind\":\"byte\",\"constant\":1}", "\"constant\" is neither true nor false"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        aann_error error = {0};
        aann_encoding encoding;
        assert_int_equal(aann_encoding_parse(cases[i][0], &encoding, &error), AANN_ERROR_FORMAT);
        assert_message(&error, cases[i][1]);
        assert_null(encoding.columns);
        assert_null(encoding.rules);
    }
}

static void bad_json_is_refused(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"", "encoding: column"},
        {"{\"kind\":\"byte\"", "encoding: column 14: '}' expected near end of file"},
        {"[1]", "encoding: expected an object with a \"kind\""},
        {"{\"kind\":3}", "encoding: expected an object with a \"kind\""},
        {"{\"kind\":\"automatic\"}",
         "encoding: unknown kind \"automatic\"; expected byte, global, feature or table"},
        {"{\"kind\":\"byte\",\"kind\":\"byte\"}", "duplicate object key"},
        {"{\"kind\":\"byte\",\"features\":-1}", "encoding: \"features\" is not a count"},
        {"{\"kind\":\"byte\",\"features\":\"7\"}", "encoding: \"features\" is not a count"},
        {"{\"kind\":\"global\"}", "encoding: \"maximum\" is not a number from 0 up"},
        {"{\"kind\":\"global\",\"maximum\":-1}", "encoding: \"maximum\" is not a number from 0 up"},
        {"{\"kind\":\"global\",\"maximum\":[1]}",
         "encoding: \"maximum\" is not a number from 0 up"},
        {"{\"kind\":\"feature\"}", "have 0 and 0 numbers"},
        {"{\"kind\":\"feature\",\"minimum\":[1,2],\"maximum\":[1]}",
         "have 2 and 1 numbers; expected as many of each"},
        {"{\"kind\":\"feature\",\"minimum\":[1,\"2\"],\"maximum\":[1,2]}",
         "\"minimum\"[1] is not a finite number"},
        {"{\"kind\":\"feature\",\"minimum\":[1,2],\"maximum\":[1,1e39]}",
         "\"maximum\"[1] is not a finite number"},
        {"{\"kind\":\"feature\",\"minimum\":[1,2],\"maximum\":[1,1]}",
         "\"minimum\"[1] is larger than \"maximum\"[1]"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        aann_error error = {0};
        aann_encoding encoding;
        assert_int_equal(aann_encoding_parse(cases[i][0], &encoding, &error), AANN_ERROR_FORMAT);
        assert_message(&error, cases[i][1]);
        assert_null(encoding.minimum);
        assert_null(encoding.maximum);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        data_test(all_bytes_are_encoded),
        data_test(bytes_below_128_are_scaled_by_their_maximum),
        data_test(floats_are_scaled_by_the_largest_magnitude),
        data_test(features_are_scaled_one_by_one),
        data_test(all_zero_is_zero),
        data_test(values_that_are_not_finite_are_named),
        data_test(floats_outside_of_a_byte_are_refused),
        data_test(ranges_and_shapes_are_checked),
        data_test(labels_and_targets_come_along),
        data_test(json_round_trips_to_the_bit),
        data_test(tables_become_json_and_back),
        data_test(ranges_of_columns_are_read),
        data_test(bad_tables_in_json_are_refused),
        data_test(bad_json_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
