/* The reference evaluation: what a network computes, as plainly as possible.
 *
 * Every faster path (the forward pass and the incremental engine, on each instruction set) is
 * tested against this file to the last bit. It is never optimised. One layer is four steps, each a
 * function below:
 *
 *     sums[u][y][x] = sum over c, i, j of
 *                     weight[u][c][i][j] * input[c][y*stride + i - top][x*stride + j - left]
 *     pooled        = the maximum of each window of the sums
 *     shifted       = floor(pooled / 2^shift)
 *     output        = HardTanh: clamp to [-127, 127]; not in the last layer, whose values are logits
 *
 * Buffers are [channels][height][width], one sample at a time. Values outside the input are 0. */
#include "network/network.h"

#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"

static size_t map_index(aann_shape shape, int32_t channel, int32_t row, int32_t column)
{
    return ((size_t)channel * (size_t)shape.height + (size_t)row) * (size_t)shape.width +
           (size_t)column;
}

/* input int8 [shape]; 0 in the padding. */
static int32_t input_or_zero(const int8_t *input, aann_shape shape, int32_t channel, int32_t row,
                             int32_t column)
{
    if (row < 0 || row >= shape.height || column < 0 || column >= shape.width) {
        return 0;
    }
    return input[map_index(shape, channel, row, column)];
}

/* One unit at one position. weights int8 [input channels][kernel height][kernel width], input int8
 * [layer input]. */
static int32_t convolution_sum(const aann_layer *layer, const int8_t *weights, const int8_t *input,
                               int32_t row, int32_t column)
{
    const aann_shape kernel = {layer->input.channels, layer->kernel_height, layer->kernel_width};
    int32_t sum = 0;
    for (int32_t channel = 0; channel < kernel.channels; channel++) {
        for (int32_t i = 0; i < kernel.height; i++) {
            for (int32_t j = 0; j < kernel.width; j++) {
                sum += weights[map_index(kernel, channel, i, j)] *
                       input_or_zero(input, layer->input, channel,
                                     row * layer->stride + i - layer->padding_top,
                                     column * layer->stride + j - layer->padding_left);
            }
        }
    }
    return sum;
}

/* weights int8 [units][fan_in], input int8 [layer input] -> sums int32 [units][height][width]. */
static void convolution(const aann_layer *layer, const int8_t *weights, const int8_t *input,
                        int32_t *sums)
{
    for (int32_t unit = 0; unit < layer->sums.channels; unit++) {
        const int8_t *unit_weights = weights + (size_t)unit * (size_t)layer->fan_in;
        for (int32_t row = 0; row < layer->sums.height; row++) {
            for (int32_t column = 0; column < layer->sums.width; column++) {
                sums[map_index(layer->sums, unit, row, column)] =
                    convolution_sum(layer, unit_weights, input, row, column);
            }
        }
    }
}

/* weights int8 [units][fan_in], input int8 [fan_in] -> sums int32 [units]. */
static void dense(const aann_layer *layer, const int8_t *weights, const int8_t *input,
                  int32_t *sums)
{
    for (int32_t unit = 0; unit < layer->units; unit++) {
        sums[unit] = 0;
        for (int32_t source = 0; source < layer->fan_in; source++) {
            sums[unit] +=
                weights[(size_t)unit * (size_t)layer->fan_in + (size_t)source] * input[source];
        }
    }
}

/* The shape that pooling leaves: incomplete windows are dropped. */
static aann_shape pooled_shape(aann_shape shape, int32_t pool_height, int32_t pool_width)
{
    return (aann_shape){shape.channels, shape.height / pool_height, shape.width / pool_width};
}

/* values int32 [shape]: the maximum of the window at (row, column) of the pooled map. */
static int32_t window_maximum(const int32_t *values, aann_shape shape, int32_t pool_height,
                              int32_t pool_width, int32_t channel, int32_t row, int32_t column)
{
    int32_t maximum = INT32_MIN;
    for (int32_t i = 0; i < pool_height; i++) {
        for (int32_t j = 0; j < pool_width; j++) {
            const int32_t value =
                values[map_index(shape, channel, row * pool_height + i, column * pool_width + j)];
            maximum = value > maximum ? value : maximum;
        }
    }
    return maximum;
}

/* values int32 [shape] -> pooled int32 [pooled_shape]. */
static void max_pool(const int32_t *values, aann_shape shape, int32_t pool_height,
                     int32_t pool_width, int32_t *pooled)
{
    const aann_shape output = pooled_shape(shape, pool_height, pool_width);
    for (int32_t channel = 0; channel < output.channels; channel++) {
        for (int32_t row = 0; row < output.height; row++) {
            for (int32_t column = 0; column < output.width; column++) {
                pooled[map_index(output, channel, row, column)] =
                    window_maximum(values, shape, pool_height, pool_width, channel, row, column);
            }
        }
    }
}

/* floor(value / 2^shift). C leaves >> of a negative number to the implementation, so those are
 * shifted as their complement ~value = -1 - value, which is not negative: floor(v / 2^s) = -1 -
 * floor((-1 - v) / 2^s). */
static int32_t shift_right(int32_t value, int32_t shift)
{
    return value >= 0 ? value >> shift : ~(~value >> shift);
}

static int8_t hard_tanh(int32_t value)
{
    if (value > AANN_ACTIVATION_MAX) {
        return AANN_ACTIVATION_MAX;
    }
    if (value < -AANN_ACTIVATION_MAX) {
        return -AANN_ACTIVATION_MAX;
    }
    return (int8_t)value;
}

/* ---- the whole network ----------------------------------------------------------------------- */

/* Buffers for the largest map of each kind. */
typedef struct reference_scratch {
    int32_t *sums;      /* before pooling */
    int32_t *pooled;    /* after pooling, and shifted */
    int8_t *activation; /* what the next layer reads */
} reference_scratch;

static void release_scratch(reference_scratch *scratch)
{
    free(scratch->sums);
    free(scratch->pooled);
    free(scratch->activation);
}

/* Returns false, with nothing to free, if there is no memory. */
static bool allocate_scratch(const aann_spec *spec, reference_scratch *scratch)
{
    int64_t largest = aann_shape_size(spec->input);
    for (int32_t index = 0; index < spec->layer_count; index++) {
        const int64_t size = aann_shape_size(spec->layers[index].sums);
        largest = size > largest ? size : largest;
    }
    scratch->sums = aann_allocate((size_t)largest, sizeof *scratch->sums);
    scratch->pooled = aann_allocate((size_t)largest, sizeof *scratch->pooled);
    scratch->activation = aann_allocate((size_t)largest, sizeof *scratch->activation);
    if (scratch->sums == NULL || scratch->pooled == NULL || scratch->activation == NULL) {
        release_scratch(scratch);
        return false;
    }
    return true;
}

/* Pools before the first layer: input int8 [input] -> activation int8 [pooled input]. */
static void pool_input(const aann_spec *spec, const int8_t *input, reference_scratch *scratch)
{
    const int64_t size = aann_shape_size(spec->input);
    for (int64_t index = 0; index < size; index++) {
        scratch->sums[index] = (int32_t)input[index];
    }
    max_pool(scratch->sums, spec->input, spec->input_pool_height, spec->input_pool_width,
             scratch->pooled);
    const int64_t pooled_size =
        aann_shape_size(pooled_shape(spec->input, spec->input_pool_height, spec->input_pool_width));
    for (int64_t index = 0; index < pooled_size; index++) {
        scratch->activation[index] = (int8_t)scratch->pooled[index];
    }
}

/* activation int8 [layer input] -> pooled int32 [layer output]: sum, pool, shift. */
static void evaluate_layer(const aann_layer *layer, const int8_t *weights,
                           reference_scratch *scratch)
{
    if (layer->kind == AANN_LAYER_DENSE) {
        dense(layer, weights, scratch->activation, scratch->sums);
    } else {
        convolution(layer, weights, scratch->activation, scratch->sums);
    }
    max_pool(scratch->sums, layer->sums, layer->pool_height, layer->pool_width, scratch->pooled);
    const int64_t size = aann_shape_size(layer->output);
    for (int64_t index = 0; index < size; index++) {
        scratch->pooled[index] = shift_right(scratch->pooled[index], layer->shift);
    }
}

/* All layers; activations may be NULL. */
static void evaluate(const aann_network *network, const int8_t *input, int8_t *const *activations,
                     int32_t *logits, reference_scratch *scratch)
{
    const aann_spec *spec = &network->spec;
    const int32_t last = spec->layer_count - 1;
    pool_input(spec, input, scratch);
    for (int32_t index = 0; index < last; index++) {
        const size_t size = (size_t)aann_shape_size(spec->layers[index].output);
        evaluate_layer(&spec->layers[index], network->weights[index], scratch);
        for (size_t value = 0; value < size; value++) {
            scratch->activation[value] = hard_tanh(scratch->pooled[value]);
        }
        if (activations != NULL) {
            memcpy(activations[index], scratch->activation, size);
        }
    }
    evaluate_layer(&spec->layers[last], network->weights[last], scratch);
    memcpy(logits, scratch->pooled, (size_t)spec->output_count * sizeof *logits);
}

aann_status aann_network_reference_trace(const aann_network *network, const int8_t *input,
                                         int8_t *const *activations, int32_t *logits,
                                         aann_error *error)
{
    reference_scratch scratch = {0};
    if (!allocate_scratch(&network->spec, &scratch)) {
        return aann_fail(error, AANN_ERROR_MEMORY, "no memory for the maps of %s",
                         network->spec.text);
    }
    evaluate(network, input, activations, logits, &scratch);
    release_scratch(&scratch);
    return AANN_OK;
}

aann_status aann_network_reference_logits(const aann_network *network, const int8_t *input,
                                          int32_t *logits, aann_error *error)
{
    return aann_network_reference_trace(network, input, NULL, logits, error);
}
