/* 64-bit hashes of bytes, the same on every machine: of networks, of saved states, of samples.
 *
 * They notice damage and tell things apart. They are no defence: anyone can make bytes with a wanted
 * hash. */
#ifndef AANN_CORE_HASH64_H
#define AANN_CORE_HASH64_H

#include <stddef.h>
#include <stdint.h>

/* XXH3 of `size` bytes with seed 0. `bytes` may be NULL if size is 0. */
uint64_t aann_hash64(const void *bytes, size_t size);

/* The same with another seed, such as the hash of what came before. */
uint64_t aann_hash64_seeded(const void *bytes, size_t size, uint64_t seed);

#endif
