/* Which samples of the training file are searched on, and which are for choosing (validation). */
#ifndef AANN_FAMILY_SPLIT_H
#define AANN_FAMILY_SPLIT_H

#include "aann/family.h"

/* Where the two splits are; with AANN_SPLIT_LAST ranges of the file, else counts of a list of rows
 * that follows from the data, the rule and the seed. */
typedef struct aann_split {
    int64_t train_count; /* from sample 0 on; samples that are repeated count again */
    int64_t validation_first;
    int64_t validation_count;          /* as wanted; 0: none */
    int64_t measured_validation_count; /* as it came out: whole groups */
    aann_split_rule rule;              /* never AUTOMATIC */
    uint64_t seed;
    int64_t train_limit; /* 0: none */
    bool balanced;       /* rarer classes are repeated */
} aann_split;

/* Decides, for data set `train` of this source. */
aann_status aann_split_choose(const aann_family_source *source, const aann_dataset *train,
                              aann_split *split, aann_error *error);

/* Cuts encoded samples into the two; *validation is NULL if there is none. */
aann_status aann_split_cut(const aann_dataset *train, const aann_samples *samples,
                           const aann_split *split, aann_samples **train_split,
                           aann_samples **validation, aann_error *error);

/* The samples that the limit left out of the training split, under the rule SHUFFLED; *rest is NULL
 * if there are none, or under another rule. */
aann_status aann_split_rest(const aann_dataset *train, const aann_samples *samples,
                            const aann_split *split, aann_samples **rest, aann_error *error);

/* "last", "shuffled", "blocks", "groups", "time"; and back, AANN_SPLIT_AUTOMATIC if there is no such
 * rule. */
const char *aann_split_name(aann_split_rule rule);
aann_split_rule aann_split_find(const char *name);

#endif
