/* Waiting for another program's transaction for longer than usual. */
#ifndef AANN_STUDY_PATIENCE_H
#define AANN_STUDY_PATIENCE_H

#include <stdbool.h>

#include "aann/study.h"

/* Asked several times a second, by the thread that wants to write, while another program's
 * transaction is in the way: it has waited for this many seconds; false gives up
 * (AANN_ERROR_LOCKED). Usually a study waits for ten seconds. */
typedef struct aann_study_patience {
    bool (*goes_on)(void *context, double seconds); /* NULL: as usual */
    void *context;
} aann_study_patience;

/* How all transactions wait from now on. Returns how they waited before. */
aann_study_patience aann_study_set_patience(aann_study *study, aann_study_patience patience);

#endif
