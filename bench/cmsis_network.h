/* A network of convolutions, max-pools and one dense layer with CMSIS-NN in int8, for bench/chips.py.
 *
 * It includes "cmsis_data.h", which that writes: weights -1, 0 and +1 as int8, sizes, samples with
 * the int8 logits to expect. Scales are 1, so that activations are those of aann, and logits are
 * divided by 128. Two buffers are used in turn; that and the scratch memory is all its RAM. */
#ifndef CMSIS_NETWORK_H
#define CMSIS_NETWORK_H

#include <stdint.h>

#include "arm_nnfunctions.h"

typedef struct cmsis_layer {
    int32_t channels, height, width; /* of the input */
    int32_t units, kernel, padding;
    int32_t pool; /* 0: the dense layer */
    const int8_t *weights;
} cmsis_layer;

#include "cmsis_data.h"

static int8_t cmsis_wide[CMSIS_WIDE];     /* before a pool */
static int8_t cmsis_narrow[CMSIS_NARROW]; /* after it */
static int8_t cmsis_scratch[CMSIS_SCRATCH] __attribute__((aligned(4)));

static void cmsis_convolution(const cmsis_layer *layer, const int8_t *input)
{
    const cmsis_nn_context context = {cmsis_scratch, sizeof cmsis_scratch};
    const cmsis_nn_conv_params how = {.input_offset = 0,
                                      .output_offset = 0,
                                      .stride = {1, 1},
                                      .padding = {layer->padding, layer->padding},
                                      .dilation = {1, 1},
                                      .activation = {-127, 127}};
    const cmsis_nn_per_channel_quant_params scale = {(int32_t *)cmsis_multipliers,
                                                     (int32_t *)cmsis_shifts};
    const cmsis_nn_dims in = {1, layer->height, layer->width, layer->channels};
    const cmsis_nn_dims filter = {layer->units, layer->kernel, layer->kernel, layer->channels};
    const cmsis_nn_dims bias = {1, 1, 1, layer->units};
    const cmsis_nn_dims out = {1, layer->height, layer->width, layer->units};
    const cmsis_nn_dims pooled = {1, layer->height / layer->pool, layer->width / layer->pool,
                                  layer->units};
    const cmsis_nn_dims window = {1, layer->pool, layer->pool, 1};
    const cmsis_nn_pool_params pool = {
        .stride = {layer->pool, layer->pool}, .padding = {0, 0}, .activation = {-128, 127}};
    arm_convolve_wrapper_s8(&context, &how, &scale, &in, input, &filter, layer->weights, &bias,
                            cmsis_biases, &out, cmsis_wide);
    arm_max_pool_s8(&context, &pool, &out, cmsis_wide, &window, &pooled, cmsis_narrow);
}

static void cmsis_dense(const cmsis_layer *layer, int8_t *logits)
{
    const cmsis_nn_context context = {cmsis_scratch, sizeof cmsis_scratch};
    const cmsis_nn_fc_params how = {.activation = {-128, 127}};
    const cmsis_nn_per_tensor_quant_params scale = {1 << 30, -6}; /* 1 / 128 */
    const cmsis_nn_dims in = {1, 1, 1, layer->channels};
    const cmsis_nn_dims filter = {layer->channels, 1, 1, layer->units};
    const cmsis_nn_dims bias = {1, 1, 1, layer->units};
    const cmsis_nn_dims out = {1, 1, 1, layer->units};
    arm_fully_connected_s8(&context, &how, &scale, &in, cmsis_narrow, &filter, layer->weights,
                           &bias, cmsis_biases, &out, logits);
}

typedef int8_t cmsis_input;

static void cmsis_run(const cmsis_input *input, int8_t *logits)
{
    int i;
    for (i = 0; i < CMSIS_LAYERS - 1; i++) {
        cmsis_convolution(&cmsis_layers[i], i == 0 ? input : cmsis_narrow);
    }
    cmsis_dense(&cmsis_layers[CMSIS_LAYERS - 1], logits);
}

static inline long cmsis_self_test(void)
{
    int8_t logits[CMSIS_OUTPUTS];
    long wrong = 0;
    int test, i;
    for (test = 0; test < CMSIS_TESTS; test++) {
        cmsis_run(cmsis_inputs + test * CMSIS_INPUTS, logits);
        for (i = 0; i < CMSIS_OUTPUTS; i++) {
            const int difference = logits[i] - cmsis_expected[test * CMSIS_OUTPUTS + i];
            wrong += difference < -1 || difference > 1;
        }
    }
    return wrong;
}

#endif
