/* The table of options: it knows every field, agrees with the defaults and the checks, and its texts
 * are read back. */
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "aann/options.h"
#include "support/comma_locale.h"
#include "support/remove_tree.h"
#include "support/test.h"

static size_t size_of(const aann_option *option)
{
    switch (option->type) {
    case AANN_OPTION_UNSIGNED:
    case AANN_OPTION_INT64: return 8;
    case AANN_OPTION_INT32: return 4;
    case AANN_OPTION_REAL:
    case AANN_OPTION_REALS: return option->capacity * sizeof(double);
    case AANN_OPTION_BOOL: return sizeof(bool);
    case AANN_OPTION_METHOD: return sizeof(aann_search_method);
    case AANN_OPTION_ISA: return sizeof(const char *);
    }
    fail();
    return 0;
}

static size_t alignment_of(const aann_option *option)
{
    return option->type == AANN_OPTION_REALS ? sizeof(double) : size_of(option);
}

/* The options that begin where the one before ended, but for padding: a field that the table does
 * not know leaves a gap. */
static void every_field(void **state)
{
    (void)state;
    size_t count;
    const aann_option *table = aann_option_table(&count);
    size_t end = 0;
    for (size_t found = 0; found < count; found++) {
        const aann_option *next = NULL;
        for (size_t i = 0; i < count; i++) {
            if (table[i].offset >= end && (next == NULL || table[i].offset < next->offset)) {
                next = &table[i];
            }
        }
        assert_non_null(next);
        const size_t align = alignment_of(next);
        if (next->offset != (end + align - 1) / align * align) {
            fail_msg("%s is at byte %zu, and nothing is known of the bytes from %zu on", next->name,
                     next->offset, end);
        }
        end = next->offset + size_of(next);
    }
    /* Then the team alone, which is no option: it has no text. */
    assert_int_equal(end, offsetof(aann_search_options, team));
    assert_int_equal(end + sizeof(const struct aann_team *), sizeof(aann_search_options));
}

static void defaults(void **state)
{
    (void)state;
    const aann_search_options options = aann_search_options_default();
    aann_error error;
    assert_ok(aann_search_options_check(&options, &error));
    assert_int_equal(options.seed, 1);
    assert_int_equal(options.steps, 400000);
    assert_true(options.temperature == 1e-4 && options.cooling == 2.0);
    assert_true(options.loss_scale == 8.0 && options.output_scale == 1.0);
    assert_true(options.rejection_z == 1.0 && options.within_unit == 0.8);
    assert_true(options.adapt_layers && !options.regression);
    assert_int_equal(options.first_check, 8);
    assert_int_equal(options.strata, 8);
    assert_int_equal(options.arrange_interval, 0);
    assert_int_equal(options.first_samples, 4096);
    assert_true(options.growth == 0.5 && options.copy_shift == 1.0 && options.copy_warp == 0.1);
    assert_int_equal(options.jitter, 0);
    assert_int_equal(options.copies, 1);
    assert_int_equal(options.method, AANN_METHOD_SENSE);
    assert_int_equal(options.population, 40);
    assert_int_equal(options.tournament, 3);
    assert_true(options.crossover == 0.5);
    assert_int_equal(options.mutations, 8);
    assert_int_equal(options.reward_tracks, 0);
    assert_int_equal(options.reward_first_track, 0);
    assert_int_equal(options.threads, 1);
    assert_null(options.isa);
    for (size_t i = 0; i < AANN_MAX_LAYERS; i++) {
        assert_true(options.layer_share[i] == 0.0);
    }
    for (size_t i = 0; i < AANN_MAX_TARGETS; i++) {
        assert_true(options.target_weight[i] == 0.0);
    }
}

/* What a person and another language need to know is there, and fits. */
static void rows(void **state)
{
    (void)state;
    size_t count;
    const aann_option *table = aann_option_table(&count);
    for (size_t i = 0; i < count; i++) {
        const aann_option *row = &table[i];
        char range[96];
        aann_option_range(row, range, sizeof range);
        assert_true(strlen(range) > 0 && strlen(range) < sizeof range - 1);
        assert_true(strlen(row->help) > 0 && strlen(row->help) <= 100);
        assert_true((row->argument == NULL) == (row->type == AANN_OPTION_BOOL));
        assert_true(strcmp(aann_option_group_name(row->group), "unknown") != 0);
        assert_true(strcmp(aann_option_type_name(row->type), "unknown") != 0);
        assert_true(row->capacity >= 1 && row->capacity <= 64);
        assert_int_equal(row->determines_result, row->group != AANN_OPTION_MACHINE);
        assert_ptr_equal(aann_option_find(row->name), row);
        char dashes[40];
        snprintf(dashes, sizeof dashes, "--%s", row->name);
        for (char *at = dashes; *at != '\0'; at++) {
            *at = *at == '_' ? '-' : *at;
        }
        assert_ptr_equal(aann_option_find(dashes), row);
        assert_ptr_equal(aann_option_find(dashes + 2), row);
    }
    assert_null(aann_option_find(""));
    assert_null(aann_option_find("--"));
    assert_null(aann_option_find("step"));
    assert_null(aann_option_find("steps_"));
    assert_string_equal(aann_option_group_name((aann_option_group)AANN_OPTION_GROUP_COUNT),
                        "unknown");
}

static void ranges(void **state)
{
    (void)state;
    static const char *const expected[][2] = {
        {"strata", "1 to 16"},
        {"steps", "1 to 1e15"},
        {"seed", "0 to 18446744073709551615"},
        {"loss_scale", "0.001 to 1000000"},
        {"method", "sense, hill, random or genetic"},
        {"isa", "auto, baseline, avx2, avx512 or neon"},
        {"regression", "true or false"},
    };
    char text[96];
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        aann_option_range(aann_option_find(expected[i][0]), text, sizeof text);
        assert_string_equal(text, expected[i][1]);
    }
    aann_option_range(aann_option_find("method"), text, 6);
    assert_string_equal(text, "sense");
}

/* Sets an option to what its text says, formats it, and expects `formatted`. */
static void expect_set(const char *name, const char *text, const char *formatted)
{
    aann_error error;
    aann_search_options options = aann_search_options_default();
    char found[AANN_OPTION_TEXT_SIZE];
    assert_ok(aann_search_options_set(&options, name, text, &error));
    assert_ok(aann_search_options_format(&options, name, found, sizeof found, &error));
    assert_string_equal(found, formatted);
}

static void setting(void **state)
{
    (void)state;
    expect_set("steps", "1e5", "100000");
    expect_set("--first-samples", "2.5e3", "2500");
    expect_set("seed", "18446744073709551615", "18446744073709551615");
    expect_set("strata", "16", "16");
    expect_set("temperature", "1e-5", "1e-05");
    expect_set("copy_warp", "0.1", "0.1");
    expect_set("within-unit", "0.30000000000000004", "0.30000000000000004");
    expect_set("layer_share", "1,0,2.5", "1,0,2.5");
    expect_set("layer_share", "3,0,0", "3");
    expect_set("adapt_layers", "false", "false");
    expect_set("method", "genetic", "genetic");
    expect_set("isa", "avx2", "avx2");
    expect_set("isa", "auto", "auto");
}

static void refusals(void **state)
{
    (void)state;
    static const char *const bad[][3] = {
        {"strata", "17", "strata: '17' is not a whole number in range; expected 1 to 16"},
        {"--strata", "0", "--strata: '0' is not a whole number in range; expected 1 to 16"},
        {"strata", "4294967304", "expected 1 to 16"},
        {"steps", "0", "expected 1 to 1e15"},
        {"steps", "1.5", "whole number"},
        {"steps", " 5", "whole number"},
        {"steps", "5 ", "whole number"},
        {"steps", "", "whole number"},
        {"steps", "-1", "whole number"},
        {"steps", "0x10", "whole number"},
        {"seed", "18446744073709551616", "0 to 18446744073709551615"},
        {"first_samples", "1e16", "0 to 1e15"},
        {"temperature", "nan", "temperature: 'nan' is not a number in range; expected 0 to 1000"},
        {"temperature", "inf", "0 to 1000"},
        {"temperature", "-0.1", "0 to 1000"},
        {"temperature", "0x1p-3", "0 to 1000"},
        {"layer_share", "1,,2", "at most 16 of 0 to 1000000"},
        {"layer_share", "1,2,", "at most 16"},
        {"layer_share", "1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1", "at most 16"},
        {"adapt_layers", "maybe", "expected true or false"},
        {"method", "annealing", "expected sense, hill, random or genetic"},
        {"isa", "mmx", "expected auto, baseline"},
        {"step", "5", "there is no option 'step'"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        aann_error error;
        const aann_search_options before = aann_search_options_default();
        aann_search_options options = before;
        const aann_status status = aann_search_options_set(&options, bad[i][0], bad[i][1], &error);
        if (status != AANN_ERROR_ARGUMENT || strstr(error.message, bad[i][2]) == NULL) {
            fail_msg("%s = '%s': %d, %s", bad[i][0], bad[i][1], (int)status, error.message);
        }
        size_t count;
        const aann_option *table = aann_option_table(&count);
        for (size_t o = 0; o < count; o++) {
            assert_memory_equal((const char *)&options + table[o].offset,
                                (const char *)&before + table[o].offset, size_of(&table[o]));
        }
    }
    aann_error error;
    char text[4];
    const aann_search_options options = aann_search_options_default();
    assert_int_equal(aann_search_options_format(&options, "steps", text, sizeof text, &error),
                     AANN_ERROR_ARGUMENT);
    assert_int_equal(aann_search_options_format(&options, "stops", text, sizeof text, &error),
                     AANN_ERROR_ARGUMENT);
}

/* The smallest and the largest value are good, in the struct and as a text; their neighbours are
 * not. */
static void limits(void **state)
{
    (void)state;
    size_t count;
    const aann_option *table = aann_option_table(&count);
    for (size_t i = 0; i < count; i++) {
        const aann_option *row = &table[i];
        if (row->type == AANN_OPTION_BOOL || row->choices != NULL) {
            continue;
        }
        const bool real = row->type == AANN_OPTION_REAL || row->type == AANN_OPTION_REALS;
        const double values[] = {row->minimum, row->maximum,
                                 real ? nextafter(row->minimum, -1.0) : row->minimum - 1.0,
                                 real ? nextafter(row->maximum, DBL_MAX) : row->maximum + 1.0};
        for (size_t v = 0; v < 4; v++) {
            if (values[v] >= 18446744073709551615.0) { /* is not there as a double */
                continue;
            }
            aann_error error;
            aann_search_options options = aann_search_options_default();
            char text[64];
            snprintf(text, sizeof text, real ? "%.17g" : "%.0f", values[v]);
            const aann_status status = aann_search_options_set(&options, row->name, text, &error);
            if ((status == AANN_OK) != (v < 2)) {
                fail_msg("%s = %s: %d", row->name, text, (int)status);
            }
            if (real) {
                memcpy((char *)&options + row->offset, &values[v], sizeof values[v]);
                assert_int_equal(aann_search_options_check(&options, &error) == AANN_OK, v < 2);
            }
        }
        if (real) {
            aann_error error;
            const double nan = NAN;
            aann_search_options options = aann_search_options_default();
            memcpy((char *)&options + row->offset + (row->capacity - 1) * sizeof nan, &nan,
                   sizeof nan);
            assert_int_equal(aann_search_options_check(&options, &error), AANN_ERROR_ARGUMENT);
            assert_true(strncmp(error.message, row->name, strlen(row->name)) == 0);
        }
    }
    aann_error error;
    aann_search_options options = aann_search_options_default();
    options.strata = 17;
    assert_int_equal(aann_search_options_check(&options, &error), AANN_ERROR_ARGUMENT);
    assert_string_equal(error.message, "strata is 17: expected a whole number from 1 to 16");
    options = aann_search_options_default();
    options.method = (aann_search_method)4;
    assert_int_equal(aann_search_options_check(&options, &error), AANN_ERROR_ARGUMENT);
}

/* Whole numbers are exact, however they are written. */
static void numbers(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t value;
    } good[] = {{"0", 0},
                {"007", 7},
                {"7.", 7},
                {"7.000", 7},
                {".5e1", 5},
                {"1e19", 10000000000000000000u},
                {"1E+3", 1000},
                {"1200e-2", 12},
                {"0e99999", 0},
                {"0.000e5", 0},
                {"9007199254740993", UINT64_C(9007199254740993)},
                {"900719925474099.3e1", UINT64_C(9007199254740993)}};
    static const char *const bad[] = {"",
                                      ".",
                                      "e5",
                                      "1e",
                                      "1e+",
                                      "1.2.3",
                                      "1.5",
                                      "15e-1",
                                      "1e20",
                                      "+-1",
                                      "1e 5",
                                      "1,000",
                                      "0x1",
                                      "1e100001",
                                      "-1",
                                      "nan",
                                      "18446744073709551616",
                                      "12345678901234567.8901e4",
                                      "1e-1",
                                      "infinity"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        uint64_t value = 1;
        assert_true(aann_uint64_parse(good[i].text, &value));
        assert_true(value == good[i].value);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        uint64_t value = 77;
        if (aann_uint64_parse(bad[i], &value) || value != 77) {
            fail_msg("'%s' was read as %" PRIu64, bad[i], value);
        }
    }
    int64_t whole;
    assert_true(aann_int64_parse("-1e3", &whole) && whole == -1000);
    assert_true(aann_int64_parse("+9223372036854775807", &whole) && whole == INT64_MAX);
    assert_false(aann_int64_parse("9223372036854775808", &whole));
    assert_false(aann_int64_parse("--1", &whole));
    double real;
    assert_true(aann_real_parse("-1.5e-3", &real) && real == -1.5e-3);
    assert_false(aann_real_parse("1e999", &real));
    assert_false(aann_real_parse("", &real));
    assert_false(aann_real_parse(" 1", &real));
    assert_false(aann_real_parse("1e", &real));
}

static void presets(void **state)
{
    (void)state;
    size_t count;
    const aann_task_preset *table = aann_task_preset_table(&count);
    aann_error error;
    for (size_t i = 0; i < count; i++) {
        aann_search_options options = aann_search_options_default();
        aann_search_options_apply_preset(&options, &table[i]);
        assert_ok(aann_search_options_check(&options, &error));
    }
    aann_search_options options = aann_search_options_default();
    options.temperature = 0.5;
    aann_search_options_apply_preset(&options, aann_task_preset_find("mnist"));
    assert_true(options.temperature == 0.5 && options.cooling == 2.0);
    aann_search_options_apply_preset(&options, aann_task_preset_find("carracing"));
    assert_true(options.temperature == 1e-4 && options.cooling == 1.0);
    assert_true(options.output_scale == 24.0);
}

/* The power of two nearest to half the root of an output's synapses, within 1 to 8. */
static void loss_scale_of_a_network(void **state)
{
    (void)state;
    static const struct {
        int32_t inputs;
        double scale;
    } wanted[] = {{1, 1}, {8, 1}, {9, 2}, {32, 2}, {33, 4}, {128, 4}, {129, 8}, {1568, 8}};
    const float target = 1.0F;
    const aann_samples labelled = {.count = 1},
                       regression = {.count = 1, .targets = &target, .target_count = 1};
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        aann_spec spec;
        aann_error error;
        aann_search_options options = aann_search_options_default();
        assert_ok(aann_spec_parse("3@0", (aann_shape){wanted[i].inputs, 1, 1}, &spec, &error));
        aann_search_options_choose_loss_scale(&options, &labelled, &spec);
        assert_true(options.loss_scale == wanted[i].scale);
        options.loss_scale = 3.0;
        aann_search_options_choose_loss_scale(&options, &regression, &spec);
        assert_true(options.loss_scale == 3.0);
    }
}

static void balance(void **state)
{
    (void)state;
    float targets[] = {0, 7, -2, 4, 7, 2};
    const aann_samples samples = {.count = 2, .targets = targets, .target_count = 3};
    const aann_samples labelled = {.count = 2};
    aann_search_options options = aann_search_options_default();
    aann_search_options_balance_targets(&options, &labelled);
    assert_true(options.target_weight[0] == 0.0);
    aann_search_options_balance_targets(&options, &samples);
    assert_true(options.target_weight[0] == 0.25); /* 0 and 4: variance 4 */
    assert_true(options.target_weight[1] == 1.0);  /* always 7 */
    assert_true(options.target_weight[2] == 0.25);
    assert_true(options.target_weight[3] == 0.0);
}

/* Equal targets have a rounded mean, and tiny ones a variance near 0: no weight may be so large that
 * losses do not fit in their integers. */
static void balance_without_spread(void **state)
{
    (void)state;
    enum { COUNT = 1000 };
    aann_error error;
    static float targets[2 * COUNT];
    for (int32_t i = 0; i < COUNT; i++) {
        targets[2 * i] = 0.1F;
        targets[2 * i + 1] = i % 2 == 0 ? 1e-12F : -1e-12F;
    }
    const aann_samples samples = {.count = COUNT, .targets = targets, .target_count = 2};
    aann_search_options options = aann_search_options_default();
    aann_search_options_balance_targets(&options, &samples);
    assert_true(options.target_weight[0] == 1.0);
    assert_true(options.target_weight[1] > 900.0 && options.target_weight[1] <= 1000.0);
    assert_ok(aann_search_options_check(&options, &error));
}

/* The texts of options are the same in a program whose locale has a decimal comma. */
static void comma_locale(void **state)
{
    (void)state;
    char folder[] = "/tmp/aann-locale-XXXXXX";
    assert_non_null(mkdtemp(folder));
    const bool entered = enter_comma_locale(folder);
    if (entered) {
        aann_error error;
        char text[AANN_OPTION_TEXT_SIZE];
        aann_search_options options = aann_search_options_default();
        assert_ok(aann_search_options_set(&options, "growth", "0.25", &error));
        assert_true(options.growth == 0.25);
        assert_ok(aann_search_options_set(&options, "layer_share", "0.5,0.25", &error));
        assert_true(options.layer_share[0] == 0.5 && options.layer_share[1] == 0.25);
        assert_ok(aann_search_options_format(&options, "layer_share", text, sizeof text, &error));
        assert_string_equal(text, "0.5,0.25");
        aann_option_range(aann_option_find("loss_scale"), text, sizeof text);
        assert_string_equal(text, "0.001 to 1000000");
        leave_comma_locale();
    }
    remove_tree(folder);
    if (!entered) {
        skip();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_field),  cmocka_unit_test(defaults),
        cmocka_unit_test(rows),         cmocka_unit_test(ranges),
        cmocka_unit_test(setting),      cmocka_unit_test(refusals),
        cmocka_unit_test(limits),       cmocka_unit_test(numbers),
        cmocka_unit_test(presets),      cmocka_unit_test(loss_scale_of_a_network),
        cmocka_unit_test(balance),      cmocka_unit_test(balance_without_spread),
        cmocka_unit_test(comma_locale),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
