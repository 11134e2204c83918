/* What the dimensions of an array of samples mean: see aann_array_view_arrange. */
#ifndef AANN_SAMPLES_ARRANGE_H
#define AANN_SAMPLES_ARRANGE_H

#include "samples/dataset.h"

/* aann_array_view_arrange; the data set remembers if the sizes alone said what is a channel. */
aann_status aann_dataset_arrange(aann_dataset *dataset, aann_array_view *array,
                                 int64_t strides[AANN_MAX_DIMENSIONS], aann_array_layout layout,
                                 aann_shape shape, aann_error *error);

#endif
