/* Searching a member that another process has given. */
#ifndef AANN_FAMILY_DO_MEMBER_H
#define AANN_FAMILY_DO_MEMBER_H

#include "family/hands.h"

/* In front of the excerpt. */
typedef struct aann_member_task_header {
    int64_t family;
    double member_seconds;
    double checkpoint_seconds;
} aann_member_task_header;

aann_status aann_task_do_member(const aann_task_run *run, aann_error *error);

#endif
