/* Opening a file as a stream of bytes, however it is packed: one layer after the other is taken off,
 * so that a gzip file in a zip archive is read as well. */
#include "data/source_open.h"

#include "core/error.h"
#include "data/file_reader.h"
#include "data/gzip.h"
#include "data/unpack.h"
#include "data/utf16.h"

enum { LAYER_LIMIT = 4, LOOK_AT = 512 };

/* What is inside of the next layer; *source is replaced, or closed if that fails. */
static aann_status unwrap(aann_source **source, bool *unwrapped, aann_error *error)
{
    const uint8_t *start;
    size_t got;
    aann_reader reader;
    const char *note = " (unpacked)";
    aann_status status = aann_source_peek(*source, &start, LOOK_AT, &got, error);
    *unwrapped = false;
    if (status != AANN_OK) {
        aann_source_close(*source);
        return status;
    }
    const aann_packing packing = aann_packing_of(start, got);
    if (packing == AANN_PACKING_GZIP) {
        note = " (gunzipped)";
        status = aann_gzip_reader_open(*source, &reader, error);
    } else if (packing != AANN_PACKING_NONE) {
        status = aann_unpack_reader_open(*source, packing, &reader, error);
    } else if (aann_utf16_begins(start, got)) {
        note = " (as UTF-8)";
        status = aann_utf16_reader_open(*source, &reader, error);
    } else {
        return AANN_OK;
    }
    *unwrapped = true;
    return status == AANN_OK ? aann_source_create(reader, note, source, error) : status;
}

aann_status aann_source_unpack(aann_source **source, aann_error *error)
{
    aann_status status = AANN_OK;
    bool unwrapped = true;
    for (int layer = 0; unwrapped && status == AANN_OK; layer++) {
        if (layer > LAYER_LIMIT) {
            aann_source_close(*source);
            return aann_fail(error, AANN_ERROR_FORMAT, "is packed more than %d times", LAYER_LIMIT);
        }
        status = unwrap(source, &unwrapped, error);
    }
    return status;
}

aann_status aann_source_open(const char *path, aann_source **source, aann_error *error)
{
    aann_reader reader;
    aann_source *opened;
    aann_status status = aann_file_reader_open(path, &reader, error);
    if (status == AANN_OK) {
        status = aann_source_create(reader, "", &opened, error);
    }
    if (status == AANN_OK) {
        status = aann_source_unpack(&opened, error);
    }
    if (status == AANN_OK) {
        *source = opened;
    }
    return status;
}
