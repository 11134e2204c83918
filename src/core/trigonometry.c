/* Sine, cosine, arctangent and distance in double precision, to the nearest double.
 *
 * Each function is computed twice (A. Ziv, "Fast evaluation of elementary mathematical functions
 * with correctly rounded last bit", 1991). First with about 61 bits: if the true value lies between
 * bounds that round to the same double, that double is the result. It fails for one argument in a
 * hundred; these are computed with about 100 bits, slowly and as plainly as possible.
 *
 * The sine of an angle comes from the nearest multiple of pi/64, whose sine and cosine are in a
 * table, and a short series for what is left: sin(a + r) = sin a cos r + cos a sin r. The largest
 * product is exact: its factors are cut to 27 and 26 bits. The angle of a point comes from the same
 * table: the point is turned back by a multiple of pi/64 to nearly the x axis, and the arctangent
 * of its small slope is a short series. */
#include "core/trigonometry.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "core/double_double.h"
#include "core/trigonometry_tables.h"
#include "core/two_over_pi.h"

enum { QUARTER = 32 }; /* steps of pi/64 in a quarter turn */

static const double fast_error = 0x1p-61; /* of the first way, relative */
static const double fast_loss = 0x1p-112; /* and what the reduction of an angle loses */

/* What remains of an angle: the multiple of pi/64 modulo a turn, and the rest. */
typedef struct reduced_angle {
    int32_t step;            /* 0 to 31 */
    int32_t quarter;         /* 0 to 3 */
    aann_double_double rest; /* at most pi/128, and a little */
} reduced_angle;

static inline __attribute__((always_inline)) reduced_angle reduced(int64_t step,
                                                                   aann_double_double rest)
{
    return (reduced_angle){(int32_t)(step & (QUARTER - 1)),
                           (int32_t)((step / QUARTER - (step % QUARTER < 0)) & 3), rest};
}

static aann_double_double wide_of(double value)
{
    return (aann_double_double){value, 0.0};
}

/* The fast way
 * --------------------------------------------------------------------------------------------- */

static const double near_limit = 0x1p20; /* below it a multiple of pi/64 has less than 26 bits */

/* Removes the nearest multiple of pi/64. All products but the last are exact, and so is the first
 * difference; what is lost is 2^-115 and 2^-105 of the rest. */
static inline __attribute__((always_inline)) reduced_angle reduce_near(double angle)
{
    static const double steps_per_unit = 0x1.45f306dc9c883p+4; /* 64 / pi */
    static const double whole = 0x1.8p52;                      /* adding it rounds to an integer */
    const double step = (angle * steps_per_unit + whole) - whole;
    aann_double_double rest = aann_exact_sum(angle - step * step_parts[0], -step * step_parts[1]);
    const aann_double_double next = aann_exact_sum(rest.high, -step * step_parts[2]);
    const double tail = step * (step_parts[3] + step_parts[4]);
    rest = aann_exact_sum_ordered(next.high, next.low + (rest.low - tail));
    return reduced((int64_t)step, rest);
}

/* A value as high + low, and how far off that may be. */
typedef struct estimate {
    double high, low, error;
} estimate;

/* Writes the value if all that it can be rounds alike. */
static inline __attribute__((always_inline)) bool settle(estimate value, double *result)
{
    const double up = value.high + (value.low + value.error),
                 down = value.high + (value.low - value.error);
    *result = up;
    return up == down;
}

/* One of sine and cosine of step + rest: `along` is the table's value of the function asked for,
 * `across` that of its derivative. */
static inline __attribute__((always_inline)) estimate
turn(const double along[3], const double across[3], double sign, aann_double_double rest)
{
    const double r = rest.high, z = r * r;
    const double sine_rest =
        r * z * (-1.0 / 6 + z * (1.0 / 120 - z * (1.0 / 5040 - z * (1.0 / 362880))));
    const double cosine_rest = z * (-0.5 + z * (1.0 / 24 - z * (1.0 / 720 - z * (1.0 / 40320))));
    const double r1 = aann_first_half(r), r2 = (r - r1) + rest.low;
    const double level = along[0] + along[1], slope = sign * (across[0] + across[1]);
    const aann_double_double sum = aann_exact_sum(along[0], sign * across[0] * r1);
    const double small =
        (sign * across[0] * r2 + sign * across[1] * r) + slope * sine_rest + along[1];
    const double low = sum.low + (small + level * cosine_rest);
    return (estimate){sum.high, low, fabs(sum.high) * fast_error + fast_loss};
}

/* The slow way
 * --------------------------------------------------------------------------------------------- */

enum { WORDS = 8 };

/* angle * 2/pi modulo 4 quarter turns, as 32-bit words from the highest: 16 bits before the point,
 * 240 after it. (M. H. Payne, R. N. Hanek, "Radian reduction for trigonometric functions", 1983) */
static void multiply_far(uint64_t mantissa, int32_t exponent, uint32_t product[WORDS])
{
    /* The word of 2/pi that the mantissa's last bit lifts to the product's first word. */
    const int32_t first = exponent - 16;
    const uint64_t high = mantissa >> 32, low = mantissa & UINT32_MAX;
    uint64_t carry = 0;
    for (int32_t word = WORDS - 1; word >= 0; word--) {
        const uint64_t here = aann_two_over_pi_bits(first + 32 * word),
                       below = aann_two_over_pi_bits(first + 32 * (word + 1));
        const uint64_t by_low = low * here, by_high = high * below;
        const uint64_t sum = (by_low & UINT32_MAX) + (by_high & UINT32_MAX) + carry;
        product[word] = (uint32_t)sum;
        carry = (by_low >> 32) + (by_high >> 32) + (sum >> 32);
    }
}

/* Removes the nearest multiple of pi/64, with a rest of 100 bits, from any finite angle. */
static reduced_angle reduce_far(double angle)
{
    uint64_t bits;
    memcpy(&bits, &angle, sizeof bits);
    const int32_t biased = (int32_t)((bits >> 52) & 0x7ff);
    if (fabs(angle) < 0.0245) {
        return reduced(0, wide_of(angle));
    }
    uint32_t product[WORDS];
    multiply_far((bits & UINT64_C(0xfffffffffffff)) | UINT64_C(1) << 52, biased - 1075, product);
    /* A step is 2^-5 quarter turns: 21 bits of the first word, of which 7 count. */
    const uint64_t half = UINT64_C(1) << 10;
    const int64_t step = (int64_t)(((uint64_t)product[0] + half) >> 11);
    const double scale = bits >> 63 != 0 ? -0x1p-16 : 0x1p-16;
    aann_double_double rest = wide_of(((double)product[0] - (double)step * 2048.0) * scale);
    double weight = scale;
    for (int32_t word = 1; word < WORDS; word++) {
        weight *= 0x1p-32;
        rest = aann_wide_add(rest, wide_of((double)product[word] * weight));
    }
    const aann_double_double quarter = {quarter_turn[0], quarter_turn[1]};
    return reduced(bits >> 63 != 0 ? -step : step, aann_wide_multiply(rest, quarter));
}

static aann_double_double wide_table(const double value[3])
{
    const aann_double_double sum = aann_exact_sum_ordered(value[0], value[1]);
    return aann_exact_sum_ordered(sum.high, sum.low + value[2]);
}

/* first (1 - square / (k (k + 1)) (1 - square / ((k + 2) (k + 3)) (1 - ...))): a sine for k = 2, a
 * cosine for k = 1. */
static aann_double_double series(aann_double_double first, aann_double_double square, int32_t k)
{
    enum { TERMS = 7 };
    aann_double_double sum = wide_of(1.0);
    for (int32_t term = TERMS - 1; term >= 0; term--) {
        const int32_t n = k + 2 * term;
        const aann_double_double part =
            aann_wide_divide(square, wide_of((double)n * (double)(n + 1)));
        sum = aann_wide_add(wide_of(1.0), aann_wide_negative(aann_wide_multiply(part, sum)));
    }
    return aann_wide_multiply(first, sum);
}

/* Sine and cosine of the rest and the step, without the quarters. */
static void evaluate_slowly(const reduced_angle *angle, double *sine, double *cosine)
{
    const aann_double_double square = aann_wide_multiply(angle->rest, angle->rest);
    const aann_double_double s = series(angle->rest, square, 2),
                             c = series(wide_of(1.0), square, 1);
    const aann_double_double step_s = wide_table(step_sine[angle->step]),
                             step_c = wide_table(step_sine[QUARTER - angle->step]);
    *sine = aann_wide_add(aann_wide_multiply(step_c, s), aann_wide_multiply(step_s, c)).high;
    *cosine = aann_wide_add(aann_wide_multiply(step_c, c),
                            aann_wide_negative(aann_wide_multiply(step_s, s)))
                  .high;
}

/* Sine and cosine
 * --------------------------------------------------------------------------------------------- */

/* The sine of the angle and so many quarter turns. Returns whether the fast way settles it. */
static inline __attribute__((always_inline)) bool sine_ahead(const reduced_angle *part,
                                                             int32_t quarters, double *result)
{
    const double *along = step_sine[part->step], *across = step_sine[QUARTER - part->step];
    const int32_t quarter = part->quarter + quarters;
    const bool settled = (quarter & 1) == 0 ? settle(turn(along, across, 1.0, part->rest), result)
                                            : settle(turn(across, along, -1.0, part->rest), result);
    *result = (quarter & 2) == 0 ? *result : -*result;
    return settled;
}

static void sine_cosine_slowly(double angle, double *sine, double *cosine)
{
    const reduced_angle part = reduce_far(angle);
    double s, c;
    evaluate_slowly(&part, &s, &c);
    const double along = (part.quarter & 1) == 0 ? s : c, across = (part.quarter & 1) == 0 ? c : -s;
    *sine = (part.quarter & 2) == 0 ? along : -along;
    *cosine = (part.quarter & 2) == 0 ? across : -across;
}

/* Where the sine is the angle and the cosine 1, and where there are none. */
static bool is_special(double angle, double *sine, double *cosine)
{
    const double size = fabs(angle);
    if (size >= 0x1p-28 && size < INFINITY) {
        return false;
    }
    *sine = size < 1.0 ? angle : angle - angle;
    *cosine = size < 1.0 ? 1.0 : angle - angle;
    return true;
}

void aann_sin_cos(double angle, double *sine, double *cosine)
{
    if (is_special(angle, sine, cosine)) {
        return;
    }
    if (fabs(angle) < near_limit) {
        const reduced_angle part = reduce_near(angle);
        if (sine_ahead(&part, 0, sine) && sine_ahead(&part, 1, cosine)) {
            return;
        }
    }
    sine_cosine_slowly(angle, sine, cosine);
}

double aann_sin(double angle)
{
    double sine, cosine;
    if (is_special(angle, &sine, &cosine)) {
        return sine;
    }
    if (fabs(angle) < near_limit) {
        const reduced_angle part = reduce_near(angle);
        if (sine_ahead(&part, 0, &sine)) {
            return sine;
        }
    }
    sine_cosine_slowly(angle, &sine, &cosine);
    return sine;
}

double aann_cos(double angle)
{
    double sine, cosine;
    if (is_special(angle, &sine, &cosine)) {
        return cosine;
    }
    if (fabs(angle) < near_limit) {
        const reduced_angle part = reduce_near(angle);
        if (sine_ahead(&part, 1, &cosine)) {
            return cosine;
        }
    }
    sine_cosine_slowly(angle, &sine, &cosine);
    return cosine;
}

/* Arctangent
 * --------------------------------------------------------------------------------------------- */

/* A point of the first quadrant turned back by so many steps to nearly the x axis: how high it is
 * and how far out, to 2^-75. */
static inline __attribute__((always_inline)) void
turn_back(double y, double x, int32_t step, aann_double_double *rise, aann_double_double *run)
{
    const double *s = step_sine[step], *c = step_sine[QUARTER - step];
    const double y1 = aann_first_half(y), y2 = y - y1, x1 = aann_first_half(x), x2 = x - x1;
    const aann_double_double up = aann_exact_sum(y1 * c[0], -x1 * s[0]),
                             out = aann_exact_sum(x1 * c[0], y1 * s[0]);
    *rise = aann_exact_sum(up.high, up.low + (y2 * c[0] - x2 * s[0]) + (y * c[1] - x * s[1]));
    *run =
        aann_exact_sum_ordered(out.high, out.low + (x2 * c[0] + y2 * s[0]) + (x * c[1] + y * s[1]));
}

/* The same to 2^-104. */
static void turn_back_slowly(double y, double x, int32_t step, aann_double_double *rise,
                             aann_double_double *run)
{
    const aann_double_double s = wide_table(step_sine[step]),
                             c = wide_table(step_sine[QUARTER - step]);
    const aann_double_double xs = aann_wide_multiply(wide_of(x), s);
    *rise = aann_wide_add(aann_wide_multiply(wide_of(y), c), aann_wide_negative(xs));
    *run = aann_wide_add(aann_wide_multiply(wide_of(x), c), aann_wide_multiply(wide_of(y), s));
}

/* The angle of `base` steps and, to the left (side 1) or to the right (-1), of the slope. */
static inline __attribute__((always_inline)) bool
angle_of(int32_t base, double side, aann_double_double rise, aann_double_double run, double *result)
{
    const double slope = rise.high / run.high;
    const aann_double_double product = aann_exact_product(slope, run.high);
    const double left = ((rise.high - product.high) - product.low) + (rise.low - slope * run.low);
    const double z = slope * slope;
    const double bend =
        slope * z *
        (-1.0 / 3 +
         z * (1.0 / 5 - z * (1.0 / 7 - z * (1.0 / 9 - z * (1.0 / 11 - z * (1.0 / 13))))));
    const aann_double_double sum = aann_exact_sum(base * step_parts[0], side * slope);
    const double low =
        sum.low + (base * step_parts[1] + (base * step_parts[2] + side * (left / run.high + bend)));
    return settle((estimate){sum.high, low, fabs(sum.high) * fast_error}, result);
}

static double angle_of_slowly(int32_t base, double side, aann_double_double rise,
                              aann_double_double run)
{
    enum { TERMS = 10 };
    const aann_double_double slope = aann_wide_divide(rise, run),
                             square = aann_wide_multiply(slope, slope);
    aann_double_double sum = wide_of(0.0);
    for (int32_t term = TERMS - 1; term >= 0; term--) {
        const aann_double_double part =
            aann_wide_divide(wide_of(1.0), wide_of((double)(2 * term + 1)));
        sum = aann_wide_add(part, aann_wide_negative(aann_wide_multiply(square, sum)));
    }
    aann_double_double angle = aann_wide_multiply(wide_of(side), aann_wide_multiply(slope, sum));
    for (int32_t part = 4; part >= 0; part--) {
        angle = aann_wide_add(wide_of(base * step_parts[part]), angle);
    }
    return angle.high;
}

/* The step nearest to the angle of a point of the first quadrant; good enough to a tenth. */
static inline __attribute__((always_inline)) int32_t nearest_step(double y, double x)
{
    const double slope = y < x ? y / x : x / y;
    const double angle = slope * (0.785398 + 0.273 * (1.0 - slope)); /* to 0.004 */
    return (int32_t)((y < x ? angle : 1.570796 - angle) * (64.0 / 3.141593) + 0.5);
}

/* The power of two that brings a number between 1 and 2. */
static double scale_of(double value)
{
    int exponent;
    (void)frexp(value, &exponent);
    return ldexp(1.0, 1 - exponent > 1000 ? 1000 : 1 - exponent);
}

/* The angle of (x, y), y not negative, x not an infinity; `behind` where x is negative or -0. */
static double angle_of_point(double y, double x, bool behind)
{
    const double big = fmax(x, y);
    if (big > 0x1p400 || big < 0x1p-400) {
        const double scale = scale_of(big);
        y *= scale;
        x *= scale;
    }
    const int32_t step = nearest_step(y, x), base = behind ? 2 * QUARTER - step : step;
    const double side = behind ? -1.0 : 1.0;
    aann_double_double rise, run;
    turn_back(y, x, step, &rise, &run);
    double result;
    if (!angle_of(base, side, rise, run, &result)) {
        turn_back_slowly(y, x, step, &rise, &run);
        result = angle_of_slowly(base, side, rise, run);
    }
    return result;
}

double aann_atan2(double y, double x)
{
    if (isnan(x) || isnan(y)) {
        return x + y;
    }
    if (isinf(x) || isinf(y)) {
        const bool both = isinf(x) && isinf(y);
        y = copysign(isinf(y) ? 1.0 : 0.0, y);
        x = copysign(both || y == 0.0 ? 1.0 : 0.0, x);
    }
    const bool behind = signbit(x) != 0;
    double up = fabs(y), out = fabs(x);
    static const double level = 0x1p-100; /* slopes below it do not change the other angles */
    if (up < out * level || up == 0.0) {
        if (!behind) {
            return up == 0.0 ? y : y / x;
        }
        up = 0.0;
        out = 1.0;
    } else if (out < up * level) {
        out = 0.0;
        up = 1.0;
    }
    return copysign(angle_of_point(up, out, behind), y);
}

double aann_atan(double slope)
{
    return aann_atan2(slope, 1.0);
}

/* Distance
 * --------------------------------------------------------------------------------------------- */

double aann_hypot(double x, double y)
{
    if (isinf(x) || isinf(y)) {
        return INFINITY;
    }
    if (isnan(x) || isnan(y)) {
        return x + y;
    }
    double big = fmax(fabs(x), fabs(y)), small = fmin(fabs(x), fabs(y)), scale = 1.0;
    if (small <= big * 0x1p-60) {
        return big;
    }
    if (big > 0x1p400 || big < 0x1p-400) {
        scale = scale_of(big);
        big *= scale;
        small *= scale;
    }
    /* A root, and by how much its square misses. */
    const aann_double_double big_square = aann_exact_product(big, big),
                             small_square = aann_exact_product(small, small);
    const double root = sqrt(big_square.high + small_square.high);
    const aann_double_double square = aann_exact_product(root, root);
    const double missing = ((big_square.high - square.high) + small_square.high) +
                           ((big_square.low - square.low) + small_square.low);
    return (root + missing / (2.0 * root)) / scale;
}
