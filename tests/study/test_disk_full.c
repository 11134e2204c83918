/* A full disk: the call fails with one line, everything stored before is there, and writing goes on
 * when there is room again. Two ways to be full: SQLite's page limit, and the system's limit on
 * file sizes. */
#include "study/support.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "study/database.h"

enum { STATE_SIZE = 1000000 };

/* Saving a big checkpoint fails, the first member is as it was, and then works with `limit`
 * lifted. */
static void assert_full(aann_study *study, aann_member_row *member, const char *part)
{
    aann_error error = {0};
    char *bytes = calloc(1, STATE_SIZE);
    aann_network *network = make_network(5, 5);
    const aann_trace_row row = {.step = 5};
    const uint64_t hash = member->hash;
    member->steps = 5;
    assert_int_equal(
        aann_study_save_member(study, member, network, bytes, STATE_SIZE, &row, 1, &error),
        AANN_ERROR_IO);
    assert_one_line(&error, part);
    assert_true(member->hash == hash);
    aann_network_destroy(network);
    free(bytes);
}

static void assert_unchanged(aann_study *study, uint64_t hash)
{
    aann_error error = {0};
    aann_member_row stored;
    aann_trace_row *rows = NULL;
    size_t count = 1;
    assert_ok(aann_study_member(study, 1, &stored, &error));
    assert_true(stored.steps == 0 && stored.hash == hash);
    assert_ok(aann_study_trace(study, 1, &rows, &count, &error));
    assert_int_equal(count, 0);
    aann_network *network = NULL;
    assert_ok(aann_study_network(study, 1, &network, &error));
    aann_network_destroy(network);
}

static void assert_writable_again(aann_study *study, aann_member_row *member)
{
    aann_error error = {0};
    char *bytes = calloc(1, STATE_SIZE);
    aann_network *network = make_network(5, 5);
    assert_ok(aann_study_save_member(study, member, network, bytes, STATE_SIZE, NULL, 0, &error));
    aann_network_destroy(network);
    free(bytes);
}

static void test_page_limit(void **state)
{
    const scratch *area = *state;
    make_study(area, 1);
    aann_study *study = open_study(area->path, AANN_STUDY_WRITE);
    aann_error error = {0};
    aann_member_row member;
    assert_ok(aann_study_member(study, 1, &member, &error));
    assert_ok(aann_study_execute(study, "PRAGMA max_page_count = 20", &error));
    assert_full(study, &member, "the disk is full");
    assert_unchanged(study, member.hash);
    assert_ok(aann_study_execute(study, "PRAGMA max_page_count = 1000000", &error));
    assert_writable_again(study, &member);
    aann_study_close(study);
    assert_int_equal(count_members(area->path), 1);
}

/* In a child, since the limit is the whole process's. Soft, so that it can be lifted again. */
static void run_with_file_size_limit(const scratch *area)
{
    signal(SIGXFSZ, SIG_IGN); /* then write() says EFBIG */
    aann_study *study = open_study(area->path, AANN_STUDY_WRITE);
    aann_error error = {0};
    aann_member_row member;
    assert_ok(aann_study_member(study, 1, &member, &error));
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    const rlim_t before = limit.rlim_cur;
    limit.rlim_cur = 200000;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    assert_full(study, &member, "test.aann: ");
    assert_unchanged(study, member.hash);
    limit.rlim_cur = before;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    assert_writable_again(study, &member);
    aann_study_close(study);
}

/* cmocka's assertions jump; in a child a failed one has to become an exit status. */
static int in_child(void (*body)(const scratch *area), const scratch *area)
{
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        body(area);
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void test_file_size_limit(void **state)
{
    const scratch *area = *state;
    make_study(area, 1);
    assert_int_equal(in_child(run_with_file_size_limit, area), 0);
    assert_int_equal(count_members(area->path), 1);
}

/* No room for even the tables: the failed creation leaves nothing that stands in the way of the
 * next. */
static void run_create_without_room(const scratch *area)
{
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = 6000;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    aann_error error = {0};
    aann_study *study = NULL;
    assert_int_equal(aann_study_open(area->path, AANN_STUDY_CREATE, &study, &error), AANN_ERROR_IO);
    assert_null(study);
    assert_one_line(&error, "test.aann: ");
}

static void test_create_without_room(void **state)
{
    const scratch *area = *state;
    assert_int_equal(in_child(run_create_without_room, area), 0);
    make_study(area, 1);
    assert_int_equal(count_members(area->path), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_page_limit, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_file_size_limit, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_create_without_room, scratch_setup, scratch_teardown),
    };
    return cmocka_run_group_tests_name("study: full disk", tests, NULL, NULL);
}
