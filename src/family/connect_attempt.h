/* One search for a path between two members, here or in another process. */
#ifndef AANN_FAMILY_CONNECT_ATTEMPT_H
#define AANN_FAMILY_CONNECT_ATTEMPT_H

#include "aann/connect.h"

/* What determines it, besides family and data. Plain values, which can travel. */
typedef struct aann_attempt_search {
    int64_t family;
    int64_t from; /* ids of members */
    int64_t to;
    int32_t number; /* of attempts of this pair before it */
    uint64_t seed;  /* of the plan */
    aann_path_options path;
} aann_attempt_search;

/* Finds the path in a study that has both members, and stores its top there. */
aann_status aann_attempt_find(aann_study *study, const aann_attempt_search *search,
                              const aann_family_data *data, const aann_family_plan *plan,
                              const aann_family_work *work, aann_error *error);

#endif
