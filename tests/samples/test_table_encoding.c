/* The encoding of tables: thresholds, words, missing values, the constant input. */
#include "support/test.h"

#include <math.h>
#include <stdlib.h>

#include "aann/samples.h"
#include "samples/dataset.h"

static void assert_message(const aann_error *error, const char *wanted)
{
    if (strstr(error->message, wanted) == NULL) {
        fail_msg("the message is \"%s\"; it should hold \"%s\"", error->message, wanted);
    }
}

static aann_dataset *make_table(const double *values, int64_t rows, const aann_column *columns,
                                int64_t column_count)
{
    aann_error error = {0};
    aann_dataset_arrays arrays = aann_dataset_arrays_default();
    arrays.inputs = aann_array_matrix(values, AANN_ELEMENT_FLOAT64, rows, column_count);
    arrays.columns = columns;
    arrays.tabular = true;
    aann_dataset *dataset = NULL;
    if (aann_dataset_create(&arrays, &dataset, &error) != AANN_OK) {
        fail_msg("%s", error.message);
    }
    return dataset;
}

static aann_encoding fit(const aann_dataset *dataset)
{
    aann_error error = {0};
    aann_encoding encoding;
    if (aann_encoding_fit(dataset, AANN_ENCODING_AUTOMATIC, &encoding, &error) != AANN_OK) {
        fail_msg("%s", error.message);
    }
    assert_int_equal(encoding.kind, AANN_ENCODING_TABLE);
    return encoding;
}

/* Encodes everything; free with aann_samples_destroy. */
static aann_samples *encode(const aann_dataset *dataset, const aann_encoding *encoding)
{
    aann_error error = {0};
    aann_samples *samples = NULL;
    if (aann_dataset_encode(dataset, encoding, 0, aann_dataset_count(dataset), &samples, &error) !=
        AANN_OK) {
        fail_msg("%s", error.message);
    }
    return samples;
}

static void assert_thresholds(const aann_encoding *encoding, int64_t count, const double *wanted)
{
    assert_int_equal(encoding->rule_count, count);
    for (int64_t i = 0; i < count; i++) {
        assert_int_equal(encoding->rules[i].kind, AANN_INPUT_THRESHOLD);
        assert_true(encoding->rules[i].low == wanted[i]);
    }
}

static void few_values_are_told_apart(void **state)
{
    (void)state;
    const double values[] = {3, 1, 2, 2, 10, 1};
    aann_dataset *dataset = make_table(values, 6, NULL, 1);
    aann_encoding encoding = fit(dataset);
    assert_thresholds(&encoding, 3, (const double[]){1.5, 2.5, 6.5});
    aann_samples *samples = encode(dataset, &encoding);
    assert_int_equal(samples->shape.channels, 4); /* and the constant */
    const int8_t three[] = {127, 127, 0, 127};
    assert_memory_equal(samples->inputs, three, 4);
    aann_samples_destroy(samples);
    aann_encoding_destroy(&encoding);
    aann_dataset_destroy(dataset);
}

/* No double lies between: then the upper value itself is the threshold. */
static void neighbouring_doubles_are_told_apart(void **state)
{
    (void)state;
    const double values[] = {1700000000.1, nextafter(1700000000.1, 2e9), -0.0, 5e-324};
    aann_dataset *dataset = make_table(values, 4, NULL, 1);
    aann_encoding encoding = fit(dataset);
    assert_int_equal(encoding.rule_count, 3);
    aann_samples *samples = encode(dataset, &encoding);
    for (int i = 0; i < 4; i++) {
        for (int j = 0; j < i; j++) {
            assert_memory_not_equal(samples->inputs + i * 4, samples->inputs + j * 4, 4);
        }
    }
    aann_samples_destroy(samples);
    aann_encoding_destroy(&encoding);
    aann_dataset_destroy(dataset);
}

/* Wild values change no threshold by more than two ranks. */
static void many_values_are_cut_at_quantiles(void **state)
{
    (void)state;
    enum { ROWS = 900 };
    double values[ROWS];
    for (int i = 0; i < ROWS; i++) {
        values[i] = i * 7 % ROWS;
    }
    aann_dataset *plain = make_table(values, ROWS, NULL, 1);
    aann_encoding encoding = fit(plain);
    const int64_t levels = encoding.rule_count;
    assert_true(levels >= 2);
    for (int64_t i = 0; i < levels; i++) {
        const double wanted = (double)(ROWS * (i + 1)) / (double)(levels + 1);
        assert_true(fabs(encoding.rules[i].low - wanted) <= 1.5);
    }
    values[0] = 1e6;
    values[1] = -9999;
    aann_dataset *wild = make_table(values, ROWS, NULL, 1);
    aann_encoding robust = fit(wild);
    assert_int_equal(robust.rule_count, levels);
    for (int64_t i = 0; i < levels; i++) {
        assert_true(fabs(robust.rules[i].low - encoding.rules[i].low) <= 2.0);
    }
    aann_encoding_destroy(&robust);
    aann_encoding_destroy(&encoding);
    aann_dataset_destroy(wild);
    aann_dataset_destroy(plain);
}

/* Nine tenths of the values are 0: the thresholds are where there are steps. */
static void ties_give_no_empty_threshold(void **state)
{
    (void)state;
    enum { ROWS = 1000 };
    double values[ROWS] = {0};
    for (int i = 0; i < ROWS / 10; i++) {
        values[i * 10] = i + 1;
    }
    aann_dataset *dataset = make_table(values, ROWS, NULL, 1);
    aann_encoding encoding = fit(dataset);
    assert_true(encoding.rule_count >= 1);
    assert_true(encoding.rules[0].low == 0.5);
    for (int64_t i = 1; i < encoding.rule_count; i++) {
        assert_true(encoding.rules[i].low > encoding.rules[i - 1].low);
    }
    aann_encoding_destroy(&encoding);
    aann_dataset_destroy(dataset);
}

static const char *const colours[] = {"blue", "green", "red"};
static const aann_column mixed[3] = {
    {.name = "n", .kind = AANN_COLUMN_NUMBER},
    {.name = "w", .kind = AANN_COLUMN_WORDS, .levels = colours, .level_count = 3},
    {.name = "b", .kind = AANN_COLUMN_BOOLEAN},
};

/* "green" occurs once and has no input; only "n" lacks values in the training data. */
static void each_kind_has_its_inputs(void **state)
{
    (void)state;
    const double nan = (double)NAN;
    const double train[] = {1, 0, 1, 2, 2, 0, nan, 0, 0, 1, 2, 1, 1, 1, 1};
    aann_dataset *dataset = make_table(train, 5, mixed, 3);
    aann_encoding encoding = fit(dataset);
    assert_int_equal(encoding.rule_count, 5);
    assert_int_equal(encoding.columns[1].level_count, 2);
    assert_string_equal(encoding.columns[1].levels[1], "red");
    const int8_t wanted[] = {
        0,   0,   127, 0,   127, 127, /* 1, blue, true */
        127, 0,   0,   127, 0,   127, /* 2, red, false */
        0,   127, 127, 0,   0,   127, /* missing, blue, false */
        0,   0,   0,   127, 127, 127, /* 1, red, true */
        0,   0,   0,   0,   127, 127, /* 1, green, true */
    };
    aann_samples *samples = encode(dataset, &encoding);
    assert_memory_equal(samples->inputs, wanted, sizeof wanted);
    aann_samples_destroy(samples);
    /* Other data: other words, and holes where there were none. */
    const char *const others[] = {"red", "yellow"};
    const aann_column columns[3] = {
        mixed[0],
        {.name = "w", .kind = AANN_COLUMN_WORDS, .levels = others, .level_count = 2},
        mixed[2]};
    const double test[] = {5, 0, nan, nan, 1, 1, 1, nan, 0};
    aann_dataset *other = make_table(test, 3, columns, 3);
    const int8_t wanted_test[] = {127, 0, 0, 127, 0, 127, 0, 127, 0, 0, 127, 127, /* yellow */
                                  0,   0, 0, 0,   0, 127};
    samples = encode(other, &encoding);
    assert_memory_equal(samples->inputs, wanted_test, sizeof wanted_test);
    aann_samples_destroy(samples);
    aann_encoding_destroy(&encoding);
    aann_dataset_destroy(other);
    aann_dataset_destroy(dataset);
}

/* A file with the numbers alone of a column of codes, and one with words where numbers were. */
static void kinds_are_translated_or_refused(void **state)
{
    (void)state;
    const char *const codes[] = {"0", "1", "3+"};
    const aann_column words = {
        .name = "w", .kind = AANN_COLUMN_WORDS, .levels = codes, .level_count = 3};
    const double train[] = {0, 0, 1, 1, 2, 2};
    aann_dataset *dataset = make_table(train, 6, &words, 1);
    aann_encoding encoding = fit(dataset);
    const double numbers[] = {1, 0, 3};
    aann_dataset *other = make_table(numbers, 3, NULL, 1);
    aann_samples *samples = encode(other, &encoding);
    const int8_t wanted[] = {0, 127, 0, 127, 127, 0, 0, 127, 0, 0, 0, 127};
    assert_memory_equal(samples->inputs, wanted, sizeof wanted);
    aann_samples_destroy(samples);
    aann_encoding_destroy(&encoding);
    encoding = fit(other);
    aann_error error = {0};
    assert_int_equal(aann_dataset_encode(dataset, &encoding, 0, 6, &samples, &error),
                     AANN_ERROR_FORMAT);
    assert_message(
        &error, "column 1 (w) holds words, such as '3+'; those of the training data are numbers");
    aann_encoding_destroy(&encoding);
    aann_dataset_destroy(other);
    aann_dataset_destroy(dataset);
}

static void many_columns_have_fewer_thresholds(void **state)
{
    (void)state;
    enum { ROWS = 30, COLUMNS = 3000 };
    double *values = malloc(ROWS * COLUMNS * sizeof *values);
    assert_non_null(values);
    for (int i = 0; i < ROWS * COLUMNS; i++) {
        values[i] = i * 31 % 1009;
    }
    aann_dataset *dataset = make_table(values, ROWS, NULL, COLUMNS);
    aann_encoding encoding = fit(dataset);
    assert_int_equal(encoding.rule_count, COLUMNS);
    aann_encoding_destroy(&encoding);
    aann_dataset_destroy(dataset);
    free(values);
}

static void tables_that_say_nothing_are_refused(void **state)
{
    (void)state;
    const double values[] = {7, 7, 7};
    aann_error error = {0};
    aann_encoding encoding;
    aann_dataset *dataset = make_table(values, 3, NULL, 1);
    assert_int_equal(aann_encoding_fit(dataset, AANN_ENCODING_AUTOMATIC, &encoding, &error),
                     AANN_ERROR_FORMAT);
    assert_message(&error, "no column says anything");
    aann_dataset_destroy(dataset);
    const double missing[] = {NAN, NAN, NAN};
    dataset = make_table(missing, 3, NULL, 1);
    assert_int_equal(aann_encoding_fit(dataset, AANN_ENCODING_AUTOMATIC, &encoding, &error),
                     AANN_ERROR_FORMAT);
    assert_message(&error, "all values are missing");
    aann_dataset_destroy(dataset);
}

static void assert_refused(const double *values, const aann_column *columns, const char *wanted)
{
    aann_error error = {0};
    aann_dataset_arrays arrays = aann_dataset_arrays_default();
    arrays.inputs = aann_array_matrix(values, AANN_ELEMENT_FLOAT64, 1, 1);
    arrays.columns = columns;
    aann_dataset *dataset = NULL;
    assert_int_not_equal(aann_dataset_create(&arrays, &dataset, &error), AANN_OK);
    assert_message(&error, wanted);
    assert_null(dataset);
}

static void columns_that_make_no_sense_are_refused(void **state)
{
    (void)state;
    const char *const unsorted[] = {"b", "a"};
    const double infinite = (double)INFINITY;
    const aann_column bad[] = {
        {.kind = (aann_column_kind)9},
        {.kind = AANN_COLUMN_WORDS},
        {.kind = AANN_COLUMN_NUMBER, .levels = colours, .level_count = 3},
        {.kind = AANN_COLUMN_WORDS, .levels = unsorted, .level_count = 2},
    };
    assert_refused((const double[]){0}, &bad[0], "column 0 is of kind 9");
    assert_refused((const double[]){0}, &bad[1], "column 0 has 0 levels");
    assert_refused((const double[]){0}, &bad[2], "none for numbers");
    assert_refused((const double[]){0}, &bad[3], "level 1 is not after the one before it");
    assert_refused((const double[]){3}, &mixed[1], "a word is the index of one of its column's");
    assert_refused((const double[]){0.5}, &mixed[1], "a word is the index");
    assert_refused((const double[]){2}, &mixed[2], "a boolean is 0 or 1");
    assert_refused(&infinite, &mixed[0], "a finite number is expected, or NaN");
}

/* Also for pictures, where it is a channel. */
static void a_constant_channel_can_be_had(void **state)
{
    (void)state;
    const uint8_t pixels[2][4] = {{0, 255, 0, 128}, {255, 255, 0, 0}};
    aann_error error = {0};
    aann_dataset_arrays arrays = aann_dataset_arrays_default();
    arrays.inputs = (aann_array_view){.values = pixels,
                                      .type = AANN_ELEMENT_UINT8,
                                      .dimension_count = 3,
                                      .dimensions = {2, 2, 2}};
    aann_dataset *dataset = NULL;
    assert_int_equal(aann_dataset_create(&arrays, &dataset, &error), AANN_OK);
    aann_encoding encoding;
    assert_int_equal(aann_encoding_fit(dataset, AANN_ENCODING_AUTOMATIC, &encoding, &error),
                     AANN_OK);
    assert_false(encoding.constant);
    encoding.constant = true;
    aann_samples *samples = encode(dataset, &encoding);
    assert_int_equal(samples->shape.channels, 2);
    assert_int_equal(samples->shape.height, 2);
    const int8_t wanted[] = {0, 127, 0, 64, 127, 127, 127, 127, 127, 127, 0, 0, 127, 127, 127, 127};
    assert_memory_equal(samples->inputs, wanted, sizeof wanted);
    const aann_shape back = aann_encoding_measured_shape(&encoding, samples->shape);
    assert_int_equal(back.channels, 1);
    aann_samples_destroy(samples);
    aann_encoding_destroy(&encoding);
    aann_dataset_destroy(dataset);
}

static void the_largest_numbers_are_told_apart(void **state)
{
    (void)state;
    static const double values[] = {-1.5e308, 1.5e308, -1.5e308, 1.5e308};
    static const aann_column column = {.name = "a", .kind = AANN_COLUMN_NUMBER};
    aann_dataset *dataset = make_table(values, 4, &column, 1);
    aann_encoding encoding = fit(dataset);
    assert_thresholds(&encoding, 1, (const double[]){0.0});
    aann_encoding_destroy(&encoding);
    aann_dataset_destroy(dataset);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_largest_numbers_are_told_apart),
        cmocka_unit_test(few_values_are_told_apart),
        cmocka_unit_test(neighbouring_doubles_are_told_apart),
        cmocka_unit_test(many_values_are_cut_at_quantiles),
        cmocka_unit_test(ties_give_no_empty_threshold),
        cmocka_unit_test(each_kind_has_its_inputs),
        cmocka_unit_test(kinds_are_translated_or_refused),
        cmocka_unit_test(many_columns_have_fewer_thresholds),
        cmocka_unit_test(tables_that_say_nothing_are_refused),
        cmocka_unit_test(columns_that_make_no_sense_are_refused),
        cmocka_unit_test(a_constant_channel_can_be_had),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
