/* aann/export_c.h: the same text for the same model, what the report says, and options that make no
 * sense. What the text computes is tested by compiling it: test_export_c.py. With
 * AANN_WRITE_MODELS=FOLDER a model that no search makes is written there for that. */
#include "support/test.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "aann/export_c.h"

enum { VALUES = 5, CLASSES = 3, SAMPLES = 4 };

static float minimum[VALUES] = {-1.0F, 0.0F, 2.0F, 5.0F, 1e9F};
static float maximum[VALUES] = {1.0F, 4.0F, 2.5F, 5.0F, 2e9F};

/* A random network with this description. */
static aann_model *make_shaped(const char *text, aann_shape input,
                               const aann_model_description *about)
{
    aann_error error = {0};
    aann_spec spec;
    aann_network *network = NULL;
    aann_model *model = NULL;
    assert_ok(aann_spec_parse(text, input, &spec, &error));
    assert_ok(aann_network_create(&spec, &network, &error));
    aann_network_randomise(network, 1, 1);
    assert_ok(aann_model_create(network, about, &model, &error));
    aann_network_destroy(network);
    return model;
}

static aann_model *make_described(const char *text, int32_t inputs,
                                  const aann_model_description *about)
{
    return make_shaped(text, (aann_shape){inputs, 1, 1}, about);
}

/* A random network on five values, the last of which is too large for its units. */
static aann_model *make_model(const aann_encoding *encoding, bool regression)
{
    aann_model_description about = aann_model_description_default();
    about.encoding = encoding;
    about.regression = regression;
    return make_described("8@50-3@25", VALUES, &about);
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

/* The encoding's 32-bit floats tell few numbers apart where a range is far from 0: units that nobody
 * chose are as fine as that allows. */
static void test_units_of_ranges_far_from_0(void **state)
{
    (void)state;
    float low[VALUES] = {950.2F, 1013.1F, 100000.0F, 47.1F, 0.0F};
    float high[VALUES] = {1049.9F, 1013.9F, 101325.0F, 47.2F, 1.0F};
    const aann_encoding encoding = {
        .kind = AANN_ENCODING_FEATURE, .feature_count = VALUES, .minimum = low, .maximum = high};
    const int32_t units[] = {1000, 1000, 1, 1000, 1000};
    aann_model *model = make_model(&encoding, false);
    aann_export_c_options options = aann_export_c_options_default();
    char *text = export_text(model, &options, NULL);
    assert_non_null(strstr(text, "input[0]  value x 100\n"));
    assert_non_null(strstr(text, "input[2]  value\n"));
    assert_non_null(strstr(text, "input[4]  value x 10000\n")); /* as fine as ever */
    aann_free(text);
    options.per_unit = units;
    options.per_unit_count = VALUES;
    refused(model, &options, "value 1: numbers of 1/1000 have no exact encoding: choose coarser");
    aann_model_destroy(model);
    low[0] = 1e8F;
    high[0] = 1.00001e8F;
    model = make_model(&encoding, false);
    options.per_unit_count = 0;
    refused(model, &options, "value 1: whole numbers have no exact encoding");
    aann_model_destroy(model);
    low[0] = 47.1F; /* 26 floats */
    high[0] = 47.1001F;
    model = make_model(&encoding, false);
    refused(model, &options, "value 1: its range has fewer than 10 whole numbers of 1/");
    aann_model_destroy(model);
    low[0] = 1e-12F;
    high[0] = 5e-12F; /* picofarads in farads */
    model = make_model(&encoding, false);
    refused(model, &options, "value 1: its range has fewer than 10 whole numbers of 1/1000000000");
    aann_model_destroy(model);
}

static void refused_samples(const aann_encoding *encoding, const aann_dataset_arrays *arrays,
                            const char *message)
{
    aann_error error = {0};
    aann_dataset *dataset = NULL;
    char *text = NULL;
    assert_ok(aann_dataset_create(arrays, &dataset, &error));
    aann_model *model = make_model(encoding, false);
    aann_export_c_options options = aann_export_c_options_default();
    options.self_test = dataset;
    options.self_test_count = 1;
    assert_int_equal(aann_model_export_c(model, &options, &text, NULL, &error), AANN_ERROR_FORMAT);
    assert_null(text);
    if (strstr(error.message, message) == NULL) {
        fail_msg("'%s' is not in '%s'", message, error.message);
    }
    aann_model_destroy(model);
    aann_dataset_destroy(dataset);
}

/* aann predict takes 127.5 for a byte and 0.5 for a word; the exported network cannot. */
static void test_samples_between_whole_numbers(void **state)
{
    (void)state;
    const float bytes[] = {0.0F, 255.0F, 3.0F, 127.5F, 4.0F};
    const aann_encoding byte = {.kind = AANN_ENCODING_BYTE, .feature_count = VALUES};
    aann_dataset_arrays arrays = aann_dataset_arrays_default();
    arrays.inputs = aann_array_matrix(bytes, AANN_ELEMENT_FLOAT32, 1, VALUES);
    refused_samples(&byte, &arrays, "sample 1, value 4 is no whole number");
}

/* Of a column with one threshold, which lies between two numbers that are one number in 32 bits. */
static void test_samples_beside_a_threshold(void **state)
{
    (void)state;
    const double values[] = {0.123456783, 0.123456784};
    aann_column column = {.kind = AANN_COLUMN_NUMBER};
    aann_input_rule rule = {0, AANN_INPUT_THRESHOLD, 0.1234567835, 0.0};
    const aann_encoding encoding = {.kind = AANN_ENCODING_TABLE,
                                    .feature_count = 1,
                                    .columns = &column,
                                    .rules = &rule,
                                    .rule_count = 1};
    aann_error error = {0};
    aann_dataset *dataset = NULL;
    aann_dataset_arrays arrays = aann_dataset_arrays_default();
    arrays.inputs = aann_array_matrix(values, AANN_ELEMENT_FLOAT64, 2, 1);
    arrays.columns = &column;
    assert_ok(aann_dataset_create(&arrays, &dataset, &error));
    aann_model_description about = aann_model_description_default();
    about.encoding = &encoding;
    aann_model *model = make_described("2@0", 1, &about);
    aann_export_c_options options = aann_export_c_options_default();
    options.self_test = dataset;
    options.self_test_count = 2;
    char *text = export_text(model, &options, NULL);
    assert_non_null(strstr(text, "123456783, 123456784"));
    aann_free(text);
    aann_model_destroy(model);
    aann_dataset_destroy(dataset);
}

/* In a Turkish locale 'i' is not the small letter of 'I'. */
static void test_no_locale_changes_the_text(void **state)
{
    (void)state;
    aann_model *model = make_model(NULL, false);
    aann_export_c_options options = aann_export_c_options_default();
    options.name = "digits";
    if (setlocale(LC_ALL, "tr_TR.UTF-8") == NULL) {
        print_message("there is no Turkish locale: the usual one is tested only\n");
    }
    char *text = export_text(model, &options, NULL);
    setlocale(LC_ALL, "C");
    assert_non_null(strstr(text, "#define DIGITS_INPUTS 5"));
    aann_free(text);
    aann_model_destroy(model);
}

/* ---- regression ------------------------------------------------------------------------------ */

static void export_regression(double mean, double scale, double output_scale, const char *spec,
                              int32_t outputs, char **text)
{
    aann_error error = {0};
    double *means = calloc((size_t)outputs, sizeof *means);
    double *scales = calloc((size_t)outputs, sizeof *scales);
    assert_non_null(means);
    assert_non_null(scales);
    for (int32_t o = 0; o < outputs; o++) {
        means[o] = mean;
        scales[o] = scale;
    }
    aann_model_description about = aann_model_description_default();
    about.regression = true;
    about.output_scale = output_scale;
    about.target_mean = means;
    about.target_scale = scales;
    aann_model *model = make_described(spec, VALUES, &about);
    const aann_export_c_options options = aann_export_c_options_default();
    assert_ok(aann_model_export_c(model, &options, text, NULL, &error));
    aann_model_destroy(model);
    free(means);
    free(scales);
}

/* How far outputs are shifted; -1 if there are only logits. */
static long shift_of(const char *text)
{
    static const char before[] = "outputs[i] = NETWORK_SHIFT((int32_t)sum, ";
    const char *found = strstr(text, before);
    return found != NULL ? strtol(found + strlen(before), NULL, 10) : -1;
}

/* Shifts of 31 bits and more would be undefined, and infinite numbers have no integers. */
static void test_units_of_every_size(void **state)
{
    (void)state;
    for (int exponent = -330; exponent <= 310; exponent++) {
        char number[16];
        snprintf(number, sizeof number, "1e%d", exponent);
        const double size = strtod(number, NULL);
        const double scale = isfinite(size) ? size : 1.7e308;
        char *text = NULL;
        export_regression(scale, -scale, 1.0, "4@50-1@50", 1, &text);
        const long shift = shift_of(text);
        if (exponent <= 8 && exponent >= -7) {
            assert_in_range(shift, 0, 30);
        } else if (size != 0.0) {
            assert_int_equal(shift, -1);
            assert_non_null(strstr(text, "do not fit 32-bit integers"));
        }
        aann_free(text);
    }
}

/* The number after `before`. */
static double number_after(const char *text, const char *before)
{
    const char *found = strstr(text, before);
    assert_non_null(found);
    return strtod(found + strlen(before), NULL);
}

/* What the header says of the largest difference is true: it was rounded, half of the time down. */
static void test_the_error_that_is_stated(void **state)
{
    (void)state;
    enum { FULL = 127 };
    for (int i = 1; i <= 20; i++) {
        const double mean = 10.0 / i;
        const double scale = 3.0 + i / 7.0;
        char *text = NULL;
        export_regression(mean, scale, 1.0, "4@50-1@50", 1, &text);
        const double stated = number_after(text, "from exact ones by at most ");
        const double offset = number_after(text, "network_offsets[] NETWORK_FLASH = {");
        const double slope = number_after(text, "network_slopes[] NETWORK_FLASH = {");
        const int bits = (int)number_after(text, "#define NETWORK_FRACTION_BITS ");
        const int shift = (int)shift_of(text);
        for (int m = -FULL; m <= FULL; m++) {
            const double sum = offset + slope * m + (shift > 0 ? ldexp(0.5, shift) : 0.0);
            const double value = ldexp(floor(ldexp(sum, -shift)), -bits);
            assert_true(fabs(value - (mean + scale * m / FULL)) <= stated);
        }
        aann_free(text);
    }
}

/* Trying all logits of these would take an hour. */
static void test_many_fine_outputs(void **state)
{
    (void)state;
    char *text = NULL;
    export_regression(0.5, 2.0, 8000.0, "2@0-65536@50", 65536, &text);
    assert_non_null(strstr(text, "They differ from exact ones by at most"));
    aann_free(text);
}

/* ---- columns --------------------------------------------------------------------------------- */

/* Looking at each rule for each column would take minutes. */
static void test_many_columns(void **state)
{
    (void)state;
    enum { COLUMNS = 1000000, RULES = 60000 };
    aann_column *columns = calloc(COLUMNS, sizeof *columns);
    aann_input_rule *rules = calloc(RULES, sizeof *rules);
    assert_non_null(columns);
    assert_non_null(rules);
    for (int32_t i = 0; i < COLUMNS; i++) {
        columns[i].kind = AANN_COLUMN_NUMBER;
    }
    for (int32_t i = 0; i < RULES; i++) {
        rules[i] = (aann_input_rule){i * (COLUMNS / RULES), AANN_INPUT_THRESHOLD, i, 0.0};
    }
    const aann_encoding encoding = {.kind = AANN_ENCODING_TABLE,
                                    .feature_count = COLUMNS,
                                    .columns = columns,
                                    .rules = rules,
                                    .rule_count = RULES};
    aann_model_description about = aann_model_description_default();
    about.encoding = &encoding;
    aann_model *model = make_described("2@99-2@0", RULES, &about);
    const aann_export_c_options options = aann_export_c_options_default();
    char *text = export_text(model, &options, NULL);
    assert_non_null(strstr(text, "#define NETWORK_INPUTS 1000000\n"));
    aann_free(text);
    aann_model_destroy(model);
    free(columns);
    free(rules);
}

/* Several ranges of one column, and columns whose names are attacks: "columns.aannm". */
static void test_write_a_model(void **state)
{
    (void)state;
    const char *folder = getenv("AANN_WRITE_MODELS");
    const char *const words[] = {"a\xff*/", "\xc2\x85?\?/\\", "\xe2\x80\xae\xe2\x81\xa6 /*"};
    const aann_column columns[] = {
        {.name = "\xe2\x80\xa8#error\xc3\xa4", .kind = AANN_COLUMN_NUMBER},
        {.name = "*//*/ \xd8\x9c", .kind = AANN_COLUMN_WORDS, .levels = words, .level_count = 3},
        {.kind = AANN_COLUMN_NUMBER},
    };
    const aann_input_rule rules[] = {
        {0, AANN_INPUT_THRESHOLD, 1.0, 0.0}, {0, AANN_INPUT_MISSING, 0.0, 0.0},
        {0, AANN_INPUT_RANGE, -3.0, 4.0},    {1, AANN_INPUT_LEVEL, 1.0, 0.0},
        {2, AANN_INPUT_RANGE, -100.0, 27.0}, {2, AANN_INPUT_RANGE, -1.0, 1.0},
    };
    enum { COLUMNS = sizeof columns / sizeof columns[0], RULES = sizeof rules / sizeof rules[0] };
    const aann_encoding encoding = {.kind = AANN_ENCODING_TABLE,
                                    .feature_count = COLUMNS,
                                    .columns = (aann_column *)columns,
                                    .rules = (aann_input_rule *)rules,
                                    .rule_count = RULES};
    aann_model_description about = aann_model_description_default();
    about.encoding = &encoding;
    aann_model *model = make_described("9@30-4@20", RULES, &about);
    if (folder != NULL) {
        aann_error error = {0};
        char path[1024];
        snprintf(path, sizeof path, "%s/columns.aannm", folder);
        assert_ok(aann_model_save(model, path, &error));
    }
    aann_model_destroy(model);
}

/* AVR reads 64 KiB of flash as data: more than that would compile, and be wrong. */
static void test_tables_beyond_what_avr_reads(void **state)
{
    (void)state;
    const aann_model_description about = aann_model_description_default();
    const aann_export_c_table kind = AANN_EXPORT_C_INDEX;
    aann_export_c_options options = aann_export_c_options_default();
    options.tables = &kind;
    options.table_count = 1;
    for (int large = 0; large < 2; large++) {
        aann_model *model = make_described(large ? "83@50-10" : "82@50-10", 784, &about);
        char *text = export_text(model, &options, NULL);
        assert_int_equal(strstr(text, "#error \"the tables have ") != NULL, large);
        aann_free(text);
        aann_model_destroy(model);
    }
}

static void test_sums_beyond_32_bits(void **state)
{
    (void)state;
    const aann_model_description about = aann_model_description_default();
    const aann_export_c_options options = aann_export_c_options_default();
    aann_model *model = make_shaped("1@0", (aann_shape){1, 3000, 3000}, &about);
    refused(model, &options, "a unit of layer 1 has 9000000 synapses");
    aann_model_destroy(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_same_model_gives_the_same_text),
        cmocka_unit_test(test_the_report),
        cmocka_unit_test(test_options_that_make_no_sense),
        cmocka_unit_test(test_samples_of_the_self_test),
        cmocka_unit_test(test_units_of_ranges_far_from_0),
        cmocka_unit_test(test_samples_between_whole_numbers),
        cmocka_unit_test(test_samples_beside_a_threshold),
        cmocka_unit_test(test_no_locale_changes_the_text),
        cmocka_unit_test(test_units_of_every_size),
        cmocka_unit_test(test_the_error_that_is_stated),
        cmocka_unit_test(test_many_fine_outputs),
        cmocka_unit_test(test_many_columns),
        cmocka_unit_test(test_write_a_model),
        cmocka_unit_test(test_tables_beyond_what_avr_reads),
        cmocka_unit_test(test_sums_beyond_32_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
