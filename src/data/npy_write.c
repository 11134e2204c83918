/* Writing NPY version 1.0. The header is padded so that the elements begin on a multiple of 64
 * bytes. */
#include "data/npy_write.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "aann/data.h"
#include "core/atomic_file.h"
#include "core/error.h"

enum { PREFIX_SIZE = 10, HEADER_ALIGNMENT = 64 };

size_t aann_npy_header_format(const char *type, const int64_t *dimensions, int32_t dimension_count,
                              uint8_t header[AANN_NPY_HEADER_SIZE])
{
    char shape[128] = "";
    size_t used = 0;
    for (int32_t i = 0; i < dimension_count && used < sizeof shape; i++) {
        /* Python's tuple of one has a comma. */
        used += (size_t)snprintf(shape + used, sizeof shape - used, "%s%" PRId64 "%s",
                                 i > 0 ? ", " : "", dimensions[i], dimension_count == 1 ? "," : "");
    }
    char *text = (char *)header + PREFIX_SIZE;
    const size_t room = AANN_NPY_HEADER_SIZE - PREFIX_SIZE;
    const size_t length = (size_t)snprintf(
        text, room, "{'descr': '%s', 'fortran_order': False, 'shape': (%s), }", type, shape);
    const size_t total =
        (PREFIX_SIZE + length + 1 + HEADER_ALIGNMENT - 1) / HEADER_ALIGNMENT * HEADER_ALIGNMENT;
    memset(text + length, ' ', total - PREFIX_SIZE - length);
    header[total - 1] = '\n';
    memcpy(header, "\x93NUMPY\x01\x00", PREFIX_SIZE - 2);
    header[8] = (uint8_t)((total - PREFIX_SIZE) & 0xff);
    header[9] = (uint8_t)((total - PREFIX_SIZE) >> 8);
    return total;
}

/* Little endian on every machine. */
static aann_status write_int32(aann_atomic_file *file, const int32_t *values, int64_t count,
                               aann_error *error)
{
    enum { VALUES_AT_ONCE = 4096 };
    uint8_t bytes[VALUES_AT_ONCE * 4];
    while (count > 0) {
        const size_t step = count < VALUES_AT_ONCE ? (size_t)count : VALUES_AT_ONCE;
        for (size_t i = 0; i < step; i++) {
            const uint32_t value = (uint32_t)values[i];
            bytes[4 * i] = (uint8_t)value;
            bytes[4 * i + 1] = (uint8_t)(value >> 8);
            bytes[4 * i + 2] = (uint8_t)(value >> 16);
            bytes[4 * i + 3] = (uint8_t)(value >> 24);
        }
        const aann_status status = aann_atomic_file_write(file, bytes, 4 * step, error);
        if (status != AANN_OK) {
            return status;
        }
        values += step;
        count -= (int64_t)step;
    }
    return AANN_OK;
}

aann_status aann_npy_write_int32(const char *path, const int32_t *values, int64_t rows,
                                 int64_t columns, aann_error *error)
{
    if (rows < 0 || columns < 0 || (columns > 0 && rows > INT64_MAX / 4 / columns)) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "%s: %" PRId64 " x %" PRId64 " is no size of a matrix", path, rows,
                         columns);
    }
    aann_atomic_file *file;
    aann_status status = aann_atomic_file_create(path, &file, error);
    if (status != AANN_OK) {
        return status;
    }
    const int64_t dimensions[2] = {rows, columns};
    uint8_t header[AANN_NPY_HEADER_SIZE];
    const size_t header_size = aann_npy_header_format("<i4", dimensions, 2, header);
    status = aann_atomic_file_write(file, header, header_size, error);
    if (status == AANN_OK) {
        status = write_int32(file, values, rows * columns, error);
    }
    if (status != AANN_OK) {
        aann_atomic_file_abandon(file);
        return status;
    }
    return aann_atomic_file_commit(file, error);
}
