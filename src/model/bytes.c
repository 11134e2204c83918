/* Fields byte by byte, so that they are the same on every machine. */
#include "model/bytes.h"

#include <string.h>

#include "core/memory.h"

/* ---- writing --------------------------------------------------------------------------------- */

void aann_write_bytes(aann_byte_writer *to, const void *bytes, size_t size)
{
    uint8_t *grown = to->failed ? NULL : aann_grow(to->bytes, &to->capacity, to->size, size);
    if (grown == NULL) {
        to->failed = true;
        return;
    }
    to->bytes = grown;
    if (size > 0) {
        memcpy(to->bytes + to->size, bytes, size);
    }
    to->size += size;
}

static void write_word(aann_byte_writer *to, uint64_t value, size_t size)
{
    uint8_t bytes[sizeof value];
    for (size_t i = 0; i < size; i++) {
        bytes[i] = (uint8_t)(value >> 8 * i);
    }
    aann_write_bytes(to, bytes, size);
}

void aann_write_u32(aann_byte_writer *to, uint32_t value)
{
    write_word(to, value, sizeof value);
}

void aann_write_u64(aann_byte_writer *to, uint64_t value)
{
    write_word(to, value, sizeof value);
}

void aann_write_f32(aann_byte_writer *to, float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    aann_write_u32(to, bits);
}

void aann_write_f64(aann_byte_writer *to, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    aann_write_u64(to, bits);
}

/* ---- reading --------------------------------------------------------------------------------- */

const uint8_t *aann_take_bytes(aann_byte_reader *from, size_t size)
{
    if (from->failed || size > from->left) {
        from->failed = true;
        return NULL;
    }
    const uint8_t *bytes = from->bytes;
    from->bytes += size;
    from->left -= size;
    return bytes;
}

static uint64_t take_word(aann_byte_reader *from, size_t size)
{
    const uint8_t *bytes = aann_take_bytes(from, size);
    uint64_t value = 0;
    for (size_t i = 0; bytes != NULL && i < size; i++) {
        value |= (uint64_t)bytes[i] << 8 * i;
    }
    return value;
}

uint32_t aann_take_u32(aann_byte_reader *from)
{
    return (uint32_t)take_word(from, sizeof(uint32_t));
}

uint64_t aann_take_u64(aann_byte_reader *from)
{
    return take_word(from, sizeof(uint64_t));
}

float aann_take_f32(aann_byte_reader *from)
{
    const uint32_t bits = aann_take_u32(from);
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

double aann_take_f64(aann_byte_reader *from)
{
    const uint64_t bits = aann_take_u64(from);
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}
