/* Free energies of a ladder: how the sums over all networks of exp(-beta loss) differ between its
 * temperatures. */
#ifndef AANN_MANIFOLD_MBAR_H
#define AANN_MANIFOLD_MBAR_H

#include <stdbool.h>
#include <stdint.h>

/* What a ladder has drawn: losses[rungs][rounds] at beta[rungs], which ascends. */
typedef struct aann_draws {
    const double *beta;
    int32_t rungs;
    const double *losses;
    int64_t rounds;
} aann_draws;

/* Writes log_sum[rungs]: the logarithm of the mean of exp(-(beta_k - beta_0) loss) over networks at
 * beta_0, by Bennett's ratios of neighbours. */
void aann_bennett_ratios(const aann_draws *draws, double *log_sum);

/* Improves log_sum[rungs] to the values that are consistent for all temperatures together. False if
 * there is not enough memory. */
bool aann_mbar_solve(const aann_draws *draws, double *log_sum);

/* The logarithm, up to a constant, of how many networks at beta_0 a drawn network of this loss
 * stands for. */
double aann_mbar_log_weight(const aann_draws *draws, const double *log_sum, double loss);

#endif
