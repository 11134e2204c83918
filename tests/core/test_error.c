/* Error messages: stored, cut to fit, prefixed, and never required. */
#include "core/error.h"
#include "support/test.h"

static void test_fail_stores_the_message(void **state)
{
    (void)state;
    aann_error error;
    assert_int_equal(aann_fail(&error, AANN_ERROR_FORMAT, "line %d: %s", 7, "odd"),
                     AANN_ERROR_FORMAT);
    assert_int_equal(error.status, AANN_ERROR_FORMAT);
    assert_string_equal(error.message, "line 7: odd");
}

static void test_no_error_is_wanted(void **state)
{
    (void)state;
    assert_int_equal(aann_fail(NULL, AANN_ERROR_IO, "%d", 1), AANN_ERROR_IO);
    assert_int_equal(aann_fail_prefix(NULL, AANN_ERROR_IO, "%d", 1), AANN_ERROR_IO);
}

static void test_prefix(void **state)
{
    (void)state;
    aann_error error;
    aann_fail(&error, AANN_ERROR_FORMAT, "the header is cut short");
    assert_int_equal(aann_fail_prefix(&error, AANN_ERROR_IO, "file %s", "a.idx"), AANN_ERROR_IO);
    assert_int_equal(error.status, AANN_ERROR_IO);
    assert_string_equal(error.message, "file a.idx: the header is cut short");
}

static void test_long_messages_are_cut(void **state)
{
    (void)state;
    char text[2 * AANN_MESSAGE_SIZE];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    aann_error error;
    aann_fail(&error, AANN_ERROR_FORMAT, "%s", text);
    assert_int_equal(strlen(error.message), AANN_MESSAGE_SIZE - 1);
    aann_fail_prefix(&error, AANN_ERROR_FORMAT, "where");
    assert_int_equal(strlen(error.message), AANN_MESSAGE_SIZE - 1);
    assert_int_equal(strncmp(error.message, "where: xxx", 10), 0);
    aann_fail_prefix(&error, AANN_ERROR_FORMAT, "%s", text);
    assert_int_equal(strlen(error.message), AANN_MESSAGE_SIZE - 1);
}

static void test_every_status_has_a_name(void **state)
{
    (void)state;
    assert_string_equal(aann_status_name(AANN_OK), "ok");
    for (int status = AANN_OK; status <= AANN_ERROR_NOT_FOUND; status++) {
        assert_string_not_equal(aann_status_name((aann_status)status), "unknown");
        for (int other = AANN_OK; other < status; other++) {
            assert_string_not_equal(aann_status_name((aann_status)status),
                                    aann_status_name((aann_status)other));
        }
    }
    assert_string_equal(aann_status_name((aann_status)99), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fail_stores_the_message),
        cmocka_unit_test(test_no_error_is_wanted),
        cmocka_unit_test(test_prefix),
        cmocka_unit_test(test_long_messages_are_cut),
        cmocka_unit_test(test_every_status_has_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
