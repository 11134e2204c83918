/* The first word of a saved state: how it is laid out, and by which version of the algorithm the
 * search was made. */
#ifndef AANN_SEARCH_SAVED_VERSION_H
#define AANN_SEARCH_SAVED_VERSION_H

#include <stdint.h>

#include "aann/status.h"

/* The word that this library writes. */
uint64_t aann_saved_version(void);

/* Fails with AANN_ERROR_VERSION where a state that begins with this word cannot be read, or would
 * be continued to another end than the one it was on its way to. Only for a state whose checksum is
 * right. */
aann_status aann_saved_version_check(uint64_t word, aann_error *error);

#endif
