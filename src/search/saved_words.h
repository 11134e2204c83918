/* The words of a saved state: 64 bits each, little-endian on every machine, written and read one
 * after the other. */
#ifndef AANN_SEARCH_SAVED_WORDS_H
#define AANN_SEARCH_SAVED_WORDS_H

#include <stdint.h>
#include <string.h>

/* Each advances the pointer by eight bytes. */
static inline void aann_save_word(uint8_t **to, uint64_t value)
{
    for (int32_t i = 0; i < 8; i++) {
        *(*to)++ = (uint8_t)(value >> (8 * i));
    }
}

static inline uint64_t aann_load_word(const uint8_t **from)
{
    uint64_t value = 0;
    for (int32_t i = 0; i < 8; i++) {
        value |= (uint64_t) * (*from)++ << (8 * i);
    }
    return value;
}

static inline void aann_save_real(uint8_t **to, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    aann_save_word(to, bits);
}

static inline double aann_load_real(const uint8_t **from)
{
    const uint64_t bits = aann_load_word(from);
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

#endif
