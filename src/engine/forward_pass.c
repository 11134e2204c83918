/* Walks a plan's layers. Batches leave out what they can: results that no later layer reads, and places where every
 * input is 0 in all 64 samples (the margins of centred images), whose result is 0. */
#include "engine/forward_pass.h"

#include <string.h>

/* Fewest weights of a unit that need 32 bits. */
enum { WIDE = 32767 / AANN_ACTIVATION_MAX + 1 };

static void compute(const aann_kernels *kernels, const aann_forward_taps *taps, const aann_forward_rows *rows)
{
    if (taps->count >= WIDE) {
        kernels->forward.wide(taps, rows);
    } else {
        kernels->forward.narrow(taps, rows);
    }
}

/* ---- 64 samples ---------------------------------------------------------------------------------- */

void aann_forward_fill(const aann_forward_plan *plan, const aann_kernels *kernels, const int8_t *const *samples,
                       int32_t count, uint8_t *block)
{
    const aann_forward_layer *layer = &plan->layers[0];
    const aann_shape input = plan->spec.layers[0].input;
    const int32_t size = input.height * input.width;
    uint8_t *used = block + plan->used[0];
    uint8_t *channel_used = block + plan->used[1];
    for (int32_t channel = 0; channel < layer->channels; channel++) {
        const int8_t *rows[AANN_BLOCK];
        for (int32_t lane = 0; lane < AANN_BLOCK; lane++) {
            const int8_t *sample = samples[lane < count ? lane : 0];
            rows[aann_lane_byte(lane)] = sample + (size_t)channel * (size_t)size;
        }
        kernels->forward.transpose(rows, size, layer->places,
                                   block + layer->input + (size_t)channel * layer->channel_bytes,
                                   channel == 0 ? used : channel_used);
        for (int32_t i = 0; channel > 0 && i < size; i++) {
            used[i] = (uint8_t)(used[i] | channel_used[i]);
        }
    }
}

/* Whether a window's inputs are not all zero in all samples. */
static uint8_t window_used(const aann_layer *layer, int32_t position, const uint8_t *used)
{
    const int32_t y = position / layer->output.width * layer->pool_height * layer->stride - layer->padding_top;
    const int32_t x = position % layer->output.width * layer->pool_width * layer->stride - layer->padding_left;
    const int32_t end_y = y + (layer->pool_height - 1) * layer->stride + layer->kernel_height;
    const int32_t end_x = x + (layer->pool_width - 1) * layer->stride + layer->kernel_width;
    for (int32_t i = y < 0 ? 0 : y; i < end_y && i < layer->input.height; i++) {
        for (int32_t j = x < 0 ? 0 : x; j < end_x && j < layer->input.width; j++) {
            if (used[i * layer->input.width + j] != 0) {
                return 1;
            }
        }
    }
    return 0;
}

/* Finds the used positions; those that are not are zero in every unit. */
static void find_used(const aann_forward_plan *plan, int32_t index, uint8_t *block)
{
    const aann_forward_layer *layer = &plan->layers[index];
    const aann_forward_layer *next = &plan->layers[index + 1];
    const uint8_t *from = block + plan->used[index % 2];
    uint8_t *to = block + plan->used[(index + 1) % 2];
    for (int32_t position = 0; position < layer->positions; position++) {
        to[position] = window_used(&plan->spec.layers[index], position, from);
        for (int32_t unit = 0; to[position] == 0 && unit < layer->units; unit++) {
            memset(block + next->input + (size_t)unit * next->channel_bytes + next->places[position],
                   AANN_ACTIVATION_MAX, AANN_BLOCK);
        }
    }
}

static void batch_layer(const aann_forward_plan *plan, const aann_kernels *kernels, int32_t index, bool complete,
                        uint8_t *block)
{
    const aann_forward_layer *layer = &plan->layers[index];
    const aann_forward_layer *next = &plan->layers[index + 1];
    find_used(plan, index, block);
    const uint8_t *used = block + plan->used[(index + 1) % 2];
    int32_t *which = (int32_t *)(void *)(block + plan->which);
    aann_forward_rows rows = {.input = block + layer->input,
                              .from = layer->from,
                              .to = next->places,
                              .which = which,
                              .window = layer->window,
                              .shift = layer->shift};
    for (int32_t first = 0; first < layer->positions; first += layer->group) {
        const int32_t end = first + layer->group < layer->positions ? first + layer->group : layer->positions;
        for (int32_t unit = 0; unit < layer->units; unit++) {
            const uint8_t *needed = layer->needed + (size_t)unit * (size_t)layer->positions;
            rows.count = 0;
            for (int32_t position = first; position < end; position++) {
                which[rows.count] = position;
                rows.count += used[position] & (needed[position] | complete);
            }
            rows.output = block + next->input + (size_t)unit * next->channel_bytes;
            compute(kernels, &layer->unit_taps[unit], &rows);
        }
    }
}

void aann_forward_batch(const aann_forward_plan *plan, const aann_kernels *kernels, int32_t layer_count,
                        bool complete, uint8_t *block)
{
    const int32_t last = plan->spec.layer_count - 1;
    for (int32_t i = 0; i < layer_count && i < last; i++) {
        batch_layer(plan, kernels, i, complete && i + 1 == layer_count, block);
    }
    const aann_forward_layer *layer = &plan->layers[last];
    int32_t *outputs = (int32_t *)(void *)(block + plan->outputs);
    for (int32_t unit = 0; layer_count > last && unit < layer->units; unit++) {
        kernels->forward.outputs(&layer->unit_taps[unit], block + layer->input,
                                 outputs + (size_t)unit * AANN_BLOCK);
    }
}

/* ---- one sample ---------------------------------------------------------------------------------- */

static void fill_single(const aann_forward_plan *plan, const int8_t *sample, uint8_t *block)
{
    const aann_forward_layer *layer = &plan->layers[0];
    const aann_shape input = plan->spec.layers[0].input;
    const int32_t size = input.height * input.width;
    for (int32_t channel = 0; channel < layer->channels; channel++) {
        uint8_t *to = block + layer->input + (size_t)channel * layer->channel_bytes;
        for (int32_t i = 0; i < size; i++) {
            to[layer->places[i]] = (uint8_t)(*sample++ + AANN_ACTIVATION_MAX);
        }
    }
}

static uint8_t activate(int32_t sum, int32_t shift)
{
    const int32_t value = sum >> shift;
    const int32_t low = value < -AANN_ACTIVATION_MAX ? -AANN_ACTIVATION_MAX : value;
    return (uint8_t)((low > AANN_ACTIVATION_MAX ? AANN_ACTIVATION_MAX : low) + AANN_ACTIVATION_MAX);
}

static void single_convolution(const aann_forward_layer *layer, const aann_forward_layer *next,
                               const aann_kernels *kernels, uint8_t *scratch, const int32_t *which, uint8_t *block)
{
    const aann_forward_rows rows = {.input = block + layer->input,
                                    .from = layer->from,
                                    .output = scratch,
                                    .to = layer->result_rows,
                                    .which = which,
                                    .count = layer->rows,
                                    .window = layer->window,
                                    .shift = layer->shift};
    for (int32_t unit = 0; unit < layer->units; unit++) {
        uint8_t *to = block + next->input + (size_t)unit * next->channel_bytes;
        compute(kernels, &layer->unit_taps[unit], &rows);
        for (int32_t position = 0; position < layer->positions; position++) {
            to[next->places[position]] = scratch[layer->results[position]];
        }
    }
}

void aann_forward_single(const aann_forward_plan *plan, const aann_kernels *kernels, const int8_t *sample,
                         int32_t layer_count, uint8_t *block)
{
    const int32_t last = plan->spec.layer_count - 1;
    int32_t *sums = (int32_t *)(void *)(block + plan->outputs);
    fill_single(plan, sample, block);
    for (int32_t i = 0; i < layer_count; i++) {
        const aann_forward_layer *layer = &plan->layers[i];
        const aann_forward_layer *next = &plan->layers[i + 1];
        if (!layer->dense) {
            single_convolution(layer, next, kernels, block + plan->scratch,
                               (const int32_t *)(const void *)(block + plan->which), block);
            continue;
        }
        kernels->forward.dense(block + layer->input, layer->weights, layer->channels * layer->taps, layer->units,
                               sums);
        for (int32_t unit = 0; i < last && unit < layer->units; unit++) {
            block[next->input + (size_t)unit * next->channel_bytes + (size_t)next->places[0]] =
                activate(sums[unit], layer->shift);
        }
    }
}
