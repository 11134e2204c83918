/* From a spec back to its notation: layer names, and the canonical text that identifies a family.
 *
 * Text is appended to a buffer that may be too small; appending then only counts, so that the
 * caller learns the size that is needed, as with snprintf. */
#include "network/layer.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "core/error.h"

typedef struct text_writer {
    char *text;
    size_t size;
    size_t length; /* of all appended text, whether it fitted or not, without the NUL */
} text_writer;

static text_writer start_text(char *text, size_t size)
{
    text_writer writer = {.size = size};
    writer.text = text;
    return writer;
}

static void append(text_writer *writer, const char *format, ...) AANN_PRINTF_LIKE(2, 3);

static void append(text_writer *writer, const char *format, ...)
{
    const bool room = writer->length < writer->size;
    va_list arguments;
    va_start(arguments, format);
    const int length = vsnprintf(room ? writer->text + writer->length : NULL,
                                 room ? writer->size - writer->length : 0, format, arguments);
    va_end(arguments);
    if (length > 0) {
        writer->length += (size_t)length;
    }
}

/* "5" for 5x5, "1x5" otherwise. */
static void append_extent(text_writer *writer, int32_t height, int32_t width)
{
    append(writer, "%" PRId32, height);
    if (width != height) {
        append(writer, "x%" PRId32, width);
    }
}

/* "-MP2"; nothing if there is no pool; no dash at the start of the text. */
static void append_pool(text_writer *writer, int32_t height, int32_t width)
{
    if (height > 1 || width > 1) {
        append(writer, "%sMP", writer->length > 0 ? "-" : "");
        append_extent(writer, height, width);
    }
}

/* "16C5vs4", "10". */
static void append_layer(text_writer *writer, const aann_layer *layer)
{
    append(writer, "%" PRId32, layer->units);
    if (layer->kind == AANN_LAYER_DENSE) {
        return;
    }
    append(writer, "C");
    append_extent(writer, layer->kernel_height, layer->kernel_width);
    if (!aann_layer_is_padded(layer)) {
        append(writer, "v");
    }
    if (layer->stride > 1) {
        append(writer, "s%" PRId32, layer->stride);
    }
}

static void append_shift(text_writer *writer, const aann_layer *layer)
{
    if (layer->shift > 0) {
        append(writer, ">>%" PRId32, layer->shift);
    }
}

/* "@90", "@99.5": exactly the stored value, printed from integers, because printf's decimal point
 * depends on the locale of the program. */
static void append_sparsity(text_writer *writer, double sparsity)
{
    int64_t nano = aann_sparsity_to_nano(sparsity);
    int64_t unit = aann_sparsity_to_nano(1.0);
    append(writer, "@%" PRId64, nano / unit);
    nano %= unit;
    if (nano > 0) {
        append(writer, ".");
    }
    while (nano > 0) {
        unit /= 10;
        append(writer, "%" PRId64, nano / unit);
        nano %= unit;
    }
}

aann_status aann_spec_format(const aann_spec *spec, char *text, size_t size, aann_error *error)
{
    text_writer writer = start_text(text, size);
    append_pool(&writer, spec->input_pool_height, spec->input_pool_width);
    for (int32_t index = 0; index < spec->layer_count; index++) {
        const aann_layer *layer = &spec->layers[index];
        if (writer.length > 0) {
            append(&writer, "-");
        }
        append_layer(&writer, layer);
        append_sparsity(&writer, layer->sparsity);
        append_shift(&writer, layer);
        append_pool(&writer, layer->pool_height, layer->pool_width);
    }
    if (writer.length >= size) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "the text of the network needs %zu bytes, there are %zu",
                         writer.length + 1, size);
    }
    return AANN_OK;
}

void aann_layer_name(const aann_layer *layer, char *text, size_t size)
{
    text_writer writer = start_text(text, size);
    append_layer(&writer, layer);
    append_shift(&writer, layer);
}
