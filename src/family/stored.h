/* Reading a stored family, to continue it. */
#ifndef AANN_FAMILY_STORED_H
#define AANN_FAMILY_STORED_H

#include "family/plan.h"

typedef struct aann_stored_family {
    aann_family_row row; /* free with aann_family_row_destroy */
    aann_spec spec;
    aann_stored_plan plan;
} aann_stored_family;

/* On failure there is nothing to free. */
aann_status aann_stored_family_read(aann_study *study, int64_t family_id,
                                    aann_stored_family *family, aann_error *error);

#endif
