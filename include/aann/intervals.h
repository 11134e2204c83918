/* How sure a measured accuracy is: intervals, and tests of two networks on the same samples.
 *
 * The samples are taken as independent draws of one population, and the network as chosen without
 * them. Neither training nor validation samples are that: an interval of their accuracy says only
 * how many they are.
 *
 *     aann_interval interval = aann_interval_of_share(9560, 10000, 0.95);
 *     // interval.low, interval.high: 0.9518 and 0.9599
 *
 * Pure functions; any thread may call them at any time. */
#ifndef AANN_INTERVALS_H
#define AANN_INTERVALS_H

#include <stdint.h>

#include "aann/visibility.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct aann_interval {
    double low;
    double high;
} aann_interval;

/* The two-sided score interval of Wilson for a share, `correct` of `count` samples, at this
 * confidence (above 0, below 1): the shares that a normal test would not reject. NAN for a count
 * below 1 or a number out of range. */
AANN_API aann_interval aann_interval_of_share(int64_t correct, int64_t count, double confidence);

/* The same for a share that no whole number of samples has to give: how sure the accuracy of one
 * network on `count` samples is where several have this mean. */
AANN_API aann_interval aann_interval_at_share(double share, int64_t count, double confidence);

/* The two-sided interval of Student for the mean of the population that values[count] are independent
 * draws of, at this confidence. Values that are NAN are left out; of fewer than two there is none
 * (NAN, NAN). For paired values, give their differences. */
AANN_API aann_interval aann_interval_of_mean(const double *values, int64_t count,
                                             double confidence);

/* The probability that `correct` or more of `count` samples are answered correctly by a network
 * whose true accuracy is `share`: exact, binomial. NAN as above. */
AANN_API double aann_binomial_above(int64_t correct, int64_t count, double share);

/* The exact two-sided test of McNemar. Two networks answer the same samples; `first` of them only
 * the first answers correctly, `second` only the second. Returns the probability of a division that
 * is at least as uneven if both are equally good. NAN for negative numbers; 1 if both are 0. */
AANN_API double aann_test_of_pairs(int64_t first, int64_t second);

#ifdef __cplusplus
}
#endif

#endif
