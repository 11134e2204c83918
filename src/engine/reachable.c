/* Reachability masks: for every input channel and tap, the positions of a layer's map that read a
 * non-zero activation of any of a block's samples. A changed weight can change only these
 * positions, so the others are left out.
 *
 * A position reads one row for every place of its pooling window, and the rows of a window have the
 * same distances from its first row, whatever the tap. So each row is tested once (one bit), the
 * bits are combined once into "any row of the window that begins here", and a position's bit is the
 * bit at the beginning of its window for the tap. */
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "engine/engine_private.h"

/* Rows of a layer's input channel in the layout of the forward pass; and the rows that a window
 * spans. */
static size_t padded_rows(const aann_forward_layer *layer)
{
    return layer->channel_bytes / AANN_BLOCK;
}

static size_t window_rows(const aann_forward_layer *layer)
{
    return (size_t)(layer->tap_offsets[layer->window - 1] - layer->tap_offsets[0]) / AANN_BLOCK;
}

bool aann_engine_reachable_memory(const aann_engine *engine, aann_worker *worker)
{
    size_t rows = 1;
    for (int32_t i = 0; i < engine->layout.layer_count; i++) {
        const aann_forward_layer *layer = &engine->plan.layers[i];
        const size_t needed = padded_rows(layer) + window_rows(layer) + 1;
        rows = needed > rows ? needed : rows;
    }
    worker->nonzero = aann_allocate((rows + 63) / 64, sizeof *worker->nonzero);
    worker->row_flags = aann_allocate(rows, 2);
    return worker->nonzero != NULL && worker->row_flags != NULL;
}

/* Fills in any[row] for the rows of the forward pass's layout: is an activation not 0? */
static void find_rows(const aann_engine *engine, aann_worker *worker, const uint8_t *block,
                      int32_t index, int32_t channel, uint8_t *any)
{
    const aann_layer_layout *layout = &engine->layout.layers[index];
    const aann_forward_layer *layer = &engine->plan.layers[index];
    const aann_shape input = engine->spec.layers[index].input;
    const uint16_t *rows = (const uint16_t *)(const void *)block + layout->input +
                           (size_t)channel * layout->input_stride;
    const int32_t row_count = (int32_t)(layout->input_stride / AANN_ROW_WORDS);
    engine->kernels.find_nonzero(rows, row_count, worker->nonzero);
    memset(any, 0, padded_rows(layer) + window_rows(layer));
    if (index == 0) { /* they lie as they are stored */
        for (int32_t row = 0; row < row_count; row++) {
            any[row] = worker->nonzero[row / 64] >> (row % 64) & 1;
        }
        return;
    }
    for (int32_t place = 0; place < input.height * input.width; place++) {
        any[(size_t)layer->places[place] / AANN_BLOCK] =
            worker->nonzero[place / 64] >> (place % 64) & 1;
    }
}

void aann_engine_refresh_reachable(const aann_engine *engine, aann_worker *worker, uint8_t *block,
                                   int32_t index, int32_t channel)
{
    const aann_layer_layout *layout = &engine->layout.layers[index];
    const aann_forward_layer *layer = &engine->plan.layers[index];
    if (layout->reachable == AANN_ABSENT) {
        return;
    }
    const size_t rows = padded_rows(layer);
    uint8_t *restrict any = worker->row_flags;
    uint8_t *restrict window = worker->row_flags + rows + window_rows(layer);
    find_rows(engine, worker, block, index, channel, any);
    memset(window, 0, rows);
    for (int32_t k = 0; k < layer->window; k++) {
        const uint8_t *from = any + (layer->tap_offsets[k] - layer->tap_offsets[0]) / AANN_BLOCK;
        for (size_t row = 0; row < rows; row++) {
            window[row] |= from[row];
        }
    }
    uint64_t *mask = (uint64_t *)(void *)(block + layout->reachable) +
                     (size_t)channel * (size_t)layout->taps * (size_t)layout->position_words;
    for (int32_t tap = 0; tap < layout->taps; tap++, mask += layout->position_words) {
        const uint8_t *first =
            window + (size_t)layer->tap_offsets[(ptrdiff_t)tap * layer->window] / AANN_BLOCK;
        for (int32_t from = 0; from < layout->map.positions; from += 64) {
            const int32_t left = layout->map.positions - from;
            uint64_t bits = 0;
            for (int32_t i = 0; i < (left < 64 ? left : 64); i++) {
                bits |= (uint64_t)first[(size_t)layer->from[from + i] / AANN_BLOCK] << i;
            }
            mask[from / 64] = bits;
        }
    }
}

void aann_engine_reachable_clear(const aann_engine *engine, aann_worker *worker, int32_t index)
{
    const size_t words = (size_t)engine->layout.layers[index].position_words;
    memset(worker->mask, 0, words * sizeof *worker->mask);
}

const uint64_t *aann_engine_reachable(const aann_engine *engine, aann_worker *worker,
                                      const uint8_t *block, int32_t index, const aann_tap *taps,
                                      int32_t tap_count)
{
    aann_engine_reachable_clear(engine, worker, index);
    return aann_engine_reachable_add(engine, worker, block, index, taps, tap_count);
}

const uint64_t *aann_engine_reachable_add(const aann_engine *engine, aann_worker *worker,
                                          const uint8_t *block, int32_t index, const aann_tap *taps,
                                          int32_t tap_count)
{
    const aann_layer_layout *layer = &engine->layout.layers[index];
    if (layer->reachable == AANN_ABSENT) {
        return NULL;
    }
    const size_t words = (size_t)layer->position_words;
    const size_t sum_count = (size_t)layer->map.positions * (size_t)layer->map.window;
    const uint64_t *masks = (const uint64_t *)(const void *)(block + layer->reachable);
    uint64_t *mask = worker->mask;
    for (int32_t t = 0; t < tap_count; t++) {
        const size_t channel = (taps[t].rows - layer->input) / layer->input_stride;
        const size_t tap = (size_t)(taps[t].places - layer->places) / sum_count;
        const uint64_t *from = masks + (channel * (size_t)layer->taps + tap) * words;
        for (size_t word = 0; word < words; word++) {
            mask[word] |= from[word];
        }
    }
    return mask;
}
