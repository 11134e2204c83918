/* The encoding of one value, for exports that have to encode in the same way. */
#ifndef AANN_SAMPLES_ENCODING_H
#define AANN_SAMPLES_ENCODING_H

#include "aann/samples.h"

/* What GLOBAL or FEATURE makes of a finite value of a feature, which is rounded to float first, as
 * data sets are. */
int8_t aann_encoding_value(const aann_encoding *encoding, int64_t feature, double value);

/* What a rule of TABLE makes of the value of its column; NAN: it is missing. */
int8_t aann_input_rule_value(const aann_input_rule *rule, double value);

/* The number, among the words of the model's column, of a value of a column of words; -1: it has none
 * of them. `found` NULL: values are numbers of these words already. */
double aann_column_translate(const aann_column *wanted, const aann_column *found, double value);

#endif
