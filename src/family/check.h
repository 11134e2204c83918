/* Whether spec, data and start go together; the whole is aann_family_check. */
#ifndef AANN_FAMILY_CHECK_H
#define AANN_FAMILY_CHECK_H

#include "aann/family.h"

/* Fails if the samples do not fit the network. */
aann_status aann_family_check_samples(const aann_spec *spec, const aann_family_data *data,
                                      aann_error *error);

/* Fails if a threshold (above 0) cannot be measured. */
aann_status aann_family_check_threshold(double threshold, const aann_family_data *data,
                                        aann_error *error);

/* Fails unless the network is of this spec, with its counts of -1, 0 and +1. */
aann_status aann_family_check_start(const aann_spec *spec, const aann_network *start,
                                    aann_error *error);

/* Fails if other processes are to share the samples and a phase has options with which they cannot:
 * before the first phase, not when that one begins. */
aann_status aann_family_check_team(const aann_family_plan *plan, const aann_family_work *work,
                                   aann_error *error);

#endif
