/* NumPy's default random numbers, so that a seed gives the same track here and there.
 *
 * A seed goes through SeedSequence, a hash of 32-bit words that fills a pool of four words and then
 * draws as many words as a generator needs (method: M. E. O'Neill, "Developing a seed_seq
 * alternative", 2015; NumPy's bit_generator.pyx). The generator is PCG64 XSL-RR: a 128-bit linear
 * congruential step, of which each output folds the two halves and rotates them by the top six bits
 * (O'Neill, "PCG: a family of simple fast space-efficient statistically good algorithms for random
 * number generation", 2014). 128-bit numbers are kept in two halves: no compiler extension is
 * needed. */
#include "car/random.h"

enum { POOL_WORDS = 4, STATE_WORDS = 8 };

/* The running hash of SeedSequence: every word hashed moves the multiplier on. */
typedef struct seed_hash {
    uint32_t multiplier, factor;
} seed_hash;

static uint32_t hash_word(seed_hash *hash, uint32_t word)
{
    word ^= hash->multiplier;
    hash->multiplier *= hash->factor;
    word *= hash->multiplier;
    return word ^ (word >> 16);
}

static uint32_t mix_words(uint32_t x, uint32_t y)
{
    const uint32_t mixed = 0xca01f9ddu * x - 0x4973f715u * y;
    return mixed ^ (mixed >> 16);
}

static void fill_pool(uint32_t pool[POOL_WORDS], uint64_t seed)
{
    seed_hash hash = {0x43b0d7e5u, 0x931e8875u};
    const uint32_t entropy[POOL_WORDS] = {(uint32_t)seed, (uint32_t)(seed >> 32), 0, 0};
    for (int i = 0; i < POOL_WORDS; i++) {
        pool[i] = hash_word(&hash, entropy[i]);
    }
    for (int source = 0; source < POOL_WORDS; source++) {
        for (int target = 0; target < POOL_WORDS; target++) {
            if (source != target) {
                pool[target] = mix_words(pool[target], hash_word(&hash, pool[source]));
            }
        }
    }
}

static aann_car_wide wide_add(aann_car_wide a, aann_car_wide b)
{
    const uint64_t low = a.low + b.low;
    return (aann_car_wide){a.high + b.high + (low < a.low), low};
}

/* The full 128-bit product of two 64-bit numbers, by halves. */
static aann_car_wide wide_product(uint64_t a, uint64_t b)
{
    const uint64_t a_low = a & 0xffffffffu, a_high = a >> 32;
    const uint64_t b_low = b & 0xffffffffu, b_high = b >> 32;
    const uint64_t low = a_low * b_low;
    const uint64_t middle = a_high * b_low + (low >> 32);
    const uint64_t middle_low = (middle & 0xffffffffu) + a_low * b_high;
    return (aann_car_wide){a_high * b_high + (middle >> 32) + (middle_low >> 32), a * b};
}

static aann_car_wide wide_multiply(aann_car_wide a, aann_car_wide b)
{
    aann_car_wide product = wide_product(a.low, b.low);
    product.high += a.high * b.low + a.low * b.high;
    return product;
}

static void advance(aann_car_random *random)
{
    const aann_car_wide multiplier = {0x2360ed051fc65da4u, 0x4385df649fccf645u};
    random->state = wide_add(wide_multiply(random->state, multiplier), random->increment);
}

void aann_car_random_seed(aann_car_random *random, uint64_t seed)
{
    uint32_t pool[POOL_WORDS];
    fill_pool(pool, seed);

    seed_hash hash = {0x8b51f9ddu, 0x58f38dedu};
    uint64_t words[STATE_WORDS / 2];
    for (int i = 0; i < STATE_WORDS / 2; i++) {
        const uint64_t low = hash_word(&hash, pool[(2 * i) % POOL_WORDS]);
        const uint64_t high = hash_word(&hash, pool[(2 * i + 1) % POOL_WORDS]);
        words[i] = high << 32 | low;
    }
    /* The increment must be odd: the stream number shifted up, and a one. */
    random->increment = (aann_car_wide){words[2] << 1 | words[3] >> 63, words[3] << 1 | 1};
    random->state = (aann_car_wide){0, 0};
    advance(random);
    random->state = wide_add(random->state, (aann_car_wide){words[0], words[1]});
    advance(random);
    random->has_half = false;
    random->half = 0;
}

uint64_t aann_car_random_next64(aann_car_random *random)
{
    advance(random);
    const uint64_t folded = random->state.high ^ random->state.low;
    const unsigned turn = (unsigned)(random->state.high >> 58);
    return folded >> turn | folded << ((64 - turn) & 63);
}

static uint32_t next32(aann_car_random *random)
{
    if (random->has_half) {
        random->has_half = false;
        return random->half;
    }
    const uint64_t word = aann_car_random_next64(random);
    random->has_half = true;
    random->half = (uint32_t)(word >> 32);
    return (uint32_t)word;
}

double aann_car_random_uniform(aann_car_random *random, double low, double high)
{
    const double unit = (double)(aann_car_random_next64(random) >> 11) * 0x1p-53;
    return low + (high - low) * unit;
}

/* Lemire's multiplication, with his rejection of the few words that would favour some values. */
uint32_t aann_car_random_below(aann_car_random *random, uint32_t count)
{
    uint64_t product = (uint64_t)next32(random) * count;
    if ((uint32_t)product < count) {
        const uint32_t threshold = (uint32_t)(0u - count) % count;
        while ((uint32_t)product < threshold) {
            product = (uint64_t)next32(random) * count;
        }
    }
    return (uint32_t)(product >> 32);
}
