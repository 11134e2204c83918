/* Tests that make samples themselves write and free what the struct shows as const. */
#ifndef AANN_TESTS_SUPPORT_WRITABLE_H
#define AANN_TESTS_SUPPORT_WRITABLE_H

#include <stdint.h>

/* The same memory, for its owner. */
static inline void *writable(const void *memory)
{
    return (void *)(uintptr_t)memory;
}

#endif
