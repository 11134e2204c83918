/* SHA-256 (FIPS 180-4), piece by piece: the checksum of a study's data and of downloads. */
#ifndef AANN_CORE_SHA256_H
#define AANN_CORE_SHA256_H

#include <stddef.h>
#include <stdint.h>

enum { AANN_SHA256_BLOCK = 64, AANN_SHA256_TEXT_SIZE = 65 }; /* 64 hex digits and the final NUL */

/* An unfinished hash: a plain value, started by aann_sha256_start. */
typedef struct aann_sha256 {
    uint32_t state[8];
    uint64_t size;                    /* bytes so far */
    uint8_t block[AANN_SHA256_BLOCK]; /* the first size % 64 bytes wait for the rest of a block */
} aann_sha256;

aann_sha256 aann_sha256_start(void);
void aann_sha256_update(aann_sha256 *hash, const void *bytes, size_t size);
/* Writes the hex digits. The hash must be started again before its next use. */
void aann_sha256_finish(aann_sha256 *hash, char text[AANN_SHA256_TEXT_SIZE]);

#endif
