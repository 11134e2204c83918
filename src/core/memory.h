/* Checked allocation: a size that does not fit size_t is a failed allocation, never a small one. */
#ifndef AANN_CORE_MEMORY_H
#define AANN_CORE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

enum { AANN_ALIGNMENT = 64 }; /* a cache line, and the widest vector register */

/* *product = a * b; if that does not fit, returns false and leaves *product unchanged. */
bool aann_multiply_sizes(size_t a, size_t b, size_t *product);

/* *sum = a + b; if that does not fit, returns false and leaves *sum unchanged. */
bool aann_add_sizes(size_t a, size_t b, size_t *sum);

/* count elements of `size` bytes, undefined or zeroed; free with free(). NULL on failure only: even
 * count or size 0 gives a pointer to free. */
void *aann_allocate(size_t count, size_t size);
void *aann_allocate_zeroed(size_t count, size_t size);

/* Resizes the block to count elements and keeps its contents; on failure returns NULL and leaves
 * the old block unchanged. */
void *aann_reallocate(void *block, size_t count, size_t size);

/* Makes room for `more` bytes behind the `used` ones of a block that grows, and writes to *capacity
 * what it holds now: twice what is needed, so that appending costs little. Returns the block, which
 * may have moved; NULL on failure, which leaves the old block and *capacity unchanged. */
void *aann_grow(void *block, size_t *capacity, size_t used, size_t more);

/* `bytes` undefined bytes that start on a multiple of AANN_ALIGNMENT and are readable up to the
 * next one; free with aann_free_aligned, which allows NULL. */
void *aann_allocate_aligned(size_t bytes);
void aann_free_aligned(void *block);

#endif
