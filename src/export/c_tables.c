/* Synapses as tables.
 *
 * RICE and DELTA store gaps. The weights of a layer are read unit by unit, and each unit twice:
 * first where its weights are -1, then where they are +1. That is one sequence of 2 units fan_in
 * places, and a gap is the number of places between one synapse and the next. A gap may reach over
 * the ends of units, so neither counts nor ends of lists are stored. The last gap reaches beyond
 * everything. The first one is not in the table: readers begin with it.
 *
 *     RICE    q times the bit 1, a 0, then `low_bits` bits r, lowest first: the gap q 2^low_bits +
 *             r. Bytes are filled from their lowest bit
 *     DELTA   one byte; 255 adds 255, and another byte follows
 *
 * INDEX stores the offset of each synapse in the frame of the layer's input, ready for use. */
#include <stdlib.h>

#include "core/error.h"
#include "core/memory.h"
#include "export/c_plan.h"

enum { ESCAPE = 255, LARGEST_LOW_BITS = 7 };

/* Walks along the gaps of a layer. */
typedef struct gap_walk {
    const aann_c_layer *layer;
    int64_t place; /* the next one to be looked at */
    int64_t end;
} gap_walk;

static int8_t weight_at(const aann_c_layer *layer, int64_t place)
{
    const int64_t fan_in = layer->layer->fan_in;
    const int64_t run = place / fan_in;
    const int8_t weight = layer->weights[run / 2 * fan_in + place % fan_in];
    return (int8_t)(run % 2 == 0 ? -weight : weight);
}

/* The next gap; false after the last, which ends beyond all places. */
static bool next_gap(gap_walk *walk, int64_t *gap)
{
    if (walk->place > walk->end) {
        return false;
    }
    const int64_t from = walk->place;
    while (walk->place < walk->end && weight_at(walk->layer, walk->place) != 1) {
        walk->place++;
    }
    *gap = walk->place - from;
    walk->place++;
    return true;
}

/* A walk along the gaps after the first. */
static gap_walk begin_walk(const aann_c_layer *layer)
{
    gap_walk walk = {layer, 0, 2 * layer->layer->weight_count};
    int64_t first;
    next_gap(&walk, &first);
    return walk;
}

/* ---- RICE ------------------------------------------------------------------------------------ */

static int64_t rice_bits(const aann_c_layer *layer, int32_t low_bits)
{
    int64_t bits = 0;
    int64_t gap;
    for (gap_walk walk = begin_walk(layer); next_gap(&walk, &gap);) {
        bits += (gap >> low_bits) + 1 + low_bits;
    }
    return bits;
}

static int32_t choose_low_bits(const aann_c_layer *layer, int64_t *bits)
{
    int32_t best = 0;
    *bits = rice_bits(layer, 0);
    for (int32_t low_bits = 1; low_bits <= LARGEST_LOW_BITS; low_bits++) {
        const int64_t size = rice_bits(layer, low_bits);
        if (size < *bits) {
            *bits = size;
            best = low_bits;
        }
    }
    return best;
}

static void put_bit(uint8_t *bytes, int64_t *place, int64_t bit)
{
    bytes[*place / 8] = (uint8_t)(bytes[*place / 8] | (bit & 1) << *place % 8);
    ++*place;
}

static bool fill_rice(aann_c_layer *layer)
{
    aann_c_table *table = &layer->table;
    int64_t bits;
    table->low_bits = choose_low_bits(layer, &bits);
    table->count = (size_t)(bits + 7) / 8 + 1; /* the reader is up to one byte ahead */
    table->bytes = aann_allocate_zeroed(table->count, 1);
    if (table->bytes == NULL) {
        return false;
    }
    int64_t place = 0;
    int64_t gap;
    for (gap_walk walk = begin_walk(layer); next_gap(&walk, &gap);) {
        for (int64_t i = 0; i < gap >> table->low_bits; i++) {
            put_bit(table->bytes, &place, 1);
        }
        put_bit(table->bytes, &place, 0);
        for (int32_t bit = 0; bit < table->low_bits; bit++) {
            put_bit(table->bytes, &place, gap >> bit);
        }
    }
    return true;
}

/* ---- DELTA ----------------------------------------------------------------------------------- */

static size_t delta_bytes(const aann_c_layer *layer)
{
    size_t bytes = 0;
    int64_t gap;
    for (gap_walk walk = begin_walk(layer); next_gap(&walk, &gap);) {
        bytes += (size_t)(gap / ESCAPE) + 1;
    }
    return bytes;
}

static bool fill_delta(aann_c_layer *layer)
{
    aann_c_table *table = &layer->table;
    table->count = delta_bytes(layer);
    table->bytes = aann_allocate(table->count, 1);
    if (table->bytes == NULL) {
        return false;
    }
    uint8_t *byte = table->bytes;
    int64_t gap;
    for (gap_walk walk = begin_walk(layer); next_gap(&walk, &gap);) {
        for (; gap >= ESCAPE; gap -= ESCAPE) {
            *byte++ = ESCAPE;
        }
        *byte++ = (uint8_t)gap;
    }
    return true;
}

/* ---- INDEX ----------------------------------------------------------------------------------- */

static int64_t offset_of(const aann_c_layer *layer, int64_t tap)
{
    const int64_t columns = layer->layer->kernel_width;
    const int64_t taps = columns * layer->layer->kernel_height;
    return tap / taps * layer->input.plane + tap % taps / columns * layer->input.pitch +
           tap % columns;
}

static bool fill_index(aann_c_layer *layer)
{
    aann_c_table *table = &layer->table;
    const int64_t fan_in = layer->layer->fan_in;
    size_t synapses = 0;
    for (int64_t i = 0; i < layer->layer->weight_count; i++) {
        synapses += layer->weights[i] != 0 ? 1 : 0;
    }
    table->offsets = aann_allocate(synapses, sizeof *table->offsets);
    table->counts = aann_allocate_zeroed((size_t)layer->layer->units, 2 * sizeof *table->counts);
    if (table->offsets == NULL || table->counts == NULL) {
        return false;
    }
    for (int64_t place = 0; place < 2 * layer->layer->weight_count; place++) {
        if (weight_at(layer, place) == 1) {
            table->offsets[table->count++] = offset_of(layer, place % fan_in);
            table->counts[place / fan_in]++;
        }
    }
    return true;
}

/* ---- the layer ------------------------------------------------------------------------------- */

static int64_t first_gap(const aann_c_layer *layer)
{
    gap_walk walk = {layer, 0, 2 * layer->layer->weight_count};
    int64_t gap = 0;
    next_gap(&walk, &gap);
    return gap;
}

static int64_t largest_gap(const aann_c_layer *layer)
{
    int64_t largest = first_gap(layer);
    int64_t gap;
    for (gap_walk walk = begin_walk(layer); next_gap(&walk, &gap);) {
        largest = gap > largest ? gap : largest;
    }
    return largest;
}

static aann_export_c_table choose_kind(const aann_c_layer *layer)
{
    int64_t bits;
    choose_low_bits(layer, &bits);
    return (size_t)(bits + 7) / 8 + 1 <= delta_bytes(layer) ? AANN_EXPORT_C_RICE
                                                            : AANN_EXPORT_C_DELTA;
}

aann_status aann_c_table_make(aann_c_layer *layer, aann_export_c_table kind, aann_error *error)
{
    bool good = false;
    layer->table =
        (aann_c_table){.kind = kind == AANN_EXPORT_C_AUTOMATIC ? choose_kind(layer) : kind,
                       .first_gap = first_gap(layer),
                       .largest_gap = largest_gap(layer)};
    switch (layer->table.kind) {
    case AANN_EXPORT_C_RICE: good = fill_rice(layer); break;
    case AANN_EXPORT_C_DELTA: good = fill_delta(layer); break;
    case AANN_EXPORT_C_INDEX: good = fill_index(layer); break;
    case AANN_EXPORT_C_AUTOMATIC: break;
    }
    return good ? AANN_OK : aann_fail(error, AANN_ERROR_MEMORY, "out of memory for an export");
}

void aann_c_table_clear(aann_c_table *table)
{
    free(table->bytes);
    free(table->offsets);
    free(table->counts);
    *table = (aann_c_table){0};
}

int64_t aann_c_table_size(const aann_c_plan *plan, const aann_c_layer *layer)
{
    const aann_c_table *table = &layer->table;
    if (table->kind != AANN_EXPORT_C_INDEX) {
        return (int64_t)table->count;
    }
    const int64_t entries = (int64_t)table->count + 2 * (int64_t)layer->layer->units;
    return entries * (plan->wide_offsets ? 4 : 2);
}
