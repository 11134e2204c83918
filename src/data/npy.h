/* The NPY format of numpy. */
#ifndef AANN_DATA_NPY_H
#define AANN_DATA_NPY_H

#include "data/array.h"

/* Reads a whole NPY file: header, elements, and nothing behind them. Free with aann_array_clear. */
aann_status aann_npy_read(aann_source *source, aann_array *array, aann_error *error);

#endif
