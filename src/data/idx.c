/* IDX: two zero bytes, a type byte, the number of dimensions; each dimension as 32 bits, big
 * endian; then the elements, big endian, last index fastest. */
#include "data/idx.h"

#include <inttypes.h>

#include "core/error.h"

enum { IDX_MAX_DIMENSIONS = 4 };

static aann_status read_type(uint8_t code, aann_array *array, aann_error *error)
{
    switch (code) {
    case 0x08: array->type = AANN_ELEMENT_UINT8; return AANN_OK;
    case 0x09: array->type = AANN_ELEMENT_INT8; return AANN_OK;
    case 0x0b: array->type = AANN_ELEMENT_INT16; return AANN_OK;
    case 0x0c: array->type = AANN_ELEMENT_INT32; return AANN_OK;
    case 0x0d: array->type = AANN_ELEMENT_FLOAT32; return AANN_OK;
    case 0x0e: array->type = AANN_ELEMENT_FLOAT64; return AANN_OK;
    default: break;
    }
    return aann_fail(
        error, AANN_ERROR_FORMAT,
        "byte 2: the IDX type is 0x%02x; expected 0x08 (bytes), 0x09, 0x0b, 0x0c, 0x0d or 0x0e",
        (unsigned)code);
}

static aann_status read_header(aann_source *source, aann_array *array, aann_error *error)
{
    uint8_t magic[4];
    aann_status status =
        aann_source_read_exactly(source, magic, sizeof magic, "the IDX header", error);
    if (status != AANN_OK) {
        return status;
    }
    if (magic[0] != 0 || magic[1] != 0) {
        return aann_fail(error, AANN_ERROR_FORMAT,
                         "byte 0: the magic number is %02x %02x; an IDX file begins with 00 00",
                         (unsigned)magic[0], (unsigned)magic[1]);
    }
    status = read_type(magic[2], array, error);
    if (status != AANN_OK) {
        return status;
    }
    if (magic[3] < 1 || magic[3] > IDX_MAX_DIMENSIONS) {
        return aann_fail(error, AANN_ERROR_FORMAT, "byte 3: %u dimensions; expected 1 to %d",
                         (unsigned)magic[3], IDX_MAX_DIMENSIONS);
    }
    array->dimension_count = magic[3];
    for (int32_t i = 0; i < array->dimension_count; i++) {
        uint8_t length[4];
        status = aann_source_read_exactly(source, length, sizeof length, "the IDX header", error);
        if (status != AANN_OK) {
            return status;
        }
        array->dimensions[i] = (int64_t)((uint32_t)length[0] << 24 | (uint32_t)length[1] << 16 |
                                         (uint32_t)length[2] << 8 | (uint32_t)length[3]);
    }
    return AANN_OK;
}

aann_status aann_idx_read(aann_source *source, aann_array *array, aann_error *error)
{
    *array = (aann_array){.is_idx = true, .big_endian = true};
    const aann_status status = read_header(source, array, error);
    return status == AANN_OK ? aann_array_read(array, source, error) : status;
}
