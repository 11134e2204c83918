/* The kernels: all work that is done 64 samples at a time.
 *
 * They are plain C over the 64 lanes of one block (one sample per lane), compiled once per
 * instruction set from the same source (see cmake/kernels.cmake) and chosen at run time. All
 * arithmetic is on integers, or on floats lane by lane in a fixed order, so every instruction set
 * gives the same bits.
 *
 * How a row of 64 activations is stored. An activation v in [-127, 127] is the byte v + 127, and
 * two lanes share a 16-bit word: lane j (j < 32) is the low byte of word j, lane 32 + j the high
 * byte of word j. Splitting a word into two 16-bit lanes is then one AND and one shift within the
 * lane, on every instruction set; a sign-extending load would cross lanes. In a difference of two
 * rows the offset of 127 cancels. A row of 16-bit or 32-bit values is simply [64] in lane order.
 *
 * A row of sums is kept as [32] low + 256 high, modulo their width, and [32] high, where low and
 * high are the sums of lanes j and 32 + j: to add a row of activations is then to add its words to
 * the former and their high bytes to the latter, and low is the difference.
 *
 * A channel's map is its rows, one per position, followed by one row of zeros (127 as stored) that
 * stands for the padding: a place table sends each position of the output to the row it reads. */
#ifndef AANN_ENGINE_KERNELS_KERNELS_H
#define AANN_ENGINE_KERNELS_KERNELS_H

#include <stddef.h>
#include <stdint.h>

#include "engine/kernels/forward_rows.h"

enum {
    AANN_BLOCK = 64,           /* samples in a block, lanes in a row */
    AANN_ROW_WORDS = 32,       /* 16-bit words in a row of activations */
    AANN_ROW_ZERO = 127 * 257, /* a word of two activations that are 0 */
    AANN_MAX_ACCUMULATED = 128 /* differences of up to +-254 that fit an int16 sum */
};

/* One weight of a unit and where it reads. Offsets are relative to a block's first word, so that
 * one list of taps serves every block. */
typedef struct aann_tap {
    size_t rows; /* first row of the channel's map: a number of words */
    const int32_t
        *places;    /* [positions * window]: for each sum of the output map, words to its row */
    int32_t weight; /* the weight, or by how much it changes: -2..2 */
} aann_tap;

/* The same for rows of changes, int16: maps of [positions + 1][64], the last row zeros. */
typedef struct aann_change_tap {
    size_t rows;           /* a number of int16 from the worker's first */
    const int32_t *places; /* as above: a row of changes starts at twice as many int16 */
} aann_change_tap;

/* The output map of one unit: `positions` pooled values, each the maximum of `window` sums. Sums
 * are stored in this order: [positions][window][64]; those that pooling drops are not stored at
 * all. */
typedef struct aann_map {
    int32_t positions;
    int32_t window;
    int32_t shift;
} aann_map;

/* The positions of a map to compute: those that are needed downstream and reachable by a change.
 * Needed positions that are not reachable get a row of zero change. A NULL `reachable` means all.
 * Bit p of word p / 64. */
typedef struct aann_positions {
    const uint64_t *needed;
    const uint64_t *reachable;
} aann_positions;

/* The sum over a block's samples of a loss change, and of its square. Loss unit: 2^-20. */
typedef struct aann_block_change {
    int64_t sum;
    float squares; /* of changes in units of 1 */
} aann_block_change;

/* A block's outputs and losses as of the last commit. */
typedef struct aann_loss_block {
    const int32_t *outputs;   /* [output_count][64], sums before the shift */
    const int32_t *labels;    /* [64]; -1 in a lane without a sample, whose loss is 0 */
    const int32_t *reference; /* classification: [64], the largest output at the last commit */
    const int32_t *label_differences; /* classification: [64], the label's output - reference */
    const float *exponentials;   /* classification: [output_count][64], of outputs - reference */
    const float *targets;        /* regression: [output_count][64], in units of a full activation */
    const float *target_weights; /* regression: [output_count] */
    const int32_t *losses;       /* [64] */
    int32_t output_count;
    int32_t output_shift; /* an output is its sum >> this */
    float scale; /* classification: outputs times this are the exponents of 2 in the softmax;
                             regression: 1 / output_limit */
    int32_t output_limit; /* outputs are clamped to +-this; classification: their differences to
                             the reference (so powers are finite); regression: the output of 1.0 */
} aann_loss_block;

/* Output of a loss kernel for the block: the fields of the same names above. Regression writes only
 * losses. */
typedef struct aann_loss_kept {
    int32_t *reference;
    int32_t *label_differences;
    float *exponentials;
    int32_t *losses;
} aann_loss_kept;

/* The kernels that depend on the width of the sums: int16 where the counts prove that they fit,
 * else int32. */
typedef struct aann_unit_kernels {
    /* The change of a unit's outputs if one or two of its weights change. */
    void (*swap)(const aann_map *map, const void *sums, const uint16_t *block, const aann_tap *taps,
                 int32_t tap_count, const uint16_t *output, const aann_positions *which,
                 int16_t *change);
    /* The change of a unit's outputs if its inputs change. Taps: plus_count of weight +1, then
     * -1. */
    void (*propagate)(const aann_map *map, const void *sums, const int16_t *changes,
                      const aann_change_tap *taps, int32_t plus_count, int32_t tap_count,
                      const uint16_t *output, const aann_positions *which, int16_t *change);
    /* Commits the change: sums += weight * row, all positions. */
    void (*add_taps)(const aann_map *map, const uint16_t *block, const aann_tap *taps,
                     int32_t tap_count, void *sums);
    void (*add_change_taps)(const aann_map *map, const int16_t *changes,
                            const aann_change_tap *taps, int32_t plus_count, int32_t tap_count,
                            void *sums);
} aann_unit_kernels;

typedef struct aann_kernels {
    const char *name;
    aann_unit_kernels narrow; /* int16 sums */
    aann_unit_kernels wide;   /* int32 sums */

    /* rows += change, both [row_count]. */
    void (*add_rows)(uint16_t *rows, const int16_t *change, int32_t row_count);
    /* change[p][64] = new row p, at rows + places[p], - old row p, for p of which[count]. */
    void (*change_rows)(const uint8_t *rows, const int32_t *places, const uint16_t *old,
                        const int32_t *which, int32_t count, int16_t *change);
    /* The same as bytes, in place of the new rows and stored like them (v as v + 127). Where
     * changes may be larger than 127, `second` is not NULL: rows then has one half, second the
     * other. */
    void (*change_bytes)(uint8_t *rows, uint8_t *second, const int32_t *places, const uint16_t *old,
                         const int32_t *which, int32_t count);
    /* Bit p of nonzero: is any lane of row p an activation other than 0? */
    void (*find_nonzero)(const uint16_t *rows, int32_t row_count, uint64_t *nonzero);

    /* Reads rows[row_count], a multiple of 8, as fast as possible, and returns a value that depends
     * on all of them: the bandwidth with which the other kernels are compared. */
    uint16_t (*read_rows)(const uint16_t *rows, size_t row_count);

    /* outputs[64] += rows of change, places[0..plus_count) added, the rest subtracted. */
    void (*accumulate_changes)(const int16_t *change, const int32_t *places, int32_t plus_count,
                               int32_t place_count, int32_t *outputs);
    /* outputs[64] = the sum of weight * row over one tap, or two of opposite weights (one
     * position). */
    void (*change_output)(const uint16_t *block, const aann_tap *taps, int32_t tap_count,
                          int32_t *outputs);

    /* Cross-entropy if outputs change: by change[output_count][64], where changed[output_count] is
     * not 0; the other rows of change are not read. */
    void (*cross_entropy_change)(const aann_loss_block *block, const int32_t *change,
                                 const uint8_t *changed, aann_block_change *result);
    /* Cross-entropy of a block from scratch: writes all of `kept`. */
    void (*cross_entropy)(const aann_loss_block *block, aann_loss_kept *kept);
    /* The same for the weighted squared error of HardTanh(output / output_limit). */
    void (*squared_error_change)(const aann_loss_block *block, const int32_t *change,
                                 const uint8_t *changed, aann_block_change *result);
    void (*squared_error)(const aann_loss_block *block, aann_loss_kept *kept);

    aann_forward_kernels forward; /* whole networks: kernels/forward_rows.h */
} aann_kernels;

#define AANN_KERNEL_JOIN2(name, isa) name##_##isa
#define AANN_KERNEL_JOIN(name, isa) AANN_KERNEL_JOIN2(name, isa)
/* The name of a kernel function with external linkage, for the instruction set being compiled. */
#define AANN_KERNEL(name) AANN_KERNEL_JOIN(name, AANN_ISA)

#endif
