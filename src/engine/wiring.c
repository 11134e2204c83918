/* Sparse lists from dense weights. After an accepted candidate only the lists with its weights are
 * read again: with few samples and many accepted candidates, reading the whole layer took a fifth
 * of the time. */
#include "engine/wiring.h"

#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"

static void count_unit(const aann_layer_layout *layer, const int8_t *weights, int32_t unit,
                       aann_layer_wiring *lists)
{
    const size_t fan_in = (size_t)layer->channels * (size_t)layer->taps;
    int32_t count = 0;
    for (size_t i = (size_t)unit * fan_in; i < ((size_t)unit + 1) * fan_in; i++) {
        count += weights[i] != 0;
    }
    lists->unit_count[unit] = count;
}

/* The non-zero weights from one channel to one unit, +1 first. */
static int64_t read_pair(const aann_wiring *wiring, int32_t index, const int8_t *weights,
                         int32_t channel, int64_t next, int32_t *plus_count)
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
                    .rows =
                        wiring->change_base[index] + (size_t)channel * wiring->change_stride[index],
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
            next = read_pair(wiring, index, weights + first, channel, next,
                             &lists->pair_plus_count[pair]);
        }
    }
    lists->pair_start[(size_t)layer->channels * (size_t)layer->units] = next;
}

/* The list of one pair anew: those after it move up or down. */
static void replace_pair(aann_wiring *wiring, int32_t index, const int8_t *weights, int32_t channel,
                         int32_t unit)
{
    const aann_layer_layout *layer = &wiring->layout->layers[index];
    aann_layer_wiring *lists = &wiring->layers[index];
    const size_t pair = (size_t)channel * (size_t)layer->units + (size_t)unit;
    const size_t pair_count = (size_t)layer->channels * (size_t)layer->units;
    const int8_t *own =
        weights + ((size_t)unit * (size_t)layer->channels + (size_t)channel) * (size_t)layer->taps;
    int64_t count = 0;
    for (int32_t tap = 0; tap < layer->taps; tap++) {
        count += own[tap] != 0;
    }
    const int64_t start = lists->pair_start[pair];
    const int64_t end = lists->pair_start[pair + 1];
    const int64_t growth = count - (end - start);
    const size_t rest = (size_t)(lists->pair_start[pair_count] - end);
    if (growth != 0 && lists->channel_places != NULL) {
        memmove(lists->channel_places + end + growth, lists->channel_places + end,
                rest * sizeof *lists->channel_places);
    } else if (growth != 0) {
        memmove(lists->change_taps + end + growth, lists->change_taps + end,
                rest * sizeof *lists->change_taps);
    }
    for (size_t after = pair + 1; growth != 0 && after <= pair_count; after++) {
        lists->pair_start[after] += growth;
    }
    (void)read_pair(wiring, index, own, channel, start, &lists->pair_plus_count[pair]);
}

/* Marks every row of an input channel that a used tap of the layer reads. */
static void read_needed(aann_wiring *wiring, int32_t index, const int8_t *weights, int32_t channel)
{
    const aann_layer_layout *layer = &wiring->layout->layers[index];
    aann_layer_wiring *lists = &wiring->layers[index];
    const int32_t below = wiring->layout->layers[index - 1].position_words;
    const int32_t row_count = wiring->layout->layers[index - 1].map.positions;
    const size_t sum_count = (size_t)layer->map.positions * (size_t)layer->map.window;
    uint64_t *needed = lists->needed + (size_t)channel * (size_t)below;
    memset(needed, 0, (size_t)below * sizeof *needed);
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

void aann_wiring_read(aann_wiring *wiring, const aann_network *network, int32_t index)
{
    const int8_t *weights = aann_network_weights(network, index);
    const aann_layer_layout *layer = &wiring->layout->layers[index];
    for (int32_t unit = 0; unit < layer->units; unit++) {
        count_unit(layer, weights, unit, &wiring->layers[index]);
    }
    if (index > 0) {
        read_channels(wiring, index, weights);
        for (int32_t channel = 0; channel < layer->channels; channel++) {
            read_needed(wiring, index, weights, channel);
        }
    }
}

void aann_wiring_read_weight(aann_wiring *wiring, const aann_network *network, int32_t index,
                             int32_t unit, int32_t channel)
{
    const int8_t *weights = aann_network_weights(network, index);
    count_unit(&wiring->layout->layers[index], weights, unit, &wiring->layers[index]);
    if (index > 0) {
        replace_pair(wiring, index, weights, channel, unit);
        read_needed(wiring, index, weights, channel);
    }
}

/* One place more than there are non-zero weights: one may arrive before another leaves. */
static bool create_layer(const aann_layout *layout, int32_t index, size_t non_zeros,
                         aann_layer_wiring *lists)
{
    const aann_layer_layout *layer = &layout->layers[index];
    const size_t units = (size_t)layer->units;
    lists->unit_count = aann_allocate_zeroed(units, sizeof *lists->unit_count);
    lists->all = aann_allocate_zeroed((size_t)layer->position_words, sizeof *lists->all);
    if (lists->unit_count == NULL || lists->all == NULL) {
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
        lists->channel_places = aann_allocate(non_zeros + 1, sizeof *lists->channel_places);
    } else {
        lists->change_taps = aann_allocate(non_zeros + 1, sizeof *lists->change_taps);
    }
    return lists->pair_start != NULL && lists->pair_plus_count != NULL && lists->needed != NULL &&
           (lists->channel_places != NULL || lists->change_taps != NULL);
}

aann_status aann_wiring_create(const aann_spec *spec, const aann_layout *layout,
                               aann_wiring *wiring, aann_error *error)
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
            wiring->change_size +=
                rows * AANN_BLOCK * (last ? 1 : (size_t)layout->layers[i].channels);
        }
    }
    if (!fits) {
        aann_wiring_clear(wiring);
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for the wiring of \"%s\"",
                         spec->text);
    }
    return AANN_OK;
}

void aann_wiring_clear(aann_wiring *wiring)
{
    for (int32_t i = 0; i < AANN_MAX_LAYERS; i++) {
        aann_layer_wiring *lists = &wiring->layers[i];
        free(lists->unit_count);
        free(lists->change_taps);
        free(lists->channel_places);
        free(lists->pair_start);
        free(lists->pair_plus_count);
        free(lists->needed);
        free(lists->all);
        *lists = (aann_layer_wiring){0};
    }
}
