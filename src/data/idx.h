/* The IDX format of the MNIST files. */
#ifndef AANN_DATA_IDX_H
#define AANN_DATA_IDX_H

#include "data/array.h"

/* Reads a whole IDX file: header, elements, and nothing behind them. Free with aann_array_clear. */
aann_status aann_idx_read(aann_source *source, aann_array *array, aann_error *error);

#endif
