/* Real numbers as texts, with a decimal point in every locale. strtod and snprintf follow the
 * locale of the program that the library is part of, where "0.5" may be "0,5". */
#ifndef AANN_CORE_REAL_TEXT_H
#define AANN_CORE_REAL_TEXT_H

#include <stdbool.h>

enum {
    AANN_REAL_TEXT_SIZE = 40,    /* what aann_real_to_text writes at most */
    AANN_REAL_TEXT_LIMIT = 1000, /* longest text that is read, in characters */
    AANN_REAL_DIGITS_LIMIT = 17, /* as many tell any two numbers apart */
    AANN_REAL_DECIMALS_LIMIT = 20
};

/* Reads "12", "-0.5", "2.5e-3": false, and *value as it was, where the whole text is not a finite
 * decimal number of at most AANN_REAL_TEXT_LIMIT characters. */
bool aann_real_from_text(const char *text, double *value);

/* Writes a number with up to `digits` significant digits, 1 to AANN_REAL_DIGITS_LIMIT, as "%g"
 * does where the locale is "C". */
void aann_real_to_text(double value, int digits, char text[AANN_REAL_TEXT_SIZE]);

/* Writes a number with up to AANN_REAL_DECIMALS_LIMIT decimals, as "%.*f" does where the locale is
 * "C"; from 1e15 on as "%.6g" does. */
void aann_real_to_fixed(double value, int decimals, char text[AANN_REAL_TEXT_SIZE]);

#endif
