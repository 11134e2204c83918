/* Tables as programs and people write them: what separates cells, decimal commas, comments, lines
 * without names, columns without names, other encodings, and classes of any name. The cases marked
 * T were found in public reports about comparable tools. */
#include "data_test.h"

static aann_dataset *load_text(void **state, const char *text, const aann_load_options *options)
{
    char path[TEST_PATH_SIZE];
    write_file(in_folder(state, "table.csv", path), text, strlen(text));
    return load(path, options);
}

static void assert_refused(void **state, const char *text, const aann_load_options *options,
                           aann_status status, const char *wanted)
{
    char path[TEST_PATH_SIZE];
    write_file(in_folder(state, "table.csv", path), text, strlen(text));
    assert_load_fails(path, options, status, wanted);
}

static void assert_same(void **state, const char *const *texts, size_t count)
{
    static const char plain[] = "a,b,kind\n1.5,-2,x\n2.5,3.25,y\n0.5,4,x\n";
    aann_dataset *wanted = load_text(state, plain, NULL);
    for (size_t i = 0; i < count; i++) {
        aann_dataset *dataset = load_text(state, texts[i], NULL);
        if (strcmp(aann_dataset_checksum(wanted), aann_dataset_checksum(dataset)) != 0) {
            fail_msg("not the same table: %s", texts[i]);
        }
        assert_string_equal(aann_dataset_column_name(dataset, 0), "a");
        assert_string_equal(aann_dataset_column_name(dataset, 1), "b");
        aann_dataset_destroy(dataset);
    }
    aann_dataset_destroy(wanted);
}

/* T4, T5, T7, T31. */
static void one_table_is_written_in_many_ways(void **state)
{
    static const char *const same[] = {
        "a;b;kind\n1.5;-2;x\n2.5;3.25;y\n0.5;4;x\n",
        "a;b;kind\n1,5;-2;x\n2,5;3,25;y\n0,5;4;x\n",
        "a;b;kind\n\"1,5\";-2;x\n\"2,5\";\"3,25\";y\n0,5;4;x\n",
        "a\tb\tkind\n1.5\t-2\tx\n2.5\t3.25\ty\n0.5\t4\tx\n",
        "a\tb\tkind\n1,5\t-2\tx\n2,5\t3,25\ty\n0,5\t4\tx\n",
        "a|b|kind\n1.5|-2|x\n2.5|3.25|y\n0.5|4|x\n",
        "a b kind\n1.5 -2 x\n2.5 3.25 y\n0.5 4 x\n",
        "  a      b  kind\n  1.5   -2  x   \n  2.5 3.25  y\n\n  0.5    4  x\n",
        "a \t b \t kind\n1.5 \t -2 \t x\n2.5 \t 3.25 \t y\n0.5 \t 4 \t x\n",
        "sep=;\na;b;kind\n1,5;-2;x\n2,5;3,25;y\n0,5;4;x\n",
        "sep=;\r\na;b;kind\r\n1,5;-2;x\r\n2,5;3,25;y\r\n0,5;4;x\r\n",
        "\xef\xbb\xbf"
        "a;b;kind\r\n1,5;-2;x\r\n2,5;3,25;y\r\n0,5;4;x\r\n",
        "a,b,kind\n1.5,-2,x,\n2.5,3.25,y,\n0.5,4,x,\n",
        "a,b,kind,\n1.5,-2,x,\n2.5,3.25,y,\n0.5,4,x,\n",
        ",a,b,kind\n0,1.5,-2,x\n1,2.5,3.25,y\n2,0.5,4,x\n",
        ",a,b,kind\n17,1.5,-2,x\n3,2.5,3.25,y\n9,0.5,4,x\n",
        "a b kind\n1 1.5 -2 x\n2 2.5 3.25 y\n3 0.5 4 x\n",
        "# recorded by board 7\n# it's 5\" wide, or so\na,b,kind\n1.5,-2,x\n# pause\n2.5,3.25,y\n"
        "0.5,4,x\n# end",
        "# a,b,kind\n1.5,-2,x\n2.5,3.25,y\n0.5,4,x\n",
        "# a b kind\n1.5 -2 x\n2.5 3.25 y\n0.5 4 x\n",
    };
    assert_same(state, same, sizeof same / sizeof same[0]);
}

static void what_is_said_stands_above_what_is_found(void **state)
{
    aann_load_options options = aann_load_options_default();
    options.delimiter = ';';
    aann_dataset *dataset = load_text(state, "a,b;kind\n1.5;x\n2;y\n", &options);
    assert_string_equal(aann_dataset_column_name(dataset, 0), "a,b");
    aann_dataset_destroy(dataset);
    options = aann_load_options_default();
    options.decimal = ',';
    dataset = load_text(state, "a,kind\n\"1,5\",x\n\"2,25\",y\n", &options);
    assert_true(aann_dataset_table(dataset)[1] == 2.25);
    aann_dataset_destroy(dataset);
    options = aann_load_options_default();
    options.skip_lines = 2;
    dataset = load_text(state, "178,13,\"a\nb,c\na,kind\n1,x\n2,y\n", &options);
    assert_int_equal(aann_dataset_count(dataset), 2);
    aann_dataset_destroy(dataset);
    options.skip_lines = 1;
    dataset = load_text(state, "3,2,setosa\na,b,kind,more\n1,2,x,1\n2,3,y,0\n", &options);
    assert_int_equal(aann_dataset_count(dataset), 2);
    aann_dataset_destroy(dataset);
    options = aann_load_options_default();
    options.drop_columns = "id,when";
    dataset = load_text(state, "id,a,when,kind\n7,1,today,x\n8,2,now,y\n", &options);
    assert_int_equal(aann_dataset_column_count(dataset), 1);
    aann_dataset_destroy(dataset);
    options.drop_columns = "";
    dataset = load_text(state, ",a,kind\n0,1,x\n1,2,y\n", &options);
    assert_int_equal(aann_dataset_column_count(dataset), 2);
    assert_string_equal(aann_dataset_column_name(dataset, 0), "column 1");
    aann_dataset_destroy(dataset);
    options.drop_columns = "id";
    assert_refused(state, "a,kind\n1,x\n2,y\n", &options, AANN_ERROR_ARGUMENT,
                   "no column is called 'id'; there are: a, kind");
    options.drop_columns = "kind";
    options.label_column = "kind";
    assert_refused(state, "a,kind\n1,x\n2,y\n", &options, AANN_ERROR_ARGUMENT,
                   "the column 'kind' is named twice");
}

/* T8, T9: 120 rows were 119 samples. */
static void a_first_line_of_data_is_data(void **state)
{
    static const struct {
        const char *text;
        int64_t count;
        const char *name;
    } cases[] = {
        {"1.5,-2,x\n2.5,3.25,y\n0.5,4,x\n", 3, "column 1"},
        {"1.5,-2,0\n2.5,3.25,1\n0.5,4,0\n", 3, "column 1"},
        {"1 -2 0\n2 3 1\n", 2, "column 1"},
        {"18.0,8,?,chevrolet\n15.0,8,165.0,buick\n", 2, "column 1"},
        {"b,o,x\nx,o,o\nb,x,o\n", 3, "column 1"},           /* words recur in their columns */
        {"red,big,x\nblue,tall,y\n", 1, "red"},             /* nothing speaks against names */
        {"150,4,setosa\n5.1,3.5,0\n4.9,3.0,1\n", 2, "150"}, /* a word above numbers is a name */
        {"0,1,2,3\n1.5,2,3,x\n2.5,3,4,y\n", 2, "0"},        /* names that a program counted */
        {"0,1,2\n0,1,2\n3,1,0\n", 3, "column 1"},
        {"a,b\n1,x\n", 1, "a"},
        {"1,x\n", 1, "column 1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        aann_dataset *dataset = load_text(state, cases[i].text, NULL);
        if (aann_dataset_count(dataset) != cases[i].count ||
            strcmp(aann_dataset_column_name(dataset, 0), cases[i].name) != 0) {
            fail_msg("%s: %d samples, first column '%s'", cases[i].text,
                     (int)aann_dataset_count(dataset), aann_dataset_column_name(dataset, 0));
        }
        aann_dataset_destroy(dataset);
    }
    aann_load_options options = aann_load_options_default();
    options.header = AANN_HEADER_YES;
    aann_dataset *dataset = load_text(state, "1,2,x\n3,4,y\n", &options);
    assert_int_equal(aann_dataset_count(dataset), 1);
    aann_dataset_destroy(dataset);
    options.header = AANN_HEADER_NO;
    assert_refused(state, "a,kind\n1,x\n2,y\n3,x\n", &options, AANN_ERROR_FORMAT,
                   "column 'column 1'");
    dataset = load_text(state, "red,x\nblue,y\n", &options);
    assert_int_equal(aann_dataset_count(dataset), 2);
    aann_dataset_destroy(dataset);
}

/* T2: a cell that is not UTF-8. */
static void windows_1252_is_read(void **state)
{
    static const char text[] = {'g',  'r', '\xf6', 'n', ',',    'p',    '\x80', ',',  'k',
                                '\n', '1', ',',    '2', ',',    '\xe4', 'f',    '\n', '3',
                                ',',  '4', ',',    'b', '\xe4', 'r',    '\n',   '\0'};
    aann_dataset *dataset = load_text(state, text, NULL);
    assert_string_equal(aann_dataset_column_name(dataset, 0), "gr\xc3\xb6n");
    assert_string_equal(aann_dataset_column_name(dataset, 1), "p\xe2\x82\xac");
    assert_string_equal(aann_dataset_class_name(dataset, 1), "\xc3\xa4"
                                                             "f");
    aann_dataset_destroy(dataset);
}

/* T11 to T14, T45. */
static void classes_are_those_that_occur(void **state)
{
    static const struct {
        const char *labels[4];
        int32_t classes, wanted[4];
        const char *first;
    } cases[] = {
        {{"10", "20", "30", "10"}, 3, {0, 1, 2, 0}, "10"},
        {{"-1", "1", "1", "-1"}, 2, {0, 1, 1, 0}, "-1"},
        {{"+1", "-1", "1.0", "-1"}, 2, {1, 0, 1, 0}, "-1"},
        {{"1", "2", "3", "1"}, 3, {0, 1, 2, 0}, "1"},
        {{"1000", "2000", "2000", "1000"}, 2, {0, 1, 1, 0}, "1000"},
        {{"2", "1", "0", "1"}, 3, {2, 1, 0, 1}, NULL},
        {{"True", "False", "False", "True"}, 2, {1, 0, 0, 1}, "False"},
        {{"None", "a", "b", "a"}, 3, {0, 1, 2, 1}, "None"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[128] = "a,label\n";
        for (int k = 0; k < 4; k++) {
            const size_t used = strlen(text);
            snprintf(text + used, sizeof text - used, "%d,%s\n", k, cases[i].labels[k]);
        }
        aann_dataset *dataset = load_text(state, text, NULL);
        assert_int_equal(aann_dataset_class_count(dataset), cases[i].classes);
        assert_memory_equal(aann_dataset_labels(dataset), cases[i].wanted, sizeof cases[i].wanted);
        if (cases[i].first != NULL) {
            assert_string_equal(aann_dataset_class_name(dataset, 0), cases[i].first);
        } else {
            assert_null(aann_dataset_class_name(dataset, 0));
        }
        aann_dataset_destroy(dataset);
    }
    aann_load_options options = aann_load_options_default();
    options.classes = AANN_CLASSES_NAMED;
    aann_dataset *dataset = load_text(state, "a,label\n1,0\n2,1\n", &options);
    assert_string_equal(aann_dataset_class_name(dataset, 1), "1");
    aann_dataset_destroy(dataset);
    static const char *const missing[] = {"nan", "NaN", "NA", "?", "null"};
    for (size_t i = 0; i < sizeof missing / sizeof missing[0]; i++) {
        char text[64];
        snprintf(text, sizeof text, "a,label\n1,0\n2,%s\n3,1\n", missing[i]);
        assert_refused(state, text, NULL, AANN_ERROR_FORMAT, "line 3, column 'label': '");
        assert_refused(state, text, NULL, AANN_ERROR_FORMAT, "is no class; leave out the rows");
    }
    /* Studies of the first rules keep their classes. */
    options = aann_load_options_default();
    options.rules = AANN_LOAD_RULES_FIRST;
    dataset = load_text(state, "a,label\n1,0\n2,nan\n3,2\n", &options);
    assert_int_equal(aann_dataset_class_count(dataset), 3);
    aann_dataset_destroy(dataset);
    dataset = load_text(state, "a,label\n1,1\n3,3\n", &options);
    assert_int_equal(aann_dataset_class_count(dataset), 4);
    aann_dataset_destroy(dataset);
}

/* T33: the usual names of a label, wherever it stands. */
static void the_label_is_found_by_its_name(void **state)
{
    static const char *const names[] = {"label", "class", "Label", "TARGET", "y"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char text[64];
        snprintf(text, sizeof text, "%s,a,b\nowl,1,0.5\ncat,2,1.5\n", names[i]);
        aann_dataset *dataset = load_text(state, text, NULL);
        assert_string_equal(aann_dataset_class_name(dataset, 1), "owl");
        assert_int_equal(aann_dataset_column_count(dataset), 2);
        aann_dataset_destroy(dataset);
    }
    assert_refused(state, "species,a,b\nowl,1,0.511\ncat,2,1.5\n", NULL, AANN_ERROR_FORMAT,
                   "line 2, column 'b': label 0 is 0.511, one of 2 different numbers");
}

/* T17 to T20: columns by name, in any order; missing and further ones are named. */
static void columns_are_matched_by_name(void **state)
{
    static const char *const names[] = {"a", "b", "c"};
    aann_load_options options = aann_load_options_default();
    options.columns = names;
    options.column_count = 3;
    options.label_column = "label";
    aann_dataset *wanted = load_text(state, "a,b,c,label\n1,2,3,x\n4,5,6,y\n", &options);
    aann_dataset *dataset = load_text(state, "c,label,a,b\n3,x,1,2\n6,y,4,5\n", &options);
    assert_string_equal(aann_dataset_checksum(wanted), aann_dataset_checksum(dataset));
    assert_string_equal(aann_dataset_column_name(dataset, 2), "c");
    aann_dataset_destroy(dataset);
    assert_refused(state, "b;c;a\n2;3;1\n5;6;4\n", &options, AANN_ERROR_ARGUMENT,
                   "no column is called 'label'; there are: b, c, a");
    options.ignore_answers = true;
    dataset = load_text(state, "label,c,a,b\n?,3,1,2\n,6,4,5\n", &options);
    assert_null(aann_dataset_labels(dataset));
    assert_memory_equal(aann_dataset_table(dataset), aann_dataset_table(wanted),
                        6 * sizeof(double));
    aann_dataset_destroy(dataset);
    dataset = load_text(state, "b;c;a\n2;3;1\n5;6;4\n", &options);
    assert_null(aann_dataset_labels(dataset));
    assert_memory_equal(aann_dataset_table(dataset), aann_dataset_table(wanted),
                        6 * sizeof(double));
    aann_dataset_destroy(dataset);
    dataset = load_text(state, ",b,c,a\n0,2,3,1\n1,5,6,4\n", &options); /* an index is no column */
    assert_memory_equal(aann_dataset_table(dataset), aann_dataset_table(wanted),
                        6 * sizeof(double));
    aann_dataset_destroy(dataset);
    aann_dataset_destroy(wanted);
    assert_refused(state, "a,b,x,label\n1,2,3,x\n", &options, AANN_ERROR_FORMAT,
                   "has other columns than the training data: c missing, x not known there");
    assert_refused(state, "b,c,label\n2,3,1\n", &options, AANN_ERROR_FORMAT,
                   "lacks columns that the training data had: a");
    assert_refused(state, "id,a,b,c\n9,1,2,3\n", &options, AANN_ERROR_FORMAT,
                   "has columns that the training data had not: id; if they mean nothing here: "
                   "--drop-columns id");
    options.drop_columns = "id";
    dataset = load_text(state, "id,a,b,c\n9,1,2,3\n", &options);
    assert_true(aann_dataset_table(dataset)[0] == 1.0);
    aann_dataset_destroy(dataset);
    options.drop_columns = NULL;
    assert_refused(state, "1,2,3\n4,5,6\n", &options, AANN_ERROR_FORMAT,
                   "no names of columns, and the training data had names; add them, or say that "
                   "the columns are in the same order: --header no");
    options.header = AANN_HEADER_NO;
    dataset = load_text(state, "1,2,3\n4,5,6\n", &options);
    assert_int_equal(aann_dataset_count(dataset), 2);
    aann_dataset_destroy(dataset);
    dataset = load_text(state, "1,2,3,x\n4,5,6,y\n", &options);
    assert_null(aann_dataset_labels(dataset));
    aann_dataset_destroy(dataset);
    options.ignore_answers = false;
    dataset = load_text(state, "1,2,3,x\n4,5,6,y\n", &options);
    assert_int_equal(aann_dataset_class_count(dataset), 2);
    aann_dataset_destroy(dataset);
    assert_refused(state, "1,2\n4,5\n", &options, AANN_ERROR_FORMAT,
                   "2 columns without names; expected the 3");
}

static void groups_and_times_are_no_features(void **state)
{
    aann_load_options options = aann_load_options_default();
    options.group_column = "subject";
    options.time_column = "day";
    static const char text[] = "subject,a,day,label\nanna,1,2024-03-01,0\nben,2,2023-12-31,1\n"
                               "anna,3,2024-01-05,1\n";
    aann_dataset *dataset = load_text(state, text, &options);
    assert_int_equal(aann_dataset_column_count(dataset), 1);
    assert_true(dataset->groups[0] == dataset->groups[2] &&
                dataset->groups[0] != dataset->groups[1]);
    assert_true(dataset->times[1] < dataset->times[2] && dataset->times[2] < dataset->times[0]);
    aann_dataset_destroy(dataset);
    assert_refused(state, "subject,a,day,label\n,1,2,0\nben,2,3,1\n", &options, AANN_ERROR_FORMAT,
                   "line 2, column 'subject': the cell is empty");
}

static void times_that_do_not_sort_are_refused(void **state)
{
    aann_load_options options = aann_load_options_default();
    options.time_column = "day";
    assert_refused(state, "a,day,label\n1,1.3.2024,0\n2,31.12.2023,1\n", &options,
                   AANN_ERROR_FORMAT, "column 'day': '1.3.2024' is no time that can be sorted");
    assert_refused(state, "a,day,label\n1,2024-3-1,0\n2,2023-12-31,1\n", &options,
                   AANN_ERROR_FORMAT, "all of one length");
    options.delimiter = ',';
    options.decimal = '.';
    options.header = AANN_HEADER_YES; /* as a study has it: what was read once is read again */
    aann_dataset *dataset = load_text(state, "a,day,label\n1,mon,0\n2,tue,1\n", &options);
    assert_true(dataset->times[0] < dataset->times[1]);
    aann_dataset_destroy(dataset);
}

static void commas_beside_points_are_refused(void **state)
{
    static const char text[] = "a;b;label\n3,14;1.5;0\n2;2.5;1\n-1,5;3.5;1\n";
    aann_load_options options = aann_load_options_default();
    assert_refused(state, text, &options, AANN_ERROR_FORMAT,
                   "column 'a': '3,14' is a number only if its comma is a decimal mark");
    options.decimal = '.';
    aann_dataset *dataset = load_text(state, text, &options);
    assert_int_equal(aann_dataset_column_count(dataset), 2);
    aann_dataset_destroy(dataset);
}

static void a_wanted_column_has_one_place(void **state)
{
    static const char *const twice[] = {"a", "a"};
    aann_load_options options = aann_load_options_default();
    options.columns = twice;
    options.column_count = 2;
    options.label_column = "label";
    assert_refused(state, "a,b,label\n1,2,0\n3,4,1\n", &options, AANN_ERROR_ARGUMENT,
                   "'a' is named twice");
}

static void a_sign_alone_is_no_table(void **state)
{
    const aann_load_options options = aann_load_options_default();
    assert_refused(state, "#\n", &options, AANN_ERROR_FORMAT, "line 1");
    assert_refused(state, "#\n#\n", &options, AANN_ERROR_FORMAT, "line 1");
}

static void windows_have_a_limit(void **state)
{
    aann_load_options options = aann_load_options_default();
    options.window = 100;
    options.window_step = 1;
    options.data_limit = 20000;
    options.label_column = "";
    char text[1024] = "x\n";
    for (int i = 0; i < 200; i++) {
        memcpy(text + 2 + 4 * (size_t)i, "1.5\n", 5);
    }
    assert_refused(state, text, &options, AANN_ERROR_FORMAT,
                   "101 windows of 100 rows hold more than 20000 bytes");
    options.window_step = 50;
    aann_dataset *dataset = load_text(state, text, &options);
    assert_int_equal(aann_dataset_count(dataset), 3);
    aann_dataset_destroy(dataset);
}

static void windows_stay_within_labels_and_groups(void **state)
{
    aann_load_options options = aann_load_options_default();
    options.window = 3;
    options.window_step = 2;
    options.group_column = "run";
    char text[1024] = "x,y,run,label\n";
    for (int i = 0; i < 20; i++) {
        const size_t used = strlen(text);
        snprintf(text + used, sizeof text - used, "%d,%d,%s,%s\n", i, 100 + i,
                 i < 10 ? "one" : "two", i < 5 || i >= 16 ? "still" : "walk");
    }
    aann_dataset *dataset = load_text(state, text, &options);
    /* Pieces: 0-4 still, 5-9 walk, 10-15 walk, 16-19 still. */
    static const float starts[] = {0, 2, 5, 7, 10, 12, 16};
    static const int32_t labels[] = {0, 0, 1, 1, 1, 1, 0};
    assert_int_equal(aann_dataset_count(dataset), 7);
    const aann_shape shape = aann_dataset_shape(dataset);
    assert_true(shape.channels == 2 && shape.height == 1 && shape.width == 3);
    assert_memory_equal(aann_dataset_labels(dataset), labels, sizeof labels);
    for (int i = 0; i < 7; i++) {
        for (int t = 0; t < 3; t++) {
            assert_true(dataset->floats[i * 6 + t] == starts[i] + (float)t);
            assert_true(dataset->floats[i * 6 + 3 + t] == 100 + starts[i] + (float)t);
        }
    }
    assert_true(dataset->groups[3] != dataset->groups[4]);
    aann_dataset_destroy(dataset);
    options.window = 7;
    assert_refused(state, text, &options, AANN_ERROR_FORMAT, "no window of 7 rows");
    options.window = 2;
    options.group_column = NULL;
    assert_refused(state, text, &options, AANN_ERROR_FORMAT,
                   "column 'run' has words; windows are cut from numbers");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        data_test(one_table_is_written_in_many_ways),
        data_test(what_is_said_stands_above_what_is_found),
        data_test(a_first_line_of_data_is_data),
        data_test(windows_1252_is_read),
        data_test(classes_are_those_that_occur),
        data_test(the_label_is_found_by_its_name),
        data_test(columns_are_matched_by_name),
        data_test(groups_and_times_are_no_features),
        data_test(times_that_do_not_sort_are_refused),
        data_test(commas_beside_points_are_refused),
        data_test(a_wanted_column_has_one_place),
        data_test(a_sign_alone_is_no_table),
        data_test(windows_have_a_limit),
        data_test(windows_stay_within_labels_and_groups),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
