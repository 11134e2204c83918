/* The parser of the spec notation, one function for each rule of this grammar:
 *
 *     spec        = element { "-" element }            the last one dense
 *     element     = pool | convolution | dense
 *     pool        = "MP" extent
 *     convolution = number "C" extent { suffix }
 *     dense       = number { suffix }
 *     extent      = number [ "x" number ]              one number stands for both
 *     suffix      = "v" | "s" number | "@" percent | ">>" number
 *
 * Shapes are computed during parsing, so a kernel that does not fit is reported at its element.
 * Positions in messages count from 1. The caller's spec is written only when all of it is right. */
#include "network/layer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/error.h"

typedef struct spec_parser {
    const char *text;
    size_t position; /* of the next character to read */
    aann_spec *spec; /* under construction */
    aann_shape map;  /* what the next element reads */
    aann_error *error;
} spec_parser;

/* The suffixes of a layer so far, and their values. */
typedef struct layer_suffixes {
    bool unpadded;
    bool stride;
    bool sparsity;
    bool shift;
    size_t sparsity_position;
} layer_suffixes;

static const double default_sparsity = 50.0;
static const double default_excitatory_share = 0.5;

/* ---- errors ---------------------------------------------------------------------------------- */

enum { QUOTE_SIZE = 164 }; /* messages cut a longer spec */

static char printable(char character)
{
    return character >= ' ' && character <= '~' ? character : '?';
}

/* Quotes the text for a message, on one line. */
static void quote_text(const char *text, char quote[QUOTE_SIZE])
{
    size_t length = 0;
    while (text[length] != '\0' && length < QUOTE_SIZE - 4) {
        quote[length] = printable(text[length]);
        length++;
    }
    snprintf(quote + length, QUOTE_SIZE - length, "%s", text[length] == '\0' ? "" : "...");
}

/* "'X'", "end" or "byte 0xC3". */
static void quote_character(char character, char quote[16])
{
    if (character == '\0') {
        snprintf(quote, 16, "end");
    } else if (printable(character) == character) {
        snprintf(quote, 16, "'%c'", character);
    } else {
        snprintf(quote, 16, "byte 0x%02X", (unsigned)(unsigned char)character);
    }
}

static aann_status fail_at(const spec_parser *parser, size_t position, const char *what,
                           const char *expected)
{
    char text[QUOTE_SIZE];
    char character[16];
    quote_text(parser->text, text);
    quote_character(parser->text[position], character);
    return aann_fail(parser->error, AANN_ERROR_ARGUMENT,
                     "spec \"%s\": %s at character %zu (%s): expected %s", text, what, position + 1,
                     character, expected);
}

/* Puts the place in front of a message about a shape. */
static aann_status fail_in_element(const spec_parser *parser, size_t position, aann_status status)
{
    char text[QUOTE_SIZE];
    char character[16];
    quote_text(parser->text, text);
    quote_character(parser->text[position], character);
    return aann_fail_prefix(parser->error, status, "spec \"%s\": at character %zu (%s)", text,
                            position + 1, character);
}

/* ---- numbers --------------------------------------------------------------------------------- */

static char next_character(const spec_parser *parser)
{
    return parser->text[parser->position];
}

static bool is_digit(char character)
{
    return character >= '0' && character <= '9';
}

/* Reads `word` if it comes next. */
static bool accept(spec_parser *parser, const char *word)
{
    const size_t length = strlen(word);
    if (strncmp(parser->text + parser->position, word, length) != 0) {
        return false;
    }
    parser->position += length;
    return true;
}

/* Digits as a number; a number too large for any limit stays at the largest int32. */
static int32_t read_digits(spec_parser *parser)
{
    int64_t value = 0;
    while (is_digit(next_character(parser))) {
        value = 10 * value + (next_character(parser) - '0');
        value = value < INT32_MAX ? value : INT32_MAX;
        parser->position++;
    }
    return (int32_t)value;
}

/* A number in minimum..maximum; `name` says what it counts. */
static aann_status read_number(spec_parser *parser, const char *name, int32_t minimum,
                               int32_t maximum, int32_t *number)
{
    const size_t start = parser->position;
    char what[64], expected[64];
    snprintf(expected, sizeof expected, "a number from %" PRId32 " to %" PRId32, minimum, maximum);
    if (!is_digit(next_character(parser))) {
        snprintf(what, sizeof what, "missing %s", name);
        return fail_at(parser, start, what, expected);
    }
    *number = read_digits(parser);
    if (*number < minimum || *number > maximum) {
        snprintf(what, sizeof what, "%s out of range", name);
        return fail_at(parser, start, what, expected);
    }
    return AANN_OK;
}

/* "5" or "1x5": rows and columns. */
static aann_status read_extent(spec_parser *parser, const char *name, int32_t maximum,
                               int32_t *height, int32_t *width)
{
    const aann_status status = read_number(parser, name, 1, maximum, height);
    if (status != AANN_OK) {
        return status;
    }
    *width = *height;
    return accept(parser, "x") ? read_number(parser, name, 1, maximum, width) : AANN_OK;
}

/* "90" or "99.5". By hand because strtod's decimal point depends on the program's locale. */
static aann_status read_percent(spec_parser *parser, double *percent)
{
    const char *expected =
        "percent from 0 to less than 100, like 90 or 99.5, with at most nine decimals";
    const size_t start = parser->position;
    if (!is_digit(next_character(parser))) {
        return fail_at(parser, start, "missing sparsity", expected);
    }
    const int64_t whole = read_digits(parser);
    if (whole >= 100) {
        return fail_at(parser, start, "sparsity out of range", expected);
    }
    int64_t nano = aann_sparsity_to_nano((double)whole);
    if (accept(parser, ".")) {
        if (!is_digit(next_character(parser))) {
            return fail_at(parser, parser->position, "missing decimals", expected);
        }
        int64_t unit = aann_sparsity_to_nano(1.0);
        while (is_digit(next_character(parser))) {
            unit /= 10;
            if (unit == 0) {
                return fail_at(parser, parser->position, "too many decimals", expected);
            }
            nano += unit * (next_character(parser) - '0');
            parser->position++;
        }
    }
    *percent = aann_sparsity_from_nano(nano);
    return AANN_OK;
}

/* ---- elements -------------------------------------------------------------------------------- */

static const char *expected_element =
    "a convolution like 16C5, a pool like MP2, or a dense size like 10";

/* Reads one suffix's mark and sets *seen. */
static aann_status accept_once(spec_parser *parser, const char *mark, bool *seen, bool *accepted)
{
    const size_t start = parser->position;
    *accepted = accept(parser, mark);
    if (*accepted && *seen) {
        return fail_at(parser, start, "repeated suffix", "each suffix at most once");
    }
    *seen = *seen || *accepted;
    return AANN_OK;
}

/* Reads one suffix of a layer; *found is false, and nothing was read, if none follows. */
static aann_status read_suffix(spec_parser *parser, aann_layer *layer, layer_suffixes *suffixes,
                               bool *found)
{
    const bool convolution = layer->kind == AANN_LAYER_CONVOLUTION;
    aann_status status = accept_once(parser, "@", &suffixes->sparsity, found);
    if (status == AANN_OK && *found) {
        suffixes->sparsity_position = parser->position - 1;
        layer->sparsity_from_spec = true;
        return read_percent(parser, &layer->sparsity);
    }
    if (status == AANN_OK) {
        status = accept_once(parser, ">>", &suffixes->shift, found);
    }
    if (status == AANN_OK && *found) {
        return read_number(parser, "shift", 0, AANN_MAX_SHIFT, &layer->shift);
    }
    if (status == AANN_OK && convolution) {
        status = accept_once(parser, "v", &suffixes->unpadded, found);
    }
    if (status == AANN_OK && convolution && !*found) {
        status = accept_once(parser, "s", &suffixes->stride, found);
        if (status == AANN_OK && *found) {
            return read_number(parser, "stride", 1, AANN_MAX_STRIDE, &layer->stride);
        }
    }
    return status;
}

/* Fails unless the element ends here. */
static aann_status expect_end_of_element(const spec_parser *parser, const char *expected)
{
    const char character = next_character(parser);
    if (character == '-' || character == '\0') {
        return AANN_OK;
    }
    return fail_at(parser, parser->position, "unexpected text", expected);
}

/* Reads the suffixes up to the end of the element. */
static aann_status read_suffixes(spec_parser *parser, aann_layer *layer, layer_suffixes *suffixes)
{
    bool found = true;
    while (found) {
        const aann_status status = read_suffix(parser, layer, suffixes, &found);
        if (status != AANN_OK) {
            return status;
        }
    }
    return expect_end_of_element(parser,
                                 layer->kind == AANN_LAYER_CONVOLUTION
                                     ? "a suffix (v, s4, @90, >>3) or '-' and the next element"
                                     : "a suffix (@90, >>3) or '-' and the next element");
}

/* A convolution or a dense layer, which both begin with a number. */
static aann_status read_layer(spec_parser *parser)
{
    const size_t start = parser->position;
    aann_spec *spec = parser->spec;
    if (spec->layer_count == AANN_MAX_LAYERS) {
        return fail_at(parser, start, "too many layers",
                       "at most 16 convolutions and dense layers");
    }
    aann_layer *layer = &spec->layers[spec->layer_count];
    layer->kind = AANN_LAYER_DENSE;
    layer->stride = 1;
    layer->sparsity = default_sparsity;
    layer->excitatory_share = default_excitatory_share;

    layer_suffixes suffixes = {.sparsity_position = start};
    aann_status status = read_number(parser, "size", 1, AANN_MAX_EXTENT, &layer->units);
    if (status == AANN_OK && accept(parser, "C")) {
        layer->kind = AANN_LAYER_CONVOLUTION;
        status = read_extent(parser, "kernel", AANN_MAX_KERNEL, &layer->kernel_height,
                             &layer->kernel_width);
    }
    if (status == AANN_OK) {
        status = read_suffixes(parser, layer, &suffixes);
    }
    if (status != AANN_OK) {
        return status;
    }
    status =
        layer->kind == AANN_LAYER_CONVOLUTION
            ? aann_layer_place_convolution(layer, parser->map, !suffixes.unpadded, parser->error)
            : aann_layer_place_dense(layer, parser->map, parser->error);
    if (status != AANN_OK) {
        return fail_in_element(parser, start, status);
    }
    status = aann_layer_check_counts(layer, parser->error);
    if (status != AANN_OK) {
        return fail_in_element(parser, suffixes.sparsity_position, status);
    }
    parser->map = layer->output;
    spec->layer_count++;
    return AANN_OK;
}

/* A pool, after its "MP". It belongs to the layer before it, or to the input. */
static aann_status read_pool(spec_parser *parser, size_t start)
{
    aann_spec *spec = parser->spec;
    int32_t height = 1, width = 1;
    aann_status status = read_extent(parser, "pool size", AANN_MAX_EXTENT, &height, &width);
    if (status == AANN_OK) {
        status = expect_end_of_element(parser, "'-' and the next element");
    }
    if (status != AANN_OK) {
        return status;
    }
    if (spec->layer_count == 0) {
        status = aann_shape_pool(&parser->map, height, width, &spec->input_pool_height,
                                 &spec->input_pool_width, parser->error);
    } else {
        aann_layer *layer = &spec->layers[spec->layer_count - 1];
        status = aann_shape_pool(&parser->map, height, width, &layer->pool_height,
                                 &layer->pool_width, parser->error);
        layer->output = parser->map;
    }
    return status == AANN_OK ? AANN_OK : fail_in_element(parser, start, status);
}

/* One element; *dense says whether it was a dense layer. */
static aann_status read_element(spec_parser *parser, bool *dense)
{
    const size_t start = parser->position;
    *dense = false;
    if (accept(parser, "MP")) {
        return read_pool(parser, start);
    }
    if (is_digit(next_character(parser))) {
        const aann_status status = read_layer(parser);
        *dense = status == AANN_OK &&
                 parser->spec->layers[parser->spec->layer_count - 1].kind == AANN_LAYER_DENSE;
        return status;
    }
    const bool missing = next_character(parser) == '\0' || next_character(parser) == '-';
    return fail_at(parser, start, missing ? "missing element" : "unknown element",
                   expected_element);
}

/* Elements and the dashes between them. */
static aann_status read_spec(spec_parser *parser)
{
    size_t start = 0;
    bool dense = false;
    do {
        start = parser->position;
        const aann_status status = read_element(parser, &dense);
        if (status != AANN_OK) {
            return status;
        }
    } while (accept(parser, "-"));
    if (!dense) {
        return fail_at(parser, start, "the last element is not dense",
                       "a dense layer at the end, like -10");
    }
    return AANN_OK;
}

aann_status aann_spec_parse(const char *text, aann_shape input, aann_spec *spec, aann_error *error)
{
    if (text == NULL || spec == NULL) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "no spec is given");
    }
    const size_t length = strlen(text);
    if (length >= AANN_MAX_SPEC_LENGTH) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "the spec has %zu characters: at most %d are expected", length,
                         AANN_MAX_SPEC_LENGTH - 1);
    }
    aann_status status = aann_shape_check(input, error);
    if (status != AANN_OK) {
        return aann_fail_prefix(error, status, "input");
    }
    aann_spec parsed;
    memset(&parsed, 0, sizeof parsed);
    memcpy(parsed.text, text, length);
    parsed.input = input;
    parsed.input_pool_height = 1;
    parsed.input_pool_width = 1;

    spec_parser parser = {.text = text, .spec = &parsed, .map = input, .error = error};
    status = read_spec(&parser);
    if (status != AANN_OK) {
        return status;
    }
    parsed.output_count = parsed.layers[parsed.layer_count - 1].units;
    *spec = parsed;
    return AANN_OK;
}
