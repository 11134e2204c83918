/* The loops that add up the inputs of a unit.
 *
 * A unit's sum at one place is that of the bytes at `corner` plus the offsets of its list: those of
 * synapses -1 from `list` to `middle`, those of synapses +1 from there to `end`. To read an offset
 * once for several places, a block of places is summed at the same time: a pooling window where it
 * has at most four places, or several windows side by side. The last block of a row may overlap the
 * one before.
 *
 * Where a chip loads words from any address, four places side by side are one load. Of four bytes
 * b0..b3, the even ones are added in one word and the odd ones in another:
 *
 *     even += word                          b0 + 256 b1 + 65536 b2 + 2^24 b3
 *     odd  += word >> 8 & 0x00FF00FF        b1 + 65536 b3
 *     at the end: even -= odd << 8          b0 + 65536 b2
 *
 * so that each word holds two sums of 16 bits, with a zero at 32768. All of it is modulo 2^32: only
 * the final sums must fit 16 bits, which those of up to 255 synapses do. */
#include <stdio.h>

#include "export/c_source.h"

enum { PLACES = 4, LANE_ZERO = 32768, BYTE_ZERO = 128 };

/* Places that are summed at the same time: rows x columns of them, which make whole windows, or a
 * part of a row of one window. */
typedef struct block {
    int32_t rows;
    int32_t columns;
    int32_t windows; /* side by side; 0: a part of a window */
} block;

static block choose_block(const aann_layer *layer)
{
    const int32_t size = layer->pool_height * layer->pool_width;
    if (size <= PLACES) {
        int32_t windows = PLACES / size;
        windows = windows > layer->output.width ? layer->output.width : windows;
        return (block){layer->pool_height, layer->pool_width * windows, windows};
    }
    int32_t columns = PLACES;
    while (layer->pool_width % columns != 0) {
        columns--;
    }
    return (block){1, columns, 0};
}

static block choose_word_block(const aann_layer *layer)
{
    return (block){layer->pool_height, PLACES, PLACES / layer->pool_width};
}

/* Writes into one row of outputs. */
typedef struct row_writer {
    aann_text *text;
    const aann_c_layer *layer;
    int indent; /* columns, of the body of the block */
} row_writer;

/* A line with the writer's indent, `deeper` levels in. */
static void begin_line(const row_writer *to, int deeper)
{
    aann_text_add(to->text, "%*s", to->indent + 4 * deeper, "");
}

/* The loop over the synapses of one sign, up to its brace. `from` is where the first input of the
 * block is. */
static void begin_synapses(const row_writer *to, const char *end)
{
    begin_line(to, 0);
    aann_text_add(to->text, "for (; at != %s; at++) {\n", end);
    begin_line(to, 1);
    aann_text_add(to->text, to->layer->table.kind == AANN_EXPORT_C_INDEX
                                ? "const uint8_t *from = corner + $_OFFSET(at);\n"
                                : "const uint8_t *from = corner + *at;\n");
}

static void end_braces(const row_writer *to, int deeper)
{
    begin_line(to, deeper);
    aann_text_add(to->text, "}\n");
}

/* Clamps `name`, a sum that has a zero of 128, and stores it. */
static void write_output(const row_writer *to, const char *name)
{
    begin_line(to, 0);
    aann_text_add(to->text, "if (%s > 255) {\n", name);
    begin_line(to, 1);
    aann_text_add(to->text, "%s = 255;\n", name);
    end_braces(to, 0);
    begin_line(to, 0);
    aann_text_add(to->text, "if (%s < 1) {\n", name);
    begin_line(to, 1);
    aann_text_add(to->text, "%s = 1;\n", name);
    end_braces(to, 0);
    begin_line(to, 0);
    aann_text_add(to->text, "*out++ = (uint8_t)%s;\n", name);
}

/* name = the larger of name and `other` */
static void write_larger(const row_writer *to, const char *name, const char *other)
{
    begin_line(to, 0);
    aann_text_add(to->text, "if (%s > %s) {\n", other, name);
    begin_line(to, 1);
    aann_text_add(to->text, "%s = %s;\n", name, other);
    end_braces(to, 0);
}

/* ---- bytes ----------------------------------------------------------------------------------- */

static void write_byte_sums(const row_writer *to, block b, char sign)
{
    const int32_t stride = to->layer->layer->stride;
    begin_synapses(to, sign == '-' ? "middle" : "end");
    for (int32_t row = 0; row < b.rows; row++) {
        for (int32_t column = 0; column < b.columns; column++) {
            begin_line(to, 1);
            aann_text_add(to->text, "s%d %c= from[%lld];\n", row * b.columns + column, sign,
                          (long long)(row * to->layer->input.pitch + column) * stride);
        }
    }
    end_braces(to, 0);
}

/* Declares the sums s0, s1, ... of a block, and adds them up. */
static void write_byte_block(const row_writer *to, block b)
{
    begin_line(to, 0);
    aann_text_add(to->text, "const @_offset *at = list;\n");
    begin_line(to, 0);
    aann_text_add(to->text, to->layer->wide_sums ? "int32_t" : "int");
    for (int32_t i = 0; i < b.rows * b.columns; i++) {
        aann_text_add(to->text, "%s s%d = 0", i == 0 ? "" : ",", i);
    }
    aann_text_add(to->text, ";\n");
    write_byte_sums(to, b, '-');
    write_byte_sums(to, b, '+');
}

/* The sum called `name`, the largest of a window, as an output. */
static void write_byte_output(const row_writer *to, const char *name)
{
    const int32_t shift = to->layer->layer->shift;
    begin_line(to, 0);
    aann_text_add(to->text, "%s += zero;\n", name);
    if (shift > 0) {
        begin_line(to, 0);
        aann_text_add(to->text, "%s = $_SHIFT(%s, %d) + 128;\n", name, name, shift);
    }
    write_output(to, name);
}

static void write_byte_windows(const row_writer *to, block b)
{
    const int32_t width = to->layer->layer->pool_width;
    char name[16];
    char other[16];
    write_byte_block(to, b);
    for (int32_t window = 0; window < b.windows; window++) {
        snprintf(name, sizeof name, "s%d", window * width);
        for (int32_t i = 1; i < b.rows * width; i++) {
            snprintf(other, sizeof other, "s%d",
                     i / width * b.columns + window * width + i % width);
            write_larger(to, name, other);
        }
        write_byte_output(to, name);
    }
}

/* A window with more places than a block has. */
static void write_byte_parts(const row_writer *to, block b)
{
    const aann_layer *l = to->layer->layer;
    const long long pitch = (long long)to->layer->input.pitch * l->stride;
    const long long width = (long long)l->pool_width * l->stride;
    const row_writer inner = {to->text, to->layer, to->indent + 8};
    char name[16];
    begin_line(to, 0);
    aann_text_add(to->text, "%s largest = %s;\n", to->layer->wide_sums ? "int32_t" : "int",
                  to->layer->wide_sums ? "-2147483647" : "-32767");
    begin_line(to, 0);
    aann_text_add(to->text, "for (i = %d; i != 0; i--) {\n", l->pool_height);
    begin_line(to, 1);
    aann_text_add(to->text, "for (j = %d; j != 0; j--) {\n", l->pool_width / b.columns);
    write_byte_block(&inner, b);
    for (int32_t i = 0; i < b.columns; i++) {
        snprintf(name, sizeof name, "s%d", i);
        write_larger(&inner, "largest", name);
    }
    begin_line(&inner, 0);
    aann_text_add(to->text, "corner += %lld;\n", (long long)b.columns * l->stride);
    end_braces(to, 1);
    begin_line(to, 1);
    aann_text_add(to->text, "corner += %lld;\n", pitch - width);
    end_braces(to, 0);
    begin_line(to, 0);
    aann_text_add(to->text, "corner -= %lld;\n", pitch * l->pool_height - width);
    write_byte_output(to, "largest");
}

/* ---- words ----------------------------------------------------------------------------------- */

static void write_word_sums(const row_writer *to, int32_t rows, char sign)
{
    begin_synapses(to, sign == '-' ? "middle" : "end");
    for (int32_t row = 0; row < rows; row++) {
        begin_line(to, 1);
        aann_text_add(to->text, "%sword = $_WORD(from + %lld);\n", row == 0 ? "uint32_t " : "",
                      (long long)(row * to->layer->input.pitch));
        begin_line(to, 1);
        aann_text_add(to->text, "even%d %c= word;\n", row, sign);
        begin_line(to, 1);
        aann_text_add(to->text, "odd%d %c= word >> 8 & $_ODD;\n", row, sign);
    }
    end_braces(to, 0);
}

/* The sum in column 0..3 of a block, as an expression. */
static void lane(int32_t row, int32_t column, char text[32])
{
    snprintf(text, 32, column < 2 ? "(%s%d & 65535u)" : "(%s%d >> 16)",
             column % 2 == 0 ? "even" : "odd", row);
}

static void write_word_windows(const row_writer *to, block b, int32_t stored)
{
    const aann_layer *l = to->layer->layer;
    char name[32];
    begin_line(to, 0);
    aann_text_add(to->text, "const @_offset *at = list;\n");
    begin_line(to, 0);
    aann_text_add(to->text, b.rows == 1
                                ? "uint32_t even0 = zeros, odd0 = 0;\n"
                                : "uint32_t even0 = zeros, odd0 = 0, even1 = zeros, odd1 = 0;\n");
    write_word_sums(to, b.rows, '-');
    write_word_sums(to, b.rows, '+');
    for (int32_t row = 0; row < b.rows; row++) {
        begin_line(to, 0);
        aann_text_add(to->text, "even%d -= odd%d << 8;\n", row, row);
        begin_line(to, 0);
        aann_text_add(to->text, "odd%d += zeros;\n", row);
    }
    for (int32_t window = 0; window < stored; window++) {
        lane(0, window * l->pool_width, name);
        begin_line(to, 0);
        aann_text_add(to->text, "largest = %s;\n", name);
        for (int32_t i = 1; i < b.rows * l->pool_width; i++) {
            lane(i / l->pool_width, window * l->pool_width + i % l->pool_width, name);
            write_larger(to, "largest", name);
        }
        begin_line(to, 0);
        if (l->shift > 0) {
            aann_text_add(to->text, "value = $_SHIFT((int32_t)largest - %d, %d) + %d;\n", LANE_ZERO,
                          l->shift, BYTE_ZERO);
        } else {
            aann_text_add(to->text, "value = (int32_t)largest - %d;\n", LANE_ZERO - BYTE_ZERO);
        }
        write_output(to, "value");
    }
}

/* ---- a row ----------------------------------------------------------------------------------- */

void aann_c_write_row(aann_text *text, const aann_c_layer *layer, bool words)
{
    const aann_layer *l = layer->layer;
    const row_writer to = {text, layer, 16};
    const block b = words ? choose_word_block(l) : choose_block(l);
    const int32_t windows = b.windows > 0 ? b.windows : 1;
    const int32_t stored = windows < l->output.width ? windows : l->output.width;
    const int32_t blocks = (l->output.width + stored - 1) / stored;
    const int32_t back = blocks * stored - l->output.width;
    const int32_t step = l->pool_width * l->stride;
    aann_text_add(text, "            for (column = %d; column != 0; column--) {\n", blocks);
    if (back > 0) {
        aann_text_add(text,
                      "                if (column == 1) {\n"
                      "                    corner -= %d;\n"
                      "                    out -= %d;\n"
                      "                }\n",
                      back * step, back);
    }
    if (words) {
        write_word_windows(&to, b, stored);
    } else if (b.windows > 0) {
        write_byte_windows(&to, b);
    } else {
        write_byte_parts(&to, b);
    }
    if (b.windows > 0) {
        aann_text_add(text, "                corner += %d;\n", stored * step);
    }
    aann_text_add(text, "            }\n");
}

bool aann_c_row_has_parts(const aann_c_layer *layer)
{
    return choose_block(layer->layer).windows == 0;
}
