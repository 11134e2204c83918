/* A function for each layer of an exported header: unit after unit, row after row. */
#include "export/c_source.h"

static const char *sum_type(const aann_c_layer *layer)
{
    return layer->wide_sums ? "int32_t" : "int";
}

/* Declares where a unit's synapses are: `list`, `middle` and `end`. */
static void write_unit_lists(aann_text *text, const aann_c_layer *layer, int number)
{
    if (layer->table.kind == AANN_EXPORT_C_INDEX) {
        aann_text_add(text, "        const @_offset *const middle = list + $_OFFSET(counts);\n"
                            "        const @_offset *const end = middle + $_OFFSET(counts + 1);\n");
        return;
    }
    const char *kind = layer->table.kind == AANN_EXPORT_C_RICE ? "rice" : "delta";
    aann_text_add(text,
                  "        @_offset *const middle = @_read_%s(&reader, &@_kernel_%d, list);\n"
                  "        @_offset *const end = @_read_%s(&reader, &@_kernel_%d, middle);\n",
                  kind, number, kind, number);
}

static void begin_layer(aann_text *text, const aann_c_plan *plan, int32_t index)
{
    const aann_c_layer *layer = &plan->layers[index];
    const aann_layer *l = layer->layer;
    const int number = index + 1;
    char name[32];
    aann_layer_name(l, name, sizeof name);
    aann_text_add(text,
                  "/* Layer %d, %s: reads %d x %d x %d, gives %d x %d x %d. */\n"
                  "static void @_layer_%d(%s)\n"
                  "{\n",
                  number, name, l->input.channels, l->input.height, l->input.width,
                  l->output.channels, l->output.height, l->output.width, number,
                  layer->last ? "int32_t *logits" : "void");
    if (layer->table.kind == AANN_EXPORT_C_INDEX) {
        aann_text_add(text,
                      "    const @_offset *list = @_table_%d;\n"
                      "    const @_offset *counts = @_counts_%d;\n",
                      number, number);
    } else {
        aann_text_add(text,
                      "    @_offset *const list = @_memory.offsets + %lld;\n"
                      "    @_reader reader;\n",
                      (long long)layer->list / (plan->wide_offsets ? 4 : 2));
    }
}

static void end_unit(aann_text *text, const aann_c_layer *layer)
{
    if (layer->table.kind == AANN_EXPORT_C_INDEX) {
        aann_text_add(text, "        list = end;\n"
                            "        counts += 2;\n");
    }
    aann_text_add(text, "    }\n"
                        "}\n\n");
}

/* ---- hidden layers --------------------------------------------------------------------------- */

static void write_declarations(aann_text *text, const aann_c_layer *layer,
                               const aann_c_frame *output)
{
    const bool parts = aann_c_row_has_parts(layer);
    aann_text_add(text,
                  "    uint8_t *out = @_memory.bytes + %lld;\n"
                  "    unsigned unit, row, column%s;\n",
                  (long long)(output->place + output->start),
                  parts && !layer->words ? ", i, j" : "");
    if (parts && layer->words) {
        aann_text_add(text, "#if !$_WORDS\n"
                            "    unsigned i, j;\n"
                            "#endif\n");
    }
    if (output->padded) {
        aann_text_add(text, "    @_clear(@_memory.words + %lld, %lldu);\n",
                      (long long)output->place / 4, (long long)(output->size + 3) / 4);
    }
}

/* Initialised by parts: of a whole struct some compilers make a call of memcpy. */
static void write_reader_start(aann_text *text, const aann_c_layer *layer, int number)
{
    if (layer->table.kind != AANN_EXPORT_C_INDEX) {
        aann_text_add(text,
                      "    reader.next = @_table_%d;\n"
                      "    reader.gap = %lldu;\n"
                      "    reader.bits = 0;\n"
                      "    reader.count = 0;\n",
                      number, (long long)layer->table.first_gap);
    }
}

/* What a sum lacks of its output: each input is 128 too large. */
static void write_zero(aann_text *text, const aann_c_layer *layer, bool words)
{
    const char *type = words ? "uint32_t" : sum_type(layer);
    const char *start = words ? "32768u + " : layer->layer->shift > 0 ? "" : "128 + ";
    aann_text_add(text,
                  "        const %s zero =\n"
                  "            %s((%s)(middle - list) << 7) - ((%s)(end - middle) << 7);\n",
                  type, start, type, type);
    if (words) {
        aann_text_add(text, "        const uint32_t zeros = zero | zero << 16;\n"
                            "        int32_t value;\n");
    }
}

/* Moves a pointer on, if it has to be. */
static void write_move(aann_text *text, const char *pointer, int64_t bytes)
{
    if (bytes != 0) {
        aann_text_add(text, "%s += %lld;\n", pointer, (long long)bytes);
    }
}

static void write_hidden(aann_text *text, const aann_c_plan *plan, int32_t index)
{
    const aann_c_layer *layer = &plan->layers[index];
    const aann_layer *l = layer->layer;
    const aann_c_frame *output = aann_c_plan_output(plan, index);
    aann_c_write_sums(text, layer);
    begin_layer(text, plan, index);
    write_declarations(text, layer, output);
    write_reader_start(text, layer, index + 1);
    aann_text_add(text, "    for (unit = %d; unit != 0; unit--) {\n", l->units);
    write_unit_lists(text, layer, index + 1);
    aann_text_add(text, "        const uint8_t *corner = @_memory.bytes + %lld;\n",
                  (long long)layer->input.place);
    if (layer->words) {
        aann_text_add(text, "#if $_WORDS\n");
        write_zero(text, layer, true);
        aann_text_add(text, "#else\n");
    }
    write_zero(text, layer, false);
    if (layer->words) {
        aann_text_add(text, "#endif\n");
    }
    aann_text_add(text, "        for (row = %d; row != 0; row--) {\n", l->output.height);
    if (layer->words) {
        aann_text_add(text, "#if $_WORDS\n");
        aann_c_write_row(text, layer, true);
        aann_text_add(text, "#else\n");
    }
    aann_c_write_row(text, layer, false);
    if (layer->words) {
        aann_text_add(text, "#endif\n");
    }
    const int64_t step = (int64_t)l->pool_height * l->stride * layer->input.pitch;
    const int64_t row = (int64_t)l->output.width * l->pool_width * l->stride;
    write_move(text, "            corner", step - row);
    write_move(text, "            out", output->pitch - l->output.width);
    aann_text_add(text, "        }\n");
    write_move(text, "        out", output->plane - output->pitch * l->output.height);
    end_unit(text, layer);
}

/* ---- the last layer -------------------------------------------------------------------------- */

static void write_sum(aann_text *text, const aann_c_layer *layer, const char *end, char sign)
{
    aann_text_add(text,
                  "        for (; at != %s; at++) {\n"
                  "            sum %c= in[",
                  end, sign);
    aann_text_add(text, layer->table.kind == AANN_EXPORT_C_INDEX ? "$_OFFSET(at)" : "*at");
    aann_text_add(text, "];\n"
                        "        }\n");
}

static void write_last(aann_text *text, const aann_c_plan *plan, int32_t index)
{
    const aann_c_layer *layer = &plan->layers[index];
    begin_layer(text, plan, index);
    aann_text_add(text,
                  "    const uint8_t *const in = @_memory.bytes + %lld;\n"
                  "    unsigned unit;\n",
                  (long long)layer->input.place);
    write_reader_start(text, layer, index + 1);
    aann_text_add(text, "    for (unit = %d; unit != 0; unit--) {\n", layer->layer->units);
    write_unit_lists(text, layer, index + 1);
    aann_text_add(
        text,
        "        const @_offset *at = list;\n"
        "        int32_t sum = ((int32_t)(middle - list) << 7) - ((int32_t)(end - middle) << 7);\n");
    write_sum(text, layer, "middle", '-');
    write_sum(text, layer, "end", '+');
    if (layer->layer->shift > 0) {
        aann_text_add(text, "        *logits++ = $_SHIFT(sum, %d);\n", layer->layer->shift);
    } else {
        aann_text_add(text, "        *logits++ = sum;\n");
    }
    end_unit(text, layer);
}

void aann_c_write_layers(aann_text *text, const aann_c_plan *plan)
{
    for (int32_t i = 0; i < plan->layer_count; i++) {
        if (plan->layers[i].last) {
            write_last(text, plan, i);
        } else {
            write_hidden(text, plan, i);
        }
    }
}
