/* Rows of 64 values held in registers, with the compiler's portable vector extension.
 *
 * Loops over many taps have to keep their accumulators in registers across iterations, which the automatic
 * vectoriser does not do. Only operators are used, so the same source serves every instruction set. */
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

enum {
    AANN_VECTOR_WORDS = AANN_VECTOR_BYTES / 2,
    AANN_ROW_VECTORS = AANN_ROW_WORDS / AANN_VECTOR_WORDS, /* vectors in a row of activations */
    AANN_BLOCK_VECTORS = AANN_BLOCK / AANN_VECTOR_WORDS    /* vectors in a row of 16-bit values */
};

/* Words of two activations, and 16-bit lanes. */
typedef uint16_t aann_vector __attribute__((vector_size(AANN_VECTOR_BYTES)));
typedef int16_t aann_signed_vector __attribute__((vector_size(AANN_VECTOR_BYTES)));

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

static inline aann_signed_vector aann_vector_load_signed(const void *from)
{
    aann_signed_vector value;
    memcpy(&value, from, sizeof value);
    return value;
}

static inline void aann_vector_store_signed(void *to, aann_signed_vector value)
{
    memcpy(to, &value, sizeof value);
}

/* The element loops become one instruction each. */
static inline aann_signed_vector aann_vector_larger(aann_signed_vector a, aann_signed_vector b)
{
    aann_signed_vector result = a;
    for (int32_t i = 0; i < AANN_VECTOR_WORDS; i++) {
        result[i] = a[i] > b[i] ? a[i] : b[i];
    }
    return result;
}

static inline aann_signed_vector aann_vector_smaller(aann_signed_vector a, aann_signed_vector b)
{
    aann_signed_vector result = a;
    for (int32_t i = 0; i < AANN_VECTOR_WORDS; i++) {
        result[i] = a[i] < b[i] ? a[i] : b[i];
    }
    return result;
}

/* HardTanh of sums. */
static inline aann_signed_vector aann_vector_activate(aann_signed_vector sum, int32_t shift)
{
    const aann_signed_vector zero = {0};
    return aann_vector_smaller(aann_vector_larger(sum >> (int16_t)shift, zero - 127), zero + 127);
}

/* The low lanes of a row of activations as stored, and the high ones: 0..254. */
static inline aann_signed_vector aann_vector_low(aann_vector row)
{
    return (aann_signed_vector)(row & 255);
}

static inline aann_signed_vector aann_vector_high(aann_vector row)
{
    return (aann_signed_vector)(row >> 8);
}

#endif
