/* What a user should know about his data before he searches on them. */
#ifndef AANN_FAMILY_NOTES_H
#define AANN_FAMILY_NOTES_H

#include "aann/samples.h"

/* The training data as they were read, how they are encoded, and the splits, of which `validation`
 * and `test` may be NULL. */
typedef struct aann_noted_data {
    const aann_dataset *dataset;
    const aann_encoding *encoding;
    const aann_samples *train, *validation, *test;
    bool groups_apart; /* no group is on both sides */
} aann_noted_data;

/* Lines about them. Malloc'ed; NULL if there is nothing to say. */
aann_status aann_notes_make(const aann_noted_data *data, char **notes, aann_error *error);

#endif
