/* Commits, and bringing a block up to date with them.
 *
 * A commit changes the network, the wiring and a list of missed changes, and no block. A block is
 * brought up to date when it is next looked at; so what an accepted candidate costs does not grow
 * with the number of samples. What a block then holds is a function of the network alone, and does
 * not depend on when it catches up.
 *
 * All missed commits are made up for at once. A unit's sum is linear in its weights and its
 * inputs, so with dw the sum of the missed changes of a weight, and dx the change of an input,
 *     new sum = old sum + dw * (old input) + (new weight) * dx,
 * and only the present weights are needed. First every layer's sums get dw * (old input), while
 * all inputs are still the old ones; then dx goes from layer to layer, as in candidate.c. A block
 * that missed more than REPLAYED commits gets a forward pass instead. */
#include <string.h>

#include "engine/first_layer.h"
#include "engine/layer_walk.h"
#include "network/network.h"

/* ---- commits --------------------------------------------------------------------------------- */

void aann_engine_commit(aann_engine *engine, const aann_candidate *candidate)
{
    const int32_t index = candidate->swap.layer;
    const aann_layer_layout *layout = &engine->layout.layers[index];
    int8_t *weights = aann_network_weights_mutable(engine->network, index);
    aann_missed_commit *missed = &engine->missed[engine->commits % AANN_REPLAYED_COMMITS];
    missed->layer = index;
    for (int32_t i = 0; i < 2; i++) {
        const aann_weight_change *change = &candidate->swap.changes[i];
        const size_t fan_in = (size_t)engine->spec.layers[index].fan_in;
        missed->differences[i] = 0;
        if (change->unit == AANN_NO_UNIT) {
            continue;
        }
        int8_t *weight = &weights[(size_t)change->unit * fan_in + (size_t)change->index];
        missed->units[i] = change->unit;
        missed->indices[i] = change->index;
        missed->differences[i] = change->value - *weight;
        *weight = change->value;
    }
    for (int32_t i = 0; i < 2; i++) {
        const aann_weight_change *change = &candidate->swap.changes[i];
        const int32_t channel = change->index / layout->taps;
        if (change->unit == AANN_NO_UNIT) {
            continue;
        }
        aann_wiring_read_weight(&engine->wiring, engine->network, index, change->unit, channel);
        aann_first_layer_read_weight(engine, index, change->unit, channel);
    }
    engine->commits++;
}

/* ---- on one block ---------------------------------------------------------------------------- */

static aann_tap missed_tap(const aann_engine *engine, const aann_missed_commit *missed, int32_t i)
{
    const aann_layer_layout *layer = &engine->layout.layers[missed->layer];
    const size_t sum_count = (size_t)layer->map.positions * (size_t)layer->map.window;
    return (aann_tap){
        .rows = layer->input + (size_t)(missed->indices[i] / layer->taps) * layer->input_stride,
        .places = layer->places + (size_t)(missed->indices[i] % layer->taps) * sum_count,
        .weight = missed->differences[i],
    };
}

/* Adds dw * (old input) of one weight to the sums of its unit, if they are stored. */
static void add_missed(const aann_engine *engine, aann_worker *worker, uint8_t *block,
                       const aann_missed_commit *missed, int32_t i)
{
    const aann_layer_layout *layer = &engine->layout.layers[missed->layer];
    const uint16_t *words = (const uint16_t *)(const void *)block;
    const int32_t unit = missed->units[i];
    const aann_tap tap = missed_tap(engine, missed, i);
    if (missed->layer + 1 == engine->layout.layer_count) {
        int32_t row[AANN_BLOCK];
        int32_t *outputs = (int32_t *)(void *)(block + engine->layout.outputs);
        engine->kernels.change_output(words, &tap, 1, row);
        for (size_t lane = 0; lane < AANN_BLOCK; lane++) {
            outputs[(size_t)unit * AANN_BLOCK + lane] += row[lane];
        }
        return;
    }
    worker->unit_missed[engine->first_unit[missed->layer] + unit] = 1;
    if (layer->sums != AANN_ABSENT) {
        uint8_t *sums = block + layer->sums + (size_t)unit * layer->sums_stride;
        aann_engine_unit_kernels(engine, missed->layer)
            ->add_taps(&layer->map, words, &tap, 1, sums);
    }
}

/* Makes a unit's sums and outputs the new ones and passes their change on. */
static void renew_unit(aann_layer_walk *walk, const int32_t *channels, int32_t channel_count,
                       int32_t unit)
{
    const aann_engine *engine = walk->engine;
    const aann_layer_layout *layer = &engine->layout.layers[walk->layer];
    const aann_unit_kernels *kernels = aann_engine_unit_kernels(engine, walk->layer);
    const aann_tap_list list = channel_count == 0
                                   ? (aann_tap_list){0}
                                   : aann_layer_walk_taps(walk, channels, channel_count, unit);
    uint8_t *missed = &walk->worker->unit_missed[engine->first_unit[walk->layer] + unit];
    if (list.count == 0 && *missed == 0) {
        return;
    }
    *missed = 0;
    uint16_t *output =
        (uint16_t *)(void *)walk->block + layer->output + (size_t)unit * layer->output_stride;
    int16_t *change = aann_layer_walk_map(walk, unit);
    if (layer->sums == AANN_ABSENT) {
        aann_first_layer_renew(engine, walk->worker, walk->block, unit, change);
    } else {
        uint8_t *sums = walk->block + layer->sums + (size_t)unit * layer->sums_stride;
        const aann_positions all = {engine->wiring.layers[walk->layer].all, NULL};
        kernels->propagate(&layer->map, sums, walk->worker->changes, list.taps, list.plus_count,
                           list.count, output, &all, change);
        if (list.count > 0) {
            kernels->add_change_taps(&layer->map, walk->worker->changes, list.taps, list.plus_count,
                                     list.count, sums);
        }
    }
    engine->kernels.add_rows(output, change, layer->map.positions);
    aann_layer_walk_pass_on(walk, unit, change);
}

/* Carries all changes from the first hidden layer to the outputs. */
static void renew_layers(const aann_engine *engine, aann_worker *worker, uint8_t *block)
{
    const int32_t hidden = engine->layout.layer_count - 1;
    aann_layer_walk walk = {.engine = engine,
                            .worker = worker,
                            .block = block,
                            .layer = 0,
                            .channels = worker->changed_channels[0]};
    memset(worker->output_changed, 0, (size_t)engine->layout.output_count);
    const int32_t *channels = NULL;
    int32_t channel_count = 0;
    while (walk.layer < hidden) {
        for (int32_t unit = 0; unit < engine->layout.layers[walk.layer].units; unit++) {
            renew_unit(&walk, channels, channel_count, unit);
        }
        for (int32_t i = 0; i < walk.channel_count; i++) {
            aann_engine_refresh_reachable(engine, worker, block, walk.layer + 1, walk.channels[i]);
        }
        channel_count = aann_layer_walk_next(&walk, &channels);
    }
}

static void replay(aann_engine *engine, aann_worker *worker, int64_t index)
{
    uint8_t *block = aann_engine_block(engine, index);
    bool hidden = false;
    for (uint64_t commit = engine->block_commits[index]; commit < engine->commits; commit++) {
        const aann_missed_commit *missed = &engine->missed[commit % AANN_REPLAYED_COMMITS];
        hidden = hidden || missed->layer + 1 < engine->layout.layer_count;
        for (int32_t i = 0; i < 2; i++) {
            if (missed->differences[i] != 0) {
                add_missed(engine, worker, block, missed, i);
            }
        }
    }
    if (hidden) {
        renew_layers(engine, worker, block);
        int32_t *outputs = (int32_t *)(void *)(block + engine->layout.outputs);
        for (int32_t output = 0; output < engine->layout.output_count; output++) {
            const size_t from = (size_t)output * AANN_BLOCK;
            for (size_t i = from; worker->output_changed[output] != 0 && i < from + AANN_BLOCK;
                 i++) {
                outputs[i] += worker->output_changes[i];
            }
        }
    }
    engine->block_losses[index] = aann_engine_refresh_loss(engine, block);
}

static bool replays(const aann_engine *engine, int64_t index)
{
    const uint64_t has = engine->block_commits[index];
    return has != AANN_NOT_FILLED && engine->commits - has <= AANN_REPLAYED_COMMITS;
}

void aann_engine_catch_up(aann_engine *engine, int32_t worker_index, int64_t index)
{
    if (engine->block_commits[index] == engine->commits) {
        return;
    }
    const int64_t left = engine->count - index * AANN_BLOCK;
    const uint64_t samples = (uint64_t)(left < AANN_BLOCK ? left : AANN_BLOCK);
    if (replays(engine, index)) {
        replay(engine, &engine->workers[worker_index], index);
        engine->accounts[worker_index].replayed += samples;
    } else {
        aann_engine_renew_block(engine, worker_index, index);
        engine->accounts[worker_index].renewed += samples;
    }
    engine->block_commits[index] = engine->commits;
}

/* ---- on several blocks ----------------------------------------------------------------------- */

typedef struct catch_up_job {
    aann_engine *engine;
    const int64_t *blocks; /* NULL: 0, 1, 2, ... */
} catch_up_job;

static void catch_up_item(void *context, int32_t worker, int64_t item)
{
    const catch_up_job *job = context;
    aann_engine_catch_up(job->engine, worker, job->blocks == NULL ? item : job->blocks[item]);
}

void aann_engine_ready(aann_engine *engine, const int64_t *blocks, int64_t count, bool shared)
{
    bool behind = false;
    bool forward = false;
    for (int64_t i = 0; i < count; i++) {
        const int64_t index = blocks == NULL ? i : blocks[i];
        behind = behind || engine->block_commits[index] != engine->commits;
        forward = forward || !replays(engine, index);
    }
    if (forward && engine->plan_commits != engine->commits) {
        /* Cannot fail: it has the memory, because swaps keep the number of non-zero weights. */
        aann_error error;
        (void)aann_forward_plan_read(&engine->plan, engine->network, &error);
        engine->plan_commits = engine->commits;
    }
    if (behind && shared) {
        catch_up_job job = {engine, blocks};
        aann_threads_run(engine->threads, 0, count, catch_up_item, &job);
    }
}

/* ---- questions ------------------------------------------------------------------------------- */

int64_t aann_engine_block_loss(aann_engine *engine, int64_t index)
{
    aann_engine_ready(engine, &index, 1, true);
    return engine->block_losses[index];
}

int32_t aann_engine_block_correct(aann_engine *engine, int64_t index)
{
    aann_engine_ready(engine, &index, 1, true);
    const uint8_t *block = aann_engine_block(engine, index);
    const int32_t shift = engine->layout.layers[engine->layout.layer_count - 1].map.shift;
    const int32_t *labels = (const int32_t *)(const void *)(block + engine->layout.labels);
    const int32_t *outputs = (const int32_t *)(const void *)(block + engine->layout.outputs);
    int32_t correct = 0;
    for (int32_t lane = 0; lane < AANN_BLOCK; lane++) {
        int32_t best = 0;
        for (int32_t c = 1; c < engine->layout.output_count; c++) {
            const int32_t here = outputs[(size_t)c * AANN_BLOCK + (size_t)lane] >> shift;
            const int32_t there = outputs[(size_t)best * AANN_BLOCK + (size_t)lane] >> shift;
            best = here > there ? c : best;
        }
        correct += best == labels[lane];
    }
    return correct;
}
