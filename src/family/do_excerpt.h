/* An excerpt of a study, in which a task works as it would in the study itself. */
#ifndef AANN_FAMILY_DO_EXCERPT_H
#define AANN_FAMILY_DO_EXCERPT_H

#include "family/hands.h"

typedef struct aann_excerpt {
    const aann_task_run *run;
    aann_study *study;
} aann_excerpt;

/* Opens it from bytes[size]; from then on it is sent whenever something was stored in it. The
 * excerpt stays where it is until it is closed. */
aann_status aann_excerpt_open(aann_excerpt *excerpt, const aann_task_run *run, const void *bytes,
                              size_t size, aann_error *error);
void aann_excerpt_close(aann_excerpt *excerpt);

/* How the work in it is done; reports go to the other process. */
aann_family_work aann_excerpt_work(aann_excerpt *excerpt, double checkpoint_seconds);

#endif
