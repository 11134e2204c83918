/* Intervals and tests against sums over all outcomes, and against numbers from the literature. */
#include "aann/intervals.h"

#include <math.h>

#include "geometry/support_geometry.h"

/* C(n, k) p^k q^(n - k), term by term. */
static double outcome(int64_t k, int64_t n, double share)
{
    double product = 1.0;
    for (int64_t i = 1; i <= k; i++) {
        product *= (double)(n - k + i) / (double)i * share;
    }
    for (int64_t i = 0; i < n - k; i++) {
        product *= 1.0 - share;
    }
    return product;
}

static void test_binomial(void **state)
{
    (void)state;
    const double shares[] = {0.01, 0.3, 0.5, 0.77, 0.999};
    for (size_t s = 0; s < sizeof shares / sizeof shares[0]; s++) {
        for (int64_t n = 1; n <= 40; n++) {
            double above = 0.0;
            for (int64_t k = n; k >= 0; k--) {
                above += outcome(k, n, shares[s]);
                assert_near(aann_binomial_above(k, n, shares[s]), above, 1e-11);
            }
        }
    }
    /* Large numbers: half of a symmetric distribution, and its middle term. */
    assert_near(aann_binomial_above(50001, 100001, 0.5), 0.5, 1e-9);
    assert_near(aann_binomial_above(5000000, 10000000, 0.9), 1.0, 1e-12);
    assert_true(aann_binomial_above(9999, 10000, 0.5) < 1e-300);
    assert_true(aann_binomial_above(0, 5, 0.0) == 1.0 && aann_binomial_above(1, 5, 0.0) == 0.0);
    assert_true(aann_binomial_above(5, 5, 1.0) == 1.0);
    assert_true(isnan(aann_binomial_above(6, 5, 0.5)) != 0);
    assert_true(isnan(aann_binomial_above(1, 0, 0.5)) != 0);
    assert_true(isnan(aann_binomial_above(1, 5, NAN)) != 0);
}

/* Student's quantiles as tables print them, by the half width for values of deviation 1. */
static void test_student(void **state)
{
    (void)state;
    static const struct {
        int64_t freedom;
        double confidence;
        double quantile;
    } table[] = {{1, 0.95, 12.7062},  {2, 0.95, 4.30265},  {3, 0.95, 3.18245},
                 {4, 0.95, 2.77645},  {5, 0.95, 2.57058},  {9, 0.95, 2.26216},
                 {19, 0.95, 2.09302}, {30, 0.95, 2.04227}, {120, 0.95, 1.97993},
                 {1, 0.99, 63.6567},  {7, 0.99, 3.49948},  {2, 0.5, 0.816497},
                 {1, 0.5, 1.0},       {60, 0.9, 1.67065},  {99998, 0.95, 1.95999}};
    static double values[100000];
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        const int64_t n = table[i].freedom + 1;
        double squares = 0.0;
        for (int64_t k = 0; k < n; k++) {
            values[k] = (double)(k % 7);
        }
        double mean = 0.0;
        for (int64_t k = 0; k < n; k++) {
            mean += values[k] / (double)n;
        }
        for (int64_t k = 0; k < n; k++) {
            squares += (values[k] - mean) * (values[k] - mean);
        }
        const double error = sqrt(squares / (double)(n - 1) / (double)n);
        const aann_interval found = aann_interval_of_mean(values, n, table[i].confidence);
        assert_near(0.5 * (found.low + found.high), mean, 1e-9);
        assert_near(0.5 * (found.high - found.low) / error, table[i].quantile,
                    1e-5 * table[i].quantile);
    }
    const double gaps[] = {NAN, 1.0, 3.0, NAN};
    const aann_interval two = aann_interval_of_mean(gaps, 4, 0.95);
    assert_near(two.high, 2.0 + 12.7062, 1e-4);
    assert_true(isnan(aann_interval_of_mean(gaps, 2, 0.95).low) != 0);
    assert_true(isnan(aann_interval_of_mean(gaps, 0, 0.95).high) != 0);
    assert_true(isnan(aann_interval_of_mean(gaps, 4, 1.0).low) != 0);
}

/* By definition: the ends are the shares p with |k / n - p| = z sqrt(p (1 - p) / n). */
static void test_wilson(void **state)
{
    (void)state;
    static const double z = 1.959963984540054;
    for (int64_t n = 1; n <= 2000; n = n * 3 + 1) {
        for (int64_t k = 0; k <= n; k += n / 7 + 1) {
            const aann_interval interval = aann_interval_of_share(k, n, 0.95);
            const double share = (double)k / (double)n;
            assert_true(interval.low <= share && share <= interval.high);
            const double ends[] = {interval.low, interval.high};
            for (int i = 0; i < 2; i++) {
                if (ends[i] > 0.0 && ends[i] < 1.0) {
                    assert_near(fabs(share - ends[i]),
                                z * sqrt(ends[i] * (1.0 - ends[i]) / (double)n), 1e-9);
                }
            }
        }
    }
    /* Newcombe 1998, table I: 81 of 263 and 15 of 148. */
    assert_near(aann_interval_of_share(81, 263, 0.95).low, 0.2553, 5e-5);
    assert_near(aann_interval_of_share(81, 263, 0.95).high, 0.3662, 5e-5);
    assert_near(aann_interval_of_share(15, 148, 0.95).low, 0.0624, 5e-5);
    assert_near(aann_interval_of_share(15, 148, 0.95).high, 0.1605, 5e-5);
    assert_true(aann_interval_of_share(0, 20, 0.95).low == 0.0);
    assert_true(aann_interval_of_share(20, 20, 0.95).high == 1.0);
    assert_true(isnan(aann_interval_of_share(1, 0, 0.95).low) != 0);
    assert_true(isnan(aann_interval_of_share(3, 2, 0.95).low) != 0);
    assert_true(isnan(aann_interval_of_share(1, 2, 1.0).high) != 0);
    /* Between two and three of four; the end of 1 is no whole number's alone. */
    const aann_interval between = aann_interval_at_share(0.625, 4, 0.95);
    assert_near(0.625 - between.low, z * sqrt(between.low * (1.0 - between.low) / 4.0), 1e-9);
    assert_near(between.high - 0.625, z * sqrt(between.high * (1.0 - between.high) / 4.0), 1e-9);
    assert_true(aann_interval_at_share(0.999, 4, 0.95).high < 1.0);
    assert_true(isnan(aann_interval_at_share(1.001, 4, 0.95).low) != 0);
}

static void test_pairs(void **state)
{
    (void)state;
    for (int64_t first = 0; first <= 12; first++) {
        for (int64_t second = 0; second <= 12; second++) {
            /* All 2^n divisions: those at least as uneven. */
            const int64_t n = first + second;
            double share = 0.0;
            for (int64_t k = 0; k <= n; k++) {
                share += llabs(2 * k - n) >= llabs(first - second) ? outcome(k, n, 0.5) : 0.0;
            }
            assert_near(aann_test_of_pairs(first, second), n == 0 ? 1.0 : share, 1e-12);
            assert_true(aann_test_of_pairs(first, second) == aann_test_of_pairs(second, first));
        }
    }
    assert_true(isnan(aann_test_of_pairs(-1, 2)) != 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_binomial),
        cmocka_unit_test(test_student),
        cmocka_unit_test(test_wilson),
        cmocka_unit_test(test_pairs),
    };
    return cmocka_run_group_tests_name("geometry: intervals", tests, NULL, NULL);
}
