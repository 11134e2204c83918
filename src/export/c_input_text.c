/* The part of an exported header that reads an input into its frame. */
#include "export/c_source.h"

/* Loops over the values of `channels` channels of the frame, up to the line that writes one value to
 * *to++, and from there on. */
static void begin_loops(aann_text *text, const aann_c_frame *frame, int32_t channels)
{
    aann_text_add(text,
                  "    for (channel = %d; channel != 0; channel--) {\n"
                  "        for (row = %d; row != 0; row--) {\n"
                  "            for (column = %d; column != 0; column--) {\n"
                  "                ",
                  channels, frame->map.height, frame->map.width);
}

static void end_loops(aann_text *text, const aann_c_frame *frame)
{
    const long long after_row = (long long)(frame->pitch - frame->map.width);
    const long long after_plane = (long long)(frame->plane - frame->pitch * frame->map.height);
    aann_text_add(text, "            }\n");
    if (after_row != 0) {
        aann_text_add(text, "            to += %lld;\n", after_row);
    }
    aann_text_add(text, "        }\n");
    if (after_plane != 0) {
        aann_text_add(text, "        to += %lld;\n", after_plane);
    }
}

static void write_pool(aann_text *text, const aann_c_plan *plan)
{
    const aann_spec *spec = plan->spec;
    const aann_c_frame *frame = &plan->layers[0].input;
    const int64_t across = spec->input_pool_width;
    const int64_t down = spec->input_pool_height;
    const int64_t pitch = spec->input.width;
    aann_text_add(text,
                  "/* The largest value of each window of %d x %d inputs. */\n"
                  "static void @_pool_input(void)\n"
                  "{\n"
                  "    const uint8_t *corner = @_memory.bytes;\n"
                  "    uint8_t *to = @_memory.bytes + %lld;\n"
                  "    unsigned channel, row, column, i, j;\n",
                  spec->input_pool_height, spec->input_pool_width,
                  (long long)(frame->place + frame->start));
    if (frame->padded) {
        aann_text_add(text, "    @_clear(@_memory.words + %lld, %lldu);\n",
                      (long long)frame->place / 4, (long long)(frame->size + 3) / 4);
    }
    aann_text_add(text,
                  "    for (channel = %d; channel != 0; channel--) {\n"
                  "        for (row = %d; row != 0; row--) {\n"
                  "            for (column = %d; column != 0; column--) {\n"
                  "                const uint8_t *from = corner;\n"
                  "                uint8_t largest = 0;\n"
                  "                for (i = %lld; i != 0; i--) {\n"
                  "                    for (j = %lld; j != 0; j--) {\n"
                  "                        largest = *from > largest ? *from : largest;\n"
                  "                        from++;\n"
                  "                    }\n"
                  "                    from += %lld;\n"
                  "                }\n"
                  "                *(volatile uint8_t *)to++ = largest;\n"
                  "                corner += %lld;\n"
                  "            }\n",
                  frame->map.channels, frame->map.height, frame->map.width, (long long)down,
                  (long long)across, (long long)(pitch - across), (long long)across);
    aann_text_add(text,
                  "            to += %lld;\n"
                  "            corner += %lld;\n"
                  "        }\n"
                  "        to += %lld;\n"
                  "        corner += %lld;\n"
                  "    }\n"
                  "}\n\n",
                  (long long)(frame->pitch - frame->map.width),
                  (long long)(down * pitch - across * frame->map.width),
                  (long long)(frame->plane - frame->pitch * frame->map.height),
                  (long long)((spec->input.height - down * frame->map.height) * pitch));
}

/* ---- numbers --------------------------------------------------------------------------------- */

static void write_level(aann_text *text)
{
    aann_text_add(text,
                  "/* Where levels begin: -127 below `first`, 127 from `last` on, and between\n"
                  " * them as many levels as slopes fit in. In parts of 2^-32. */\n"
                  "typedef struct @_range {\n"
                  "    int32_t first, last;\n"
                  "    uint32_t high, low; /* 128 slopes */\n"
                  "    uint32_t part_high, part; /* added */\n"
                  "} @_range;\n\n");
    aann_text_add(text,
                  "/* The level of a number, plus 128. */\n"
                  "static uint8_t @_level(int32_t value, const @_range *range)\n"
                  "{\n"
                  "    const int32_t first = (int32_t)$_LONG(&range->first);\n"
                  "    const int32_t last = (int32_t)$_LONG(&range->last);\n"
                  "    uint32_t high = $_LONG(&range->high), low = $_LONG(&range->low);\n"
                  "    uint32_t part = $_LONG(&range->part), whole;\n"
                  "    unsigned bit, level = 2;\n"
                  "    if (last < first) {\n"
                  "        return 128; /* a constant */\n"
                  "    }\n"
                  "    if (value < first) {\n"
                  "        return 1;\n"
                  "    }\n"
                  "    if (value >= last) {\n"
                  "        return 255;\n"
                  "    }\n"
                  "    whole = (uint32_t)value - (uint32_t)first + $_LONG(&range->part_high);\n"
                  "    for (bit = 128; bit != 0; bit >>= 1) {\n"
                  "        if (whole > high || (whole == high && part >= low)) {\n"
                  "            whole -= high + (part < low ? 1u : 0u);\n"
                  "            part -= low;\n"
                  "            level += bit;\n"
                  "        }\n"
                  "        low = low >> 1 | high << 31;\n"
                  "        high >>= 1;\n"
                  "    }\n"
                  "    return (uint8_t)level;\n"
                  "}\n\n");
}

static void write_ranges(aann_text *text, const aann_c_input *input)
{
    aann_text_add(text, "static const @_range @_ranges[] $_FLASH = {\n");
    for (int64_t i = 0; i < input->range_count; i++) {
        const aann_c_range *range = &input->ranges[i];
        aann_text_add(
            text, "    {%lld, %lld, %lluu, %lluu, %lluu, %lluu},\n",
            range->constant ? 1LL : (long long)range->first,
            range->constant ? 0LL : (long long)range->last, (unsigned long long)range->top >> 32,
            (unsigned long long)range->top & UINT32_MAX, (unsigned long long)range->part >> 32,
            (unsigned long long)range->part & UINT32_MAX);
    }
    aann_text_add(text, "};\n\n");
}

/* ---- tables ---------------------------------------------------------------------------------- */

/* How many rules of each kind a column has. */
typedef struct column_rules {
    int64_t thresholds;
    int64_t levels;
    int64_t ranges;
    bool missing;
} column_rules;

static column_rules count_rules(const aann_encoding *encoding, int64_t column)
{
    column_rules rules = {0};
    int64_t i = aann_c_input_first_rule(encoding, column);
    for (; i < encoding->rule_count && encoding->rules[i].column == column; i++) {
        const aann_input_rule *rule = &encoding->rules[i];
        rules.thresholds += rule->kind == AANN_INPUT_THRESHOLD ? 1 : 0;
        rules.levels += rule->kind == AANN_INPUT_LEVEL ? 1 : 0;
        rules.missing |= rule->kind == AANN_INPUT_MISSING;
        rules.ranges += rule->kind == AANN_INPUT_RANGE ? 1 : 0;
    }
    return rules;
}

/* What the columns are compared with, column after column: thresholds, words. */
static void write_limits(aann_text *text, const aann_c_input *input)
{
    const aann_encoding *encoding = input->encoding;
    int64_t count = 0;
    aann_text_add(text, "static const int32_t @_limits[] $_FLASH = {\n");
    for (int64_t i = 0; i < encoding->rule_count; i++) {
        const aann_input_kind kind = encoding->rules[i].kind;
        if (kind == AANN_INPUT_THRESHOLD || kind == AANN_INPUT_LEVEL) {
            aann_text_add(text, "    %lld,\n", (long long)input->limits[i]);
            count++;
        }
    }
    aann_text_add(text, "%s};\n\n", count == 0 ? "    0\n" : "");
    aann_text_add(text, "/* Inputs of a column: thresholds, words, missing, range. */\n"
                        "typedef struct @_column {\n"
                        "    uint16_t thresholds, words, missing, range;\n"
                        "} @_column;\n\n"
                        "static const @_column @_columns[] $_FLASH = {\n");
    for (int64_t column = 0; column < encoding->feature_count; column++) {
        const column_rules rules = count_rules(encoding, column);
        aann_text_add(text, "    {%lld, %lld, %d, %lld},\n", (long long)rules.thresholds,
                      (long long)rules.levels, rules.missing ? 1 : 0, (long long)rules.ranges);
    }
    aann_text_add(text, "};\n\n");
}

/* Whether a column is read with several ranges. The encodings that aann makes have at most one. */
static bool has_more_ranges(const aann_encoding *encoding)
{
    for (int64_t i = 1; i < encoding->rule_count; i++) {
        const aann_input_rule *before = &encoding->rules[i - 1];
        const aann_input_rule *rule = &encoding->rules[i];
        if (rule->column == before->column && rule->kind == AANN_INPUT_RANGE &&
            before->kind == AANN_INPUT_RANGE) {
            return true;
        }
    }
    return false;
}

static void write_table_reader(aann_text *text, const aann_c_plan *plan, const aann_c_input *input)
{
    aann_text_add(text,
                  "static void @_read_input(const @_input *input)\n"
                  "{\n"
                  "    uint8_t *to = @_memory.bytes + %lld;\n"
                  "    const int32_t *limit = @_limits;\n"
                  "    const @_column *column = @_columns;\n",
                  (long long)(plan->input.place + plan->input.start));
    if (input->range_count > 0) {
        aann_text_add(text, "    const @_range *range = @_ranges;\n");
    }
    aann_text_add(text, "    unsigned i, count;\n"
                        "    for (i = $_INPUTS; i != 0; i--) {\n"
                        "        const int32_t value = *input++;\n"
                        "        for (count = $_HALF(&column->thresholds); count != 0; count--) {\n"
                        "            *to++ = value >= (int32_t)$_LONG(limit) ? 255 : 128;\n"
                        "            limit++;\n"
                        "        }\n"
                        "        for (count = $_HALF(&column->words); count != 0; count--) {\n"
                        "            *to++ = value == (int32_t)$_LONG(limit) ? 255 : 128;\n"
                        "            limit++;\n"
                        "        }\n"
                        "        if ($_HALF(&column->missing) != 0) {\n"
                        "            *to++ = value == $_MISSING ? 255 : 128;\n"
                        "        }\n");
    if (input->range_count > 0) {
        aann_text_add(text,
                      has_more_ranges(input->encoding)
                          ? "        for (count = $_HALF(&column->range); count != 0; count--) {\n"
                          : "        if ($_HALF(&column->range) != 0) {\n");
        aann_text_add(text,
                      "            *to++ = value == $_MISSING ? 128 : @_level(value, range);\n"
                      "            range++;\n"
                      "        }\n");
    }
    aann_text_add(text, "        column++;\n"
                        "    }\n");
    if (input->constant) {
        aann_text_add(text, "    *to = 255;\n");
    }
    aann_text_add(text, "}\n\n");
}

/* ---- all kinds ------------------------------------------------------------------------------- */

/* The line that writes one value. */
static void write_value(aann_text *text, const aann_c_input *input)
{
    switch (input->kind) {
    case AANN_EXPORT_C_INPUT_BYTES:
        aann_text_add(text, "*to++ = (uint8_t)(128 + (*input++ >> 1));\n");
        break;
    case AANN_EXPORT_C_INPUT_NUMBERS:
        aann_text_add(text, input->range_count == input->value_count && input->value_count > 1
                                ? "*to++ = @_level(*input++, range++);\n"
                                : "*to++ = @_level(*input++, range);\n");
        break;
    case AANN_EXPORT_C_INPUT_ENCODED:
    case AANN_EXPORT_C_INPUT_AUTOMATIC:
        aann_text_add(text, "*to++ = (uint8_t)(128 + *input++);\n");
        break;
    }
}

static void write_reader(aann_text *text, const aann_c_plan *plan, const aann_c_input *input)
{
    const aann_c_frame *frame = &plan->input;
    const bool numbers = input->kind == AANN_EXPORT_C_INPUT_NUMBERS;
    const bool by_channel = numbers && input->range_count > 1 &&
                            input->range_count == input->shape.channels &&
                            input->range_count != input->value_count;
    aann_text_add(text,
                  "static void @_read_input(const @_input *input)\n"
                  "{\n"
                  "    uint8_t *to = @_memory.bytes + %lld;\n"
                  "    unsigned channel, row, column;\n",
                  (long long)(frame->place + frame->start));
    if (numbers) {
        aann_text_add(text, "    const @_range *range = @_ranges;\n");
    }
    if (frame->padded) {
        aann_text_add(text, "    @_clear(@_memory.words + %lld, %lldu);\n",
                      (long long)frame->place / 4, (long long)(frame->size + 3) / 4);
    }
    begin_loops(text, frame, input->shape.channels);
    write_value(text, input);
    end_loops(text, frame);
    aann_text_add(text, by_channel ? "        range++;\n    }\n" : "    }\n");
    if (input->constant) {
        begin_loops(text, frame, 1);
        aann_text_add(text, "*(volatile uint8_t *)to++ = 255;\n");
        end_loops(text, frame);
        aann_text_add(text, "    }\n");
    }
    aann_text_add(text, "}\n\n");
}

void aann_c_write_input(aann_text *text, const aann_c_plan *plan, const aann_c_input *input)
{
    const bool table =
        input->kind == AANN_EXPORT_C_INPUT_NUMBERS && input->encoding->kind == AANN_ENCODING_TABLE;
    if (input->range_count > 0) {
        write_level(text);
        write_ranges(text, input);
    }
    if (table) {
        write_limits(text, input);
        write_table_reader(text, plan, input);
    } else {
        write_reader(text, plan, input);
    }
    if (plan->pools_input) {
        write_pool(text, plan);
    }
}
