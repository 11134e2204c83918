/* A walk that another process has given. */
#ifndef AANN_FAMILY_DO_WALK_H
#define AANN_FAMILY_DO_WALK_H

#include "family/hands.h"

/* In front of the excerpt: which of the family's walks it is. */
typedef struct aann_walk_task_header {
    int64_t family;
    int64_t start;
    uint64_t seed;
    double checkpoint_seconds;
} aann_walk_task_header;

aann_status aann_task_do_walk(const aann_task_run *run, aann_error *error);

#endif
