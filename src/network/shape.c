/* Shapes: the map that each layer makes of its input.
 *
 * Along one direction, with input size n, kernel k and stride s:
 *     zero padding   (k-1)/2 zeros before (rounded down) and k-1-(k-1)/2 after, k-1 in all
 *     convolution    (n + padding - k) / s + 1, rounded down: (n-1)/s + 1 when padded, (n-k)/s + 1 when not
 *     max-pool p     n / p, rounded down: an incomplete window at the end is dropped
 * A dense layer is the convolution whose kernel covers its input: one position, no padding. */
#include "network/layer.h"

#include <inttypes.h>

#include "core/error.h"

int64_t aann_shape_size(aann_shape shape)
{
    return (int64_t)shape.channels * shape.height * shape.width;
}

static bool is_extent(int32_t value)
{
    return value >= 1 && value <= AANN_MAX_EXTENT;
}

aann_status aann_shape_check(aann_shape shape, aann_error *error)
{
    if (!is_extent(shape.channels) || !is_extent(shape.height) || !is_extent(shape.width)) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "a map of %" PRId32 "x%" PRId32 "x%" PRId32
                         " is out of range: channels, rows and columns are 1 to %d each",
                         shape.channels, shape.height, shape.width, AANN_MAX_EXTENT);
    }
    if (aann_shape_size(shape) > AANN_MAX_MAP_SIZE) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "a map of %" PRId32 "x%" PRId32 "x%" PRId32
                         " is too large: at most %d values",
                         shape.channels, shape.height, shape.width, AANN_MAX_MAP_SIZE);
    }
    return AANN_OK;
}

/* Zeros on both sides together that keep a map's size at stride 1. */
static int32_t same_padding(int32_t kernel)
{
    return kernel - 1;
}

/* The part of them that comes first; an even kernel has its odd zero last. */
static int32_t same_padding_before(int32_t kernel)
{
    return (kernel - 1) / 2;
}

/* Positions of a kernel along one direction; 0 if it does not fit. */
static int32_t position_count(int32_t size, int32_t padding, int32_t kernel, int32_t stride)
{
    const int32_t room = size + padding - kernel;
    return room < 0 ? 0 : room / stride + 1;
}

static aann_shape convolution_shape(const aann_layer *layer, bool padded)
{
    const int32_t padding_height = padded ? same_padding(layer->kernel_height) : 0;
    const int32_t padding_width = padded ? same_padding(layer->kernel_width) : 0;
    return (aann_shape){
        layer->units,
        position_count(layer->input.height, padding_height, layer->kernel_height, layer->stride),
        position_count(layer->input.width, padding_width, layer->kernel_width, layer->stride),
    };
}

/* Sets fan_in and weight_count from the kernel, and the output to the unpooled sums. */
static aann_status count_weights(aann_layer *layer, aann_error *error)
{
    const int64_t fan_in =
        (int64_t)layer->input.channels * layer->kernel_height * layer->kernel_width;
    if (fan_in > AANN_MAX_FAN_IN) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "%" PRId64
                         " weights per unit are too many: at most %d, so that sums fit 32 bits",
                         fan_in, AANN_MAX_FAN_IN);
    }
    const int64_t weight_count = fan_in * layer->units;
    if (weight_count > AANN_MAX_WEIGHTS) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "%" PRId64 " weights are too many for one layer: at most %d", weight_count,
                         AANN_MAX_WEIGHTS);
    }
    layer->fan_in = (int32_t)fan_in;
    layer->weight_count = weight_count;
    layer->output = layer->sums;
    layer->pool_height = 1;
    layer->pool_width = 1;
    return aann_shape_check(layer->sums, error);
}

aann_status aann_layer_place_convolution(aann_layer *layer, aann_shape input, bool padded,
                                         aann_error *error)
{
    layer->kind = AANN_LAYER_CONVOLUTION;
    layer->input = input;
    layer->padding_top = padded ? same_padding_before(layer->kernel_height) : 0;
    layer->padding_left = padded ? same_padding_before(layer->kernel_width) : 0;
    layer->sums = convolution_shape(layer, padded);
    if (layer->sums.height == 0 || layer->sums.width == 0) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "the %" PRId32 "x%" PRId32 " kernel does not fit its input of %" PRId32
                         "x%" PRId32 " (without \"v\" zeros are added round the input)",
                         layer->kernel_height, layer->kernel_width, input.height, input.width);
    }
    return count_weights(layer, error);
}

aann_status aann_layer_place_dense(aann_layer *layer, aann_shape input, aann_error *error)
{
    layer->kind = AANN_LAYER_DENSE;
    layer->input = input;
    layer->kernel_height = input.height;
    layer->kernel_width = input.width;
    layer->stride = 1;
    layer->padding_top = 0;
    layer->padding_left = 0;
    layer->sums = (aann_shape){layer->units, 1, 1};
    return count_weights(layer, error);
}

/* Pools in a row are one pool: the maximum of maxima is the maximum, and rounding down twice is
 * rounding down once, floor(floor(n / a) / b) = floor(n / (a b)). The product stays below the
 * extent that it divided. */
aann_status aann_shape_pool(aann_shape *map, int32_t height, int32_t width, int32_t *pool_height,
                            int32_t *pool_width, aann_error *error)
{
    if (height > map->height || width > map->width) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "pooling %" PRId32 "x%" PRId32 " leaves nothing of a map of %" PRId32
                         "x%" PRId32,
                         height, width, map->height, map->width);
    }
    map->height /= height;
    map->width /= width;
    *pool_height *= height;
    *pool_width *= width;
    return AANN_OK;
}

/* A layer stores its leading padding, its kernel and its map. If all three are the same padded and
 * unpadded (1x1 kernels; 2x2 kernels whose last zeros no window reads), both are the same
 * computation, and the shorter notation stands for both. */
bool aann_layer_is_padded(const aann_layer *layer)
{
    const aann_shape padded = convolution_shape(layer, true);
    return layer->padding_top == same_padding_before(layer->kernel_height) &&
           layer->padding_left == same_padding_before(layer->kernel_width) &&
           layer->sums.height == padded.height && layer->sums.width == padded.width;
}
