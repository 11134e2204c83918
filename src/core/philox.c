/* Philox4x32-10 and the streams read from it; see the header. */
#include "core/philox.h"

/* The constants of the paper: two multipliers with good avalanche, and the Weyl increments of the
 * key (the golden ratio and the square root of three less one, as fractions of 2^32). They define
 * the generator. */
static const uint32_t multiplier_even = 0xD2511F53u;
static const uint32_t multiplier_odd = 0xCD9E8D57u;
static const uint32_t key_increment_0 = 0x9E3779B9u;
static const uint32_t key_increment_1 = 0xBB67AE85u;
static const int round_count = 10;

void aann_philox4x32(const uint32_t counter[4], const uint32_t key[2], uint32_t output[4])
{
    uint32_t word0 = counter[0], word1 = counter[1], word2 = counter[2], word3 = counter[3];
    uint32_t key0 = key[0], key1 = key[1];

    for (int round = 0; round < round_count; round++) {
        const uint64_t even = (uint64_t)multiplier_even * word0;
        const uint64_t odd = (uint64_t)multiplier_odd * word2;
        word0 = (uint32_t)(odd >> 32) ^ word1 ^ key0;
        word2 = (uint32_t)(even >> 32) ^ word3 ^ key1;
        word1 = (uint32_t)odd;
        word3 = (uint32_t)even;
        key0 += key_increment_0;
        key1 += key_increment_1;
    }
    output[0] = word0;
    output[1] = word1;
    output[2] = word2;
    output[3] = word3;
}

static uint32_t low_word(uint64_t value)
{
    return (uint32_t)value;
}

static uint32_t high_word(uint64_t value)
{
    return (uint32_t)(value >> 32);
}

/* Philox takes a 64-bit key and we have 128 bits of (seed, member), so the key is itself drawn: the
 * seed is the key of that draw and the member its counter. The members of one seed get keys that
 * collide only by chance, which for a thousand members is 3 in 10^14. */
aann_random_key aann_random_key_create(uint64_t seed, uint64_t member)
{
    const uint32_t counter[4] = {low_word(member), high_word(member), 0, 0};
    const uint32_t key[2] = {low_word(seed), high_word(seed)};
    uint32_t output[4];
    aann_philox4x32(counter, key, output);
    return (aann_random_key){{output[0], output[1]}};
}

aann_random_stream aann_random_start(aann_random_key key, uint64_t candidate, uint32_t purpose)
{
    return (aann_random_stream){.key = key, .candidate = candidate, .purpose = purpose};
}

uint32_t aann_random_u32(aann_random_stream *stream)
{
    if (stream->unread == 0) {
        const uint32_t counter[4] = {low_word(stream->candidate), high_word(stream->candidate),
                                     stream->purpose, stream->block};
        aann_philox4x32(counter, stream->key.words, stream->words);
        stream->block++;
        stream->unread = 4;
    }
    const uint32_t word = stream->words[4 - stream->unread];
    stream->unread--;
    return word;
}

/* Lemire, "Fast random integer generation in an interval", 2019: the high half of word * bound is
 * the draw. 2^32 is not a multiple of most bounds, so some draws would occur once too often; the
 * words with a low half below 2^32 mod bound are the surplus and are drawn again. */
uint32_t aann_random_below(aann_random_stream *stream, uint32_t bound)
{
    uint64_t product = (uint64_t)aann_random_u32(stream) * bound;
    if (low_word(product) < bound) { /* rarely true, which saves the division below */
        const uint32_t surplus = (uint32_t)(UINT64_C(0x100000000) - bound) % bound;
        while (low_word(product) < surplus) {
            product = (uint64_t)aann_random_u32(stream) * bound;
        }
    }
    return high_word(product);
}

double aann_random_unit(aann_random_stream *stream)
{
    const uint64_t high = aann_random_u32(stream);
    const uint64_t low = aann_random_u32(stream);
    const uint64_t bits = ((high << 32) | low) >> 11; /* the 53 bits that a double holds exactly */
    return (double)(bits + 1) * 0x1p-53;
}

void aann_random_shuffle(aann_random_stream *stream, int32_t *order, int64_t count)
{
    for (int64_t i = count - 1; i > 0; i--) {
        const int64_t other = aann_random_below(stream, (uint32_t)i + 1);
        const int32_t kept = order[i];
        order[i] = order[other];
        order[other] = kept;
    }
}

void aann_random_order(aann_random_stream *stream, int32_t *order, int32_t count)
{
    for (int32_t i = 0; i < count; i++) {
        order[i] = i;
    }
    for (int32_t i = 0; i + 1 < count; i++) {
        const int32_t other = i + (int32_t)aann_random_below(stream, (uint32_t)(count - i));
        const int32_t kept = order[i];
        order[i] = order[other];
        order[other] = kept;
    }
}
