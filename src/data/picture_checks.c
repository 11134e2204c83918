/* EXIF data are a TIFF file: a byte order, the place of a directory, and its entries of 12 bytes. */
#include "data/picture_checks.h"

#include <stdbool.h>
#include <string.h>

#include "core/error.h"

aann_status aann_picture_check_size(uint32_t width, uint32_t height, int64_t limit,
                                    aann_error *error)
{
    enum { SIDE_LIMIT = 1 << 15, CHANNELS = 3 };
    const bool good = width > 0 && height > 0 && width <= SIDE_LIMIT && height <= SIDE_LIMIT &&
                      (int64_t)width * height * CHANNELS <= limit;
    return good ? AANN_OK
                : aann_fail(error, AANN_ERROR_FORMAT,
                            "a picture of %u x %u is larger than the limit (--data-limit)",
                            (unsigned)width, (unsigned)height);
}

static uint32_t number_at(const uint8_t *data, size_t bytes, bool big_endian)
{
    uint32_t number = 0;
    for (size_t i = 0; i < bytes; i++) {
        number = number << 8 | data[big_endian ? i : bytes - 1 - i];
    }
    return number;
}

/* 1: as it is, 2 to 8: mirrored or turned; 0: the data do not say. */
static uint32_t find_orientation(const uint8_t *data, size_t size)
{
    enum { HEAD = 8, ENTRY = 12, TAG = 0x0112, VALUE_AT = 8 };
    if (size < HEAD || (memcmp(data, "II*\0", 4) != 0 && memcmp(data, "MM\0*", 4) != 0)) {
        return 0;
    }
    const bool big_endian = data[0] == 'M';
    const size_t directory = number_at(data + 4, 4, big_endian);
    if (directory > size - 2) {
        return 0;
    }
    const size_t entries = number_at(data + directory, 2, big_endian);
    const uint8_t *entry = data + directory + 2;
    for (size_t i = 0; i < entries && (size_t)(data + size - entry) >= ENTRY; i++) {
        if (number_at(entry, 2, big_endian) == TAG) {
            return number_at(entry + VALUE_AT, 2, big_endian);
        }
        entry += ENTRY;
    }
    return 0;
}

aann_status aann_picture_check_orientation(const uint8_t *data, size_t size, aann_error *error)
{
    const uint32_t orientation = find_orientation(data, size);
    return orientation < 2 || orientation > 8
               ? AANN_OK
               : aann_fail(error, AANN_ERROR_FORMAT,
                           "is stored turned or mirrored (its EXIF orientation is %u, expected 1); "
                           "turn the pixels themselves, for example: mogrify -auto-orient FILE",
                           (unsigned)orientation);
}
