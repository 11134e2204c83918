/* The NPY and NPZ writers: what they write is right, and a failure leaves everything as it was. */
#include "data_test.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* How many files are in the test's folder: to notice forgotten temporary ones. */
static int count_files(void **state)
{
    DIR *folder = opendir(*state);
    assert_non_null(folder);
    int count = 0;
    const struct dirent *item;
    while ((item = readdir(folder)) != NULL) {
        count += item->d_name[0] != '.';
    }
    closedir(folder);
    return count;
}

static void npy_is_written_byte_by_byte(void **state)
{
    static const char wanted[] =
        "\x93NUMPY\x01\x00\x76\x00{'descr': '<i4', 'fortran_order': False, 'shape': (2, 3), }"
        "                                                          \n"
        "\x01\0\0\0\xfe\xff\xff\xff\0\0\0\0\xff\xff\xff\x7f\0\0\0\x80\x78\x56\x34\x12";
    static const int32_t values[6] = {1, -2, 0, INT32_MAX, INT32_MIN, 0x12345678};
    char path[TEST_PATH_SIZE];
    aann_error error = {0};
    assert_int_equal(aann_npy_write_int32(in_folder(state, "m.npy", path), values, 2, 3, &error),
                     AANN_OK);
    size_t size;
    uint8_t *bytes = read_file(path, &size);
    assert_int_equal(size, 128 + 24);
    assert_int_equal(sizeof wanted - 1, size);
    assert_memory_equal(bytes, wanted, size);
    free(bytes);
    aann_dataset *dataset = load(path, NULL);
    assert_int_equal(aann_dataset_count(dataset), 2);
    assert_true(value_of(dataset, 1) == -2.0);
    aann_dataset_destroy(dataset);
    assert_int_equal(count_files(state), 1);
}

static void npz_round_trips(void **state)
{
    int8_t x[2 * 3 * 5 * 7];
    static const int8_t y[2] = {1, 0};
    for (int i = 0; i < 210; i++) {
        x[i] = (int8_t)(i % 3 - 1);
    }
    const aann_npz_array arrays[] = {{"x", x, AANN_NPZ_INT8, 4, {2, 3, 5, 7}},
                                     {"labels", y, AANN_NPZ_INT8, 1, {2}},
                                     {"layer0", x, AANN_NPZ_INT8, 2, {10, 21}},
                                     {"empty", NULL, AANN_NPZ_INT8, 2, {0, 4}}};
    char path[TEST_PATH_SIZE];
    aann_error error = {0};
    assert_int_equal(aann_npz_write(in_folder(state, "w.npz", path), arrays, 4, &error), AANN_OK);
    aann_dataset *dataset = load(path, NULL);
    const aann_shape shape = aann_dataset_shape(dataset);
    assert_int_equal(shape.channels, 3);
    assert_int_equal(shape.height, 5);
    assert_int_equal(shape.width, 7);
    for (int i = 0; i < 210; i++) {
        assert_true(value_of(dataset, i) == (double)x[i]);
    }
    assert_int_equal(aann_dataset_labels(dataset)[0], 1);
    aann_dataset_destroy(dataset);
    assert_int_equal(count_files(state), 1);
}

static void equal_arrays_give_equal_files(void **state)
{
    static const int8_t values[6] = {1, 0, -1, -1, 0, 1};
    const aann_npz_array array = {"layer0", values, AANN_NPZ_INT8, 2, {2, 3}};
    char one[TEST_PATH_SIZE];
    char two[TEST_PATH_SIZE];
    assert_int_equal(aann_npz_write(in_folder(state, "one", one), &array, 1, NULL), AANN_OK);
    struct timespec wait = {1, 100000000};
    nanosleep(&wait, NULL); /* so that times would differ */
    assert_int_equal(aann_npz_write(in_folder(state, "two", two), &array, 1, NULL), AANN_OK);
    size_t size_one;
    size_t size_two;
    uint8_t *bytes_one = read_file(one, &size_one);
    uint8_t *bytes_two = read_file(two, &size_two);
    assert_int_equal(size_one, size_two);
    assert_memory_equal(bytes_one, bytes_two, size_one);
    free(bytes_one);
    free(bytes_two);
}

/* numpy agrees, where there is one. */
static void numpy_reads_what_is_written(void **state)
{
    static const char *const pythons[] = {"python3", "/usr/bin/python3"};
    static const int32_t matrix[6] = {1, -2, 3, 4, -5, 2147483647};
    static const int8_t weights[24] = {1, 0, -1, 1, 0, -1, 1, 0, -1, 1, 0, -1,
                                       1, 0, -1, 1, 0, -1, 1, 0, -1, 1, 0, 1};
    const aann_npz_array arrays[] = {{"layer0", weights, AANN_NPZ_INT8, 4, {2, 3, 2, 2}},
                                     {"layer1", weights, AANN_NPZ_INT8, 2, {4, 6}}};
    char path[TEST_PATH_SIZE];
    assert_int_equal(aann_npy_write_int32(in_folder(state, "m.npy", path), matrix, 2, 3, NULL),
                     AANN_OK);
    assert_int_equal(aann_npz_write(in_folder(state, "w.npz", path), arrays, 2, NULL), AANN_OK);
    for (size_t i = 0; i < 2; i++) {
        char command[2 * TEST_PATH_SIZE];
        snprintf(command, sizeof command, "%s -c 'import numpy' 2>/dev/null", pythons[i]);
        if (system(command) != 0) {
            continue;
        }
        snprintf(command, sizeof command,
                 "cd %s && %s -c \"import numpy as n; m = n.load('m.npy'); w = n.load('w.npz'); "
                 "assert m.dtype == n.int32 and m.tolist() == [[1, -2, 3], [4, -5, 2147483647]]; "
                 "assert w['layer0'].dtype == n.int8 and w['layer0'].shape == (2, 3, 2, 2); "
                 "assert sorted(w) == ['layer0', 'layer1']; "
                 "assert w['layer1'].tolist()[3] == [1, 0, -1, 1, 0, 1]\"",
                 (const char *)*state, pythons[i]);
        assert_int_equal(system(command), 0);
        return;
    }
    skip();
}

static void a_link_stays_a_link_and_a_mode_stays(void **state)
{
    static const int32_t value = 7;
    char path[TEST_PATH_SIZE];
    char link_path[TEST_PATH_SIZE];
    write_file(in_folder(state, "real.npy", path), "old", 3);
    assert_int_equal(chmod(path, 0640), 0);
    assert_int_equal(symlink(path, in_folder(state, "link.npy", link_path)), 0);
    assert_int_equal(aann_npy_write_int32(link_path, &value, 1, 1, NULL), AANN_OK);
    struct stat information;
    assert_int_equal(lstat(link_path, &information), 0);
    assert_true(S_ISLNK(information.st_mode));
    assert_int_equal(stat(path, &information), 0);
    assert_int_equal(information.st_mode & 0777, 0640);
    assert_int_equal(information.st_size, 132);
    assert_int_equal(count_files(state), 2);
}

static void impossible_places_are_refused(void **state)
{
    static const int32_t value = 7;
    aann_error error = {0};
    char path[TEST_PATH_SIZE];
    assert_int_equal(aann_npy_write_int32("/dev/full", &value, 1, 1, &error), AANN_ERROR_ARGUMENT);
    assert_message(&error, "/dev/full: is there and is not a regular file");
    assert_int_equal(aann_npy_write_int32(*state, &value, 1, 1, &error), AANN_ERROR_ARGUMENT);
    assert_message(&error, "is there and is not a regular file");
    assert_int_equal(
        aann_npy_write_int32(in_folder(state, "no/where.npy", path), &value, 1, 1, &error),
        AANN_ERROR_IO);
    assert_message(&error, "where.npy: cannot create: No such file or directory");
    assert_int_equal(aann_npy_write_int32(in_folder(state, "a", path), &value, -1, 1, &error),
                     AANN_ERROR_ARGUMENT);
    assert_message(&error, "-1 x 1 is no size of a matrix");
    assert_int_equal(aann_npy_write_int32(path, &value, INT64_MAX, 2, &error), AANN_ERROR_ARGUMENT);
    const aann_npz_array bad[] = {{"../x", NULL, AANN_NPZ_INT8, 1, {0}},
                                  {"", NULL, AANN_NPZ_INT8, 1, {0}},
                                  {"x", NULL, AANN_NPZ_INT8, 1, {-1}},
                                  {"x", NULL, AANN_NPZ_INT8, 5, {0}},
                                  {"x", NULL, AANN_NPZ_INT8, 3, {INT64_MAX, INT64_MAX, 2}}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(aann_npz_write(path, &bad[i], 1, &error), AANN_ERROR_ARGUMENT);
        assert_message(&error, i < 2 ? "is no name for an array"
                                     : "the dimensions of array x make no sense");
    }
    assert_int_equal(count_files(state), 0);
}

/* In a child process whose files may not grow beyond 2000 bytes: as on a full disk, write() fails
 * half-way. */
static void write_on_a_full_disk(void **state, bool npz)
{
    enum { LIMIT = 2000, COUNT = 40000 };
    signal(SIGXFSZ, SIG_IGN);
    const struct rlimit limit = {LIMIT, LIMIT};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    char path[TEST_PATH_SIZE];
    in_folder(state, "old.npy", path);
    int32_t *values = calloc(COUNT, sizeof *values);
    assert_non_null(values);
    for (uint32_t i = 0; i < COUNT; i++) {
        values[i] = (int32_t)(i * i * 2654435761U); /* nothing that deflate could make small */
    }
    aann_error error = {0};
    const aann_npz_array array = {
        "x", (const int8_t *)values, AANN_NPZ_INT8, 1, {COUNT * (int64_t)sizeof *values}};
    const aann_status status = npz ? aann_npz_write(path, &array, 1, &error)
                                   : aann_npy_write_int32(path, values, COUNT, 1, &error);
    assert_int_equal(status, AANN_ERROR_IO);
    assert_message(&error, "old.npy: cannot write: File too large");
    free(values);
}

static void a_full_disk_leaves_the_old_file(void **state)
{
    char path[TEST_PATH_SIZE];
    write_file(in_folder(state, "old.npy", path), "precious", 8);
    for (int npz = 0; npz < 2; npz++) {
        const pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            write_on_a_full_disk(state, npz != 0);
            _exit(0); /* a failed assertion ends in another status */
        }
        int result = 0;
        assert_int_equal(waitpid(child, &result, 0), child);
        assert_int_equal(result, 0);
        size_t size;
        uint8_t *bytes = read_file(path, &size);
        assert_string_equal((const char *)bytes, "precious");
        free(bytes);
        assert_int_equal(count_files(state), 1);
    }
}

/* What a killed writer of the same file left goes; what belongs to a running one, or is called a
 * little otherwise, stays. */
static void stale_files_are_removed(void **state)
{
    const char *folder = *state;
    char path[2 * TEST_PATH_SIZE], names[4][2 * TEST_PATH_SIZE];
    aann_error error = {0};
    const pid_t gone = fork();
    if (gone == 0) {
        _exit(0);
    }
    assert_int_equal(waitpid(gone, NULL, 0), gone);
    snprintf(path, sizeof path, "%s/out.npy", folder);
    snprintf(names[0], 2 * TEST_PATH_SIZE, "%s/out.npy.%ld-0.tmp", folder, (long)gone);
    snprintf(names[1], 2 * TEST_PATH_SIZE, "%s/out.npy.%ld-7.tmp", folder, (long)getpid());
    snprintf(names[2], 2 * TEST_PATH_SIZE, "%s/out.npy.%ld-0.tmp.mine", folder, (long)gone);
    snprintf(names[3], 2 * TEST_PATH_SIZE, "%s/another.npy.%ld-0.tmp", folder, (long)gone);
    for (int i = 0; i < 4; i++) {
        write_file(names[i], "x", 1);
    }
    const int32_t value = 1;
    assert_ok(aann_npy_write_int32(path, &value, 1, 1, &error));
    assert_int_not_equal(access(names[0], F_OK), 0);
    for (int i = 1; i < 4; i++) {
        assert_int_equal(access(names[i], F_OK), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        data_test(npy_is_written_byte_by_byte),          data_test(npz_round_trips),
        data_test(equal_arrays_give_equal_files),        data_test(numpy_reads_what_is_written),
        data_test(a_link_stays_a_link_and_a_mode_stays), data_test(impossible_places_are_refused),
        data_test(a_full_disk_leaves_the_old_file),      data_test(stale_files_are_removed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
