/* The parts of an ONNX export, in the order of the graph: encoding, layers, outputs; and metadata. */
#ifndef AANN_EXPORT_ONNX_PARTS_H
#define AANN_EXPORT_ONNX_PARTS_H

#include "aann/export_onnx.h"
#include "export/onnx_graph.h"

/* What is exported, and how far it is. */
typedef struct aann_onnx_export {
    const aann_network *network;
    const aann_spec *spec;
    const aann_model_description *about;

    /* nothing in it is AUTOMATIC */
    aann_onnx_options options;

    aann_onnx_graph graph;

    /* the current value is [batch][values], not [batch][channels][height][width] */
    bool flat;
} aann_onnx_export;

/* The input, and what makes whole numbers of it: the current value is then that of the first layer,
 * float -127 to 127, or in the integer form uint8 1 to 255. */
void aann_onnx_write_encoding(aann_onnx_export *to);

/* The network: the current value is then the logits, float [batch][outputs], or int32. */
void aann_onnx_write_layers(aann_onnx_export *to);

/* What is made of the logits. */
void aann_onnx_write_outputs(aann_onnx_export *to);

/* Names, hash and origin as fields `field` of the file's message: pairs of texts. */
void aann_onnx_write_metadata(const aann_onnx_export *from, aann_byte_writer *to, uint32_t field);

/* The largest sum that a unit of a layer can have, and its smallest with the sign changed: 127 for
 * each of its synapses. */
int64_t aann_onnx_largest_sum(const aann_network *network, int32_t layer);

/* The shape of what the user has, and whether it is a vector. */
aann_shape aann_onnx_measured_shape(const aann_onnx_export *from);
bool aann_onnx_is_vector(aann_shape shape);

#endif
