/* The text in the head of an NPY file. */
#ifndef AANN_DATA_NPY_HEADER_H
#define AANN_DATA_NPY_HEADER_H

#include "data/array.h"

/* Parses text[length], which begins at byte `offset` of its file, into the array's type, order and
 * dimensions. */
aann_status aann_npy_header_parse(const char *text, size_t length, int64_t offset,
                                  aann_array *array, aann_error *error);

#endif
