/* Crossover that keeps the counts.
 *
 * Where two networks of the same counts agree, the child has the same weight. At the positions
 * where they differ, both hold the same values in another order. Each such position is an edge from
 * the mother's value to the father's in a graph of three nodes (-1, 0, +1), and each node has as
 * many outgoing as incoming edges. So the edges form cycles of two (a position 0 -> + and one + ->
 * 0) and of three. A child that takes all positions of a cycle from the same parent has the counts
 * of its parents. The positions are put into a random order and matched to cycles, and each cycle
 * comes from a random parent. Every weight comes from a parent, as in uniform crossover, and
 * nothing needs repair. */
#include "search/crossover.h"

#include <stdlib.h>

#include "core/error.h"
#include "core/memory.h"
#include "network/network.h"

enum { VALUES = 3, DRAW_LIMIT = 1000 };

/* The positions of one layer whose value goes from `from` to `to`, a list for each pair. */
typedef struct differences {
    int32_t *positions[VALUES][VALUES];
    int64_t count[VALUES][VALUES];
    int32_t *memory;
} differences;

static void count_differences(const int8_t *mother, const int8_t *father, int64_t weights,
                              int64_t count[VALUES][VALUES])
{
    for (int32_t from = 0; from < VALUES; from++) {
        for (int32_t to = 0; to < VALUES; to++) {
            count[from][to] = 0;
        }
    }
    for (int64_t i = 0; i < weights; i++) {
        count[mother[i] + 1][father[i] + 1] += mother[i] != father[i];
    }
}

/* Lists the positions, in a random order within each list. */
static aann_status list_differences(const int8_t *mother, const int8_t *father, int64_t weights,
                                    aann_random_stream *stream, differences *found,
                                    aann_error *error)
{
    count_differences(mother, father, weights, found->count);
    found->memory = aann_allocate((size_t)weights, sizeof *found->memory);
    if (found->memory == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a child");
    }
    int64_t place = 0;
    for (int32_t from = 0; from < VALUES; from++) {
        for (int32_t to = 0; to < VALUES; to++) {
            found->positions[from][to] = found->memory + place;
            place += found->count[from][to];
            found->count[from][to] = 0;
        }
    }
    for (int64_t i = 0; i < weights; i++) {
        if (mother[i] != father[i]) {
            const int32_t from = mother[i] + 1;
            const int32_t to = father[i] + 1;
            const int64_t last = found->count[from][to]++;
            /* An inside-out shuffle: the entry at a random place moves to the end, and the new one
             * takes its place. */
            const int64_t random = aann_random_below(stream, (uint32_t)(last + 1));
            found->positions[from][to][last] = found->positions[from][to][random];
            found->positions[from][to][random] = (int32_t)i;
        }
    }
    return AANN_OK;
}

/* Takes the last position of a list for the child, from the father if `theirs`. */
static void take(differences *found, int32_t from, int32_t to, bool theirs, int8_t *child)
{
    const int32_t position = found->positions[from][to][--found->count[from][to]];
    child[position] = (int8_t)((theirs ? to : from) - 1);
}

static void cross_layer(differences *found, int8_t *child, aann_random_stream *stream)
{
    for (int32_t a = 0; a < VALUES; a++) {
        for (int32_t b = a + 1; b < VALUES; b++) {
            while (found->count[a][b] > 0 && found->count[b][a] > 0) {
                const bool theirs = (aann_random_u32(stream) & 1u) != 0;
                take(found, a, b, theirs, child);
                take(found, b, a, theirs, child);
            }
        }
    }
    /* The remaining edges form cycles of three in one direction: - -> 0 -> + -> -, or the
     * reverse. */
    for (int32_t direction = 1; direction <= 2; direction++) {
        while (found->count[0][direction] > 0) {
            const bool theirs = (aann_random_u32(stream) & 1u) != 0;
            for (int32_t value = 0, step = 0; step < VALUES; step++) {
                const int32_t next = (value + direction) % VALUES;
                take(found, value, next, theirs, child);
                value = next;
            }
        }
    }
}

aann_status aann_crossover_cross(const aann_network *mother, const aann_network *father,
                                 aann_network *child, aann_random_stream *stream, aann_error *error)
{
    const aann_spec *spec = aann_network_spec(mother);
    for (int32_t layer = 0; layer < spec->layer_count; layer++) {
        const int8_t *ours = aann_network_weights(mother, layer);
        const int8_t *theirs = aann_network_weights(father, layer);
        int8_t *weights = aann_network_weights_mutable(child, layer);
        const int64_t count = spec->layers[layer].weight_count;
        for (int64_t i = 0; i < count; i++) {
            weights[i] = ours[i];
        }
        differences found;
        const aann_status status = list_differences(ours, theirs, count, stream, &found, error);
        if (status != AANN_OK) {
            return status;
        }
        cross_layer(&found, weights, stream);
        free(found.memory);
    }
    return AANN_OK;
}

static int32_t draw_layer(const aann_spec *spec, aann_random_stream *stream)
{
    int64_t total = 0;
    for (int32_t layer = 0; layer < spec->layer_count; layer++) {
        total += spec->layers[layer].weight_count;
    }
    double left = aann_random_unit(stream) * (double)total;
    int32_t layer = 0;
    while (layer + 1 < spec->layer_count && left > (double)spec->layers[layer].weight_count) {
        left -= (double)spec->layers[layer++].weight_count;
    }
    return layer;
}

void aann_crossover_mutate(aann_network *network, int32_t count, aann_random_stream *stream)
{
    const aann_spec *spec = aann_network_spec(network);
    for (int32_t mutation = 0; mutation < count; mutation++) {
        const int32_t layer = draw_layer(spec, stream);
        int8_t *weights = aann_network_weights_mutable(network, layer);
        const uint32_t weight_count = (uint32_t)spec->layers[layer].weight_count;
        for (int32_t draw = 0; draw < DRAW_LIMIT; draw++) {
            const uint32_t a = aann_random_below(stream, weight_count);
            const uint32_t b = aann_random_below(stream, weight_count);
            if (weights[a] != weights[b]) {
                const int8_t kept = weights[a];
                weights[a] = weights[b];
                weights[b] = kept;
                break;
            }
        }
    }
}
