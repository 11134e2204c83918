/* Checksums of data: SHA-256 over numbers in one format on every machine. */
#ifndef AANN_SAMPLES_CHECKSUM_H
#define AANN_SAMPLES_CHECKSUM_H

#include "aann/samples.h"
#include "core/sha256.h"

void aann_hash_int64(aann_sha256 *hash, int64_t value);

/* Adds 32-bit words, little-endian on every machine. */
void aann_hash_words(aann_sha256 *hash, const void *words, int64_t count);

/* Of encoded samples: the text "aann samples 1\n"; count, channels, height, width, has labels,
 * class count, target count (each int64); the inputs; the labels (int32); the targets (float). */
void aann_samples_checksum(const aann_samples *samples, char text[AANN_SHA256_TEXT_SIZE]);

#endif
