/* One writer, any number of readers: in one process, between processes, after kill -9, through
 * links. */
#include "study/support.h"

#include <signal.h>
#include <sys/wait.h>

#include <sqlite3.h>

#include "study/database.h"
#include "study/lock.h"

/* Opening for writing is refused, at once, and names the process `owner` (0: does not matter). */
static void assert_locked(const char *path, aann_study_mode mode, long owner)
{
    aann_error error = {0};
    aann_study *study = NULL;
    assert_int_equal(aann_study_open(path, mode, &study, &error), AANN_ERROR_LOCKED);
    assert_null(study);
    char part[64] = "is writing this study";
    if (owner != 0) {
        snprintf(part, sizeof part, "process %ld is writing this study", owner);
    }
    assert_one_line(&error, part);
}

static void test_second_handle(void **state)
{
    const scratch *area = *state;
    make_study(area, 1);
    aann_study *writer = open_study(area->path, AANN_STUDY_WRITE);
    assert_locked(area->path, AANN_STUDY_WRITE, (long)getpid());
    assert_locked(area->path, AANN_STUDY_CREATE, (long)getpid());
    assert_int_equal(count_members(area->path), 1);
    add_member(writer, 1, 1); /* the failed attempts and the reader did the writer no harm */
    assert_int_equal(count_members(area->path), 2);
    aann_study_close(writer);
    aann_study_close(open_study(area->path, AANN_STUDY_WRITE));
}

/* A writer in a process of its own that holds the lock until it is killed. */
static pid_t start_writer(const char *path)
{
    int ready[2];
    assert_int_equal(pipe(ready), 0);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        aann_study *study = NULL;
        const aann_status status = aann_study_open(path, AANN_STUDY_WRITE, &study, NULL);
        const char answer = status == AANN_OK ? 'y' : 'n';
        alarm(60); /* should the test fail before it kills us */
        if (write(ready[1], &answer, 1) == 1) {
            pause();
        }
        _exit(1);
    }
    char answer = 0;
    assert_int_equal(read(ready[0], &answer, 1), 1);
    assert_int_equal(answer, 'y');
    close(ready[0]);
    close(ready[1]);
    return child;
}

static void kill_writer(pid_t child)
{
    int status = 0;
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
}

static void test_second_process(void **state)
{
    const scratch *area = *state;
    make_study(area, 1);
    const pid_t writer = start_writer(area->path);
    assert_locked(area->path, AANN_STUDY_WRITE, (long)writer);
    assert_int_equal(count_members(area->path), 1);
    kill_writer(writer);
    /* Killed without a chance to tidy up, and yet the lock is free. */
    aann_study *study = open_study(area->path, AANN_STUDY_WRITE);
    add_member(study, 1, 1);
    aann_study_close(study);
    assert_int_equal(count_members(area->path), 2);
}

static void test_through_link(void **state)
{
    scratch *area = *state;
    make_study(area, 1);
    char link[PATH_SIZE + 16];
    snprintf(link, sizeof link, "%s.link", area->path);
    assert_int_equal(symlink(area->path, link), 0);
    aann_study *writer = open_study(link, AANN_STUDY_WRITE);
    assert_locked(area->path, AANN_STUDY_WRITE, (long)getpid());
    add_member(writer, 1, 1);
    assert_int_equal(count_members(link), 2);
    assert_int_equal(count_members(area->path), 2);
    aann_study_close(writer);
}

/* The file that a link names may not be there yet: its lock lies where the next writer looks. */
static void test_through_link_to_nothing(void **state)
{
    const scratch *area = *state;
    char folder[PATH_SIZE + 16];
    char second[PATH_SIZE + 32];
    char first[PATH_SIZE + 16];
    snprintf(folder, sizeof folder, "%s/links", area->folder);
    assert_int_equal(mkdir(folder, 0777), 0);
    snprintf(second, sizeof second, "%s/second", folder);
    assert_int_equal(symlink("../test.aann", second), 0);
    snprintf(first, sizeof first, "%s/first", area->folder);
    assert_int_equal(symlink("links/second", first), 0);
    aann_study *writer = open_study(first, AANN_STUDY_CREATE);
    assert_int_equal(access(area->path, F_OK), 0);
    assert_locked(area->path, AANN_STUDY_WRITE, (long)getpid());
    assert_locked(first, AANN_STUDY_WRITE, (long)getpid());
    assert_locked(second, AANN_STUDY_CREATE, (long)getpid());
    aann_study_close(writer);
    aann_study_close(open_study(area->path, AANN_STUDY_WRITE));
}

/* What a killed writer leaves, or somebody else's file by that name, is no lock. */
static void test_left_lock_file(void **state)
{
    const scratch *area = *state;
    make_study(area, 1);
    char path[PATH_SIZE + 16];
    snprintf(path, sizeof path, "%s-lock", area->path);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, "1\n"); /* process 1 is certainly alive */
    fclose(file);
    aann_study_close(open_study(area->path, AANN_STUDY_WRITE));
    assert_int_not_equal(access(path, F_OK), 0);

    assert_int_equal(mkdir(path, 0777), 0);
    aann_error error = {0};
    aann_study *study = NULL;
    assert_int_equal(aann_study_open(area->path, AANN_STUDY_WRITE, &study, &error), AANN_ERROR_IO);
    assert_one_line(&error, "test.aann-lock");
    assert_int_equal(rmdir(path), 0);
}

/* The lock goes from hand to hand among processes that all want it; never two at a time. The lock
 * alone, not the study: only thousands of turns meet the moment between opening the file and
 * locking it. */
static void take_turns(const scratch *area, int turns)
{
    char path[PATH_SIZE + 16];
    snprintf(path, sizeof path, "%s.inside", area->path);
    alarm(60);
    for (int done = 0; done < turns;) {
        aann_study_lock lock;
        const aann_status status = aann_study_lock_take(area->path, &lock, NULL);
        if (status == AANN_ERROR_LOCKED) {
            continue;
        }
        /* mkdir fails if somebody else is in here too. */
        if (status != AANN_OK || mkdir(path, 0777) != 0 || rmdir(path) != 0) {
            _exit(1);
        }
        aann_study_lock_release(&lock);
        done++;
    }
    _exit(0);
}

static void test_hand_to_hand(void **state)
{
    enum { PROCESSES = 4, TURNS = 300 };
    const scratch *area = *state;
    make_study(area, 1);
    pid_t children[PROCESSES];
    for (int i = 0; i < PROCESSES; i++) {
        children[i] = fork();
        assert_true(children[i] >= 0);
        if (children[i] == 0) {
            take_turns(area, TURNS);
        }
    }
    for (int i = 0; i < PROCESSES; i++) {
        int status = 0;
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
}

/* A copy that another program keeps from being made is an error, not an empty study. */
static void test_export_locked(void **state)
{
    scratch *area = *state;
    char other[PATH_SIZE + 8];
    make_study(area, 1);
    sqlite3 *foreign = NULL;
    assert_int_equal(sqlite3_open(area->path, &foreign), SQLITE_OK);
    assert_int_equal(sqlite3_exec(foreign, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL),
                     SQLITE_OK);
    aann_error error = {0};
    aann_study *study = open_study(area->path, AANN_STUDY_READ);
    sqlite3_busy_timeout(study->database, 10);
    assert_int_equal(sqlite3_exec(foreign, "BEGIN EXCLUSIVE", NULL, NULL, NULL), SQLITE_OK);
    snprintf(other, sizeof other, "%s.copy", area->path);
    assert_int_equal(aann_study_export(study, other, &error), AANN_ERROR_LOCKED);
    assert_one_line(&error, "locked");
    assert_int_equal(access(other, F_OK), -1);
    assert_int_equal(sqlite3_exec(foreign, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
    assert_ok(aann_study_export(study, other, &error));
    assert_int_equal(count_members(other), 1);
    aann_study_close(study);
    sqlite3_close(foreign);
}

/* What a writer does while another program is in its way. */
typedef struct waiting {
    sqlite3 *foreign; /* lets go as soon as it is told that somebody waits */
    int looks;
    int told;
    bool patient;
} waiting;

static bool goes_on(void *context, double seconds)
{
    waiting *w = context;
    w->looks++;
    assert_true(seconds >= 0.0 && seconds < 60.0);
    return w->patient;
}

static void waits(void *context)
{
    waiting *w = context;
    w->told++;
    assert_int_equal(sqlite3_exec(w->foreign, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
}

/* A write waits as long as it is told to, says so once, and is then as any other. */
static void test_patience(void **state)
{
    scratch *area = *state;
    make_study(area, 1);
    waiting w = {0};
    assert_int_equal(sqlite3_open(area->path, &w.foreign), SQLITE_OK);
    aann_study *study = open_study(area->path, AANN_STUDY_WRITE);
    const aann_study_patience usual =
        aann_study_set_patience(study, (aann_study_patience){goes_on, waits, &w});
    assert_true(usual.goes_on == NULL && usual.waits == NULL);
    assert_int_equal(sqlite3_exec(w.foreign, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    aann_error error = {0};
    assert_int_equal(aann_study_begin(study, &error), AANN_ERROR_LOCKED);
    assert_one_line(&error, "another program has a transaction open");
    assert_true(w.looks == 1 && w.told == 0);
    w.patient = true;
    assert_ok(aann_study_begin(study, &error));
    assert_ok(aann_study_finish(study, AANN_OK, &error));
    assert_true(w.looks > 10 && w.told == 1);
    const int looks = w.looks;
    assert_ok(aann_study_begin(study, &error)); /* nobody is in the way any more */
    assert_ok(aann_study_finish(study, AANN_OK, &error));
    assert_true(w.looks == looks);
    assert_true(aann_study_set_patience(study, usual).context == &w);
    aann_study_close(study);
    sqlite3_close(w.foreign);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_second_handle, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_second_process, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_through_link, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_through_link_to_nothing, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(test_left_lock_file, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_hand_to_hand, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_export_locked, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_patience, scratch_setup, scratch_teardown),
    };
    return cmocka_run_group_tests_name("study: locking", tests, NULL, NULL);
}
