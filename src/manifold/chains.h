/* Statistics of chains: several series of equal length that should come from one distribution. */
#ifndef AANN_MANIFOLD_CHAINS_H
#define AANN_MANIFOLD_CHAINS_H

#include <stdint.h>

/* Chains: values[chains][length]. */
typedef struct aann_chains {
    const double *values;
    int32_t chains;
    int64_t length;
} aann_chains;

double aann_chains_mean(const aann_chains *chains);

/* The standard deviation of all values. */
double aann_chains_deviation(const aann_chains *chains);

/* Gelman and Rubin's R-hat of the halves of all chains; 1 if nothing varies at all, INFINITY if the
 * halves are constant and differ, NAN with fewer than 4 values in a chain. */
double aann_chains_r_hat(const aann_chains *chains);

/* The integrated autocorrelation time, the mean over the chains, at least 1. `work[length]` is
 * scratch memory. */
double aann_chains_autocorrelation(const aann_chains *chains, double *work);

#endif
