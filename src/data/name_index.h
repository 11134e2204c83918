/* Names of columns in sorted order: one is found among tens of thousands without comparing all. */
#ifndef AANN_DATA_NAME_INDEX_H
#define AANN_DATA_NAME_INDEX_H

#include <stdbool.h>
#include <stddef.h>

#include "aann/status.h"

typedef struct aann_named_place {
    const char *name;
    size_t place;
} aann_named_place;

typedef struct aann_name_index {
    aann_named_place *list; /* [count], by name, then by place */
    size_t count;
    size_t longest; /* name, in bytes */
} aann_name_index;

/* Names that are borrowed. Clear with aann_name_index_clear, whatever it returned. */
aann_status aann_name_index_make(const char *const *names, size_t count, aann_name_index *index,
                                 aann_error *error);

void aann_name_index_clear(aann_name_index *index);

/* The place of name[length], the first of several; count if it is none of them. */
size_t aann_name_index_find(const aann_name_index *index, const char *name, size_t length);

/* The length of the first name of a comma-separated list. A name may have commas itself: the longest
 * name that is there is meant; where none is, the text up to the first comma. */
size_t aann_name_index_next(const aann_name_index *index, const char *names);

/* Whether a name is there twice: at the places *one, and behind it *two. */
bool aann_name_index_repeats(const aann_name_index *index, size_t *one, size_t *two);

#endif
