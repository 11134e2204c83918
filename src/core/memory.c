/* Checked allocation. The idea is in the header. */
#include "core/memory.h"

#include <stdint.h>
#include <stdlib.h>

bool aann_multiply_sizes(size_t a, size_t b, size_t *product)
{
    if (a != 0 && b > SIZE_MAX / a) {
        return false;
    }
    *product = a * b;
    return true;
}

bool aann_add_sizes(size_t a, size_t b, size_t *sum)
{
    if (b > SIZE_MAX - a) {
        return false;
    }
    *sum = a + b;
    return true;
}

/* Bytes to ask for, at least 1 because malloc(0) may return NULL; false for a size that no object can have
 * (pointer differences within it would overflow). */
static bool allocation_size(size_t count, size_t size, size_t *bytes)
{
    if (!aann_multiply_sizes(count, size, bytes) || *bytes > PTRDIFF_MAX) {
        return false;
    }
    if (*bytes == 0) {
        *bytes = 1;
    }
    return true;
}

void *aann_allocate(size_t count, size_t size)
{
    size_t bytes;
    return allocation_size(count, size, &bytes) ? malloc(bytes) : NULL;
}

void *aann_allocate_zeroed(size_t count, size_t size)
{
    size_t bytes;
    return allocation_size(count, size, &bytes) ? calloc(1, bytes) : NULL;
}

void *aann_reallocate(void *block, size_t count, size_t size)
{
    size_t bytes;
    return allocation_size(count, size, &bytes) ? realloc(block, bytes) : NULL;
}

void *aann_allocate_aligned(size_t bytes)
{
    if (bytes > PTRDIFF_MAX - (AANN_ALIGNMENT - 1)) {
        return NULL;
    }
    /* C17's aligned_alloc asks for a size that is a multiple of the alignment. */
    const size_t lines = bytes == 0 ? 1 : (bytes + AANN_ALIGNMENT - 1) / AANN_ALIGNMENT;
    return aligned_alloc(AANN_ALIGNMENT, lines * AANN_ALIGNMENT);
}

/* Its own function because on some systems (Windows) aligned blocks must not go to free(). */
void aann_free_aligned(void *block)
{
    free(block);
}
