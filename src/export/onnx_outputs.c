/* What a model's outputs stand for, as ONNX operators: the same numbers as aann_model_interpret. */
#include "export/onnx_parts.h"

#include "aann/evaluate.h"

/* The current value becomes the output `logits`; returns the name of the same as they were. */
static void write_logits(aann_onnx_export *to, char raw[AANN_ONNX_NAME_SIZE])
{
    const int64_t dimensions[] = {AANN_ONNX_BATCH, to->spec->output_count};
    aann_onnx_join(raw, to->graph.current, "");
    if (to->options.form == AANN_ONNX_INTEGER) {
        aann_onnx_step(&to->graph, "Identity", "logits");
    } else {
        aann_onnx_step_cast(&to->graph, AANN_ONNX_TYPE_INT32, "logits");
    }
    aann_onnx_graph_output(&to->graph, "logits", AANN_ONNX_TYPE_INT32, dimensions, 2);
}

static void write_answer(aann_onnx_export *to, const char *raw)
{
    const int64_t dimensions[] = {AANN_ONNX_BATCH};
    aann_onnx_node(&to->graph,
                   &(aann_onnx_operator){.name = "ArgMax",
                                         .operands = {raw},
                                         .attributes = {{"axis", {1}, 0}, {"keepdims", {0}, 0}}},
                   "answer");
    aann_onnx_graph_output(&to->graph, "answer", AANN_ONNX_TYPE_INT64, dimensions, 1);
}

static void write_probabilities(aann_onnx_export *to, const char *raw)
{
    const int64_t dimensions[] = {AANN_ONNX_BATCH, to->spec->output_count};
    aann_onnx_set_current(&to->graph, raw);
    if (to->options.form == AANN_ONNX_INTEGER) {
        aann_onnx_step_cast(&to->graph, AANN_ONNX_TYPE_FLOAT, "probabilities.logits");
    }
    aann_onnx_step_number(&to->graph, "Mul", AANN_ONNX_TYPE_FLOAT,
                          1.0 / (AANN_ACTIVATION_MAX * to->about->loss_scale),
                          "probabilities.scaled");
    aann_onnx_node(&to->graph,
                   &(aann_onnx_operator){.name = "Softmax",
                                         .operands = {to->graph.current},
                                         .attributes = {{"axis", {1}, 0}}},
                   "probabilities");
    aann_onnx_graph_output(&to->graph, "probabilities", AANN_ONNX_TYPE_FLOAT, dimensions, 2);
}

static void step_with_outputs(aann_onnx_export *to, const char *operation, const double *values,
                              const char *constant, const char *output)
{
    const int64_t count = to->spec->output_count;
    aann_onnx_tensor_begin(&to->graph, constant, AANN_ONNX_TYPE_DOUBLE, &count, 1);
    for (int64_t i = 0; i < count; i++) {
        aann_onnx_element(&to->graph, AANN_ONNX_TYPE_DOUBLE, values[i]);
    }
    aann_onnx_step_with(&to->graph, operation, constant, output);
}

static void write_regression(aann_onnx_export *to)
{
    const aann_model_description *about = to->about;
    const int64_t dimensions[] = {AANN_ONNX_BATCH, to->spec->output_count};
    const bool has_units = about->target_mean != NULL;
    aann_onnx_set_current(&to->graph, "logits");
    aann_onnx_step_cast(&to->graph, AANN_ONNX_TYPE_DOUBLE, "output.logits");
    aann_onnx_step_number(&to->graph, "Div", AANN_ONNX_TYPE_DOUBLE,
                          aann_logits_full_scale(about->output_scale), "output.scaled");
    aann_onnx_step_clip(&to->graph, AANN_ONNX_TYPE_DOUBLE, -1.0, 1.0,
                        has_units ? "output.clamped" : "output");
    if (has_units) {
        step_with_outputs(to, "Mul", about->target_scale, "output.scale", "output.wide");
        step_with_outputs(to, "Add", about->target_mean, "output.mean", "output");
    }
    aann_onnx_graph_output(&to->graph, "output", AANN_ONNX_TYPE_DOUBLE, dimensions, 2);
}

void aann_onnx_write_outputs(aann_onnx_export *to)
{
    char raw[AANN_ONNX_NAME_SIZE];
    write_logits(to, raw);
    if (to->about->regression) {
        write_regression(to);
        return;
    }
    write_answer(to, raw);
    if (to->options.probabilities) {
        write_probabilities(to, raw);
    }
}
