/* R-hat: A. Gelman and D. B. Rubin, 1992, of chains cut into halves, so that a chain that drifts is
 * noticed even if it is alone. The autocorrelation time 1 + 2 sum of rho(t) is summed up to the
 * first t >= 5 times the sum so far (A. Sokal's window): beyond it there is only noise. */
#include "manifold/chains.h"

#include <math.h>

static const double window = 5.0;

double aann_chains_mean(const aann_chains *chains)
{
    /* From the first value on, so that the mean of equal values is that value, to the last bit: else
     * a chain that never moves would vary by rounding, and R-hat would be that of the rounding. */
    const int64_t count = chains->chains * chains->length;
    const double first = chains->values[0];
    double sum = 0.0;
    for (int64_t i = 0; i < count; i++) {
        sum += chains->values[i] - first;
    }
    return first + sum / (double)count;
}

static double sum_of_squares(const double *values, int64_t count, double mean)
{
    double sum = 0.0;
    for (int64_t i = 0; i < count; i++) {
        sum += (values[i] - mean) * (values[i] - mean);
    }
    return sum;
}

double aann_chains_deviation(const aann_chains *chains)
{
    const int64_t count = chains->chains * chains->length;
    const double squares = sum_of_squares(chains->values, count, aann_chains_mean(chains));
    return count > 1 ? sqrt(squares / (double)(count - 1)) : 0.0;
}

static double mean_of(const double *values, int64_t count)
{
    const aann_chains one = {values, 1, count};
    return aann_chains_mean(&one);
}

double aann_chains_r_hat(const aann_chains *chains)
{
    const int64_t half = chains->length / 2;
    const int32_t pieces = 2 * chains->chains;
    if (half < 2) {
        return NAN;
    }
    const double first = chains->values[0]; /* see aann_chains_mean */
    double within = 0.0;
    double sum = 0.0;
    double squares = 0.0;
    for (int32_t i = 0; i < pieces; i++) {
        const int64_t start = (i / 2) * chains->length + (i % 2) * (chains->length - half);
        const double mean = mean_of(chains->values + start, half);
        within += sum_of_squares(chains->values + start, half, mean) / (double)(half - 1);
        sum += mean - first;
        squares += (mean - first) * (mean - first);
    }
    within /= pieces;
    const double between = (squares - sum * sum / pieces) / (pieces - 1); /* of the means */
    if (!(within > 0.0)) {
        return between > 0.0 ? INFINITY : 1.0;
    }
    return sqrt((double)(half - 1) / (double)half + (between > 0.0 ? between : 0.0) / within);
}

static double autocorrelation(const double *values, int64_t length, double *work)
{
    const double mean = mean_of(values, length);
    for (int64_t i = 0; i < length; i++) {
        work[i] = values[i] - mean;
    }
    const double variance = sum_of_squares(values, length, mean);
    double time = 1.0;
    if (!(variance > 0.0)) {
        return 1.0;
    }
    for (int64_t lag = 1; lag < length && (double)lag < window * time; lag++) {
        double sum = 0.0;
        for (int64_t i = 0; i + lag < length; i++) {
            sum += work[i] * work[i + lag];
        }
        time += 2.0 * sum / variance;
        time = time > 1.0 ? time : 1.0;
    }
    return time;
}

double aann_chains_autocorrelation(const aann_chains *chains, double *work)
{
    double sum = 0.0;
    for (int32_t i = 0; i < chains->chains; i++) {
        sum += autocorrelation(chains->values + i * chains->length, chains->length, work);
    }
    return sum / chains->chains;
}
