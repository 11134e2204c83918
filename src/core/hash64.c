/* The one file that includes xxhash.h. XXH_INLINE_ALL compiles the hash in, so that the library
 * needs the header to build and nothing to link. */
#include "core/hash64.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

uint64_t aann_hash64(const void *bytes, size_t size)
{
    return XXH3_64bits(bytes, size);
}

uint64_t aann_hash64_seeded(const void *bytes, size_t size, uint64_t seed)
{
    return XXH3_64bits_withSeed(bytes, size, seed);
}
