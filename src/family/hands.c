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

/* The first failure, else AANN_INTERRUPTED if one was stopped. */
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

/* Counts the tasks that have ended. *failed: one has a failure, which need not wait for its end. */
static size_t count_ended(aann_task *const *tasks, size_t given, bool *failed)
{
    size_t ended = 0;
    *failed = false;
    for (size_t i = 0; i < given; i++) {
        ended += tasks[i]->ended;
        *failed = *failed || tasks[i]->status != AANN_OK;
    }
    return ended;
}

/* Also after a failure all that were given are waited for: they work with what the caller has. */
aann_status aann_tasks_run(aann_task *const *tasks, size_t count, const aann_family_work *work,
                           double start, aann_error *error)
{
    const aann_hands *hands = work->hands;
    size_t given = 0;
    size_t ended = 0;
    bool stopped = false;
    aann_status giving = AANN_OK;
    while (ended < given || (given < count && !stopped)) {
        while (giving == AANN_OK && !stopped && given < count &&
               hands->is_free(hands->context, tasks[given]->kind, count - given)) {
            giving = hands->give(hands->context, tasks[given], error);
            given += giving == AANN_OK;
        }
        aann_error unheard;
        const aann_status heard = hands->look(hands->context, &unheard);
        if (heard != AANN_OK) { /* nobody can be reached, and nobody has a task any more */
            if (giving == AANN_OK && error != NULL) {
                *error = unheard;
            }
            return giving == AANN_OK ? heard : giving;
        }
        bool failed;
        ended = count_ended(tasks, given, &failed);
        if (!stopped && (failed || giving != AANN_OK || aann_work_must_stop(work, start))) {
            hands->stop(hands->context);
            stopped = true;
        }
        wait_a_little();
    }
    if (giving != AANN_OK) {
        return giving;
    }
    const aann_status status = outcome(tasks, given, error);
    return status == AANN_OK && given < count ? AANN_INTERRUPTED : status;
}
