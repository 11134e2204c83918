/* The search for one member. */
#ifndef AANN_FAMILY_MEMBER_H
#define AANN_FAMILY_MEMBER_H

#include "family/scheduler.h"

/* An aann_member_searcher: stores checkpoints and the result. */
aann_status aann_member_search(aann_scheduler *scheduler, aann_member_job *job, int32_t threads,
                               aann_error *error);

/* Opens a member's search, on the samples or for reward, as its options say: aann_search_create
 * (state NULL) or aann_search_resume. */
aann_status aann_member_search_open(const aann_spec *spec, const aann_family_data *data,
                                    const aann_search_options *options, uint64_t member_index,
                                    const aann_network *network, const void *state, size_t size,
                                    aann_search **search, aann_error *error);

#endif
