/* A mismatch v->w is a weight that has value v and should have w. Both networks have equal counts,
 * so each mismatch v->w pairs with a mismatch whose current value is w: swapping the two corrects
 * the first. If the second is w->v, the swap corrects both. */
#include "search/mismatch.h"

#include <stdlib.h>

#include "core/error.h"
#include "core/memory.h"
#include "network/network.h"

enum { DRAWS = 64 };

aann_status aann_mismatch_create(const aann_spec *spec, aann_mismatch *mismatch, aann_error *error)
{
    int64_t weights = 0;
    for (int32_t layer = 0; layer < spec->layer_count; layer++) {
        weights += spec->layers[layer].weight_count;
    }
    *mismatch = (aann_mismatch){0};
    if (weights <= (int64_t)UINT32_MAX) {
        mismatch->places = aann_allocate((size_t)weights, sizeof *mismatch->places);
    }
    return mismatch->places != NULL
               ? AANN_OK
               : aann_fail(error, AANN_ERROR_MEMORY, "out of memory for comparing two networks");
}

void aann_mismatch_clear(aann_mismatch *mismatch)
{
    free(mismatch->places);
    *mismatch = (aann_mismatch){0};
}

void aann_mismatch_find(const aann_network *network, const aann_network *goal,
                        aann_mismatch *mismatch)
{
    const aann_spec *spec = aann_network_spec(network);
    int64_t count = 0;
    for (int32_t layer = 0; layer < spec->layer_count; layer++) {
        const int8_t *now = aann_network_weights(network, layer);
        const int8_t *wanted = aann_network_weights(goal, layer);
        mismatch->start[layer] = count;
        for (int64_t i = 0; i < spec->layers[layer].weight_count; i++) {
            if (now[i] != wanted[i]) {
                mismatch->places[count++] = (int32_t)i;
            }
        }
    }
    mismatch->start[spec->layer_count] = count;
    mismatch->count = count;
}

/* Whether a swap of weights i and j corrects i, and with `both` also j. */
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

void aann_mismatch_draw(const aann_mismatch *mismatch, const aann_network *network,
                        const aann_network *goal, aann_random_stream *stream, aann_swap *swap)
{
    const int64_t drawn = aann_random_below(stream, (uint32_t)mismatch->count);
    int32_t layer = 0;
    while (mismatch->start[layer + 1] <= drawn) {
        layer++;
    }
    const int8_t *now = aann_network_weights(network, layer);
    const int8_t *wanted = aann_network_weights(goal, layer);
    const int32_t *places = mismatch->places + mismatch->start[layer];
    const int64_t count = mismatch->start[layer + 1] - mismatch->start[layer];
    const int32_t i = mismatch->places[drawn];
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
    int8_t *weights = aann_network_weights_mutable(network, swap->layer);
    for (int i = 0; i < 2; i++) {
        const aann_weight_change *change = &swap->changes[i];
        weights[(size_t)change->unit * fan_in + (size_t)change->index] = change->value;
    }
}
