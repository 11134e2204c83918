/* R-hat and autocorrelation against what is known: chains that stay where they are, chains that
 * agree and that do not, and a chain whose memory has a formula. */
#include "manifold/chains.h"

#include <math.h>

#include "core/philox.h"
#include "support/test.h"

enum { CHAINS = 3, LENGTH = 4000 };

static double values[CHAINS * LENGTH];
static double work[LENGTH];

static aann_chains all(void)
{
    return (aann_chains){values, CHAINS, LENGTH};
}

static void set_constant(int32_t chain, double value)
{
    for (int32_t i = 0; i < LENGTH; i++) {
        values[chain * LENGTH + i] = value;
    }
}

/* Uniform noise, of which each value keeps the share `memory` of the one before. */
static void set_noise(double memory)
{
    for (int32_t chain = 0; chain < CHAINS; chain++) {
        aann_random_stream stream =
            aann_random_start(aann_random_key_create(1, (uint64_t)chain), 0, AANN_PURPOSE_TEST);
        double value = 0.0;
        for (int32_t i = -100; i < LENGTH; i++) {
            value = memory * value + aann_random_unit(&stream) - 0.5;
            values[chain * LENGTH + (i < 0 ? 0 : i)] = value;
        }
    }
}

/* Sums of 0.1 are not multiples of it: rounding must not look like movement. */
static void constant(void **state)
{
    (void)state;
    for (int32_t chain = 0; chain < CHAINS; chain++) {
        set_constant(chain, 0.1);
    }
    const aann_chains chains = all();
    assert_true(aann_chains_mean(&chains) == 0.1);
    assert_true(aann_chains_deviation(&chains) == 0.0);
    assert_true(aann_chains_r_hat(&chains) == 1.0);
    set_constant(1, 0.3);
    assert_true(isinf(aann_chains_r_hat(&chains)));
}

static void agreement(void **state)
{
    (void)state;
    const aann_chains chains = all();
    set_noise(0.0);
    assert_true(fabs(aann_chains_deviation(&chains) - sqrt(1.0 / 12.0)) < 0.005);
    assert_true(aann_chains_r_hat(&chains) < 1.002);
    assert_true(fabs(aann_chains_autocorrelation(&chains, work) - 1.0) < 0.15);
    /* One of three shifted by its deviation: of the six halves' means the variance is 4/15 of that
     * of the values. */
    for (int32_t i = 0; i < LENGTH; i++) {
        values[i] += sqrt(1.0 / 12.0);
    }
    assert_true(fabs(aann_chains_r_hat(&chains) - sqrt(1.0 + 4.0 / 15.0)) < 0.02);
    /* A drift, which whole chains share, shows in their halves. */
    set_noise(0.0);
    for (int32_t i = 0; i < CHAINS * LENGTH; i++) {
        values[i] += (double)(i % LENGTH) / LENGTH;
    }
    assert_true(aann_chains_r_hat(&chains) > 1.1);
}

/* The time is (1 + memory) / (1 - memory). */
static void memory(void **state)
{
    (void)state;
    const aann_chains chains = all();
    set_noise(0.8);
    assert_true(fabs(aann_chains_autocorrelation(&chains, work) - 9.0) < 1.5);
    set_noise(0.5);
    assert_true(fabs(aann_chains_autocorrelation(&chains, work) - 3.0) < 0.5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(constant),
        cmocka_unit_test(agreement),
        cmocka_unit_test(memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
