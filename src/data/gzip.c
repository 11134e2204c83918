/* A reader that gunzips another source.
 *
 * zlib's gzread is too tolerant for data that must be complete: it ignores bytes after the stream.
 * Here it is an error, with the place in the compressed file, if a stream is cut, its checksum is
 * wrong, or anything but another gzip member follows it. */
#include "data/gzip.h"

#include <stdlib.h>
#include <zlib.h>

#include "core/error.h"
#include "core/memory.h"

enum {
    INPUT_SIZE = 1 << 15,
    WINDOW_BITS = 15,
    GZIP_ONLY = 16 /* added to the window bits: refuse anything but a gzip header */
};

typedef struct gzip_reader {
    aann_source *compressed;
    z_stream stream;
    bool ended; /* the last member is complete */
    uint8_t input[INPUT_SIZE];
} gzip_reader;

static long long compressed_offset(const gzip_reader *reader)
{
    return (long long)aann_source_offset(reader->compressed) - (long long)reader->stream.avail_in;
}

static aann_status refill(gzip_reader *reader, aann_error *error)
{
    size_t got;
    const aann_status status =
        aann_source_read(reader->compressed, reader->input, INPUT_SIZE, &got, error);
    if (status != AANN_OK) {
        return status;
    }
    reader->stream.next_in = reader->input;
    reader->stream.avail_in = (uInt)got;
    return AANN_OK;
}

/* After a member: another one may follow, or nothing. */
static aann_status next_member(gzip_reader *reader, aann_error *error)
{
    if (reader->stream.avail_in == 0) {
        const aann_status status = refill(reader, error);
        if (status != AANN_OK) {
            return status;
        }
    }
    if (reader->stream.avail_in == 0) {
        reader->ended = true;
        return AANN_OK;
    }
    if (reader->stream.next_in[0] != 0x1f) {
        return aann_fail(
            error, AANN_ERROR_FORMAT,
            "byte %lld of the compressed file: unexpected bytes after the gzip stream; expected the "
            "end of the file",
            compressed_offset(reader));
    }
    inflateReset(&reader->stream);
    return AANN_OK;
}

static aann_status read_gzip(void *context, uint8_t *buffer, size_t size, size_t *got,
                             aann_error *error)
{
    gzip_reader *reader = context;
    z_stream *stream = &reader->stream;
    stream->next_out = buffer;
    stream->avail_out = size < INPUT_SIZE ? (uInt)size : INPUT_SIZE;
    const uInt room = stream->avail_out;
    while (!reader->ended && stream->avail_out == room) {
        if (stream->avail_in == 0) {
            const aann_status status = refill(reader, error);
            if (status != AANN_OK) {
                return status;
            }
            if (stream->avail_in == 0) {
                return aann_fail(
                    error, AANN_ERROR_FORMAT,
                    "byte %lld of the compressed file: the file ends inside the gzip stream",
                    compressed_offset(reader));
            }
        }
        const int result = inflate(stream, Z_NO_FLUSH);
        if (result == Z_STREAM_END) {
            const aann_status status = next_member(reader, error);
            if (status != AANN_OK) {
                return status;
            }
        } else if (result != Z_OK) {
            return aann_fail(error, result == Z_MEM_ERROR ? AANN_ERROR_MEMORY : AANN_ERROR_FORMAT,
                             "byte %lld of the compressed file: the gzip stream is damaged (%s)",
                             compressed_offset(reader),
                             stream->msg != NULL ? stream->msg : "no detail");
        }
    }
    *got = room - stream->avail_out;
    return AANN_OK;
}

static void close_gzip(void *context)
{
    gzip_reader *reader = context;
    inflateEnd(&reader->stream);
    aann_source_close(reader->compressed);
    free(reader);
}

aann_status aann_gzip_reader_open(aann_source *compressed, aann_reader *reader, aann_error *error)
{
    gzip_reader *created = aann_allocate_zeroed(1, sizeof *created);
    if (created == NULL || inflateInit2(&created->stream, WINDOW_BITS + GZIP_ONLY) != Z_OK) {
        free(created);
        aann_source_close(compressed);
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for gzip");
    }
    created->compressed = compressed;
    *reader = (aann_reader){read_gzip, close_gzip, created};
    return AANN_OK;
}
