/* IDX files, plain and gzip: what is read, and everything that can be wrong with them. */
#include "data_test.h"

#include <zlib.h>

/* A small IDX file: 2 images of 2 x 3, and its labels. */
static const uint8_t small_images[] = {0, 0, 8, 3, 0, 0, 0, 2, 0,  0,  0,  2,  0,  0,
                                       0, 3, 0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 255};
static const uint8_t small_labels[] = {0, 0, 8, 1, 0, 0, 0, 2, 7, 1};

static void write_gzip(const char *path, const char *mode, const void *bytes, size_t size)
{
    gzFile file = gzopen(path, mode);
    assert_non_null(file);
    assert_int_equal(gzwrite(file, bytes, (unsigned)size), size);
    assert_int_equal(gzclose(file), Z_OK);
}

static void sample_of_mnist_is_read(void **state)
{
    (void)state;
    aann_dataset *train = load(MNIST_SAMPLES "train-images-idx3-ubyte.gz", NULL);
    aann_dataset *test = load(MNIST_SAMPLES "t10k-images-idx3-ubyte.gz", NULL);
    assert_int_equal(aann_dataset_count(train), 512);
    assert_int_equal(aann_dataset_count(test), 256);
    const aann_shape shape = aann_dataset_shape(train);
    assert_int_equal(shape.channels, 1);
    assert_int_equal(shape.height, 28);
    assert_int_equal(shape.width, 28);
    assert_int_equal(aann_dataset_class_count(train), 10);
    assert_null(aann_dataset_class_name(train, 3));
    assert_null(aann_dataset_targets(train));
    /* MNIST begins 5 0 4 1 9 2 1 3 1 4, its test set 7 2 1 0 4 1 4 9 5 9. */
    static const int32_t first_train[10] = {5, 0, 4, 1, 9, 2, 1, 3, 1, 4};
    static const int32_t first_test[10] = {7, 2, 1, 0, 4, 1, 4, 9, 5, 9};
    assert_memory_equal(aann_dataset_labels(train), first_train, sizeof first_train);
    assert_memory_equal(aann_dataset_labels(test), first_test, sizeof first_test);
    /* The first grey pixels of the first image, row 5, columns 12 to 14. */
    assert_int_equal(train->bytes[5 * 28 + 11], 0);
    assert_int_equal(train->bytes[5 * 28 + 12], 3);
    assert_int_equal(train->bytes[5 * 28 + 13], 18);
    assert_int_equal(train->bytes[5 * 28 + 14], 18);
    aann_dataset_destroy(train);
    aann_dataset_destroy(test);
}

static void gzip_changes_nothing(void **state)
{
    char plain[TEST_PATH_SIZE];
    char packed[TEST_PATH_SIZE];
    write_file(in_folder(state, "plain", plain), small_images, sizeof small_images);
    /* Two gzip members in one file are one stream. */
    write_gzip(in_folder(state, "packed", packed), "wb", small_images, 20);
    write_gzip(packed, "ab", small_images + 20, sizeof small_images - 20);
    aann_dataset *one = load(plain, NULL);
    aann_dataset *two = load(packed, NULL);
    assert_string_equal(aann_dataset_checksum(one), aann_dataset_checksum(two));
    assert_int_equal(strlen(aann_dataset_checksum(one)), 64);
    assert_null(aann_dataset_labels(one));
    assert_int_equal(aann_dataset_class_count(one), 0);
    assert_memory_equal(one->bytes, small_images + 16, 12);
    assert_memory_equal(two->bytes, small_images + 16, 12);
    aann_dataset_destroy(one);
    aann_dataset_destroy(two);
}

static void labels_are_guessed_beside_the_images(void **state)
{
    char images[TEST_PATH_SIZE];
    char labels[TEST_PATH_SIZE];
    static const char *const names[][2] = {{"a-images-idx3-ubyte", "a-labels-idx1-ubyte"},
                                           {"b-images-idx3-ubyte.gz", "b-labels-idx1-ubyte.gz"},
                                           {"c-images-idx3-ubyte", "c-labels-idx1-ubyte.gz"},
                                           {"d-images-idx3-ubyte.gz", "d-labels-idx1-ubyte"},
                                           {"e-images.idx3-ubyte", "e-labels.idx1-ubyte"}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        write_file(in_folder(state, names[i][0], images), small_images, sizeof small_images);
        write_file(in_folder(state, names[i][1], labels), small_labels, sizeof small_labels);
        aann_dataset *dataset = load(images, NULL);
        assert_non_null(aann_dataset_labels(dataset));
        assert_int_equal(aann_dataset_labels(dataset)[0], 1); /* the classes are 1 and 7 */
        assert_int_equal(aann_dataset_class_count(dataset), 2);
        assert_string_equal(aann_dataset_class_name(dataset, 1), "7");
        aann_dataset_destroy(dataset);
    }
}

static void labels_can_be_named(void **state)
{
    char images[TEST_PATH_SIZE];
    char labels[TEST_PATH_SIZE];
    write_file(in_folder(state, "pictures", images), small_images, sizeof small_images);
    write_file(in_folder(state, "answers", labels), small_labels, sizeof small_labels);
    aann_load_options options = aann_load_options_default();
    options.labels_path = labels;
    options.classes = AANN_CLASSES_NUMBERED;
    aann_dataset *dataset = load(images, &options);
    assert_int_equal(aann_dataset_labels(dataset)[1], 1);
    aann_dataset_destroy(dataset);
    options.labels_path = "/nowhere/labels";
    aann_error error;
    assert_int_equal(aann_dataset_load(images, &options, &dataset, &error), AANN_ERROR_IO);
    assert_message(&error, "/nowhere/labels: cannot open: No such file");
}

static void every_type_is_read(void **state)
{
    static const uint8_t files[][24] = {
        {0, 0, 0x09, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0x02, 0xfe},
        {0, 0, 0x0b, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0, 2, 0xff, 0xfe},
        {0, 0, 0x0c, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 2, 0xff, 0xff, 0xff, 0xfe},
        {0, 0, 0x0d, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0x40, 0, 0, 0, 0xc0, 0, 0, 0},
    };
    static const size_t sizes[] = {14, 16, 20, 20};
    static const uint8_t doubles[] = {0, 0, 0x0e, 2, 0, 0, 0,    1, 0, 0, 0, 2, 0x40, 0,
                                      0, 0, 0,    0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0,    0};
    char path[TEST_PATH_SIZE];
    for (size_t i = 0; i <= sizeof sizes / sizeof sizes[0]; i++) {
        if (i < sizeof sizes / sizeof sizes[0]) {
            write_file(in_folder(state, "typed", path), files[i], sizes[i]);
        } else {
            write_file(in_folder(state, "typed", path), doubles, sizeof doubles);
        }
        aann_dataset *dataset = load(path, NULL);
        assert_int_equal(aann_dataset_shape(dataset).channels, 2);
        assert_true(value_of(dataset, 0) == 2.0);
        assert_true(value_of(dataset, 1) == -2.0);
        aann_dataset_destroy(dataset);
    }
}

static void samples_can_be_seen_in_another_shape(void **state)
{
    char path[TEST_PATH_SIZE];
    write_file(in_folder(state, "images", path), small_images, sizeof small_images);
    aann_load_options options = aann_load_options_default();
    options.shape = (aann_shape){6, 1, 1};
    aann_dataset *dataset = load(path, &options);
    assert_int_equal(aann_dataset_shape(dataset).channels, 6);
    aann_dataset_destroy(dataset);
    options.shape = (aann_shape){7, 1, 1};
    assert_load_fails(path, &options, AANN_ERROR_ARGUMENT,
                      "a sample is 1 x 2 x 3 and cannot be seen as 7 x 1 x 1");
    options.shape = (aann_shape){-6, -1, 1};
    assert_load_fails(path, &options, AANN_ERROR_ARGUMENT, "cannot be seen as");
    options.shape = (aann_shape){0, 0, 0};
    options.label_column = "label";
    assert_load_fails(path, &options, AANN_ERROR_ARGUMENT, "only a CSV file has named columns");
}

/* A copy of the small images with one byte changed. */
static void assert_changed_byte_fails(void **state, size_t at, uint8_t byte, const char *wanted)
{
    uint8_t bytes[sizeof small_images];
    memcpy(bytes, small_images, sizeof bytes);
    bytes[at] = byte;
    assert_bytes_fail(state, bytes, sizeof bytes, NULL, wanted);
}

static void bad_headers_are_refused(void **state)
{
    assert_changed_byte_fails(state, 0, 9,
                              "byte 0: 09 00 ... begins no known format; expected IDX (00 00)");
    assert_changed_byte_fails(state, 2, 7, "byte 2: the IDX type is 0x07; expected 0x08");
    assert_changed_byte_fails(state, 3, 0, "byte 3: 0 dimensions; expected 1 to 4");
    assert_changed_byte_fails(state, 3, 200, "byte 3: 200 dimensions; expected 1 to 4");
    assert_changed_byte_fails(state, 3, 1,
                              "unexpected bytes after the data; expected the end of the file");
    assert_changed_byte_fails(state, 7, 0, "byte 16: unexpected bytes after the data");
    assert_changed_byte_fails(state, 7, 1, "byte 22: unexpected bytes after the data");
    assert_changed_byte_fails(state, 7, 3,
                              "byte 28: the file ends inside the data (3 x 2 x 3 elements");
    assert_changed_byte_fails(state, 4, 0xff, "the file ends inside the data (4278190082 x 2 x 3");
    static const uint8_t empty[] = {0, 0, 8, 2, 0, 0, 0, 0, 0, 0, 0, 3};
    assert_bytes_fail(state, empty, sizeof empty, NULL, "dimension 1 of 0 x 3 is 0");
    assert_bytes_fail(state, small_labels, sizeof small_labels, NULL,
                      "1 dimension(s) (2); samples need 2 to 4");
}

static void every_truncation_is_refused(void **state)
{
    char wanted[96];
    assert_bytes_fail(state, small_images, 0, NULL, "byte 0: the file is empty");
    for (size_t size = 2; size < sizeof small_images; size++) {
        snprintf(wanted, sizeof wanted, "byte %zu: the file ends inside %s", size,
                 size < 16 ? "the IDX header" : "the data (2 x 2 x 3 elements of 1 bytes)");
        assert_bytes_fail(state, small_images, size, NULL, wanted);
    }
}

static void trailing_bytes_are_refused(void **state)
{
    uint8_t bytes[sizeof small_images + 1] = {0};
    memcpy(bytes, small_images, sizeof small_images);
    assert_bytes_fail(state, bytes, sizeof bytes, NULL, "byte 28: unexpected bytes after the data");
}

static void impossible_sizes_are_refused(void **state)
{
    /* 4294967295^4 elements do not fit in 64 bits. */
    uint8_t huge[20] = {0, 0, 8, 4};
    memset(huge + 4, 0xff, 16);
    assert_bytes_fail(state, huge, sizeof huge, NULL, "more than any file holds");
    /* 2^60 do, but are not there: found out without asking for the memory. */
    static const uint8_t lying[] = {0, 0, 8, 3, 0, 16, 0, 0, 0, 16, 0, 0, 0, 16, 0, 0, 1, 2, 3};
    assert_bytes_fail(state, lying, sizeof lying, NULL,
                      "byte 19: the file ends inside the data (1048576 x 1048576 x 1048576");
}

static void bad_labels_are_refused(void **state)
{
    char images[TEST_PATH_SIZE];
    char labels[TEST_PATH_SIZE];
    write_file(in_folder(state, "images", images), small_images, sizeof small_images);
    in_folder(state, "labels", labels);
    aann_load_options options = aann_load_options_default();
    options.labels_path = labels;
    options.classes = AANN_CLASSES_NUMBERED;
    static const struct {
        uint8_t bytes[16];
        size_t size;
        const char *wanted;
    } cases[] = {
        {{0, 0, 8, 1, 0, 0, 0, 3, 1, 2, 3}, 11, "labels: 3 labels for 2 samples"},
        {{0, 0, 8, 1, 0, 0, 0, 2, 1},
         9,
         "labels: byte 9: the file ends inside the data (2 elements"},
        {{0, 0, 8, 1, 0, 0, 0, 2, 1, 1, 1}, 11, "labels: byte 10: unexpected bytes after the data"},
        {{0, 0, 0x0b, 1, 0, 0, 0, 2, 0, 1, 1, 0x2c},
         12,
         "labels: byte 10: label 1 is 300; expected a whole number from 0 to 255"},
        {{0, 0, 9, 1, 0, 0, 0, 2, 1, 0xff},
         10,
         "labels: byte 9: label 1 is -1; expected a whole number"},
        {{0, 0, 8, 2, 0, 0, 0, 1, 0, 0, 0, 2, 1, 1}, 14, "labels: 1 labels for 2 samples"},
        {"a,b\n1,2\n", 8, "labels: labels are expected in an IDX or NPY file"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        write_file(labels, cases[i].bytes, cases[i].size);
        aann_error error = {0};
        aann_dataset *dataset = NULL;
        assert_int_equal(aann_dataset_load(images, &options, &dataset, &error), AANN_ERROR_FORMAT);
        assert_message(&error, cases[i].wanted);
    }
}

static void damaged_gzip_is_refused(void **state)
{
    char path[TEST_PATH_SIZE];
    uint8_t noise[4096] = {0, 0, 8, 2, 0, 0, 0, 1, 0, 0, 0x0f, 0xf4};
    for (size_t i = 12; i < sizeof noise; i++) {
        noise[i] = (uint8_t)(i * i / 7);
    }
    write_gzip(in_folder(state, "good.gz", path), "wb", noise, sizeof noise);
    aann_dataset_destroy(load(path, NULL));
    size_t size;
    uint8_t *bytes = read_file(path, &size);
    for (size_t cut = 10; cut < size; cut += 7) {
        assert_bytes_fail(state, bytes, cut, NULL,
                          "of the compressed file: the file ends inside the gzip stream");
    }
    bytes[size - 6] ^= 1; /* in the check sum */
    assert_bytes_fail(state, bytes, size, NULL,
                      "the gzip stream is damaged (incorrect data check)");
    bytes[size - 6] ^= 1;
    bytes[size] = 'x'; /* where read_file put its NUL */
    assert_bytes_fail(state, bytes, size + 1, NULL, "unexpected bytes after the gzip stream");
    free(bytes);
    /* Right gzip around wrong data: offsets count decompressed bytes, and the message says so. */
    write_gzip(in_folder(state, "cut.gz", path), "wb", noise, 100);
    assert_load_fails(path, NULL, AANN_ERROR_FORMAT,
                      "cut.gz (gunzipped): byte 100: the file ends inside the data");
}

static void what_is_no_file_is_refused(void **state)
{
    char path[TEST_PATH_SIZE];
    assert_load_fails(in_folder(state, "missing", path), NULL, AANN_ERROR_IO,
                      "cannot open: No such file");
    assert_load_fails(*state, NULL, AANN_ERROR_FORMAT, "is a folder");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        data_test(sample_of_mnist_is_read),
        data_test(gzip_changes_nothing),
        data_test(labels_are_guessed_beside_the_images),
        data_test(labels_can_be_named),
        data_test(every_type_is_read),
        data_test(samples_can_be_seen_in_another_shape),
        data_test(bad_headers_are_refused),
        data_test(every_truncation_is_refused),
        data_test(trailing_bytes_are_refused),
        data_test(impossible_sizes_are_refused),
        data_test(bad_labels_are_refused),
        data_test(damaged_gzip_is_refused),
        data_test(what_is_no_file_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
