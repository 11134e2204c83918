/* A writer killed at any moment: what it had committed is there, what it had not is not, nothing is
 * torn; and a reader that looks all the while sees only whole transactions.
 *
 * The writer saves one member again and again. In the n-th save everything says n: the steps, the
 * checkpoint's bytes, the number of trace rows, the seed of the weights. So each look can check
 * that all parts are of the same save. */
#include "study/support.h"

#include <signal.h>
#include <sys/time.h>
#include <sys/wait.h>

enum { STATE_SIZE = 70000 }; /* a checkpoint over many pages, so that a torn one would show */

static void save_number(aann_study *study, aann_member_row *member, uint64_t number)
{
    static unsigned char bytes[STATE_SIZE];
    memset(bytes, (int)(number % 251), sizeof bytes);
    aann_network *network = make_network(number, 0);
    const aann_trace_row row = {.step = number};
    aann_error error = {0};
    member->steps = number;
    assert_ok(aann_study_save_member(study, member, network, bytes, sizeof bytes, &row, 1, &error));
    aann_network_destroy(network);
}

/* Saves 1, 2, 3, ... and reports each number after its commit. Ends by being killed. */
static void write_for_ever(const char *path, int report)
{
    aann_study *study = open_study(path, AANN_STUDY_WRITE);
    aann_member_row member;
    aann_error error = {0};
    assert_ok(aann_study_member(study, 1, &member, &error));
    for (uint64_t number = member.steps + 1;; number++) {
        save_number(study, &member, number);
        if (write(report, &number, sizeof number) != sizeof number) {
            _exit(1);
        }
    }
}

/* All parts of the member as a reader finds them; returns the number they agree on. Single calls
 * may see different saves while a writer goes on, so `still` tells whether they have to agree with
 * each other. */
static uint64_t look(const char *path, bool still)
{
    aann_study *study = open_study(path, AANN_STUDY_READ);
    aann_error error = {0};
    aann_member_row member;
    aann_network *network = NULL;
    void *bytes = NULL;
    size_t size = 0;
    aann_trace_row *rows = NULL;
    size_t count = 0;
    assert_ok(aann_study_member(study, 1, &member, &error));
    assert_ok(aann_study_checkpoint(study, 1, &bytes, &size, &error));
    assert_ok(aann_study_trace(study, 1, &rows, &count, &error));
    assert_ok(aann_study_network(study, 1, &network, &error)); /* verified against its hash */
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(rows[i].step, i + 1);
    }
    for (size_t i = 1; i < size; i++) {
        assert_true(((unsigned char *)bytes)[i] == ((unsigned char *)bytes)[0]);
    }
    if (still) {
        assert_int_equal(count, member.steps);
        assert_int_equal(size, member.steps > 0 ? STATE_SIZE : 0);
        assert_true(size == 0 || ((unsigned char *)bytes)[0] == member.steps % 251);
        assert_true(aann_network_hash(network) == member.hash);
    }
    aann_network_destroy(network);
    free(rows);
    free(bytes);
    aann_study_close(study);
    return member.steps;
}

/* Starts a writer; *report reads its numbers. */
static pid_t start_writer(const char *path, int *report)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        close(ends[0]);
        write_for_ever(path, ends[1]);
        _exit(1);
    }
    close(ends[1]);
    *report = ends[0];
    return child;
}

/* Kills the writer and returns the last number that it reported as committed. */
static uint64_t kill_writer(pid_t child, int report, uint64_t last)
{
    int status = 0;
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    uint64_t number = 0;
    while (read(report, &number, sizeof number) == sizeof number) {
        last = number;
    }
    close(report);
    return last;
}

static void test_killed_at_random(void **state)
{
    const scratch *area = *state;
    make_study(area, 1);
    uint64_t committed = 0;
    unsigned int seed = 5;
    for (int trial = 0; trial < 25; trial++) {
        int report = -1;
        const pid_t writer = start_writer(area->path, &report);
        usleep((useconds_t)(rand_r(&seed) % 40000));
        committed = kill_writer(writer, report, committed);
        const uint64_t found = look(area->path, true);
        assert_true(found >= committed); /* nothing committed is lost */
        assert_true(found <=
                    committed + 1); /* at most the commit that could not be reported any more */
        committed = found;
    }
    assert_true(committed > 0);
}

/* A reader in this process, again and again, while another writes. */
static void test_read_while_written(void **state)
{
    const scratch *area = *state;
    make_study(area, 1);
    int report = -1;
    const pid_t writer = start_writer(area->path, &report);
    uint64_t first = 0;
    assert_int_equal(read(report, &first, sizeof first), sizeof first);
    uint64_t previous = 0;
    for (int i = 0; i < 40; i++) {
        const uint64_t seen = look(area->path, false);
        assert_true(seen >= previous && seen >= first);
        previous = seen;
    }
    /* The writer did not wait for the readers. */
    const uint64_t last = kill_writer(writer, report, first);
    assert_true(last > first);
    assert_true(look(area->path, true) >= last);
}

/* A study killed while it was created is either not there yet, or complete; creating it again
 * works. */
static void test_killed_creating(void **state)
{
    scratch *area = *state;
    unsigned int seed = 9;
    for (int trial = 0; trial < 25; trial++) {
        char name[32];
        snprintf(name, sizeof name, "%d.aann", trial);
        scratch_path(area, name);
        const pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            make_study(area, 1);
            _exit(0);
        }
        usleep((useconds_t)(rand_r(&seed) % 6000));
        kill(child, SIGKILL);
        int status = 0;
        assert_int_equal(waitpid(child, &status, 0), child);
        aann_study *study = open_study(area->path, AANN_STUDY_CREATE);
        add_member(study, add_family(study), 0);
        aann_study_close(study);
        const size_t count = count_members(area->path);
        assert_true(count == 1 || count == 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_killed_at_random, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_read_while_written, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_killed_creating, scratch_setup, scratch_teardown),
    };
    return cmocka_run_group_tests_name("study: killed and concurrent", tests, NULL, NULL);
}
