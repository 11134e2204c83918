/* Waiting for another program that has a transaction open on the study: work that took long does not
 * end for it. */
#ifndef AANN_FAMILY_PATIENCE_H
#define AANN_FAMILY_PATIENCE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "aann/family.h"

/* While it lasts, everything that is written to the study waits until it can be, or until the
 * caller asks to stop: then for ten seconds in all. */
typedef struct aann_patience {
    aann_study *study;
    const aann_family_work *work;
    aann_study_patience before;
    bool elsewhere; /* other threads than the caller's write, too, and the caller's looks */
    pthread_t caller;
    atomic_bool waits;    /* has waited for longer than nobody would notice */
    atomic_bool gives_up; /* the caller asked to stop, or something failed */
    atomic_bool gave_up;  /* a write did, after that */
    bool told;            /* the caller that it waits */
} aann_patience;

/* Called by the caller's thread. With `elsewhere`, other threads write, too, and the caller's calls
 * aann_patience_look again and again; where it writes itself, it looks meanwhile. `patience` stays
 * where it is until aann_patience_end. */
void aann_patience_begin(aann_patience *patience, aann_study *study, const aann_family_work *work,
                         bool elsewhere);
void aann_patience_end(aann_patience *patience);

/* Tells the caller if it has to wait, and asks whether to stop. */
void aann_patience_look(aann_patience *patience);

/* Locks a mutex that others hold while they write, from the caller's thread, which looks meanwhile. */
void aann_patience_lock(aann_patience *patience, pthread_mutex_t *mutex);

/* From any thread: waits no longer than a study usually does. */
void aann_patience_give_up(aann_patience *patience);

#endif
