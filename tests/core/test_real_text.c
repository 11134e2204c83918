/* Numbers as texts: what is one, to the bit, and the same in a locale with a decimal comma. */
#include <float.h>
#include <math.h>

#include "core/real_text.h"
#include "support/comma_locale.h"
#include "support/remove_tree.h"
#include "support/test.h"

static void assert_reads(const char *text, double expected)
{
    double value = 77.0;
    if (!aann_real_from_text(text, &value) || value != expected) {
        fail_msg("'%s' is read as %a", text, value);
    }
}

static void assert_refused(const char *text)
{
    double value = 77.0;
    if (aann_real_from_text(text, &value) || value != 77.0) {
        fail_msg("'%s' is read as %a", text, value);
    }
}

static void check_reading(void)
{
    assert_reads("0", 0.0);
    assert_reads("0.5", 0.5);
    assert_reads("-12.75", -12.75);
    assert_reads("+.25", 0.25);
    assert_reads("3.", 3.0);
    assert_reads("2.5e-3", 0.0025);
    assert_reads("1E5", 1e5);
    assert_reads("1.7976931348623157e308", DBL_MAX);
    static const char *const refused[] = {
        "",   "0,5",  "1,000", "1.2.3", ".",   "-",   "e5",    "1e",     "1e5.0", " 1",
        "1 ", "0x10", "inf",   "nan",   "1_0", "--1", "1e999", "-1e999", "1.5,2", "1.5f",
    };
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        assert_refused(refused[i]);
    }
}

static void check_writing(void)
{
    char text[AANN_REAL_TEXT_SIZE];
    aann_real_to_text(0.5, 15, text);
    assert_string_equal(text, "0.5");
    aann_real_to_text(-1234.25, 15, text);
    assert_string_equal(text, "-1234.25");
    aann_real_to_text(1e100, 15, text);
    assert_string_equal(text, "1e+100");
    aann_real_to_text(1.0 / 3.0, 3, text);
    assert_string_equal(text, "0.333");
    aann_real_to_text(7.0, 17, text);
    assert_string_equal(text, "7");
    static const double values[] = {DBL_MAX, -DBL_MAX, DBL_MIN, 4.9e-324, 0.1, 1.0 / 3.0, -1e-300};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        aann_real_to_text(values[i], AANN_REAL_DIGITS_LIMIT, text);
        assert_null(strchr(text, ','));
        assert_reads(text, values[i]);
    }
}

static void assert_fixed(double value, int decimals, const char *expected)
{
    char text[AANN_REAL_TEXT_SIZE];
    aann_real_to_fixed(value, decimals, text);
    assert_string_equal(text, expected);
}

static void check_fixed(void)
{
    assert_fixed(0.5, 2, "0.50");
    assert_fixed(-98.765, 1, "-98.8");
    assert_fixed(1234567.0, 0, "1234567");
    assert_fixed(0.5, -1, "0");
    assert_fixed(999999999999999.0, 2, "999999999999999.00");
    assert_fixed(-999999999999999.0, 100, "-999999999999999.00000000000000000000");
    assert_fixed(1e15, 2, "1e+15");
    assert_fixed(-1.5e300, 2, "-1.5e+300");
    assert_fixed((double)INFINITY, 2, "inf");
}

static void plain_locale(void **state)
{
    (void)state;
    check_reading();
    check_writing();
    check_fixed();
}

static void comma_locale(void **state)
{
    (void)state;
    char folder[] = "/tmp/aann-locale-XXXXXX";
    assert_non_null(mkdtemp(folder));
    const bool entered = enter_comma_locale(folder);
    if (entered) {
        assert_true(strtod("1,5", NULL) == 1.5); /* it is one */
        check_reading();
        check_writing();
        check_fixed();
        leave_comma_locale();
    }
    remove_tree(folder);
    if (!entered) {
        skip();
    }
}

/* The longest text is read, a longer one is refused; neither is cut. */
static void long_texts(void **state)
{
    (void)state;
    char text[AANN_REAL_TEXT_LIMIT + 2];
    memset(text, '0', sizeof text);
    memcpy(text, "0.5", 3);
    text[AANN_REAL_TEXT_LIMIT] = '\0';
    assert_reads(text, 0.5);
    text[AANN_REAL_TEXT_LIMIT - 1] = '5';
    text[0] = '9'; /* all digits arrive */
    assert_reads(text, 9.5);
    text[0] = '0';
    text[AANN_REAL_TEXT_LIMIT] = '0';
    text[AANN_REAL_TEXT_LIMIT + 1] = '\0';
    assert_refused(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_locale),
        cmocka_unit_test(comma_locale),
        cmocka_unit_test(long_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
