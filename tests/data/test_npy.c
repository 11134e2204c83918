/* NPY files: everything numpy writes comes back right, everything else is refused at the byte that
 * is wrong. */
#include "data_test.h"

enum { FILE_SIZE = 1024 };

/* An NPY file of version 1 with this header text and `data_size` bytes 0, 1, 2, ... behind it. */
static size_t make_npy(uint8_t file[FILE_SIZE], const char *header, size_t data_size)
{
    const size_t length = strlen(header);
    memcpy(file, "\x93NUMPY\x01\x00", 8);
    file[8] = (uint8_t)(length & 0xff);
    file[9] = (uint8_t)(length >> 8);
    memcpy(file + 10, header, length);
    for (size_t i = 0; i < data_size; i++) {
        file[10 + length + i] = (uint8_t)i;
    }
    return 10 + length + data_size;
}

static void assert_header_fails(void **state, const char *header, size_t data_size,
                                const char *wanted)
{
    uint8_t file[FILE_SIZE];
    const size_t size = make_npy(file, header, data_size);
    assert_bytes_fail(state, file, size, NULL, wanted);
}

static void numpy_files_of_every_type_are_read(void **state)
{
    (void)state;
    static const char *const names[] = {
        "u1-byte", "i1-byte", "b1-byte",   "u2-little", "u2-big",   "i2-little",
        "i2-big",  "i4-big",  "i4-little", "u4-little", "i8-big",   "u8-little",
        "f4-big",  "f8-big",  "f4-little", "i8-little", "f8-little"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[TEST_PATH_SIZE];
        snprintf(path, sizeof path, "%s%s.npy", NUMPY_SAMPLES, names[i]);
        aann_dataset *dataset = load(path, NULL);
        assert_int_equal(aann_dataset_count(dataset), 4);
        assert_int_equal(aann_dataset_shape(dataset).channels, 1);
        assert_int_equal(aann_dataset_shape(dataset).height, 2);
        assert_int_equal(aann_dataset_shape(dataset).width, 3);
        for (int64_t v = 0; v < 24; v++) {
            const int64_t wanted = names[i][0] == 'b' ? v % 2 : names[i][0] == 'u' ? v : v - 12;
            assert_true(value_of(dataset, v) == (double)wanted);
        }
        aann_dataset_destroy(dataset);
    }
}

static void memory_order_and_version_change_nothing(void **state)
{
    (void)state;
    aann_dataset *plain = load(NUMPY_SAMPLES "f4-little.npy", NULL);
    static const char *const names[] = {"fortran.npy", "version2.npy", "version3.npy", "f4-big.npy",
                                        "f8-little.npy"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[TEST_PATH_SIZE];
        snprintf(path, sizeof path, "%s%s", NUMPY_SAMPLES, names[i]);
        aann_dataset *other = load(path, NULL);
        assert_string_equal(aann_dataset_checksum(plain), aann_dataset_checksum(other));
        aann_dataset_destroy(other);
    }
    aann_dataset_destroy(plain);
}

static void labels_come_from_a_second_file(void **state)
{
    (void)state;
    aann_load_options options = aann_load_options_default();
    options.labels_path = NUMPY_SAMPLES "labels.npy";
    aann_dataset *dataset = load(NUMPY_SAMPLES "u1-byte.npy", &options);
    static const int32_t wanted[4] = {2, 0, 1, 2};
    assert_memory_equal(aann_dataset_labels(dataset), wanted, sizeof wanted);
    assert_int_equal(aann_dataset_class_count(dataset), 3);
    aann_dataset_destroy(dataset);
}

static void shapes_follow_the_dimensions(void **state)
{
    static const struct {
        const char *header;
        size_t size;
        aann_shape shape;
    } cases[] = {
        {"{'descr': '|u1', 'fortran_order': False, 'shape': (2, 6), }\n", 12, {6, 1, 1}},
        {"{\"shape\":(1,4,3),\"descr\":\"<u1\",\"fortran_order\":False}", 12, {1, 4, 3}},
        {"{'descr': '|u1', 'fortran_order': False, 'shape': (1, 12, 1), }\n", 12, {1, 1, 12}},
        {"{'descr': '|u1', 'shape': (1L, 3L, 2L, 2L), 'fortran_order': False}   \n", 12, {3, 2, 2}},
    };
    char path[TEST_PATH_SIZE];
    uint8_t file[FILE_SIZE];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const size_t size = make_npy(file, cases[i].header, cases[i].size);
        write_file(in_folder(state, "shaped", path), file, size);
        aann_dataset *dataset = load(path, NULL);
        const aann_shape shape = aann_dataset_shape(dataset);
        assert_memory_equal(&shape, &cases[i].shape, sizeof shape);
        aann_dataset_destroy(dataset);
    }
}

static void bad_header_text_is_refused(void **state)
{
    static const char *const cases[][2] = {
        {"", "byte 10: the NPY header ends; expected '{'"},
        {"[]", "byte 10: expected '{' in the NPY header, found '['"},
        {"{}", "byte 10: the NPY header lacks one of descr, fortran_order and shape"},
        {"{'descr': '|u1', 'fortran_order': False}", "lacks one of"},
        {"{'descr' '|u1'}", "byte 19: expected ':' in the NPY header, found '''"},
        {"{'dtype': '|u1'}", "byte 11: unknown key 'dtype' in the NPY header"},
        {"{'descr': '|u1', 'descr': '|u1'}", "byte 27: repeated key 'descr'"},
        {"{descr: '|u1'}", "byte 11: expected a key in quotes in the NPY header, found 'd'"},
        {"{'descr': '|u1", "the NPY header ends; expected the closing quote"},
        {"{'a\\n'}", "byte 13: expected a key in quotes in the NPY header, found '\\'"},
        {"{'a key that is longer than any key has a right to be': 1}", "expected a key in quotes"},
        {"{'descr': '<c8'}", "byte 20: the NPY type is '<c8'; expected a type of u1 i1"},
        {"{'descr': '<f3'}", "the NPY type is '<f3'"},
        {"{'descr': '<u3'}", "the NPY type is '<u3'"},
        {"{'descr': '|O'}", "the NPY type is '|O'"},
        {"{'descr': '|O'}", "the NPY type is '|O'"},
        {"{'descr': '|u2'}", "the NPY type is '|u2'"},
        {"{'descr': '<b4'}", "the NPY type is '<b4'"},
        {"{'descr': '<f44'}", "the NPY type is '<f44'"},
        {"{'descr': ''}", "the NPY type is ''"},
        {"{'descr': [('x', '<f4')]}",
         "expected a type of u1 i1 b1 u2 i2 f2 u4 i4 f4 u8 i8 f8 in the NPY header, found '['"},
        {"{'fortran_order': 0}", "byte 28: expected True or False in the NPY header, found '0'"},
        {"{'shape': 3}", "byte 20: expected '(' in the NPY header, found '3'"},
        {"{'shape': (-3, 1)}", "byte 21: expected a dimension in the NPY header, found '-'"},
        {"{'shape': (3 1)}", "expected ',' or ')' in the NPY header, found '1'"},
        {"{'shape': (99999999999999999999, 1)}", "expected a dimension that fits in 64 bits"},
        {"{'shape': (1,1,1,1,1,1,1,1,1)}", "at most 8 dimensions"},
        {"{'shape': (1, 1), 'fortran_order': False, 'descr': '|u1'} x",
         "expected nothing more in the NPY header, found 'x'"},
        {"{'shape': (1, 1) 'fortran_order'", "expected ',' or '}' in the NPY header"},
        {"{\x01", "byte 11: expected a key in quotes in the NPY header, found 0x01"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_header_fails(state, cases[i][0], 0, cases[i][1]);
    }
}

/* Text ends where its length says, not at a byte 0. */
static void zero_bytes_in_the_header(void **state)
{
    static const char header[] = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2)}";
    static const struct {
        size_t at;
        const char *wanted;
    } cases[] = {{1, "byte 11: expected a key in quotes in the NPY header, found 0x00"},
                 {14, "byte 24: expected a type of u1"},
                 {sizeof header - 2, "expected ',' or '}' in the NPY header, found 0x00"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        enum { START = 10, VALUES = 8 };
        uint8_t file[FILE_SIZE];
        const size_t size = make_npy(file, header, VALUES);
        file[START + cases[i].at] = 0;
        assert_bytes_fail(state, file, size, NULL, cases[i].wanted);
    }
}

static void bad_sizes_are_refused(void **state)
{
    assert_header_fails(
        state, "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 6)}", 11,
        "byte 78: the file ends inside the data (2 x 6 elements of 1 bytes): 1 more bytes expected");
    assert_header_fails(state, "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 6)}", 13,
                        "byte 79: unexpected bytes after the data");
    assert_header_fails(state, "{'descr': '<f8', 'fortran_order': True, 'shape': (0, 6)}", 0,
                        "dimension 1 of 0 x 6 is 0");
    assert_header_fails(state, "{'descr': '<f8', 'fortran_order': True, 'shape': (3, 0)}", 0,
                        "dimension 2 of 3 x 0 is 0");
    /* The product of the first two fits nothing; there are no elements all the same. */
    assert_header_fails(state,
                        "{'descr': '<f8', 'fortran_order': True, "
                        "'shape': (1099511627776, 1099511627776, 0)}",
                        0, "dimension 2 of 1099511627776 x 1099511627776 x 0 is 1099511627776");
    assert_header_fails(state, "{'descr': '<f8', 'fortran_order': True, 'shape': ()}", 8,
                        "0 dimension(s) ()");
    assert_header_fails(state, "{'descr': '<f8', 'fortran_order': True, 'shape': (1,)}", 8,
                        "1 dimension(s) (1)");
    assert_header_fails(state, "{'descr': '|u1', 'fortran_order': True, 'shape': (1,1,1,1,1)}", 1,
                        "5 dimension(s)");
    assert_header_fails(
        state, "{'descr': '|u1', 'fortran_order': True, 'shape': (4611686018427387904, 4)}", 16,
        "the header claims 4611686018427387904 x 4 elements of 1 bytes, more than any file holds");
    assert_header_fails(
        state, "{'descr': '<f8', 'fortran_order': True, 'shape': (2305843009213693952, 1)}", 16,
        "more than any file holds");
    /* 2^60 samples that are not there: found out without asking for the memory. */
    assert_header_fails(
        state, "{'descr': '<f4', 'fortran_order': True, 'shape': (1152921504606846976, 1)}", 16,
        "the file ends inside the data (1152921504606846976 x 1");
    assert_header_fails(state, "{'descr': '|b1', 'fortran_order': False, 'shape': (1, 3)}", 3,
                        "byte 69: a boolean is 2; expected 0 or 1");
}

static void bad_beginnings_are_refused(void **state)
{
    uint8_t file[FILE_SIZE];
    const size_t size =
        make_npy(file, "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 6)}", 12);
    for (size_t cut = 6; cut < size; cut++) {
        assert_bytes_fail(state, file, cut, NULL,
                          cut < 67 ? "the file ends inside the NPY header"
                                   : "the file ends inside the data");
    }
    file[6] = 4;
    assert_bytes_fail(state, file, size, NULL, "byte 6: NPY version 4.0; expected 1.0, 2.0 or 3.0");
    file[6] = 2; /* now four bytes of length, two of them text */
    assert_bytes_fail(state, file, size, NULL,
                      "byte 8: the NPY header claims 662372409 bytes; expected at most 1048576");
    file[6] = 1;
    file[9] = 0xff;
    assert_bytes_fail(state, file, size, NULL, "the file ends inside the NPY header");
    file[0] = 'N';
    assert_bytes_fail(state, file, size, NULL, "begins no known format");
}

static void bad_labels_are_refused(void **state)
{
    static const struct {
        const char *header;
        uint8_t data[16];
        size_t size;
        const char *wanted;
    } cases[] = {
        {"{'descr': '<i4', 'fortran_order': False, 'shape': (4,)}",
         {0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
         16,
         "byte 69: label 1 is 256; expected a whole number from 0 to 255"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (4,)}",
         {0, 0, 0, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
         16,
         "byte 65: label 0 is 0.5; expected"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (4,)}",
         {0, 0, 0, 0, 0, 0, 0xc0, 0x7f, 0, 0, 0, 0, 0, 0, 0, 0},
         16,
         "label 1 is nan; expected"},
        {"{'descr': '|u1', 'fortran_order': False, 'shape': (3,)}",
         {0},
         3,
         "3 labels for 4 samples"},
        {"{'descr': '|u1', 'fortran_order': False, 'shape': ()}",
         {0},
         1,
         "labels have 0 dimension(s)"},
        {"{'descr': '|u1', 'fortran_order': False, 'shape': (4, 2)}",
         {0},
         8,
         "labels have 2 dimension(s) (4 x 2)"},
    };
    char path[TEST_PATH_SIZE];
    in_folder(state, "labels", path);
    aann_load_options options = aann_load_options_default();
    options.classes = AANN_CLASSES_NUMBERED;
    options.labels_path = path;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t file[FILE_SIZE];
        const size_t size = make_npy(file, cases[i].header, cases[i].size);
        memcpy(file + size - cases[i].size, cases[i].data, cases[i].size);
        write_file(path, file, size);
        aann_error error = {0};
        aann_dataset *dataset = NULL;
        assert_int_equal(aann_dataset_load(NUMPY_SAMPLES "u1-byte.npy", &options, &dataset, &error),
                         AANN_ERROR_FORMAT);
        assert_message(&error, cases[i].wanted);
        assert_message(&error, "labels: ");
    }
    /* One column of labels is as good as a vector. */
    uint8_t file[FILE_SIZE];
    const size_t size =
        make_npy(file, "{'descr': '|u1', 'fortran_order': False, 'shape': (4, 1)}", 4);
    write_file(path, file, size);
    aann_dataset *dataset = load(NUMPY_SAMPLES "u1-byte.npy", &options);
    assert_int_equal(aann_dataset_labels(dataset)[3], 3);
    aann_dataset_destroy(dataset);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        data_test(numpy_files_of_every_type_are_read),
        data_test(memory_order_and_version_change_nothing),
        data_test(labels_come_from_a_second_file),
        data_test(shapes_follow_the_dimensions),
        data_test(bad_header_text_is_refused),
        data_test(zero_bytes_in_the_header),
        data_test(bad_sizes_are_refused),
        data_test(bad_beginnings_are_refused),
        data_test(bad_labels_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
