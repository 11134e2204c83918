/* The forward pass of a whole block: unit by unit, 64 samples at a time, non-zero weights only. */
#include "engine/forward.h"

#include <stdbool.h>
#include <stddef.h>

/* The value of a moved sample at a place, 0 outside. */
static int32_t value_at(const int8_t *channel, aann_shape shape, int32_t y, int32_t x)
{
    const bool inside = y >= 0 && y < shape.height && x >= 0 && x < shape.width;
    return inside ? channel[(size_t)y * (size_t)shape.width + (size_t)x] : 0;
}

/* One sample into lane `lane`: lane j is the low (j < 32) or high byte of word j % 32. */
static void fill_lane(const aann_spec *spec, const aann_layout *layout, const int8_t *sample,
                      aann_offset offset, int32_t lane, uint8_t *block)
{
    const aann_shape to = spec->layers[0].input;
    const size_t byte = (size_t)(lane % AANN_ROW_WORDS) * 2 + (size_t)(lane / AANN_ROW_WORDS);
    for (int32_t c = 0; c < to.channels; c++) {
        uint8_t *row = block + (size_t)c * layout->layers[0].input_stride * sizeof(uint16_t) + byte;
        const int8_t *channel = sample + (size_t)c * (size_t)spec->input.height * (size_t)spec->input.width;
        for (int32_t y = 0; y < to.height; y++) {
            for (int32_t x = 0; x < to.width; x++, row += AANN_BLOCK) {
                int32_t best = -AANN_ACTIVATION_MAX;
                for (int32_t k = 0; k < spec->input_pool_height * spec->input_pool_width; k++) {
                    const int32_t from_y = y * spec->input_pool_height + k / spec->input_pool_width;
                    const int32_t from_x = x * spec->input_pool_width + k % spec->input_pool_width;
                    const int32_t value =
                        value_at(channel, spec->input, from_y - offset.rows, from_x - offset.columns);
                    best = value > best ? value : best;
                }
                *row = (uint8_t)(best + AANN_ACTIVATION_MAX);
            }
        }
    }
}

void aann_block_fill(const aann_spec *spec, const aann_layout *layout, const aann_samples *samples,
                     const int32_t *which, const aann_offset *offsets, int32_t count, uint8_t *block)
{
    uint16_t *words = (uint16_t *)(void *)block;
    const size_t input_words = (size_t)layout->input_channels * layout->layers[0].input_stride;
    for (size_t i = 0; i < input_words; i++) {
        words[i] = AANN_ROW_ZERO;
    }
    const size_t size = (size_t)aann_shape_size(spec->input);
    for (int32_t lane = 0; lane < count; lane++) {
        const aann_offset offset = offsets == NULL ? (aann_offset){0, 0} : offsets[lane];
        fill_lane(spec, layout, samples->inputs + (size_t)which[lane] * size, offset, lane, block);
    }
}

void aann_block_forward_layer(const aann_layout *layout, const aann_wiring *wiring,
                              const aann_kernels *kernels, int32_t index, uint8_t *block)
{
    const aann_layer_layout *layer = &layout->layers[index];
    const aann_layer_wiring *lists = &wiring->layers[index];
    const aann_unit_kernels *unit_kernels = layer->wide ? &kernels->wide : &kernels->narrow;
    uint16_t *words = (uint16_t *)(void *)block;
    for (int32_t unit = 0; unit < layer->units; unit++) {
        const aann_tap *taps = lists->taps + lists->unit_start[unit];
        const int32_t count = (int32_t)(lists->unit_start[unit + 1] - lists->unit_start[unit]);
        if (layer->output == AANN_ABSENT) {
            int32_t *outputs = (int32_t *)(void *)(block + layout->outputs);
            kernels->forward_output(words, taps, lists->plus_count[unit], count,
                                    outputs + (size_t)unit * AANN_BLOCK);
            continue;
        }
        uint16_t *output = words + layer->output + (size_t)unit * layer->output_stride;
        void *sums =
            layer->sums == AANN_ABSENT ? NULL : block + layer->sums + (size_t)unit * layer->sums_stride;
        unit_kernels->forward(&layer->map, words, taps, lists->plus_count[unit], count, sums, output);
        uint16_t *padding = output + (size_t)layer->map.positions * AANN_ROW_WORDS;
        for (int32_t word = 0; word < AANN_ROW_WORDS; word++) {
            padding[word] = AANN_ROW_ZERO;
        }
    }
}
