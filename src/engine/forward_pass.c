/* Walks a plan's layers. */
#include "engine/forward_pass.h"

#include <string.h>

#include "engine/layout.h"

/* The smallest number of weights of a unit that needs 32 bits. */
enum { WIDE = AANN_NARROW_NON_ZEROS + 1 };

/* Rows of a batch that are computed for one unit before the next unit: a few times as many as the
 * kernels sum together. */
enum { GROUP = 8 };

void aann_forward_unit(const aann_kernels *kernels, const aann_forward_taps *taps,
                       const aann_forward_rows *rows, bool wide)
{
    if (wide || taps->count >= WIDE) {
        kernels->forward.wide(taps, rows);
    } else {
        kernels->forward.narrow(taps, rows);
    }
}

/* ---- 64 samples ------------------------------------------------------------------------------ */

void aann_forward_fill(const aann_forward_plan *plan, const aann_kernels *kernels,
                       const int8_t *const *samples, int32_t count, uint8_t *block)
{
    const aann_forward_layer *layer = &plan->layers[0];
    const aann_shape input = plan->spec.layers[0].input;
    const int32_t size = input.height * input.width;
    for (int32_t channel = 0; channel < layer->channels; channel++) {
        const int8_t *rows[AANN_BLOCK];
        for (int32_t lane = 0; lane < AANN_BLOCK; lane++) {
            const int8_t *sample = samples[lane < count ? lane : 0];
            rows[aann_lane_byte(lane)] = sample + (size_t)channel * (size_t)size;
        }
        kernels->forward.transpose(rows, size, layer->places,
                                   block + layer->input + (size_t)channel * layer->channel_bytes);
    }
}

/* Computes a few rows of every unit, then the next few of every unit, so that the rows they read
 * stay in the first-level cache. */
static void batch_layer(const aann_forward_plan *plan, const aann_kernels *kernels, int32_t index,
                        bool complete, const aann_forward_sums *sums, uint8_t *block)
{
    const aann_forward_layer *layer = &plan->layers[index];
    const aann_forward_layer *next = &plan->layers[index + 1];
    aann_forward_rows rows = {.input = block + layer->input,
                              .from = layer->from,
                              .to = next->places,
                              .window = layer->window,
                              .shift = layer->shift};
    for (int32_t first = 0; first < layer->rows; first += GROUP) {
        for (int32_t unit = 0; unit < layer->units; unit++) {
            const int32_t *needed = layer->needed + (size_t)unit * (size_t)layer->rows;
            const int32_t count = complete ? layer->rows : layer->needed_count[unit];
            rows.which = (complete ? layer->all : needed) + first;
            rows.count = count - first < GROUP ? count - first : GROUP;
            rows.output = block + next->input + (size_t)unit * next->channel_bytes;
            rows.sums = sums == NULL || sums->sums == NULL
                            ? NULL
                            : sums->sums + (size_t)unit * sums->stride;
            aann_forward_unit(kernels, &layer->unit_taps[unit], &rows,
                              rows.sums != NULL && sums->wide);
        }
    }
}

void aann_forward_batch(const aann_forward_plan *plan, const aann_kernels *kernels,
                        int32_t layer_count, bool complete, const aann_forward_sums *sums,
                        uint8_t *block)
{
    const int32_t last = plan->spec.layer_count - 1;
    for (int32_t i = 0; i < layer_count && i < last; i++) {
        batch_layer(plan, kernels, i, complete, sums == NULL ? NULL : &sums[i], block);
    }
    const aann_forward_layer *layer = &plan->layers[last];
    int32_t *outputs = (int32_t *)(void *)(block + plan->outputs);
    for (int32_t unit = 0; layer_count > last && unit < layer->units; unit++) {
        kernels->forward.outputs(&layer->unit_taps[unit], block + layer->input,
                                 outputs + (size_t)unit * AANN_BLOCK);
    }
}

/* ---- one sample ------------------------------------------------------------------------------ */

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

/* Copies lines of a flattened map to where the next layer reads them. */
static void spread(const aann_forward_layer *layer, const int32_t *places, const uint8_t *from,
                   uint8_t *to)
{
    for (int32_t y = 0; y < layer->output.height; y++) {
        for (int32_t x = 0; x < layer->output.width; x++) {
            to[places[x]] = from[x];
        }
        places += layer->output.width;
        from += layer->width;
    }
}

static void single_convolution(const aann_forward_layer *layer, const aann_forward_layer *next,
                               const aann_kernels *kernels, uint8_t *scratch, uint8_t *block)
{
    const aann_forward_rows rows = {.input = block + layer->input,
                                    .from = layer->from,
                                    .output = scratch,
                                    .to = layer->result_rows,
                                    .which = layer->all,
                                    .count = layer->rows,
                                    .window = layer->window,
                                    .shift = layer->shift};
    for (int32_t unit = 0; unit < layer->units; unit++) {
        aann_forward_unit(kernels, &layer->unit_taps[unit], &rows, false);
        spread(layer, next->places, scratch,
               block + next->input + (size_t)unit * next->channel_bytes);
    }
}

void aann_forward_single(const aann_forward_plan *plan, const aann_kernels *kernels,
                         const int8_t *sample, int32_t layer_count, uint8_t *block)
{
    const int32_t last = plan->spec.layer_count - 1;
    int32_t *sums = (int32_t *)(void *)(block + plan->outputs);
    fill_single(plan, sample, block);
    for (int32_t i = 0; i < layer_count; i++) {
        const aann_forward_layer *layer = &plan->layers[i];
        const aann_forward_layer *next = &plan->layers[i + 1];
        if (!layer->dense) {
            single_convolution(layer, next, kernels, block + plan->scratch, block);
            continue;
        }
        kernels->forward.dense(block + layer->input, layer->weights, layer->channels * layer->taps,
                               layer->units, sums);
        for (int32_t unit = 0; i < last && unit < layer->units; unit++) {
            block[next->input + (size_t)unit * next->channel_bytes + (size_t)next->places[0]] =
                activate(sums[unit], layer->shift);
        }
    }
}
