/* Operators, constants, inputs and outputs as ONNX's messages. The field numbers are those of
 * onnx.proto. */
#include "export/onnx_graph.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "export/onnx_protobuf.h"

/* Fields of GraphProto. */
enum { GRAPH_NODE = 1, GRAPH_NAME = 2, GRAPH_INITIALIZER = 5, GRAPH_INPUT = 11, GRAPH_OUTPUT = 12 };

/* Fields of NodeProto and AttributeProto, and the types of attributes. */
enum { NODE_INPUT = 1, NODE_OUTPUT = 2, NODE_NAME = 3, NODE_OPERATOR = 4, NODE_ATTRIBUTE = 5 };
enum { ATTRIBUTE_NAME = 1, ATTRIBUTE_INTEGER = 3, ATTRIBUTE_INTEGERS = 8, ATTRIBUTE_TYPE = 20 };
enum { TYPE_INTEGER = 2, TYPE_INTEGERS = 7 };

/* Fields of TensorProto. */
enum { TENSOR_DIMENSION = 1, TENSOR_TYPE = 2, TENSOR_NAME = 8, TENSOR_DATA = 9 };

/* Fields of ValueInfoProto, TypeProto, TypeProto.Tensor, TensorShapeProto and its Dimension. */
enum { VALUE_NAME = 1, VALUE_TYPE = 2, TYPE_TENSOR = 1, ELEMENT_TYPE = 1, ELEMENT_SHAPE = 2 };
enum { SHAPE_DIMENSION = 1, DIMENSION_SIZE = 1, DIMENSION_NAME = 2 };

void aann_onnx_join(char name[AANN_ONNX_NAME_SIZE], const char *first, const char *second)
{
    snprintf(name, AANN_ONNX_NAME_SIZE, "%s%s", first, second);
}

void aann_onnx_set_current(aann_onnx_graph *graph, const char *name)
{
    aann_onnx_join(graph->current, name, "");
}

/* ---- inputs and outputs ---------------------------------------------------------------------- */

static void write_value(aann_byte_writer *to, uint32_t field, const char *name, aann_onnx_type type,
                        const int64_t *dimensions, int32_t count)
{
    aann_byte_writer shape = {0};
    for (int32_t i = 0; i < count; i++) {
        aann_byte_writer dimension = {0};
        if (dimensions[i] == AANN_ONNX_BATCH) {
            aann_protobuf_text(&dimension, DIMENSION_NAME, "batch");
        } else {
            aann_protobuf_integer(&dimension, DIMENSION_SIZE, dimensions[i]);
        }
        aann_protobuf_message(&shape, SHAPE_DIMENSION, &dimension);
    }
    aann_byte_writer tensor = {0};
    aann_protobuf_integer(&tensor, ELEMENT_TYPE, type);
    aann_protobuf_message(&tensor, ELEMENT_SHAPE, &shape);
    aann_byte_writer kind = {0};
    aann_protobuf_message(&kind, TYPE_TENSOR, &tensor);
    aann_byte_writer value = {0};
    aann_protobuf_text(&value, VALUE_NAME, name);
    aann_protobuf_message(&value, VALUE_TYPE, &kind);
    aann_protobuf_message(to, field, &value);
}

void aann_onnx_graph_input(aann_onnx_graph *graph, const char *name, aann_onnx_type type,
                           const int64_t *dimensions, int32_t count)
{
    write_value(&graph->inputs, GRAPH_INPUT, name, type, dimensions, count);
    aann_onnx_set_current(graph, name);
}

void aann_onnx_graph_output(aann_onnx_graph *graph, const char *name, aann_onnx_type type,
                            const int64_t *dimensions, int32_t count)
{
    write_value(&graph->outputs, GRAPH_OUTPUT, name, type, dimensions, count);
}

/* ---- operators ------------------------------------------------------------------------------- */

static void write_attribute(aann_byte_writer *to, const aann_onnx_attribute *attribute)
{
    aann_byte_writer inner = {0};
    aann_protobuf_text(&inner, ATTRIBUTE_NAME, attribute->name);
    if (attribute->count == 0) {
        aann_protobuf_integer(&inner, ATTRIBUTE_INTEGER, attribute->values[0]);
    }
    for (int32_t i = 0; i < attribute->count; i++) {
        aann_protobuf_integer(&inner, ATTRIBUTE_INTEGERS, attribute->values[i]);
    }
    aann_protobuf_integer(&inner, ATTRIBUTE_TYPE,
                          attribute->count == 0 ? TYPE_INTEGER : TYPE_INTEGERS);
    aann_protobuf_message(to, NODE_ATTRIBUTE, &inner);
}

void aann_onnx_node(aann_onnx_graph *graph, const aann_onnx_operator *operation, const char *output)
{
    aann_byte_writer node = {0};
    for (int32_t i = 0; i < AANN_ONNX_OPERANDS && operation->operands[i] != NULL; i++) {
        aann_protobuf_text(&node, NODE_INPUT, operation->operands[i]);
    }
    aann_protobuf_text(&node, NODE_OUTPUT, output);
    aann_protobuf_text(&node, NODE_NAME, output);
    aann_protobuf_text(&node, NODE_OPERATOR, operation->name);
    for (int32_t i = 0; i < AANN_ONNX_ATTRIBUTES && operation->attributes[i].name != NULL; i++) {
        write_attribute(&node, &operation->attributes[i]);
    }
    aann_protobuf_message(&graph->nodes, GRAPH_NODE, &node);
}

static void step(aann_onnx_graph *graph, const aann_onnx_operator *operation, const char *output)
{
    aann_onnx_node(graph, operation, output);
    aann_onnx_set_current(graph, output);
}

void aann_onnx_step(aann_onnx_graph *graph, const char *operation, const char *output)
{
    step(graph, &(aann_onnx_operator){.name = operation, .operands = {graph->current}}, output);
}

void aann_onnx_step_with(aann_onnx_graph *graph, const char *operation, const char *operand,
                         const char *output)
{
    step(graph, &(aann_onnx_operator){.name = operation, .operands = {graph->current, operand}},
         output);
}

static void write_number(aann_onnx_graph *graph, const char *name, aann_onnx_type type,
                         double number)
{
    aann_onnx_tensor_begin(graph, name, type, NULL, 0);
    aann_onnx_element(graph, type, number);
}

void aann_onnx_step_number(aann_onnx_graph *graph, const char *operation, aann_onnx_type type,
                           double number, const char *output)
{
    char constant[AANN_ONNX_NAME_SIZE];
    aann_onnx_join(constant, output, ".number");
    write_number(graph, constant, type, number);
    aann_onnx_step_with(graph, operation, constant, output);
}

void aann_onnx_step_cast(aann_onnx_graph *graph, aann_onnx_type type, const char *output)
{
    step(graph,
         &(aann_onnx_operator){
             .name = "Cast", .operands = {graph->current}, .attributes = {{"to", {type}, 0}}},
         output);
}

void aann_onnx_step_clip(aann_onnx_graph *graph, aann_onnx_type type, double low, double high,
                         const char *output)
{
    char low_name[AANN_ONNX_NAME_SIZE];
    char high_name[AANN_ONNX_NAME_SIZE];
    aann_onnx_join(low_name, output, ".low");
    aann_onnx_join(high_name, output, ".high");
    write_number(graph, low_name, type, low);
    write_number(graph, high_name, type, high);
    step(graph,
         &(aann_onnx_operator){.name = "Clip", .operands = {graph->current, low_name, high_name}},
         output);
}

void aann_onnx_step_gather(aann_onnx_graph *graph, const int64_t *columns, int64_t count,
                           const char *output)
{
    char constant[AANN_ONNX_NAME_SIZE];
    aann_onnx_join(constant, output, ".columns");
    aann_onnx_integers(graph, constant, columns, count);
    step(graph,
         &(aann_onnx_operator){.name = "Gather",
                               .operands = {graph->current, constant},
                               .attributes = {{"axis", {1}, 0}}},
         output);
}

/* ---- constants ------------------------------------------------------------------------------- */

size_t aann_onnx_type_size(aann_onnx_type type)
{
    switch (type) {
    case AANN_ONNX_TYPE_UINT8:
    case AANN_ONNX_TYPE_INT8: return 1;
    case AANN_ONNX_TYPE_FLOAT:
    case AANN_ONNX_TYPE_INT32: return 4;
    case AANN_ONNX_TYPE_INT64:
    case AANN_ONNX_TYPE_DOUBLE: break;
    }
    return 8;
}

/* A tensor is written in place, since weights are large: its length is known beforehand. */
void aann_onnx_tensor_begin(aann_onnx_graph *graph, const char *name, aann_onnx_type type,
                            const int64_t *dimensions, int32_t count)
{
    aann_byte_writer head = {0};
    uint64_t bytes = aann_onnx_type_size(type);
    for (int32_t i = 0; i < count; i++) {
        aann_protobuf_integer(&head, TENSOR_DIMENSION, dimensions[i]);
        bytes *= (uint64_t)dimensions[i];
    }
    aann_protobuf_integer(&head, TENSOR_TYPE, type);
    aann_protobuf_text(&head, TENSOR_NAME, name);
    aann_byte_writer *to = &graph->initializers;
    aann_protobuf_bytes_head(to, GRAPH_INITIALIZER,
                             head.size + aann_protobuf_bytes_head_size(TENSOR_DATA, bytes) + bytes);
    aann_write_bytes(to, head.bytes, head.size);
    aann_protobuf_bytes_head(to, TENSOR_DATA, bytes);
    to->failed = to->failed || head.failed;
    free(head.bytes);
}

void aann_onnx_element(aann_onnx_graph *graph, aann_onnx_type type, double value)
{
    aann_byte_writer *to = &graph->initializers;
    uint8_t byte;
    switch (type) {
    case AANN_ONNX_TYPE_UINT8:
    case AANN_ONNX_TYPE_INT8:
        byte = (uint8_t)(int32_t)value;
        aann_write_bytes(to, &byte, 1);
        break;
    case AANN_ONNX_TYPE_INT32: aann_write_u32(to, (uint32_t)(int32_t)value); break;
    case AANN_ONNX_TYPE_INT64: aann_write_u64(to, (uint64_t)(int64_t)value); break;
    case AANN_ONNX_TYPE_FLOAT: aann_write_f32(to, (float)value); break;
    case AANN_ONNX_TYPE_DOUBLE: aann_write_f64(to, value); break;
    }
}

void aann_onnx_integers(aann_onnx_graph *graph, const char *name, const int64_t *values,
                        int64_t count)
{
    aann_onnx_tensor_begin(graph, name, AANN_ONNX_TYPE_INT64, &count, 1);
    for (int64_t i = 0; i < count; i++) {
        aann_onnx_element(graph, AANN_ONNX_TYPE_INT64, (double)values[i]);
    }
}

/* ---- the end --------------------------------------------------------------------------------- */

void aann_onnx_graph_close(aann_onnx_graph *graph, aann_byte_writer *to, uint32_t field)
{
    aann_byte_writer name = {0};
    aann_protobuf_text(&name, GRAPH_NAME, "aann");
    aann_byte_writer *parts[] = {&graph->nodes, &name, &graph->initializers, &graph->inputs,
                                 &graph->outputs};
    enum { PARTS = sizeof parts / sizeof parts[0] };
    uint64_t size = 0;
    for (int i = 0; i < PARTS; i++) {
        size += parts[i]->size;
    }
    aann_protobuf_bytes_head(to, field, size);
    for (int i = 0; i < PARTS; i++) {
        aann_write_bytes(to, parts[i]->bytes, parts[i]->size);
        to->failed = to->failed || parts[i]->failed;
        free(parts[i]->bytes);
        *parts[i] = (aann_byte_writer){0};
    }
}
