/* Files that are not, or no longer, a study: one clear line each, and the file stays as it was. */
#include "network/network.h"
#include "study/support.h"

#include <sqlite3.h>

#include "study/schema.h"

/* Opening in `mode` fails with `status`, a line that says `part`, and no handle. */
static void assert_refused(const char *path, aann_study_mode mode, aann_status status,
                           const char *part)
{
    aann_error error = {0};
    aann_study *study = (aann_study *)&error;
    const aann_status found = aann_study_open(path, mode, &study, &error);
    if (found != status) {
        print_error("%s instead of %s: %s\n", aann_status_name(found), aann_status_name(status),
                    error.message);
    }
    assert_int_equal(found, status);
    assert_int_equal(error.status, status);
    assert_null(study);
    assert_one_line(&error, part);
}

static void assert_refused_always(const char *path, aann_status status, const char *part)
{
    assert_refused(path, AANN_STUDY_READ, status, part);
    assert_refused(path, AANN_STUDY_WRITE, status, part);
    assert_refused(path, AANN_STUDY_CREATE, status, part);
}

static void write_file(const char *path, const void *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

/* The whole file, malloc'ed. */
static char *read_file(const char *path, size_t *size)
{
    struct stat information;
    assert_int_equal(stat(path, &information), 0);
    *size = (size_t)information.st_size;
    char *bytes = malloc(*size + 1);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fread(bytes, 1, *size, file), *size);
    fclose(file);
    return bytes;
}

static void test_no_file(void **state)
{
    const scratch *area = *state;
    assert_refused(area->path, AANN_STUDY_READ, AANN_ERROR_IO, "there is no such study");
    assert_refused(area->path, AANN_STUDY_WRITE, AANN_ERROR_IO, "there is no such study");
    assert_refused_always(area->folder, AANN_ERROR_IO, "is not a file");
    assert_refused_always("", AANN_ERROR_ARGUMENT, "path is empty");
    char path[PATH_SIZE + 32];
    snprintf(path, sizeof path, "%s/no/such/folder.aann", area->folder);
    assert_refused(path, AANN_STUDY_CREATE, AANN_ERROR_IO, "No such file or directory");
    snprintf(path, sizeof path, "%s/x", area->path);
    write_file(area->path, "a file, not a folder", 20);
    assert_refused(path, AANN_STUDY_CREATE, AANN_ERROR_IO, "Not a directory");
}

static void test_empty_file(void **state)
{
    const scratch *area = *state;
    write_file(area->path, "", 0);
    assert_refused(area->path, AANN_STUDY_READ, AANN_ERROR_FORMAT, "is empty");
    assert_refused(area->path, AANN_STUDY_WRITE, AANN_ERROR_FORMAT, "is empty");
    make_study(area, 1); /* but a study can be made of it */
    assert_int_equal(count_members(area->path), 1);
}

static void test_not_a_database(void **state)
{
    const scratch *area = *state;
    char bytes[5000];
    memset(bytes, 'x', sizeof bytes);
    for (size_t size = 1; size < sizeof bytes; size = size * 3 + 1) {
        write_file(area->path, bytes, size);
        assert_refused_always(area->path, AANN_ERROR_FORMAT, "is not an aann study");
        size_t after = 0;
        char *content = read_file(area->path, &after);
        assert_int_equal(after, size);
        assert_memory_equal(content, bytes, size);
        free(content);
    }
}

static void test_other_database(void **state)
{
    const scratch *area = *state;
    run_sql(area->path, "CREATE TABLE notes (text TEXT); INSERT INTO notes VALUES ('mine');");
    size_t size = 0;
    char *before = read_file(area->path, &size);
    assert_refused_always(area->path, AANN_ERROR_FORMAT, "of another program");
    size_t after_size = 0;
    char *after = read_file(area->path, &after_size);
    assert_int_equal(after_size, size);
    assert_memory_equal(after, before, size);
    free(before);
    free(after);
    run_sql(area->path, "PRAGMA application_id = 1234; PRAGMA user_version = 1;");
    assert_refused_always(area->path, AANN_ERROR_FORMAT, "of another program");
}

static void test_other_version(void **state)
{
    const scratch *area = *state;
    make_study(area, 1);
    char sql[64];
    snprintf(sql, sizeof sql, "PRAGMA user_version = %d;", AANN_STUDY_SCHEMA_VERSION + 1);
    run_sql(area->path, sql);
    assert_refused_always(area->path, AANN_ERROR_VERSION, "newer aann");
    run_sql(area->path, "PRAGMA user_version = 0;");
    assert_refused_always(area->path, AANN_ERROR_FORMAT, "is damaged");
}

/* Cut at every page and in between: never a crash, never a study with something missing. */
static void test_truncated(void **state)
{
    scratch *area = *state;
    make_study(area, 60);
    size_t size = 0;
    char *bytes = read_file(area->path, &size);
    assert_true(size > 16384);
    scratch_path(area, "cut.aann");
    for (size_t kept = 1; kept < size; kept += 1021) {
        write_file(area->path, bytes, kept);
        assert_refused_always(area->path, AANN_ERROR_FORMAT, "cut.aann");
        struct stat information;
        assert_int_equal(stat(area->path, &information), 0);
        assert_int_equal(information.st_size, kept);
    }
    write_file(area->path, bytes, size);
    assert_int_equal(count_members(area->path), 60);
    free(bytes);
}

/* Bytes changed anywhere: an error or the old content, and no crash. (Built with sanitizers, this
 * says more.) */
static void test_bytes_changed(void **state)
{
    scratch *area = *state;
    make_study(area, 20);
    size_t size = 0;
    char *bytes = read_file(area->path, &size);
    scratch_path(area, "changed.aann");
    unsigned int seed = 1;
    int refused = 0;
    for (int trial = 0; trial < 300; trial++) {
        char *changed = malloc(size);
        memcpy(changed, bytes, size);
        for (int i = 0; i < 8; i++) {
            changed[(size_t)rand_r(&seed) % size] = (char)rand_r(&seed);
        }
        write_file(area->path, changed, size);
        free(changed);
        aann_error error = {0};
        aann_study *study = NULL;
        aann_status status = aann_study_open(area->path, AANN_STUDY_READ, &study, &error);
        aann_member_row *members = NULL;
        size_t count = 0;
        if (status == AANN_OK) {
            status = aann_study_members(study, 0, &members, &count, &error);
        }
        for (size_t i = 0; i < count; i++) {
            aann_network *network = NULL;
            const aann_status read = aann_study_network(study, members[i].id, &network, &error);
            refused += read != AANN_OK;
            aann_network_destroy(network);
        }
        refused += status != AANN_OK;
        free(members);
        aann_study_close(study);
    }
    assert_true(refused > 0);
    free(bytes);
}

static void assert_member_refused(const char *path, aann_status status, const char *part)
{
    aann_study *study = open_study(path, AANN_STUDY_READ);
    aann_error error = {0};
    aann_network *network = NULL;
    aann_member_row member;
    aann_status found = aann_study_member(study, 1, &member, &error);
    if (found == AANN_OK) {
        found = aann_study_network(study, 1, &network, &error);
    }
    assert_int_equal(found, status);
    assert_null(network);
    assert_one_line(&error, part);
    aann_study_close(study);
}

/* A file in which everything is in order but the number of weights of each value, hashes
 * included. */
static void test_odd_counts(void **state)
{
    (void)state;
    const char *path = AANN_SOURCE_DIR "/tests/study/odd_counts.aann";
    assert_member_refused(path, AANN_ERROR_FORMAT,
                          "the weights of member 1: layer 1 (3C3s2) has 0 weights -1, 18 weights 0 "
                          "and 36 weights +1: expected 20, 27 and 7");
}

/* Nothing is stored that could not be read. */
static void test_odd_counts_not_stored(void **state)
{
    const scratch *area = *state;
    make_study(area, 1);
    aann_study *study = open_study(area->path, AANN_STUDY_WRITE);
    aann_error error = {0};
    aann_network *network = make_network(1, 1);
    aann_member_row member = new_member(1, 7);
    aann_network_weights_mutable(network, 1)[0] = 0;
    aann_network_weights_mutable(network, 1)[1] = 0;
    assert_int_equal(aann_study_add_member(study, &member, network, &error), AANN_ERROR_ARGUMENT);
    assert_one_line(&error, "layer 2 (5) has");
    aann_network_destroy(network);
    aann_study_close(study);
}

/* Rows that SQLite finds in order, and we do not. Each is put right again before the next. */
static void test_rows_changed(void **state)
{
    const scratch *area = *state;
    static const struct {
        const char *damage;
        const char *part;
    } cases[] = {
        {"UPDATE weights SET packed = zeroblob(length(packed))",
         "layer 1 (3C3) has 0 weights -1, 27 weights 0 and 0 weights +1: expected 6, 14 and 7"},
        {"UPDATE weights SET packed = substr(packed, 2)", "bytes of weights"},
        {"UPDATE weights SET packed = zeroblob(length(packed) + 1)", "bytes of weights"},
        {"UPDATE weights SET packed = zeroblob(length(packed) - 1)", "bytes of weights"},
        {"UPDATE weights SET packed = x''", "bytes of weights"},
        {"UPDATE weights SET packed = randomblob(length(packed))", "the weights of member 1"},
        {"UPDATE member SET hash = '0123456789abcdef'", "are damaged (hash"},
        {"UPDATE member SET hash = 'xyz3456789abcdef'", "the row of member 1"},
        {"UPDATE member SET hash = '-123456789abcdef'", "the row of member 1"},
        {"UPDATE member SET origin = 'a text that is longer than thirty-one'",
         "the row of member 1"},
        {"UPDATE family SET spec = '3C'", "is damaged"},
        {"UPDATE family SET spec = ''", "is damaged"},
        {"UPDATE family SET spec = '3C3-MP2-6'", "bytes of weights"},
        {"UPDATE family SET spec = '60000C3-MP2-3000'", "bytes of weights"},
        {"UPDATE family SET input_width = -1", "is damaged"},
        {"UPDATE family SET input_width = 5000000000", "is damaged"},
        {"UPDATE family SET excitatory_share = 7", "is damaged"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        unlink(area->path);
        make_study(area, 1);
        run_sql(area->path, cases[i].damage);
        print_message("%s\n", cases[i].damage);
        assert_member_refused(area->path, AANN_ERROR_FORMAT, cases[i].part);
    }
}

/* Marked as a study, without its tables. */
static void test_tables_missing(void **state)
{
    const scratch *area = *state;
    make_study(area, 1);
    run_sql(area->path, "DROP TABLE trace; DROP TABLE weights; DROP TABLE checkpoint;");
    aann_error error = {0};
    aann_study *study = NULL;
    assert_int_equal(aann_study_open(area->path, AANN_STUDY_READ, &study, &error),
                     AANN_ERROR_FORMAT);
    assert_one_line(&error, "is missing");
}

/* What a stranger may have added is refused by name, before anything of it runs; what the sqlite3
 * shell's ANALYZE leaves is harmless. */
static void test_objects_added(void **state)
{
    scratch *area = *state;
    static const char *const cases[][2] = {
        {"CREATE TRIGGER t AFTER UPDATE ON member BEGIN DELETE FROM weights; END",
         "the trigger t is no part of one"},
        {"CREATE VIEW v AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x FROM c) SELECT x FROM c",
         "the view v is no part of one"},
        {"CREATE TABLE extra (a)", "the table extra is no part of one"},
        {"CREATE INDEX i ON member (hash)", "the index i is no part of one"},
        {"ALTER TABLE member ADD COLUMN more TEXT", "the table member is defined in another way"},
        {"DROP TABLE trace; CREATE VIEW trace AS SELECT 1 AS member", "trace is missing"},
        {"PRAGMA writable_schema = ON; INSERT INTO sqlite_schema VALUES ('view', 'sqlite_stat1', "
         "'sqlite_stat1', 0, 'CREATE VIEW sqlite_stat1 AS SELECT 1 AS tbl, 2 AS idx, 3 AS stat')",
         "the view sqlite_stat1 is no part of one"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char name[24];
        snprintf(name, sizeof name, "case%zu.aann", i);
        scratch_path(area, name);
        make_study(area, 1);
        run_sql(area->path, cases[i][0]);
        aann_error error = {0};
        aann_study *study = NULL;
        for (int mode = AANN_STUDY_READ; mode <= AANN_STUDY_CREATE; mode++) {
            assert_int_equal(aann_study_open(area->path, (aann_study_mode)mode, &study, &error),
                             AANN_ERROR_FORMAT);
            assert_one_line(&error, cases[i][1]);
        }
    }
    scratch_path(area, "analysed.aann");
    make_study(area, 2);
    run_sql(area->path, "ANALYZE");
    assert_int_equal(count_members(area->path), 2);
}

/* Names that mean something to SQLite or to a URI are names of files to us. */
static void test_odd_names(void **state)
{
    scratch *area = *state;
    static const char *const names[] = {"./:memory:", "file:x?mode=memory", "a b?c#d%20e&f.aann",
                                        "'quoted\".aann"};
    char before[PATH_SIZE];
    assert_non_null(getcwd(before, sizeof before));
    assert_int_equal(chdir(area->folder), 0);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        snprintf(area->path, sizeof area->path, "%s", names[i]);
        make_study(area, 1);
        assert_int_equal(access(names[i], F_OK), 0);
        assert_int_equal(count_members(names[i]), 1);
    }
    assert_int_equal(chdir(before), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_no_file, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_empty_file, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_not_a_database, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_other_database, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_other_version, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_truncated, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_bytes_changed, scratch_setup, scratch_teardown),
        cmocka_unit_test(test_odd_counts),
        cmocka_unit_test_setup_teardown(test_odd_counts_not_stored, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(test_rows_changed, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_tables_missing, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_objects_added, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_odd_names, scratch_setup, scratch_teardown),
    };
    return cmocka_run_group_tests_name("study: damaged files", tests, NULL, NULL);
}
