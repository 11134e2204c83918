/* Rows of 64 values held in registers, with the compiler's portable vector extension.
 *
 * Loops over many taps have to keep their accumulators in registers across iterations, which the
 * automatic vectoriser does not do. Only +, -, &, >> and << are used, so the same source serves every instruction
 * set. */
#ifndef AANN_ENGINE_KERNELS_VECTORS_H
#define AANN_ENGINE_KERNELS_VECTORS_H

#include <stdint.h>
#include <string.h>

#include "engine/kernels/kernels.h"

#if defined(__AVX512BW__)
enum { AANN_VECTOR_BYTES = 64 };
#elif defined(__AVX2__)
enum { AANN_VECTOR_BYTES = 32 };
#else
enum { AANN_VECTOR_BYTES = 16 };
#endif

typedef uint16_t aann_vector __attribute__((vector_size(AANN_VECTOR_BYTES)));

enum {
    AANN_VECTOR_WORDS = AANN_VECTOR_BYTES / 2,
    AANN_ROW_VECTORS = AANN_ROW_WORDS / AANN_VECTOR_WORDS, /* vectors in a row of activations */
    AANN_BLOCK_VECTORS = AANN_BLOCK / AANN_VECTOR_WORDS    /* vectors in a row of 16-bit values */
};

static inline aann_vector aann_vector_load(const void *from)
{
    aann_vector value;
    memcpy(&value, from, sizeof value);
    return value;
}

static inline void aann_vector_store(void *to, aann_vector value)
{
    memcpy(to, &value, sizeof value);
}

#endif
