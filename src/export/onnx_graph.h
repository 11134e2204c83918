/* A graph of ONNX operators that is being written.
 *
 * Most of a network is a chain. The graph therefore has a current value, the output of the last
 * step: aann_onnx_step adds an operator that reads it and whose output is the current value from
 * then on. Constants have the name of the step that uses them and a suffix, so that a person finds
 * his way about in a viewer.
 *
 * Memory that runs out is noticed at the end, by aann_onnx_graph_close. */
#ifndef AANN_EXPORT_ONNX_GRAPH_H
#define AANN_EXPORT_ONNX_GRAPH_H

#include <stddef.h>
#include <stdint.h>

#include "model/bytes.h"

/* Types of elements, by ONNX's numbers. */
typedef enum aann_onnx_type {
    AANN_ONNX_TYPE_FLOAT = 1,
    AANN_ONNX_TYPE_UINT8 = 2,
    AANN_ONNX_TYPE_INT8 = 3,
    AANN_ONNX_TYPE_INT32 = 6,
    AANN_ONNX_TYPE_INT64 = 7,
    AANN_ONNX_TYPE_DOUBLE = 11
} aann_onnx_type;

/* Bytes of the name of a value, the final NUL included; dimensions of a tensor. */
enum { AANN_ONNX_NAME_SIZE = 64, AANN_ONNX_DIMENSIONS = 4 };

typedef struct aann_onnx_graph {
    /* fields of a GraphProto */
    aann_byte_writer nodes, initializers, inputs, outputs;

    /* name of the current value */
    char current[AANN_ONNX_NAME_SIZE];
} aann_onnx_graph;

/* The size of a dimension, or the batch's. */
enum { AANN_ONNX_BATCH = -1 };

/* Declares an input of the graph, which becomes the current value, or an output. */
void aann_onnx_graph_input(aann_onnx_graph *graph, const char *name, aann_onnx_type type,
                           const int64_t *dimensions, int32_t count);
void aann_onnx_graph_output(aann_onnx_graph *graph, const char *name, aann_onnx_type type,
                            const int64_t *dimensions, int32_t count);

/* ---- operators ------------------------------------------------------------------------------- */

/* An attribute of an operator: whole numbers, one or a list. */
typedef struct aann_onnx_attribute {
    const char *name;
    int64_t values[AANN_ONNX_DIMENSIONS];
    int32_t count; /* 0: one number, no list */
} aann_onnx_attribute;

enum { AANN_ONNX_OPERANDS = 4, AANN_ONNX_ATTRIBUTES = 3 };

/* An operator: what it reads and its attributes; those that are NULL end the list. */
typedef struct aann_onnx_operator {
    const char *name;
    const char *operands[AANN_ONNX_OPERANDS];
    aann_onnx_attribute attributes[AANN_ONNX_ATTRIBUTES];
} aann_onnx_operator;

/* Adds an operator with an output of this name. */
void aann_onnx_node(aann_onnx_graph *graph, const aann_onnx_operator *operation,
                    const char *output);

/* Steps: operators whose first operand is the current value, which their output replaces. */

/* Of the current value alone. */
void aann_onnx_step(aann_onnx_graph *graph, const char *operation, const char *output);

/* Of the current value and another one. */
void aann_onnx_step_with(aann_onnx_graph *graph, const char *operation, const char *operand,
                         const char *output);

/* Of the current value and a number of this type. */
void aann_onnx_step_number(aann_onnx_graph *graph, const char *operation, aann_onnx_type type,
                           double number, const char *output);

void aann_onnx_step_cast(aann_onnx_graph *graph, aann_onnx_type type, const char *output);

/* Clamps the current value, which is of this type. */
void aann_onnx_step_clip(aann_onnx_graph *graph, aann_onnx_type type, double low, double high,
                         const char *output);

/* Picks columns[count] of the second dimension. */
void aann_onnx_step_gather(aann_onnx_graph *graph, const int64_t *columns, int64_t count,
                           const char *output);

/* Makes a named value the current one. */
void aann_onnx_set_current(aann_onnx_graph *graph, const char *name);

/* ---- constants ------------------------------------------------------------------------------- */

/* Begins a constant tensor (`count` 0: a single number); the caller appends its elements in order,
 * exactly as many as it has, with aann_onnx_element. */
void aann_onnx_tensor_begin(aann_onnx_graph *graph, const char *name, aann_onnx_type type,
                            const int64_t *dimensions, int32_t count);
void aann_onnx_element(aann_onnx_graph *graph, aann_onnx_type type, double value);

/* The list of whole numbers that operators such as Reshape and Pad want. */
void aann_onnx_integers(aann_onnx_graph *graph, const char *name, const int64_t *values,
                        int64_t count);

/* Bytes of an element. */
size_t aann_onnx_type_size(aann_onnx_type type);

/* name + suffix, in room for a name; one that is too long is cut off. */
void aann_onnx_join(char name[AANN_ONNX_NAME_SIZE], const char *first, const char *second);

/* ---- the end --------------------------------------------------------------------------------- */

/* Appends the graph as field `field` of *to and frees it. Where memory ran out, to->failed. */
void aann_onnx_graph_close(aann_onnx_graph *graph, aann_byte_writer *to, uint32_t field);

#endif
