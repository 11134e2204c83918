/* Filling a data set from arrays, which come from a file or from the caller. The array has been
 * checked (aann_array_view_check) and has samples. */
#ifndef AANN_SAMPLES_ARRAYS_H
#define AANN_SAMPLES_ARRAYS_H

#include "aann/samples.h"

enum { AANN_LARGEST_LABEL = 255 };

/* Set number and shape of the samples (`shape` {0,0,0}: as stored), then their values. Their channels
 * are first already: see samples/arrange.h. */
aann_status aann_dataset_shape_inputs(aann_dataset *dataset, const aann_array_view *array,
                                      aann_shape shape, aann_error *error);
aann_status aann_dataset_read_inputs(aann_dataset *dataset, const aann_array_view *array,
                                     aann_error *error);

/* Call these after the samples. *bad is the wrong element, or -1. */
aann_status aann_dataset_set_labels(aann_dataset *dataset, const aann_array_view *array,
                                    int64_t *bad, aann_error *error);
aann_status aann_dataset_set_targets(aann_dataset *dataset, const aann_array_view *array,
                                     int64_t *bad, aann_error *error);

/* Fails unless all numbers[count] are finite and, if `positive`, above 0: what means and scales of
 * targets must be, wherever they come from. The message lacks their name, which the caller prefixes. */
aann_status aann_target_numbers_check(const float *numbers, int64_t count, bool positive,
                                      aann_error *error);

#endif
