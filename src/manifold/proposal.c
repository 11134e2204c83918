/* Two places are drawn until their weights differ: within one unit, or anywhere in one layer. The
 * number of such pairs follows from the counts of the unit, or of the layer, which the swap itself
 * does not change. So a swap and its reversal are equally likely, to the last bit, as Metropolis's
 * rule requires. (The search draws a unit first and its partner anywhere, which is symmetric only
 * where units have equal counts: search/swap.c.)
 *
 * Swaps of a -1 and a +1 are rarely accepted, so only one in eight is taken; which kind a swap is
 * does not change when it is reversed. That there are too few different weights to find a pair in
 * so many draws also depends on these counts alone.
 *
 * Candidates of the first of several layers come in runs that change the same unit, which makes them
 * cheaper (engine/first_layer.c). A run is drawn without a look at the network. */
#include "manifold/proposal.h"

enum { DRAW_LIMIT = 512, EXCHANGE_ODDS = 8 };

aann_proposal_rule aann_proposal_rule_make(const aann_spec *spec, const double *layer_share,
                                           double within_unit)
{
    aann_proposal_rule rule = {.within_unit = within_unit};
    double given = 0.0;
    double weights = 0.0;
    for (int32_t i = 0; i < spec->layer_count; i++) {
        given += layer_share[i];
        weights += (double)spec->layers[i].weight_count;
    }
    for (int32_t i = 0; i < spec->layer_count; i++) {
        rule.share[i] = given > 0.0 ? layer_share[i] / given
                                    : 0.5 / spec->layer_count +
                                          0.5 * (double)spec->layers[i].weight_count / weights;
    }
    return rule;
}

/* One of the layers from `first` on; `left` is uniform between 0 and the sum of their shares. */
static int32_t draw_layer(const aann_proposal_rule *rule, double left, int32_t first, int32_t count)
{
    int32_t layer = first;
    while (layer + 1 < count && left > rule->share[layer]) {
        left -= rule->share[layer];
        layer++;
    }
    return layer;
}

/* Where a candidate changes something: within `unit`, or, if that is -1, anywhere in the layer. */
typedef struct proposal_place {
    int32_t layer;
    int32_t unit;
} proposal_place;

static proposal_place draw_place(const aann_spec *spec, const aann_proposal_rule *rule,
                                 aann_random_key key, uint64_t number, aann_random_stream *stream)
{
    const bool within = aann_random_unit(stream) <= rule->within_unit;
    if (spec->layer_count > 1) {
        aann_random_stream run =
            aann_random_start(key, number / AANN_PROPOSAL_RUN, AANN_PURPOSE_LADDER_RUN);
        if (aann_random_unit(&run) <= rule->share[0]) {
            const uint32_t units = (uint32_t)spec->layers[0].units;
            return (proposal_place){0, within ? (int32_t)aann_random_below(&run, units) : -1};
        }
    }
    const int32_t first = spec->layer_count > 1 ? 1 : 0;
    const double shares = spec->layer_count > 1 ? 1.0 - rule->share[0] : 1.0;
    const double left = aann_random_unit(stream) * shares;
    const int32_t layer = draw_layer(rule, left, first, spec->layer_count);
    const uint32_t units = (uint32_t)spec->layers[layer].units;
    return (proposal_place){layer, within ? (int32_t)aann_random_below(stream, units) : -1};
}

static aann_weight_change draw_weight(const aann_layer *layer, int32_t unit,
                                      aann_random_stream *stream)
{
    return (aann_weight_change){
        .unit = unit >= 0 ? unit : (int32_t)aann_random_below(stream, (uint32_t)layer->units),
        .index = (int32_t)aann_random_below(stream, (uint32_t)layer->fan_in),
    };
}

bool aann_proposal_draw(const aann_network *network, const aann_proposal_rule *rule,
                        aann_random_key key, uint64_t number, aann_swap *swap)
{
    const aann_spec *spec = aann_network_spec(network);
    aann_random_stream stream = aann_random_start(key, number, AANN_PURPOSE_LADDER_SWAP);
    const proposal_place place = draw_place(spec, rule, key, number, &stream);
    const aann_layer *layer = &spec->layers[place.layer];
    const int8_t *weights = aann_network_weights(network, place.layer);
    const size_t fan_in = (size_t)layer->fan_in;
    const bool rare = aann_spec_counts(spec, place.layer).zero > 0;
    for (int32_t draw = 0; draw < DRAW_LIMIT; draw++) {
        aann_weight_change a = draw_weight(layer, place.unit, &stream);
        aann_weight_change b = draw_weight(layer, place.unit, &stream);
        a.value = weights[(size_t)b.unit * fan_in + (size_t)b.index];
        b.value = weights[(size_t)a.unit * fan_in + (size_t)a.index];
        if (a.value == b.value || (rare && a.value != 0 && b.value != 0 &&
                                   aann_random_below(&stream, EXCHANGE_ODDS) != 0)) {
            continue;
        }
        *swap = (aann_swap){.layer = place.layer, .changes = {a, b}};
        return true;
    }
    return false;
}
