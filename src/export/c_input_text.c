/* The part of an exported header that reads an input into its frame. */
#include "export/c_source.h"

/* Assigns `value` to *to for each value of `channels` channels of the frame. */
static void write_loops(aann_text *text, const aann_c_frame *frame, int32_t channels,
                        const char *value)
{
    const long long after_row = (long long)(frame->pitch - frame->map.width);
    const long long after_plane = (long long)(frame->plane - frame->pitch * frame->map.height);
    if (after_row == 0 && after_plane == 0) {
        aann_text_add(text,
                      "    for (column = %lld; column != 0; column--) {\n"
                      "        *to++ = %s;\n"
                      "    }\n",
                      (long long)channels * frame->map.height * frame->map.width, value);
        return;
    }
    aann_text_add(text,
                  "    for (channel = %d; channel != 0; channel--) {\n"
                  "        for (row = %d; row != 0; row--) {\n"
                  "            for (column = %d; column != 0; column--) {\n"
                  "                *to++ = %s;\n"
                  "            }\n"
                  "            to += %lld;\n"
                  "        }\n"
                  "        to += %lld;\n"
                  "    }\n",
                  channels, frame->map.height, frame->map.width, value, after_row, after_plane);
}

static bool is_gapless(const aann_c_frame *frame)
{
    return frame->size == aann_shape_size(frame->map);
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
                  "                *to++ = largest;\n"
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

void aann_c_write_input(aann_text *text, const aann_c_plan *plan, const aann_c_input *input)
{
    const aann_c_frame *frame = &plan->input;
    const bool loops = !is_gapless(frame);
    aann_text_add(text,
                  "static void @_read_input(const @_input *input)\n"
                  "{\n"
                  "    uint8_t *to = @_memory.bytes + %lld;\n"
                  "    unsigned %scolumn;\n",
                  (long long)(frame->place + frame->start), loops ? "channel, row, " : "");
    if (frame->padded) {
        aann_text_add(text, "    @_clear(@_memory.words + %lld, %lldu);\n",
                      (long long)frame->place / 4, (long long)(frame->size + 3) / 4);
    }
    switch (input->kind) {
    case AANN_EXPORT_C_INPUT_BYTES:
        write_loops(text, frame, input->shape.channels, "(uint8_t)(128 + (*input++ >> 1))");
        break;
    case AANN_EXPORT_C_INPUT_ENCODED:
    case AANN_EXPORT_C_INPUT_NUMBERS:
    case AANN_EXPORT_C_INPUT_AUTOMATIC:
        write_loops(text, frame, input->shape.channels, "(uint8_t)(128 + *input++)");
        break;
    }
    if (input->constant) {
        write_loops(text, frame, 1, "255");
    }
    aann_text_add(text, "}\n\n");
    if (plan->pools_input) {
        write_pool(text, plan);
    }
}
