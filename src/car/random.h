/* NumPy's default random numbers: SeedSequence -> PCG64 -> uniform. */
#ifndef AANN_CAR_RANDOM_H
#define AANN_CAR_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

/* A 128-bit number. */
typedef struct aann_car_wide {
    uint64_t high, low;
} aann_car_wide;

typedef struct aann_car_random {
    aann_car_wide state, increment;
    bool has_half; /* a 32-bit draw leaves the upper half of its 64 bits for the next one */
    uint32_t half;
} aann_car_random;

/* As numpy.random.default_rng(seed). */
void aann_car_random_seed(aann_car_random *random, uint64_t seed);

uint64_t aann_car_random_next64(aann_car_random *random);

/* As Generator.uniform(low, high): low <= value < high. */
double aann_car_random_uniform(aann_car_random *random, double low, double high);

/* As Generator.integers(count), for counts below 2^32: 0 <= value < count. */
uint32_t aann_car_random_below(aann_car_random *random, uint32_t count);

#endif
