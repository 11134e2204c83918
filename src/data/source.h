/* A stream of bytes to parse, whatever its source.
 *
 * Every reader of a file format gets its bytes here, so that the same rules hold for all of them:
 * nothing is allocated because a header says so (memory grows as bytes arrive), every message names
 * the byte where the file goes wrong, and plain and compressed files are read in the same way. */
#ifndef AANN_DATA_SOURCE_H
#define AANN_DATA_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aann/status.h"

/* Where the bytes come from: fills buffer[size] with at most `size` bytes and sets *got; 0 means
 * the end. */
typedef struct aann_reader {
    aann_status (*read)(void *context, uint8_t *buffer, size_t size, size_t *got,
                        aann_error *error);
    void (*close)(void *context); /* NULL: nothing to close */
    void *context;
} aann_reader;

typedef struct aann_source aann_source;

/* Takes over the reader: closes it with the source, and at once if this fails. `note` is a
 * constant; see aann_source_note. */
aann_status aann_source_create(aann_reader reader, const char *note, aann_source **source,
                               aann_error *error);

void aann_source_close(aann_source *source);

/* The most bytes that may arrive, after decompression: a small compressed file can hold enormous
 * data. No limit until this is called. */
void aann_source_set_limit(aann_source *source, int64_t limit);

/* The suffix of the file's name in messages: " (gunzipped)" if offsets count decompressed bytes,
 * else "". */
const char *aann_source_note(const aann_source *source);

/* Looks at the next bytes without taking them: at most `size` (and at most 16,384), fewer only at the
 * end. */
aann_status aann_source_peek(aann_source *source, const uint8_t **bytes, size_t size, size_t *got,
                             aann_error *error);

/* Takes the next `size` bytes; *got is smaller only at the end. */
aann_status aann_source_read(aann_source *source, uint8_t *buffer, size_t size, size_t *got,
                             aann_error *error);

/* Takes what there is, at most `size` bytes, and waits only if there is nothing; *got is 0 at the
 * end. */
aann_status aann_source_read_some(aann_source *source, uint8_t *buffer, size_t size, size_t *got,
                                  aann_error *error);

/* A stream that may pause: a look at the next bytes then finds those that have come, one at
 * least. */
void aann_source_set_live(aann_source *source);

/* Takes exactly `size` bytes or fails with "byte N: the file ends inside WHAT ...". */
aann_status aann_source_read_exactly(aann_source *source, uint8_t *buffer, size_t size,
                                     const char *what, aann_error *error);

/* The same into new memory, *data[size], that grows as the bytes arrive. */
aann_status aann_source_read_growing(aann_source *source, uint64_t size, const char *what,
                                     uint8_t **data, aann_error *error);

/* Fails with "byte N: ... after WHAT" if anything is left. */
aann_status aann_source_expect_end(aann_source *source, const char *what, aann_error *error);

/* How many bytes were taken so far. */
int64_t aann_source_offset(const aann_source *source);

#endif
