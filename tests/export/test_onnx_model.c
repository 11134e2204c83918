/* ONNX files of models that no search makes: what is refused, what is chosen, the same bytes.
 *
 * With AANN_WRITE_MODELS=FOLDER the models are written there, each with measured values (float32)
 * and the logits (int32) that they give, for test_onnx.py to compare with. */
#include "support/test.h"

#include <math.h>
#include <stdio.h>

#include "aann/evaluate.h"
#include "aann/export_onnx.h"

/* ---- models ---------------------------------------------------------------------------------- */

static aann_model *make_model(const char *text, aann_shape input, double sparsity,
                              const aann_model_description *about)
{
    aann_error error = {0};
    aann_spec spec;
    assert_ok(aann_spec_parse(text, input, &spec, &error));
    assert_ok(aann_spec_set_sparsity(&spec, sparsity, NULL, 0, &error));
    aann_network *network = NULL;
    assert_ok(aann_network_create(&spec, &network, &error));
    aann_network_randomise(network, 1, 0);
    aann_model *model = NULL;
    assert_ok(aann_model_create(network, about, &model, &error));
    aann_network_destroy(network);
    return model;
}

static aann_model *make_encoded(const char *text, aann_shape input, const aann_encoding *encoding)
{
    aann_model_description about = aann_model_description_default();
    about.encoding = encoding;
    return make_model(text, input, 30.0, &about);
}

static aann_model *make_bytes_model(void)
{
    const aann_encoding encoding = {.kind = AANN_ENCODING_BYTE};
    return make_encoded("8-3", (aann_shape){6, 1, 1}, &encoding);
}

enum { COLUMNS = 4, RULES = 10, TABLE_INPUTS = RULES + 1 };

static const char *const words[] = {"blue", "re\"d", "\xff\x01"};

static aann_column columns[COLUMNS] = {
    {.name = "age", .kind = AANN_COLUMN_NUMBER},
    {.name = "colour", .kind = AANN_COLUMN_WORDS, .levels = words, .level_count = 3},
    {.kind = AANN_COLUMN_BOOLEAN},
    {.name = "size", .kind = AANN_COLUMN_NUMBER},
};

/* Every kind, so that inputs of one kind are apart. */
static aann_input_rule rules[RULES] = {
    {0, AANN_INPUT_THRESHOLD, -1e300, 0.0}, {0, AANN_INPUT_THRESHOLD, 1.1, 0.0},
    {0, AANN_INPUT_THRESHOLD, 1e300, 0.0},  {0, AANN_INPUT_MISSING, 0.0, 0.0},
    {0, AANN_INPUT_RANGE, -0.3, 4.7},       {1, AANN_INPUT_LEVEL, 0.0, 0.0},
    {1, AANN_INPUT_LEVEL, 2.0, 0.0},        {2, AANN_INPUT_THRESHOLD, 0.5, 0.0},
    {3, AANN_INPUT_RANGE, -100.0, 27.0},    {3, AANN_INPUT_RANGE, -1.0, 1.0},
};

static aann_encoding table_encoding(void)
{
    return (aann_encoding){.kind = AANN_ENCODING_TABLE,
                           .feature_count = COLUMNS,
                           .constant = true,
                           .columns = columns,
                           .rules = rules,
                           .rule_count = RULES};
}

/* ---- models for ONNX Runtime ----------------------------------------------------------------- */

static void write_file(const char *folder, const char *name, const void *bytes, size_t size)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

/* NAME.aannm, NAME.values, NAME.logits */
static void write_case(const char *folder, const char *name, aann_model *model, const float *values,
                       int64_t count, int64_t size)
{
    aann_error error = {0};
    char path[1024];
    const size_t outputs = (size_t)aann_network_spec(aann_model_network(model))->output_count;
    int32_t *logits = malloc((size_t)count * outputs * sizeof *logits);
    assert_non_null(logits);
    assert_ok(aann_model_predict(model, values, count, logits, NULL, NULL, &error));
    snprintf(path, sizeof path, "%s/%s.aannm", folder, name);
    assert_ok(aann_model_save(model, path, &error));
    snprintf(path, sizeof path, "%s.values", name);
    write_file(folder, path, values, (size_t)(count * size) * sizeof *values);
    snprintf(path, sizeof path, "%s.logits", name);
    write_file(folder, path, logits, (size_t)count * outputs * sizeof *logits);
    free(logits);
    aann_model_destroy(model);
}

/* Halves of the scale, where rounding differs between programs, and what is next to them. */
static float edge_value(int64_t i)
{
    const float half = ((float)(i % 509) - 254.0F) / 2.0F;
    const float sides[] = {half, nextafterf(half, 1e9F), nextafterf(half, -1e9F)};
    return sides[i % 3];
}

static void write_table(const char *folder)
{
    enum { COUNT = 3000 };
    static float values[COUNT][COLUMNS];
    const aann_encoding encoding = table_encoding();
    for (int64_t i = 0; i < COUNT; i++) {
        values[i][0] = i % 7 == 0 ? NAN : edge_value(i) / 25.0F;
        values[i][1] = i % 5 == 4 ? NAN : (float)(i % 5 - 1);
        values[i][2] = (float)(i % 2);
        values[i][3] = i % 11 == 0 ? NAN : edge_value(i);
    }
    aann_model *model = make_encoded("9-4", (aann_shape){TABLE_INPUTS, 1, 1}, &encoding);
    write_case(folder, "table", model, values[0], COUNT, COLUMNS);
}

/* A scale of 127 makes the encoded value the rounded value. */
static void write_halves(const char *folder)
{
    enum { COUNT = 3000 };
    static float values[COUNT][2];
    for (int64_t i = 0; i < COUNT; i++) {
        values[i][0] = edge_value(i);
        values[i][1] = i < 6 ? nextafterf(0.5F, (float)(i % 2)) * (i < 3 ? 1.0F : -1.0F)
                             : edge_value(i * 7 + 3) * 1.25F;
    }
    aann_encoding encoding = {.kind = AANN_ENCODING_GLOBAL, .global_maximum = 127.0};
    write_case(folder, "halves", make_encoded("5-3", (aann_shape){2, 1, 1}, &encoding), values[0],
               COUNT, 2);
    encoding.global_maximum = 0.0;
    encoding.constant = true;
    write_case(folder, "nothing", make_encoded("5-3", (aann_shape){3, 1, 1}, &encoding), values[0],
               COUNT, 2);
    float minimum[] = {-127.0F, 3.0F};
    float maximum[] = {127.0F, 3.0F};
    encoding = (aann_encoding){.kind = AANN_ENCODING_FEATURE,
                               .feature_count = 2,
                               .minimum = minimum,
                               .maximum = maximum,
                               .constant = true};
    write_case(folder, "feature", make_encoded("5-3", (aann_shape){3, 1, 1}, &encoding), values[0],
               COUNT, 2);
}

/* Inputs that are encoded already: no program predicts them, so the reference does. */
static void write_encoded(const char *folder)
{
    enum { COUNT = 64, SIZE = 2 * 5 * 7, OUTPUTS = 3 };
    static float values[COUNT][SIZE];
    static int8_t inputs[SIZE];
    int32_t logits[COUNT][OUTPUTS];
    char path[1024];
    aann_error error = {0};
    aann_model *model = make_encoded("MP1x2-4C3s2>>1-6>>2-3", (aann_shape){2, 5, 7}, NULL);
    for (int64_t i = 0; i < COUNT; i++) {
        for (int64_t j = 0; j < SIZE; j++) {
            inputs[j] = (int8_t)((i * 37 + j * j * 11) % 255 - 127);
            values[i][j] = inputs[j];
        }
        assert_ok(
            aann_network_reference_logits(aann_model_network(model), inputs, logits[i], &error));
    }
    snprintf(path, sizeof path, "%s/encoded.aannm", folder);
    assert_ok(aann_model_save(model, path, &error));
    write_file(folder, "encoded.values", values, sizeof values);
    write_file(folder, "encoded.logits", logits, sizeof logits);
    aann_model_destroy(model);
}

static void test_write_models(void **state)
{
    (void)state;
    const char *folder = getenv("AANN_WRITE_MODELS");
    if (folder != NULL) {
        write_table(folder);
        write_halves(folder);
        write_encoded(folder);
    }
}

/* ---- choices and bytes ----------------------------------------------------------------------- */

static void assert_chooses(aann_model *model, aann_onnx_form form, aann_onnx_input input)
{
    aann_error error = {0};
    aann_onnx_options chosen;
    void *bytes = NULL;
    size_t size = 0;
    assert_ok(aann_model_export_onnx(model, NULL, &bytes, &size, &chosen, &error));
    assert_int_equal(chosen.form, form);
    assert_int_equal(chosen.input, input);
    assert_false(chosen.probabilities);
    aann_free(bytes);
    aann_model_destroy(model);
}

static void test_choices(void **state)
{
    (void)state;
    const aann_encoding table = table_encoding();
    const aann_encoding global = {.kind = AANN_ENCODING_GLOBAL, .global_maximum = 2.0};
    assert_chooses(make_bytes_model(), AANN_ONNX_FLOAT, AANN_ONNX_INPUT_UINT8);
    assert_chooses(make_encoded("4-2", (aann_shape){TABLE_INPUTS, 1, 1}, &table), AANN_ONNX_FLOAT,
                   AANN_ONNX_INPUT_FLOAT64);
    assert_chooses(make_encoded("4-2", (aann_shape){3, 1, 1}, &global), AANN_ONNX_FLOAT,
                   AANN_ONNX_INPUT_FLOAT32);
    assert_chooses(make_encoded("4-2", (aann_shape){3, 1, 1}, NULL), AANN_ONNX_FLOAT,
                   AANN_ONNX_INPUT_INT8);
}

/* 132,104 synapses reach 2^24 - 8, one more 2^24 + 119. */
static void test_limit_of_floats(void **state)
{
    (void)state;
    const aann_model_description about = aann_model_description_default();
    static const int32_t widths[] = {132104, 132105};
    static const aann_onnx_form forms[] = {AANN_ONNX_FLOAT, AANN_ONNX_INTEGER};
    for (int i = 0; i < 2; i++) {
        const aann_shape shape = {i == 0 ? 8 : 15, 1, i == 0 ? 16513 : 8807};
        assert_int_equal(aann_shape_size(shape), widths[i]);
        assert_chooses(make_model("1", shape, 0.0, &about), forms[i], AANN_ONNX_INPUT_INT8);
    }
}

static void test_same_bytes(void **state)
{
    (void)state;
    aann_error error = {0};
    const aann_encoding table = table_encoding();
    aann_model *model = make_encoded("4-2", (aann_shape){TABLE_INPUTS, 1, 1}, &table);
    void *bytes[2];
    size_t sizes[2];
    for (int i = 0; i < 2; i++) {
        assert_ok(aann_model_export_onnx(model, NULL, &bytes[i], &sizes[i], NULL, &error));
    }
    assert_int_equal(sizes[0], sizes[1]);
    assert_memory_equal(bytes[0], bytes[1], sizes[0]);
    aann_free(bytes[0]);
    aann_free(bytes[1]);
    aann_model_destroy(model);
}

/* ---- refusals -------------------------------------------------------------------------------- */

/* The model is destroyed. */
static void assert_refused(aann_model *model, aann_onnx_options options, const char *message)
{
    aann_error error = {0};
    void *bytes = &error;
    size_t size = 1;
    assert_int_equal(aann_model_export_onnx(model, &options, &bytes, &size, NULL, &error),
                     AANN_ERROR_ARGUMENT);
    if (strstr(error.message, message) == NULL) {
        fail_msg("\"%s\" is not in \"%s\"", message, error.message);
    }
    assert_null(bytes);
    assert_int_equal(size, 0);
    aann_model_destroy(model);
}

static void test_refused_options(void **state)
{
    (void)state;
    const aann_shape three = {3, 1, 1};
    assert_refused(make_bytes_model(), (aann_onnx_options){.form = (aann_onnx_form)3},
                   "there is no form 3");
    assert_refused(make_bytes_model(), (aann_onnx_options){.input = (aann_onnx_input)5},
                   "there is no input type 5");
    assert_refused(make_bytes_model(), (aann_onnx_options){.input = AANN_ONNX_INPUT_INT8},
                   "inputs of int8 are those of a model without an encoding");
    assert_refused(make_encoded("4-2", three, NULL),
                   (aann_onnx_options){.input = AANN_ONNX_INPUT_UINT8}, "has no encoding");
    aann_model_description about = aann_model_description_default();
    about.regression = true;
    assert_refused(make_model("4-2", three, 50.0, &about),
                   (aann_onnx_options){.probabilities = true}, "a regression has no probabilities");
}

static void test_refused_networks(void **state)
{
    (void)state;
    const aann_model_description about = aann_model_description_default();
    const aann_onnx_options floats = {.form = AANN_ONNX_FLOAT};
    const aann_onnx_options integers = {.form = AANN_ONNX_INTEGER};
    assert_refused(make_model("1", (aann_shape){15, 1, 8807}, 0.0, &about), floats,
                   "the sums of layer 1 reach 16777335, 32-bit floats are exact up to 16777216");
    /* 2 (127 n) + 2^24 is above 2^31 - 1 from n = 8,388,609 on. */
    assert_refused(make_model("1>>24", (aann_shape){2, 2048, 2049}, 0.0, &about), integers,
                   "too large to be shifted by an integer graph");
    aann_input_rule rule = {0, AANN_INPUT_RANGE, -1.7e308, 1.7e308};
    aann_encoding encoding = table_encoding();
    encoding.constant = false;
    encoding.rules = &rule;
    encoding.rule_count = 1;
    assert_refused(make_encoded("2", (aann_shape){1, 1, 1}, &encoding), floats,
                   "input 0 of the encoding has a range of infinite width");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_write_models),    cmocka_unit_test(test_choices),
        cmocka_unit_test(test_limit_of_floats), cmocka_unit_test(test_same_bytes),
        cmocka_unit_test(test_refused_options), cmocka_unit_test(test_refused_networks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
