/* aann_log and aann_exp beside those of the C library, and values that are the same everywhere. */
#include <math.h>

#include "core/exact_math.h"
#include "support/test.h"

static void exponential(void **state)
{
    (void)state;
    double worst = 0.0;
    for (int32_t i = -69900; i <= 69900; i++) {
        const double x = (double)i * 0.01 + 1e-5;
        const double error = fabs(aann_exp(x) / exp(x) - 1.0);
        worst = error > worst ? error : worst;
    }
    print_message("largest relative error %.3g\n", worst);
    assert_true(worst < 1e-15);
    assert_true(aann_exp(0.0) == 1.0);
    assert_true(aann_exp(-700.0) == 0.0 && aann_exp(-1e300) == 0.0 && aann_exp((double)NAN) == 0.0);
    assert_true(aann_exp(1e300) == aann_exp(700.0));
    assert_true(aann_exp(1.0) == 0x1.5bf0a8b14576ap+1); /* one unit above the nearest */
    for (double x = -20.0; x < 20.0; x += 0.37) {
        assert_true(fabs(aann_log(aann_exp(x)) - x) < 1e-14 * (1.0 + fabs(x)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(exponential)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
