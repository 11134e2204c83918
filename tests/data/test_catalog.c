/* The names of data sets: where the data folder is, and which file of it a name stands for. */
#include "data_test.h"

static void copy(const char *from, const char *to)
{
    size_t size;
    uint8_t *bytes = read_file(from, &size);
    write_file(to, bytes, size);
    free(bytes);
}

static void the_data_folder_follows_the_environment(void **state)
{
    (void)state;
    char *home = getenv("HOME") != NULL ? strdup(getenv("HOME")) : NULL;
    char path[64];
    aann_error error = {0};
    setenv("AANN_DATA", "/a/b", 1);
    setenv("XDG_DATA_HOME", "/x", 1);
    setenv("HOME", "/h", 1);
    assert_int_equal(aann_data_folder(path, sizeof path, &error), AANN_OK);
    assert_string_equal(path, "/a/b");
    setenv("AANN_DATA", "", 1);
    assert_int_equal(aann_data_folder(path, sizeof path, &error), AANN_OK);
    assert_string_equal(path, "/x/aann");
    unsetenv("XDG_DATA_HOME");
    assert_int_equal(aann_data_folder(path, sizeof path, &error), AANN_OK);
    assert_string_equal(path, "/h/.local/share/aann");
    assert_int_equal(aann_data_folder(path, 8, &error), AANN_ERROR_ARGUMENT);
    assert_message(&error, "the path of the data folder, from HOME, is too long");
    unsetenv("HOME");
    assert_int_equal(aann_data_folder(path, sizeof path, &error), AANN_ERROR_ARGUMENT);
    assert_message(&error, "set AANN_DATA to a folder");
    if (home != NULL) {
        setenv("HOME", home, 1);
    }
    free(home);
}

static void names_lead_to_files(void **state)
{
    const char *folder = *state;
    char path[2 * TEST_PATH_SIZE];
    char from[2 * TEST_PATH_SIZE];
    setenv("AANN_DATA", folder, 1);
    assert_load_fails("mnist:train", NULL, AANN_ERROR_NOT_FOUND,
                      "mnist:train: not there yet; type: aann data fetch mnist (looked for ");
    assert_load_fails("fashion-mnist:test", NULL, AANN_ERROR_NOT_FOUND,
                      "type: aann data fetch fashion-mnist");
    assert_load_fails("mnist", NULL, AANN_ERROR_ARGUMENT,
                      "say which split: mnist:train or mnist:test");
    assert_load_fails("mnist:validation", NULL, AANN_ERROR_ARGUMENT,
                      "say which split: mnist:train or mnist:test");
    assert_load_fails("mnist2:train", NULL, AANN_ERROR_IO, "mnist2:train: cannot open");
    static const char *const names[] = {"train-images-idx3-ubyte", "train-labels-idx1-ubyte",
                                        "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"};
    static const char *const sets[] = {"mnist", "fashion-mnist"};
    for (int set = 0; set < 2; set++) {
        snprintf(path, sizeof path, "%s/%s", folder, sets[set]);
        assert_int_equal(mkdir(path, 0700), 0);
        for (int i = 0; i < 4; i++) {
            snprintf(from, sizeof from, MNIST_SAMPLES "%s.gz", names[i]);
            snprintf(path, sizeof path, "%s/%s/%s", folder, sets[set], names[i]);
            copy(from, path);
        }
    }
    aann_dataset *train = load("mnist:train", NULL);
    assert_int_equal(aann_dataset_count(train), 512);
    assert_null(aann_dataset_class_name(train, 0));
    aann_dataset_destroy(train);
    aann_dataset *test = load("fashion-mnist:test", NULL);
    assert_int_equal(aann_dataset_count(test), 256);
    assert_int_equal(aann_dataset_class_count(test), 10);
    assert_string_equal(aann_dataset_class_name(test, 0), "T-shirt/top");
    assert_string_equal(aann_dataset_class_name(test, 9), "Ankle boot");
    aann_dataset_destroy(test);
    unsetenv("AANN_DATA");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_data_folder_follows_the_environment),
        data_test(names_lead_to_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
