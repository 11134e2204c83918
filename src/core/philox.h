/* Random numbers that are a function of their purpose.
 *
 * Philox4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC
 * 2011) turns a 128-bit counter and a 64-bit key into 128 random bits. No state passes from one
 * draw to the next, so candidate k of a member draws the same numbers on any thread, in any order
 * and after any number of restarts. Here
 *     key     = a mix of (seed, member), computed once per member,
 *     counter = (candidate low, candidate high, purpose, block),
 * and a stream reads block 0, 1, 2, ... of its (key, candidate, purpose), four words at a time.
 *
 *     aann_random_key key = aann_random_key_create(seed, member);
 *     aann_random_stream stream = aann_random_start(key, candidate, AANN_PURPOSE_SWAP);
 *     uint32_t layer = aann_random_below(&stream, layer_count);
 */
#ifndef AANN_CORE_PHILOX_H
#define AANN_CORE_PHILOX_H

#include <stdint.h>

/* What a stream is for. One list for the whole library, so that no two uses ever share numbers. The
 * values are part of what a seed means: add at the end, never renumber. */
enum {
    AANN_PURPOSE_WEIGHTS = 1,   /* the random start of a member; "candidate" is the layer */
    AANN_PURPOSE_SWAP = 2,      /* which layer and which two positions candidate k exchanges */
    AANN_PURPOSE_THRESHOLD = 3, /* the acceptance threshold of candidate k */
    AANN_PURPOSE_DATA = 4,      /* orders and splits of samples */
    AANN_PURPOSE_TEST = 5,      /* test and benchmark inputs */
    AANN_PURPOSE_ENSEMBLE = 6,  /* the order in which members are drawn; "candidate" is the draw */
    AANN_PURPOSE_LESION = 7, /* the order in which synapses are deleted; "candidate" is the draw */
    AANN_PURPOSE_SHUFFLE =
        8, /* wiring shuffled at random: the null model; "candidate" is the layer */
    AANN_PURPOSE_DEMONSTRATION = 9, /* what disturbs the expert; "candidate" is the episode */
    AANN_PURPOSE_JITTER = 10,       /* where samples are moved; "candidate" is (epoch, sample) */
    AANN_PURPOSE_PATH = 11, /* which differences a path considers next; "candidate" is the swap */
    AANN_PURPOSE_SAMPLING = 15, /* the seed of a member's random networks */
    AANN_PURPOSE_BREEDING = 16, /* parents, crossover and mutation of child "candidate" */
    AANN_PURPOSE_COPIES = 17,   /* how a copy is moved and warped; "candidate" is (copy, sample) */
    AANN_PURPOSE_FIRST_LAYER =
        18, /* which runs of candidates change the first layer, and which of its units */
    AANN_PURPOSE_NULL = 30,     /* shuffles that keep some structure; "candidate" is the layer */
    AANN_PURPOSE_MATCHING = 31, /* random names of units; "candidate" is the attempt */
    AANN_PURPOSE_INFORMED_RUN = 24, /* which runs are informed, and their units */
    AANN_PURPOSE_INFORMED = 25,     /* the swap of informed candidate k */
    AANN_PURPOSE_DEVELOPMENT =
        26, /* synapses lost and added, and the samples that try them; "candidate" is the layer */
    AANN_PURPOSE_LESION_NOISE =
        27, /* synapses lost while candidates are compared; "candidate" is (epoch, lesion, layer) */
    /* Of a ladder of temperatures (src/manifold). */
    AANN_PURPOSE_LADDER_SWAP = 40,     /* the swap of candidate k */
    AANN_PURPOSE_LADDER_RUN = 41,      /* what a run of candidates has in common */
    AANN_PURPOSE_LADDER_ACCEPT = 42,   /* whether a rise of the loss is accepted */
    AANN_PURPOSE_LADDER_EXCHANGE = 43, /* whether neighbours exchange networks */
    AANN_PURPOSE_LADDER_FRESH = 44     /* the seed of the random network of round k */
};

/* The generator itself: 128 random bits from a counter and a key. */
void aann_philox4x32(const uint32_t counter[4], const uint32_t key[2], uint32_t output[4]);

/* All streams of one member of one search. A plain value. */
typedef struct aann_random_key {
    uint32_t words[2];
} aann_random_key;

/* Mixes all 64 bits of both. Costs one Philox call. */
aann_random_key aann_random_key_create(uint64_t seed, uint64_t member);

/* The numbers of one (key, candidate, purpose), read from the first on. A plain value: a copy
 * continues from the same place. A stream has 2^34 words and then repeats. */
typedef struct aann_random_stream {
    aann_random_key key;
    uint64_t candidate;
    uint32_t purpose;
    uint32_t block;    /* the next block to compute */
    uint32_t words[4]; /* the last block computed */
    uint32_t unread;   /* its words that were not drawn yet */
} aann_random_stream;

/* Computes nothing until the first draw. */
aann_random_stream aann_random_start(aann_random_key key, uint64_t candidate, uint32_t purpose);

/* 32 random bits. */
uint32_t aann_random_u32(aann_random_stream *stream);

/* Uniform in 0 .. bound-1, without bias. A bound of 0 gives 0. */
uint32_t aann_random_below(aann_random_stream *stream, uint32_t bound);

/* Uniform over the 2^53 multiples of 2^-53 in (0, 1]: never 0, so its logarithm is finite. Two
 * words. */
double aann_random_unit(aann_random_stream *stream);

/* Puts order[count] into a uniformly random order, by exchanges from the end (Fisher and Yates). */
void aann_random_shuffle(aann_random_stream *stream, int32_t *order, int64_t count);

/* Fills order[count] with 0..count-1 in a uniformly random order, by exchanges from the front: a
 * prefix of the order depends on the first draws alone. */
void aann_random_order(aann_random_stream *stream, int32_t *order, int32_t count);

#endif
