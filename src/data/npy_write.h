/* What the NPY and the NPZ writer share. */
#ifndef AANN_DATA_NPY_WRITE_H
#define AANN_DATA_NPY_WRITE_H

#include <stddef.h>
#include <stdint.h>

enum { AANN_NPY_HEADER_SIZE = 256 }; /* more than any header of up to 4 dimensions needs */

/* The head of an NPY file of version 1.0, C order: `type` as numpy writes it ("<i4"). Returns its
 * size. */
size_t aann_npy_header_format(const char *type, const int64_t *dimensions, int32_t dimension_count,
                              uint8_t header[AANN_NPY_HEADER_SIZE]);

#endif
