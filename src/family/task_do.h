/* Running a task that another process has given. */
#ifndef AANN_FAMILY_TASK_DO_H
#define AANN_FAMILY_TASK_DO_H

#include "family/hands.h"

/* Runs it to its end, or returns AANN_INTERRUPTED; everything worth keeping has been sent then. */
aann_status aann_task_do(const aann_task_run *run, aann_error *error);

#endif
