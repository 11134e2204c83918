/* NPY: the magic bytes, a version, the length of the header (two bytes in version 1, four in 2 and
 * 3, little endian), the header, then the elements. Version 3 differs from 2 in the header's
 * character set only. */
#include "data/npy.h"

#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "data/npy_header.h"

enum { HEADER_LIMIT = 1 << 20 };

static aann_status read_prefix(aann_source *source, uint32_t *header_length, aann_error *error)
{
    uint8_t prefix[8];
    uint8_t length[4] = {0, 0, 0, 0};
    aann_status status =
        aann_source_read_exactly(source, prefix, sizeof prefix, "the NPY header", error);
    if (status != AANN_OK) {
        return status;
    }
    if (memcmp(prefix, "\x93NUMPY", 6) != 0) {
        return aann_fail(error, AANN_ERROR_FORMAT,
                         "byte 0: the magic bytes are not those of an NPY file (93 NUMPY)");
    }
    if (prefix[6] < 1 || prefix[6] > 3 || prefix[7] != 0) {
        return aann_fail(error, AANN_ERROR_FORMAT,
                         "byte 6: NPY version %u.%u; expected 1.0, 2.0 or 3.0", (unsigned)prefix[6],
                         (unsigned)prefix[7]);
    }
    status =
        aann_source_read_exactly(source, length, prefix[6] == 1 ? 2 : 4, "the NPY header", error);
    if (status != AANN_OK) {
        return status;
    }
    *header_length = (uint32_t)length[0] | (uint32_t)length[1] << 8 | (uint32_t)length[2] << 16 |
                     (uint32_t)length[3] << 24;
    if (*header_length > HEADER_LIMIT) {
        return aann_fail(error, AANN_ERROR_FORMAT,
                         "byte 8: the NPY header claims %lu bytes; expected at most %d",
                         (unsigned long)*header_length, HEADER_LIMIT);
    }
    return AANN_OK;
}

static aann_status read_header(aann_source *source, aann_array *array, aann_error *error)
{
    uint32_t length = 0;
    aann_status status = read_prefix(source, &length, error);
    if (status != AANN_OK) {
        return status;
    }
    const int64_t offset = aann_source_offset(source);
    uint8_t *text;
    status = aann_source_read_growing(source, length, "the NPY header", &text, error);
    if (status == AANN_OK) {
        status = aann_npy_header_parse((const char *)text, length, offset, array, error);
        free(text);
    }
    return status;
}

aann_status aann_npy_read(aann_source *source, aann_array *array, aann_error *error)
{
    *array = (aann_array){0};
    const aann_status status = read_header(source, array, error);
    return status == AANN_OK ? aann_array_read(array, source, error) : status;
}
