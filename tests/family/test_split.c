/* Splits of tables: by class, by group, by time; the same again from the stored description; and what
 * is said about them. */
#include "family/family_test.h"

enum { TEXT_SIZE = 16384 };

static aann_family_row family_of(const aann_family_data *data)
{
    return (aann_family_row){.id = 1,
                             .task = (char *)(uintptr_t) "classification",
                             .spec = (char *)(uintptr_t) "4-3",
                             .input = aann_family_data_train(data)->shape,
                             .excitatory_share = 0.5,
                             .data = (char *)(uintptr_t)aann_family_data_json(data)};
}

static void assert_same(const aann_samples *a, const aann_samples *b)
{
    assert_int_equal(a->count, b->count);
    assert_memory_equal(a->inputs, b->inputs, (size_t)a->count * (size_t)aann_shape_size(a->shape));
    assert_memory_equal(a->labels, b->labels, (size_t)a->count * sizeof *a->labels);
}

static aann_family_data *load(const aann_family_source *source)
{
    aann_error error = {0};
    aann_family_data *data = NULL;
    if (aann_family_data_load(source, &data, &error) != AANN_OK) {
        fail_msg("%s", error.message);
    }
    aann_family_data *again = NULL;
    const aann_family_row family = family_of(data);
    if (aann_family_data_reload(&family, NULL, NULL, &again, &error) != AANN_OK) {
        fail_msg("%s", error.message);
    }
    assert_same(aann_family_data_train(data), aann_family_data_train(again));
    if (aann_family_data_validation(data) != NULL) {
        assert_same(aann_family_data_validation(data), aann_family_data_validation(again));
    }
    const aann_samples *rest = aann_family_data_certification(data);
    assert_true((rest == NULL) == (aann_family_data_certification(again) == NULL));
    if (rest != NULL) {
        assert_same(rest, aann_family_data_certification(again));
    }
    aann_family_data_destroy(again);
    return data;
}

/* 90 rows sorted by class, 60 of "x", 20 of "y", 10 of "z"; five groups; times that fall. The only
 * feature is the number of the row, encoded one to one. */
static aann_family_source sorted_table(void **state, char path[TEST_PATH])
{
    static char text[TEXT_SIZE];
    size_t used = (size_t)snprintf(text, sizeof text, "row,group,when,kind\n");
    for (int i = 0; i < 90; i++) {
        used += (size_t)snprintf(text + used, sizeof text - used, "%d,g%d,%d,%s\n", i, i / 7 % 5,
                                 1000 - i,
                                 i < 60   ? "x"
                                 : i < 80 ? "y"
                                          : "z");
    }
    write_text(in_folder(state, "sorted.csv", path), text);
    aann_family_source source = aann_family_source_default();
    source.train = path;
    source.load.label_column = "kind";
    source.load.drop_columns = "group,when";
    source.encoding = AANN_ENCODING_FEATURE;
    source.constant = AANN_CONSTANT_OFF;
    source.validation = 0.2;
    source.split_seed = 1;
    return source;
}

/* The rows, which the encoding of the one feature keeps in order, and how many of each class. */
static void count(const aann_samples *samples, int counts[3])
{
    counts[0] = counts[1] = counts[2] = 0;
    for (int64_t i = 0; i < samples->count; i++) {
        counts[samples->labels[i]]++;
    }
}

static bool has_input(const aann_samples *samples, int8_t input)
{
    for (int64_t i = 0; i < samples->count; i++) {
        if (samples->inputs[i] == input) {
            return true;
        }
    }
    return false;
}

/* T15, T16: the last tenth of a file that is sorted by class has one class. */
static void tables_are_shuffled_by_class(void **state)
{
    char path[TEST_PATH];
    int counts[3];
    aann_family_source source = sorted_table(state, path);
    aann_family_data *data = load(&source);
    count(aann_family_data_validation(data), counts);
    assert_true(counts[0] == 12 && counts[1] == 4 && counts[2] == 2);
    count(aann_family_data_train(data), counts);
    assert_true(counts[0] == 48 && counts[1] == 16 && counts[2] == 8);
    /* No sample is on both sides, and the training samples are not in the order of the file. */
    const aann_samples *train = aann_family_data_train(data);
    const aann_samples *validation = aann_family_data_validation(data);
    bool sorted = true;
    for (int64_t i = 0; i < train->count; i++) {
        assert_false(has_input(validation, train->inputs[i]));
        sorted = sorted && (i == 0 || train->inputs[i] > train->inputs[i - 1]);
    }
    assert_false(sorted);
    /* Another seed, other samples; the same seed, the same. */
    aann_family_data *same = load(&source);
    assert_same(train, aann_family_data_train(same));
    source.split_seed = 2;
    aann_family_data *other = load(&source);
    assert_true(memcmp(train->inputs, aann_family_data_train(other)->inputs, 72) != 0);
    aann_family_data_destroy(same);
    aann_family_data_destroy(other);
    aann_family_data_destroy(data);
    /* A limit takes the first of the shuffled samples. */
    source.split_seed = 1;
    source.train_limit = 20;
    data = load(&source);
    count(aann_family_data_train(data), counts);
    assert_true(counts[0] + counts[1] + counts[2] == 20 && counts[1] > 0 && counts[0] < 20);
    aann_family_data_destroy(data);
    source.split = AANN_SPLIT_LAST;
    source.train_limit = 0;
    data = load(&source);
    count(aann_family_data_validation(data), counts);
    assert_true(counts[0] == 0 && counts[1] == 8 && counts[2] == 10);
    assert_non_null(strstr(aann_family_data_notes(data),
                           "no sample of the validation split is of class 'x'\n"));
    assert_non_null(
        strstr(aann_family_data_notes(data), "no sample of the training split is of class 'z'\n"));
    aann_family_data_destroy(data);
    source.split = AANN_SPLIT_BLOCKS;
    data = load(&source);
    validation = aann_family_data_validation(data);
    count(validation, counts);
    assert_true(counts[0] == 12 && counts[1] == 4 && counts[2] == 2);
    aann_family_data_destroy(data);
}

static void groups_stay_together(void **state)
{
    char path[TEST_PATH];
    aann_family_source source = sorted_table(state, path);
    source.load.drop_columns = "when";
    source.load.group_column = "group";
    for (uint64_t seed = 1; seed <= 5; seed++) {
        source.split_seed = seed;
        aann_family_data *data = load(&source);
        const aann_samples *train = aann_family_data_train(data);
        const aann_samples *validation = aann_family_data_validation(data);
        assert_int_equal(train->count + validation->count, 90);
        assert_true(validation->count >= 13 && validation->count <= 21);
        for (int row = 0; row < 90; row++) {
            /* The first row of the group says on which side it is. */
            const int first = row / 7 % 5 * 7;
            const int8_t one = (int8_t)(2 * row * 127 / 89 - 127),
                         two = (int8_t)(2 * first * 127 / 89 - 127);
            const bool near_one =
                has_input(validation, one) || has_input(validation, (int8_t)(one + 1));
            const bool near_two =
                has_input(validation, two) || has_input(validation, (int8_t)(two + 1));
            assert_int_equal(near_one, near_two);
        }
        aann_family_data_destroy(data);
    }
    aann_error error = {0};
    aann_family_data *data = NULL;
    source.load.group_column = NULL;
    source.load.drop_columns = "group,when";
    source.split = AANN_SPLIT_GROUPS;
    assert_int_equal(aann_family_data_load(&source, &data, &error), AANN_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "no groups to split by; --group-column"));
}

static void the_latest_are_for_validation(void **state)
{
    char path[TEST_PATH];
    aann_family_source source = sorted_table(state, path);
    source.load.drop_columns = "group";
    source.load.time_column = "when"; /* which falls: the first rows are the latest */
    aann_family_data *data = load(&source);
    const aann_samples *validation = aann_family_data_validation(data);
    assert_int_equal(validation->count, 18);
    for (int64_t i = 0; i < validation->count; i++) {
        assert_true(validation->inputs[i] < 2 * 18 * 127 / 89 - 127);
    }
    aann_family_data_destroy(data);
}

/* The stored description with the word behind the key `key` exchanged; static memory. */
static char *changed(const char *json, const char *key, const char *value)
{
    static char text[TEXT_SIZE];
    const char *found = strstr(json, key);
    assert_non_null(found);
    const char *begin = strchr(found, ':') + 1;
    const char *end = begin + strcspn(begin, ",}");
    assert_true(strlen(json) + strlen(value) < sizeof text);
    snprintf(text, sizeof text, "%.*s%s%s", (int)(begin - json), json, value, end);
    return text;
}

static void a_strangers_split_is_checked(void **state)
{
    static const char *const cases[][3] = {
        {"\"wanted\"", "91", "91 of 90 samples for validation; expected 0 to 89"},
        {"\"wanted\"", "2000000000", "expected 0 to 89"},
        {"\"rule\"", "\"groups\"", "no groups to split by"}};
    char path[TEST_PATH];
    aann_error error = {0};
    aann_family_source source = sorted_table(state, path);
    source.load.drop_columns = "group";
    source.load.time_column = "when";
    aann_family_data *data = load(&source);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        aann_family_data *again = NULL;
        aann_family_row family = family_of(data);
        family.data = changed(family.data, cases[i][0], cases[i][1]);
        assert_true(aann_family_data_reload(&family, NULL, NULL, &again, &error) != AANN_OK);
        if (strstr(error.message, cases[i][2]) == NULL) {
            fail_msg("%s", error.message);
        }
        assert_null(again);
    }
    aann_family_data_destroy(data);
}

/* T28: classes that are unequal are said to be, and can be balanced. */
static void rarer_classes_are_repeated(void **state)
{
    char path[TEST_PATH];
    int counts[3];
    aann_family_source source = sorted_table(state, path);
    aann_family_data *data = load(&source);
    assert_non_null(
        strstr(aann_family_data_notes(data), "66.7 % of the training samples are of class 'x'"));
    assert_non_null(strstr(aann_family_data_notes(data), "the validation split has 18 samples"));
    aann_family_data_destroy(data);
    source.balanced = true;
    data = load(&source);
    count(aann_family_data_train(data), counts);
    assert_true(counts[0] == 48 && counts[1] == 48 && counts[2] == 48);
    count(aann_family_data_validation(data), counts);
    assert_true(counts[0] == 12 && counts[1] == 4 && counts[2] == 2);
    aann_family_data_destroy(data);
    source.split = AANN_SPLIT_LAST;
    aann_error error = {0};
    assert_int_equal(aann_family_data_load(&source, &data, &error), AANN_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "balanced classes need a split that is a list"));
}

/* T27: too little to learn from. */
static void small_data_are_noted(void **state)
{
    char path[TEST_PATH];
    aann_family_source source = aann_family_source_default();
    write_text(in_folder(state, "one.csv", path), "a,b,label\n1,2,x\n1,3,x\n2,2,x\n");
    source.train = path;
    aann_family_data *data = load(&source);
    const char *notes = aann_family_data_notes(data);
    assert_non_null(strstr(notes, "the training split has 3 samples\n"));
    assert_non_null(
        strstr(notes, "all training samples are of class 'x': there is nothing to learn"));
    assert_non_null(strstr(notes, "there is no validation split"));
    aann_family_data_destroy(data);
    write_text(path, "a,b,label\n1,2,x\n1,2,y\n1,2,x\n1,2,y\n");
    aann_error error = {0};
    assert_int_equal(aann_family_data_load(&source, &data, &error), AANN_ERROR_FORMAT);
    assert_non_null(strstr(error.message, "all values are the same"));
}

/* A test file is matched by the names of its columns and of its classes. */
static void the_test_set_is_matched_by_name(void **state)
{
    char train[TEST_PATH], test[TEST_PATH];
    aann_error error = {0};
    write_text(in_folder(state, "train.csv", train),
               "a,b,kind\n1,0,10\n2,0,20\n3,0,30\n1,1,10\n2,1,20\n3,1,30\n");
    write_text(in_folder(state, "test.csv", test), "kind;b;a\n30;0;3\n10;1;1\n");
    aann_family_source source = aann_family_source_default();
    source.train = train;
    source.test = test;
    source.validation = 0;
    source.load.label_column = "kind";
    aann_family_data *data = load(&source);
    const aann_samples *samples = aann_family_data_test(data);
    assert_int_equal(samples->labels[0], 2);
    assert_int_equal(samples->labels[1], 0);
    /* Each test sample equals the training sample with the same values. */
    const aann_samples *known = aann_family_data_train(data);
    const size_t size = (size_t)aann_shape_size(known->shape);
    int found = 0;
    for (int64_t i = 0; i < known->count; i++) {
        found += memcmp(known->inputs + (size_t)i * size, samples->inputs, size) == 0 &&
                 known->labels[i] == 2;
    }
    assert_int_equal(found, 1);
    aann_family_data_destroy(data);
    write_text(test, "kind,b,c\n30,0,3\n");
    assert_int_equal(aann_family_data_load(&source, &data, &error), AANN_ERROR_FORMAT);
    assert_non_null(strstr(error.message, "a missing, c not known there"));
    write_text(test, "kind,b,a\n40,0,3\n");
    assert_int_equal(aann_family_data_load(&source, &data, &error), AANN_ERROR_FORMAT);
    assert_non_null(strstr(error.message, "is labelled '40', which is none of the 3 classes"));
}

/* Every sample is in exactly one of the three splits of the training file, whatever the rule; where
 * neighbours are related there is no certification split. */
static void the_rest_is_for_certification(void **state)
{
    char path[TEST_PATH];
    aann_error error;
    const aann_split_rule rules[] = {AANN_SPLIT_LAST, AANN_SPLIT_SHUFFLED};
    for (int rule = 0; rule < 2; rule++) {
        aann_family_source source = sorted_table(state, path);
        source.split = rules[rule];
        source.certification = 30;
        aann_family_data *data = load(&source);
        const aann_samples *splits[] = {aann_family_data_train(data),
                                        aann_family_data_validation(data),
                                        aann_family_data_certification(data)};
        const int64_t sizes[] = {42, 18, 30};
        for (int i = 0; i < 3; i++) {
            assert_non_null(splits[i]);
            assert_int_equal(splits[i]->count, sizes[i]);
            for (int other = 0; other < i; other++) {
                for (int64_t s = 0; s < splits[i]->count; s++) {
                    assert_false(has_input(splits[other], splits[i]->inputs[s]));
                }
            }
        }
        assert_true(aann_family_data_split(data, "certification") == splits[2]);
        aann_family_data_destroy(data);
        source.balanced = rules[rule] == AANN_SPLIT_SHUFFLED; /* repeats change nothing of it */
        if (source.balanced) {
            aann_family_data *balanced = load(&source);
            const aann_samples *rest = aann_family_data_certification(balanced);
            assert_int_equal(rest->count, 30);
            for (int64_t s = 0; s < rest->count; s++) {
                assert_false(has_input(aann_family_data_train(balanced), rest->inputs[s]));
            }
            aann_family_data_destroy(balanced);
        }
    }
    aann_family_source source = sorted_table(state, path);
    aann_family_data *data = load(&source);
    assert_null(aann_family_data_certification(data));
    aann_family_data_destroy(data);
    source.split = AANN_SPLIT_BLOCKS;
    source.train_limit = 20;
    data = load(&source);
    assert_null(aann_family_data_certification(data));
    aann_family_data_destroy(data);
    source.train_limit = 0;
    source.certification = 20;
    assert_int_equal(aann_family_data_load(&source, &data, &error), AANN_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "related"));
    source.split = AANN_SPLIT_LAST;
    source.certification = 72;
    assert_int_equal(aann_family_data_load(&source, &data, &error), AANN_ERROR_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(tables_are_shuffled_by_class, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(groups_stay_together, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(the_latest_are_for_validation, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(a_strangers_split_is_checked, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(rarer_classes_are_repeated, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(the_rest_is_for_certification, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(small_data_are_noted, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(the_test_set_is_matched_by_name, make_folder,
                                        remove_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
