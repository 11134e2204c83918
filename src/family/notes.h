/* What a user should know about his data before he searches on them. */
#ifndef AANN_FAMILY_NOTES_H
#define AANN_FAMILY_NOTES_H

#include "aann/samples.h"

/* Lines about the splits, of which `validation` and `test` may be NULL. Malloc'ed; NULL if there is
 * nothing to say. */
aann_status aann_notes_make(const aann_dataset *dataset, const aann_samples *train,
                            const aann_samples *validation, const aann_samples *test, char **notes,
                            aann_error *error);

#endif
