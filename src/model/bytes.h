/* Little-endian fields: appended to memory that grows, and taken from memory that ends. */
#ifndef AANN_MODEL_BYTES_H
#define AANN_MODEL_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes to be written; `failed` once memory ran out, and then nothing more is appended. */
typedef struct aann_byte_writer {
    uint8_t *bytes;
    size_t size;
    size_t capacity;
    bool failed;
} aann_byte_writer;

void aann_write_bytes(aann_byte_writer *to, const void *bytes, size_t size);
void aann_write_u32(aann_byte_writer *to, uint32_t value);
void aann_write_u64(aann_byte_writer *to, uint64_t value);
void aann_write_f32(aann_byte_writer *to, float value);
void aann_write_f64(aann_byte_writer *to, double value);

/* Bytes to be read; `failed` once more was asked for than there is, and then everything is 0. */
typedef struct aann_byte_reader {
    const uint8_t *bytes;
    size_t left;
    bool failed;
} aann_byte_reader;

/* The next `size` bytes in place; NULL if there are not so many. */
const uint8_t *aann_take_bytes(aann_byte_reader *from, size_t size);
uint32_t aann_take_u32(aann_byte_reader *from);
uint64_t aann_take_u64(aann_byte_reader *from);
float aann_take_f32(aann_byte_reader *from);
double aann_take_f64(aann_byte_reader *from);

#endif
