/* Wilson's interval, Student's, and binomial tails.
 *
 * A tail is a sum of terms t(k) = C(n, k) p^k (1 - p)^(n - k). Neighbours differ by a factor, so all
 * terms follow from the one at the start of the tail, whose logarithm is a sum over k: exact enough
 * for any number of samples that fits into memory, and without tables. Terms are summed away from
 * the start until they no longer count; the start is the tail's largest term or is near it, since the
 * smaller one of both tails is summed.
 *
 * The quantile of the normal distribution is found by bisection of erf, once per call. */
#include "aann/intervals.h"

#include <math.h>
#include <stdbool.h>

static double normal_quantile(double confidence)
{
    if (confidence == 0.95) {
        return 1.959963984540054; /* the usual one, with the same bits everywhere */
    }
    double low = 0.0;
    double high = 40.0;
    for (int i = 0; i < 100; i++) {
        const double middle = 0.5 * (low + high);
        if (erf(middle / sqrt(2.0)) < confidence) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return 0.5 * (low + high);
}

aann_interval aann_interval_of_share(int64_t correct, int64_t count, double confidence)
{
    const bool good = count > 0 && correct >= 0 && correct <= count;
    return aann_interval_at_share(good ? (double)correct / (double)count : (double)NAN, count,
                                  confidence);
}

aann_interval aann_interval_at_share(double share, int64_t count, double confidence)
{
    if (count < 1 || !(share >= 0.0 && share <= 1.0) || !(confidence > 0.0 && confidence < 1.0)) {
        return (aann_interval){NAN, NAN};
    }
    const double n = (double)count;
    const double z = normal_quantile(confidence);
    const double centre = (share + z * z / (2.0 * n)) / (1.0 + z * z / n);
    const double half =
        z / (1.0 + z * z / n) * sqrt(share * (1.0 - share) / n + z * z / (4.0 * n * n));
    return (aann_interval){share == 0.0 ? 0.0 : fmax(0.0, centre - half),
                           share == 1.0 ? 1.0 : fmin(1.0, centre + half)};
}

/* The probability that Student's variable with `freedom` degrees is within -t and t: a finite sum
 * over powers of a cosine (Abramowitz and Stegun 26.7.3 and 26.7.4). */
static double student_within(double t, int64_t freedom)
{
    const double angle = atan(t / sqrt((double)freedom));
    const double cosine = cos(angle);
    const bool odd = freedom % 2 == 1;
    double term = odd ? cosine : 1.0;
    double sum = freedom > 1 ? term : 0.0;
    for (int64_t k = odd ? 3 : 2; k <= freedom - 2; k += 2) {
        term *= (double)(k - 1) / (double)k * cosine * cosine;
        sum += term;
    }
    return odd ? (angle + sin(angle) * sum) / asin(1.0) : sin(angle) * sum;
}

static double student_quantile(double confidence, int64_t freedom)
{
    enum { NORMAL_FROM = 100000 }; /* where both agree to four digits and more */
    if (freedom >= NORMAL_FROM) {
        return normal_quantile(confidence);
    }
    double low = 0.0;
    double high = 1.0;
    while (student_within(high, freedom) < confidence && high < 1e15) {
        high *= 2.0;
    }
    for (int i = 0; i < 80; i++) {
        const double middle = 0.5 * (low + high);
        if (student_within(middle, freedom) < confidence) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return 0.5 * (low + high);
}

aann_interval aann_interval_of_mean(const double *values, int64_t count, double confidence)
{
    int64_t n = 0;
    double sum = 0.0;
    double squares = 0.0;
    for (int64_t i = 0; i < count; i++) {
        sum += isnan(values[i]) ? 0.0 : values[i];
        n += isnan(values[i]) ? 0 : 1;
    }
    if (n < 2 || !(confidence > 0.0 && confidence < 1.0)) {
        return (aann_interval){NAN, NAN};
    }
    const double mean = sum / (double)n;
    for (int64_t i = 0; i < count; i++) {
        squares += isnan(values[i]) ? 0.0 : (values[i] - mean) * (values[i] - mean);
    }
    const double half =
        student_quantile(confidence, n - 1) * sqrt(squares / (double)(n - 1) / (double)n);
    return (aann_interval){mean - half, mean + half};
}

/* log C(n, k) */
static double log_choose(int64_t n, int64_t k)
{
    const int64_t terms = k < n - k ? k : n - k;
    double sum = 0.0;
    for (int64_t i = 1; i <= terms; i++) {
        sum += log((double)(n - terms + i) / (double)i);
    }
    return sum;
}

/* The sum of t(k) from `first` to the end, upwards or downwards. */
static double tail(int64_t first, int64_t count, double share, bool upwards)
{
    const double odds = share / (1.0 - share);
    double term = exp(log_choose(count, first) + (double)first * log(share) +
                      (double)(count - first) * log1p(-share));
    double sum = 0.0;
    for (int64_t k = first; k >= 0 && k <= count; k += upwards ? 1 : -1) {
        const double before = sum;
        sum += term;
        if (sum == before && term < 1e-300 + sum * 1e-18) {
            break;
        }
        term *= upwards ? (double)(count - k) / (double)(k + 1) * odds
                        : (double)k / (double)(count - k + 1) / odds;
    }
    return fmin(1.0, sum);
}

double aann_binomial_above(int64_t correct, int64_t count, double share)
{
    if (count < 1 || correct < 0 || correct > count || !(share >= 0.0 && share <= 1.0)) {
        return NAN;
    }
    if (correct == 0 || share == 1.0) {
        return 1.0;
    }
    if (share == 0.0) {
        return 0.0;
    }
    return (double)correct >= share * (double)count
               ? tail(correct, count, share, true)
               : fmax(0.0, 1.0 - tail(correct - 1, count, share, false));
}

double aann_test_of_pairs(int64_t first, int64_t second)
{
    if (first < 0 || second < 0) {
        return NAN;
    }
    const int64_t count = first + second;
    const int64_t larger = first > second ? first : second;
    return count == 0 ? 1.0 : fmin(1.0, 2.0 * aann_binomial_above(larger, count, 0.5));
}
