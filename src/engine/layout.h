/* The memory layout of a network's state for one block of 64 samples.
 *
 * A block is one piece of memory, the same for all blocks, so a place is an offset:
 *
 *     input rows | layer 0: output rows, sums, reachability masks | layer 1: ... | outputs, labels,
 *     losses
 *
 * with shapes
 *     input rows     [channels][height][width][64] activations (one byte each, see
 *                    kernels/kernels.h), with the first layer's padding around them, as the forward
 *                    pass reads them (forward_plan.h)
 *     output rows    [units][positions + 1][64] activations; the last row is the padding
 *     sums           [units][positions][window][64] int16 or int32, if they are stored
 *     reachability   [channels][taps][position words] uint64: the positions of this layer's map that
 *                    read a non-zero activation through this tap (the others cannot change)
 *     outputs        [outputs][64] int32, and the loss's data
 */
#ifndef AANN_ENGINE_LAYOUT_H
#define AANN_ENGINE_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aann/network.h"
#include "aann/status.h"
#include "engine/kernels/kernels.h"

/* The offset of what is not in the block. */
#define AANN_ABSENT SIZE_MAX

typedef struct aann_layer_layout {
    aann_map map;     /* of one unit's output */
    int32_t channels; /* of its input */
    int32_t taps;     /* kernel height * kernel width: weights per input channel */
    int32_t units;
    int32_t position_words; /* 64-bit words in a mask over map.positions */
    int32_t *
        places; /* [taps][positions * window] words to the row of the input map, or to the padding's */
    size_t input;         /* words: first row of channel 0 */
    size_t input_stride;  /* words from channel to channel */
    size_t output;        /* words: first row of unit 0; AANN_ABSENT in the last layer */
    size_t output_stride; /* words from unit to unit */
    size_t sums;          /* bytes; AANN_ABSENT where sums are computed again when needed */
    size_t sums_stride;   /* bytes from unit to unit */
    size_t reachable;     /* bytes; AANN_ABSENT for layers with a single position */
    bool wide;            /* int32 sums */
} aann_layer_layout;

typedef struct aann_layout {
    int32_t layer_count;
    int32_t output_count;
    size_t outputs;           /* bytes: int32 [output_count][64] */
    size_t labels;            /* bytes: int32 [64] */
    size_t losses;            /* bytes: int32 [64] */
    size_t reference;         /* bytes: int32 [64]; classification */
    size_t label_differences; /* bytes: int32 [64]; classification */
    size_t exponentials;      /* bytes: float [output_count][64]; classification */
    size_t targets;           /* bytes: float [output_count][64]; regression */
    size_t block_bytes;       /* a multiple of 64 */
    aann_layer_layout layers[AANN_MAX_LAYERS];
} aann_layout;

/* `wide[layer]` chooses int32 sums; NULL: none. `regression` chooses what the loss keeps. Free with
 * aann_layout_clear. */
aann_status aann_layout_create(const aann_spec *spec, bool regression, const bool *wide,
                               aann_layout *layout, aann_error *error);
void aann_layout_clear(aann_layout *layout);

/* The largest number of non-zero weights of a unit whose sum always fits int16, stored with the
 * offset of 127: 257. */
enum { AANN_NARROW_NON_ZEROS = 32767 / AANN_ACTIVATION_MAX - 1 };

/* Sets wide[layer] for every layer in which a unit of the network has more non-zero weights than
 * that; the others are unchanged. Returns whether any was newly set. */
bool aann_find_wide(const aann_network *network, bool *wide);

#endif
