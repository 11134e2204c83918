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
