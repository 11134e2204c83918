/* The samples of a family: splits, word labels, and getting exactly them again. */
#include "family/family_test.h"

/* A stored family, in memory, with these data. */
static aann_family_row family_of(const aann_family_data *data, const char *spec, aann_shape input)
{
    return (aann_family_row){
        .id = 1,
        .task =
            (char *)(uintptr_t)(aann_family_data_train(data)->targets != NULL ? "regression"
                                                                              : "classification"),
        .spec = (char *)(uintptr_t)spec,
        .input = input,
        .excitatory_share = 0.5,
        .data = (char *)(uintptr_t)aann_family_data_json(data),
    };
}

static void assert_same_samples(const aann_samples *a, const aann_samples *b)
{
    assert_int_equal(a == NULL, b == NULL);
    if (a == NULL) {
        return;
    }
    assert_int_equal(a->count, b->count);
    assert_memory_equal(&a->shape, &b->shape, sizeof a->shape);
    assert_memory_equal(a->inputs, b->inputs, (size_t)a->count * (size_t)aann_shape_size(a->shape));
    assert_int_equal(a->labels == NULL, b->labels == NULL);
    if (a->labels != NULL) {
        assert_memory_equal(a->labels, b->labels, (size_t)a->count * sizeof *a->labels);
    }
    if (a->targets != NULL) {
        assert_memory_equal(a->targets, b->targets,
                            (size_t)(a->count * a->target_count) * sizeof *a->targets);
    }
}

static void assert_comes_back(const aann_family_data *data, const char *spec)
{
    aann_error error;
    aann_family_data *again = NULL;
    const aann_family_row family = family_of(data, spec, aann_family_data_train(data)->shape);
    assert_ok(aann_family_data_reload(&family, NULL, NULL, &again, &error));
    assert_same_samples(aann_family_data_train(data), aann_family_data_train(again));
    assert_same_samples(aann_family_data_validation(data), aann_family_data_validation(again));
    assert_same_samples(aann_family_data_test(data), aann_family_data_test(again));
    aann_family_data_destroy(again);
}

static void test_splits(void **state)
{
    (void)state;
    aann_error error;
    aann_family_data *data = sample_data();
    assert_int_equal(aann_family_data_train(data)->count, 461);
    assert_int_equal(aann_family_data_validation(data)->count, 51);
    assert_int_equal(aann_family_data_test(data)->count, 256);
    assert_ptr_equal(aann_family_data_split(data, "validation"), aann_family_data_validation(data));
    assert_null(aann_family_data_split(data, "other"));
    assert_comes_back(data, "10");
    /* The validation split is the end of the file, whatever the search uses. */
    aann_family_source source = sample_source();
    source.validation = 51;
    source.train_limit = 100;
    source.load.shape = (aann_shape){784, 1, 1};
    aann_family_data *limited = NULL;
    assert_ok(aann_family_data_load(&source, &limited, &error));
    assert_int_equal(aann_family_data_train(limited)->count, 100);
    assert_memory_equal(aann_family_data_validation(limited)->inputs,
                        aann_family_data_validation(data)->inputs, 51 * 784);
    assert_memory_equal(aann_family_data_validation(limited)->labels,
                        aann_family_data_validation(data)->labels, 51 * sizeof(int32_t));
    assert_comes_back(limited, "10");
    aann_family_data_destroy(limited);
    aann_family_data_destroy(data);
}

static void test_bad_splits(void **state)
{
    (void)state;
    const struct {
        double validation;
        int64_t limit;
        const char *part;
    } cases[] = {
        {512, 0, "validation split: 512 of the 512"},
        {600, 0, "validation split"},
        {3.5, 0, "validation split: 3.5"},
        {12, 501, "501 training samples wanted"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        aann_error error = {0};
        aann_family_data *data = NULL;
        aann_family_source source = sample_source();
        source.validation = cases[i].validation;
        source.train_limit = cases[i].limit;
        assert_int_equal(aann_family_data_load(&source, &data, &error), AANN_ERROR_ARGUMENT);
        assert_non_null(strstr(error.message, cases[i].part));
        assert_null(data);
    }
}

static const char train_csv[] =
    "a,b,kind\n1,2,red\n3,4,green\n5,6,blue\n7,9,red\n2,2,green\n8,1,blue\n"
    "1,2,red\n3,4,green\n5,6,blue\n7,9,red\n";

/* A test set that lacks a word keeps the training set's numbers; other files too, with or without
 * labels. */
static void test_words(void **state)
{
    aann_error error;
    char train[TEST_PATH], test[TEST_PATH], plain[TEST_PATH];
    write_text(in_folder(state, "train.csv", train), train_csv);
    write_text(in_folder(state, "test.csv", test), "a,b,kind\n1,1,red\n2,2,green\n");
    write_text(in_folder(state, "plain.csv", plain), "a,b\n1,1\n8,9\n");
    aann_family_source source = aann_family_source_default();
    source.train = train;
    source.test = test;
    source.load.label_column = "kind";
    aann_family_data *data = NULL;
    assert_ok(aann_family_data_load(&source, &data, &error));
    assert_int_equal(aann_family_data_train(data)->class_count, 3);
    assert_int_equal(aann_family_data_test(data)->labels[0], 2); /* blue, green, red */
    assert_int_equal(aann_family_data_test(data)->labels[1], 1);
    assert_comes_back(data, "3");

    const aann_family_row family = family_of(data, "3", (aann_shape){2, 1, 1});
    char **names = NULL;
    int32_t count = 0;
    assert_ok(aann_family_class_names(&family, &names, &count, &error));
    assert_int_equal(count, 3);
    assert_string_equal(names[2], "red");
    aann_free(names);

    aann_samples *samples = NULL;
    assert_ok(aann_family_encode(&family, test, NULL, 0, 0, true, &samples, &error));
    assert_same_samples(samples, aann_family_data_test(data));
    aann_samples_destroy(samples);
    assert_ok(aann_family_encode(&family, plain, NULL, 0, 0, false, &samples, &error));
    assert_int_equal(samples->count, 2);
    assert_null(samples->labels);
    aann_samples_destroy(samples);
    assert_int_not_equal(aann_family_encode(&family, plain, NULL, 0, 0, true, &samples, &error),
                         AANN_OK);
    assert_null(samples);
    aann_family_data_destroy(data);
}

/* Other content under the same name is refused, moved files are found where one says. */
/* A word that is not UTF-8 is one that JSON cannot hold: it is read as Windows-1252, and keeps its
 * place among the classes. */
static void test_words_in_latin_1(void **state)
{
    aann_error error = {0};
    char train[TEST_PATH];
    write_text(in_folder(state, "train.csv", train),
               "a,b,kind\n1,2,red\n3,4,gr\xfcn\n5,6,blue\n1,3,red\n3,1,gr\xfcn\n5,5,blue\n");
    aann_family_source source = aann_family_source_default();
    source.train = train;
    source.load.label_column = "kind";
    aann_family_data *data = NULL;
    assert_int_equal(aann_family_data_load(&source, &data, &error), AANN_OK);
    assert_non_null(strstr(aann_family_data_json(data), "[\"blue\",\"gr\xc3\xbcn\",\"red\"]"));
    aann_family_data_destroy(data);
}

/* Other content under the same name is refused, moved files are found where one says. */
static void test_changed_and_moved(void **state)
{
    aann_error error = {0};
    char train[TEST_PATH], moved[TEST_PATH];
    write_text(in_folder(state, "train.csv", train), train_csv);
    aann_family_source source = aann_family_source_default();
    source.train = train;
    aann_family_data *data = NULL;
    aann_family_data *again = NULL;
    assert_ok(aann_family_data_load(&source, &data, &error));
    const aann_family_row family = family_of(data, "3", (aann_shape){2, 1, 1});

    write_text(in_folder(state, "moved.csv", moved), train_csv);
    assert_int_equal(unlink(train), 0);
    assert_int_equal(aann_family_data_reload(&family, NULL, NULL, &again, &error), AANN_ERROR_IO);
    assert_ok(aann_family_data_reload(&family, moved, NULL, &again, &error));
    assert_same_samples(aann_family_data_train(again), aann_family_data_train(data));
    aann_family_data_destroy(again);

    char changed[sizeof train_csv];
    memcpy(changed, train_csv, sizeof changed);
    *strstr(changed, "7,9") = '6';
    write_text(train, changed);
    assert_int_equal(aann_family_data_reload(&family, NULL, NULL, &again, &error),
                     AANN_ERROR_FORMAT);
    assert_non_null(strstr(error.message, "is not the train set that family 1 was searched on"));
    assert_null(again);
    aann_family_data_destroy(data);
}

static void test_targets(void **state)
{
    aann_error error;
    char train[TEST_PATH];
    write_text(in_folder(state, "train.csv", train),
               "a,b,x,y\n1,2,0.5,-0.5\n3,4,0.1,0.2\n5,6,0.3,0.4\n"
               "1,3,0.5,-0.5\n3,1,0.1,0.2\n5,5,0.3,0.4\n");
    aann_family_source source = aann_family_source_default();
    source.train = train;
    source.load.target_columns = "x,y";
    aann_family_data *data = NULL;
    assert_ok(aann_family_data_load(&source, &data, &error));
    assert_int_equal(aann_family_data_train(data)->target_count, 2);
    assert_comes_back(data, "2");
    aann_family_data_destroy(data);
}

static void test_damaged_description(void **state)
{
    (void)state;
    aann_error error = {0};
    aann_family_data *data = NULL;
    const char *const texts[] = {"", "{}", "[1]",
                                 "{\"split\":{\"train\":[0,-1],\"validation\":[0,0]}}"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        const aann_family_row family = {
            .id = 4, .data = (char *)(uintptr_t)texts[i], .spec = (char *)(uintptr_t) "3"};
        assert_int_equal(aann_family_data_reload(&family, NULL, NULL, &data, &error),
                         AANN_ERROR_FORMAT);
        assert_non_null(strstr(error.message, "family 4"));
        assert_null(data);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_splits),
        cmocka_unit_test(test_bad_splits),
        cmocka_unit_test_setup_teardown(test_words, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_words_in_latin_1, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_changed_and_moved, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_targets, make_folder, remove_folder),
        cmocka_unit_test(test_damaged_description),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
