/* JSON text: what is hostile in a page or a terminal, numbers to the bit, base64. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "report/json.h"
#include "support/test.h"

static void assert_text(const char *text, const char *expected)
{
    aann_json json = {0};
    aann_json_text(&json, NULL, text);
    assert_false(json.failed);
    assert_string_equal(json.text, expected);
    free(json.text);
}

static void texts(void **state)
{
    (void)state;
    assert_text("plain 'text'", "\"plain 'text'\"");
    assert_text("</script>&\"\\", "\"\\u003c/script\\u003e\\u0026\\u0022\\u005c\"");
    assert_text("a\nb\x7f\x1b", "\"a\\u000ab\\u007f\\u001b\"");
    assert_text("\xc3\xa4 \xe2\x80\xae \xf0\x9f\x99\x82", "\"\\u00e4 \\u202e \\ud83d\\ude42\"");
    assert_text("\xff\xc0\x80\xed\xa0\x80x\xf0\x9f",
                "\"\\ufffd\\ufffd\\ufffd\\ufffd\\ufffd\\ufffdx\\ufffd\\ufffd\"");
    assert_text("", "\"\"");
    assert_text(NULL, "null");
}

static void structure(void **state)
{
    (void)state;
    const int64_t numbers[] = {INT64_MIN, 0, INT64_MAX};
    aann_json json = {0};
    aann_json_open(&json, NULL, '{');
    aann_json_integers(&json, "a", numbers, 3);
    aann_json_open(&json, "b<", '[');
    aann_json_close(&json, ']');
    aann_json_bool(&json, "c", true);
    aann_json_unsigned(&json, "d", UINT64_MAX);
    aann_json_format(&json, "e", "%d<", 5);
    aann_json_absent(&json, "f", "no");
    aann_json_escaped(&json, "g", "{\"x\":\"<&>\"}");
    aann_json_close(&json, '}');
    assert_string_equal(
        json.text, "{\"a\":[-9223372036854775808,0,9223372036854775807],\"b\\u003c\":[],\"c\":true,"
                   "\"d\":18446744073709551615,\"e\":\"5\\u003c\",\"f\":{\"absent\":\"no\"},"
                   "\"g\":{\"x\":\"\\u003c\\u0026\\u003e\"}}");
    free(json.text);
}

/* Exact numbers come back to the bit; others are short; what is no number is null. */
static void reals(void **state)
{
    (void)state;
    const double numbers[] = {0.0,    -0.0,    0.1,        1.0 / 3.0, 0.9412, 1e300,
                              5e-324, -2.5e-7, 1e15 + 1.0, 17.0,      M_PI};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        aann_json json = {0};
        aann_json_real(&json, NULL, numbers[i], AANN_JSON_EXACT);
        json_t *value = json_loads(json.text, JSON_DECODE_ANY, NULL);
        const double read = json_number_value(value);
        assert_memory_equal(&read, &numbers[i], numbers[i] > 0.0 || numbers[i] < 0.0 ? 8 : 0);
        json_decref(value);
        free(json.text);
    }
    aann_json json = {0};
    const double some[] = {0.9412, 1.0 / 3.0, NAN, INFINITY};
    aann_json_reals(&json, NULL, some, 4, 5);
    assert_string_equal(json.text, "[0.9412,0.33333,null,null]");
    free(json.text);
}

static void base64(void **state)
{
    (void)state;
    static const char *const expected[] = {"\"\"", "\"Zg==\"", "\"Zm8=\"", "\"Zm9v\"",
                                           "\"Zm9vYg==\""};
    for (size_t count = 0; count < 5; count++) {
        aann_json json = {0};
        aann_json_base64(&json, NULL, (const uint8_t *)"foobar", count);
        assert_string_equal(json.text, expected[count]);
        free(json.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts),
        cmocka_unit_test(structure),
        cmocka_unit_test(reals),
        cmocka_unit_test(base64),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
