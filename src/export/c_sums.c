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
 * so that each word holds two sums of 16 bits. Synapses -1 come first: their sums are subtracted from
 * a zero that is so large that no half ever leaves 0..65535, which up to 255 synapses allow; in the
 * end a sum of 0 is 32768. `even` is right modulo 2^32 only until `odd` is taken from it. Cores with
 * instructions for pairs of 16 bits add the odd bytes in one of them (c_support.c). */
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
 * block is. As do-while compilers keep it short. */
static void begin_synapses(const row_writer *to, const char *end)
{
    begin_line(to, 0);
    aann_text_add(to->text, "if (at != %s) {\n", end);
    begin_line(to, 1);
    aann_text_add(to->text, "do {\n");
    begin_line(to, 2);
    aann_text_add(to->text, to->layer->table.kind == AANN_EXPORT_C_INDEX
                                ? "const uint8_t *from = corner + $_OFFSET(at);\n"
                                : "const uint8_t *from = corner + *at;\n");
}

static void end_synapses(const row_writer *to, const char *end)
{
    begin_line(to, 1);
    aann_text_add(to->text, "} while (++at != %s);\n", end);
    begin_line(to, 0);
    aann_text_add(to->text, "}\n");
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
    const char *end = sign == '-' ? "middle" : "end";
    begin_synapses(to, end);
    for (int32_t row = 0; row < b.rows; row++) {
        for (int32_t column = 0; column < b.columns; column++) {
            begin_line(to, 2);
            aann_text_add(to->text, "s%d %c= from[%lld];\n", row * b.columns + column, sign,
                          (long long)(row * to->layer->input.pitch + column) * stride);
        }
    }
    end_synapses(to, end);
}

/* Declares the sums s0, s1, ... of a block, and adds them up. */
static void write_byte_block(const row_writer *to, block b)
{
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

/* The sums of a window's places are compared, the largest is in `name`. */
static void write_largest(const row_writer *to, block b, int32_t window, int32_t width, char *name)
{
    char other[16];
    snprintf(name, sizeof other, "s%d", window * width);
    for (int32_t i = 1; i < b.rows * width; i++) {
        snprintf(other, sizeof other, "s%d", i / width * b.columns + window * width + i % width);
        write_larger(to, name, other);
    }
}

/* Several windows side by side. */
static void write_byte_windows(const row_writer *to, block b)
{
    char name[16];
    begin_line(to, 0);
    aann_text_add(to->text, "const @_offset *at = list;\n");
    write_byte_block(to, b);
    for (int32_t window = 0; window < b.windows; window++) {
        write_largest(to, b, window, to->layer->layer->pool_width, name);
        write_byte_output(to, name);
    }
}

static void write_byte_window(const row_writer *to)
{
    begin_line(to, 0);
    aann_text_add(to->text, "%s largest = @_largest_%d(corner, list, middle, end);\n",
                  to->layer->wide_sums ? "int32_t" : "int", to->layer->number);
    write_byte_output(to, "largest");
}

/* A window with more places than a block has. */
static void write_byte_parts(const row_writer *to, block b)
{
    const aann_layer *l = to->layer->layer;
    const long long pitch = (long long)to->layer->input.pitch * l->stride;
    const long long width = (long long)l->pool_width * l->stride;
    const char *type = to->layer->wide_sums ? "int32_t" : "int";
    const row_writer inner = {to->text, to->layer, to->indent + 8};
    begin_line(to, 0);
    aann_text_add(to->text, "%s largest = %s;\n", type,
                  to->layer->wide_sums ? "-2147483647" : "-32767");
    begin_line(to, 0);
    aann_text_add(to->text, "for (i = %d; i != 0; i--) {\n", l->pool_height);
    begin_line(to, 1);
    aann_text_add(to->text, "for (j = %d; j != 0; j--) {\n", l->pool_width / b.columns);
    begin_line(&inner, 0);
    aann_text_add(to->text, "const %s part = @_largest_%d(corner, list, middle, end);\n", type,
                  to->layer->number);
    write_larger(&inner, "largest", "part");
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

/* A function for a block that is one window, or a part of one. Apart from the loops around it, it has
 * all registers for itself. */
static void write_block_function(aann_text *text, const aann_c_layer *layer, block b)
{
    const row_writer to = {text, layer, 4};
    const char *type = layer->wide_sums ? "int32_t" : "int";
    char name[16];
    aann_text_add(text,
                  "/* The largest sum of %d x %d places. */\n"
                  "static $_APART %s @_largest_%d(\n"
                  "    const uint8_t *corner, const @_offset *at, const @_offset *middle,\n"
                  "    const @_offset *end)\n"
                  "{\n",
                  b.rows, b.columns, type, layer->number);
    write_byte_block(&to, b);
    write_largest(&to, b, 0, b.columns, name);
    aann_text_add(text, "    return %s;\n}\n\n", name);
}

/* ---- words ----------------------------------------------------------------------------------- */

static void write_word_sums(const row_writer *to, int32_t rows, const char *end)
{
    begin_synapses(to, end);
    for (int32_t row = 0; row < rows; row++) {
        begin_line(to, 2);
        aann_text_add(to->text, "%sword = $_WORD(from + %lld);\n", row == 0 ? "uint32_t " : "",
                      (long long)(row * to->layer->input.pitch));
        begin_line(to, 2);
        aann_text_add(to->text, "even%d += word;\n", row);
        begin_line(to, 2);
        aann_text_add(to->text, "$_ADD_ODD(odd%d, word);\n", row);
    }
    end_synapses(to, end);
}

/* The value of an output from half a word. */
static void write_half(const row_writer *to, const char *word, bool high)
{
    const int32_t shift = to->layer->layer->shift;
    begin_line(to, 0);
    aann_text_add(to->text, "value = (int32_t)(");
    aann_text_add(to->text, high ? "%s >> 16" : "%s & 65535u", word);
    aann_text_add(to->text, ") - %d;\n", shift > 0 ? LANE_ZERO : LANE_ZERO - BYTE_ZERO);
    if (shift > 0) {
        begin_line(to, 0);
        aann_text_add(to->text, "value = $_SHIFT(value, %d) + %d;\n", shift, BYTE_ZERO);
    }
    write_output(to, "value");
}

static void write_maximum(const row_writer *to, const char *word, const char *other)
{
    begin_line(to, 0);
    aann_text_add(to->text, "%s = @_larger(%s, %s);\n", word, word, other);
}

/* Sums of two rows are compared first, then those of columns, as windows are wide: of the columns
 * 0..3 even0 holds 0 and 2, odd0 holds 1 and 3. */
static void write_word_outputs(const row_writer *to, block b, int32_t stored)
{
    const int32_t width = to->layer->layer->pool_width;
    if (b.rows == 2) {
        write_maximum(to, "even0", "even1");
        write_maximum(to, "odd0", "odd1");
    }
    if (width == 1) {
        for (int32_t i = 0; i < stored; i++) {
            write_half(to, i % 2 == 0 ? "even0" : "odd0", i >= 2);
        }
        return;
    }
    if (width == 3) { /* not column 3 */
        begin_line(to, 0);
        aann_text_add(to->text, "odd0 &= 65535u;\n");
    }
    write_maximum(to, "even0", "odd0");
    if (width > 2) {
        write_maximum(to, "even0", "even0 >> 16");
    }
    write_half(to, "even0", false);
    if (width == 2 && stored == 2) {
        write_half(to, "even0", true);
    }
}

static void write_word_block(const row_writer *to, block b, int32_t stored)
{
    begin_line(to, 0);
    aann_text_add(to->text, "const @_offset *at = list;\n");
    begin_line(to, 0);
    aann_text_add(to->text, b.rows == 1 ? "uint32_t even0 = 0, odd0 = 0;\n"
                                        : "uint32_t even0 = 0, odd0 = 0, even1 = 0, odd1 = 0;\n");
    write_word_sums(to, b.rows, "middle");
    for (int32_t row = 0; row < b.rows; row++) {
        begin_line(to, 0);
        aann_text_add(to->text, "even%d = zeros - even%d;\n", row, row);
        begin_line(to, 0);
        aann_text_add(to->text, "odd%d = zeros - odd%d;\n", row, row);
    }
    write_word_sums(to, b.rows, "end");
    for (int32_t row = 0; row < b.rows; row++) {
        begin_line(to, 0);
        aann_text_add(to->text, "even%d -= (odd%d - zeros) << 8;\n", row, row);
    }
    write_word_outputs(to, b, stored);
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
        write_word_block(&to, b, stored);
    } else if (b.windows > 1) {
        write_byte_windows(&to, b);
    } else if (b.windows == 1) {
        write_byte_window(&to);
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

void aann_c_write_sums(aann_text *text, const aann_c_layer *layer)
{
    const block b = choose_block(layer->layer);
    if (b.windows > 1) {
        return;
    }
    if (layer->words) {
        aann_text_add(text, "#if !$_WORDS\n");
    }
    write_block_function(text, layer, b);
    if (layer->words) {
        aann_text_add(text, "#endif\n\n");
    }
}
