/* aann/export_c.h: the same text for the same model, what the report says, and options that make no
 * sense. What the text computes is tested by compiling it: test_export_c.py. */
#include "support/test.h"

#include <string.h>

#include "aann/export_c.h"

enum { VALUES = 5, CLASSES = 3, SAMPLES = 4 };

static float minimum[VALUES] = {-1.0F, 0.0F, 2.0F, 5.0F, 1e9F};
static float maximum[VALUES] = {1.0F, 4.0F, 2.5F, 5.0F, 2e9F};

/* A random network on five values, the last of which is too large for its units. */
static aann_model *make_model(const aann_encoding *encoding, bool regression)
{
    aann_error error = {0};
    aann_spec spec;
    aann_network *network = NULL;
    aann_model *model = NULL;
    assert_ok(aann_spec_parse("8@50-3@25", (aann_shape){VALUES, 1, 1}, &spec, &error));
    assert_ok(aann_network_create(&spec, &network, &error));
    aann_network_randomise(network, 1, 1);
    aann_model_description about = aann_model_description_default();
    about.encoding = encoding;
    about.regression = regression;
    assert_ok(aann_model_create(network, &about, &model, &error));
    aann_network_destroy(network);
    return model;
}

static char *export_text(const aann_model *model, const aann_export_c_options *options,
                         aann_export_c_report *report)
{
    aann_error error = {0};
    char *text = NULL;
    assert_ok(aann_model_export_c(model, options, &text, report, &error));
    assert_non_null(text);
    return text;
}

static void refused(const aann_model *model, const aann_export_c_options *options,
                    const char *message)
{
    aann_error error = {0};
    char *text = (char *)"";
    assert_int_equal(aann_model_export_c(model, options, &text, NULL, &error), AANN_ERROR_ARGUMENT);
    assert_null(text);
    if (strstr(error.message, message) == NULL) {
        fail_msg("'%s' is not in '%s'", message, error.message);
    }
}

static void test_the_same_model_gives_the_same_text(void **state)
{
    (void)state;
    aann_model *model = make_model(NULL, false);
    aann_model *again = make_model(NULL, false);
    aann_export_c_options options = aann_export_c_options_default();
    aann_export_c_report report;
    char *first = export_text(model, &options, &report);
    char *second = export_text(again, &options, NULL);
    assert_string_equal(first, second);
    assert_int_equal(report.layer_count, 2);
    assert_int_equal(report.tables[0], AANN_EXPORT_C_RICE);
    assert_int_equal(report.input, AANN_EXPORT_C_INPUT_ENCODED);
    assert_int_equal(report.input_count, VALUES);
    assert_int_equal(report.self_test_bytes, 0);
    aann_free(second);
    options.name = "another";
    second = export_text(again, &options, NULL);
    assert_string_not_equal(first, second);
    assert_non_null(strstr(second, "another_run"));
    aann_free(first);
    aann_free(second);
    aann_model_destroy(model);
    aann_model_destroy(again);
}

/* INDEX needs no list in memory, and 2 bytes a synapse; the memory is two maps in turn. */
static void test_the_report(void **state)
{
    (void)state;
    aann_model *model = make_model(NULL, false);
    const aann_export_c_table kinds[] = {AANN_EXPORT_C_INDEX, AANN_EXPORT_C_DELTA};
    aann_export_c_options options = aann_export_c_options_default();
    options.tables = kinds;
    options.table_count = 2;
    aann_export_c_report report;
    char *text = export_text(model, &options, &report);
    assert_int_equal(report.tables[0], AANN_EXPORT_C_INDEX);
    assert_int_equal(report.tables[1], AANN_EXPORT_C_DELTA);
    assert_int_equal(report.table_bytes[0], 2 * (20 + 2 * 8));
    assert_int_equal(report.table_bytes[1], 18); /* 18 synapses, the first not in it, and the end */
    assert_int_equal(report.memory_bytes,
                     8 + 16); /* 8 values and a list of up to 8; 5 and 8 values */
    aann_free(text);
    aann_model_destroy(model);
}

static void test_options_that_make_no_sense(void **state)
{
    (void)state;
    const aann_encoding encoding = {.kind = AANN_ENCODING_FEATURE,
                                    .feature_count = VALUES,
                                    .minimum = minimum,
                                    .maximum = maximum};
    const aann_export_c_table wrong[] = {(aann_export_c_table)9};
    const int32_t units[] = {10, 100, 0, 1, 1};
    aann_model *model = make_model(&encoding, false);
    const char *const names[] = {"", "1a", "a-b", "a b", "\xc3\xa4", NULL};
    aann_export_c_options options = aann_export_c_options_default();
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        options.name = names[i];
        refused(model, &options, "expected a letter");
    }
    options = aann_export_c_options_default();
    options.tables = wrong;
    options.table_count = 1;
    refused(model, &options, "no kind of tables with number 9");
    options.table_count = 3;
    refused(model, &options, "3 kinds of tables for 2 layers");
    options = aann_export_c_options_default();
    options.input = AANN_EXPORT_C_INPUT_BYTES;
    refused(model, &options, "does not read bytes");
    options = aann_export_c_options_default();
    options.per_unit = units;
    options.per_unit_count = VALUES;
    refused(model, &options, "0 numbers per unit");
    options.per_unit_count = 1;
    refused(model, &options, "value 5: its range does not fit 32-bit numbers of 1/10");
    aann_model_destroy(model);
}

/* Numbers that are no whole multiple of the unit, and samples that are not there. */
static void test_samples_of_the_self_test(void **state)
{
    (void)state;
    const aann_encoding encoding = {
        .kind = AANN_ENCODING_GLOBAL, .feature_count = VALUES, .global_maximum = 4.0};
    const float values[SAMPLES][VALUES] = {{0.5F, 1.0F, 0.0F, 4.0F, -4.0F}, {0.25F}};
    const int32_t units[] = {2};
    aann_error error = {0};
    aann_dataset *dataset = NULL;
    aann_dataset_arrays arrays = aann_dataset_arrays_default();
    arrays.inputs = aann_array_matrix(values, AANN_ELEMENT_FLOAT32, SAMPLES, VALUES);
    assert_ok(aann_dataset_create(&arrays, &dataset, &error));
    aann_model *model = make_model(&encoding, true);
    aann_export_c_options options = aann_export_c_options_default();
    options.per_unit = units;
    options.per_unit_count = 1;
    options.self_test = dataset;
    options.self_test_count = 1;
    char *text = export_text(model, &options, NULL);
    assert_non_null(strstr(text, "network_self_test"));
    assert_non_null(strstr(text, "network_outputs"));
    aann_free(text);
    options.self_test_count = SAMPLES + 1;
    refused(model, &options, "5 samples are asked for; there are 4");
    options.self_test_count = 2;
    assert_int_equal(aann_model_export_c(model, &options, &text, NULL, &error), AANN_ERROR_FORMAT);
    assert_non_null(strstr(error.message, "sample 2, value 1 is no whole number of 1/2"));
    options.per_unit_count = 0; /* as fine as the samples need */
    text = export_text(model, &options, NULL);
    aann_free(text);
    aann_model_destroy(model);
    aann_dataset_destroy(dataset);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_same_model_gives_the_same_text),
        cmocka_unit_test(test_the_report),
        cmocka_unit_test(test_options_that_make_no_sense),
        cmocka_unit_test(test_samples_of_the_self_test),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
