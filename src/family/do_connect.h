/* A path between two members that another process has given. */
#ifndef AANN_FAMILY_DO_CONNECT_H
#define AANN_FAMILY_DO_CONNECT_H

#include "family/hands.h"

/* Its bytes are an aann_attempt_search, and an excerpt with both members. */
aann_status aann_task_do_connect(const aann_task_run *run, aann_error *error);

#endif
