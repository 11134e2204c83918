/* Offsets and place tables from a spec. */
#include "engine/layout.h"

#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"
#include "engine/forward_plan.h"

/* Sums of the first layer that take more than this many bytes per sample are not stored: they would
 * be most of a block (MNIST: 25 of 43 kB), few candidates need them, and those spend most of their
 * time elsewhere. */
enum { LARGEST_KEPT_FIRST_SUMS = 2048 };

/* The rows of one channel of a layer's input, and how to find them. */
typedef struct row_grid {
    int32_t height;
    int32_t width;
    int32_t top; /* row and column of the first value that is not padding */
    int32_t left;
    int32_t count; /* with one row of padding at the end if the padding does not surround the map */
} row_grid;

static row_grid find_input_rows(const aann_layer *layer, int32_t index)
{
    row_grid rows = {layer->input.height, layer->input.width, 0, 0, 0};
    if (index > 0) {
        rows.count = rows.height * rows.width + 1;
        return rows;
    }
    aann_forward_padded(layer, &rows.height, &rows.width);
    rows.top = layer->padding_top;
    rows.left = layer->padding_left;
    rows.count = rows.height * rows.width;
    return rows;
}

/* Places are filled in the order of the sums: position by position, each with its pooling window. A
 * dense layer is the convolution whose kernel covers its input, so it needs no case of its own. */
static void fill_places(const aann_layer *layer, const row_grid *rows, int32_t *places)
{
    size_t next = 0;
    for (int32_t ky = 0; ky < layer->kernel_height; ky++) {
        for (int32_t kx = 0; kx < layer->kernel_width; kx++) {
            for (int32_t oy = 0; oy < layer->output.height; oy++) {
                for (int32_t ox = 0; ox < layer->output.width; ox++) {
                    for (int32_t k = 0; k < layer->pool_height * layer->pool_width; k++) {
                        const int32_t sum_y = oy * layer->pool_height + k / layer->pool_width;
                        const int32_t sum_x = ox * layer->pool_width + k % layer->pool_width;
                        const int32_t y =
                            sum_y * layer->stride + ky - layer->padding_top + rows->top;
                        const int32_t x =
                            sum_x * layer->stride + kx - layer->padding_left + rows->left;
                        const bool inside = y >= 0 && y < rows->height && x >= 0 && x < rows->width;
                        places[next++] =
                            (inside ? y * rows->width + x : rows->count - 1) * AANN_ROW_WORDS;
                    }
                }
            }
        }
    }
}

/* Moves *offset past count * size bytes, to the next multiple of 64; false where that overflows. */
static bool reserve(size_t *offset, size_t count, size_t size, size_t *place)
{
    size_t bytes = 0;
    size_t end = 0;
    if (!aann_multiply_sizes(count, size, &bytes) || !aann_add_sizes(*offset, bytes, &end) ||
        !aann_add_sizes(end, AANN_ALIGNMENT - 1, &end)) {
        return false;
    }
    *place = *offset;
    *offset = end / AANN_ALIGNMENT * AANN_ALIGNMENT;
    return true;
}

static bool layer_layout(const aann_layer *layer, int32_t index, bool last, bool wide, size_t input,
                         size_t *offset, aann_layer_layout *result)
{
    const size_t row_bytes = AANN_ROW_WORDS * sizeof(uint16_t);
    const int32_t positions = layer->output.height * layer->output.width;
    const int32_t window = layer->pool_height * layer->pool_width;
    const row_grid input_rows = find_input_rows(layer, index);
    *result = (aann_layer_layout){
        .map = {positions, window, layer->shift},
        .channels = layer->input.channels,
        .taps = layer->kernel_height * layer->kernel_width,
        .units = layer->units,
        .position_words = (positions + 63) / 64,
        .input = input,
        .input_stride = (size_t)input_rows.count * AANN_ROW_WORDS,
        .output = AANN_ABSENT,
        .output_stride = ((size_t)positions + 1) * AANN_ROW_WORDS,
        .sums = AANN_ABSENT,
        .reachable = AANN_ABSENT,
        .wide = wide,
    };
    const size_t sum_bytes = wide ? sizeof(int32_t) : sizeof(int16_t);
    result->sums_stride = (size_t)positions * (size_t)window * AANN_BLOCK * sum_bytes;
    size_t rows = 0;
    if (!last) {
        if (!reserve(offset, (size_t)layer->units * ((size_t)positions + 1), row_bytes, &rows)) {
            return false;
        }
        result->output = rows / sizeof(uint16_t);
    }
    const size_t sums_per_sample = (size_t)layer->units * (result->sums_stride / AANN_BLOCK);
    const bool keep_sums = index > 0 || sums_per_sample <= LARGEST_KEPT_FIRST_SUMS;
    if (!last && keep_sums &&
        !reserve(offset, (size_t)layer->units, result->sums_stride, &result->sums)) {
        return false;
    }
    const size_t masks = (size_t)result->channels * (size_t)result->taps;
    if (!last && positions > 1 &&
        !reserve(offset, masks * (size_t)result->position_words, sizeof(uint64_t),
                 &result->reachable)) {
        return false;
    }
    result->places =
        aann_allocate((size_t)result->taps * (size_t)positions * (size_t)window, sizeof(int32_t));
    if (result->places == NULL) {
        return false;
    }
    fill_places(layer, &input_rows, result->places);
    return true;
}

static bool loss_layout(bool regression, size_t *offset, aann_layout *layout)
{
    const size_t lane_bytes = AANN_BLOCK * sizeof(int32_t);
    const size_t outputs = (size_t)layout->output_count;
    if (!reserve(offset, outputs, lane_bytes, &layout->outputs) ||
        !reserve(offset, 1, lane_bytes, &layout->labels) ||
        !reserve(offset, 1, lane_bytes, &layout->losses)) {
        return false;
    }
    if (regression) {
        return reserve(offset, outputs, lane_bytes, &layout->targets);
    }
    return reserve(offset, 1, lane_bytes, &layout->reference) &&
           reserve(offset, 1, lane_bytes, &layout->label_differences) &&
           reserve(offset, outputs, lane_bytes, &layout->exponentials);
}

aann_status aann_layout_create(const aann_spec *spec, bool regression, const bool *wide,
                               aann_layout *layout, aann_error *error)
{
    const aann_layer *first = &spec->layers[0];
    *layout = (aann_layout){
        .layer_count = spec->layer_count,
        .output_count = spec->output_count,
        .reference = AANN_ABSENT,
        .label_differences = AANN_ABSENT,
        .exponentials = AANN_ABSENT,
        .targets = AANN_ABSENT,
    };
    size_t offset = 0;
    size_t input = 0;
    const size_t rows = (size_t)first->input.channels * (size_t)find_input_rows(first, 0).count;
    bool fits = reserve(&offset, rows, AANN_ROW_WORDS * sizeof(uint16_t), &input);
    for (int32_t i = 0; fits && i < spec->layer_count; i++) {
        const bool last = i + 1 == spec->layer_count;
        fits = layer_layout(&spec->layers[i], i, last, wide != NULL && wide[i], input, &offset,
                            &layout->layers[i]);
        input = layout->layers[i].output;
    }
    fits = fits && loss_layout(regression, &offset, layout);
    if (!fits) {
        aann_layout_clear(layout);
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for the layout of \"%s\"",
                         spec->text);
    }
    layout->block_bytes = offset;
    return AANN_OK;
}

void aann_layout_clear(aann_layout *layout)
{
    for (int32_t i = 0; i < layout->layer_count; i++) {
        free(layout->layers[i].places);
        layout->layers[i].places = NULL;
    }
}

static bool needs_wide(const aann_layer *layer, const int8_t *weights)
{
    for (int32_t unit = 0; unit < layer->units; unit++) {
        int32_t non_zeros = 0;
        for (int32_t k = 0; k < layer->fan_in; k++) {
            non_zeros += weights[(size_t)unit * (size_t)layer->fan_in + (size_t)k] != 0;
        }
        if (non_zeros > AANN_NARROW_NON_ZEROS) {
            return true;
        }
    }
    return false;
}

bool aann_find_wide(const aann_network *network, bool *wide)
{
    bool changed = false;
    const aann_spec *spec = aann_network_spec(network);
    for (int32_t i = 0; i < spec->layer_count; i++) {
        const bool needs = needs_wide(&spec->layers[i], aann_network_weights(network, i));
        changed = changed || (needs && !wide[i]);
        wide[i] = wide[i] || needs;
    }
    return changed;
}
