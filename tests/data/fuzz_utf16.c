/* Any bytes as text in UTF-16: what comes out is UTF-8, and the same however many bytes are asked for at
 * a time. */
#include "core/utf8.h"
#include "data/utf16.h"
#include "fuzz_data.h"

enum { TEXT_LIMIT = 1 << 16 };

/* Reads all of it, `step` bytes at a time, into text[TEXT_LIMIT]; false if it ends within a
 * character. */
static bool read_all(const uint8_t *bytes, size_t size, size_t step, char *text, size_t *length)
{
    fuzz_memory memory = {bytes, size};
    aann_error error = {0};
    aann_reader reader;
    aann_source *packed = fuzz_source(&memory);
    fuzz_require(packed != NULL);
    fuzz_require(aann_utf16_reader_open(packed, &reader, &error) == AANN_OK);
    aann_status status = AANN_OK;
    size_t got = step;
    *length = 0;
    while (status == AANN_OK && got > 0 && *length + step <= TEXT_LIMIT) {
        status = reader.read(reader.context, (uint8_t *)text + *length, step, &got, &error);
        fuzz_check_error(status, &error);
        fuzz_require(status != AANN_OK || got <= step);
        *length += status == AANN_OK ? got : 0;
    }
    reader.close(reader.context);
    return status == AANN_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static char one[TEXT_LIMIT];
    static char many[TEXT_LIMIT];
    size_t first;
    size_t second;
    if (size > TEXT_LIMIT / 4) {
        return 0;
    }
    if (read_all(bytes, size, 1, one, &first)) {
        fuzz_require(read_all(bytes, size, 1024, many, &second) && first == second);
        fuzz_require(memcmp(one, many, first) == 0 && aann_utf8_is_valid(one, first));
        /* Two bytes are a character or half of one: none is lost. */
        size_t characters = 0;
        for (size_t i = 0; i < first; i++) {
            characters += ((uint8_t)one[i] & 0xc0) != 0x80 ? 1 : 0;
        }
        fuzz_require(2 * characters <= size && 4 * characters + 4 >= size);
    }
    return 0;
}
