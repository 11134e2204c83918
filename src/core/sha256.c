/* SHA-256 as FIPS 180-4 defines it, in plain C: some hundred megabytes a second, so loading never
 * waits for a checksum. */
#include "core/sha256.h"

#include <string.h>

/* The fractional parts of the cube roots of the first 64 primes. */
static const uint32_t constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

aann_sha256 aann_sha256_start(void)
{
    /* The fractional parts of the square roots of the first 8 primes. */
    return (aann_sha256){.state = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f,
                                   0x9b05688c, 0x1f83d9ab, 0x5be0cd19}};
}

static uint32_t rotate(uint32_t x, unsigned bits)
{
    return x >> bits | x << (32 - bits);
}

static uint32_t read_word(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/* The message schedule: 16 words of the block, 48 that follow from them. */
static void expand(const uint8_t *block, uint32_t words[64])
{
    for (int i = 0; i < 16; i++) {
        words[i] = read_word(block + 4 * i);
    }
    for (int i = 16; i < 64; i++) {
        const uint32_t a = words[i - 15], b = words[i - 2];
        const uint32_t sigma0 = rotate(a, 7) ^ rotate(a, 18) ^ a >> 3;
        const uint32_t sigma1 = rotate(b, 17) ^ rotate(b, 19) ^ b >> 10;
        words[i] = words[i - 16] + sigma0 + words[i - 7] + sigma1;
    }
}

/* One of the 64 rounds. v[8] holds a to h of the standard, turned by `turn` places: nothing is moved
 * from round to round. */
static inline void compress_round(uint32_t v[8], unsigned turn, uint32_t added)
{
    const uint32_t a = v[(8 - turn) % 8], b = v[(9 - turn) % 8], c = v[(10 - turn) % 8];
    const uint32_t e = v[(12 - turn) % 8], f = v[(13 - turn) % 8], g = v[(14 - turn) % 8];
    const uint32_t sum1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const uint32_t choice = (e & f) ^ (~e & g);
    const uint32_t first = v[(15 - turn) % 8] + sum1 + choice + added;
    const uint32_t sum0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const uint32_t majority = (a & b) ^ (a & c) ^ (b & c);
    v[(11 - turn) % 8] += first;
    v[(15 - turn) % 8] = first + sum0 + majority;
}

static void compress(uint32_t state[8], const uint8_t *block)
{
    uint32_t words[64];
    uint32_t v[8];
    expand(block, words);
    memcpy(v, state, sizeof v);
    for (int i = 0; i < 64; i += 8) {
        compress_round(v, 0, constants[i] + words[i]);
        compress_round(v, 1, constants[i + 1] + words[i + 1]);
        compress_round(v, 2, constants[i + 2] + words[i + 2]);
        compress_round(v, 3, constants[i + 3] + words[i + 3]);
        compress_round(v, 4, constants[i + 4] + words[i + 4]);
        compress_round(v, 5, constants[i + 5] + words[i + 5]);
        compress_round(v, 6, constants[i + 6] + words[i + 6]);
        compress_round(v, 7, constants[i + 7] + words[i + 7]);
    }
    for (int i = 0; i < 8; i++) {
        state[i] += v[i];
    }
}

void aann_sha256_update(aann_sha256 *hash, const void *bytes, size_t size)
{
    const uint8_t *from = bytes;
    while (size > 0) {
        const size_t waiting = (size_t)(hash->size % AANN_SHA256_BLOCK);
        const size_t room = AANN_SHA256_BLOCK - waiting;
        const size_t taken = size < room ? size : room;
        if (taken == AANN_SHA256_BLOCK) {
            compress(hash->state, from);
        } else {
            memcpy(hash->block + waiting, from, taken);
            if (taken == room) {
                compress(hash->state, hash->block);
            }
        }
        hash->size += taken;
        from += taken;
        size -= taken;
    }
}

void aann_sha256_finish(aann_sha256 *hash, char text[AANN_SHA256_TEXT_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    static const uint8_t padding[AANN_SHA256_BLOCK] = {0x80};
    const uint64_t bits = hash->size * 8;
    const size_t waiting = (size_t)(hash->size % AANN_SHA256_BLOCK);
    uint8_t length[8];
    for (int i = 0; i < 8; i++) {
        length[i] = (uint8_t)(bits >> (56 - 8 * i));
    }
    aann_sha256_update(hash, padding, (waiting < 56 ? 56 : 120) - waiting);
    aann_sha256_update(hash, length, sizeof length);
    for (int i = 0; i < 32; i++) {
        const uint32_t byte = hash->state[i / 4] >> (24 - 8 * (i % 4)) & 255;
        text[2 * i] = digits[byte >> 4];
        text[2 * i + 1] = digits[byte & 15];
    }
    text[AANN_SHA256_TEXT_SIZE - 1] = '\0';
}
