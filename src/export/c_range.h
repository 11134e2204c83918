/* Ranges in integers: from a number n to a level, as the encoding goes from a measured value to an
 * int8.
 *
 * The encoding maps [minimum, maximum] to [-127, 127] and rounds, in double precision. Here a value
 * is n / per_unit with an integer n. Level k begins at the smallest n whose value is encoded as k or
 * more; those 254 numbers are found by asking the encoding itself. They lie almost on a straight
 * line, and a line is found that has exactly them. So the level of n is a division by the line's
 * slope, which a chip does in eight steps of compare and subtract. */
#ifndef AANN_EXPORT_C_RANGE_H
#define AANN_EXPORT_C_RANGE_H

#include "aann/samples.h"
#include "aann/status.h"

/* Levels of n: -127 below `first`, 127 from `last` on; between them -126 + floor(((n - first) 2^32 +
 * part) / (top / 128)). */
typedef struct aann_c_range {
    bool constant; /* always 0 */
    int64_t first;
    int64_t last;
    uint64_t top;  /* 128 slopes, in units of 2^-32 */
    uint64_t part; /* in units of 2^-32 */
} aann_c_range;

/* What is encoded: a feature of GLOBAL or FEATURE, or a rule of TABLE. */
typedef struct aann_c_measure {
    const aann_encoding *encoding;
    int64_t feature;
    const aann_input_rule *rule; /* NULL: the feature */
    int64_t per_unit;
} aann_c_measure;

/* Bounds of what is measured, in the user's units: what the encoding is about. */
void aann_c_measure_bounds(const aann_c_measure *measure, double *low, double *high);

/* The smallest n that is encoded as `level` or more. False if no 32-bit number is, or all are. */
bool aann_c_measure_limit(const aann_c_measure *measure, int level, int64_t *limit);

/* Finds the range of a measure; fails (argument) where there is none in 32-bit numbers. */
aann_status aann_c_range_find(const aann_c_measure *measure, aann_c_range *range,
                              aann_error *error);

#endif
