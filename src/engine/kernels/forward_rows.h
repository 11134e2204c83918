/* The kernels of the whole-network forward pass (kernels/forward.c, kernels/transpose.c).
 *
 * They work on rows of 64 bytes, each byte an activation v stored as v + 127. For them it makes no
 * difference whether these are 64 samples at one place of a map (batches), or 64 consecutive places
 * of one sample's map (single samples). Sums are 16-bit words, the even bytes of the row in one
 * vector and
 * the odd ones in another, and the result packed the same way, so the order of the 64 never
 * changes. Where 16-bit or 32-bit values leave the kernels, the even bytes' come first: [0..31] of
 * bytes 0, 2, 4, ..., [32..63] of bytes 1, 3, 5, ... (which is lane order for a block filled as
 * kernels/kernels.h says). */
#ifndef AANN_ENGINE_KERNELS_FORWARD_ROWS_H
#define AANN_ENGINE_KERNELS_FORWARD_ROWS_H

#include <stddef.h>
#include <stdint.h>

/* The non-zero weights of one unit. Where weight t reads for place k of a pooling window is a
 * distance from the window's base, offsets[t * window + k], in bytes. */
typedef struct aann_forward_taps {
    const int32_t *offsets; /* [count][window]; weights +1 first */
    int32_t plus_count;
    int32_t count;
} aann_forward_taps;

/* The rows of one unit's map to compute, and the addresses. */
typedef struct aann_forward_rows {
    const uint8_t *input;
    const int32_t *from; /* row -> bytes from input to the base of its window */
    uint8_t *output;
    const int32_t *to;    /* row -> bytes from output to where it goes; a multiple of 64 */
    const int32_t *which; /* [count] rows to compute */
    int32_t count;
    int32_t window; /* places that are pooled into one */
    int32_t shift;
    void *
        sums; /* [row][window][64], int16 (narrow) or int32 (wide), as kernels/kernels.h says; NULL: not kept */
    const int16_t *start; /* continued: the stored sums, in the same form */
} aann_forward_rows;

/* A unit that differs from another by these taps, and where its rows go. */
typedef struct aann_forward_variant {
    aann_forward_taps taps;
    uint8_t *output;
} aann_forward_variant;

enum { AANN_MAX_VARIANTS = 8 };

typedef struct aann_forward_kernels {
    /* Sums, pools, shifts and clamps one unit's rows, with at most 257 taps, so that 16 bits hold
     * every sum and the offset of 127. */
    void (*narrow)(const aann_forward_taps *taps, const aann_forward_rows *rows);
    void (*wide)(const aann_forward_taps *taps, const aann_forward_rows *rows);
    /* The same, with sums that begin with rows->start. 16 bits must hold each final sum plus or
     * minus 127 times the difference between the numbers of taps of weight +1 and -1. */
    void (*continued)(const aann_forward_taps *taps, const aann_forward_rows *rows);
    /* narrow for 1 to AANN_MAX_VARIANTS units together, each with the shared taps, its own taps and
     * its own output. The condition of `continued` holds for each unit's own taps. */
    void (*variants)(const aann_forward_taps *shared, const aann_forward_variant *variants,
                     int32_t count, const aann_forward_rows *rows);
    /* Only the sums of one row (window 1): int32 [64]. */
    void (*outputs)(const aann_forward_taps *taps, const uint8_t *input, int32_t *outputs);
    /* sums[units]: of the activations input[count] (stored as v + 127) times weights
     * [units][count]. */
    void (*dense)(const uint8_t *input, const int8_t *weights, int32_t count, int32_t units,
                  int32_t *sums);
    /* Turns 64 samples of count values into count rows: row i, at map + to[i], has value i of
     * samples[b] in byte b. */
    void (*transpose)(const int8_t *const *samples, int32_t count, const int32_t *to, uint8_t *map);
} aann_forward_kernels;

#endif
