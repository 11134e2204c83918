/* Regression targets: the user's units, and the outputs of a network. */
#ifndef AANN_FAMILY_TARGETS_H
#define AANN_FAMILY_TARGETS_H

#include "aann/family.h"

/* What outputs stand for: mean + scale * output, in the user's units. */
typedef struct aann_target_units {
    float *mean;  /* [count]; NULL: nobody says */
    float *scale; /* [count] */
    int32_t count;
    bool standardised; /* chosen by the program: targets as stored are in the user's units */
} aann_target_units;

/* Decides whether the targets of the training samples, as they are in `set`, are to be standardised,
 * and measures them. Cleared by aann_target_units_clear. */
aann_status aann_target_units_choose(aann_target_meaning meaning, const aann_dataset *set,
                                     const aann_samples *train, aann_target_units *units,
                                     aann_error *error);
void aann_target_units_clear(aann_target_units *units);

/* Expresses targets as outputs, (t - mean) / scale, where the program chose these. Samples may be
 * NULL. */
void aann_targets_to_outputs(const aann_target_units *units, aann_samples *samples);

#endif
