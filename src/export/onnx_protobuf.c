/* Fields of protocol buffers. */
#include "export/onnx_protobuf.h"

#include <stdlib.h>
#include <string.h>

#include "core/utf8.h"

/* How a value is stored: the low three bits of a tag. */
enum { KIND_VARIABLE = 0, KIND_BYTES = 2, KIND_BITS = 3 };

/* 64 bits in groups of 7. */
enum { GROUP_BITS = 7, LONGEST_NUMBER = 10 };

static size_t split_number(uint64_t value, uint8_t bytes[LONGEST_NUMBER])
{
    size_t count = 0;
    while (value >> GROUP_BITS != 0) {
        bytes[count++] = (uint8_t)(value | 1U << GROUP_BITS);
        value >>= GROUP_BITS;
    }
    bytes[count++] = (uint8_t)value;
    return count;
}

static void write_number(aann_byte_writer *to, uint64_t value)
{
    uint8_t bytes[LONGEST_NUMBER];
    const size_t count = split_number(value, bytes);
    aann_write_bytes(to, bytes, count);
}

void aann_protobuf_integer(aann_byte_writer *to, uint32_t field, int64_t value)
{
    write_number(to, field << KIND_BITS | KIND_VARIABLE);
    write_number(to, (uint64_t)value); /* a negative one takes all 10 bytes */
}

void aann_protobuf_bytes_head(aann_byte_writer *to, uint32_t field, uint64_t size)
{
    write_number(to, field << KIND_BITS | KIND_BYTES);
    write_number(to, size);
}

size_t aann_protobuf_bytes_head_size(uint32_t field, uint64_t size)
{
    uint8_t bytes[LONGEST_NUMBER];
    return split_number(field << KIND_BITS | KIND_BYTES, bytes) + split_number(size, bytes);
}

/* The length of the character that text[length] begins with; 0 if it begins with none. */
static size_t character_length(const char *text, size_t length)
{
    for (size_t size = 1; size <= AANN_UTF8_SIZE && size <= length; size++) {
        if (aann_utf8_is_valid(text, size)) {
            return size;
        }
    }
    return 0;
}

static void write_repaired(aann_byte_writer *to, const char *text, size_t length)
{
    static const char replacement[] = "\xEF\xBF\xBD";
    while (length > 0) {
        const size_t size = character_length(text, length);
        const size_t taken = size > 0 ? size : 1;
        aann_write_bytes(to, size > 0 ? text : replacement, size > 0 ? size : 3);
        text += taken;
        length -= taken;
    }
}

void aann_protobuf_text(aann_byte_writer *to, uint32_t field, const char *text)
{
    const size_t length = strlen(text);
    if (!aann_utf8_is_valid(text, length)) {
        aann_byte_writer repaired = {0};
        write_repaired(&repaired, text, length);
        aann_protobuf_message(to, field, &repaired);
        return;
    }
    aann_protobuf_bytes_head(to, field, length);
    aann_write_bytes(to, text, length);
}

void aann_protobuf_message(aann_byte_writer *to, uint32_t field, aann_byte_writer *inner)
{
    aann_protobuf_bytes_head(to, field, inner->size);
    aann_write_bytes(to, inner->bytes, inner->size);
    to->failed = to->failed || inner->failed;
    free(inner->bytes);
    *inner = (aann_byte_writer){0};
}
