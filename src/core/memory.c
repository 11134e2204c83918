/* Checked allocation; see the header. */
#include "core/memory.h"

#include <stdint.h>
#include <stdlib.h>

#include "aann/status.h"
#if defined(__linux__)
#include <sys/mman.h>
#elif defined(_WIN32)
#include <malloc.h>
#endif

/* From LARGE on, an aligned block starts on a huge page. */
enum { HUGE_PAGE = 2 << 20, LARGE = 8 << 20 };

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

/* Bytes to ask for, at least 1 because malloc(0) may return NULL; false for a size that no object
 * can have (pointer differences within it would overflow). */
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

/* `bytes` is a multiple of `alignment`, as C17's aligned_alloc requires. Windows has another name
 * for it, and its blocks must not go to free(). */
static void *allocate_on(size_t alignment, size_t bytes)
{
#if defined(_WIN32)
    return _aligned_malloc(bytes, alignment);
#else
    return aligned_alloc(alignment, bytes);
#endif
}

void *aann_grow(void *block, size_t *capacity, size_t used, size_t more)
{
    enum { SMALLEST = 4096 };
    size_t needed = 0;
    if (!aann_add_sizes(used, more, &needed)) {
        return NULL;
    }
    if (block != NULL && needed <= *capacity) {
        return block;
    }
    const size_t room = needed > SIZE_MAX / 2 ? needed : 2 * needed;
    const size_t wanted = room > SMALLEST ? room : SMALLEST;
    void *grown = aann_reallocate(block, wanted, 1);
    if (grown != NULL) {
        *capacity = wanted;
    }
    return grown;
}

void *aann_allocate_aligned(size_t bytes)
{
    const size_t alignment = bytes >= LARGE ? (size_t)HUGE_PAGE : (size_t)AANN_ALIGNMENT;
    if (bytes > PTRDIFF_MAX - alignment) {
        return NULL;
    }
    const size_t units = bytes == 0 ? 1 : (bytes + alignment - 1) / alignment;
    void *block = allocate_on(alignment, units * alignment);
#if defined(__linux__)
    if (block != NULL && bytes >= LARGE) {
        /* A search strides through gigabytes: with small pages every block costs a dozen TLB
         * misses. This is only advice, so a refusal does not matter. */
        (void)madvise(block, units * alignment, MADV_HUGEPAGE);
    }
#endif
    return block;
}

void aann_free_aligned(void *block)
{
#if defined(_WIN32)
    _aligned_free(block);
#else
    free(block);
#endif
}

void aann_free(void *memory)
{
    free(memory);
}
