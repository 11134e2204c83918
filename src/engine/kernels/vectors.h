/* Rows of 64 values held in registers, with the compiler's portable vector extension.
 *
 * Loops over many taps have to keep their accumulators in registers across iterations, which the
 * automatic vectoriser does not do. Only operators are used, so the same source serves every
 * instruction set.
 *
 * There are two widths of the lanes, named as the sums they hold: narrow (16 bits) and wide (32
 * bits). A *slice* of a row is as many words of two activations as a vector has lanes, and so two
 * vectors of lanes: the low bytes and the high ones. The functions come in pairs, one for each
 * width, for units_template.h to choose from. */
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
    AANN_BLOCK_VECTORS = AANN_BLOCK / AANN_VECTOR_WORDS, /* vectors in a row of 16-bit values */
    AANN_LANES_NARROW = AANN_VECTOR_BYTES / 2,
    AANN_LANES_WIDE = AANN_VECTOR_BYTES / 4
};

typedef int16_t aann_vector_narrow __attribute__((vector_size(AANN_VECTOR_BYTES)));
typedef uint16_t aann_words_narrow __attribute__((vector_size(AANN_VECTOR_BYTES)));
typedef int32_t aann_vector_wide __attribute__((vector_size(AANN_VECTOR_BYTES)));
typedef uint32_t aann_words_wide __attribute__((vector_size(AANN_VECTOR_BYTES)));
typedef int16_t aann_half_narrow __attribute__((vector_size(AANN_VECTOR_BYTES / 2)));
typedef uint16_t aann_half_words __attribute__((vector_size(AANN_VECTOR_BYTES / 2)));

/* ---- loading and storing --------------------------------------------------------------------- */

/* Words of two activations. */
static inline aann_words_narrow aann_load_words_narrow(const uint16_t *from)
{
    aann_words_narrow value;
    memcpy(&value, from, sizeof value);
    return value;
}

static inline aann_words_wide aann_load_words_wide(const uint16_t *from)
{
    aann_half_words value;
    memcpy(&value, from, sizeof value);
    return __builtin_convertvector(value, aann_words_wide);
}

/* Sums, of the width. */
static inline aann_vector_narrow aann_load_sums_narrow(const int16_t *from)
{
    aann_vector_narrow value;
    memcpy(&value, from, sizeof value);
    return value;
}

static inline aann_vector_wide aann_load_sums_wide(const int32_t *from)
{
    aann_vector_wide value;
    memcpy(&value, from, sizeof value);
    return value;
}

static inline void aann_store_sums_narrow(int16_t *to, aann_vector_narrow value)
{
    memcpy(to, &value, sizeof value);
}

static inline void aann_store_sums_wide(int32_t *to, aann_vector_wide value)
{
    memcpy(to, &value, sizeof value);
}

/* Changes of activations, always int16 in memory. */
static inline aann_vector_narrow aann_load_changes_narrow(const int16_t *from)
{
    return aann_load_sums_narrow(from);
}

static inline aann_vector_wide aann_load_changes_wide(const int16_t *from)
{
    aann_half_narrow value;
    memcpy(&value, from, sizeof value);
    return __builtin_convertvector(value, aann_vector_wide);
}

static inline void aann_store_changes_narrow(int16_t *to, aann_vector_narrow value)
{
    memcpy(to, &value, sizeof value);
}

static inline void aann_store_changes_wide(int16_t *to, aann_vector_wide value)
{
    const aann_half_narrow changes = __builtin_convertvector(value, aann_half_narrow);
    memcpy(to, &changes, sizeof changes);
}

/* ---- arithmetic ------------------------------------------------------------------------------ */

/* Whether the address sanitizer looks on, which checks each access to an element of a vector. */
#if defined(AANN_CHECKED_KERNELS)
enum { CHECKED = 1 };
#else
enum { CHECKED = 0 };
#endif

/* Lane by lane: a where the mask is -1, b where it is 0. */
static inline aann_vector_narrow choose_narrow(aann_vector_narrow mask, aann_vector_narrow a,
                                               aann_vector_narrow b)
{
    return (a & mask) | (b & ~mask);
}

static inline aann_vector_wide choose_wide(aann_vector_wide mask, aann_vector_wide a,
                                           aann_vector_wide b)
{
    return (a & mask) | (b & ~mask);
}

/* The element loops become one instruction each, as no operators do. Under checks they would
 * stay loops: the test family_development took more than three times as long with them. */
static inline aann_vector_narrow aann_larger_narrow(aann_vector_narrow a, aann_vector_narrow b)
{
    if (CHECKED) {
        return choose_narrow(a > b, a, b);
    }
    aann_vector_narrow result = a;
    for (int32_t i = 0; i < AANN_LANES_NARROW; i++) {
        result[i] = a[i] > b[i] ? a[i] : b[i];
    }
    return result;
}

static inline aann_vector_narrow aann_smaller_narrow(aann_vector_narrow a, aann_vector_narrow b)
{
    if (CHECKED) {
        return choose_narrow(a < b, a, b);
    }
    aann_vector_narrow result = a;
    for (int32_t i = 0; i < AANN_LANES_NARROW; i++) {
        result[i] = a[i] < b[i] ? a[i] : b[i];
    }
    return result;
}

static inline aann_vector_wide aann_larger_wide(aann_vector_wide a, aann_vector_wide b)
{
    if (CHECKED) {
        return choose_wide(a > b, a, b);
    }
    aann_vector_wide result = a;
    for (int32_t i = 0; i < AANN_LANES_WIDE; i++) {
        result[i] = a[i] > b[i] ? a[i] : b[i];
    }
    return result;
}

static inline aann_vector_wide aann_smaller_wide(aann_vector_wide a, aann_vector_wide b)
{
    if (CHECKED) {
        return choose_wide(a < b, a, b);
    }
    aann_vector_wide result = a;
    for (int32_t i = 0; i < AANN_LANES_WIDE; i++) {
        result[i] = a[i] < b[i] ? a[i] : b[i];
    }
    return result;
}

#endif
