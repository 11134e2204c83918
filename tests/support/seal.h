/* Makes the checksum of changed bytes right: that of a saved search and of a model is their last
 * word. */
#ifndef AANN_TESTS_SUPPORT_SEAL_H
#define AANN_TESTS_SUPPORT_SEAL_H

#include <stddef.h>
#include <stdint.h>

#include "core/hash64.h"

static inline void seal(void *bytes, size_t size)
{
    uint8_t *last = (uint8_t *)bytes + size - sizeof(uint64_t);
    const uint64_t hash = aann_hash64(bytes, size - sizeof hash);
    for (size_t i = 0; i < sizeof hash; i++) {
        last[i] = (uint8_t)(hash >> 8 * i);
    }
}

#endif
