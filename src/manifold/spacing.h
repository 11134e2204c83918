/* Which temperatures a ladder has. */
#ifndef AANN_MANIFOLD_SPACING_H
#define AANN_MANIFOLD_SPACING_H

#include <stdint.h>

/* The first guess: 0, then from 1 / deviation of the loss among random networks to `coldest` with
 * equal ratios. beta[rungs], rungs >= 3. */
void aann_spacing_guess(double deviation, double coldest, double *beta, int32_t rungs);

/* From the mean losses loss[rungs] at beta[rungs]: how many rungs neighbours need to exchange about
 * every second time. Between 3 and `limit`. */
int32_t aann_spacing_rungs(const double *beta, const double *loss, int32_t rungs, int32_t limit);

/* Writes inverse temperatures next[next_rungs] from beta[0] to beta[rungs - 1] between which
 * neighbours exchange equally often. `next` may be `beta`. */
void aann_spacing_even(const double *beta, const double *loss, int32_t rungs, double *next,
                       int32_t next_rungs);

#endif
