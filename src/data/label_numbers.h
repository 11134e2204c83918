/* Labels that are numbers: which classes they are. */
#ifndef AANN_DATA_LABEL_NUMBERS_H
#define AANN_DATA_LABEL_NUMBERS_H

#include "aann/data.h"

/* Classes of one data set at most. */
enum { AANN_CLASS_LIMIT = 256 };

/* Gives the labels values[count] to the data set, by the rule; not for AANN_CLASSES_NUMBERED. *bad
 * is the first wrong label, or -1. */
aann_status aann_labels_from_numbers(const double *values, int64_t count, aann_class_rule rule,
                                     aann_dataset *dataset, int64_t *bad, aann_error *error);

#endif
