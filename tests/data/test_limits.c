/* Files that are small and hold enormous data, and files that are none: what is refused, how soon, and
 * that pipes are read. */
#include "data_test.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

static void write_gzip(const char *path, const char *mode, const void *bytes, size_t size,
                       int repeats)
{
    gzFile file = gzopen(path, mode);
    assert_non_null(file);
    for (int i = 0; i < repeats; i++) {
        assert_int_equal(gzwrite(file, bytes, (unsigned)size), size);
    }
    assert_int_equal(gzclose(file), Z_OK);
}

static int64_t file_size(const char *path)
{
    struct stat information;
    assert_int_equal(stat(path, &information), 0);
    return information.st_size;
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Of this process: what others do on a busy machine does not count. */
static double processor_seconds(void)
{
    return (double)clock() / (double)CLOCKS_PER_SEC;
}

/* The most memory that this process has had. */
static long peak_kilobytes(void)
{
    struct rusage usage;
    assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
    return usage.ru_maxrss;
}

/* ---- tables ---------------------------------------------------------------------------------- */

/* One line of 45 million columns in a hundred kilobytes. */
static void a_line_of_many_columns(void **state)
{
    char path[TEST_PATH_SIZE];
    static char text[300000];
    for (size_t i = 0; i < sizeof text; i += 2) {
        memcpy(text + i, "a,", 2);
    }
    write_gzip(in_folder(state, "bomb.csv.gz", path), "wb9", text, sizeof text, 300);
    assert_true(file_size(path) < 400000);
    const long before = peak_kilobytes();
    const double start = processor_seconds();
    assert_load_fails(path, NULL, AANN_ERROR_FORMAT, "line 1: more than 65536 columns");
    assert_true(processor_seconds() - start < 2.0);
    assert_true(peak_kilobytes() - before < 30000);
}

/* As many columns as a network can read; one more is too many. */
static void the_widest_table(void **state)
{
    char path[TEST_PATH_SIZE];
    for (int columns = 65536; columns <= 65537; columns++) {
        FILE *file = fopen(in_folder(state, "wide.csv", path), "wb");
        assert_non_null(file);
        for (int i = 1; i < columns; i++) {
            fprintf(file, "c%d,", i);
        }
        fprintf(file, "label\n");
        for (int i = 1; i < columns; i++) {
            fprintf(file, "1,");
        }
        fprintf(file, "0\n");
        fclose(file);
        if (columns == 65536) {
            aann_dataset *dataset = load(path, NULL);
            assert_int_equal(aann_dataset_shape(dataset).channels, 65535);
            aann_dataset_destroy(dataset);
        } else {
            assert_load_fails(path, NULL, AANN_ERROR_FORMAT, "more than 65536 columns");
        }
    }
}

/* A cell in quotes that never ends, and a row later on. */
static void an_endless_cell(void **state)
{
    char path[TEST_PATH_SIZE];
    static char text[1 << 20];
    memset(text, '1', sizeof text);
    write_gzip(in_folder(state, "cell.csv.gz", path), "wb9", "x,y\n1,0\n\"", 9, 1);
    write_gzip(path, "ab9", text, sizeof text, 64);
    assert_load_fails(path, NULL, AANN_ERROR_FORMAT,
                      "line 3: longer than 16777216 bytes, the limit of one row");
}

/* ---- arrays ---------------------------------------------------------------------------------- */

/* The header of an NPY file of so many bytes, and its length. */
static size_t npy_header(char *header, long long count)
{
    const size_t prefix = 10;
    const int written =
        snprintf(header + prefix, 118,
                 "{'descr': '|u1', 'fortran_order': False, 'shape': (%lld, 4), }\n", count);
    memcpy(header, "\x93NUMPY\x01\x00", 8);
    header[8] = (char)written;
    header[9] = 0;
    return prefix + (size_t)written;
}

/* A limit of bytes is the caller's to raise, of plain and of compressed files. */
static void bytes_of_a_file(void **state)
{
    char path[TEST_PATH_SIZE], plain[TEST_PATH_SIZE], header[128];
    static char zeros[1 << 20];
    const size_t length = npy_header(header, (8 << 20) / 4);
    write_gzip(in_folder(state, "zeros.npy.gz", path), "wb9", header, length, 1);
    write_gzip(path, "ab9", zeros, sizeof zeros, 8);
    in_folder(state, "zeros.npy", plain);
    FILE *file = fopen(plain, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(header, 1, length, file), length);
    for (int i = 0; i < 8; i++) {
        assert_int_equal(fwrite(zeros, 1, sizeof zeros, file), sizeof zeros);
    }
    fclose(file);
    const char *const paths[] = {path, plain};
    for (int i = 0; i < 2; i++) {
        aann_load_options options = aann_load_options_default();
        assert_int_equal(options.data_limit, AANN_DATA_LIMIT);
        options.data_limit = (8 << 20) + (int64_t)length - 1;
        assert_load_fails(paths[i], &options, AANN_ERROR_FORMAT,
                          "bytes when decompressed, the limit of one file; if that is right, raise "
                          "it (--data-limit, data_limit of aann_load_options)");
        options.data_limit++;
        aann_dataset *dataset = load(paths[i], &options);
        assert_int_equal(aann_dataset_count(dataset), (8 << 20) / 4);
        aann_dataset_destroy(dataset);
    }
}

/* Labels have the same limit. */
static void bytes_of_labels(void **state)
{
    char path[TEST_PATH_SIZE], labels[TEST_PATH_SIZE];
    static const uint8_t images[] = {0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 1, 5, 6};
    static const uint8_t answers[] = {0, 0, 8, 1, 0, 0, 0, 2, 0, 1};
    write_file(in_folder(state, "x.idx", path), images, sizeof images);
    write_file(in_folder(state, "y.idx", labels), answers, sizeof answers);
    aann_load_options options = aann_load_options_default();
    options.labels_path = labels;
    options.data_limit = sizeof images;
    aann_dataset_destroy(load(path, &options));
    static uint8_t more[64] = {0, 0, 8, 1, 0, 0, 0, 56};
    write_file(labels, more, sizeof more);
    aann_error error = {0};
    aann_dataset *dataset = NULL;
    assert_int_equal(aann_dataset_load(path, &options, &dataset, &error), AANN_ERROR_FORMAT);
    assert_message(&error, "y.idx: holds more than 14 bytes");
}

/* A hundred thousand gzip members, most of them empty. */
static void many_members(void **state)
{
    char path[TEST_PATH_SIZE], small[TEST_PATH_SIZE];
    write_gzip(in_folder(state, "empty.gz", small), "wb9", "", 0, 1);
    size_t size = 0;
    uint8_t *empty = read_file(small, &size);
    write_gzip(in_folder(state, "members.csv.gz", path), "wb9", "x,label\n1,0\n", 12, 1);
    FILE *file = fopen(path, "ab");
    assert_non_null(file);
    for (int i = 0; i < 100000; i++) {
        assert_int_equal(fwrite(empty, 1, size, file), size);
    }
    fclose(file);
    free(empty);
    const double start = processor_seconds();
    aann_dataset *dataset = load(path, NULL);
    assert_int_equal(aann_dataset_count(dataset), 1);
    assert_true(processor_seconds() - start < 5.0);
    aann_dataset_destroy(dataset);
}

/* ---- zip archives ---------------------------------------------------------------------------- */

static void put_16(uint8_t **at, unsigned value)
{
    *(*at)++ = (uint8_t)value;
    *(*at)++ = (uint8_t)(value >> 8);
}

static void put_32(uint8_t **at, unsigned long value)
{
    put_16(at, (unsigned)(value & 0xffff));
    put_16(at, (unsigned)(value >> 16 & 0xffff));
}

/* The fields that a local header and the directory have in common. */
static void put_fields(uint8_t **at, unsigned long sum, size_t size, const char *name)
{
    put_16(at, 20);
    put_16(at, 0);
    put_16(at, 0); /* stored */
    put_32(at, 0);
    put_32(at, sum);
    put_32(at, (unsigned long)size);
    put_32(at, (unsigned long)size);
    put_16(at, (unsigned)strlen(name));
    put_16(at, 0);
}

static void put_name(uint8_t **at, const char *name)
{
    memcpy(*at, name, strlen(name));
    *at += strlen(name);
}

/* An archive whose directory names one stored file under several names. */
static size_t overlapping(uint8_t *archive, const uint8_t *content, size_t size,
                          const char *const *names, unsigned count)
{
    const unsigned long sum = crc32(0, content, (unsigned)size);
    uint8_t *at = archive;
    put_32(&at, 0x04034b50);
    put_fields(&at, sum, size, names[0]);
    put_name(&at, names[0]);
    memcpy(at, content, size);
    at += size;
    const size_t directory = (size_t)(at - archive);
    for (unsigned i = 0; i < count; i++) {
        put_32(&at, 0x02014b50);
        put_16(&at, 20);
        put_fields(&at, sum, size, names[i]);
        memset(at, 0, 14); /* no comment, first disk, no attributes; at the beginning of the file */
        at += 14;
        put_name(&at, names[i]);
    }
    const size_t end = (size_t)(at - archive);
    put_32(&at, 0x06054b50);
    put_32(&at, 0);
    put_16(&at, count);
    put_16(&at, count);
    put_32(&at, (unsigned long)(end - directory));
    put_32(&at, (unsigned long)directory);
    put_16(&at, 0);
    return (size_t)(at - archive);
}

/* Two arrays in the same bytes: one of them would be left out, without a word. */
static void entries_that_overlap(void **state)
{
    char path[TEST_PATH_SIZE], header[128];
    uint8_t content[200], archive[1024];
    static const char *const names[] = {"x.npy", "y.npy"};
    size_t size = npy_header(header, 2);
    memcpy(content, header, size);
    memset(content + size, 1, 8);
    size += 8;
    size_t length = overlapping(archive, content, size, names, 1);
    write_file(in_folder(state, "one.npz", path), archive, length);
    aann_dataset_destroy(load(path, NULL));
    length = overlapping(archive, content, size, names, 2);
    assert_bytes_fail(state, archive, length, NULL,
                      "it says that it holds 2 files, and has 1 in different places");
}

/* An array that is deflated to nothing. */
static void an_archive_of_zeros(void **state)
{
    char path[TEST_PATH_SIZE];
    static uint8_t zeros[4000000];
    const aann_npz_array array = {"x", zeros, AANN_NPZ_UINT8, 2, {1000, 4000}};
    aann_error error = {0};
    assert_ok(aann_npz_write(in_folder(state, "zeros.npz", path), &array, 1, &error));
    aann_load_options options = aann_load_options_default();
    options.data_limit = 4000000;
    assert_load_fails(path, &options, AANN_ERROR_FORMAT, "more than 4000000 bytes");
    options.data_limit = 4100000;
    aann_dataset_destroy(load(path, &options));
}

/* A byte 0 in the name of a type ended it before the quote did. */
static void a_byte_0_in_a_header(void **state)
{
    static const char text[] = "{'descr': '<f4\0', 'fortran_order': False, 'shape': (1, 2)}";
    uint8_t bytes[10 + sizeof text - 1 + 8] = {0x93,           'N', 'U', 'M', 'P', 'Y', 1, 0,
                                               sizeof text - 1};
    memcpy(bytes + 10, text, sizeof text - 1);
    assert_bytes_fail(state, bytes, sizeof bytes, NULL, "found 0x00");
}

/* ---- files that are none --------------------------------------------------------------------- */

static void not_files(void **state)
{
    char path[TEST_PATH_SIZE];
    aann_error error = {0};
    aann_dataset *dataset = NULL;
    assert_load_fails("/dev/zero", NULL, AANN_ERROR_IO, "is a device, a file is expected");
    assert_load_fails("/dev/null", NULL, AANN_ERROR_IO, "is a device, a file is expected");
    assert_int_equal(aann_dataset_load(*state, NULL, &dataset, &error), AANN_ERROR_FORMAT);
    assert_message(&error, "is a folder without pictures");
    const int descriptor = socket(AF_UNIX, SOCK_STREAM, 0);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    in_folder(state, "socket", path);
    if (descriptor >= 0 && strlen(path) < sizeof address.sun_path) {
        strcpy(address.sun_path, path);
        if (bind(descriptor, (struct sockaddr *)&address, sizeof address) == 0) {
            assert_load_fails(path, NULL, AANN_ERROR_IO, "is a socket, a file is expected");
        }
    }
    close(descriptor);
}

static void a_pipe_without_a_writer(void **state)
{
    char path[TEST_PATH_SIZE], weights[TEST_PATH_SIZE];
    in_folder(state, "pipe", path);
    assert_int_equal(mkfifo(path, 0600), 0);
    const double start = seconds();
    assert_load_fails(path, NULL, AANN_ERROR_IO, "is a pipe into which nobody writes");
    const double took = seconds() - start;
    assert_true(took > 2.0 && took < 60.0); /* three, and what a busy machine adds */
    aann_error error = {0};
    aann_spec spec;
    aann_network *network = NULL;
    aann_binarisation binarisations[AANN_MAX_LAYERS];
    assert_ok(aann_spec_parse("2", (aann_shape){2, 1, 1}, &spec, &error));
    assert_ok(aann_network_create(&spec, &network, &error));
    in_folder(state, "weights.npz", weights);
    assert_int_equal(mkfifo(weights, 0600), 0);
    assert_int_equal(aann_npz_binarise(weights, network, binarisations, &error), AANN_ERROR_IO);
    assert_message(&error, "is a pipe; an NPZ file must be a file");
    aann_network_destroy(network);
}

typedef struct slow_writer {
    const char *path;
    const char *text;
    int first_milliseconds; /* before it opens the pipe */
    int milliseconds;       /* before every byte */
} slow_writer;

static void sleep_milliseconds(int count)
{
    const struct timespec time = {count / 1000, count % 1000 * 1000000L};
    nanosleep(&time, NULL);
}

static void *write_slowly(void *context)
{
    const slow_writer *writer = context;
    sleep_milliseconds(writer->first_milliseconds);
    const int descriptor = open(writer->path, O_WRONLY);
    for (const char *at = writer->text; descriptor >= 0 && *at != '\0'; at++) {
        sleep_milliseconds(writer->milliseconds);
        if (write(descriptor, at, 1) != 1) {
            break;
        }
    }
    close(descriptor);
    return NULL;
}

/* A writer that comes late and is slow: longer than anybody is waited for without one. */
static void pipes_with_a_writer(void **state)
{
    char path[TEST_PATH_SIZE];
    in_folder(state, "pipe", path);
    assert_int_equal(mkfifo(path, 0600), 0);
    static const slow_writer writers[] = {{NULL, "x,label\n1,0\n2,1\n", 1000, 0},
                                          {NULL, "x,label\n1,0\n2,1\n", 0, 250}};
    for (int i = 0; i < 2; i++) {
        slow_writer writer = writers[i];
        writer.path = path;
        pthread_t thread;
        assert_int_equal(pthread_create(&thread, NULL, write_slowly, &writer), 0);
        aann_dataset *dataset = load(path, NULL);
        assert_int_equal(pthread_join(thread, NULL), 0);
        assert_int_equal(aann_dataset_count(dataset), 2);
        aann_dataset_destroy(dataset);
    }
    slow_writer silent = {path, "", 300, 0};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, write_slowly, &silent), 0);
    assert_load_fails(path, NULL, AANN_ERROR_FORMAT, "the file is empty");
    assert_int_equal(pthread_join(thread, NULL), 0);
}

/* What a shell makes of <(zcat x): a pipe that is full, or still being filled, under /dev/fd. */
static void an_anonymous_pipe(void **state)
{
    (void)state;
    int ends[2];
    char path[64];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "x,label\n1,0\n2,1\n", 16), 16);
    close(ends[1]);
    snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
    aann_dataset *dataset = load(path, NULL);
    assert_int_equal(aann_dataset_count(dataset), 2);
    aann_dataset_destroy(dataset);
    close(ends[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        data_test(a_line_of_many_columns),  data_test(the_widest_table),
        data_test(an_endless_cell),         data_test(bytes_of_a_file),
        data_test(bytes_of_labels),         data_test(many_members),
        data_test(entries_that_overlap),    data_test(an_archive_of_zeros),
        data_test(a_byte_0_in_a_header),    data_test(not_files),
        data_test(a_pipe_without_a_writer), data_test(pipes_with_a_writer),
        data_test(an_anonymous_pipe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
