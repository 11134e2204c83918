/* Evaluating a candidate on one block.
 *
 * The changed units of the candidate's layer give change maps; each further layer turns the change
 * maps of its input channels into change maps of its units; the last layer turns them into changes
 * of the outputs, and the loss kernel into a change of the loss. Only positions are computed that a
 * non-zero weight downstream reads (needed) and that a non-zero activation reaches (reachable), and
 * only scratch memory is written. Commits are catch_up.c's.
 *
 * When candidates of the first layer are evaluated, they take a shorter way through the second:
 * first_layer.c. */
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"
#include "engine/first_layer.h"
#include "engine/layer_walk.h"

/* ---- preparation ----------------------------------------------------------------------------- */

static aann_tap change_tap(const aann_engine *engine, int32_t layer,
                           const aann_weight_change *change)
{
    const aann_layer_layout *layout = &engine->layout.layers[layer];
    const size_t fan_in = (size_t)engine->spec.layers[layer].fan_in;
    const size_t sum_count = (size_t)layout->map.positions * (size_t)layout->map.window;
    const int8_t *weights = aann_network_weights(engine->network, layer);
    return (aann_tap){
        .rows = layout->input + (size_t)(change->index / layout->taps) * layout->input_stride,
        .places = layout->places + (size_t)(change->index % layout->taps) * sum_count,
        .weight = change->value - weights[(size_t)change->unit * fan_in + (size_t)change->index],
    };
}

aann_status aann_engine_prepare(const aann_engine *engine, const aann_swap *swap,
                                aann_candidate *candidate, aann_error *error)
{
    candidate->swap = *swap;
    candidate->unit_count = swap->changes[0].unit == swap->changes[1].unit ? 1 : 2;
    for (int32_t u = 0; u < candidate->unit_count; u++) {
        candidate->units[u] = swap->changes[u].unit;
        candidate->tap_count[u] = 0;
    }
    for (int32_t i = 0; i < 2; i++) {
        const aann_weight_change *change = &swap->changes[i];
        const int32_t u = change->unit == candidate->units[0] ? 0 : 1;
        candidate->taps[u][candidate->tap_count[u]++] = change_tap(engine, swap->layer, change);
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

aann_status aann_engine_prepare_single(const aann_engine *engine, int32_t layer,
                                       const aann_weight_change *change, aann_candidate *candidate,
                                       aann_error *error)
{
    candidate->swap = (aann_swap){.layer = layer, .changes = {*change, {.unit = AANN_NO_UNIT}}};
    candidate->unit_count = 1;
    candidate->units[0] = change->unit;
    candidate->tap_count[0] = 1;
    candidate->taps[0][0] = change_tap(engine, layer, change);
    candidate->carries = false;
    const bool first_hidden = layer == 0 && engine->spec.layer_count > 1;
    return first_hidden ? aann_first_layer_prepare(engine, candidate, error) : AANN_OK;
}

void aann_candidate_clear(aann_candidate *candidate)
{
    free(candidate->carried);
    free(candidate->offsets);
    *candidate = (aann_candidate){0};
}

/* ---- from layer to layer --------------------------------------------------------------------- */

/* The positions of a unit's map to compute; NULL if no weight reads any. */
static const uint64_t *needed_positions(const aann_layer_walk *walk, int32_t unit)
{
    const aann_wiring *wiring = &walk->engine->wiring;
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
static void change_own_layer(aann_layer_walk *walk, const aann_candidate *candidate)
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
        int16_t *change = aann_layer_walk_map(walk, unit);
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
            const uint8_t *sums = walk->block + layer->sums + (size_t)unit * layer->sums_stride;
            kernels->swap(&layer->map, sums, words, taps, tap_count, output, &which, change);
        }
        aann_layer_walk_pass_on(walk, unit, change);
    }
}

/* Changes a later hidden layer, from the changed channels of its input. */
static void change_next_layer(aann_layer_walk *walk, const int32_t *channels, int32_t channel_count)
{
    const aann_engine *engine = walk->engine;
    const aann_layer_layout *layer = &engine->layout.layers[walk->layer];
    const aann_unit_kernels *kernels = aann_engine_unit_kernels(engine, walk->layer);
    const uint16_t *words = (const uint16_t *)(const void *)walk->block;
    for (int32_t unit = 0; unit < layer->units; unit++) {
        const aann_tap_list list = aann_layer_walk_taps(walk, channels, channel_count, unit);
        const aann_positions which = {needed_positions(walk, unit), NULL};
        if (list.count == 0 || which.needed == NULL) {
            continue;
        }
        const uint8_t *sums = walk->block + layer->sums + (size_t)unit * layer->sums_stride;
        const uint16_t *output = words + layer->output + (size_t)unit * layer->output_stride;
        int16_t *change = aann_layer_walk_map(walk, unit);
        kernels->propagate(&layer->map, sums, walk->worker->changes, list.taps, list.plus_count,
                           list.count, output, &which, change);
        aann_layer_walk_pass_on(walk, unit, change);
    }
}

/* A first-layer candidate's changes of the second layer, without 16-bit maps of the first. */
static void carry_to_next_layer(aann_layer_walk *walk, const aann_candidate *candidate,
                                const uint8_t *maps)
{
    walk->layer++;
    walk->channels = walk->worker->changed_channels[walk->layer % 2];
    for (int32_t unit = 0; unit < walk->engine->layout.layers[walk->layer].units; unit++) {
        if (candidate->carried[unit].count > 0 && needed_positions(walk, unit) != NULL) {
            int16_t *change = aann_layer_walk_map(walk, unit);
            aann_first_layer_unit(walk->engine, walk->worker, walk->block, candidate, maps, unit,
                                  change);
            aann_layer_walk_pass_on(walk, unit, change);
        }
    }
}

/* Leaves the change of the outputs in the worker. `maps` are those of a carried candidate, from
 * aann_first_layer_own; NULL for others. */
static void walk_candidate(const aann_engine *engine, aann_worker *worker, uint8_t *block,
                           const aann_candidate *candidate, const uint8_t *maps)
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
    if (maps != NULL && candidate->to_outputs) {
        aann_first_layer_outputs(engine, worker, block, candidate, maps);
        return;
    }
    aann_layer_walk walk = {.engine = engine,
                            .worker = worker,
                            .block = block,
                            .layer = candidate->swap.layer,
                            .channels = worker->changed_channels[candidate->swap.layer % 2]};
    if (maps != NULL) {
        carry_to_next_layer(&walk, candidate, maps);
    } else {
        change_own_layer(&walk, candidate);
    }
    while (walk.layer + 2 <= last && walk.channel_count > 0) {
        const int32_t *channels;
        const int32_t channel_count = aann_layer_walk_next(&walk, &channels);
        change_next_layer(&walk, channels, channel_count);
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

void aann_engine_changes(aann_engine *engine, int32_t worker_index,
                         const aann_candidate *candidates, const int32_t *which, int32_t count,
                         int64_t block_index, aann_block_change *results)
{
    aann_worker *worker = &engine->workers[worker_index];
    uint8_t *block = aann_engine_block(engine, block_index);
    aann_engine_catch_up(engine, worker_index, block_index);
    for (int32_t first = 0; first < count;) {
        const int32_t carried =
            aann_first_layer_together(engine, candidates, which + first, count - first);
        aann_first_layer_own(engine, worker, block, candidates, which + first, carried);
        const int32_t end = first + (carried > 0 ? carried : 1);
        for (int32_t i = first; i < end; i++) {
            const uint8_t *maps =
                carried > 0 ? aann_first_layer_maps(engine, worker, i - first) : NULL;
            walk_candidate(engine, worker, block, &candidates[which[i]], maps);
            results[i] = change_loss(engine, worker, block);
        }
        first = end;
    }
}
