/* Reading what finished ladders have recorded. */
#ifndef AANN_MANIFOLD_RECORD_H
#define AANN_MANIFOLD_RECORD_H

#include "manifold/sampler.h"

/* The number of ladders that are done. */
int32_t aann_sampler_finished(const aann_sampler *sampler);

/* The mean losses of a finished ladder at a temperature after the burn-in:
 * losses[options.rounds]. */
void aann_sampler_losses(const aann_sampler *sampler, int32_t ladder, int32_t rung, double *losses);

#endif
