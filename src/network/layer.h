/* Shared by the files of this folder: limits, shapes, and the checks of a layer's counts. */
#ifndef AANN_NETWORK_LAYER_H
#define AANN_NETWORK_LAYER_H

#include "aann/network.h"

/* Limits, far above what the search can use. They are low enough that a product of two fits 64
 * bits, and that every sum fits an int32: (2^24 - 1) weights times an input of at most 128. */
enum {
    AANN_MAX_EXTENT = 65536,         /* channels, rows, columns of a map; units; a pool's window */
    AANN_MAX_KERNEL = 255,           /* rows, columns of a kernel */
    AANN_MAX_STRIDE = 64,            /* between positions of a kernel, both ways */
    AANN_MAX_SHIFT = 24,             /* takes the largest sum down to one unit of input */
    AANN_MAX_MAP_SIZE = 1 << 24,     /* values in one map */
    AANN_MAX_FAN_IN = (1 << 24) - 1, /* weights of one unit */
    AANN_MAX_WEIGHTS = INT32_MAX     /* weights of one layer */
};

/* Fails if an extent of the input is not in 1..AANN_MAX_EXTENT, or if it has too many values. */
aann_status aann_shape_check(aann_shape shape, aann_error *error);

/* Complete a layer that reads `input`: sums, output (not pooled), padding, fan_in, weight_count. A
 * convolution has its units, kernel and stride set already, a dense layer its units. */
aann_status aann_layer_place_convolution(aann_layer *layer, aann_shape input, bool padded,
                                         aann_error *error);
aann_status aann_layer_place_dense(aann_layer *layer, aann_shape input, aann_error *error);

/* One more max-pool: multiplies *pool_height and *pool_width, and shrinks *map. */
aann_status aann_shape_pool(aann_shape *map, int32_t height, int32_t width, int32_t *pool_height,
                            int32_t *pool_width, aann_error *error);

/* Whether a convolution needs no "v", because its map is that of zero padding. */
bool aann_layer_is_padded(const aann_layer *layer);

/* Sparsity is stored in units of 10^-9 percent: finer than one weight of the largest layer, and
 * every value can be written in a spec with nine decimals and read back. */
enum { AANN_SPARSITY_DECIMALS = 9, AANN_NANO_PER_PERCENT = 1000000000 };

static inline int64_t aann_sparsity_to_nano(double percent)
{
    return (int64_t)(percent * (double)AANN_NANO_PER_PERCENT + 0.5);
}

static inline double aann_sparsity_from_nano(int64_t nano)
{
    return (double)nano / (double)AANN_NANO_PER_PERCENT;
}

/* The exact counts of one layer. */
aann_counts aann_layer_counts(const aann_layer *layer);

/* Fails if the layer's sparsity leaves it no non-zero weight. */
aann_status aann_layer_check_counts(const aann_layer *layer, aann_error *error);

#endif
