/* A fuzzer's bytes as a source of choices, and of the numbers that programs trip over. */
#ifndef AANN_TESTS_SUPPORT_FUZZ_BYTES_H
#define AANN_TESTS_SUPPORT_FUZZ_BYTES_H

#include <stddef.h>
#include <stdint.h>

#include "core/hash64.h"

typedef struct structure_bytes {
    const uint8_t *at;
    const uint8_t *end;
} structure_bytes;

static inline uint8_t next_byte(structure_bytes *from)
{
    return from->at < from->end ? *from->at++ : 0;
}

static inline uint64_t next_word(structure_bytes *from)
{
    uint64_t word = 0;
    for (int i = 0; i < 8; i++) {
        word = word << 8 | next_byte(from);
    }
    return word;
}

static inline int64_t odd_integer(structure_bytes *from)
{
    static const int64_t odd[] = {
        0,         1,         2,         3,       4,         7,
        8,         16,        40,        63,      64,        255,
        256,       65535,     65536,     1000000, INT32_MAX, (int64_t)INT32_MAX + 1,
        1LL << 40, 1LL << 62, INT64_MAX, -1,      INT32_MIN, INT64_MIN};
    const uint8_t choice = next_byte(from);
    return choice < sizeof odd / sizeof odd[0] ? odd[choice]
           : choice < 128                      ? (int64_t)next_word(from)
                                               : (int64_t)choice - 128;
}

static inline double odd_real(structure_bytes *from)
{
    static const double odd[] = {0.0,   1.0,    -1.0, 0.5,  0.1,       2.0, 100.0, 1e-300,
                                 1e300, -1e300, 1e9,  1e18, 1.0 / 0.0, 3.0, 64.0,  0.999999};
    return odd[next_byte(from) % (sizeof odd / sizeof odd[0])];
}

/* Makes the check sum right that a saved state ends in. */
static inline void make_check_sum(uint8_t *state, size_t size)
{
    const uint64_t hash = size >= 8 ? aann_hash64(state, size - 8) : 0;
    for (size_t i = 0; size >= 8 && i < 8; i++) {
        state[size - 8 + i] = (uint8_t)(hash >> 8 * i);
    }
}

#endif
