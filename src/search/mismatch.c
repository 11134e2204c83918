/* Differences: a weight that has value v and should have w. As many weights of a layer have v as
 * should have it, and those that are right are as many on both sides, so for every difference (v,
 * w) there is one whose value is w: a swap with it puts the first right. A difference (w, v) puts
 * both right. */
#include "search/mismatch.h"

#include <stdlib.h>

#include "core/error.h"
#include "core/memory.h"

enum { DRAWS = 64 };

aann_status aann_mismatch_create(const aann_spec *spec, aann_mismatch *differences,
                                 aann_error *error)
{
    int64_t weights = 0;
    for (int32_t layer = 0; layer < spec->layer_count; layer++) {
        weights += spec->layers[layer].weight_count;
    }
    *differences = (aann_mismatch){0};
    if (weights <= (int64_t)UINT32_MAX) {
        differences->places = aann_allocate((size_t)weights, sizeof *differences->places);
    }
    return differences->places != NULL
               ? AANN_OK
               : aann_fail(error, AANN_ERROR_MEMORY,
                           "out of memory for the differences of two networks");
}

void aann_mismatch_clear(aann_mismatch *differences)
{
    free(differences->places);
    *differences = (aann_mismatch){0};
}

void aann_mismatch_find(const aann_network *network, const aann_network *goal,
                        aann_mismatch *differences)
{
    const aann_spec *spec = aann_network_spec(network);
    int64_t count = 0;
    for (int32_t layer = 0; layer < spec->layer_count; layer++) {
        const int8_t *now = aann_network_weights_const(network, layer);
        const int8_t *wanted = aann_network_weights_const(goal, layer);
        differences->start[layer] = count;
        for (int64_t i = 0; i < spec->layers[layer].weight_count; i++) {
            if (now[i] != wanted[i]) {
                differences->places[count++] = (int32_t)i;
            }
        }
    }
    differences->start[spec->layer_count] = count;
    differences->count = count;
}

/* Whether a swap of weight i with j puts i right, and j too if `both`. */
static bool fits(const int8_t *now, const int8_t *wanted, int32_t i, int32_t j, bool both)
{
    return now[j] == wanted[i] && (!both || wanted[j] == now[i]);
}

/* A partner for place i among places[count] of its layer; i itself if there is none. */
static int32_t find_partner(const int32_t *places, int64_t count, const int8_t *now,
                            const int8_t *wanted, int32_t i, bool both, aann_random_stream *stream)
{
    for (int32_t draw = 0; draw < DRAWS; draw++) {
        const int32_t j = places[aann_random_below(stream, (uint32_t)count)];
        if (fits(now, wanted, i, j, both)) {
            return j;
        }
    }
    const int64_t first = aann_random_below(stream, (uint32_t)count);
    for (int64_t k = 0; k < count; k++) {
        const int32_t j = places[(first + k) % count];
        if (fits(now, wanted, i, j, both)) {
            return j;
        }
    }
    return i;
}

void aann_mismatch_draw(const aann_mismatch *differences, const aann_network *network,
                        const aann_network *goal, aann_random_stream *stream, aann_swap *swap)
{
    const int64_t drawn = aann_random_below(stream, (uint32_t)differences->count);
    int32_t layer = 0;
    while (differences->start[layer + 1] <= drawn) {
        layer++;
    }
    const int8_t *now = aann_network_weights_const(network, layer);
    const int8_t *wanted = aann_network_weights_const(goal, layer);
    const int32_t *places = differences->places + differences->start[layer];
    const int64_t count = differences->start[layer + 1] - differences->start[layer];
    const int32_t i = differences->places[drawn];
    int32_t j = find_partner(places, count, now, wanted, i, true, stream);
    if (j == i) {
        j = find_partner(places, count, now, wanted, i, false, stream);
    }
    const int32_t fan_in = aann_network_spec(network)->layers[layer].fan_in;
    *swap = (aann_swap){
        .layer = layer,
        .changes = {{i / fan_in, i % fan_in, now[j]}, {j / fan_in, j % fan_in, now[i]}}};
}

void aann_swap_apply(const aann_swap *swap, aann_network *network)
{
    const size_t fan_in = (size_t)aann_network_spec(network)->layers[swap->layer].fan_in;
    int8_t *weights = aann_network_weights(network, swap->layer);
    for (int i = 0; i < 2; i++) {
        const aann_weight_change *change = &swap->changes[i];
        weights[(size_t)change->unit * fan_in + (size_t)change->index] = change->value;
    }
}
