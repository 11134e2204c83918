/* Layers as ONNX operators, in floats or in integers.
 *
 * Floats: activations are whole numbers from -127 to 127 in 32-bit floats. A sum of them is exact,
 * in any order and with or without fused multiplication, as long as no partial sum can exceed 2^24;
 * onnx.c refuses other networks. The shift is a multiplication by a power of two and Floor.
 *
 * Integers: activations are bytes, 128 more than the value, which is the zero point of ConvInteger
 * and MatMulInteger. ONNX has no arithmetic shift and its Div rounds towards zero, so a multiple of
 * 2^shift is added first that makes every sum positive. Pools come after the clamp, which changes
 * nothing because it is monotone: engines can pool bytes, but not 32-bit integers. */
#include <math.h>
#include <stdio.h>

#include "export/onnx_parts.h"

enum { FULL = AANN_ACTIVATION_MAX, ZERO_POINT = 128 };

static const char zero_point[] = "zero_point";

int64_t aann_onnx_largest_sum(const aann_network *network, int32_t index)
{
    const aann_layer *layer = &aann_network_spec(network)->layers[index];
    const int8_t *weights = aann_network_weights(network, index);
    int64_t most = 0;
    for (int32_t unit = 0; unit < layer->units; unit++) {
        int64_t synapses = 0;
        for (int32_t i = 0; i < layer->fan_in; i++) {
            synapses += weights[i] != 0;
        }
        most = synapses > most ? synapses : most;
        weights += layer->fan_in;
    }
    return FULL * most;
}

/* "layer2.sums" */
static void name_of(char name[AANN_ONNX_NAME_SIZE], int32_t index, const char *what)
{
    snprintf(name, AANN_ONNX_NAME_SIZE, "layer%d.%s", index + 1, what);
}

/* ---- shapes ---------------------------------------------------------------------------------- */

static void make_flat(aann_onnx_export *to, int32_t index)
{
    char name[AANN_ONNX_NAME_SIZE];
    if (!to->flat) {
        name_of(name, index, "flat");
        aann_onnx_step(&to->graph, "Flatten", name);
        to->flat = true;
    }
}

static void make_map(aann_onnx_export *to, int32_t index, aann_shape shape)
{
    if (to->flat) {
        char name[AANN_ONNX_NAME_SIZE];
        char dimensions[AANN_ONNX_NAME_SIZE];
        name_of(name, index, "map");
        name_of(dimensions, index, "map.shape");
        const int64_t values[] = {-1, shape.channels, shape.height, shape.width};
        aann_onnx_integers(&to->graph, dimensions, values, 4);
        aann_onnx_step_with(&to->graph, "Reshape", dimensions, name);
        to->flat = false;
    }
}

static void pool(aann_onnx_export *to, int32_t height, int32_t width, const char *output)
{
    if (height > 1 || width > 1) {
        aann_onnx_node(&to->graph,
                       &(aann_onnx_operator){.name = "MaxPool",
                                             .operands = {to->graph.current},
                                             .attributes = {{"kernel_shape", {height, width}, 2},
                                                            {"strides", {height, width}, 2}}},
                       output);
        aann_onnx_set_current(&to->graph, output);
    }
}

static void pool_layer(aann_onnx_export *to, int32_t index)
{
    const aann_layer *layer = &to->spec->layers[index];
    char name[AANN_ONNX_NAME_SIZE];
    name_of(name, index, "pooled");
    pool(to, layer->pool_height, layer->pool_width, name);
}

/* ---- sums ------------------------------------------------------------------------------------ */

static bool is_integer(const aann_onnx_export *to)
{
    return to->options.form == AANN_ONNX_INTEGER;
}

/* A convolution's weights are [units][channels][height][width], a dense layer's [inputs][units]. */
static void write_weights(aann_onnx_export *to, int32_t index, const char *name)
{
    const aann_layer *layer = &to->spec->layers[index];
    const aann_onnx_type type = is_integer(to) ? AANN_ONNX_TYPE_INT8 : AANN_ONNX_TYPE_FLOAT;
    const int8_t *weights = aann_network_weights(to->network, index);
    if (layer->kind == AANN_LAYER_CONVOLUTION) {
        const int64_t dimensions[] = {layer->units, layer->input.channels, layer->kernel_height,
                                      layer->kernel_width};
        aann_onnx_tensor_begin(&to->graph, name, type, dimensions, 4);
        for (int64_t i = 0; i < layer->weight_count; i++) {
            aann_onnx_element(&to->graph, type, weights[i]);
        }
        return;
    }
    const int64_t dimensions[] = {layer->fan_in, layer->units};
    aann_onnx_tensor_begin(&to->graph, name, type, dimensions, 2);
    for (int64_t i = 0; i < layer->fan_in; i++) {
        for (int64_t unit = 0; unit < layer->units; unit++) {
            aann_onnx_element(&to->graph, type, weights[unit * layer->fan_in + i]);
        }
    }
}

/* Zeros after the last row or column that the kernel reads. */
static int32_t padding_after(int32_t input, int32_t before, int32_t kernel, int32_t stride,
                             int32_t output)
{
    const int32_t after = (output - 1) * stride + kernel - input - before;
    return after > 0 ? after : 0;
}

static aann_onnx_operator convolution(const aann_layer *layer)
{
    const int32_t bottom = padding_after(layer->input.height, layer->padding_top,
                                         layer->kernel_height, layer->stride, layer->sums.height);
    const int32_t right = padding_after(layer->input.width, layer->padding_left,
                                        layer->kernel_width, layer->stride, layer->sums.width);
    return (aann_onnx_operator){
        .attributes = {{"kernel_shape", {layer->kernel_height, layer->kernel_width}, 2},
                       {"pads", {layer->padding_top, layer->padding_left, bottom, right}, 4},
                       {"strides", {layer->stride, layer->stride}, 2}}};
}

static void sum_up(aann_onnx_export *to, int32_t index)
{
    const aann_layer *layer = &to->spec->layers[index];
    const bool is_convolution = layer->kind == AANN_LAYER_CONVOLUTION;
    char sums[AANN_ONNX_NAME_SIZE];
    char weights[AANN_ONNX_NAME_SIZE];
    name_of(sums, index, "sums");
    name_of(weights, index, "weights");
    write_weights(to, index, weights);
    aann_onnx_operator operation = {0};
    if (is_convolution) {
        make_map(to, index, layer->input);
        operation = convolution(layer);
    } else {
        make_flat(to, index);
    }
    operation.operands[0] = to->graph.current;
    operation.operands[1] = weights;
    if (is_integer(to)) {
        operation.name = is_convolution ? "ConvInteger" : "MatMulInteger";
        operation.operands[2] = zero_point;
    } else {
        operation.name = is_convolution ? "Conv" : "MatMul";
    }
    aann_onnx_node(&to->graph, &operation, sums);
    aann_onnx_set_current(&to->graph, sums);
}

/* ---- floats ---------------------------------------------------------------------------------- */

static void finish_float_layer(aann_onnx_export *to, int32_t index, bool is_last)
{
    const aann_layer *layer = &to->spec->layers[index];
    char name[AANN_ONNX_NAME_SIZE];
    pool_layer(to, index);
    if (layer->shift > 0) {
        name_of(name, index, "scaled");
        aann_onnx_step_number(&to->graph, "Mul", AANN_ONNX_TYPE_FLOAT, ldexp(1.0, -layer->shift),
                              name);
        name_of(name, index, "shifted");
        aann_onnx_step(&to->graph, "Floor", name);
    }
    if (!is_last) {
        name_of(name, index, "activation");
        aann_onnx_step_clip(&to->graph, AANN_ONNX_TYPE_FLOAT, -FULL, FULL, name);
    }
}

/* ---- integers -------------------------------------------------------------------------------- */

/* The smallest multiple of 2^shift that makes every sum positive, divided by 2^shift. */
static int32_t positive_offset(const aann_onnx_export *to, int32_t index)
{
    const int32_t shift = to->spec->layers[index].shift;
    const int64_t largest = aann_onnx_largest_sum(to->network, index);
    return (int32_t)((largest + (1 << shift) - 1) >> shift);
}

/* The current sums become floor(sum / 2^shift) + offset. */
static void shift_integers(aann_onnx_export *to, int32_t index, int32_t offset)
{
    const int32_t shift = to->spec->layers[index].shift;
    char name[AANN_ONNX_NAME_SIZE];
    name_of(name, index, "positive");
    aann_onnx_step_number(&to->graph, "Add", AANN_ONNX_TYPE_INT32, ldexp(offset, shift), name);
    name_of(name, index, "shifted");
    aann_onnx_step_number(&to->graph, "Div", AANN_ONNX_TYPE_INT32, ldexp(1.0, shift), name);
}

static void finish_integer_layer(aann_onnx_export *to, int32_t index, bool is_last)
{
    const bool shifts = to->spec->layers[index].shift > 0;
    const int32_t offset = shifts ? positive_offset(to, index) : 0;
    char name[AANN_ONNX_NAME_SIZE];
    if (shifts) {
        shift_integers(to, index, offset);
    }
    if (!is_last) {
        name_of(name, index, "clamped");
        aann_onnx_step_clip(&to->graph, AANN_ONNX_TYPE_INT32, offset - FULL, offset + FULL, name);
    }
    const int32_t zero = is_last ? 0 : ZERO_POINT;
    if (zero != offset) {
        name_of(name, index, "moved");
        aann_onnx_step_number(&to->graph, "Add", AANN_ONNX_TYPE_INT32, zero - offset, name);
    }
    if (!is_last) {
        name_of(name, index, "activation");
        aann_onnx_step_cast(&to->graph, AANN_ONNX_TYPE_UINT8, name);
        pool_layer(to, index);
    }
}

static void begin_integers(aann_onnx_graph *graph)
{
    aann_onnx_tensor_begin(graph, zero_point, AANN_ONNX_TYPE_UINT8, NULL, 0);
    aann_onnx_element(graph, AANN_ONNX_TYPE_UINT8, ZERO_POINT);
    aann_onnx_step_number(graph, "Add", AANN_ONNX_TYPE_FLOAT, ZERO_POINT, "encoding.moved");
    aann_onnx_step_cast(graph, AANN_ONNX_TYPE_UINT8, "encoding.unsigned");
}

/* ---- the network ----------------------------------------------------------------------------- */

void aann_onnx_write_layers(aann_onnx_export *to)
{
    const aann_spec *spec = to->spec;
    if (is_integer(to)) {
        begin_integers(&to->graph);
    }
    if (spec->input_pool_height > 1 || spec->input_pool_width > 1) {
        make_map(to, 0, spec->input);
        pool(to, spec->input_pool_height, spec->input_pool_width, "encoding.pooled");
    }
    for (int32_t i = 0; i < spec->layer_count; i++) {
        const bool is_last = i == spec->layer_count - 1;
        sum_up(to, i);
        if (is_integer(to)) {
            finish_integer_layer(to, i, is_last);
        } else {
            finish_float_layer(to, i, is_last);
        }
    }
}
