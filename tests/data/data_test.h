/* What the tests of the data folder share: a folder of their own, files in it, and failures with
 * their message. */
#ifndef AANN_TESTS_DATA_TEST_H
#define AANN_TESTS_DATA_TEST_H

#include <stdio.h>
#include <sys/stat.h>

#include "aann/data.h"
#include "samples/dataset.h"
#include "support/remove_tree.h"
#include "support/test.h"

#ifndef AANN_SOURCE_DIR
#define AANN_SOURCE_DIR "."
#endif
#define MNIST_SAMPLES AANN_SOURCE_DIR "/tests/fixtures/mnist/"
#define NUMPY_SAMPLES AANN_SOURCE_DIR "/tests/fixtures/numpy/"

enum { TEST_PATH_SIZE = 512 };

/* An empty folder for one test; *state is its path. */
static inline int make_test_folder(void **state)
{
    const char *parent = getenv("TMPDIR");
    char *path = malloc(TEST_PATH_SIZE);
    assert_non_null(path);
    snprintf(path, TEST_PATH_SIZE, "%s/aann-data-XXXXXX", parent != NULL ? parent : "/tmp");
    assert_non_null(mkdtemp(path));
    *state = path;
    return 0;
}

static inline int remove_test_folder(void **state)
{
    remove_tree(*state);
    free(*state);
    return 0;
}

/* "folder/name" into path. */
static inline const char *in_folder(void **state, const char *name, char path[TEST_PATH_SIZE])
{
    snprintf(path, TEST_PATH_SIZE, "%s/%s", (const char *)*state, name);
    return path;
}

static inline void write_file(const char *path, const void *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

/* The whole file, malloc'ed, with a NUL behind it. */
static inline uint8_t *read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    const long length = ftell(file);
    assert_true(length >= 0);
    rewind(file);
    uint8_t *bytes = malloc((size_t)length + 1);
    assert_non_null(bytes);
    assert_int_equal(fread(bytes, 1, (size_t)length, file), length);
    bytes[length] = 0;
    fclose(file);
    *size = (size_t)length;
    return bytes;
}

static inline int file_exists(const char *path)
{
    struct stat information;
    return stat(path, &information) == 0;
}

/* The message is one line that holds `wanted`. */
static inline void assert_message(const aann_error *error, const char *wanted)
{
    if (strstr(error->message, wanted) == NULL) {
        fail_msg("the message is \"%s\"; it should hold \"%s\"", error->message, wanted);
    }
    assert_null(strchr(error->message, '\n'));
}

static inline aann_dataset *load(const char *path, const aann_load_options *options)
{
    aann_error error = {0};
    aann_dataset *dataset = NULL;
    if (aann_dataset_load(path, options, &dataset, &error) != AANN_OK) {
        fail_msg("%s", error.message);
    }
    return dataset;
}

/* Loading fails with this status; the message names the file and holds `wanted`. */
static inline void assert_load_fails(const char *path, const aann_load_options *options,
                                     aann_status status, const char *wanted)
{
    aann_error error = {0};
    aann_dataset *dataset = NULL;
    const aann_status found = aann_dataset_load(path, options, &dataset, &error);
    if (found == AANN_OK) {
        fail_msg("loaded, but should fail with \"%s\"", wanted);
    }
    assert_message(&error, wanted);
    assert_int_equal(found, status);
    assert_int_equal(error.status, status);
    assert_null(dataset);
    assert_message(&error, strrchr(path, '/') != NULL ? strrchr(path, '/') + 1 : path);
}

/* The same for a file with these bytes. */
static inline void assert_bytes_fail(void **state, const void *bytes, size_t size,
                                     const aann_load_options *options, const char *wanted)
{
    char path[TEST_PATH_SIZE];
    write_file(in_folder(state, "bad", path), bytes, size);
    assert_load_fails(path, options, AANN_ERROR_FORMAT, wanted);
}

static inline double value_of(const aann_dataset *dataset, int64_t index)
{
    return aann_dataset_value(dataset, index);
}

#define data_test(function)                                                                        \
    cmocka_unit_test_setup_teardown(function, make_test_folder, remove_test_folder)

#endif
