/* The first word of a saved state: its layout, and the version of the algorithm. */
#ifndef AANN_SEARCH_SAVED_VERSION_H
#define AANN_SEARCH_SAVED_VERSION_H

#include <stdbool.h>
#include <stdint.h>

#include "aann/status.h"

/* The word that this library writes; a state with informed proposals has a layout of its own, which
 * older libraries refuse. */
uint64_t aann_saved_version(bool informed);

/* Fails with AANN_ERROR_VERSION if a state that begins with this word cannot be read, or if this
 * library would continue it to a different result; with AANN_ERROR_FORMAT if the state has
 * informed proposals and the search has none, or the other way round. Call it only if the state's
 * checksum is right. */
aann_status aann_saved_version_check(uint64_t word, bool informed, aann_error *error);

#endif
