/* Change maps, the weights that read them, and the outputs. */
#include "engine/layer_walk.h"

#include <string.h>

int16_t *aann_layer_walk_map(const aann_layer_walk *walk, int32_t unit)
{
    const aann_wiring *wiring = &walk->engine->wiring;
    const size_t next = (size_t)walk->layer + 1;
    return walk->worker->changes + wiring->change_base[next] +
           (size_t)unit * wiring->change_stride[next];
}

aann_tap_list aann_layer_walk_taps(const aann_layer_walk *walk, const int32_t *channels,
                                   int32_t channel_count, int32_t unit)
{
    const aann_layer_wiring *lists = &walk->engine->wiring.layers[walk->layer];
    const size_t units = (size_t)walk->engine->layout.layers[walk->layer].units;
    if (channel_count == 1) {
        const size_t pair = (size_t)channels[0] * units + (size_t)unit;
        return (aann_tap_list){lists->change_taps + lists->pair_start[pair],
                               lists->pair_plus_count[pair],
                               (int32_t)(lists->pair_start[pair + 1] - lists->pair_start[pair])};
    }
    aann_tap_list list = {.taps = walk->worker->taps};
    for (int32_t pass = 0; pass < 2; pass++) {
        for (int32_t i = 0; i < channel_count; i++) {
            const size_t pair = (size_t)channels[i] * units + (size_t)unit;
            const int64_t middle = lists->pair_start[pair] + lists->pair_plus_count[pair];
            const int64_t first = pass == 0 ? lists->pair_start[pair] : middle;
            const int64_t end = pass == 0 ? middle : lists->pair_start[pair + 1];
            for (int64_t t = first; t < end; t++) {
                walk->worker->taps[list.count++] = lists->change_taps[t];
            }
        }
        list.plus_count = pass == 0 ? list.count : list.plus_count;
    }
    return list;
}

/* Adds a change map of the last hidden layer to the outputs that read it. */
static void change_outputs(const aann_layer_walk *walk, int32_t unit, const int16_t *change)
{
    const aann_engine *engine = walk->engine;
    const int32_t last = engine->layout.layer_count - 1;
    const aann_layer_wiring *lists = &engine->wiring.layers[last];
    const int32_t outputs = engine->layout.output_count;
    for (int32_t output = 0; output < outputs; output++) {
        const size_t pair = (size_t)unit * (size_t)outputs + (size_t)output;
        const int32_t count = (int32_t)(lists->pair_start[pair + 1] - lists->pair_start[pair]);
        if (count == 0) {
            continue;
        }
        int32_t *row = walk->worker->output_changes + (size_t)output * AANN_BLOCK;
        if (walk->worker->output_changed[output] == 0) {
            walk->worker->output_changed[output] = 1;
            memset(row, 0, AANN_BLOCK * sizeof *row);
        }
        engine->kernels.accumulate_changes(change, lists->channel_places + lists->pair_start[pair],
                                           lists->pair_plus_count[pair], count, row);
    }
}

void aann_layer_walk_pass_on(aann_layer_walk *walk, int32_t unit, const int16_t *change)
{
    if (walk->layer + 2 == walk->engine->layout.layer_count) {
        change_outputs(walk, unit, change);
    } else {
        walk->channels[walk->channel_count++] = unit;
    }
}

int32_t aann_layer_walk_next(aann_layer_walk *walk, const int32_t **channels)
{
    const int32_t channel_count = walk->channel_count;
    *channels = walk->channels;
    walk->layer++;
    walk->channels = walk->worker->changed_channels[walk->layer % 2];
    walk->channel_count = 0;
    return channel_count;
}
