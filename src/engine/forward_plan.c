/* Turns a spec and its weights into distances in memory. */
#include "engine/forward_plan.h"

#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"
#include "engine/kernels/kernels.h"

/* A layer's input map with its padding. */
typedef struct map_shape {
    int32_t phases_y; /* remainders, each stored separately */
    int32_t phases_x;
    int32_t height; /* of one phase */
    int32_t width;
    size_t value_bytes; /* 64 samples' values, or one */
} map_shape;

static int32_t larger(int32_t a, int32_t b)
{
    return a > b ? a : b;
}

void aann_forward_padded(const aann_layer *layer, int32_t *height, int32_t *width)
{
    const int32_t last_y = (layer->output.height * layer->pool_height - 1) * layer->stride;
    const int32_t last_x = (layer->output.width * layer->pool_width - 1) * layer->stride;
    *height = larger(layer->padding_top + layer->input.height, last_y + layer->kernel_height);
    *width = larger(layer->padding_left + layer->input.width, last_x + layer->kernel_width);
}

static map_shape find_shape(const aann_layer *layer, aann_forward_kind kind)
{
    const bool apart = kind == AANN_FORWARD_SINGLE;
    map_shape shape = {
        .phases_y = apart ? layer->stride * layer->pool_height : 1,
        .phases_x = apart ? layer->stride * layer->pool_width : 1,
        .value_bytes = apart ? 1 : AANN_BLOCK,
    };
    int32_t height;
    int32_t width;
    aann_forward_padded(layer, &height, &width);
    shape.height = (height + shape.phases_y - 1) / shape.phases_y;
    shape.width = (width + shape.phases_x - 1) / shape.phases_x;
    return shape;
}

/* Bytes from a channel's first value to the value at a place, padding included. */
static size_t place_bytes(const map_shape *shape, int32_t y, int32_t x)
{
    const size_t phase =
        (size_t)(y % shape->phases_y) * (size_t)shape->phases_x + (size_t)(x % shape->phases_x);
    const size_t row = phase * (size_t)shape->height + (size_t)(y / shape->phases_y);
    return (row * (size_t)shape->width + (size_t)(x / shape->phases_x)) * shape->value_bytes;
}

/* Moves *offset past the bytes, to the next multiple of 64; false where that overflows. */
static bool reserve(size_t *offset, size_t bytes, size_t *place)
{
    size_t end = 0;
    if (!aann_add_sizes(*offset, bytes, &end) || !aann_add_sizes(end, AANN_ALIGNMENT - 1, &end)) {
        return false;
    }
    *place = *offset;
    *offset = end / AANN_ALIGNMENT * AANN_ALIGNMENT;
    return true;
}

/* ---- the layers' maps ------------------------------------------------------------------------ */

static void fill_tables(const aann_layer *layer, const map_shape *shape, aann_forward_layer *to)
{
    for (int32_t y = 0; y < layer->input.height; y++) {
        for (int32_t x = 0; x < layer->input.width; x++) {
            to->places[y * layer->input.width + x] =
                (int32_t)place_bytes(shape, y + layer->padding_top, x + layer->padding_left);
        }
    }
    int32_t next = 0;
    for (int32_t ky = 0; ky < layer->kernel_height; ky++) {
        for (int32_t kx = 0; kx < layer->kernel_width; kx++) {
            for (int32_t k = 0; k < to->window; k++) {
                const int32_t y = k / layer->pool_width * layer->stride + ky;
                const int32_t x = k % layer->pool_width * layer->stride + kx;
                to->tap_offsets[next++] = (int32_t)place_bytes(shape, y, x);
            }
        }
    }
    for (int32_t position = 0; position < to->positions; position++) {
        const int32_t y = position / layer->output.width;
        const int32_t x = position % layer->output.width;
        if (to->result_rows == NULL) {
            to->from[position] = (int32_t)place_bytes(shape, y * layer->pool_height * layer->stride,
                                                      x * layer->pool_width * layer->stride);
        }
    }
    for (int32_t row = 0; row < to->rows; row++) {
        to->all[row] = row;
        if (to->result_rows != NULL) {
            to->from[row] = to->result_rows[row] = row * AANN_BLOCK;
        }
    }
}

static bool allocate_tables(const aann_layer *layer, aann_forward_kind kind, aann_forward_layer *to)
{
    const size_t fan_in = (size_t)to->channels * (size_t)to->taps;
    const size_t window = (size_t)to->window;
    size_t weights = 0;
    size_t offsets = 0;
    if (!aann_multiply_sizes((size_t)to->units, fan_in, &weights) ||
        !aann_multiply_sizes(weights, window, &offsets)) {
        return false;
    }
    to->places =
        aann_allocate((size_t)layer->input.height * (size_t)layer->input.width, sizeof(int32_t));
    to->from = aann_allocate((size_t)to->rows, sizeof(int32_t));
    to->tap_offsets = aann_allocate((size_t)to->taps * window, sizeof(int32_t));
    to->all = aann_allocate((size_t)to->rows, sizeof(int32_t));
    to->unit_taps = aann_allocate((size_t)to->units, sizeof *to->unit_taps);
    bool fits = to->places != NULL && to->from != NULL && to->tap_offsets != NULL &&
                to->all != NULL && to->unit_taps != NULL;
    if (kind == AANN_FORWARD_SINGLE) {
        to->result_rows = aann_allocate((size_t)to->rows, sizeof(int32_t));
        fits = fits && to->result_rows != NULL;
    } else {
        to->needed = aann_allocate((size_t)to->units * (size_t)to->rows, sizeof(int32_t));
        to->needed_count = aann_allocate((size_t)to->units, sizeof(int32_t));
        fits = fits && to->needed != NULL && to->needed_count != NULL;
    }
    return fits;
}

/* The map that a layer reads, at *offset of a block; false if it does not fit. */
static bool create_layer(const aann_layer *layer, aann_forward_kind kind, size_t *offset,
                         aann_forward_layer *to)
{
    const map_shape shape = find_shape(layer, kind);
    const size_t phases = (size_t)shape.phases_y * (size_t)shape.phases_x;
    *to = (aann_forward_layer){
        .dense = layer->kind == AANN_LAYER_DENSE,
        .units = layer->units,
        .output = layer->output,
        .positions = layer->output.height * layer->output.width,
        .window = layer->pool_height * layer->pool_width,
        .shift = layer->shift,
        .channels = layer->input.channels,
        .taps = layer->kernel_height * layer->kernel_width,
        .width = shape.width,
        .channel_bytes = phases * (size_t)shape.height * (size_t)shape.width * shape.value_bytes,
    };
    const int32_t places = (layer->output.height - 1) * shape.width + layer->output.width;
    to->rows = kind == AANN_FORWARD_BATCH ? to->positions : (places + AANN_BLOCK - 1) / AANN_BLOCK;
    /* The last row of a single sample reads some bytes too far. */
    size_t bytes = 0;
    if (!aann_multiply_sizes((size_t)to->channels, to->channel_bytes, &bytes) ||
        !aann_add_sizes(bytes, (size_t)to->rows * AANN_BLOCK, &bytes) || bytes > INT32_MAX ||
        !reserve(offset, bytes, &to->input) || !allocate_tables(layer, kind, to)) {
        return false;
    }
    fill_tables(layer, &shape, to);
    return true;
}

static bool create_scratch(aann_forward_plan *plan, size_t *offset)
{
    size_t units = 0;
    size_t rows = 0;
    for (int32_t i = 0; i < plan->spec.layer_count; i++) {
        const aann_forward_layer *layer = &plan->layers[i];
        units = (size_t)layer->units > units ? (size_t)layer->units : units;
        rows = (size_t)layer->rows > rows ? (size_t)layer->rows : rows;
    }
    const bool batch = plan->kind == AANN_FORWARD_BATCH;
    const size_t outputs = batch ? (size_t)plan->spec.output_count * AANN_BLOCK : units;
    return reserve(offset, outputs * sizeof(int32_t), &plan->outputs) &&
           reserve(offset, batch ? 0 : rows * AANN_BLOCK, &plan->scratch);
}

static bool create_weights(aann_forward_plan *plan)
{
    size_t count = 0;
    for (int32_t i = 0; i < plan->spec.layer_count; i++) {
        count += (size_t)plan->spec.layers[i].weight_count;
    }
    plan->weights = aann_allocate(count, 1);
    plan->weight_count = count;
    const int8_t *next = plan->weights;
    for (int32_t i = 0; next != NULL && i < plan->spec.layer_count; i++) {
        plan->layers[i].weights = next;
        next += plan->spec.layers[i].weight_count;
    }
    return plan->weights != NULL;
}

aann_status aann_forward_plan_create(const aann_spec *spec, aann_forward_kind kind,
                                     aann_forward_plan *plan, aann_error *error)
{
    *plan = (aann_forward_plan){.spec = *spec, .kind = kind};
    size_t offset = 0;
    bool fits = true;
    for (int32_t i = 0; fits && i < spec->layer_count; i++) {
        fits = create_layer(&spec->layers[i], kind, &offset, &plan->layers[i]);
    }
    if (!fits || !create_scratch(plan, &offset) || !create_weights(plan)) {
        aann_forward_plan_clear(plan);
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a forward pass of \"%s\"",
                         spec->text);
    }
    plan->block_bytes = offset;
    return AANN_OK;
}

void aann_forward_plan_clear(aann_forward_plan *plan)
{
    for (int32_t i = 0; i < AANN_MAX_LAYERS; i++) {
        aann_forward_layer *layer = &plan->layers[i];
        free(layer->places);
        free(layer->from);
        free(layer->tap_offsets);
        free(layer->all);
        free(layer->result_rows);
        free(layer->unit_taps);
        free(layer->offsets);
        free(layer->needed);
        free(layer->needed_count);
    }
    free(plan->weights);
    *plan = (aann_forward_plan){0};
}

/* ---- a network's weights --------------------------------------------------------------------- */

int32_t *aann_forward_write_tap(const aann_forward_layer *layer, size_t start, int32_t tap,
                                int32_t *offsets)
{
    const int32_t *from = layer->tap_offsets + (size_t)tap * (size_t)layer->window;
    for (int32_t k = 0; k < layer->window; k++) {
        *offsets++ = (int32_t)start + from[k];
    }
    return offsets;
}

/* Writes the unit's taps of this weight from *next on. */
static void read_taps(const aann_forward_layer *layer, const int8_t *weights, int8_t wanted,
                      int32_t **next)
{
    for (int32_t channel = 0; channel < layer->channels; channel++) {
        const size_t start = (size_t)channel * layer->channel_bytes;
        const int8_t *row = weights + (size_t)channel * (size_t)layer->taps;
        for (int32_t tap = 0; tap < layer->taps; tap++) {
            if (row[tap] == wanted) {
                *next = aann_forward_write_tap(layer, start, tap, *next);
            }
        }
    }
}

aann_forward_taps aann_forward_unit_taps(const aann_forward_layer *layer, const int8_t *weights,
                                         int32_t *offsets)
{
    int32_t *next = offsets;
    read_taps(layer, weights, 1, &next);
    const int32_t *const middle = next;
    read_taps(layer, weights, -1, &next);
    return (aann_forward_taps){
        .offsets = offsets,
        .plus_count = (int32_t)(middle - offsets) / layer->window,
        .count = (int32_t)(next - offsets) / layer->window,
    };
}

static size_t count_non_zeros(const int8_t *weights, size_t count)
{
    size_t zeros = 0;
    for (size_t i = 0; i < count; i++) {
        zeros += weights[i] == 0;
    }
    return count - zeros;
}

static bool read_layer(aann_forward_layer *layer)
{
    const size_t fan_in = (size_t)layer->channels * (size_t)layer->taps;
    const size_t non_zeros = count_non_zeros(layer->weights, fan_in * (size_t)layer->units);
    if (layer->offsets == NULL || layer->capacity < non_zeros) {
        free(layer->offsets);
        layer->offsets = aann_allocate(non_zeros * (size_t)layer->window, sizeof *layer->offsets);
        layer->capacity = non_zeros;
    }
    if (layer->offsets == NULL) {
        return false;
    }
    int32_t *next = layer->offsets;
    for (int32_t unit = 0; unit < layer->units; unit++) {
        const int8_t *weights = layer->weights + (size_t)unit * fan_in;
        layer->unit_taps[unit] = aann_forward_unit_taps(layer, weights, next);
        next += (size_t)layer->unit_taps[unit].count * (size_t)layer->window;
    }
    return true;
}

/* Finds which of the layer's results are read, if a dense layer follows; otherwise nearly all
 * are. */
static void read_needed(aann_forward_layer *layer, const aann_forward_layer *next)
{
    const size_t positions = (size_t)layer->positions;
    const size_t count = (size_t)layer->units * positions;
    for (int32_t unit = 0; unit < layer->units; unit++) {
        int32_t *needed = layer->needed + (size_t)unit * positions;
        int32_t found = 0;
        for (int32_t position = 0; position < layer->positions; position++) {
            bool read = next == NULL || !next->dense;
            for (int32_t reader = 0; !read && reader < next->units; reader++) {
                const size_t source = (size_t)unit * positions + (size_t)position;
                read = next->weights[(size_t)reader * count + source] != 0;
            }
            needed[found] = position;
            found += read;
        }
        layer->needed_count[unit] = found;
    }
}

/* Copies the weights; false if they are the same as before. */
static bool take_weights(aann_forward_plan *plan, const aann_network *network)
{
    bool changed = !plan->ready;
    int8_t *to = plan->weights;
    for (int32_t i = 0; i < plan->spec.layer_count; i++) {
        const int8_t *from = aann_network_weights(network, i);
        const size_t count = (size_t)plan->spec.layers[i].weight_count;
        if (changed || memcmp(to, from, count) != 0) {
            memcpy(to, from, count);
            changed = true;
        }
        to += count;
    }
    return changed;
}

aann_status aann_forward_plan_read(aann_forward_plan *plan, const aann_network *network,
                                   aann_error *error)
{
    if (!take_weights(plan, network)) {
        return AANN_OK;
    }
    plan->ready = false;
    for (int32_t i = plan->spec.layer_count - 1; i >= 0; i--) {
        aann_forward_layer *layer = &plan->layers[i];
        const bool lists = plan->kind == AANN_FORWARD_BATCH || !layer->dense;
        if (lists && !read_layer(layer)) {
            return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for the weights of \"%s\"",
                             plan->spec.text);
        }
        if (plan->kind == AANN_FORWARD_BATCH) {
            read_needed(layer, i + 1 < plan->spec.layer_count ? &plan->layers[i + 1] : NULL);
        }
    }
    plan->ready = true;
    return AANN_OK;
}

void aann_forward_plan_prepare(const aann_forward_plan *plan, uint8_t *block)
{
    memset(block, AANN_ACTIVATION_MAX, plan->outputs);
    memset(block + plan->outputs, 0, plan->block_bytes - plan->outputs);
}
