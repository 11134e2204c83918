/* Handing out tasks: what fails stops the others, and all that were given are waited for. */
#include "family/hands.h"

#include "core/clock.h"
#include "core/error.h"
#include "support/test.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(giving_fails),
        cmocka_unit_test(taking_fails),
        cmocka_unit_test(nobody_is_heard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
