/* Text in UTF-16, read wherever a block of it ends: nothing is lost. */
#include "data_test.h"

enum { ROWS = 3000, LONGEST = 70000, ROOM = 2 * (LONGEST + 16 * ROWS) };

/* Puts ASCII text behind bytes[at], as UTF-16. */
static size_t put(uint8_t *bytes, size_t at, const char *text)
{
    for (; *text != '\0'; text++) {
        bytes[at++] = (uint8_t)*text;
        bytes[at++] = 0;
    }
    return at;
}

/* A line of `length` to be skipped, and a table below it, must have all of its rows. */
static void assert_all_rows(void **state, size_t length)
{
    char path[TEST_PATH_SIZE];
    static uint8_t bytes[ROOM];
    size_t size = 2;
    bytes[0] = 0xff;
    bytes[1] = 0xfe;
    for (size_t i = 0; i < length; i++) {
        size = put(bytes, size, "x");
    }
    size = put(bytes, size, "\na,b,y\n");
    for (int row = 0; row < ROWS; row++) {
        char line[16];
        snprintf(line, sizeof line, "%d,%d,%d\n", row % 7, row, row % 2);
        size = put(bytes, size, line);
    }
    write_file(in_folder(state, "table.csv", path), bytes, size);
    aann_load_options options = aann_load_options_default();
    options.skip_lines = 1;
    aann_dataset *dataset = load(path, &options);
    assert_int_equal(aann_dataset_count(dataset), ROWS);
    assert_int_equal(aann_dataset_column_count(dataset), 2);
    for (int row = 0; row < ROWS; row++) {
        assert_true(aann_dataset_table(dataset)[2 * row + 1] == row);
    }
    aann_dataset_destroy(dataset);
}

/* Where the first rows are looked at, one to three bytes are left in the buffer of 65,536. */
static void the_look_at_the_first_rows(void **state)
{
    for (size_t length = 49144; length < 49156; length++) {
        assert_all_rows(state, length);
    }
}

/* Bytes are looked at one by one while lines are skipped, over the end of the buffer. */
static void skipping_over_the_end_of_a_block(void **state)
{
    static const size_t lengths[] = {0, 65528, 65529, 65530, 65531, 65532, 65533, 65536, LONGEST};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        assert_all_rows(state, lengths[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        data_test(the_look_at_the_first_rows),
        data_test(skipping_over_the_end_of_a_block),
    };
    return cmocka_run_group_tests_name("data: text in UTF-16", tests, NULL, NULL);
}
