/* Evaluating a candidate on one block, and committing it.
 *
 * Both walk the same way: the changed units of the candidate's layer give change maps; each further
 * layer turns the change maps of its input channels into change maps of its units; the last layer
 * turns them into changes of the outputs, and the loss kernel into a change of the loss. Evaluation
 * computes only positions that a non-zero weight downstream reads (needed) and that a non-zero
 * activation reaches (reachable), and writes only scratch memory. A commit computes all positions
 * and adds the changes to the stored state.
 *
 * When candidates of the first layer are evaluated, they take a shorter way through the second:
 * first_layer.c. */
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"
#include "engine/first_layer.h"
#include "network/network.h"

/* ---- preparation ----------------------------------------------------------------------------- */

aann_status aann_engine_prepare(const aann_engine *engine, const aann_swap *swap,
                                aann_candidate *candidate, aann_error *error)
{
    const aann_layer *layer = &engine->spec.layers[swap->layer];
    candidate->swap = *swap;
    candidate->unit_count = swap->changes[0].unit == swap->changes[1].unit ? 1 : 2;
    for (int32_t u = 0; u < candidate->unit_count; u++) {
        candidate->units[u] = swap->changes[u].unit;
        candidate->tap_count[u] = 0;
    }
    const aann_layer_layout *layout = &engine->layout.layers[swap->layer];
    const int8_t *weights = aann_network_weights(engine->network, swap->layer);
    const size_t sum_count = (size_t)layout->map.positions * (size_t)layout->map.window;
    for (int32_t i = 0; i < 2; i++) {
        const aann_weight_change *change = &swap->changes[i];
        const int32_t u = change->unit == candidate->units[0] ? 0 : 1;
        const int8_t old =
            weights[(size_t)change->unit * (size_t)layer->fan_in + (size_t)change->index];
        candidate->taps[u][candidate->tap_count[u]++] = (aann_tap){
            .rows = layout->input + (size_t)(change->index / layout->taps) * layout->input_stride,
            .places = layout->places + (size_t)(change->index % layout->taps) * sum_count,
            .weight = change->value - old,
        };
    }
    if (candidate->unit_count == 1 && candidate->taps[0][0].weight < 0) {
        const aann_tap minus = candidate->taps[0][0];
        candidate->taps[0][0] = candidate->taps[0][1];
        candidate->taps[0][1] = minus;
    }
    const bool first_hidden = swap->layer == 0 && engine->spec.layer_count > 1;
    candidate->carries = false;
    return first_hidden ? aann_first_layer_prepare(engine, candidate, error) : AANN_OK;
}

void aann_candidate_clear(aann_candidate *candidate)
{
    free(candidate->carried);
    free(candidate->offsets);
    *candidate = (aann_candidate){0};
}

/* ---- from layer to layer --------------------------------------------------------------------- */

/* One walk of a candidate through a block. */
typedef struct layer_walk {
    const aann_engine *engine;
    aann_worker *worker;
    uint8_t *block;    /* read only unless committing */
    bool committing;   /* compute all positions and change the stored state */
    int32_t layer;     /* the layer whose units are changing */
    int32_t *channels; /* its changed units so far: the next layer's changed channels */
    int32_t channel_count;
} layer_walk;

static int16_t *change_map(const layer_walk *walk, int32_t unit)
{
    const aann_wiring *wiring = &walk->engine->wiring;
    const size_t next = (size_t)walk->layer + 1;
    return walk->worker->changes + wiring->change_base[next] +
           (size_t)unit * wiring->change_stride[next];
}

/* Adds a change map of the last hidden layer to the outputs that read it. */
static void change_outputs(const layer_walk *walk, int32_t unit, const int16_t *change)
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

/* Passes a unit's complete change map on, and stores it when committing. */
static void finish_unit(layer_walk *walk, int32_t unit, const int16_t *change)
{
    const aann_engine *engine = walk->engine;
    const aann_layer_layout *layer = &engine->layout.layers[walk->layer];
    if (walk->layer + 2 == engine->layout.layer_count) {
        change_outputs(walk, unit, change);
    } else {
        walk->channels[walk->channel_count++] = unit;
    }
    if (walk->committing) {
        uint16_t *rows =
            (uint16_t *)(void *)walk->block + layer->output + (size_t)unit * layer->output_stride;
        engine->kernels.add_rows(rows, change, layer->map.positions);
    }
}

/* The positions of a unit's map to compute; NULL if no weight reads any. */
static const uint64_t *needed_positions(const layer_walk *walk, int32_t unit)
{
    const aann_wiring *wiring = &walk->engine->wiring;
    if (walk->committing) {
        return wiring->layers[walk->layer].all;
    }
    const int32_t words = walk->engine->layout.layers[walk->layer].position_words;
    const uint64_t *needed = wiring->layers[walk->layer + 1].needed + (size_t)unit * (size_t)words;
    for (int32_t word = 0; word < words; word++) {
        if (needed[word] != 0) {
            return needed;
        }
    }
    return NULL;
}

/* Changes the candidate's own layer, if it is a hidden one. */
static void change_own_layer(layer_walk *walk, const aann_candidate *candidate)
{
    const aann_engine *engine = walk->engine;
    const aann_layer_layout *layer = &engine->layout.layers[walk->layer];
    const aann_unit_kernels *kernels = aann_engine_unit_kernels(engine, walk->layer);
    const uint16_t *words = (const uint16_t *)(const void *)walk->block;
    for (int32_t u = 0; u < candidate->unit_count; u++) {
        const int32_t unit = candidate->units[u];
        const aann_tap *taps = candidate->taps[u];
        const int32_t tap_count = candidate->tap_count[u];
        const uint16_t *output = words + layer->output + (size_t)unit * layer->output_stride;
        int16_t *change = change_map(walk, unit);
        const aann_positions which = {
            needed_positions(walk, unit),
            aann_engine_reachable(engine, walk->worker, walk->block, walk->layer, taps, tap_count)};
        if (which.needed == NULL) {
            continue;
        }
        if (layer->sums == AANN_ABSENT) {
            aann_first_layer_recompute(engine, walk->worker, walk->block, candidate, u, &which,
                                       change);
        } else {
            uint8_t *sums = walk->block + layer->sums + (size_t)unit * layer->sums_stride;
            kernels->swap(&layer->map, sums, words, taps, tap_count, output, &which, change);
            if (walk->committing) {
                kernels->add_taps(&layer->map, words, taps, tap_count, sums);
            }
        }
        finish_unit(walk, unit, change);
    }
}

/* The taps of one unit on the changed channels, those of weight +1 first. */
typedef struct tap_list {
    const aann_change_tap *taps;
    int32_t plus_count;
    int32_t count;
} tap_list;

/* The wiring's own list if one channel changes, else gathered into the worker's memory. */
static tap_list gather_taps(const layer_walk *walk, const int32_t *channels, int32_t channel_count,
                            int32_t unit)
{
    const aann_layer_wiring *lists = &walk->engine->wiring.layers[walk->layer];
    const size_t units = (size_t)walk->engine->layout.layers[walk->layer].units;
    if (channel_count == 1) {
        const size_t pair = (size_t)channels[0] * units + (size_t)unit;
        return (tap_list){lists->change_taps + lists->pair_start[pair],
                          lists->pair_plus_count[pair],
                          (int32_t)(lists->pair_start[pair + 1] - lists->pair_start[pair])};
    }
    tap_list list = {.taps = walk->worker->taps};
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

/* Changes a later hidden layer, from the changed channels of its input. */
static void change_next_layer(layer_walk *walk, const int32_t *channels, int32_t channel_count)
{
    const aann_engine *engine = walk->engine;
    const aann_layer_layout *layer = &engine->layout.layers[walk->layer];
    const aann_unit_kernels *kernels = aann_engine_unit_kernels(engine, walk->layer);
    const uint16_t *words = (const uint16_t *)(const void *)walk->block;
    for (int32_t unit = 0; unit < layer->units; unit++) {
        const tap_list list = gather_taps(walk, channels, channel_count, unit);
        const aann_positions which = {needed_positions(walk, unit), NULL};
        if (list.count == 0 || which.needed == NULL) {
            continue;
        }
        uint8_t *sums = walk->block + layer->sums + (size_t)unit * layer->sums_stride;
        const uint16_t *output = words + layer->output + (size_t)unit * layer->output_stride;
        int16_t *change = change_map(walk, unit);
        kernels->propagate(&layer->map, sums, walk->worker->changes, list.taps, list.plus_count,
                           list.count, output, &which, change);
        if (walk->committing) {
            kernels->add_change_taps(&layer->map, walk->worker->changes, list.taps, list.plus_count,
                                     list.count, sums);
        }
        finish_unit(walk, unit, change);
    }
}

/* A first-layer candidate's changes of the second layer, without 16-bit maps of the first. */
static void carry_to_next_layer(layer_walk *walk, const aann_candidate *candidate,
                                const uint8_t *maps)
{
    walk->layer++;
    walk->channels = walk->worker->changed_channels[walk->layer % 2];
    for (int32_t unit = 0; unit < walk->engine->layout.layers[walk->layer].units; unit++) {
        if (candidate->carried[unit].count > 0 && needed_positions(walk, unit) != NULL) {
            int16_t *change = change_map(walk, unit);
            aann_first_layer_unit(walk->engine, walk->worker, walk->block, candidate, maps, unit,
                                  change);
            finish_unit(walk, unit, change);
        }
    }
}

/* When committing: the inputs of the next layer changed, and so did the positions that they
 * reach. */
static void refresh_reachable(const layer_walk *walk)
{
    if (!walk->committing) {
        return;
    }
    for (int32_t i = 0; i < walk->channel_count; i++) {
        aann_engine_refresh_reachable(walk->engine, walk->worker, walk->block, walk->layer + 1,
                                      walk->channels[i]);
    }
}

/* Leaves the change of the outputs in the worker. `maps` are those of a carried candidate, from
 * aann_first_layer_own; NULL when committing. */
static void walk_candidate(const aann_engine *engine, aann_worker *worker, uint8_t *block,
                           bool committing, const aann_candidate *candidate, const uint8_t *maps)
{
    const int32_t last = engine->layout.layer_count - 1;
    memset(worker->output_changed, 0, (size_t)engine->layout.output_count);
    if (candidate->swap.layer == last) {
        for (int32_t u = 0; u < candidate->unit_count; u++) {
            int32_t *row = worker->output_changes + (size_t)candidate->units[u] * AANN_BLOCK;
            worker->output_changed[candidate->units[u]] = 1;
            engine->kernels.change_output((const uint16_t *)(const void *)block, candidate->taps[u],
                                          candidate->tap_count[u], row);
        }
        return;
    }
    layer_walk walk = {.engine = engine,
                       .worker = worker,
                       .block = block,
                       .committing = committing,
                       .layer = candidate->swap.layer,
                       .channels = worker->changed_channels[candidate->swap.layer % 2]};
    if (maps != NULL && candidate->to_outputs) {
        aann_first_layer_outputs(engine, worker, block, candidate, maps);
        return;
    }
    if (maps != NULL) {
        carry_to_next_layer(&walk, candidate, maps);
    } else {
        change_own_layer(&walk, candidate);
        refresh_reachable(&walk);
    }
    while (walk.layer + 2 <= last && walk.channel_count > 0) {
        const int32_t *channels = walk.channels;
        const int32_t channel_count = walk.channel_count;
        walk.layer++;
        walk.channels = worker->changed_channels[walk.layer % 2];
        walk.channel_count = 0;
        change_next_layer(&walk, channels, channel_count);
        refresh_reachable(&walk);
    }
}

/* The change of the loss, from the changes of the outputs in the worker. */
static aann_block_change change_loss(const aann_engine *engine, const aann_worker *worker,
                                     const uint8_t *block)
{
    aann_block_change result = {0};
    if (memchr(worker->output_changed, 1, (size_t)engine->layout.output_count) == NULL) {
        return result;
    }
    const aann_loss_block view = aann_engine_loss_block(engine, block);
    if (engine->regression) {
        engine->kernels.squared_error_change(&view, worker->output_changes, worker->output_changed,
                                             &result);
    } else {
        engine->kernels.cross_entropy_change(&view, worker->output_changes, worker->output_changed,
                                             &result);
    }
    return result;
}

void aann_engine_changes(const aann_engine *engine, int32_t worker_index,
                         const aann_candidate *candidates, const int32_t *which, int32_t count,
                         int64_t block_index, aann_block_change *results)
{
    aann_worker *worker = &engine->workers[worker_index];
    uint8_t *block = aann_engine_block(engine, block_index);
    for (int32_t first = 0; first < count;) {
        const int32_t carried =
            aann_first_layer_together(engine, candidates, which + first, count - first);
        aann_first_layer_own(engine, worker, block, candidates, which + first, carried);
        const int32_t end = first + (carried > 0 ? carried : 1);
        for (int32_t i = first; i < end; i++) {
            const uint8_t *maps =
                carried > 0 ? aann_first_layer_maps(engine, worker, i - first) : NULL;
            walk_candidate(engine, worker, block, false, &candidates[which[i]], maps);
            results[i] = change_loss(engine, worker, block);
        }
        first = end;
    }
}

/* ---- committing ------------------------------------------------------------------------------ */

typedef struct commit_job {
    aann_engine *engine;
    const aann_candidate *candidate;
} commit_job;

static void commit_block(void *context, int32_t worker_index, int64_t index)
{
    const commit_job *job = context;
    aann_engine *engine = job->engine;
    aann_worker *worker = &engine->workers[worker_index];
    uint8_t *block = aann_engine_block(engine, index);
    walk_candidate(engine, worker, block, true, job->candidate, NULL);
    int32_t *outputs = (int32_t *)(void *)(block + engine->layout.outputs);
    for (int32_t output = 0; output < engine->layout.output_count; output++) {
        if (worker->output_changed[output] == 0) {
            continue;
        }
        for (size_t i = (size_t)output * AANN_BLOCK; i < ((size_t)output + 1) * AANN_BLOCK; i++) {
            outputs[i] += worker->output_changes[i];
        }
    }
    aann_engine_refresh_loss(engine, index);
}

void aann_engine_commit(aann_engine *engine, const aann_candidate *candidate)
{
    commit_job job = {engine, candidate};
    aann_threads_run(engine->threads, 0, engine->block_count, commit_block, &job);
    const int32_t index = candidate->swap.layer;
    int8_t *weights = aann_network_weights_mutable(engine->network, index);
    for (int32_t i = 0; i < 2; i++) {
        const aann_weight_change *change = &candidate->swap.changes[i];
        const size_t fan_in = (size_t)engine->spec.layers[index].fan_in;
        weights[(size_t)change->unit * fan_in + (size_t)change->index] = change->value;
    }
    for (int32_t i = 0; i < 2; i++) {
        const aann_weight_change *change = &candidate->swap.changes[i];
        aann_wiring_read_weight(&engine->wiring, engine->network, index, change->unit,
                                change->index / engine->layout.layers[index].taps);
        aann_first_layer_read_weight(engine, index, change->unit,
                                     change->index / engine->layout.layers[index].taps);
    }
}
