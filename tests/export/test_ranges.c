/* Ranges in integers: each number gets the level that the encoding gives to its value, for random
 * ranges and units, at every limit and on both sides of it. */
#include "support/test.h"

#include <math.h>

#include "export/c_range.h"
#include "samples/encoding.h"

enum { RANGES = 300, NUMBERS = 200, LOWEST = -126, HIGHEST = 127 };

static uint64_t draws = 1;

/* In [0, 1). */
static double draw(void)
{
    draws = draws * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (double)(draws >> 11) / 9007199254740992.0;
}

/* The level that the exported C gives to n. */
static int level_of(const aann_c_range *range, int64_t n)
{
    if (range->constant) {
        return 0;
    }
    if (n < range->first) {
        return LOWEST - 1;
    }
    if (n >= range->last) {
        return HIGHEST;
    }
    const uint64_t slope = range->top >> 7;
    return LOWEST + (int)((((uint64_t)(n - range->first) << 32) + range->part) / slope);
}

static int expected(const aann_c_measure *measure, int64_t n)
{
    const double value = (double)n / (double)measure->per_unit;
    return measure->rule != NULL ? aann_input_rule_value(measure->rule, value)
                                 : aann_encoding_value(measure->encoding, measure->feature, value);
}

static void check(const aann_c_measure *measure, const aann_c_range *range, int64_t n)
{
    if (level_of(range, n) != expected(measure, n)) {
        double low;
        double high;
        aann_c_measure_bounds(measure, &low, &high);
        fail_msg("[%g, %g] in 1/%lld: %lld is level %d instead of %d", low, high,
                 (long long)measure->per_unit, (long long)n, level_of(range, n),
                 expected(measure, n));
    }
}

/* Returns whether there is a range. */
static bool check_measure(const aann_c_measure *measure)
{
    aann_c_range range;
    double low;
    double high;
    if (aann_c_range_find(measure, &range, NULL) != AANN_OK) {
        return false;
    }
    aann_c_measure_bounds(measure, &low, &high);
    for (int level = LOWEST; level <= HIGHEST; level++) {
        int64_t limit;
        if (aann_c_measure_limit(measure, level, &limit)) {
            check(measure, &range, limit - 1);
            check(measure, &range, limit);
        }
    }
    for (int i = 0; i < NUMBERS; i++) {
        const double value = low + (high - low) * (1.2 * draw() - 0.1);
        check(measure, &range, (int64_t)floor(value * (double)measure->per_unit));
    }
    check(measure, &range, -2147483647);
    check(measure, &range, 2147483647);
    return true;
}

/* Of tables, in double: there always is one. */
static void test_rules(void **state)
{
    (void)state;
    for (int i = 0; i < RANGES; i++) {
        const double size = pow(10.0, floor(6.0 * draw()) - 2.0);
        const double middle = (draw() - 0.5) * 10.0 * size;
        const double low = i % 3 == 0 ? round(middle - size) : middle - size;
        const double high = i % 3 == 0 ? round(middle + size) + 1.0 : middle + size;
        const aann_input_rule rule = {.kind = AANN_INPUT_RANGE, .low = low, .high = high};
        const aann_c_measure measure = {NULL, 0, &rule, (int64_t)pow(10.0, floor(5.0 * draw()))};
        assert_true(check_measure(&measure));
    }
}

/* Of features, whose values are rounded to float: nearly always, where numbers are coarser than
 * floats. */
static void test_features(void **state)
{
    (void)state;
    int found = 0;
    for (int i = 0; i < RANGES; i++) {
        float minimum = (float)(draw() * 20.0 - 10.0);
        float maximum = minimum + (float)(draw() * 10.0 + 0.1);
        if (i % 3 == 0) {
            minimum = roundf(minimum);
            maximum = roundf(maximum) + 1.0F;
        }
        const aann_encoding encoding = {.kind = AANN_ENCODING_FEATURE,
                                        .feature_count = 1,
                                        .minimum = &minimum,
                                        .maximum = &maximum};
        const aann_c_measure measure = {&encoding, 0, NULL,
                                        (int64_t)pow(10.0, floor(5.0 * draw()))};
        found += check_measure(&measure) ? 1 : 0;
    }
    assert_true(found >= RANGES - RANGES / 50);
}

static void test_what_is_constant_or_too_wide(void **state)
{
    (void)state;
    float minimum = 3.0F;
    float maximum = 3.0F;
    const aann_encoding encoding = {.kind = AANN_ENCODING_FEATURE,
                                    .feature_count = 1,
                                    .minimum = &minimum,
                                    .maximum = &maximum};
    aann_c_measure measure = {&encoding, 0, NULL, 100};
    aann_c_range range;
    assert_int_equal(aann_c_range_find(&measure, &range, NULL), AANN_OK);
    assert_int_equal(level_of(&range, 300), 0);
    assert_int_equal(level_of(&range, -5), 0);
    maximum = 1e12F;
    assert_int_equal(aann_c_range_find(&measure, &range, NULL), AANN_ERROR_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules),
        cmocka_unit_test(test_features),
        cmocka_unit_test(test_what_is_constant_or_too_wide),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
