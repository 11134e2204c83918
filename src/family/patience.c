/* The callbacks of the caller's work are called from its thread alone, so where other threads write
 * they only leave a note, which aann_patience_look reads. */
#include "family/patience.h"

#include <time.h>

static const double usual_seconds = 10.0; /* after which it ends, once a stop was asked for */
static const double seconds_untold = 2.0; /* of waiting that is nobody's concern */

void aann_patience_look(aann_patience *patience)
{
    const aann_family_work *work = patience->work;
    if (atomic_load(&patience->waits) && !patience->told) {
        patience->told = true;
        if (work->waits != NULL) {
            work->waits(work->context);
        }
    }
    if (work->interrupted != NULL && work->interrupted(work->context)) {
        atomic_store(&patience->gives_up, true);
    }
}

void aann_patience_lock(aann_patience *patience, pthread_mutex_t *mutex)
{
    const struct timespec between_looks = {.tv_nsec = 1000000};
    while (pthread_mutex_trylock(mutex) != 0) {
        aann_patience_look(patience);
        nanosleep(&between_looks, NULL);
    }
}

void aann_patience_give_up(aann_patience *patience)
{
    atomic_store(&patience->gives_up, true);
}

static bool goes_on(void *context, double seconds)
{
    aann_patience *patience = context;
    if (seconds >= seconds_untold) {
        atomic_store(&patience->waits, true);
    }
    if (!patience->elsewhere || pthread_equal(pthread_self(), patience->caller) != 0) {
        aann_patience_look(patience);
    }
    if (!atomic_load(&patience->gives_up)) {
        return true;
    }
    /* One write has waited for all: the members that come next do not wait anew. */
    if (seconds >= usual_seconds) {
        atomic_store(&patience->gave_up, true);
    }
    return !atomic_load(&patience->gave_up);
}

void aann_patience_begin(aann_patience *patience, aann_study *study, const aann_family_work *work,
                         bool elsewhere)
{
    patience->study = study;
    patience->work = work;
    patience->elsewhere = elsewhere;
    patience->caller = pthread_self();
    patience->told = false;
    atomic_init(&patience->waits, false);
    atomic_init(&patience->gives_up, false);
    atomic_init(&patience->gave_up, false);
    patience->before = aann_study_set_patience(
        study, (aann_study_patience){.goes_on = goes_on, .context = patience});
}

void aann_patience_end(aann_patience *patience)
{
    (void)aann_study_set_patience(patience->study, patience->before);
}
