/* A member that is searched by another process. */
#ifndef AANN_FAMILY_TASK_MEMBER_H
#define AANN_FAMILY_TASK_MEMBER_H

#include "family/scheduler.h"

/* In front of the excerpt. */
typedef struct aann_member_task_header {
    int64_t family;
    double member_seconds;
    double checkpoint_seconds;
} aann_member_task_header;

/* Makes a job of the scheduler, which has the study, a task: an aann_member_task_maker. */
void aann_member_task_begin(aann_member_task *member, aann_scheduler *scheduler,
                            aann_member_job *job);

#endif
