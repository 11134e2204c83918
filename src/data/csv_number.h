/* Numbers in text. */
#ifndef AANN_DATA_CSV_NUMBER_H
#define AANN_DATA_CSV_NUMBER_H

#include <stdbool.h>

/* A decimal number and nothing else: sign, digits with one point, exponent. No hexadecimal, no
 * "nan", no "inf". The same in every locale. */
bool aann_csv_number(const char *text, double *value);

/* Whether the text is a whole number of so many digits that its value, a double, stands for others,
 * too: 900000000000000001 and 900000000000000002 have one. Such numbers are names. */
bool aann_csv_number_is_long(const char *text, double value);

#endif
