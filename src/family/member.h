/* The search for one member. */
#ifndef AANN_FAMILY_MEMBER_H
#define AANN_FAMILY_MEMBER_H

#include "family/scheduler.h"

/* An aann_member_searcher: stores checkpoints and the result. */
aann_status aann_member_search(aann_scheduler *scheduler, aann_member_job *job, int32_t threads,
                               aann_error *error);

#endif
