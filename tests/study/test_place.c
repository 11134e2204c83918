/* A study that is moved, deleted or replaced while it is open for writing: the writer notices, and
 * whatever lies at its name now is left as it is. */
#include "study/support.h"

#include <sqlite3.h>

enum { NAME_SIZE = PATH_SIZE + 32 };

static void beside(const scratch *area, const char *name, char path[NAME_SIZE])
{
    snprintf(path, NAME_SIZE, "%s/%s", area->folder, name);
}

static bool exists(const char *path, const char *suffix)
{
    char name[NAME_SIZE];
    snprintf(name, sizeof name, "%s%s", path, suffix);
    return access(name, F_OK) == 0;
}

/* Neither the study nor its log, index or lock is left at this name. */
static void assert_nothing_left(const char *path)
{
    static const char *const suffixes[] = {"", "-wal", "-shm", "-lock"};
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
        assert_false(exists(path, suffixes[i]));
    }
}

/* The next save fails, and says why; so does a look at the end, by the writer. */
static void assert_noticed(aann_study *study, const char *part)
{
    aann_error error = {0};
    aann_network *network = make_network(7, 7);
    aann_member_row member = {.family = 1, .index = 7, .origin = "search"};
    assert_int_equal(aann_study_add_member(study, &member, network, &error), AANN_ERROR_IO);
    assert_one_line(&error, part);
    aann_network_destroy(network);
    aann_member_row *members = NULL;
    size_t count = 0;
    assert_int_equal(aann_study_members(study, 0, &members, &count, &error), AANN_ERROR_IO);
    assert_one_line(&error, part);
}

static void test_moved(void **state)
{
    const scratch *area = *state;
    char moved[NAME_SIZE];
    beside(area, "moved.aann", moved);
    make_study(area, 1);
    aann_study *study = open_study(area->path, AANN_STUDY_WRITE);
    add_member(study, 1, 1);
    assert_int_equal(rename(area->path, moved), 0);
    assert_noticed(study, "the file was moved or deleted");
    aann_study_close(study);
    assert_int_equal(count_members(moved), 2); /* all that was stored went along */
    assert_nothing_left(area->path);
}

static void test_deleted(void **state)
{
    const scratch *area = *state;
    make_study(area, 1);
    aann_study *study = open_study(area->path, AANN_STUDY_WRITE);
    add_member(study, 1, 1);
    assert_int_equal(unlink(area->path), 0);
    assert_noticed(study, "the file was moved or deleted");
    aann_study_close(study);
    assert_nothing_left(area->path);
}

/* Another study takes the name, while this one has something in its log, or nothing. */
static void replace(const scratch *area, bool reader_in_the_way)
{
    char other[NAME_SIZE];
    beside(area, "other.aann", other);
    make_study(area, 5);
    assert_int_equal(rename(area->path, other), 0);
    make_study(area, 1);
    aann_study *study = open_study(area->path, AANN_STUDY_WRITE);
    sqlite3 *reader = NULL;
    if (reader_in_the_way) {
        assert_int_equal(sqlite3_open(area->path, &reader), SQLITE_OK);
        assert_int_equal(
            sqlite3_exec(reader, "BEGIN; SELECT count(*) FROM member", NULL, NULL, NULL),
            SQLITE_OK);
    }
    add_member(study, 1, 1);
    assert_int_equal(rename(other, area->path), 0);
    assert_noticed(study, "another file has taken its place");
    sqlite3_close(reader);
    aann_study_close(study);
    assert_int_equal(exists(area->path, "-wal-unsaved"), reader_in_the_way);
    assert_int_equal(count_members(area->path), 5);
    study = open_study(area->path, AANN_STUDY_WRITE);
    add_member(study, 1, 5);
    aann_study_close(study);
    assert_int_equal(count_members(area->path), 6);
}

static void test_replaced(void **state)
{
    replace(*state, false);
}

static void test_replaced_with_log(void **state)
{
    replace(*state, true);
}

/* Each name of a file would have a log and a lock of its own. */
static void test_hard_links(void **state)
{
    const scratch *area = *state;
    char second[NAME_SIZE];
    beside(area, "second.aann", second);
    make_study(area, 1);
    assert_int_equal(link(area->path, second), 0);
    aann_error error = {0};
    aann_study *study = NULL;
    assert_int_equal(aann_study_open(second, AANN_STUDY_WRITE, &study, &error), AANN_ERROR_IO);
    assert_one_line(&error, "2 names (hard links)");
    assert_false(exists(second, "-lock"));
    assert_int_equal(unlink(second), 0);
    aann_study_close(open_study(area->path, AANN_STUDY_WRITE));
}

/* A user's file that happens to have the lock's name stays as it is. */
static void test_users_file(void **state)
{
    const scratch *area = *state;
    make_study(area, 1);
    char path[NAME_SIZE], text[64] = {0};
    snprintf(path, sizeof path, "%s-lock", area->path);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs("my notes on locks\n", file);
    fclose(file);
    aann_error error = {0};
    aann_study *study = NULL;
    assert_int_equal(aann_study_open(area->path, AANN_STUDY_WRITE, &study, &error), AANN_ERROR_IO);
    assert_one_line(&error, "a file that is no lock");
    file = fopen(path, "r");
    assert_non_null(file);
    assert_non_null(fgets(text, sizeof text, file));
    fclose(file);
    assert_string_equal(text, "my notes on locks\n");
}

/* What another process put at the lock's name is not this writer's to remove. */
static void test_others_lock_file(void **state)
{
    const scratch *area = *state;
    make_study(area, 1);
    char path[NAME_SIZE];
    snprintf(path, sizeof path, "%s-lock", area->path);
    aann_study *study = open_study(area->path, AANN_STUDY_WRITE);
    assert_int_equal(unlink(path), 0);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fclose(file);
    aann_study_close(study);
    assert_true(exists(path, ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_moved, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_deleted, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_replaced, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_replaced_with_log, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_hard_links, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_users_file, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_others_lock_file, scratch_setup, scratch_teardown),
    };
    return cmocka_run_group_tests_name("study: moved, deleted, replaced", tests, NULL, NULL);
}
