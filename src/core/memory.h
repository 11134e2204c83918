/* Checked allocation: a size that does not fit size_t is a failed allocation, never a small one. */
#ifndef AANN_CORE_MEMORY_H
#define AANN_CORE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

enum { AANN_ALIGNMENT = 64 }; /* a cache line, and the widest vector register */

/* *product = a * b; returns false, and leaves *product alone, where that does not fit. */
bool aann_multiply_sizes(size_t a, size_t b, size_t *product);

/* *sum = a + b; returns false, and leaves *sum alone, where that does not fit. */
bool aann_add_sizes(size_t a, size_t b, size_t *sum);

/* count elements of `size` bytes; freed with free(). NULL on failure only: nothing asked for (count
 * or size 0) still gives a pointer to free. The contents are undefined, or all bytes 0. */
void *aann_allocate(size_t count, size_t size);
void *aann_allocate_zeroed(size_t count, size_t size);

/* The block with room for count elements and its old contents; NULL on failure, with the old block
 * as it was. */
void *aann_reallocate(void *block, size_t count, size_t size);

/* `bytes` bytes that start on a multiple of AANN_ALIGNMENT; freed with aann_free_aligned, which
 * takes NULL too. Readable up to the next multiple of AANN_ALIGNMENT. The contents are
 * undefined. */
void *aann_allocate_aligned(size_t bytes);
void aann_free_aligned(void *block);

#endif
