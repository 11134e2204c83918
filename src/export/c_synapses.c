/* Tables of synapses in an exported header, and the functions that read them. c_tables.c says what
 * is in them. */
#include "export/c_source.h"

static void write_kernel(aann_text *text, const aann_c_plan *plan)
{
    const bool wide = plan->wide_offsets || plan->wide_gaps;
    const char *number = wide ? "uint32_t" : "uint16_t";
    aann_text_add(
        text,
        "/* The weights of a unit: rows of `columns` inputs that lie side by side. */\n"
        "typedef struct @_kernel {\n"
        "    %s channels, rows, columns;\n"
        "    %s pitch; /* from a row to the next */\n"
        "    %s skip;  /* and from the last of a channel to the next channel, besides */\n"
        "    %s low_bits;\n"
        "} @_kernel;\n\n"
        "#define $_NUMBER(place) $_%s(place)\n\n"
        "typedef %s @_gap;\n\n"
        "/* Where the reader of a table is. */\n"
        "typedef struct @_reader {\n"
        "    const uint8_t *next;\n"
        "    @_gap gap; /* weights to the next synapse */\n"
        "    unsigned bits, count; /* read already, not used yet */\n"
        "} @_reader;\n\n",
        number, number, number, number, wide ? "LONG" : "HALF",
        plan->wide_gaps ? "uint32_t" : "unsigned");
}

/* The walk along a unit's weights is the same for both kinds: a row of weights after the other. What
 * is written between the two halves adds the next gap. */
static void begin_reader(aann_text *text, const char *kind)
{
    aann_text_add(text,
                  "/* Lists the synapses of one sign of a unit; returns the end of the list. */\n"
                  "static @_offset *@_read_%s(@_reader *reader, const @_kernel *kernel,\n"
                  "                           @_offset *list)\n"
                  "{\n"
                  "    const uint8_t *next = reader->next;\n"
                  "    @_gap gap = reader->gap;\n"
                  "    const @_gap columns = $_NUMBER(&kernel->columns);\n"
                  "    @_offset row = 0;\n"
                  "    unsigned channel, line;\n",
                  kind);
}

static void begin_weights(aann_text *text)
{
    aann_text_add(text,
                  "    for (channel = $_NUMBER(&kernel->channels); channel != 0; channel--) {\n"
                  "        for (line = $_NUMBER(&kernel->rows); line != 0; line--) {\n"
                  "            while (gap < columns) {\n"
                  "                *list++ = (@_offset)(row + gap++);\n");
}

static void end_reader(aann_text *text, const char *more)
{
    aann_text_add(text,
                  "            }\n"
                  "            gap -= columns;\n"
                  "            row = (@_offset)(row + $_NUMBER(&kernel->pitch));\n"
                  "        }\n"
                  "        row = (@_offset)(row + $_NUMBER(&kernel->skip));\n"
                  "    }\n"
                  "    reader->next = next;\n"
                  "    reader->gap = gap;\n"
                  "%s    return list;\n"
                  "}\n\n",
                  more);
}

static void write_rice(aann_text *text)
{
    begin_reader(text, "rice");
    aann_text_add(text, "    const unsigned low_bits = (unsigned)$_NUMBER(&kernel->low_bits);\n"
                        "    const unsigned unit = 1u << low_bits;\n"
                        "    unsigned bits = reader->bits, count = reader->count;\n");
    begin_weights(text);
    aann_text_add(text, "                for (;;) {\n"
                        "                    if (count < 8) {\n"
                        "                        bits |= (unsigned)$_BYTE(next) << count;\n"
                        "                        next++;\n"
                        "                        count += 8;\n"
                        "                    }\n"
                        "                    count--;\n"
                        "                    if ((bits & 1) == 0) {\n"
                        "                        break;\n"
                        "                    }\n"
                        "                    bits >>= 1;\n"
                        "                    gap += unit;\n"
                        "                }\n"
                        "                bits >>= 1;\n"
                        "                gap += bits & (unit - 1);\n"
                        "                bits >>= low_bits;\n"
                        "                count -= low_bits;\n");
    end_reader(text, "    reader->bits = bits;\n"
                     "    reader->count = count;\n");
}

static void write_delta(aann_text *text)
{
    begin_reader(text, "delta");
    aann_text_add(text, "    unsigned byte;\n");
    begin_weights(text);
    aann_text_add(text, "                do {\n"
                        "                    byte = $_BYTE(next);\n"
                        "                    next++;\n"
                        "                    gap += byte;\n"
                        "                } while (byte == 255);\n");
    end_reader(text, "");
}

/* ---- tables ---------------------------------------------------------------------------------- */

static void write_layer_kernel(aann_text *text, const aann_c_plan *plan, const aann_c_layer *layer,
                               int32_t number)
{
    const aann_layer *l = layer->layer;
    const bool dense = l->kind == AANN_LAYER_DENSE;
    const long long rows = dense ? 1 : l->kernel_height;
    const long long columns = dense ? l->fan_in : l->kernel_width;
    const long long pitch = dense ? 0 : layer->input.pitch;
    /* Negative where a kernel is taller than a channel; offsets are unsigned, and wrap around. */
    const int64_t back = dense ? 0 : layer->input.plane - rows * layer->input.pitch;
    const unsigned long long skip =
        plan->wide_offsets || plan->wide_gaps ? (uint32_t)back : (uint16_t)back;
    aann_text_add(
        text, "static const @_kernel @_kernel_%d $_FLASH = {%d, %lld, %lld, %lld, %lluu, %d};\n\n",
        number, dense ? 1 : l->input.channels, rows, columns, pitch, skip, layer->table.low_bits);
}

static void write_table(aann_text *text, const aann_c_plan *plan, int32_t index)
{
    const aann_c_layer *layer = &plan->layers[index];
    const aann_c_table *table = &layer->table;
    const int number = index + 1;
    if (table->kind != AANN_EXPORT_C_INDEX) {
        aann_text_add(text, "static const uint8_t @_table_%d[] $_FLASH = {\n", number);
        aann_text_add_bytes(text, table->bytes, table->count);
        aann_text_add(text, "};\n\n");
        write_layer_kernel(text, plan, layer, number);
        return;
    }
    aann_text_add(text, "static const @_offset @_table_%d[] $_FLASH = {\n", number);
    aann_text_add_numbers(text, table->offsets, table->count);
    aann_text_add(text, "};\n\nstatic const @_offset @_counts_%d[] $_FLASH = {\n", number);
    aann_text_add_numbers(text, table->counts, 2 * (size_t)layer->layer->units);
    aann_text_add(text, "};\n\n");
}

void aann_c_write_tables(aann_text *text, const aann_c_plan *plan)
{
    if (plan->has_lists) {
        write_kernel(text, plan);
    }
    if (plan->uses[AANN_EXPORT_C_RICE]) {
        write_rice(text);
    }
    if (plan->uses[AANN_EXPORT_C_DELTA]) {
        write_delta(text);
    }
    for (int32_t i = 0; i < plan->layer_count; i++) {
        write_table(text, plan, i);
    }
}
