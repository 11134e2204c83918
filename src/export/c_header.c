/* A model as the text of one C header. */
#include <inttypes.h>
#include <stdlib.h>

#include "aann/version.h"
#include "core/error.h"
#include "export/c_source.h"

aann_export_c_options aann_export_c_options_default(void)
{
    return (aann_export_c_options){.name = "network"};
}

/* ---- the text -------------------------------------------------------------------------------- */

static void write_top(aann_text *text, const aann_c_plan *plan, const aann_network *network,
                      const aann_c_input *input)
{
    char spec[AANN_MAX_SPEC_LENGTH] = "";
    aann_spec_format(plan->spec, spec, sizeof spec, NULL);
    aann_text_add(text,
                  "/* @.h: a network with weights -1, 0 and +1, written by aann %s.\n"
                  " *\n"
                  " * network  %s\n"
                  " * reads    %d x %d x %d\n"
                  " * hash     %016" PRIx64 "\n"
                  " * memory   %lld bytes, static\n"
                  " *\n"
                  " * Include it in one source file:\n"
                  " *\n"
                  " *     #include \"@.h\"\n"
                  " *\n"
                  " *     static @_input input[$_INPUTS];\n"
                  " *     int32_t logits[$_OUTPUTS];\n"
                  " *     @_run(input, logits);\n"
                  " */\n",
                  aann_version(), spec, plan->spec->input.channels, plan->spec->input.height,
                  plan->spec->input.width, aann_network_hash(network), (long long)plan->memory);
    aann_text_add(text,
                  "#ifndef $_H\n"
                  "#define $_H\n\n"
                  "#include <stdint.h>\n\n"
                  "#define $_INPUTS %lld\n"
                  "#define $_OUTPUTS %d\n\n"
                  "typedef %s @_input;\n\n",
                  (long long)aann_shape_size(input->shape), plan->spec->output_count,
                  aann_c_input_type(input));
}

static void write_run(aann_text *text, const aann_c_plan *plan)
{
    aann_text_add(text, "/* From an input to the logits of each output. */\n"
                        "static inline void @_run(const @_input *input, int32_t *logits)\n"
                        "{\n"
                        "    @_read_input(input);\n");
    if (plan->pools_input) {
        aann_text_add(text, "    @_pool_input();\n");
    }
    for (int32_t i = 0; i < plan->layer_count; i++) {
        aann_text_add(text, "    @_layer_%d(%s);\n", i + 1, plan->layers[i].last ? "logits" : "");
    }
    aann_text_add(text, "}\n\n"
                        "/* The class with the largest logit; of equal ones the first. */\n"
                        "static inline int @_answer(const int32_t *logits)\n"
                        "{\n"
                        "    int best = 0, i;\n"
                        "    for (i = 1; i < $_OUTPUTS; i++) {\n"
                        "        if (logits[i] > logits[best]) {\n"
                        "            best = i;\n"
                        "        }\n"
                        "    }\n"
                        "    return best;\n"
                        "}\n\n"
                        "#endif\n");
}

static void fill_report(const aann_c_plan *plan, aann_export_c_report *report)
{
    *report =
        (aann_export_c_report){.layer_count = plan->layer_count, .memory_bytes = plan->memory};
    for (int32_t i = 0; i < plan->layer_count; i++) {
        report->tables[i] = plan->layers[i].table.kind;
        report->table_bytes[i] = aann_c_table_size(plan, &plan->layers[i]);
    }
}

static aann_status write_all(const aann_model *model, const aann_c_plan *plan,
                             const aann_c_input *input, char **result, aann_error *error)
{
    aann_text text = {.name = plan->name, .capitals = plan->capitals};
    write_top(&text, plan, aann_model_network(model), input);
    aann_c_write_support(&text, plan);
    aann_c_write_tables(&text, plan);
    aann_c_write_input(&text, plan, input);
    aann_c_write_layers(&text, plan);
    write_run(&text, plan);
    if (text.failed) {
        free(text.characters);
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for an export");
    }
    *result = text.characters;
    return AANN_OK;
}

aann_status aann_model_export_c(const aann_model *model, const aann_export_c_options *options,
                                char **text, aann_export_c_report *report, aann_error *error)
{
    aann_c_plan plan;
    aann_c_input input;
    *text = NULL;
    aann_status status = aann_c_plan_make(aann_model_network(model), options, &plan, error);
    if (status == AANN_OK) {
        status = aann_c_input_make(model, options, &input, error);
        if (status == AANN_OK) {
            status = write_all(model, &plan, &input, text, error);
        }
        aann_c_input_clear(&input);
    }
    if (status == AANN_OK && report != NULL) {
        fill_report(&plan, report);
    }
    aann_c_plan_clear(&plan);
    return status;
}
