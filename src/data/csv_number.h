/* Numbers in text. */
#ifndef AANN_DATA_CSV_NUMBER_H
#define AANN_DATA_CSV_NUMBER_H

#include <stdbool.h>

/* A decimal number and nothing else: sign, digits with one point, exponent. No hexadecimal, no
 * "nan", no "inf". The same in every locale. */
bool aann_csv_number(const char *text, double *value);

#endif
