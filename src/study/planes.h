/* Whole numbers as few bytes: logits, labels, the bits of floats. */
#ifndef AANN_STUDY_PLANES_H
#define AANN_STUDY_PLANES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aann/status.h"

/* values[count] packed: malloc'ed, *size bytes; *width tells the bytes per value, 2 or 4. NULL for
 * lack of memory. */
uint8_t *aann_planes_pack(const int32_t *values, size_t count, int *width, size_t *size);

/* The opposite. Returns false where the bytes are not `count` values of this width; *status is
 * AANN_ERROR_MEMORY for lack of memory, otherwise AANN_OK. */
bool aann_planes_unpack(const void *packed, size_t size, int width, size_t count, int32_t *values,
                        aann_status *status);

#endif
