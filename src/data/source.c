/* A buffered stream over a reader, with the checks that all formats share. */
#include "data/source.h"

#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"

enum { BUFFER_SIZE = 1 << 16, PEEK_SIZE = 1 << 14, FIRST_GROWTH = 1 << 20 };

struct aann_source {
    aann_reader reader;
    const char *note;
    int64_t offset; /* bytes taken */
    size_t begin;   /* buffer[begin..end) is read but not yet taken */
    size_t end;
    bool at_end; /* the reader has no more */
    bool is_live;
    int64_t limit;
    int64_t arrived; /* bytes that the reader gave */
    /* The first failure stays: a reader that has failed has lost its place, and what it gives
     * afterwards is no continuation. AANN_OK: none. */
    aann_error failure;
    uint8_t buffer[BUFFER_SIZE];
};

static void close_reader(aann_reader reader)
{
    if (reader.close != NULL) {
        reader.close(reader.context);
    }
}

aann_status aann_source_create(aann_reader reader, const char *note, aann_source **source,
                               aann_error *error)
{
    aann_source *created = aann_allocate_zeroed(1, sizeof *created);
    if (created == NULL) {
        close_reader(reader);
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a read buffer");
    }
    created->reader = reader;
    created->note = note;
    created->limit = INT64_MAX;
    *source = created;
    return AANN_OK;
}

void aann_source_close(aann_source *source)
{
    if (source != NULL) {
        close_reader(source->reader);
        free(source);
    }
}

void aann_source_set_limit(aann_source *source, int64_t limit)
{
    source->limit = limit;
}

static aann_status count_arrived(aann_source *source, size_t got, aann_error *error)
{
    source->arrived += (int64_t)got;
    if (source->arrived <= source->limit) {
        return AANN_OK;
    }
    return aann_fail(error, AANN_ERROR_FORMAT,
                     "holds more than %lld bytes when decompressed, the limit of one file; if that "
                     "is right, raise it (--data-limit, data_limit of aann_load_options)",
                     (long long)source->limit);
}

const char *aann_source_note(const aann_source *source)
{
    return source->note;
}

/* Reads on until `size` bytes wait in the buffer or the reader has no more. */
static aann_status fill(aann_source *source, size_t size, aann_error *error)
{
    if (source->begin > 0 && source->begin + size > BUFFER_SIZE) {
        memmove(source->buffer, source->buffer + source->begin, source->end - source->begin);
        source->end -= source->begin;
        source->begin = 0;
    }
    if (source->failure.status != AANN_OK) {
        return aann_fail(error, source->failure.status, "%s", source->failure.message);
    }
    if (source->arrived > source->limit) { /* before the limit was set */
        return count_arrived(source, 0, error);
    }
    while (source->end - source->begin < size && !source->at_end) {
        size_t got = 0;
        if (source->is_live && source->end > source->begin) {
            break;
        }
        aann_status status =
            source->reader.read(source->reader.context, source->buffer + source->end,
                                BUFFER_SIZE - source->end, &got, &source->failure);
        if (status == AANN_OK) {
            status = count_arrived(source, got, &source->failure);
        }
        if (status != AANN_OK) {
            source->failure.status = status;
            return aann_fail(error, status, "%s", source->failure.message);
        }
        source->end += got;
        source->at_end = got == 0;
    }
    return AANN_OK;
}

void aann_source_set_live(aann_source *source)
{
    source->is_live = true;
}

aann_status aann_source_read_some(aann_source *source, uint8_t *buffer, size_t size, size_t *got,
                                  aann_error *error)
{
    aann_status status = AANN_OK;
    if (source->begin == source->end) {
        source->begin = 0;
        source->end = 0;
        status = fill(source, 1, error);
    }
    const size_t waiting = source->end - source->begin;
    *got = status == AANN_OK ? (waiting < size ? waiting : size) : 0;
    memcpy(buffer, source->buffer + source->begin, *got);
    source->begin += *got;
    source->offset += (int64_t)*got;
    return status;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

aann_status aann_source_peek(aann_source *source, const uint8_t **bytes, size_t size, size_t *got,
                             aann_error *error)
{
    const aann_status status = fill(source, smaller(size, PEEK_SIZE), error);
    *bytes = source->buffer + source->begin;
    *got = smaller(source->end - source->begin, size);
    return status;
}

aann_status aann_source_read(aann_source *source, uint8_t *buffer, size_t size, size_t *got,
                             aann_error *error)
{
    size_t taken = 0;
    while (taken < size) {
        if (source->begin == source->end) {
            source->begin = 0;
            source->end = 0;
            const aann_status status = fill(source, 1, error);
            if (status != AANN_OK) {
                return status;
            }
            if (source->end == 0) {
                break;
            }
        }
        const size_t step = smaller(size - taken, source->end - source->begin);
        memcpy(buffer + taken, source->buffer + source->begin, step);
        source->begin += step;
        taken += step;
        source->offset += (int64_t)step;
    }
    *got = taken;
    return AANN_OK;
}

aann_status aann_source_read_exactly(aann_source *source, uint8_t *buffer, size_t size,
                                     const char *what, aann_error *error)
{
    size_t got;
    const aann_status status = aann_source_read(source, buffer, size, &got, error);
    if (status != AANN_OK) {
        return status;
    }
    if (got < size) {
        return aann_fail(error, AANN_ERROR_FORMAT,
                         "byte %lld: the file ends inside %s: %zu more bytes expected",
                         (long long)source->offset, what, size - got);
    }
    return AANN_OK;
}

aann_status aann_source_read_growing(aann_source *source, uint64_t size, const char *what,
                                     uint8_t **data, aann_error *error)
{
    uint8_t *block = NULL;
    uint64_t filled = 0;
    do {
        /* Twice the bytes that have arrived, so a false header costs no more memory than the size
         * of its file. */
        uint64_t room = filled == 0 ? FIRST_GROWTH : 2 * filled;
        room = room < size ? room : size;
        uint8_t *larger = room <= SIZE_MAX ? aann_reallocate(block, (size_t)room, 1) : NULL;
        if (larger == NULL) {
            free(block);
            return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for %s: %llu bytes", what,
                             (unsigned long long)room);
        }
        block = larger;
        size_t got;
        const aann_status status =
            aann_source_read(source, block + filled, (size_t)(room - filled), &got, error);
        if (status != AANN_OK) {
            free(block);
            return status;
        }
        if (got < room - filled) {
            free(block);
            return aann_fail(error, AANN_ERROR_FORMAT,
                             "byte %lld: the file ends inside %s: %llu more bytes expected",
                             (long long)source->offset, what,
                             (unsigned long long)(size - filled - got));
        }
        filled = room;
    } while (filled < size);
    *data = block;
    return AANN_OK;
}

aann_status aann_source_expect_end(aann_source *source, const char *what, aann_error *error)
{
    const aann_status status = fill(source, 1, error);
    if (status != AANN_OK) {
        return status;
    }
    if (source->begin != source->end) {
        return aann_fail(error, AANN_ERROR_FORMAT,
                         "byte %lld: unexpected bytes after %s; expected the end of the file",
                         (long long)source->offset, what);
    }
    return AANN_OK;
}

int64_t aann_source_offset(const aann_source *source)
{
    return source->offset;
}
