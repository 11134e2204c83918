/* ln(2^e m) = e ln 2 + 2 artanh((m - 1) / (m + 1)) with m in [1/sqrt 2, sqrt 2): the series in the
 * square of at most 0.0295, to the term that no longer counts. Only +, -, * and /, which IEEE 754
 * defines to the last bit. */
#include "core/exact_math.h"

#include <stdint.h>
#include <string.h>

double aann_log(double value)
{
    int64_t bits;
    memcpy(&bits, &value, sizeof bits);
    const int64_t exponent = (bits - 0x3fe6a09e667f3bcd) >> 52; /* sqrt(1/2) */
    const int64_t mantissa_bits = (int64_t)((uint64_t)bits - ((uint64_t)exponent << 52));
    double mantissa;
    memcpy(&mantissa, &mantissa_bits, sizeof mantissa);
    const double ratio = (mantissa - 1.0) / (mantissa + 1.0);
    const double square = ratio * ratio;
    double series = 0.0;
    for (int32_t term = 21; term >= 1; term -= 2) {
        series = series * square + 2.0 / term;
    }
    return (double)exponent * 0.693147180559945309417 + ratio * series;
}

/* 2^k e^r with |r| <= ln 2 / 2: the Taylor series to the term that no longer counts. */
double aann_exp(double value)
{
    if (!(value > -700.0)) {
        return 0.0;
    }
    const double bounded = value < 700.0 ? value : 700.0;
    const double power = bounded * 1.44269504088896340736;
    const int64_t whole = (int64_t)(power < 0.0 ? power - 0.5 : power + 0.5);
    /* ln 2 in two parts: the first has few bits, so that its product is exact. */
    const double rest =
        (bounded - (double)whole * 0x1.62e42fee00000p-1) - (double)whole * 0x1.a39ef35793c76p-33;
    double series = 1.0;
    for (int32_t term = 14; term >= 1; term--) {
        series = series * rest / term + 1.0;
    }
    int64_t bits;
    memcpy(&bits, &series, sizeof bits);
    bits += whole * ((int64_t)1 << 52);
    memcpy(&series, &bits, sizeof series);
    return series;
}
