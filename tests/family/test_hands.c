/* Handing out tasks: what fails stops the others, and all that were given are waited for. Who takes
 * what they send while another program is in the way listens to its caller. */
#include "family/hands.h"

#include <sqlite3.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/error.h"
#include "family/family_test.h"
#include "family/run.h"
#include "family/task_member.h"

enum { TASKS = 3, LOOKS_LIMIT = 2000 };

/* Processes that take any task; how far they are is counted in looks. */
typedef struct imagined {
    aann_task *given[TASKS];
    int32_t given_count;
    int32_t refuses; /* this many are taken, then giving fails */
    int32_t breaks;  /* look fails from this one on; 0: never */
    int32_t useless; /* what this task sends cannot be taken; -1: none */
    int32_t looks;
    int32_t stopped_at; /* look; 0: not yet */
} imagined;

static bool is_free(void *context, aann_task_kind kind, size_t left)
{
    (void)context;
    (void)kind;
    return left > 0;
}

static aann_status give(void *context, aann_task *task, aann_error *error)
{
    imagined *all = context;
    if (all->given_count == all->refuses) {
        return aann_fail(error, AANN_ERROR_IO, "cannot be given");
    }
    all->given[all->given_count++] = task;
    return AANN_OK;
}

/* Tasks end by themselves after very long, or three looks after they were asked to stop. */
static aann_status look(void *context, aann_error *error)
{
    imagined *all = context;
    all->looks++;
    if (all->breaks > 0 && all->looks >= all->breaks) {
        return aann_fail(error, AANN_ERROR_IO, "cannot be heard");
    }
    if (all->useless >= 0 && all->useless < all->given_count &&
        all->given[all->useless]->status == AANN_OK) {
        aann_task *task = all->given[all->useless];
        task->status = aann_fail(&task->error, AANN_ERROR_FORMAT, "cannot be taken");
    }
    const bool over =
        all->looks >= LOOKS_LIMIT || (all->stopped_at > 0 && all->looks >= all->stopped_at + 3);
    for (int32_t i = 0; over && i < all->given_count; i++) {
        aann_task *task = all->given[i];
        task->status = task->status == AANN_OK ? AANN_INTERRUPTED : task->status;
        task->ended = true;
    }
    return AANN_OK;
}

static void stop(void *context)
{
    imagined *all = context;
    assert_int_equal(all->stopped_at, 0); /* once is enough */
    all->stopped_at = all->looks;
}

static aann_status run(imagined *all, aann_task tasks[TASKS], aann_error *error)
{
    const aann_hands hands = {
        .context = all, .is_free = is_free, .give = give, .look = look, .stop = stop};
    aann_family_work work = aann_family_work_default();
    aann_task *list[TASKS];
    for (int32_t i = 0; i < TASKS; i++) {
        tasks[i] = (aann_task){.kind = AANN_TASK_DRIVE};
        list[i] = &tasks[i];
    }
    work.hands = &hands;
    return aann_tasks_run(list, TASKS, &work, aann_clock_seconds(), error);
}

/* The second cannot be given: the first is stopped, and has ended when the call returns. */
static void giving_fails(void **state)
{
    (void)state;
    aann_error error = {.message = ""};
    aann_task tasks[TASKS];
    imagined all = {.refuses = 1, .useless = -1};
    assert_int_equal(run(&all, tasks, &error), AANN_ERROR_IO);
    assert_string_equal(error.message, "cannot be given");
    assert_true(tasks[0].ended);
    assert_int_equal(tasks[0].status, AANN_INTERRUPTED);
    assert_true(all.stopped_at > 0 && all.looks < LOOKS_LIMIT);
    assert_int_equal(all.given_count, 1);
}

/* What one sends cannot be taken: all stop then, not at its end. */
static void taking_fails(void **state)
{
    (void)state;
    aann_error error = {.message = ""};
    aann_task tasks[TASKS];
    imagined all = {.refuses = TASKS, .useless = 1};
    assert_int_equal(run(&all, tasks, &error), AANN_ERROR_FORMAT);
    assert_string_equal(error.message, "cannot be taken");
    assert_int_equal(all.stopped_at, 1);
    for (int32_t i = 0; i < TASKS; i++) {
        assert_true(tasks[i].ended);
    }
}

static void nobody_is_heard(void **state)
{
    (void)state;
    aann_error error = {.message = ""};
    aann_task tasks[TASKS];
    imagined all = {.refuses = TASKS, .useless = -1, .breaks = 4};
    assert_int_equal(run(&all, tasks, &error), AANN_ERROR_IO);
    assert_string_equal(error.message, "cannot be heard");
    assert_int_equal(all.looks, 4);
}

/* ---- another program in the way -------------------------------------------------------------- */

/* Another process that has a member, and sends it when another program has a transaction open. */
typedef struct far_away {
    aann_task *task;
    void *bytes;
    size_t size;
    sqlite3 *foreign;
    useconds_t later; /* microseconds between the other transaction's begin and the sending */
    int told;
    bool over;
} far_away;

static bool is_free_once(void *context, aann_task_kind kind, size_t left)
{
    const far_away *there = context;
    (void)kind;
    return left > 0 && there->task == NULL;
}

static aann_status pack_one(void *context, aann_task *task, aann_error *error)
{
    far_away *there = context;
    there->task = task;
    return task->pack(task->context, &there->bytes, &there->size, error);
}

static aann_status send_one(void *context, aann_error *error)
{
    const size_t head = sizeof(aann_member_task_header);
    far_away *there = context;
    aann_task *task = there->task;
    (void)error;
    if (task != NULL && !task->ended) {
        assert_int_equal(sqlite3_exec(there->foreign, "BEGIN IMMEDIATE", NULL, NULL, NULL),
                         SQLITE_OK);
        usleep(there->later);
        task->status = task->take(task->context, (const char *)there->bytes + head,
                                  there->size - head, &task->error);
        task->ended = true;
        there->over = true;
    }
    return AANN_OK;
}

static void ignore_stop(void *context)
{
    (void)context;
}

static bool is_over(void *context)
{
    const far_away *there = context;
    return there->over;
}

/* The other program ends when it is told that somebody waits. */
static void let_go(void *context)
{
    far_away *there = context;
    there->told++;
    assert_int_equal(sqlite3_exec(there->foreign, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
}

/* The calling thread takes a member, and is the only one that can tell the caller of the wait. */
static void take_in_the_way(void **state, const char *name, double checkpoint_seconds,
                            useconds_t later)
{
    aann_error error = {.message = ""};
    char path[TEST_PATH];
    int64_t family = 0;
    aann_family_data *data = sample_data();
    const aann_spec spec = sample_spec();
    far_away there = {.later = later};
    const aann_hands hands = {.context = &there,
                              .is_free = is_free_once,
                              .give = pack_one,
                              .look = send_one,
                              .stop = ignore_stop};
    aann_family_work work = aann_family_work_default();
    aann_family_plan plan = sample_plan(2);
    plan.search.steps = 100000000; /* the own member is still searched when the other has come */
    work.threads = 1;
    work.checkpoint_seconds = checkpoint_seconds;
    work.hands = &hands;
    work.interrupted = is_over;
    work.waits = let_go;
    work.context = &there;
    aann_study *study = open_study(in_folder(state, name, path), AANN_STUDY_CREATE);
    assert_ok(aann_family_add(study, &spec, data, &plan, &family, &error));
    assert_int_equal(sqlite3_open(path, &there.foreign), SQLITE_OK);
    sqlite3_busy_timeout(there.foreign, 10000);
    alarm(100); /* nobody would end it */
    assert_int_equal(aann_family_run_members(study, family, &spec, data, &plan, &work, 0.0, &error),
                     AANN_INTERRUPTED);
    alarm(0);
    assert_int_equal(there.told, 1);
    sqlite3_close(there.foreign);
    aann_study_close(study);
    aann_free(there.bytes);
    aann_family_data_destroy(data);
}

static void taking_waits(void **state)
{
    take_in_the_way(state, "taken.aann", 1000.0, 0);
}

/* Another thread stands in the way first, with the study in its hand. */
static void taking_waits_for_a_thread(void **state)
{
    take_in_the_way(state, "thread.aann", 0.02, 400000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(giving_fails),
        cmocka_unit_test(taking_fails),
        cmocka_unit_test(nobody_is_heard),
        cmocka_unit_test_setup_teardown(taking_waits, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(taking_waits_for_a_thread, make_folder, remove_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
