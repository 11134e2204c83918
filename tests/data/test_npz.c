/* NPZ archives: what numpy writes, and archives that are cut, padded, damaged or lie. */
#include "data_test.h"

#include <archive.h>
#include <archive_entry.h>
#include <zlib.h>

typedef struct zip_entry {
    const char *name;
    const uint8_t *bytes;
    size_t size;
} zip_entry;

static void write_zip(const char *path, bool deflate, const zip_entry *entries, size_t count)
{
    struct archive *archive = archive_write_new();
    assert_non_null(archive);
    assert_int_equal(archive_write_set_format_zip(archive), ARCHIVE_OK);
    assert_int_equal(deflate ? archive_write_zip_set_compression_deflate(archive)
                             : archive_write_zip_set_compression_store(archive),
                     ARCHIVE_OK);
    archive_write_set_bytes_in_last_block(archive, 1);
    assert_int_equal(archive_write_open_filename(archive, path), ARCHIVE_OK);
    for (size_t i = 0; i < count; i++) {
        struct archive_entry *entry = archive_entry_new();
        archive_entry_set_pathname(entry, entries[i].name);
        archive_entry_set_size(entry, (la_int64_t)entries[i].size);
        archive_entry_set_filetype(entry, AE_IFREG);
        archive_entry_set_perm(entry, 0644);
        assert_int_equal(archive_write_header(archive, entry), ARCHIVE_OK);
        assert_int_equal(archive_write_data(archive, entries[i].bytes, entries[i].size),
                         entries[i].size);
        archive_entry_free(entry);
    }
    assert_int_equal(archive_write_free(archive), ARCHIVE_OK);
}

/* A zip of copies of numpy's sample files, loading of which fails. */
static void assert_zip_fails(void **state, const char *const names[][2], size_t count,
                             const char *wanted)
{
    zip_entry entries[5];
    uint8_t *bytes[5];
    char path[TEST_PATH_SIZE];
    for (size_t i = 0; i < count; i++) {
        snprintf(path, sizeof path, "%s%s", NUMPY_SAMPLES, names[i][1]);
        entries[i].name = names[i][0];
        bytes[i] = read_file(path, &entries[i].size);
        entries[i].bytes = bytes[i];
    }
    write_zip(in_folder(state, "bad.npz", path), true, entries, count);
    for (size_t i = 0; i < count; i++) {
        free(bytes[i]);
    }
    assert_load_fails(path, NULL, AANN_ERROR_FORMAT, wanted);
}

static void numpy_archives_are_read(void **state)
{
    (void)state;
    aann_load_options options = aann_load_options_default();
    options.labels_path = NUMPY_SAMPLES "labels.npy";
    aann_dataset *plain = load(NUMPY_SAMPLES "f4-little.npy", &options);
    aann_dataset *stored = load(NUMPY_SAMPLES "stored.npz", NULL);
    aann_dataset *deflated = load(NUMPY_SAMPLES "deflated.npz", NULL);
    assert_string_equal(aann_dataset_checksum(plain), aann_dataset_checksum(stored));
    assert_string_equal(aann_dataset_checksum(plain), aann_dataset_checksum(deflated));
    assert_int_equal(aann_dataset_class_count(stored), 3);
    aann_dataset_destroy(plain);
    aann_dataset_destroy(stored);
    aann_dataset_destroy(deflated);
    assert_load_fails(NUMPY_SAMPLES "stored.npz", &options, AANN_ERROR_ARGUMENT,
                      "NPZ holds its own labels");
}

static void targets_are_read(void **state)
{
    (void)state;
    aann_dataset *dataset = load(NUMPY_SAMPLES "targets.npz", NULL);
    assert_null(aann_dataset_labels(dataset));
    assert_int_equal(aann_dataset_class_count(dataset), 0);
    assert_int_equal(aann_dataset_target_count(dataset), 2);
    static const float wanted[8] = {-6.0F, -5.5F, -3.0F, -2.5F, 0.0F, 0.5F, 3.0F, 3.5F};
    assert_memory_equal(aann_dataset_targets(dataset), wanted, sizeof wanted);
    aann_dataset_destroy(dataset);
}

static void wrong_sets_of_arrays_are_refused(void **state)
{
    static const char *const no_samples[][2] = {{"y.npy", "labels.npy"},
                                                {"pictures.npy", "f4-little.npy"}};
    assert_zip_fails(state, no_samples, 2,
                     "no array x, images or inputs; there is: pictures; --arrays");
    static const char *const two_samples[][2] = {{"x.npy", "f4-little.npy"},
                                                 {"images.npy", "f4-little.npy"}};
    assert_zip_fails(state, two_samples, 2, "the arrays x.npy and images.npy mean the same");
    /* A better name for one of the arrays does not choose among the others. */
    static const char *const better[][2] = {{"x.npy", "f4-little.npy"},
                                            {"images.npy", "f4-little.npy"},
                                            {"y.npy", "labels.npy"},
                                            {"y_train.npy", "labels.npy"}};
    assert_zip_fails(state, better, 4, "the arrays x.npy and images.npy mean the same");
    static const char *const both_doubled[][2] = {{"x.npy", "f4-little.npy"},
                                                  {"images.npy", "f4-little.npy"},
                                                  {"y.npy", "labels.npy"},
                                                  {"labels.npy", "labels.npy"}};
    assert_zip_fails(state, both_doubled, 4, "mean the same");
    static const char *const one_resolved[][2] = {{"y.npy", "labels.npy"},
                                                  {"labels.npy", "labels.npy"},
                                                  {"x.npy", "f4-little.npy"},
                                                  {"images.npy", "f4-little.npy"},
                                                  {"x_train.npy", "f4-little.npy"}};
    assert_zip_fails(state, one_resolved, 5, "the arrays y.npy and labels.npy mean the same");
    static const char *const twice[][2] = {{"x.npy", "f4-little.npy"}, {"x.npy", "f4-little.npy"}};
    assert_zip_fails(state, twice, 2, "the arrays x.npy and x.npy mean the same");
    static const char *const both[][2] = {
        {"x.npy", "f4-little.npy"}, {"y.npy", "labels.npy"}, {"targets.npy", "f4-little.npy"}};
    assert_zip_fails(state, both, 3, "both labels (y.npy) and targets; expected one of them");
    static const char *const deep_targets[][2] = {{"x.npy", "f4-little.npy"},
                                                  {"targets.npy", "f4-little.npy"}};
    assert_zip_fails(state, deep_targets, 2,
                     "array targets.npy: targets have 3 dimension(s) (4 x 2 x 3)");
    static const char *const matrix_labels[][2] = {{"x.npy", "f4-little.npy"},
                                                   {"y.npy", "f4-little.npy"}};
    assert_zip_fails(state, matrix_labels, 2, "array y.npy: labels have 3 dimension(s)");
    static const char *const flat[][2] = {{"x.npy", "labels.npy"}};
    assert_zip_fails(state, flat, 1, "array x.npy: 1 dimension(s) (4); samples need 2 to 4");
    static const char *const not_npy[][2] = {{"x.npy", "stored.npz"}};
    assert_zip_fails(state, not_npy, 1,
                     "array x.npy: byte 0: the magic bytes are not those of an NPY file");
    assert_zip_fails(state, NULL, 0, "not a whole zip archive");
}

static void bad_values_are_refused(void **state)
{
    char path[TEST_PATH_SIZE];
    static const char header[] =
        "\x93NUMPY\x01\x00\x36\x00{'descr': '<f4', 'fortran_order': False, 'shape': (1,1)}";
    uint8_t samples[10 + 54 + 4] = {0};
    assert_int_equal(sizeof header - 1, 64 + 2);
    /* The text is two characters longer than announced: then it is cut, and the array is not
     * whole. */
    memcpy(samples, header, 64);
    const zip_entry cut[] = {{"x.npy", samples, sizeof samples}};
    write_zip(in_folder(state, "bad.npz", path), true, cut, 1);
    assert_load_fails(path, NULL, AANN_ERROR_FORMAT,
                      "array x.npy: byte 64: the NPY header ends; expected");
    /* A target that is not finite, and one too few. */
    size_t size;
    uint8_t *floats = read_file(NUMPY_SAMPLES "f4-little.npy", &size);
    static const char target_header[] =
        "\x93NUMPY\x01\x00\x37\x00{'descr':'<f4','fortran_order':False,'shape':(4,)}     ";
    uint8_t targets[10 + 55 + 16] = {0};
    memcpy(targets, target_header, sizeof target_header - 1);
    memset(targets + 10 + (sizeof target_header - 11), ' ', 55 - (sizeof target_header - 11));
    targets[10 + 55 + 6] = 0x80;
    targets[10 + 55 + 7] = 0x7f; /* infinity */
    const zip_entry infinite[] = {{"x.npy", floats, size},
                                  {"targets.npy", targets, sizeof targets}};
    write_zip(path, false, infinite, 2);
    assert_load_fails(path, NULL, AANN_ERROR_FORMAT,
                      "array targets.npy: byte 69: target 1 is not a finite number");
    char *four = strstr((char *)targets + 10, "(4,)");
    four[1] = '3';
    const zip_entry short_targets[] = {{"x.npy", floats, size},
                                       {"targets.npy", targets, sizeof targets - 4}};
    targets[10 + 55 + 7] = 0;
    write_zip(path, false, short_targets, 2);
    assert_load_fails(path, NULL, AANN_ERROR_FORMAT,
                      "array targets.npy: 3 rows of targets for 4 samples");
    free(floats);
}

static void every_truncation_is_refused(void **state)
{
    size_t size;
    uint8_t *bytes = read_file(NUMPY_SAMPLES "deflated.npz", &size);
    for (size_t cut = 4; cut < size; cut++) {
        assert_bytes_fail(state, bytes, cut, NULL,
                          "the zip archive is cut or has bytes after its end");
    }
    bytes[size] = 'x';
    assert_bytes_fail(state, bytes, size + 1, NULL,
                      "the zip archive is cut or has bytes after its end");
    free(bytes);
}

/* Whatever single byte is changed, loading either fails or gives the very same data (a byte that
 * means nothing, such as a date). */
static void no_changed_byte_changes_the_data(void **state)
{
    static const char *const names[] = {"stored.npz", "deflated.npz"};
    for (size_t which = 0; which < 2; which++) {
        char path[TEST_PATH_SIZE];
        snprintf(path, sizeof path, "%s%s", NUMPY_SAMPLES, names[which]);
        aann_dataset *good = load(path, NULL);
        size_t size;
        uint8_t *bytes = read_file(path, &size);
        int refused = 0;
        for (size_t at = 0; at < size; at++) {
            bytes[at] ^= 0x15;
            write_file(in_folder(state, "changed.npz", path), bytes, size);
            bytes[at] ^= 0x15;
            aann_error error = {0};
            aann_dataset *dataset = NULL;
            if (aann_dataset_load(path, NULL, &dataset, &error) != AANN_OK) {
                assert_true(strlen(error.message) > 0);
                refused++;
                continue;
            }
            /* A changed name can take the labels away, never change a value. */
            assert_memory_equal(dataset->floats, good->floats, 24 * sizeof(float));
            if (dataset->labels != NULL) {
                assert_memory_equal(dataset->labels, good->labels, 4 * sizeof(int32_t));
            }
            aann_dataset_destroy(dataset);
        }
        assert_true(refused > (int)size / 3);
        free(bytes);
        aann_dataset_destroy(good);
    }
}

static void an_archive_inside_gzip_is_refused(void **state)
{
    size_t size;
    uint8_t *bytes = read_file(NUMPY_SAMPLES "stored.npz", &size);
    char path[TEST_PATH_SIZE];
    gzFile file = gzopen(in_folder(state, "x.npz.gz", path), "wb");
    assert_int_equal(gzwrite(file, bytes, (unsigned)size), size);
    assert_int_equal(gzclose(file), Z_OK);
    free(bytes);
    assert_load_fails(path, NULL, AANN_ERROR_FORMAT,
                      "an NPZ file inside gzip cannot be read; gunzip it first");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        data_test(numpy_archives_are_read),           data_test(targets_are_read),
        data_test(wrong_sets_of_arrays_are_refused),  data_test(bad_values_are_refused),
        data_test(every_truncation_is_refused),       data_test(no_changed_byte_changes_the_data),
        data_test(an_archive_inside_gzip_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
