/* Sparse lists from dense weights. A layer is read anew after each accepted candidate; that is microseconds beside the
 * milliseconds of bringing every block up to date. */
#include "engine/wiring.h"

#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"

static aann_tap tap_at(const aann_layer_layout *layer, int32_t channel, int32_t tap, int32_t weight)
{
    const size_t sum_count = (size_t)layer->map.positions * (size_t)layer->map.window;
    return (aann_tap){
        .rows = layer->input + (size_t)channel * layer->input_stride,
        .places = layer->places + (size_t)tap * sum_count,
        .weight = weight,
    };
}

int32_t aann_wiring_unit(const aann_layer_layout *layer, const int8_t *weights, aann_tap *taps,
                         int32_t *count)
{
    int32_t filled = 0;
    int32_t plus_count = 0;
    for (int32_t wanted = 1; wanted >= -1; wanted -= 2) {
        for (int32_t channel = 0; channel < layer->channels; channel++) {
            for (int32_t tap = 0; tap < layer->taps; tap++) {
                if (weights[(size_t)channel * (size_t)layer->taps + (size_t)tap] == wanted) {
                    taps[filled++] = tap_at(layer, channel, tap, wanted);
                }
            }
        }
        plus_count = wanted == 1 ? filled : plus_count;
    }
    *count = filled;
    return plus_count;
}

static void read_units(const aann_layer_layout *layer, const int8_t *weights, aann_layer_wiring *wiring)
{
    const size_t fan_in = (size_t)layer->channels * (size_t)layer->taps;
    int64_t next = 0;
    for (int32_t unit = 0; unit < layer->units; unit++) {
        int32_t count = 0;
        wiring->unit_start[unit] = next;
        wiring->plus_count[unit] =
            aann_wiring_unit(layer, weights + (size_t)unit * fan_in, wiring->taps + next, &count);
        next += count;
    }
    wiring->unit_start[layer->units] = next;
}

/* The non-zero weights from one channel to one unit, +1 first. */
static int64_t read_pair(const aann_wiring *wiring, int32_t index, const int8_t *weights, int32_t channel,
                         int64_t next, int32_t *plus_count)
{
    const aann_layer_layout *layer = &wiring->layout->layers[index];
    const aann_layer_wiring *lists = &wiring->layers[index];
    const size_t sum_count = (size_t)layer->map.positions * (size_t)layer->map.window;
    const int64_t start = next;
    for (int32_t wanted = 1; wanted >= -1; wanted -= 2) {
        for (int32_t tap = 0; tap < layer->taps; tap++) {
            if (weights[tap] != wanted) {
                continue;
            }
            if (lists->channel_places != NULL) {
                lists->channel_places[next] = tap; /* one position: the row is the tap's own */
            } else {
                lists->change_taps[next] = (aann_change_tap){
                    .rows = wiring->change_base[index] + (size_t)channel * wiring->change_stride[index],
                    .places = layer->places + (size_t)tap * sum_count,
                };
            }
            next++;
        }
        *plus_count = wanted == 1 ? (int32_t)(next - start) : *plus_count;
    }
    return next;
}

static void read_channels(aann_wiring *wiring, int32_t index, const int8_t *weights)
{
    const aann_layer_layout *layer = &wiring->layout->layers[index];
    aann_layer_wiring *lists = &wiring->layers[index];
    int64_t next = 0;
    for (int32_t channel = 0; channel < layer->channels; channel++) {
        for (int32_t unit = 0; unit < layer->units; unit++) {
            const size_t pair = (size_t)channel * (size_t)layer->units + (size_t)unit;
            const size_t first =
                ((size_t)unit * (size_t)layer->channels + (size_t)channel) * (size_t)layer->taps;
            lists->pair_start[pair] = next;
            next = read_pair(wiring, index, weights + first, channel, next, &lists->pair_plus_count[pair]);
        }
    }
    lists->pair_start[(size_t)layer->channels * (size_t)layer->units] = next;
}

/* Marks every row of an input channel that a used tap of the layer reads. */
static void read_needed(aann_wiring *wiring, int32_t index, const int8_t *weights)
{
    const aann_layer_layout *layer = &wiring->layout->layers[index];
    aann_layer_wiring *lists = &wiring->layers[index];
    const int32_t below = wiring->layout->layers[index - 1].position_words;
    const int32_t row_count = wiring->layout->layers[index - 1].map.positions;
    const size_t sum_count = (size_t)layer->map.positions * (size_t)layer->map.window;
    memset(lists->needed, 0, (size_t)layer->channels * (size_t)below * sizeof *lists->needed);
    for (int32_t channel = 0; channel < layer->channels; channel++) {
        uint64_t *needed = lists->needed + (size_t)channel * (size_t)below;
        for (int32_t tap = 0; tap < layer->taps; tap++) {
            bool used = false;
            for (int32_t unit = 0; unit < layer->units && !used; unit++) {
                const size_t pair = (size_t)unit * (size_t)layer->channels + (size_t)channel;
                used = weights[pair * (size_t)layer->taps + (size_t)tap] != 0;
            }
            for (size_t i = 0; used && i < sum_count; i++) {
                const int32_t row = layer->places[(size_t)tap * sum_count + i] / AANN_ROW_WORDS;
                if (row < row_count) {
                    needed[row / 64] |= (uint64_t)1 << (row % 64);
                }
            }
        }
    }
}

void aann_wiring_read(aann_wiring *wiring, const aann_network *network, int32_t index)
{
    const int8_t *weights = aann_network_weights_const(network, index);
    read_units(&wiring->layout->layers[index], weights, &wiring->layers[index]);
    if (index > 0) {
        read_channels(wiring, index, weights);
        read_needed(wiring, index, weights);
    }
}

static bool create_layer(const aann_layout *layout, int32_t index, size_t non_zeros, aann_layer_wiring *lists)
{
    const aann_layer_layout *layer = &layout->layers[index];
    const size_t units = (size_t)layer->units;
    lists->taps = aann_allocate(non_zeros, sizeof *lists->taps);
    lists->unit_start = aann_allocate_zeroed(units + 1, sizeof *lists->unit_start);
    lists->plus_count = aann_allocate_zeroed(units, sizeof *lists->plus_count);
    lists->all = aann_allocate_zeroed((size_t)layer->position_words, sizeof *lists->all);
    if (lists->taps == NULL || lists->unit_start == NULL || lists->plus_count == NULL || lists->all == NULL) {
        return false;
    }
    for (int32_t position = 0; position < layer->map.positions; position++) {
        lists->all[position / 64] |= (uint64_t)1 << (position % 64);
    }
    if (index == 0) {
        return true;
    }
    const size_t pairs = (size_t)layer->channels * units;
    const size_t below = (size_t)layout->layers[index - 1].position_words;
    lists->pair_start = aann_allocate_zeroed(pairs + 1, sizeof *lists->pair_start);
    lists->pair_plus_count = aann_allocate_zeroed(pairs, sizeof *lists->pair_plus_count);
    lists->needed = aann_allocate_zeroed((size_t)layer->channels * below, sizeof *lists->needed);
    const bool last = index + 1 == layout->layer_count;
    if (last) {
        lists->channel_places = aann_allocate(non_zeros, sizeof *lists->channel_places);
    } else {
        lists->change_taps = aann_allocate(non_zeros, sizeof *lists->change_taps);
    }
    return lists->pair_start != NULL && lists->pair_plus_count != NULL && lists->needed != NULL &&
           (lists->channel_places != NULL || lists->change_taps != NULL);
}

aann_status aann_wiring_create(const aann_spec *spec, const aann_layout *layout, aann_wiring *wiring,
                               aann_error *error)
{
    *wiring = (aann_wiring){.layout = layout};
    bool fits = true;
    for (int32_t i = 0; fits && i < layout->layer_count; i++) {
        const aann_counts counts = aann_spec_counts(spec, i);
        fits = create_layer(layout, i, (size_t)(counts.minus + counts.plus), &wiring->layers[i]);
        if (i > 0) {
            const bool last = i + 1 == layout->layer_count;
            const size_t rows = (size_t)layout->layers[i - 1].map.positions + 1;
            wiring->change_base[i] = wiring->change_size;
            wiring->change_stride[i] = last ? 0 : rows * AANN_BLOCK;
            wiring->change_size += rows * AANN_BLOCK * (last ? 1 : (size_t)layout->layers[i].channels);
        }
    }
    if (!fits) {
        aann_wiring_clear(wiring);
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for the wiring of \"%s\"", spec->text);
    }
    return AANN_OK;
}

void aann_wiring_clear(aann_wiring *wiring)
{
    for (int32_t i = 0; i < AANN_MAX_LAYERS; i++) {
        aann_layer_wiring *lists = &wiring->layers[i];
        free(lists->taps);
        free(lists->unit_start);
        free(lists->plus_count);
        free(lists->change_taps);
        free(lists->channel_places);
        free(lists->pair_start);
        free(lists->pair_plus_count);
        free(lists->needed);
        free(lists->all);
        *lists = (aann_layer_wiring){0};
    }
}
