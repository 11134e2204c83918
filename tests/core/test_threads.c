/* ctest-labels: threads
 *
 * The pool: every index once, at any size and spin limit; bad numbers are refused; a fork's copy of
 * a pool works on; what a process may use is at least one processor. */
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "aann/status.h"
#include "core/threads.h"
#include "support/test.h"

enum { ITEMS = 1000 };

typedef struct tally {
    _Atomic int32_t done[ITEMS];
    _Atomic int32_t workers_seen; /* a bit for each worker */
} tally;

static void count_item(void *context, int32_t worker, int64_t index)
{
    tally *t = context;
    atomic_fetch_add(&t->done[index], 1);
    atomic_fetch_or(&t->workers_seen, 1 << worker);
}

/* Whether exactly first..end-1 were done, `times` times. */
static bool is_done(tally *t, int64_t first, int64_t end, int32_t times)
{
    for (int64_t i = 0; i < ITEMS; i++) {
        if (atomic_load(&t->done[i]) != (i >= first && i < end ? times : 0)) {
            return false;
        }
    }
    return true;
}

static void every_index_is_done_once(void **state)
{
    (void)state;
    static const int32_t counts[] = {1, 2, 3, 7};
    static const int32_t spins[] = {0, 1, 20, 500};
    for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
        for (size_t s = 0; s < sizeof spins / sizeof *spins; s++) {
            aann_error error;
            aann_threads *pool;
            assert_ok(aann_threads_create_spinning(counts[c], spins[s], &pool, &error));
            assert_int_equal(aann_threads_count(pool), counts[c]);
            for (int64_t first = 0; first < 3; first++) {
                tally t = {0};
                for (int32_t run = 0; run < 100; run++) {
                    aann_threads_run(pool, first, ITEMS - 5 * first, count_item, &t);
                }
                aann_threads_run(pool, 7, 7, count_item, &t);
                assert_true(is_done(&t, first, ITEMS - 5 * first, 100));
                assert_true(atomic_load(&t.workers_seen) < 1 << counts[c]);
            }
            aann_threads_destroy(pool);
        }
    }
    aann_threads_destroy(NULL);
}

static void sleep_a_little(void *context, int32_t worker, int64_t index)
{
    count_item(context, worker, index);
    usleep(2000);
}

/* A caller that has nothing left to do sleeps, and is woken; workers that slept long come too. */
static void sleepers_are_woken(void **state)
{
    (void)state;
    aann_error error;
    aann_threads *pool;
    assert_ok(aann_threads_create_spinning(2, 0, &pool, &error));
    int32_t seen = 0;
    for (int32_t run = 0; run < 20; run++) {
        tally t = {0};
        aann_threads_run(pool, 0, 5, sleep_a_little, &t);
        assert_true(is_done(&t, 0, 5, 1));
        seen |= atomic_load(&t.workers_seen);
        usleep(3000);
    }
    assert_int_equal(seen, 3);
    aann_threads_destroy(pool);
}

static void bad_numbers_are_refused(void **state)
{
    (void)state;
    static const int32_t bad[][2] = {{0, 0}, {-1, 0}, {1025, 0}, {2, -1}, {2, 1000001}};
    static const char *const words[] = {"1024", "1024", "1024", "spin", "spin"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        aann_error error = {0};
        aann_threads *pool = (aann_threads *)&error;
        assert_int_equal(aann_threads_create_spinning(bad[i][0], bad[i][1], &pool, &error),
                         AANN_ERROR_ARGUMENT);
        assert_null(pool);
        assert_non_null(strstr(error.message, words[i]));
    }
}

static void a_fork_copy_works_on(void **state)
{
    (void)state;
    aann_error error;
    aann_threads *pool;
    assert_ok(aann_threads_create(3, &pool, &error));
    tally *t = calloc(1, sizeof *t);
    aann_threads_run(pool, 0, ITEMS, count_item, t);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        alarm(20); /* a child that waits for workers it has not is killed */
        aann_threads_run(pool, 0, ITEMS, count_item, t);
        const bool good = is_done(t, 0, ITEMS, 2);
        aann_threads_destroy(pool);
        _exit(good ? 0 : 1);
    }
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    aann_threads_run(pool, 0, ITEMS, count_item, t); /* the parent's is as before */
    assert_true(is_done(t, 0, ITEMS, 2));
    aann_threads_destroy(pool);
    free(t);
}

static void there_is_a_processor(void **state)
{
    (void)state;
    const int32_t count = aann_processor_count();
    assert_true(count >= 1);
    assert_true(count <= sysconf(_SC_NPROCESSORS_CONF));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_index_is_done_once), cmocka_unit_test(sleepers_are_woken),
        cmocka_unit_test(bad_numbers_are_refused),  cmocka_unit_test(a_fork_copy_works_on),
        cmocka_unit_test(there_is_a_processor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
