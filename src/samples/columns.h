/* The columns of a table: their names, what their values are, and the words of those that hold
 * words. */
#ifndef AANN_SAMPLES_COLUMNS_H
#define AANN_SAMPLES_COLUMNS_H

#include <stdbool.h>

#include "aann/samples.h"

/* Copies columns[count], with all texts. Free with aann_columns_free. */
aann_status aann_columns_copy(const aann_column *columns, int64_t count, aann_column **copies,
                              aann_error *error);

/* Copies words[count] into one block, sorted or not as they are. Free with aann_levels_free. NULL
 * if there is no memory. */
const char *const *aann_levels_copy(const char *const *words, int32_t count);
void aann_levels_free(const char *const *levels);

/* NULL is allowed. */
void aann_columns_free(aann_column *columns, int64_t count);

/* Fails unless the columns make sense: names, kinds, levels that are sorted bytewise and differ.
 * `what` begins the message. */
aann_status aann_columns_check(const aann_column *columns, int64_t count, const char *what,
                               aann_error *error);

/* Whether a column can hold this value: a finite number; 0 or 1, of booleans; the index of a level,
 * of words. Never NaN: a missing value is the caller's concern. */
bool aann_column_holds(const aann_column *column, double value);

/* The index of a word among sorted levels[count], or -1. */
int32_t aann_levels_find(const char *const *levels, int32_t count, const char *word);

#endif
