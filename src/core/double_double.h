/* Numbers of about 106 bits: the unevaluated sum of two doubles, the second at most half a unit in
 * the last place of the first (T. J. Dekker, "A floating-point technique for extending the
 * available precision", 1971). */
#ifndef AANN_CORE_DOUBLE_DOUBLE_H
#define AANN_CORE_DOUBLE_DOUBLE_H

#include <float.h>

/* What is computed here is rounding errors, and elsewhere losses that are compared to the bit. */
#if defined(__FAST_MATH__)
#error "aann: sums may not be reordered; compile without -ffast-math and -Ofast"
#elif FLT_EVAL_METHOD == 1 || FLT_EVAL_METHOD == 2
#error "aann: sums must be rounded as they are stored; for x86 compile with -msse2 -mfpmath=sse"
#endif

typedef struct aann_double_double {
    double high, low;
} aann_double_double;

/* a + b exactly, where |a| >= |b| or a is 0. */
static inline aann_double_double aann_exact_sum_ordered(double a, double b)
{
    const double sum = a + b;
    return (aann_double_double){sum, b - (sum - a)};
}

/* a + b exactly. */
static inline aann_double_double aann_exact_sum(double a, double b)
{
    const double sum = a + b, other = sum - a;
    return (aann_double_double){sum, (a - (sum - other)) + (b - other)};
}

/* The first 26 bits of a number, rounded; the rest fits into 26 bits as well. Below 2^996. */
static inline double aann_first_half(double value)
{
    const double shifted = value * 134217729.0; /* 2^27 + 1 */
    return shifted - (shifted - value);
}

/* a * b exactly, as long as nothing gets as small as 2^-968 or as large as 2^996. */
static inline aann_double_double aann_exact_product(double a, double b)
{
    const double a1 = aann_first_half(a), a2 = a - a1, b1 = aann_first_half(b), b2 = b - b1;
    const double product = a * b;
    return (aann_double_double){product, ((a1 * b1 - product) + a1 * b2 + a2 * b1) + a2 * b2};
}

static inline aann_double_double aann_wide_add(aann_double_double a, aann_double_double b)
{
    const aann_double_double high = aann_exact_sum(a.high, b.high),
                             low = aann_exact_sum(a.low, b.low);
    const aann_double_double sum = aann_exact_sum_ordered(high.high, high.low + low.high);
    return aann_exact_sum_ordered(sum.high, sum.low + low.low);
}

static inline aann_double_double aann_wide_negative(aann_double_double a)
{
    return (aann_double_double){-a.high, -a.low};
}

static inline aann_double_double aann_wide_multiply(aann_double_double a, aann_double_double b)
{
    const aann_double_double product = aann_exact_product(a.high, b.high);
    return aann_exact_sum_ordered(product.high, product.low + (a.high * b.low + a.low * b.high));
}

static inline aann_double_double aann_wide_divide(aann_double_double a, aann_double_double b)
{
    const double first = a.high / b.high;
    const aann_double_double taken = aann_wide_multiply(b, (aann_double_double){first, 0.0});
    const aann_double_double rest = aann_wide_add(a, aann_wide_negative(taken));
    const double second = rest.high / b.high;
    const aann_double_double again = aann_wide_multiply(b, (aann_double_double){second, 0.0});
    const double third = (rest.high - again.high + (rest.low - again.low)) / b.high;
    const aann_double_double quotient = aann_exact_sum_ordered(first, second);
    return aann_exact_sum_ordered(quotient.high, quotient.low + third);
}

#endif
