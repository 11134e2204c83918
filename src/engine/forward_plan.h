/* The memory layout of a whole-network forward pass, and the rows that each weight reads.
 *
 * There are two kinds, computed by the same kernels (kernels/forward_rows.h), which always work on
 * 64 bytes:
 *
 *     batch    64 samples at one place of a map are a row. A map is [channels][height][width] rows.
 *     single   64 consecutive places of one sample's map are a row. A map is
 *              [channels][phases][height][width] bytes: with windows or strides, neighbouring
 *              results read every second (third, ...) place, so places are sorted by their
 *              remainders (phases), which makes them neighbours. Rows of a map continue from line to
 *              line; the lanes between two lines compute values that are not read.
 *
 * The zeros of its reader's padding surround each map. They are written once, so every weight reads
 * at a fixed distance from the beginning of a window: no tables per place and no special cases at
 * the edges. */
#ifndef AANN_ENGINE_FORWARD_PLAN_H
#define AANN_ENGINE_FORWARD_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aann/network.h"
#include "aann/status.h"
#include "engine/kernels/forward_rows.h"

typedef enum aann_forward_kind { AANN_FORWARD_BATCH, AANN_FORWARD_SINGLE } aann_forward_kind;

typedef struct aann_forward_layer {
    bool dense;
    int32_t units;
    aann_shape output; /* of it, as in the spec */
    int32_t positions; /* of a unit's map after pooling */
    int32_t
        rows; /* that a unit takes: batch: positions; single: of 64 places of the flattened map */
    int32_t window;
    int32_t shift;
    /* Its input. */
    int32_t channels;
    int32_t taps;         /* kernel height * kernel width */
    size_t input;         /* bytes: the map's place in a block */
    size_t channel_bytes; /* from channel to channel */
    int32_t *
        places; /* [height * width] bytes from a channel's first to where its value (its row) lies */
    int32_t *from;        /* [rows] bytes from the map's first to where the row's window begins */
    int32_t *tap_offsets; /* [taps][window] bytes from there to what the tap reads */
    int32_t width;        /* single: of a line of its flattened map */
    int32_t *result_rows; /* single: [rows] 0, 64, 128, ... */
    int32_t *all;         /* [rows] 0, 1, 2, ... */
    /* The network's weights. */
    aann_forward_taps *unit_taps; /* [units] */
    int32_t *offsets;             /* the memory of their offsets */
    size_t capacity;              /* taps that it has room for */
    const int8_t *weights;        /* [units][channels * taps] */
    int32_t *needed;              /* batch: [units][rows]: the rows that are read, ... */
    int32_t *needed_count;        /* [units]: their number */
} aann_forward_layer;

typedef struct aann_forward_plan {
    aann_spec spec;
    aann_forward_kind kind;
    size_t
        outputs; /* bytes: int32 [output_count][64], single: [units of the largest dense layer] */
    size_t scratch;     /* bytes: single: the rows of one unit */
    size_t block_bytes; /* a multiple of 64 */
    int8_t *weights;    /* of all layers, as they were read */
    size_t weight_count;
    bool ready; /* a network was read */
    aann_forward_layer layers[AANN_MAX_LAYERS];
} aann_forward_plan;

/* Errors: memory, also if a map is too large for 32-bit distances. Free with
 * aann_forward_plan_clear. */
aann_status aann_forward_plan_create(const aann_spec *spec, aann_forward_kind kind,
                                     aann_forward_plan *plan, aann_error *error);
void aann_forward_plan_clear(aann_forward_plan *plan);

/* Height and width of the rows that a batch keeps of one channel of a layer's input: with the
 * padding, and as far as the last window reads. */
void aann_forward_padded(const aann_layer *layer, int32_t *height, int32_t *width);

/* Writes the [window] offsets that a tap (0..taps-1) reads in a map that begins `start` bytes on;
 * returns their end. */
int32_t *aann_forward_write_tap(const aann_forward_layer *layer, size_t start, int32_t tap,
                                int32_t *offsets);

/* The taps of one unit with these weights [channels * taps of a channel], +1 first; writes
 * [count][window] offsets. */
aann_forward_taps aann_forward_unit_taps(const aann_forward_layer *layer, const int8_t *weights,
                                         int32_t *offsets);

/* Reads the network's weights; cheap if they are the same as last time. Errors: memory. */
aann_status aann_forward_plan_read(aann_forward_plan *plan, const aann_network *network,
                                   aann_error *error);

/* Writes the zeros of all paddings, once for every block of memory. */
void aann_forward_plan_prepare(const aann_forward_plan *plan, uint8_t *block);

#endif
