/* The first word of a saved state: its layout, and the version of the algorithm. */
#ifndef AANN_SEARCH_SAVED_VERSION_H
#define AANN_SEARCH_SAVED_VERSION_H

#include <stdint.h>

#include "aann/status.h"

/* A state with more than a plain search has is in a layout of its own, which older libraries
 * refuse. */
typedef enum aann_saved_layout {
    AANN_LAYOUT_PLAIN = 2,
    AANN_LAYOUT_INFORMED = 3, /* informed proposals */
    AANN_LAYOUT_LESIONS = 4   /* lesion noise */
} aann_saved_layout;

/* The word that this library writes. */
uint64_t aann_saved_version(aann_saved_layout layout);

/* Fails with AANN_ERROR_VERSION if a state that begins with this word cannot be read, or if this
 * library would continue it to a different result; with AANN_ERROR_FORMAT if the state is in a
 * layout other than the one that the search's options mean. Call it only if the state's checksum is
 * right. */
aann_status aann_saved_version_check(uint64_t word, aann_saved_layout expected, aann_error *error);

#endif
