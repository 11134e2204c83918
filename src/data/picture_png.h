/* A PNG file as pixels. */
#ifndef AANN_DATA_PICTURE_PNG_H
#define AANN_DATA_PICTURE_PNG_H

#include <stdio.h>

#include "data/picture_checks.h"

/* As aann_picture_decode, from a file that begins as PNG does. */
aann_status aann_png_decode(FILE *file, bool colours, int64_t limit, aann_pixels *pixels,
                            aann_error *error);

#endif
