/* Running tasks elsewhere: giving, looking, waiting. */
#include "family/hands.h"

#include <time.h>

#include "family/meter.h"

static const long look_nanoseconds = 1000000; /* between two looks */

static void wait_a_little(void)
{
    const struct timespec wait = {.tv_nsec = look_nanoseconds};
    nanosleep(&wait, NULL);
}

/* The first failure of those that have ended, else AANN_INTERRUPTED if one was stopped. */
static aann_status outcome(aann_task *const *tasks, size_t given, aann_error *error)
{
    aann_status status = AANN_OK;
    for (size_t i = 0; i < given; i++) {
        if (tasks[i]->status != AANN_OK && tasks[i]->status != AANN_INTERRUPTED) {
            if (error != NULL) {
                *error = tasks[i]->error;
            }
            return tasks[i]->status;
        }
        status = tasks[i]->status == AANN_INTERRUPTED ? AANN_INTERRUPTED : status;
    }
    return status;
}

aann_status aann_tasks_run(aann_task *const *tasks, size_t count, const aann_family_work *work,
                           double start, aann_error *error)
{
    const aann_hands *hands = work->hands;
    size_t given = 0;
    size_t ended = 0;
    bool stopped = false;
    aann_status status = AANN_OK;
    while (ended < given || (given < count && !stopped)) {
        while (status == AANN_OK && !stopped && given < count &&
               hands->is_free(hands->context, tasks[given]->kind, count - given)) {
            status = hands->give(hands->context, tasks[given], error);
            given += status == AANN_OK;
        }
        if (status == AANN_OK) {
            status = hands->look(hands->context, error);
        }
        if (status != AANN_OK) {
            return status; /* nobody can be reached */
        }
        ended = 0;
        bool failed = false;
        for (size_t i = 0; i < given; i++) {
            ended += tasks[i]->ended;
            failed = failed || (tasks[i]->ended && tasks[i]->status != AANN_OK);
        }
        if (!stopped && (failed || aann_work_must_stop(work, start))) {
            hands->stop(hands->context);
            stopped = true;
        }
        wait_a_little();
    }
    status = outcome(tasks, given, error);
    return status == AANN_OK && given < count ? AANN_INTERRUPTED : status;
}
