/* One PNG or JPEG file as pixels. */
#ifndef AANN_DATA_PICTURE_FILE_H
#define AANN_DATA_PICTURE_FILE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "aann/status.h"
#include "data/picture_checks.h"

/* Decodes the file; `limit` bounds the bytes of its pixels. With `colours`, grey pictures get three
 * equal channels. Free bytes with free(). */
aann_status aann_picture_read(const char *path, bool colours, int64_t limit, aann_pixels *pixels,
                              aann_error *error);

/* The same from an open file, at its beginning, which can be rewound. */
aann_status aann_picture_decode(FILE *file, bool colours, int64_t limit, aann_pixels *pixels,
                                aann_error *error);

/* The name of its format if the file begins as a picture does, else NULL. *can_read: as one of those
 * that are decoded. */
const char *aann_picture_format(const char *path, bool *can_read);

#endif
