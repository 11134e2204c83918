/* Prepares a first-layer candidate (first_layer.c): lists of what its changed units read, and of what
 * reads them. */
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"
#include "engine/first_layer.h"
#include "engine/first_layer_shared.h"

/* The differences of a changed unit's weights; a difference of 2 is listed twice. */
static aann_forward_taps difference_taps(const aann_engine *engine, const aann_swap *swap,
                                         int32_t unit, int32_t *offsets)
{
    const aann_forward_layer *layer = &engine->plan.layers[OWN];
    const int8_t *weights = aann_network_weights(engine->network, OWN) +
                            (size_t)unit * (size_t)engine->spec.layers[OWN].fan_in;
    aann_forward_taps taps = {.offsets = offsets};
    for (int32_t sign = 1; sign >= -1; sign -= 2) {
        for (int32_t i = 0; i < 2; i++) {
            const int32_t index = swap->changes[i].index;
            const int32_t by =
                swap->changes[i].unit == unit ? swap->changes[i].value - weights[index] : 0;
            for (int32_t n = 0; n < by * sign; n++, taps.count++) {
                offsets = aann_forward_write_tap(
                    layer, (size_t)(index / layer->taps) * layer->channel_bytes,
                    index % layer->taps, offsets);
            }
        }
        taps.plus_count = sign == 1 ? taps.count : taps.plus_count;
    }
    return taps;
}

/* All weights of a changed unit after the change, as the candidate's own taps. */
static bool whole_taps(const aann_engine *engine, aann_candidate *candidate, int32_t u,
                       int32_t *offsets)
{
    const size_t fan_in = (size_t)engine->spec.layers[OWN].fan_in;
    const int32_t unit = candidate->units[u];
    int8_t *weights = aann_allocate(fan_in, sizeof *weights);
    if (weights == NULL) {
        return false;
    }
    memcpy(weights, aann_network_weights(engine->network, OWN) + (size_t)unit * fan_in, fan_in);
    for (int32_t i = 0; i < 2; i++) {
        if (candidate->swap.changes[i].unit == unit) {
            weights[candidate->swap.changes[i].index] = candidate->swap.changes[i].value;
        }
    }
    candidate->own[u] = aann_forward_unit_taps(&engine->plan.layers[OWN], weights, offsets);
    free(weights);
    return true;
}

/* Whether an activation of the candidate's changed unit may change by more than 127: a sum changes
 * by at most that if one weight changes by 1, or two by +1 and -1 on inputs of the same sign. */
static bool exceeds_byte(const aann_engine *engine, const aann_candidate *candidate, int32_t u)
{
    const int32_t by = candidate->taps[u][0].weight;
    return by > 1 || by < -1 || (candidate->tap_count[u] == 2 && !engine->inputs_not_negative);
}

/* The second layer's taps of one sign on the changed maps, from *next on. */
static void write_carried(const aann_engine *engine, const aann_candidate *candidate, int32_t unit,
                          bool plus, int32_t **next)
{
    const aann_forward_layer *layer = &engine->plan.layers[SECOND];
    const aann_layer_layout *layout = &engine->layout.layers[SECOND];
    const aann_layer_wiring *lists = &engine->wiring.layers[SECOND];
    const ptrdiff_t sum_count = (ptrdiff_t)layout->map.positions * layout->map.window;
    for (int32_t u = 0; u < candidate->unit_count; u++) {
        const size_t pair = (size_t)candidate->units[u] * (size_t)layout->units + (size_t)unit;
        const int64_t middle = lists->pair_start[pair] + lists->pair_plus_count[pair];
        const int64_t end = plus ? middle : lists->pair_start[pair + 1];
        for (int64_t t = plus ? lists->pair_start[pair] : middle; t < end; t++) {
            const int32_t tap =
                (int32_t)((lists->change_taps[t].places - layout->places) / sum_count);
            for (int32_t half = 0; half < (candidate->halves[u] ? 2 : 1); half++) {
                *next = aann_forward_write_tap(layer, (size_t)(2 * u + half) * layer->channel_bytes,
                                               tap, *next);
            }
        }
    }
}

/* Whether 16 bits hold the unit's sums plus the offset of activations stored as v + 127; see
 * aann_forward_kernels.continued. */
static bool leaves_room(const aann_forward_taps *taps, int32_t non_zeros)
{
    return non_zeros + abs(2 * taps->plus_count - taps->count) <= AANN_NARROW_NON_ZEROS;
}

static void prepare_carried(const aann_engine *engine, aann_candidate *candidate, int32_t *next)
{
    const aann_forward_layer *layer = &engine->plan.layers[SECOND];
    int32_t readers = 0;
    for (int32_t unit = 0; unit < layer->units; unit++) {
        const int32_t *const first = next;
        write_carried(engine, candidate, unit, true, &next);
        const int32_t *const middle = next;
        write_carried(engine, candidate, unit, false, &next);
        candidate->carried[unit] =
            (aann_forward_taps){first, (int32_t)(middle - first) / layer->window,
                                (int32_t)(next - first) / layer->window};
        readers += next > first;
        candidate->carries =
            candidate->carries &&
            leaves_room(&candidate->carried[unit], engine->wiring.layers[SECOND].unit_count[unit]);
    }
    candidate->to_outputs = ends_in_third(engine) && 2 * readers > layer->units;
}

/* The maximum number of offsets in the candidate's lists. */
static size_t count_offsets(const aann_engine *engine, const aann_candidate *candidate)
{
    const aann_layer *own = &engine->spec.layers[OWN];
    size_t count = 2 * ((size_t)own->fan_in + 4) * (size_t)engine->plan.layers[OWN].window;
    if (!engine->carry.applies) {
        return count;
    }
    const aann_layer_layout *second = &engine->layout.layers[SECOND];
    const int64_t *start = engine->wiring.layers[SECOND].pair_start;
    for (int32_t u = 0; u < candidate->unit_count; u++) {
        const size_t pair = (size_t)candidate->units[u] * (size_t)second->units;
        count += 2 * (size_t)(start[pair + (size_t)second->units] - start[pair]) *
                 (size_t)second->map.window;
    }
    return count;
}

static bool make_room(const aann_engine *engine, aann_candidate *candidate)
{
    const size_t count = count_offsets(engine, candidate);
    if (candidate->offset_capacity < count) {
        free(candidate->offsets);
        candidate->offsets = aann_allocate(count, sizeof *candidate->offsets);
        candidate->offset_capacity = candidate->offsets == NULL ? 0 : count;
    }
    if (engine->carry.applies && candidate->carried == NULL) {
        candidate->carried =
            aann_allocate((size_t)engine->layout.layers[SECOND].units, sizeof *candidate->carried);
    }
    return candidate->offsets != NULL && (candidate->carried != NULL || !engine->carry.applies);
}

aann_status aann_first_layer_prepare(const aann_engine *engine, aann_candidate *candidate,
                                     aann_error *error)
{
    const bool kept = engine->layout.layers[OWN].sums != AANN_ABSENT;
    candidate->carries = engine->carry.applies;
    candidate->to_outputs = false;
    if (kept && !candidate->carries) {
        return AANN_OK;
    }
    if (!make_room(engine, candidate)) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a candidate");
    }
    int32_t *next = candidate->offsets;
    for (int32_t u = 0; u < candidate->unit_count; u++) {
        const int32_t maximum = engine->wiring.layers[OWN].unit_count[candidate->units[u]] + 2;
        candidate->own[u] = difference_taps(engine, &candidate->swap, candidate->units[u], next);
        const bool room = leaves_room(&candidate->own[u], maximum);
        candidate->whole[u] = !kept && !room;
        candidate->halves[u] = exceeds_byte(engine, candidate, u);
        candidate->carries = candidate->carries && (!kept || room);
        if (candidate->whole[u] && !whole_taps(engine, candidate, u, next)) {
            return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a candidate");
        }
        next += (size_t)candidate->own[u].count * (size_t)engine->plan.layers[OWN].window;
    }
    if (candidate->carries) {
        prepare_carried(engine, candidate, next);
    }
    return AANN_OK;
}
