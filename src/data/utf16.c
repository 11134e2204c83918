/* Two bytes are a character, or half of one beyond U+FFFF. The byte order mark says in which order
 * the two come; without it the zero bytes of ASCII text do. */
#include "data/utf16.h"

#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"
#include "core/utf8.h"

typedef struct utf16_reader {
    aann_source *text;
    bool big_endian;
    bool begun;
    bool has_unit; /* was read behind half of a character, and is none of it */
    uint32_t unit;
    char waiting[AANN_UTF8_SIZE]; /* of a character: what is not given out yet */
    size_t waiting_size;
} utf16_reader;

static bool is_mark(const uint8_t *bytes, bool *big_endian)
{
    *big_endian = bytes[0] == 0xfe;
    return (bytes[0] == 0xff && bytes[1] == 0xfe) || (bytes[0] == 0xfe && bytes[1] == 0xff);
}

bool aann_utf16_begins(const uint8_t *bytes, size_t size)
{
    bool big_endian;
    if (size >= 2 && is_mark(bytes, &big_endian)) {
        return true;
    }
    /* A zero byte comes first in IDX, too, but never alone. */
    return size >= 4 && ((bytes[0] != 0 && bytes[1] == 0 && bytes[2] != 0 && bytes[3] == 0) ||
                         (bytes[0] == 0 && bytes[1] != 0 && bytes[2] == 0 && bytes[3] != 0));
}

static aann_status read_unit(utf16_reader *reader, uint32_t *unit, bool *at_end, aann_error *error)
{
    uint8_t bytes[2];
    size_t got;
    *at_end = false;
    if (reader->has_unit) {
        *unit = reader->unit;
        reader->has_unit = false;
        return AANN_OK;
    }
    const aann_status status = aann_source_read(reader->text, bytes, 2, &got, error);
    *at_end = status == AANN_OK && got == 0;
    if (status != AANN_OK || *at_end) {
        return status;
    }
    if (got == 1) {
        return aann_fail(error, AANN_ERROR_FORMAT,
                         "byte %lld: the file ends inside a character of UTF-16",
                         (long long)aann_source_offset(reader->text));
    }
    *unit = reader->big_endian ? (uint32_t)bytes[0] << 8 | bytes[1]
                               : (uint32_t)bytes[1] << 8 | bytes[0];
    return AANN_OK;
}

/* Whether the unit is the half of a character whose range of 1,024 begins at `first`. */
static bool is_surrogate(uint32_t unit, uint32_t first)
{
    return unit >= first && unit - first < 0x400;
}

/* The next character into `waiting`; nothing at the end. */
static aann_status read_character(utf16_reader *reader, aann_error *error)
{
    uint32_t high = 0;
    uint32_t low = 0;
    bool at_end;
    aann_status status = read_unit(reader, &high, &at_end, error);
    if (status != AANN_OK || at_end) {
        return status;
    }
    const bool is_first = is_surrogate(high, 0xd800);
    if (is_first) {
        status = read_unit(reader, &low, &at_end, error);
        if (status != AANN_OK) {
            return status;
        }
    }
    if (is_first && !at_end && is_surrogate(low, 0xdc00)) {
        high = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
    } else if (is_first || is_surrogate(high, 0xdc00)) {
        /* Half a character alone; what follows it stands for itself. */
        reader->has_unit = is_first && !at_end;
        reader->unit = low;
        high = 0xfffd;
    }
    reader->waiting_size = aann_utf8_encode(high, reader->waiting);
    return AANN_OK;
}

static aann_status begin(utf16_reader *reader, aann_error *error)
{
    const uint8_t *bytes;
    size_t got;
    aann_status status = aann_source_peek(reader->text, &bytes, 2, &got, error);
    reader->begun = true;
    if (status != AANN_OK || got < 2) {
        return status;
    }
    uint8_t mark[2];
    if (is_mark(bytes, &reader->big_endian)) {
        return aann_source_read(reader->text, mark, 2, &got, error);
    }
    reader->big_endian = bytes[0] == 0;
    return AANN_OK;
}

/* As much of the character as fits; nothing given would mean the end of the text. */
static size_t give_waiting(utf16_reader *reader, uint8_t *buffer, size_t room)
{
    const size_t size = reader->waiting_size < room ? reader->waiting_size : room;
    memcpy(buffer, reader->waiting, size);
    memmove(reader->waiting, reader->waiting + size, reader->waiting_size - size);
    reader->waiting_size -= size;
    return size;
}

static aann_status read_text(void *context, uint8_t *buffer, size_t size, size_t *got,
                             aann_error *error)
{
    utf16_reader *reader = context;
    aann_status status = reader->begun ? AANN_OK : begin(reader, error);
    *got = 0;
    while (status == AANN_OK && *got < size) {
        if (reader->waiting_size == 0) {
            status = read_character(reader, error);
        }
        if (status != AANN_OK || reader->waiting_size == 0) {
            break;
        }
        *got += give_waiting(reader, buffer + *got, size - *got);
    }
    return status;
}

static void close_text(void *context)
{
    utf16_reader *reader = context;
    aann_source_close(reader->text);
    free(reader);
}

aann_status aann_utf16_reader_open(aann_source *text, aann_reader *reader, aann_error *error)
{
    utf16_reader *created = aann_allocate_zeroed(1, sizeof *created);
    if (created == NULL) {
        aann_source_close(text);
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a text in UTF-16");
    }
    created->text = text;
    *reader = (aann_reader){read_text, close_text, created};
    return AANN_OK;
}
