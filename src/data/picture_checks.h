/* What PNG and JPEG pictures have in common: pixels, the largest size, and the way they are to be held. */
#ifndef AANN_DATA_PICTURE_CHECKS_H
#define AANN_DATA_PICTURE_CHECKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aann/status.h"

typedef struct aann_pixels {
    int32_t width, height;
    bool has_colours;
    uint8_t *bytes; /* [height][width], or with colours [height][width][3] */
} aann_pixels;

aann_status aann_picture_check_size(uint32_t width, uint32_t height, int64_t limit,
                                    aann_error *error);

/* Fails where EXIF data[size], which begin with their byte order, say that whoever shows the picture
 * turns or mirrors it: its pixels do not stand as people see them. Other data pass. */
aann_status aann_picture_check_orientation(const uint8_t *data, size_t size, aann_error *error);

#endif
