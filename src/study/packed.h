/* Rows of packed whole numbers: what members answered on a split, and what is true of it. Both
 * tables have an owner, the split, the fingerprint of its samples, and how many values there are. */
#ifndef AANN_STUDY_PACKED_H
#define AANN_STUDY_PACKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "study/database.h"

/* One of the two tables. */
typedef struct aann_packed_table {
    /* ?1 owner, ?2 split, ?3 samples, ?4 sample_count, ?5 columns, ?6 width, ?7 the bytes; changes
     * nothing if there is no such owner */
    const char *insert;

    /* ?1 to ?5: the width and the bytes */
    const char *select;

    /* for messages: "member" or "family"; what stands before and behind the name of the split */
    const char *owner;
    const char *before;
    const char *behind;
} aann_packed_table;

typedef struct aann_packed_key {
    int64_t owner;
    const char *split;
    const char *samples;
    int64_t sample_count;
    int32_t columns;
} aann_packed_key;

/* Values of a row; false where they are too many for one blob, or make no sense. */
bool aann_packed_count(int64_t sample_count, int32_t each, size_t *count);

/* Stores values[count] in a transaction. Errors: not found (the owner), memory, io. */
aann_status aann_packed_save(aann_study *study, const aann_packed_table *table,
                             const aann_packed_key *key, const int32_t *values, size_t count,
                             aann_error *error);

/* Reads values[count], and writes to *found whether there is such a row. */
aann_status aann_packed_load(aann_study *study, const aann_packed_table *table,
                             const aann_packed_key *key, int32_t *values, size_t count, bool *found,
                             aann_error *error);

#endif
