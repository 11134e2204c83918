/* CSV tables: what is understood, which column becomes what, and messages that name line and
 * column. */
#include "data_test.h"

#include <locale.h>

#include "data/csv_number.h"

static aann_dataset *load_text(void **state, const char *text, const aann_load_options *options)
{
    char path[TEST_PATH_SIZE];
    write_file(in_folder(state, "table.csv", path), text, strlen(text));
    return load(path, options);
}

static void assert_values(const aann_dataset *dataset, size_t count, const float *values)
{
    assert_int_equal(aann_dataset_count(dataset) * aann_dataset_shape(dataset).channels, count);
    for (size_t i = 0; i < count; i++) {
        assert_true(aann_dataset_table(dataset)[i] == (double)values[i]);
    }
}

static void a_plain_table_is_read(void **state)
{
    aann_dataset *dataset = load_text(state, "width,height,kind\n1.5,-2,0\n+3e2,.25,4\n", NULL);
    assert_values(dataset, 4, (const float[]){1.5F, -2.0F, 300.0F, 0.25F});
    assert_int_equal(aann_dataset_shape(dataset).channels, 2);
    assert_int_equal(aann_dataset_labels(dataset)[1], 1); /* the classes are those that occur */
    assert_int_equal(aann_dataset_class_count(dataset), 2);
    assert_string_equal(aann_dataset_class_name(dataset, 1), "4");
    aann_dataset_destroy(dataset);
    dataset = load_text(state, "width,kind\n1.5,1\n+3e2,0\n2,2\n", NULL);
    assert_int_equal(aann_dataset_class_count(dataset), 3);
    assert_null(aann_dataset_class_name(dataset, 0)); /* without a gap they need no names */
    assert_int_equal(aann_dataset_labels(dataset)[2], 2);
    aann_dataset_destroy(dataset);
}

static void quotes_line_ends_and_blanks_are_understood(void **state)
{
    aann_dataset *plain = load_text(state, "a,b,kind\n1,2,x\n3,4,y\n", NULL);
    static const char *const same[] = {
        "a,b,kind\r\n1,2,x\r\n3,4,y\r\n",
        "a,b,kind\r1,2,x\r3,4,y\r",
        "a,b,kind\n1,2,x\n3,4,y",
        ("\xef\xbb\xbf"
         "a,b,kind\n1,2,x\n3,4,y\n"),
        "\n\na,b,kind\n\n1,2,x\n\r\n3,4,y\n\n\n",
        "\"a\",\"b\",\"kind\"\n\"1\",2,\"x\"\n3,\"4\",y\n",
        " a , b\t, kind\n 1 ,\t2 , x \n 3, \"4\" , \"y\" \n",
    };
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
        aann_dataset *dataset = load_text(state, same[i], NULL);
        assert_string_equal(aann_dataset_checksum(plain), aann_dataset_checksum(dataset));
        assert_string_equal(aann_dataset_class_name(dataset, 1), "y");
        aann_dataset_destroy(dataset);
    }
    aann_dataset_destroy(plain);
    /* Inside quotes everything stands for itself; lines are counted on. */
    aann_dataset *dataset =
        load_text(state, "a,\"kind, or\r\n\"\"sort\"\"\"\n1,\" x\"\n2,\"y,\nz\"\n", NULL);
    assert_string_equal(aann_dataset_class_name(dataset, 0), " x");
    assert_string_equal(aann_dataset_class_name(dataset, 1), "y,\nz");
    aann_dataset_destroy(dataset);
}

static void words_are_sorted_and_numbered(void **state)
{
    aann_dataset *dataset = load_text(state,
                                      "label,a\nzebra,1\nApe,2\ncat,3\nzebra,4\n\xc3\xa4"
                                      "ffchen,5\n10,6\n",
                                      NULL);
    static const int32_t wanted[] = {3, 1, 2, 3, 4, 0};
    assert_memory_equal(aann_dataset_labels(dataset), wanted, sizeof wanted);
    assert_int_equal(aann_dataset_class_count(dataset), 5);
    assert_string_equal(aann_dataset_class_name(dataset, 0), "10");
    assert_string_equal(aann_dataset_class_name(dataset, 1), "Ape");
    assert_string_equal(aann_dataset_class_name(dataset, 4), "\xc3\xa4"
                                                             "ffchen");
    assert_null(aann_dataset_class_name(dataset, 5));
    assert_null(aann_dataset_class_name(dataset, -1));
    aann_dataset_destroy(dataset);
}

static void columns_are_chosen_by_name(void **state)
{
    static const char text[] = "a,label,b,c\n1,2,3,4\n5,6,7,8\n";
    aann_load_options options = aann_load_options_default();
    aann_dataset *dataset = load_text(state, text, &options); /* "label" wins over the last */
    assert_values(dataset, 6, (const float[]){1, 3, 4, 5, 7, 8});
    assert_string_equal(aann_dataset_class_name(dataset, aann_dataset_labels(dataset)[0]), "2");
    aann_dataset_destroy(dataset);
    options.label_column = "b";
    dataset = load_text(state, text, &options);
    assert_values(dataset, 6, (const float[]){1, 2, 4, 5, 6, 8});
    assert_string_equal(aann_dataset_class_name(dataset, aann_dataset_labels(dataset)[1]), "7");
    aann_dataset_destroy(dataset);
    options.label_column = "";
    dataset = load_text(state, text, &options);
    assert_values(dataset, 8, (const float[]){1, 2, 3, 4, 5, 6, 7, 8});
    assert_null(aann_dataset_labels(dataset));
    aann_dataset_destroy(dataset);
    options.target_columns = "c,a";
    dataset = load_text(state, text, &options);
    assert_values(dataset, 4, (const float[]){2, 3, 6, 7});
    assert_int_equal(aann_dataset_target_count(dataset), 2);
    assert_memory_equal(aann_dataset_targets(dataset), ((const float[]){4, 1, 8, 5}),
                        4 * sizeof(float));
    aann_dataset_destroy(dataset);
    options.target_columns = NULL;
    options.label_column = NULL;
    options.shape = (aann_shape){1, 1, 3};
    dataset = load_text(state, text, &options);
    assert_int_equal(aann_dataset_shape(dataset).width, 3);
    aann_dataset_destroy(dataset);
}

static void wrong_column_names_are_refused(void **state)
{
    char path[TEST_PATH_SIZE];
    static const char text[] = "a,b,c\n1,2,3\n";
    write_file(in_folder(state, "table.csv", path), text, sizeof text - 1);
    aann_load_options options = aann_load_options_default();
    options.label_column = "kind";
    assert_load_fails(path, &options, AANN_ERROR_ARGUMENT,
                      "no column is called 'kind'; there are: a, b, c");
    options.label_column = "a";
    options.target_columns = "b";
    assert_load_fails(path, &options, AANN_ERROR_ARGUMENT,
                      "a label column and target columns exclude each other");
    options.label_column = NULL;
    options.target_columns = "b,,c";
    assert_load_fails(path, &options, AANN_ERROR_ARGUMENT, "no column is called ''");
    options.target_columns = "b,b";
    assert_load_fails(path, &options, AANN_ERROR_ARGUMENT, "the column 'b' is named twice");
    options.target_columns = "a,b,c";
    assert_load_fails(path, &options, AANN_ERROR_FORMAT, "no column is left as a feature");
    options.target_columns = NULL;
    options.labels_path = path;
    assert_load_fails(path, &options, AANN_ERROR_ARGUMENT, "CSV holds its own labels");
}

static void bad_tables_are_refused(void **state)
{
    static const char *const cases[][2] = {
        {"\n\n", "line 1: the table is empty"},
        {"a,b\n", "line 2: the header is followed by no rows"},
        {"a,b,c,b\n1,2,3,4\n", "line 1: columns 2 and 4 are both called 'b'"},
        {"a\n1\n", "no column is left as a feature (column 'a' is the label"},
        {"a,b\n1,2\n3\n", "line 3: 1 cells; the header has 2 columns"},
        {"a,b\n1,2\n3,4,5\n", "line 3: 3 cells; the header has 2 columns"},
        {"a,b\n1,2\n3,4\n5,6\n\ninf,4\n",
         "line 6, column 'a': 'inf' is not a finite number, as 3 of the 3 other cells"},
        {"a,b\n1,2\n0x10,2\n3,4\n", "line 3, column 'a': '0x10' is not a finite number"},
        {"a,b\n1,2\n1e999,2\n3,4\n", "'1e999' is not a finite number"},
        {"a,b\n1,2\n1.2.3,2\n3,4\n", "'1.2.3' is not a finite number"},
        {"a,b\n1,2\n1 2,2\n3,4\n", "'1 2' is not a finite number"},
        {"a,b\n1,2\n1e,2\n3,4\n", "'1e' is not a finite number"},
        {"a,b\n1,2\n\"1,5\",2\n3,4\n", "'1,5' is not a finite number"},
        {"a,b\n1,0\n1,\n", "line 3, column 'b': the cell is empty; expected a label"},
        {"a,b\n1,0\n\n\n1,0.5\n",
         "line 5, column 'b': label 1 is 0.5, one of 2 different numbers, with decimals; numbers "
         "to be predicted are targets"},
        {"a,b\n1,x\"y\"\n",
         "line 2, column 'b': a quote inside a cell that does not begin with one"},
        {"a,b\n1,\"x\"y\n", "line 2, column 'b': text after the closing quote"},
        {"a,b\n1,2\n\"3,4\n5,6\n",
         "line 3, column 'a': the file ends inside the quotes that begin here"},
        {"a,\"b", "line 1, column 2: the file ends inside the quotes"},
        {"a,b\n1,2\n\"1\n2\",3\n3,4\n", "line 3, column 'a': '1 2' is not a finite number"},
        {"\"a\nx\",b\n1,2\n\"\n4", "line 4, column 'a x': the file ends inside the quotes"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_bytes_fail(state, cases[i][0], strlen(cases[i][0]), NULL, cases[i][1]);
    }
}

static void bytes_that_are_no_text_are_refused(void **state)
{
    assert_bytes_fail(state, "a,b\n1,\0002\n", 9, NULL, "begins no known format");
    /* Further into the file than the format is recognised from. */
    char text[2048];
    size_t size = (size_t)snprintf(text, sizeof text, "a,b\n");
    while (size < 1000) {
        size += (size_t)snprintf(text + size, sizeof text - size, "1,2\n");
    }
    memcpy(text + size, "3,\0004\n", 6);
    assert_bytes_fail(state, text, size + 6, NULL, "line 251, column 'b': a byte 0 in the text");
    memcpy(text + size, "\"3\0\",4\n", 7);
    assert_bytes_fail(state, text, size + 7, NULL, "line 251, column 'a': a byte 0 in the text");
}

static void too_many_words_are_refused(void **state)
{
    char text[8192];
    size_t size = (size_t)snprintf(text, sizeof text, "a,name\n");
    for (int i = 0; i < 256; i++) {
        size += (size_t)snprintf(text + size, sizeof text - size, "1,w%d\n", i);
    }
    aann_dataset *dataset = load_text(state, text, NULL);
    assert_int_equal(aann_dataset_class_count(dataset), 256);
    aann_dataset_destroy(dataset);
    size += (size_t)snprintf(text + size, sizeof text - size, "1,one more\n");
    assert_bytes_fail(state, text, size, NULL,
                      "line 258, column 'name': more than 256 different labels");
}

static void many_rows_and_columns_are_read(void **state)
{
    enum { ROWS = 3000, COLUMNS = 300 };
    char path[TEST_PATH_SIZE];
    FILE *file = fopen(in_folder(state, "big.csv", path), "w");
    assert_non_null(file);
    for (int column = 0; column < COLUMNS; column++) {
        fprintf(file, "feature%d,", column);
    }
    fprintf(file, "label\n");
    for (int row = 0; row < ROWS; row++) {
        for (int column = 0; column < COLUMNS; column++) {
            fprintf(file, "%d.5,", row * 7 % 1000 + column);
        }
        fprintf(file, "%d\n", row % 11);
    }
    fclose(file);
    aann_dataset *dataset = load(path, NULL);
    assert_int_equal(aann_dataset_count(dataset), ROWS);
    assert_int_equal(aann_dataset_class_count(dataset), 11);
    for (int row = 0; row < ROWS; row++) {
        for (int column = 0; column < COLUMNS; column++) {
            assert_true(aann_dataset_table(dataset)[row * COLUMNS + column] ==
                        row * 7 % 1000 + column + 0.5);
        }
    }
    aann_dataset_destroy(dataset);
}

/* In a German locale strtod expects "1,5". */
static void the_locale_does_not_matter(void **state)
{
    static const char *const names[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "de_DE"};
    const char *set = NULL;
    /* Made here where the machine has none but can: localedef and its sources are part of most
     * systems. */
    char command[2 * TEST_PATH_SIZE];
    snprintf(command, sizeof command,
             "localedef --no-archive -i de_DE -f UTF-8 %s/de_DE.UTF-8 >/dev/null 2>&1",
             (const char *)*state);
    if (system(command) == 0) {
        setenv("LOCPATH", *state, 1);
    }
    for (size_t i = 0; i < sizeof names / sizeof names[0] && set == NULL; i++) {
        set = setlocale(LC_ALL, names[i]);
    }
    if (set == NULL) {
        skip(); /* none installed */
    }
    assert_true(strtod("1,5", NULL) == 1.5);
    aann_dataset *dataset = load_text(state, "a,b\n1.5,0\n", NULL);
    assert_true(aann_dataset_table(dataset)[0] == 1.5);
    aann_dataset_destroy(dataset);
    assert_true(strtod("1,5", NULL) == 1.5); /* put back as it was */
    double value = 0.0;                      /* as streams and arrays of words read it */
    assert_true(aann_csv_number("-12.75e1", &value) && value == -127.5);
    assert_false(aann_csv_number("1,5", &value));
    setlocale(LC_ALL, "C");
    unsetenv("LOCPATH");
}

static void classes_are_matched_between_files(void **state)
{
    static const char *const names[] = {"ant", "bee", "cat"};
    aann_error error = {0};
    aann_dataset *dataset = load_text(state, "a,b\n1,cat\n2,ant\n", NULL);
    assert_int_equal(aann_dataset_labels(dataset)[0], 1); /* within this file */
    assert_int_equal(aann_dataset_match_classes(dataset, names, 3, &error), AANN_OK);
    assert_int_equal(aann_dataset_labels(dataset)[0], 2);
    assert_int_equal(aann_dataset_labels(dataset)[1], 0);
    assert_int_equal(aann_dataset_class_count(dataset), 3);
    assert_string_equal(aann_dataset_class_name(dataset, 1), "bee");
    assert_int_equal(aann_dataset_match_classes(dataset, names, 2, &error), AANN_ERROR_FORMAT);
    assert_message(&error, "sample 0 is labelled 'cat', which is none of the 2 classes");
    assert_int_equal(aann_dataset_labels(dataset)[0], 2); /* and nothing changed */
    aann_dataset_destroy(dataset);
    aann_load_options numbered = aann_load_options_default();
    numbered.classes = AANN_CLASSES_NUMBERED;
    dataset = load_text(state, "a,b\n1,0\n2,3\n", &numbered);
    assert_int_equal(aann_dataset_match_classes(dataset, names, 3, &error), AANN_ERROR_FORMAT);
    assert_message(&error, "sample 1 has class 3; there are 3 classes");
    aann_dataset_destroy(dataset);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        data_test(a_plain_table_is_read),
        data_test(quotes_line_ends_and_blanks_are_understood),
        data_test(words_are_sorted_and_numbered),
        data_test(columns_are_chosen_by_name),
        data_test(wrong_column_names_are_refused),
        data_test(bad_tables_are_refused),
        data_test(bytes_that_are_no_text_are_refused),
        data_test(too_many_words_are_refused),
        data_test(many_rows_and_columns_are_read),
        data_test(the_locale_does_not_matter),
        data_test(classes_are_matched_between_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
