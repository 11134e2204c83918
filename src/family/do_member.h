/* Searching a member that another process has given. */
#ifndef AANN_FAMILY_DO_MEMBER_H
#define AANN_FAMILY_DO_MEMBER_H

#include "family/hands.h"

aann_status aann_task_do_member(const aann_task_run *run, aann_error *error);

#endif
