/* Allocations of the whole program, the n-th of which fails. For one file of a test: it
 * defines malloc. Where HAS_OTHER_MALLOC is defined it cannot, and the test is to be skipped. */
#ifndef AANN_TESTS_FAILING_MEMORY_H
#define AANN_TESTS_FAILING_MEMORY_H

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define HAS_OTHER_MALLOC
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(__GLIBC__)
#define HAS_OTHER_MALLOC
#endif

#ifndef HAS_OTHER_MALLOC

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static long allocations;           /* since they were set to 0 */
static long failing;               /* which of them fails; 0: none */
static bool failing_from_there_on; /* and all that follow */

static bool fails(void)
{
    const long number = ++allocations;
    const bool now =
        failing > 0 && (number == failing || (failing_from_there_on && number > failing));
    errno = now ? ENOMEM : errno;
    return now;
}

void *malloc(size_t size)
{
    return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size)
{
    return fails() ? NULL : __libc_realloc(memory, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return fails() ? NULL : __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size)
{
    *memory = fails() ? NULL : __libc_memalign(alignment, size);
    return *memory != NULL ? 0 : ENOMEM;
}

#endif

#endif
