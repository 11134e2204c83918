/* Names in sorted order: each is found at its place, a part of one is not, and two that are equal are
 * seen. */
#include "data/name_index.h"

#include <string.h>

#include "support/test.h"

static size_t find(const aann_name_index *index, const char *name)
{
    return aann_name_index_find(index, name, strlen(name));
}

static void names_are_found(void **state)
{
    (void)state;
    enum { COUNT = 7 };
    static const char *const names[COUNT] = {"b", "ab", "a", "", "abc", "\xc3\xa9", "b b"};
    aann_error error;
    aann_name_index index;
    size_t one = 0;
    size_t two = 0;
    assert_ok(aann_name_index_make(names, COUNT, &index, &error));
    for (size_t i = 0; i < COUNT; i++) {
        assert_int_equal(find(&index, names[i]), i);
    }
    assert_int_equal(aann_name_index_find(&index, "abcd", 2), 1);
    assert_int_equal(aann_name_index_find(&index, "abcd", 3), 4);
    static const char *const others[] = {"c", "abcd", "B", "b ", "\xc3", "A", "~"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        assert_int_equal(find(&index, others[i]), COUNT);
    }
    assert_false(aann_name_index_repeats(&index, &one, &two));
    aann_name_index_clear(&index);
    aann_name_index_clear(&index);
}

static void the_first_of_several(void **state)
{
    (void)state;
    static const char *const names[] = {"x", "y", "b", "y", "c", "y"};
    aann_error error;
    aann_name_index index;
    size_t one = 0;
    size_t two = 0;
    assert_ok(aann_name_index_make(names, 6, &index, &error));
    assert_int_equal(find(&index, "y"), 1);
    assert_true(aann_name_index_repeats(&index, &one, &two));
    assert_true(one == 1 && two == 3);
    aann_name_index_clear(&index);
}

static void none(void **state)
{
    (void)state;
    aann_error error;
    aann_name_index index;
    assert_ok(aann_name_index_make(NULL, 0, &index, &error));
    assert_int_equal(find(&index, "a"), 0);
    assert_int_equal(find(&index, ""), 0);
    aann_name_index_clear(&index);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_found),
        cmocka_unit_test(the_first_of_several),
        cmocka_unit_test(none),
    };
    return cmocka_run_group_tests_name("data: names in order", tests, NULL, NULL);
}
