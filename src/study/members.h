/* What storing a member consists of; each function below works inside a transaction of its
 * caller. */
#ifndef AANN_STUDY_MEMBERS_H
#define AANN_STUDY_MEMBERS_H

#include "aann/study.h"

/* Checks that the network has the family's spec: AANN_ERROR_NOT_FOUND without that family,
 * AANN_ERROR_ARGUMENT if the spec is another. */
aann_status aann_study_check_network(aann_study *study, int64_t family, const aann_network *network,
                                     aann_error *error);

/* Stores the weights of member `id`, in place of older ones. */
aann_status aann_study_store_weights(aann_study *study, int64_t id, const aann_network *network,
                                     aann_error *error);

/* Stores state[state_size] as the member's checkpoint, or deletes it where state is NULL. */
aann_status aann_study_store_checkpoint(aann_study *study, int64_t id, const void *state,
                                        size_t state_size, aann_error *error);

#endif
