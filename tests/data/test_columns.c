/* What the columns of a table are: numbers, booleans or words, and which cells are missing. */
#include "data_test.h"

#include <math.h>

static aann_dataset *load_text(void **state, const char *text)
{
    char path[TEST_PATH_SIZE];
    write_file(in_folder(state, "table.csv", path), text, strlen(text));
    return load(path, NULL);
}

/* Values of the only feature; NAN where one is missing. */
static void assert_column(const aann_dataset *dataset, size_t count, const double *values)
{
    assert_int_equal(aann_dataset_count(dataset), count);
    assert_int_equal(aann_dataset_column_count(dataset), 1);
    for (size_t i = 0; i < count; i++) {
        const double found = aann_dataset_table(dataset)[i];
        assert_true(found == values[i] || (isnan(found) && isnan(values[i])));
    }
}

static void assert_levels(const aann_column *column, int32_t count, const char *const *levels)
{
    assert_int_equal(column->kind, AANN_COLUMN_WORDS);
    assert_int_equal(column->level_count, count);
    for (int32_t i = 0; i < count; i++) {
        assert_string_equal(column->levels[i], levels[i]);
    }
}

static void numbers_may_be_missing(void **state)
{
    aann_dataset *dataset =
        load_text(state, "a b,y\n1.5,0\n,0\nNA,0\nnan,0\n?,0\n-,0\n.,0\nNULL,0\nn/a,0\n-2e3,1\n");
    const double nan = (double)NAN;
    assert_column(dataset, 10,
                  (const double[]){1.5, nan, nan, nan, nan, nan, nan, nan, nan, -2000.0});
    const aann_column *column = aann_dataset_column(dataset, 0);
    assert_string_equal(column->name, "a b");
    assert_int_equal(column->kind, AANN_COLUMN_NUMBER);
    assert_null(column->levels);
    assert_int_equal(column->level_count, 0);
    assert_null(aann_dataset_column(dataset, 1));
    assert_null(aann_dataset_column(dataset, -1));
    aann_dataset_destroy(dataset);
}

static void true_and_false_are_booleans(void **state)
{
    aann_dataset *dataset = load_text(state, "a,y\nTrue,0\nfalse,0\n,1\nTRUE,1\n");
    assert_int_equal(aann_dataset_column(dataset, 0)->kind, AANN_COLUMN_BOOLEAN);
    assert_column(dataset, 4, (const double[]){1, 0, (double)NAN, 1});
    aann_dataset_destroy(dataset);
}

static void words_are_sorted_levels(void **state)
{
    aann_dataset *dataset = load_text(state, "a,y\nred,0\nBlue,0\n,1\nred,1\ngreen,1\n");
    assert_levels(aann_dataset_column(dataset, 0), 3,
                  (const char *const[]){"Blue", "green", "red"});
    assert_column(dataset, 5, (const double[]){2, 0, (double)NAN, 2, 1});
    aann_dataset_destroy(dataset);
}

/* Codes beside words are words, whatever the order of the rows. */
static void recurring_codes_beside_words_are_words(void **state)
{
    const char *const words[] = {"0", "1", "3+"};
    aann_dataset *dataset =
        load_text(state, "a,y\n0,0\n1,0\n0,0\n1.0,0\n0,1\n1,1\n0,1\n1,1\n3+,1\n0,0\n");
    assert_levels(aann_dataset_column(dataset, 0), 3, words);
    assert_column(dataset, 10, (const double[]){0, 1, 0, 1, 0, 1, 0, 1, 2, 0});
    aann_dataset_destroy(dataset);
    dataset = load_text(state, "a,y\n3+,0\n1,0\n0,0\n1,0\n0,1\n1,1\n0,1\n1,1\n0,0\n");
    assert_levels(aann_dataset_column(dataset, 0), 3, words);
    aann_dataset_destroy(dataset);
}

static void many_words_are_found_again(void **state)
{
    enum { ROWS = 5000, WORDS = 1250 };
    char path[TEST_PATH_SIZE];
    FILE *file = fopen(in_folder(state, "words.csv", path), "w");
    assert_non_null(file);
    fprintf(file, "a,y\n");
    for (int row = 0; row < ROWS; row++) {
        fprintf(file, "w%04d,%d\n", row * 7 % WORDS, row % 2);
    }
    fclose(file);
    aann_dataset *dataset = load(path, NULL);
    const aann_column *column = aann_dataset_column(dataset, 0);
    assert_int_equal(column->level_count, WORDS);
    for (int row = 0; row < ROWS; row++) {
        assert_true(aann_dataset_table(dataset)[row] == row * 7 % WORDS);
    }
    assert_string_equal(column->levels[7], "w0007");
    aann_dataset_destroy(dataset);
}

/* In another order, as many as there may be. (Comparing all pairs of names took seconds.) */
static void many_columns_are_found_by_name(void **state)
{
    enum { COLUMNS = 60000, NAME = 16 };
    char path[TEST_PATH_SIZE];
    static char texts[COLUMNS][NAME];
    static const char *names[COLUMNS];
    FILE *file = fopen(in_folder(state, "wide.csv", path), "w");
    assert_non_null(file);
    for (int i = 0; i < COLUMNS; i++) {
        snprintf(texts[i], NAME, "column_%05d", i);
        names[i] = texts[i];
        fprintf(file, "column_%05d,", COLUMNS - 1 - i);
    }
    fprintf(file, "y\n");
    for (int row = 0; row < 2; row++) {
        for (int i = 0; i < COLUMNS; i++) {
            fprintf(file, "%d,", COLUMNS - 1 - i + row);
        }
        fprintf(file, "%d\n", row);
    }
    fclose(file);
    aann_load_options options = aann_load_options_default();
    options.columns = names;
    options.column_count = COLUMNS;
    aann_dataset *dataset = load(path, &options);
    assert_int_equal(aann_dataset_column_count(dataset), COLUMNS);
    for (int i = 0; i < COLUMNS; i++) {
        assert_true(aann_dataset_table(dataset)[i] == i);
        assert_true(aann_dataset_table(dataset)[COLUMNS + i] == i + 1);
    }
    aann_dataset_destroy(dataset);
}

/* float32 holds neither two neighbouring seconds nor 0.1. */
static void numbers_keep_all_their_digits(void **state)
{
    aann_dataset *dataset = load_text(state, "t,y\n1700000001,0\n1700000002,1\n0.1,0\n1e39,1\n");
    assert_column(dataset, 4, (const double[]){1700000001.0, 1700000002.0, 0.1, 1e39});
    aann_dataset *other = load_text(state, "t,y\n1700000001,0\n1700000003,1\n0.1,0\n1e39,1\n");
    assert_string_not_equal(aann_dataset_checksum(dataset), aann_dataset_checksum(other));
    aann_dataset_destroy(dataset);
    aann_dataset_destroy(other);
}

static void words_are_part_of_the_checksum(void **state)
{
    aann_dataset *dataset = load_text(state, "a,y\nred,0\nblue,1\n");
    aann_dataset *same = load_text(state, "b,y\nred,0\nblue,1\n");
    aann_dataset *other = load_text(state, "a,y\nred,0\nbleu,1\n");
    assert_string_equal(aann_dataset_checksum(dataset), aann_dataset_checksum(same));
    assert_string_not_equal(aann_dataset_checksum(dataset), aann_dataset_checksum(other));
    aann_dataset_destroy(dataset);
    aann_dataset_destroy(same);
    aann_dataset_destroy(other);
}

/* Studies of aann 0.2 hold the checksum of the values as floats. */
static void older_checksums_are_recognised(void **state)
{
    char path[TEST_PATH_SIZE];
    static const char text[] = "a,b,y\n1.5,-2,0\n3,0.25,4\n";
    aann_load_options first = aann_load_options_default();
    first.rules = AANN_LOAD_RULES_FIRST;
    write_file(in_folder(state, "old.csv", path), text, sizeof text - 1);
    aann_dataset *dataset = load(path, &first);
    const float values[] = {1.5F, -2.0F, 3.0F, 0.25F};
    const int32_t labels[] = {0, 4};
    aann_dataset_arrays arrays = aann_dataset_arrays_default();
    arrays.inputs = aann_array_matrix(values, AANN_ELEMENT_FLOAT32, 2, 2);
    arrays.labels = aann_array_vector(labels, AANN_ELEMENT_INT32, 2);
    aann_dataset *floats = NULL;
    aann_error error = {0};
    assert_int_equal(aann_dataset_create(&arrays, &floats, &error), AANN_OK);
    assert_true(aann_dataset_has_checksum(dataset, aann_dataset_checksum(floats)));
    assert_true(aann_dataset_has_checksum(dataset, aann_dataset_checksum(dataset)));
    assert_false(aann_dataset_has_checksum(floats, aann_dataset_checksum(dataset)));
    aann_dataset_destroy(dataset);
    aann_dataset_destroy(floats);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        data_test(numbers_may_be_missing),
        data_test(true_and_false_are_booleans),
        data_test(words_are_sorted_levels),
        data_test(recurring_codes_beside_words_are_words),
        data_test(many_words_are_found_again),
        data_test(many_columns_are_found_by_name),
        data_test(numbers_keep_all_their_digits),
        data_test(words_are_part_of_the_checksum),
        data_test(older_checksums_are_recognised),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
