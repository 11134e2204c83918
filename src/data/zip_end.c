/* The end of a zip archive. libarchive searches for the last record near the end of the file, and
 * accepts bytes after it, or another record if the archive was cut. This check is stricter: the
 * record (22 bytes and a comment whose length it holds) must end with the file. */
#include "data/zip_end.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "core/error.h"
#include "core/memory.h"

enum {
    RECORD_SIZE = 22,
    COMMENT_LIMIT = 65535,
    TAIL_SIZE = RECORD_SIZE + COMMENT_LIMIT,
    ENTRIES_ELSEWHERE = 65535
};

static aann_status read_tail(FILE *file, uint8_t *tail, size_t *size, aann_error *error)
{
    if (fseeko(file, 0, SEEK_END) != 0) {
        return aann_fail(error, AANN_ERROR_IO,
                         "an NPZ file must be a file that can be read from its end: %s",
                         strerror(errno));
    }
    const off_t length = ftello(file);
    const off_t start = length > TAIL_SIZE ? length - TAIL_SIZE : 0;
    if (length < 0 || fseeko(file, start, SEEK_SET) != 0) {
        return aann_fail(error, AANN_ERROR_IO, "cannot read: %s", strerror(errno));
    }
    *size = fread(tail, 1, TAIL_SIZE, file);
    if (ferror(file)) {
        return aann_fail(error, AANN_ERROR_IO, "cannot read: %s", strerror(errno));
    }
    return AANN_OK;
}

static bool ends_with_record(const uint8_t *tail, size_t size, int64_t *entries)
{
    for (size_t back = RECORD_SIZE; back <= size; back++) {
        const uint8_t *record = tail + size - back;
        const size_t comment = (size_t)record[20] | (size_t)record[21] << 8;
        if (memcmp(record, "PK\5\6", 4) == 0 && comment == back - RECORD_SIZE) {
            *entries = (int64_t)record[10] | (int64_t)record[11] << 8;
            *entries = *entries < ENTRIES_ELSEWHERE ? *entries : -1;
            return true;
        }
    }
    return false;
}

aann_status aann_zip_check_end(const char *path, int64_t *entries, aann_error *error)
{
    FILE *file = fopen(path, "rbe");
    uint8_t *tail = aann_allocate(TAIL_SIZE, 1);
    size_t size = 0;
    aann_status status;
    if (file == NULL) {
        status = aann_fail(error, AANN_ERROR_IO, "cannot open: %s", strerror(errno));
    } else if (tail == NULL) {
        status = aann_fail(error, AANN_ERROR_MEMORY, "out of memory");
    } else {
        status = read_tail(file, tail, &size, error);
    }
    if (status == AANN_OK && !ends_with_record(tail, size, entries)) {
        status = aann_fail(
            error, AANN_ERROR_FORMAT,
            "the zip archive is cut or has bytes after its end; expected its last record to end with "
            "the file");
    }
    free(tail);
    if (file != NULL) {
        fclose(file);
    }
    return status;
}
