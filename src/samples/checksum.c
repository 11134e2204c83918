/* What is hashed, and in which order, never changes: checksums are stored in studies. */
#include "samples/checksum.h"

#include <string.h>

void aann_hash_int64(aann_sha256 *hash, int64_t value)
{
    uint8_t bytes[8];
    for (int i = 0; i < 8; i++) {
        bytes[i] = (uint8_t)((uint64_t)value >> (8 * i));
    }
    aann_sha256_update(hash, bytes, sizeof bytes);
}

void aann_hash_words(aann_sha256 *hash, const void *words, int64_t count)
{
    enum { WORDS_AT_ONCE = 1024 };
    const uint8_t *from = words;
    uint8_t bytes[WORDS_AT_ONCE * 4];
    while (count > 0) {
        const size_t step = count < WORDS_AT_ONCE ? (size_t)count : WORDS_AT_ONCE;
        for (size_t i = 0; i < step; i++) {
            uint32_t word;
            memcpy(&word, from + i * 4, sizeof word);
            bytes[i * 4] = (uint8_t)word;
            bytes[i * 4 + 1] = (uint8_t)(word >> 8);
            bytes[i * 4 + 2] = (uint8_t)(word >> 16);
            bytes[i * 4 + 3] = (uint8_t)(word >> 24);
        }
        aann_sha256_update(hash, bytes, step * 4);
        from += step * 4;
        count -= (int64_t)step;
    }
}

void aann_samples_checksum(const aann_samples *samples, char text[AANN_SHA256_TEXT_SIZE])
{
    static const char version[] = "aann samples 1\n";
    aann_sha256 hash = aann_sha256_start();
    const int64_t numbers[] = {samples->count,       samples->shape.channels, samples->shape.height,
                               samples->shape.width, samples->labels != NULL, samples->class_count,
                               samples->target_count};
    aann_sha256_update(&hash, version, sizeof version - 1);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        aann_hash_int64(&hash, numbers[i]);
    }
    aann_sha256_update(&hash, samples->inputs,
                       (size_t)(samples->count * aann_shape_size(samples->shape)));
    if (samples->labels != NULL) {
        aann_hash_words(&hash, samples->labels, samples->count);
    }
    if (samples->targets != NULL) {
        aann_hash_words(&hash, samples->targets, samples->count * samples->target_count);
    }
    aann_sha256_finish(&hash, text);
}
