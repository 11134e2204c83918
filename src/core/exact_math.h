/* Functions whose last bit must be the same on every machine, which those of the C library need not
 * be. */
#ifndef AANN_CORE_EXACT_MATH_H
#define AANN_CORE_EXACT_MATH_H

/* Natural logarithm of a normal positive number, within a few units in the last place. */
double aann_log(double value);

/* Exponential function, within a few units in the last place: 0 up to -700, and above 700 as at
 * 700. */
double aann_exp(double value);

#endif
