/* Samples in another order, or some of them. */
#ifndef AANN_SAMPLES_GATHER_H
#define AANN_SAMPLES_GATHER_H

#include "aann/samples.h"

/* Copies the samples rows[count], each in 0..samples->count-1, in this order; a row may come several
 * times. Free with aann_samples_destroy. */
aann_status aann_samples_gather(const aann_samples *samples, const int64_t *rows, int64_t count,
                                aann_samples **gathered, aann_error *error);

#endif
