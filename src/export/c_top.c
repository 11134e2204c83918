/* The comment at the top of an exported header: what the network is, what it reads, how to use it. */
#include <inttypes.h>
#include <string.h>

#include "aann/version.h"
#include "core/real_text.h"
#include "export/c_source.h"

enum { COLUMNS_LISTED = 4096, WORDS_LISTED = 4096 };

static const char *column_name(const aann_model_description *about, const aann_c_input *input,
                               int64_t column)
{
    if (input->encoding != NULL && input->encoding->columns != NULL &&
        column < input->encoding->feature_count) {
        return input->encoding->columns[column].name;
    }
    return about->column_names != NULL && column < about->column_count ? about->column_names[column]
                                                                       : NULL;
}

/* One line of the comment for a value of a sample. */
static void write_value_line(aann_text *text, const aann_model_description *about,
                             const aann_c_input *input, int64_t value)
{
    const char *name = column_name(about, input, value);
    const aann_column *column =
        input->encoding->columns != NULL ? &input->encoding->columns[value] : NULL;
    aann_text_add(text, " *     input[%" PRId64 "]  ", value);
    if (name != NULL) {
        aann_text_add_words(text, name);
        aann_text_add(text, ": ");
    }
    if (column != NULL && column->kind == AANN_COLUMN_WORDS) {
        aann_text_add(text, "the number of a word, -1 for any other:\n");
        for (int32_t i = 0; i < column->level_count && i < WORDS_LISTED; i++) {
            aann_text_add(text, " *         %" PRId32 "  ", i);
            aann_text_add_words(text, column->levels[i]);
            aann_text_add(text, "\n");
        }
    } else if (column != NULL && column->kind == AANN_COLUMN_BOOLEAN) {
        aann_text_add(text, "0 or 1\n");
    } else if (input->per_unit[value] == 1) {
        aann_text_add(text, "value\n");
    } else {
        aann_text_add(text, "value x %" PRId64 "\n", input->per_unit[value]);
    }
}

static bool is_uniform(const aann_c_input *input)
{
    for (int64_t i = 1; i < input->value_count; i++) {
        if (input->per_unit[i] != input->per_unit[0]) {
            return false;
        }
    }
    return true;
}

/* Whether all values of a channel have the same unit. */
static bool is_by_channel(const aann_c_input *input)
{
    const int64_t size = input->value_count / input->shape.channels;
    for (int64_t i = 0; i < input->value_count; i++) {
        if (input->per_unit[i] != input->per_unit[i / size * size]) {
            return false;
        }
    }
    return size > 1;
}

static void write_channels(aann_text *text, const aann_c_input *input)
{
    const int64_t size = input->value_count / input->shape.channels;
    for (int32_t i = 0; i < input->shape.channels && i < COLUMNS_LISTED; i++) {
        aann_text_add(text, " *     channel %d  value x %" PRId64 "\n", i,
                      input->per_unit[i * size]);
    }
}

static void write_numbers(aann_text *text, const aann_model_description *about,
                          const aann_c_input *input)
{
    const bool table = input->encoding->kind == AANN_ENCODING_TABLE;
    aann_text_add(text, " * are measured values times a whole number, as integers:\n *\n");
    if (!table && is_uniform(input)) {
        aann_text_add(text, " *     value x %" PRId64 "\n", input->per_unit[0]);
    } else if (is_by_channel(input)) {
        write_channels(text, input);
    } else {
        for (int64_t i = 0; i < input->value_count && i < COLUMNS_LISTED; i++) {
            write_value_line(text, about, input, i);
        }
    }
    if (table) {
        aann_text_add(text, " *\n * A missing value is $_MISSING.\n");
    }
}

static void write_input(aann_text *text, const aann_model_description *about,
                        const aann_c_input *input)
{
    aann_text_add(text,
                  " * Inputs, $_INPUTS of type @_input, %d x %d x %d (channels, rows, columns),\n",
                  input->shape.channels, input->shape.height, input->shape.width);
    switch (input->kind) {
    case AANN_EXPORT_C_INPUT_BYTES:
        aann_text_add(text,
                      " * are bytes such as pixels, 0 to 255, as the model was trained with.\n");
        break;
    case AANN_EXPORT_C_INPUT_NUMBERS: write_numbers(text, about, input); break;
    case AANN_EXPORT_C_INPUT_ENCODED:
    case AANN_EXPORT_C_INPUT_AUTOMATIC:
        aann_text_add(text, " * are what the network reads: -127 to 127, never -128.\n");
        break;
    }
}

/* Two digits that are not below the number: it is a limit. */
static void write_limit(double number, char text[AANN_REAL_TEXT_SIZE])
{
    double written = 0.0;
    for (int percent = 100; written < number && percent < 120; percent++) {
        aann_real_to_text(number * percent / 100.0, 2, text);
        (void)!aann_real_from_text(text, &written);
    }
}

static void write_outputs(aann_text *text, const aann_c_output *output)
{
    char error[AANN_REAL_TEXT_SIZE] = "0";
    if (!output->regression) {
        aann_text_add(text, " * @_answer(logits) is the class.\n");
    } else if (output->possible) {
        write_limit(output->largest_error, error);
        aann_text_add(text,
                      " * @_outputs(logits, outputs) gives numbers in the user's units, times\n"
                      " * 2^$_FRACTION_BITS: 1 is %d. They differ from exact ones by at most %s.\n",
                      1 << output->fraction_bits, error);
    } else {
        aann_text_add(text, " * Outputs in the user's units do not fit 32-bit integers: use the\n"
                            " * logits.\n");
    }
}

static void write_use(aann_text *text, const aann_c_output *output)
{
    aann_text_add(text, " * Include this file in one source file, fill in the inputs, and call\n"
                        " *\n"
                        " *     @_input input[$_INPUTS];\n"
                        " *     int32_t logits[$_OUTPUTS];\n"
                        " *     @_run(input, logits);\n"
                        " *\n");
    write_outputs(text, output);
    aann_text_add(
        text, " * The logits are those of 'aann predict', to the bit. All memory is one static\n"
              " * array: one thread at a time, no call from an interrupt meanwhile.\n");
}

void aann_c_write_top(aann_text *text, const aann_model *model, const aann_c_plan *plan,
                      const aann_c_input *input, const aann_c_output *output)
{
    const aann_model_description *about = aann_model_describe(model);
    char spec[AANN_MAX_SPEC_LENGTH] = "";
    aann_spec_format(plan->spec, spec, sizeof spec, NULL);
    aann_text_add(text,
                  "/* @.h: a network with weights -1, 0 and +1, for chips. Written by aann %s.\n"
                  " *\n"
                  " * network %s, reads %d x %d x %d\n"
                  " * hash    %016" PRIx64 "\n"
                  " * RAM     %" PRId64 " bytes\n"
                  " *\n",
                  aann_version(), spec, plan->spec->input.channels, plan->spec->input.height,
                  plan->spec->input.width, aann_network_hash(aann_model_network(model)),
                  plan->memory);
    write_use(text, output);
    aann_text_add(text, " *\n");
    write_input(text, about, input);
    aann_text_add(text,
                  " */\n#ifndef $_H\n#define $_H\n\n#include <stdint.h>\n\n"
                  "#define $_INPUTS %" PRId64 "\n#define $_OUTPUTS %d\n",
                  aann_shape_size(input->shape), plan->spec->output_count);
    if (output->possible) {
        aann_text_add(text, "#define $_FRACTION_BITS %d\n", output->fraction_bits);
    }
    if (input->kind == AANN_EXPORT_C_INPUT_NUMBERS) {
        aann_text_add(text, "#define $_MISSING (-2147483647 - 1)\n");
    }
    aann_text_add(text, "\ntypedef %s @_input;\n\n", aann_c_input_type(input));
}
