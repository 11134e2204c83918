/* Filling a data set from arrays: shared by files, whose arrays were read into memory, and by
 * callers who bring their own. The array is checked (aann_array_view_check) and has samples. */
#ifndef AANN_SAMPLES_ARRAYS_H
#define AANN_SAMPLES_ARRAYS_H

#include "aann/samples.h"

enum { AANN_LARGEST_LABEL = 255 };

/* Number and shape of the samples, seen as `shape` ({0,0,0}: as stored); then their values. */
aann_status aann_dataset_shape_inputs(aann_dataset *dataset, const aann_array_view *array,
                                      aann_shape shape, aann_error *error);
aann_status aann_dataset_read_inputs(aann_dataset *dataset, const aann_array_view *array,
                                     aann_error *error);

/* After the samples. *bad: the element that was refused, -1 if it is none. */
aann_status aann_dataset_set_labels(aann_dataset *dataset, const aann_array_view *array,
                                    int64_t *bad, aann_error *error);
aann_status aann_dataset_set_targets(aann_dataset *dataset, const aann_array_view *array,
                                     int64_t *bad, aann_error *error);

#endif
