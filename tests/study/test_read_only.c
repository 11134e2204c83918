/* Studies that may not be written: the file, its folder, or both; with and without what a killed
 * writer left.
 *
 * Root may write everywhere, so the tests run as "nobody" in a child process where they are started
 * by root. */
#include "study/support.h"

#include <signal.h>
#include <sys/wait.h>

#include <sqlite3.h>

enum { NOBODY = 65534 };

/* Runs the body without root's rights. cmocka's assertions jump; in a child that would run the test
 * twice. */
static void as_ordinary_user(void (*body)(const scratch *area), const scratch *area)
{
    fflush(NULL);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        if (getuid() == 0 && (setgid(NOBODY) != 0 || setuid(NOBODY) != 0)) {
            _exit(2);
        }
        body(area);
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void assert_not_writable(const scratch *area)
{
    aann_error error = {0};
    aann_study *study = NULL;
    assert_int_equal(aann_study_open(area->path, AANN_STUDY_WRITE, &study, &error), AANN_ERROR_IO);
    assert_null(study);
    assert_one_line(&error, "test.aann: ");
}

static void read_three(const scratch *area)
{
    if (count_members(area->path) != 3) {
        _exit(3);
    }
    assert_not_writable(area);
}

static void permit(const scratch *area, mode_t file, mode_t folder)
{
    assert_int_equal(chmod(area->path, file), 0);
    assert_int_equal(chmod(area->folder, folder), 0);
}

static void test_file_read_only(void **state)
{
    const scratch *area = *state;
    make_study(area, 3);
    permit(area, 0444, 0777);
    as_ordinary_user(read_three, area);
    permit(area, 0666, 0777);
    assert_int_equal(count_members(area->path), 3);
}

static void test_folder_read_only(void **state)
{
    const scratch *area = *state;
    make_study(area, 3);
    permit(area, 0666, 0555);
    as_ordinary_user(read_three, area);
    permit(area, 0444, 0555);
    as_ordinary_user(read_three, area);
}

/* A writer that is killed with its last member still in the log: a reader who looks at an older
 * state keeps it from being worked into the file. */
static void leave_log(const scratch *area)
{
    make_study(area, 2);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        aann_study *study = open_study(area->path, AANN_STUDY_WRITE);
        sqlite3 *reader = NULL;
        if (sqlite3_open(area->path, &reader) == SQLITE_OK) {
            sqlite3_exec(reader, "BEGIN; SELECT count(*) FROM member;", NULL, NULL, NULL);
        }
        add_member(study, 1, 2);
        raise(SIGKILL);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
}

/* The log is read along, also where it cannot be worked into the file. */
static void test_killed_writer_read_only(void **state)
{
    const scratch *area = *state;
    leave_log(area);
    char path[PATH_SIZE + 16];
    snprintf(path, sizeof path, "%s-wal", area->path);
    assert_int_equal(chmod(path, 0444), 0);
    snprintf(path, sizeof path, "%s-shm", area->path);
    assert_int_equal(chmod(path, 0444), 0);
    permit(area, 0444, 0555);
    as_ordinary_user(read_three, area);
    permit(area, 0666, 0777);
    assert_int_equal(count_members(area->path), 3);
}

/* A log without its index in a read-only folder: SQLite cannot read it, and without it the study
 * would be an older one. That is said, rather than shown. */
static void refuse(const scratch *area)
{
    aann_error error = {0};
    aann_study *study = NULL;
    assert_int_equal(aann_study_open(area->path, AANN_STUDY_READ, &study, &error), AANN_ERROR_IO);
    assert_null(study);
    assert_one_line(&error, "unfinished changes");
}

static void test_log_without_index(void **state)
{
    const scratch *area = *state;
    leave_log(area);
    char path[PATH_SIZE + 16];
    snprintf(path, sizeof path, "%s-shm", area->path);
    assert_int_equal(unlink(path), 0);
    scratch linked = *area;
    scratch_path(&linked, "link-to-test.aann");
    assert_int_equal(symlink(area->path, linked.path), 0);
    permit(area, 0444, 0555);
    as_ordinary_user(refuse, area);
    as_ordinary_user(refuse, &linked); /* the log is not beside the link */
    permit(area, 0666, 0777);
    assert_int_equal(count_members(area->path), 3); /* and nothing was lost by it */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_file_read_only, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_folder_read_only, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_killed_writer_read_only, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(test_log_without_index, scratch_setup, scratch_teardown),
    };
    return cmocka_run_group_tests_name("study: read-only", tests, NULL, NULL);
}
