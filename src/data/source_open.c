/* Opening a file as a stream of bytes, whether it is compressed or not. */
#include "data/source_open.h"

#include "data/file_reader.h"
#include "data/gzip.h"

aann_status aann_source_open(const char *path, aann_source **source, aann_error *error)
{
    aann_reader reader;
    aann_status status = aann_file_reader_open(path, &reader, error);
    if (status != AANN_OK) {
        return status;
    }
    aann_source *file;
    status = aann_source_create(reader, "", &file, error);
    if (status != AANN_OK) {
        return status;
    }
    const uint8_t *start;
    size_t got;
    status = aann_source_peek(file, &start, 2, &got, error);
    if (status != AANN_OK) {
        aann_source_close(file);
        return status;
    }
    if (got < 2 || start[0] != 0x1f || start[1] != 0x8b) {
        *source = file;
        return AANN_OK;
    }
    status = aann_gzip_reader_open(file, &reader, error);
    if (status == AANN_OK) {
        status = aann_source_create(reader, " (gunzipped)", source, error);
    }
    return status;
}
