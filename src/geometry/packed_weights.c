/* Counting differences 32 weights at a time.
 *
 * A weight's code is its two lowest bits: 00, 01 or 11. The xor of two codes is 00 only if they are
 * equal, so (x | x >> 1) & 01 01 01 ... has one bit per difference. These bits are summed in place,
 * in ever wider fields (2, 4, 8 bits), and the bytes of many words together before they are added
 * up: plain shifts and masks, which a compiler turns into vector instructions on any machine, as it
 * could not with a population count per word. */
#include "geometry/packed_weights.h"

static const uint64_t low_of_two = 0x5555555555555555u;
static const uint64_t low_of_four = 0x3333333333333333u;
static const uint64_t low_of_eight = 0x0f0f0f0f0f0f0f0fu;
static const uint64_t low_of_sixteen = 0x00ff00ff00ff00ffu;

/* Words whose byte sums, at most 4 each, fit a byte together. */
enum { WORDS_PER_SUM = 63 };

size_t aann_packed_weights_needed(size_t count)
{
    return count / AANN_WEIGHTS_PER_WORD + (count % AANN_WEIGHTS_PER_WORD != 0);
}

void aann_packed_weights_pack(const int8_t *weights, size_t count, uint64_t *words)
{
    for (size_t word = 0; word < aann_packed_weights_needed(count); word++) {
        const size_t first = word * AANN_WEIGHTS_PER_WORD;
        const size_t left = count - first;
        const size_t end = left < AANN_WEIGHTS_PER_WORD ? left : AANN_WEIGHTS_PER_WORD;
        uint64_t bits = 0;
        for (size_t i = 0; i < end; i++) {
            bits |= (uint64_t)((uint8_t)weights[first + i] & 3u) << (2 * i);
        }
        words[word] = bits;
    }
}

/* Sum of the 8 bytes. */
static int64_t add_bytes(uint64_t bytes)
{
    const uint64_t pairs = (bytes & low_of_sixteen) + ((bytes >> 8) & low_of_sixteen);
    return (int64_t)((pairs * 0x0001000100010001u) >> 48);
}

int64_t aann_packed_weights_distance(const uint64_t *a, const uint64_t *b, size_t count)
{
    int64_t distance = 0;
    for (size_t first = 0; first < count; first += WORDS_PER_SUM) {
        const size_t end = count - first < WORDS_PER_SUM ? count : first + WORDS_PER_SUM;
        uint64_t bytes = 0;
        for (size_t i = first; i < end; i++) {
            const uint64_t x = a[i] ^ b[i];
            const uint64_t different = (x | x >> 1) & low_of_two;
            const uint64_t fours = (different & low_of_four) + ((different >> 2) & low_of_four);
            bytes += (fours & low_of_eight) + ((fours >> 4) & low_of_eight);
        }
        distance += add_bytes(bytes);
    }
    return distance;
}
