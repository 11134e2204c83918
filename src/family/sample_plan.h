/* Samples as a family's options hold them. */
#ifndef AANN_FAMILY_SAMPLE_PLAN_H
#define AANN_FAMILY_SAMPLE_PLAN_H

#include "aann/sample.h"

/* Fails, naming the setting and its range. */
aann_status aann_sample_plan_check(const aann_sample_plan *plan, aann_error *error);

/* The options with this plan, and with a diagnosis (NULL: without); malloc'ed. */
aann_status aann_sample_options(const char *options, const aann_sample_plan *plan,
                                const aann_sampler_diagnosis *diagnosis, char **changed,
                                aann_error *error);

/* Members of the family that a sample has not drawn yet; 0 if it is no sample. */
aann_status aann_sample_unfinished(aann_study *study, int64_t family_id, int64_t *left,
                                   aann_error *error);

#endif
