/* SHA-256, piece by piece. */
#ifndef AANN_DATA_SHA256_H
#define AANN_DATA_SHA256_H

#include <stddef.h>

#include "aann/status.h"

enum { AANN_SHA256_TEXT_SIZE = 65 }; /* 64 hex digits and the final NUL */

typedef struct aann_sha256 aann_sha256;

aann_status aann_sha256_create(aann_sha256 **hash, aann_error *error);
/* A failure is remembered and reported by aann_sha256_finish. */
void aann_sha256_update(aann_sha256 *hash, const void *bytes, size_t size);
/* Writes the hex digits and frees the hash, also on failure. */
aann_status aann_sha256_finish(aann_sha256 *hash, char text[AANN_SHA256_TEXT_SIZE], aann_error *error);
/* Frees it without a result; NULL is allowed. */
void aann_sha256_destroy(aann_sha256 *hash);

/* Of a whole file, as it is. */
aann_status aann_sha256_file(const char *path, char text[AANN_SHA256_TEXT_SIZE], aann_error *error);

#endif
