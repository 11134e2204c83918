/* Carries a first-layer candidate through the second layer.
 *
 * A changed unit of the first layer changes a map that every unit of the second reads, so nearly
 * all of the second layer's sums change a little. This is a forward pass whose input is the change
 * and whose sums begin with the stored ones. The kernels of the forward pass (kernels/forward.c)
 * compute it on byte rows, in the forward pass's layout:
 *
 *     changed units' maps   from the inputs, minus the stored activations; v is stored as v + 127
 *     second layer          stored sums + weights on the changed maps; maximum, shift, clamp give
 *                           new activations
 *     outputs               if the third layer is the last: from all new activations of the second
 *                           layer, minus the stored outputs
 *
 * The first layer's sums are usually not stored, so most of the cost of a changed map is the sum
 * over the unit's present weights. Candidates that change the same unit share it.
 *
 * A byte holds a change of at most 127. If a swap can change an activation by more (an exchange of
 * a -1 and a +1, or negative inputs), the change is written as the sum of two maps, and every
 * weight reads both.
 *
 * Computing the outputs from all new activations costs less than adding changes pair by pair of
 * unit and output, whose short lists the processor mispredicts, unless few of the second layer's
 * units read the change. */
#include "engine/first_layer.h"

#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "engine/first_layer_shared.h"

enum {
    MAPS = 4,                     /* of a candidate: one of each (changed unit, half) */
    TOGETHER = AANN_MAX_VARIANTS, /* candidates whose own layer is computed together */
};

/* ---- what does not depend on the candidate --------------------------------------------------- */

/* Whether there is a second hidden layer with 16-bit sums, and the first layer's sums are not
 * stored or have 16 bits. */
static bool applies(const aann_engine *engine)
{
    const aann_layer_layout *own = &engine->layout.layers[OWN];
    return engine->layout.layer_count > THIRD && !engine->layout.layers[SECOND].wide &&
           (own->sums == AANN_ABSENT || !own->wide);
}

/* Whether a first-layer candidate starts from the unit's weights because its sums are not
 * stored. */
static bool starts_from_weights(const aann_engine *engine)
{
    return engine->layout.layer_count > 1 && engine->layout.layers[OWN].sums == AANN_ABSENT;
}

static bool create_own(aann_engine *engine)
{
    aann_first_layer *carry = &engine->carry;
    const aann_layer *own = &engine->spec.layers[OWN];
    const size_t offsets = (size_t)own->fan_in * (size_t)engine->plan.layers[OWN].window;
    carry->own_taps = aann_allocate_zeroed((size_t)own->units, sizeof *carry->own_taps);
    carry->own_offsets = aann_allocate((size_t)own->units * offsets, sizeof *carry->own_offsets);
    return carry->own_taps != NULL && carry->own_offsets != NULL;
}

bool aann_first_layer_create(aann_engine *engine)
{
    aann_first_layer *carry = &engine->carry;
    *carry = (aann_first_layer){.applies = applies(engine)};
    if (starts_from_weights(engine) && !create_own(engine)) {
        return false;
    }
    if (!carry->applies) {
        return true;
    }
    const aann_layer_layout *second = &engine->layout.layers[SECOND];
    const size_t units = (size_t)second->units;
    carry->needed = aann_allocate(units * (size_t)second->map.positions, sizeof *carry->needed);
    carry->needed_count = aann_allocate_zeroed(units, sizeof *carry->needed_count);
    if (carry->needed == NULL || carry->needed_count == NULL || !ends_in_third(engine)) {
        return carry->needed != NULL && carry->needed_count != NULL;
    }
    const aann_layer *last = &engine->spec.layers[THIRD];
    carry->output_taps = aann_allocate_zeroed((size_t)last->units, sizeof *carry->output_taps);
    carry->output_offsets =
        aann_allocate((size_t)last->units * (size_t)last->fan_in, sizeof *carry->output_offsets);
    return carry->output_taps != NULL && carry->output_offsets != NULL;
}

void aann_first_layer_clear(aann_engine *engine)
{
    aann_first_layer *carry = &engine->carry;
    free(carry->own_taps);
    free(carry->own_offsets);
    free(carry->needed);
    free(carry->needed_count);
    free(carry->output_taps);
    free(carry->output_offsets);
    *carry = (aann_first_layer){0};
}

bool aann_first_layer_create_worker(const aann_engine *engine, aann_worker *worker)
{
    if (engine->layout.layer_count == 1) {
        return true;
    }
    const size_t together = starts_from_weights(engine) ? TOGETHER : 1;
    const size_t maps = engine->carry.applies ? together * MAPS : 1;
    const size_t map_bytes = maps * engine->plan.layers[SECOND].channel_bytes;
    worker->positions =
        aann_allocate(2 * (size_t)engine->layout.layers[OWN].map.positions, sizeof(int32_t));
    worker->maps = aann_allocate_aligned(map_bytes);
    if (worker->positions == NULL || worker->maps == NULL) {
        return false;
    }
    memset(worker->maps, AANN_ACTIVATION_MAX, map_bytes); /* the padding never changes */
    if (!engine->carry.applies) {
        return true;
    }
    const aann_forward_layer *third = &engine->plan.layers[THIRD];
    worker->rows = aann_allocate_aligned((size_t)third->channels * third->channel_bytes);
    return worker->rows != NULL;
}

static void read_needed(aann_engine *engine, int32_t unit)
{
    aann_first_layer *carry = &engine->carry;
    const aann_layer_layout *second = &engine->layout.layers[SECOND];
    const uint64_t *mask =
        engine->wiring.layers[THIRD].needed + (size_t)unit * (size_t)second->position_words;
    int32_t *needed = carry->needed + (size_t)unit * (size_t)second->map.positions;
    int32_t count = 0;
    for (int32_t position = 0; position < second->map.positions; position++) {
        if ((mask[position / 64] >> (position % 64) & 1) != 0) {
            needed[count++] = position;
        }
    }
    carry->needed_count[unit] = count;
}

static void read_output(aann_engine *engine, int32_t output)
{
    const size_t first = (size_t)output * (size_t)engine->spec.layers[THIRD].fan_in;
    engine->carry.output_taps[output] = aann_forward_unit_taps(
        &engine->plan.layers[THIRD], aann_network_weights(engine->network, THIRD) + first,
        engine->carry.output_offsets + first);
}

static void read_own(aann_engine *engine, int32_t unit)
{
    const size_t fan_in = (size_t)engine->spec.layers[OWN].fan_in;
    const aann_forward_layer *layer = &engine->plan.layers[OWN];
    engine->carry.own_taps[unit] = aann_forward_unit_taps(
        layer, aann_network_weights(engine->network, OWN) + (size_t)unit * fan_in,
        engine->carry.own_offsets + (size_t)unit * fan_in * (size_t)layer->window);
}

void aann_first_layer_read(aann_engine *engine)
{
    for (int32_t unit = 0; starts_from_weights(engine) && unit < engine->spec.layers[OWN].units;
         unit++) {
        read_own(engine, unit);
    }
    if (!engine->carry.applies) {
        return;
    }
    for (int32_t unit = 0; unit < engine->layout.layers[SECOND].units; unit++) {
        read_needed(engine, unit);
    }
    for (int32_t output = 0; ends_in_third(engine) && output < engine->layout.output_count;
         output++) {
        read_output(engine, output);
    }
}

void aann_first_layer_read_weight(aann_engine *engine, int32_t index, int32_t unit, int32_t channel)
{
    if (index == OWN && starts_from_weights(engine)) {
        read_own(engine, unit);
    }
    if (!engine->carry.applies || index != THIRD) {
        return;
    }
    read_needed(engine, channel);
    if (ends_in_third(engine)) {
        read_output(engine, unit);
    }
}

/* ---- on a block ------------------------------------------------------------------------------ */

/* Writes the positions of the first layer's map that are needed and reachable to which[], the
 * others to rest[]; returns the number of the former. */
static int32_t split_positions(const aann_positions *positions, int32_t count, int32_t *which,
                               int32_t *rest)
{
    int32_t chosen = 0;
    int32_t left = 0;
    for (int32_t position = 0; position < count; position++) {
        const uint64_t reachable =
            positions->reachable == NULL ? UINT64_MAX : positions->reachable[position / 64];
        const uint64_t bit = (positions->needed[position / 64] & reachable) >> (position % 64) & 1;
        which[chosen] = position;
        rest[left] = position;
        chosen += bit != 0;
        left += bit == 0;
    }
    return chosen;
}

static const uint16_t *stored_rows(const aann_layer_layout *layout, const uint8_t *block,
                                   int32_t unit)
{
    return (const uint16_t *)(const void *)block + layout->output +
           (size_t)unit * layout->output_stride;
}

/* Computes new activations of a unit of the first layer, as the second reads them, for each variant
 * (a candidate's own taps, and its map). There is one variant if it is `whole` or if sums are
 * stored. */
static void compute_unit(const aann_engine *engine, const uint8_t *block, int32_t unit, bool whole,
                         const aann_forward_variant *variants, int32_t variant_count,
                         const int32_t *which, int32_t count)
{
    const aann_layer_layout *layout = &engine->layout.layers[OWN];
    const aann_forward_layer *layer = &engine->plan.layers[OWN];
    aann_forward_rows rows = {
        .input = block + layout->input * sizeof(uint16_t),
        .from = layer->from,
        .to = engine->plan.layers[SECOND].places,
        .which = which,
        .count = count,
        .window = layer->window,
        .shift = layer->shift,
    };
    rows.output = variants[0].output;
    if (layout->sums != AANN_ABSENT) {
        const uint8_t *sums = block + layout->sums + (size_t)unit * layout->sums_stride;
        rows.start = (const int16_t *)(const void *)sums;
        engine->kernels.forward.continued(&variants[0].taps, &rows);
    } else if (whole) {
        aann_forward_unit(&engine->kernels, &variants[0].taps, &rows, false);
    } else {
        engine->kernels.forward.variants(&engine->carry.own_taps[unit], variants, variant_count,
                                         &rows);
    }
}

void aann_first_layer_recompute(const aann_engine *engine, aann_worker *worker,
                                const uint8_t *block, const aann_candidate *candidate,
                                int32_t which_unit, const aann_positions *which, int16_t *change)
{
    const aann_layer_layout *layout = &engine->layout.layers[OWN];
    const int32_t unit = candidate->units[which_unit];
    const int32_t positions = layout->map.positions;
    int32_t *rest = worker->positions + positions;
    const int32_t count = split_positions(which, positions, worker->positions, rest);
    const aann_forward_variant variant = {candidate->own[which_unit], worker->maps};
    compute_unit(engine, block, unit, candidate->whole[which_unit], &variant, 1, worker->positions,
                 count);
    engine->kernels.change_rows(worker->maps, engine->plan.layers[SECOND].places,
                                stored_rows(layout, block, unit), worker->positions, count, change);
    for (int32_t i = 0; i < positions - count; i++) {
        memset(change + (size_t)rest[i] * AANN_BLOCK, 0, AANN_BLOCK * sizeof *change);
    }
}

void aann_first_layer_renew(const aann_engine *engine, aann_worker *worker, const uint8_t *block,
                            int32_t unit, int16_t *change)
{
    const aann_layer_layout *layout = &engine->layout.layers[OWN];
    const aann_forward_variant variant = {engine->carry.own_taps[unit], worker->maps};
    const int32_t *all = engine->plan.layers[OWN].all;
    compute_unit(engine, block, unit, true, &variant, 1, all, layout->map.positions);
    engine->kernels.change_rows(worker->maps, engine->plan.layers[SECOND].places,
                                stored_rows(layout, block, unit), all, layout->map.positions,
                                change);
}

/* Turns new activations into changes; positions that were not computed do not change. */
static void write_changes(const aann_engine *engine, const uint8_t *block, int32_t unit,
                          uint8_t *map, uint8_t *second, const int32_t *which, int32_t count,
                          const int32_t *rest)
{
    const aann_layer_layout *layout = &engine->layout.layers[OWN];
    const int32_t *places = engine->plan.layers[SECOND].places;
    engine->kernels.change_bytes(map, second, places, stored_rows(layout, block, unit), which,
                                 count);
    for (int32_t i = 0; i < layout->map.positions - count; i++) {
        memset(map + places[rest[i]], AANN_ACTIVATION_MAX, AANN_BLOCK);
        if (second != NULL) {
            memset(second + places[rest[i]], AANN_ACTIVATION_MAX, AANN_BLOCK);
        }
    }
}

uint8_t *aann_first_layer_maps(const aann_engine *engine, const aann_worker *worker, int32_t number)
{
    return worker->maps + (size_t)number * MAPS * engine->plan.layers[SECOND].channel_bytes;
}

/* Computes changed unit u of candidates[which[count]], the same in all, into the worker's maps from
 * number `start` on. */
static void change_own_unit(const aann_engine *engine, aann_worker *worker, const uint8_t *block,
                            const aann_candidate *candidates, const int32_t *which, int32_t start,
                            int32_t count, int32_t u)
{
    const aann_layer_layout *layout = &engine->layout.layers[OWN];
    const size_t map_bytes = engine->plan.layers[SECOND].channel_bytes;
    const aann_candidate *first = &candidates[which[0]];
    const int32_t unit = first->units[u];
    aann_positions both = {.needed = engine->wiring.layers[SECOND].needed +
                                     (size_t)unit * (size_t)layout->position_words};
    aann_forward_variant variants[TOGETHER];
    aann_engine_reachable_clear(engine, worker, OWN);
    for (int32_t i = 0; i < count; i++) {
        const aann_candidate *candidate = &candidates[which[i]];
        uint8_t *maps = aann_first_layer_maps(engine, worker, start + i);
        variants[i] = (aann_forward_variant){candidate->own[u], maps + 2 * (size_t)u * map_bytes};
        both.reachable = aann_engine_reachable_add(engine, worker, block, OWN, candidate->taps[u],
                                                   candidate->tap_count[u]);
    }
    int32_t *rest = worker->positions + layout->map.positions;
    const int32_t rows = split_positions(&both, layout->map.positions, worker->positions, rest);
    compute_unit(engine, block, unit, first->whole[u], variants, count, worker->positions, rows);
    for (int32_t i = 0; i < count; i++) {
        uint8_t *map = variants[i].output;
        uint8_t *second = candidates[which[i]].halves[u] ? map + map_bytes : NULL;
        write_changes(engine, block, unit, map, second, worker->positions, rows, rest);
    }
}

int32_t aann_first_layer_together(const aann_engine *engine, const aann_candidate *candidates,
                                  const int32_t *which, int32_t count)
{
    const aann_candidate *first = &candidates[which[0]];
    if (!first->carries || first->whole[0] || !starts_from_weights(engine)) {
        return first->carries ? 1 : 0;
    }
    int32_t together = 1;
    while (together < count && together < TOGETHER) {
        const aann_candidate *next = &candidates[which[together]];
        if (!next->carries || next->whole[0] || next->units[0] != first->units[0]) {
            break;
        }
        together++;
    }
    return together;
}

void aann_first_layer_own(const aann_engine *engine, aann_worker *worker, const uint8_t *block,
                          const aann_candidate *candidates, const int32_t *which, int32_t count)
{
    if (count > 0) {
        change_own_unit(engine, worker, block, candidates, which, 0, count, 0);
    }
    for (int32_t i = 0; i < count; i++) {
        if (candidates[which[i]].unit_count == 2) {
            change_own_unit(engine, worker, block, candidates, which + i, i, 1, 1);
        }
    }
}

/* Computes new activations of a unit of the second layer at needed positions, as the third layer
 * reads them. */
static void carry_rows(const aann_engine *engine, const uint8_t *maps, const uint8_t *block,
                       const aann_forward_taps *taps, int32_t unit, uint8_t *to)
{
    const aann_layer_layout *layout = &engine->layout.layers[SECOND];
    const aann_forward_layer *layer = &engine->plan.layers[SECOND];
    aann_forward_rows rows = {
        .input = maps,
        .from = layer->from,
        .to = engine->plan.layers[THIRD].places,
        .which = engine->carry.needed + (size_t)unit * (size_t)layout->map.positions,
        .count = engine->carry.needed_count[unit],
        .window = layer->window,
        .shift = layer->shift,
        .start = (const int16_t *)(const void *)(block + layout->sums +
                                                 (size_t)unit * layout->sums_stride),
    };
    rows.output = to;
    engine->kernels.forward.continued(taps, &rows);
}

void aann_first_layer_unit(const aann_engine *engine, const aann_worker *worker,
                           const uint8_t *block, const aann_candidate *candidate,
                           const uint8_t *maps, int32_t unit, int16_t *change)
{
    const aann_layer_layout *layout = &engine->layout.layers[SECOND];
    carry_rows(engine, maps, block, &candidate->carried[unit], unit, worker->rows);
    engine->kernels.change_rows(worker->rows, engine->plan.layers[THIRD].places,
                                stored_rows(layout, block, unit),
                                engine->carry.needed + (size_t)unit * (size_t)layout->map.positions,
                                engine->carry.needed_count[unit], change);
}

/* Copies the stored activations of a unit that reads no changed map. */
static void copy_rows(const aann_engine *engine, const uint8_t *block, int32_t unit, uint8_t *to)
{
    const aann_layer_layout *layout = &engine->layout.layers[SECOND];
    const uint16_t *stored = stored_rows(layout, block, unit);
    const int32_t *needed = engine->carry.needed + (size_t)unit * (size_t)layout->map.positions;
    for (int32_t i = 0; i < engine->carry.needed_count[unit]; i++) {
        memcpy(to + engine->plan.layers[THIRD].places[needed[i]],
               stored + (size_t)needed[i] * AANN_ROW_WORDS, AANN_BLOCK);
    }
}

void aann_first_layer_outputs(const aann_engine *engine, aann_worker *worker, const uint8_t *block,
                              const aann_candidate *candidate, const uint8_t *maps)
{
    const size_t unit_bytes = engine->plan.layers[THIRD].channel_bytes;
    for (int32_t unit = 0; unit < engine->layout.layers[SECOND].units; unit++) {
        uint8_t *to = worker->rows + (size_t)unit * unit_bytes;
        if (candidate->carried[unit].count == 0) {
            copy_rows(engine, block, unit, to);
        } else {
            carry_rows(engine, maps, block, &candidate->carried[unit], unit, to);
        }
    }
    const int32_t *outputs = (const int32_t *)(const void *)(block + engine->layout.outputs);
    for (int32_t output = 0; output < engine->layout.output_count; output++) {
        int32_t *row = worker->output_changes + (size_t)output * AANN_BLOCK;
        engine->kernels.forward.outputs(&engine->carry.output_taps[output], worker->rows, row);
        for (int32_t lane = 0; lane < AANN_BLOCK; lane++) {
            row[lane] -= outputs[(size_t)output * AANN_BLOCK + (size_t)lane];
        }
        worker->output_changed[output] = 1;
    }
}
