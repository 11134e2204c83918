/* A model as an ONNX file: options, checks, and the frame around the graph.
 *
 * Operator set 13 and IR version 7 are those of ONNX 1.8 (2020): the oldest that have all that is
 * needed (bytes in Clip and MaxPool, NaN of doubles), so the most engines read them. */
#include "aann/export_onnx.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "aann/version.h"
#include "core/error.h"
#include "export/onnx_parts.h"
#include "export/onnx_protobuf.h"

/* Fields of ModelProto and OperatorSetIdProto. */
enum {
    MODEL_IR_VERSION = 1,
    MODEL_PRODUCER = 2,
    MODEL_PRODUCER_VERSION = 3,
    MODEL_GRAPH = 7,
    MODEL_OPERATOR_SET = 8,
    MODEL_METADATA = 14,
    SET_DOMAIN = 1,
    SET_VERSION = 2
};

enum { IR_VERSION = 7, OPERATOR_SET = 13 };

/* Whole numbers up to here are exact in 32-bit floats. */
static const int64_t float_limit = (int64_t)1 << 24;

aann_onnx_options aann_onnx_options_default(void)
{
    return (aann_onnx_options){.form = AANN_ONNX_AUTOMATIC};
}

/* ---- checks ---------------------------------------------------------------------------------- */

/* The first layer whose sums 32-bit floats do not hold; -1 if there is none. */
static int32_t inexact_layer(const aann_network *network, int64_t *largest)
{
    for (int32_t i = 0; i < aann_network_spec(network)->layer_count; i++) {
        *largest = aann_onnx_largest_sum(network, i);
        if (*largest > float_limit) {
            return i;
        }
    }
    return -1;
}

static aann_status choose_form(aann_onnx_export *to, aann_error *error)
{
    int64_t largest = 0;
    const int32_t layer = inexact_layer(to->network, &largest);
    switch (to->options.form) {
    case AANN_ONNX_AUTOMATIC:
        to->options.form = layer < 0 ? AANN_ONNX_FLOAT : AANN_ONNX_INTEGER;
        return AANN_OK;
    case AANN_ONNX_FLOAT:
        return layer < 0 ? AANN_OK
                         : aann_fail(error, AANN_ERROR_ARGUMENT,
                                     "the sums of layer %" PRId32 " reach %" PRId64
                                     ", 32-bit floats are exact up to %" PRId64
                                     ": export the integer form",
                                     layer + 1, largest, float_limit);
    case AANN_ONNX_INTEGER: return AANN_OK;
    }
    return aann_fail(error, AANN_ERROR_ARGUMENT, "there is no form %d of an ONNX graph",
                     (int)to->options.form);
}

static aann_onnx_input usual_input(const aann_encoding *encoding)
{
    if (encoding == NULL) {
        return AANN_ONNX_INPUT_INT8;
    }
    switch (encoding->kind) {
    case AANN_ENCODING_BYTE: return AANN_ONNX_INPUT_UINT8;
    case AANN_ENCODING_TABLE: return AANN_ONNX_INPUT_FLOAT64;
    case AANN_ENCODING_GLOBAL:
    case AANN_ENCODING_FEATURE:
    case AANN_ENCODING_AUTOMATIC: break;
    }
    return AANN_ONNX_INPUT_FLOAT32;
}

static aann_status choose_input(aann_onnx_export *to, aann_error *error)
{
    const aann_encoding *encoding = to->about->encoding;
    const aann_onnx_input wanted = to->options.input;
    if (wanted == AANN_ONNX_INPUT_AUTOMATIC) {
        to->options.input = usual_input(encoding);
        return AANN_OK;
    }
    if (wanted < AANN_ONNX_INPUT_UINT8 || wanted > AANN_ONNX_INPUT_FLOAT64) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "there is no input type %d of an ONNX graph",
                         (int)wanted);
    }
    if (encoding == NULL && wanted != AANN_ONNX_INPUT_INT8) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "the model has no encoding, so its inputs are int8 and nothing else");
    }
    if (encoding != NULL && wanted == AANN_ONNX_INPUT_INT8) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "inputs of int8 are those of a model without an encoding; this one has "
                         "one: expected uint8, float32 or float64");
    }
    return AANN_OK;
}

/* What the integer form adds to make sums positive must fit 32 bits. */
static aann_status check_shifts(const aann_onnx_export *to, aann_error *error)
{
    for (int32_t i = 0; i < to->spec->layer_count; i++) {
        const int32_t shift = to->spec->layers[i].shift;
        const int64_t largest = aann_onnx_largest_sum(to->network, i);
        if (to->options.form == AANN_ONNX_INTEGER && shift > 0 &&
            2 * largest + (1 << shift) > INT32_MAX) {
            return aann_fail(error, AANN_ERROR_ARGUMENT,
                             "the sums of layer %" PRId32 " reach %" PRId64
                             ": too large to be shifted by an integer graph",
                             i + 1, largest);
        }
    }
    return AANN_OK;
}

static aann_status check_encoding(const aann_encoding *encoding, aann_error *error)
{
    for (int64_t i = 0; encoding != NULL && i < encoding->rule_count; i++) {
        const aann_input_rule *rule = &encoding->rules[i];
        if (rule->kind == AANN_INPUT_RANGE && !isfinite(rule->high - rule->low)) {
            return aann_fail(error, AANN_ERROR_ARGUMENT,
                             "input %" PRId64 " of the encoding has a range of infinite width", i);
        }
    }
    return AANN_OK;
}

static aann_status too_large(const aann_onnx_export *to, aann_error *error)
{
    const bool whole = to->options.form == AANN_ONNX_INTEGER;
    return aann_fail(error, AANN_ERROR_ARGUMENT,
                     "the ONNX file would have more than 2 GiB, which the format does not allow%s",
                     whole ? "" : "; the integer form has a quarter of the size");
}

/* Before memory is taken for it. */
static aann_status check_size(const aann_onnx_export *to, aann_error *error)
{
    int64_t bytes = 0;
    for (int32_t i = 0; i < to->spec->layer_count; i++) {
        bytes += to->spec->layers[i].weight_count * (to->options.form == AANN_ONNX_INTEGER ? 1 : 4);
    }
    return bytes <= INT32_MAX ? AANN_OK : too_large(to, error);
}

static aann_status check(aann_onnx_export *to, aann_error *error)
{
    aann_status status = choose_form(to, error);
    if (status == AANN_OK) {
        status = choose_input(to, error);
    }
    if (status == AANN_OK && to->options.probabilities && to->about->regression) {
        status = aann_fail(error, AANN_ERROR_ARGUMENT, "a regression has no probabilities");
    }
    if (status == AANN_OK) {
        status = check_shifts(to, error);
    }
    if (status == AANN_OK) {
        status = check_encoding(to->about->encoding, error);
    }
    return status == AANN_OK ? check_size(to, error) : status;
}

/* ---- the file -------------------------------------------------------------------------------- */

static void write_file(aann_onnx_export *from, aann_byte_writer *to)
{
    aann_onnx_write_encoding(from);
    aann_onnx_write_layers(from);
    aann_onnx_write_outputs(from);
    aann_protobuf_integer(to, MODEL_IR_VERSION, IR_VERSION);
    aann_protobuf_text(to, MODEL_PRODUCER, "aann");
    aann_protobuf_text(to, MODEL_PRODUCER_VERSION, AANN_VERSION);
    aann_onnx_graph_close(&from->graph, to, MODEL_GRAPH);
    aann_byte_writer set = {0};
    aann_protobuf_text(&set, SET_DOMAIN, "");
    aann_protobuf_integer(&set, SET_VERSION, OPERATOR_SET);
    aann_protobuf_message(to, MODEL_OPERATOR_SET, &set);
    aann_onnx_write_metadata(from, to, MODEL_METADATA);
}

aann_status aann_model_export_onnx(const aann_model *model, const aann_onnx_options *options,
                                   void **bytes, size_t *size, aann_onnx_options *chosen,
                                   aann_error *error)
{
    *bytes = NULL;
    *size = 0;
    const aann_network *network = aann_model_network(model);
    aann_onnx_export export = {.network = network,
                               .spec = aann_network_spec(network),
                               .about = aann_model_describe(model),
                               .options = options != NULL ? *options : aann_onnx_options_default()};
    aann_status status = check(&export, error);
    if (status != AANN_OK) {
        return status;
    }
    aann_byte_writer file = {0};
    write_file(&export, &file);
    if (file.failed) {
        status = aann_fail(error, AANN_ERROR_MEMORY, "out of memory for an ONNX file");
    } else if (file.size > INT32_MAX) {
        status = too_large(&export, error);
    }
    if (status != AANN_OK) {
        free(file.bytes);
        return status;
    }
    if (chosen != NULL) {
        *chosen = export.options;
    }
    *bytes = file.bytes;
    *size = file.size;
    return AANN_OK;
}
