/* Sine, cosine, arctangent and distance, the same to the bit on every machine and with every C
 * library, which those of the C library need not be. Only +, -, *, / and the square root, which
 * IEEE 754 defines to the last bit; nothing is fused.
 *
 * Infinities and what is no number give what C's functions give: NaN, and a distance of infinity.
 * Errors are told by the value alone: errno stays as it is. */
#ifndef AANN_CORE_TRIGONOMETRY_H
#define AANN_CORE_TRIGONOMETRY_H

/* In double precision: the double nearest to the true value, but for about one argument in 2^40,
 * which gets the second nearest. */
double aann_sin(double angle);
double aann_cos(double angle);
void aann_sin_cos(double angle, double *sine,
                  double *cosine); /* both at less than twice the cost */
double aann_atan(double slope);
double aann_atan2(double y, double x);
double aann_hypot(double x, double y);

/* In single precision: not always the nearest float, but the one that glibc (2.28 and later) gives,
 * as Box2D's recorded bodies were turned by it. */
void aann_sin_cos_single(float angle, float *sine, float *cosine);

#endif
