/* Sine and cosine in single precision, computed in double: the angle is brought within an eighth of
 * a turn of 0, and a polynomial of low degree does the rest. Its error, 2^-28 at most, decides now
 * and then which float is the result; that is why the polynomials must be glibc's (see
 * scripts/make_trigonometry.py), and the reductions of the angle as exact as there. */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "core/trigonometry.h"
#include "core/trigonometry_tables.h"
#include "core/two_over_pi.h"

static const float near_limit = 120.0F; /* up to here a product with pi/2 is good enough */

/* Sine and cosine of an angle within an eighth of a turn. */
static void evaluate(double angle, double *sine, double *cosine)
{
    const double t = angle * angle, cube = angle * t, square = t * t;
    *sine = (angle + cube * single_sine[0]) + (cube * t) * (single_sine[1] + t * single_sine[2]);
    *cosine = ((1.0 + t * single_cosine[0]) + square * single_cosine[1]) +
              (square * t) * (single_cosine[2] + t * single_cosine[3]);
}

/* The angle less the nearest multiple of a quarter turn; the multiple, modulo 4, in *quarter. */
static double reduce_near(float angle, uint32_t *quarter)
{
    const double wide = (double)angle;
    const double shifted = wide * (two_over_pi_double * 16777216.0);
    const int32_t count = ((int32_t)shifted + 0x800000) >> 24;
    *quarter = (uint32_t)count;
    /* The first subtraction is exact, the second rounds once. */
    return (wide - count * single_quarter_turn[0]) - count * single_quarter_turn[1];
}

/* The same for any finite float: the angle's bits times 96 bits of 2/pi, those that count. */
static double reduce_far(float angle, uint32_t *quarter)
{
    uint32_t bits;
    memcpy(&bits, &angle, sizeof bits);
    const uint64_t mantissa = (bits & 0x7fffffU) | 0x800000U;
    const int32_t exponent = (int32_t)((bits >> 23) & 0xffU) - 150; /* of the last bit */
    /* The product's bits of 1/4 turn and up: two of them, and 62 after the point. */
    const int32_t first = exponent - 2;
    const uint64_t product = (mantissa * aann_two_over_pi_bits(first) << 32) +
                             mantissa * aann_two_over_pi_bits(first + 32) +
                             (mantissa * aann_two_over_pi_bits(first + 64) >> 32);
    const uint64_t count = (product + (UINT64_C(1) << 61)) >> 62;
    const double rest = (double)(int64_t)(product - (count << 62)) * (quarter_turn[0] * 0x1p-62);
    *quarter = (uint32_t)(bits >> 31 != 0 ? 0 - count : count);
    return bits >> 31 != 0 ? -rest : rest;
}

void aann_sin_cos_single(float angle, float *sine, float *cosine)
{
    const float size = fabsf(angle);
    if (size < 0x1p-12F) {
        *sine = angle;
        *cosine = 1.0F;
        return;
    }
    if (!(size < INFINITY)) {
        *sine = *cosine = angle - angle;
        return;
    }
    uint32_t quarter;
    const double rest =
        size < near_limit ? reduce_near(angle, &quarter) : reduce_far(angle, &quarter);
    double along, across;
    evaluate(rest, &along, &across);
    const double s = (quarter & 1U) != 0 ? across : along,
                 c = (quarter & 1U) != 0 ? -along : across;
    *sine = (float)((quarter & 2U) != 0 ? -s : s);
    *cosine = (float)((quarter & 2U) != 0 ? -c : c);
}
