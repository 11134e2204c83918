/* Swaps are drawn by rejection: two positions at random until their values differ. A pair of
 * different values in the layer (or unit) is then as likely after a swap as before it, which makes
 * the proposal symmetric, as Metropolis acceptance requires. (Across units it is so nearly: a unit
 * is drawn first, and units may have different counts.)
 *
 * Not every pair is equally useful. In two searches of 500,000 candidates with the mnist network, 8
 * percent of the swaps with a 0 were accepted in the last layer and 0.6 percent of the exchanges
 * (swaps of a -1 and a +1); in the second layer 2.4 and 0.2 percent; in the first 0.4 percent and
 * none of 4,390. So only one exchange in sixteen is taken; a layer without zeros has only exchanges
 * and is searched all the same. A swap across units of the first layer costs nearly twice as much
 * as one within a unit, and 3 of 4,196 were accepted, so only one in eight is taken.
 *
 * Under Dale's law (aann/dale.h) a swap that would give a unit's synapse the other sign is drawn
 * again like one of equal values: pairs that keep the law stay as likely as they were.
 *
 * Candidates of the first of several layers come in runs that change the same unit, because most of
 * their cost can then be shared (engine/first_layer.c). */
#include "search/swap.h"

#include "aann/dale.h"

enum {
    DRAW_LIMIT = 2000,        /* at 99 percent sparsity one draw in fifty succeeds */
    EXCHANGE_ODDS = 16,       /* an exchange is taken once in 16 draws; ... */
    EXCHANGE_PATIENCE = 1000, /* ... after 1,000 failed draws, always */
    FIRST_ACROSS_ODDS = 8,    /* first layer: a swap across units is taken once in 8 */
    FIRST_RUN = 16 /* steps that all, or none of them, change the same unit of the first layer */
};

/* Draws one of the layers from `first` on; `left` is uniform in 0 to the sum of their shares. */
static int32_t draw_layer(double left, const double *share, int32_t first, int32_t layer_count)
{
    int32_t layer = first;
    while (layer + 1 < layer_count && left > share[layer]) {
        left -= share[layer];
        layer++;
    }
    return layer;
}

/* How a swap of the values at places a and b changes the distance from `other`, whose values there
 * are other_a and other_b. */
static int32_t distance_change(int8_t value_a, int8_t value_b, int8_t other_a, int8_t other_b)
{
    return (value_b != other_a) + (value_a != other_b) - (value_a != other_a) -
           (value_b != other_b);
}

int32_t aann_swap_distance_change(const aann_network *anchor, const aann_swap *swap)
{
    const size_t fan_in = (size_t)aann_network_spec(anchor)->layers[swap->layer].fan_in;
    const int8_t *other = aann_network_weights(anchor, swap->layer);
    const aann_weight_change *a = &swap->changes[0];
    const aann_weight_change *b = &swap->changes[1];
    return distance_change(b->value, a->value, other[(size_t)a->unit * fan_in + (size_t)a->index],
                           other[(size_t)b->unit * fan_in + (size_t)b->index]);
}

static bool allows(const aann_swap_rule *rule, int32_t change)
{
    return rule->towards ? change <= 0 : change > 0;
}

/* Whether the weight may have this value. */
static bool is_lawful(const aann_spec *spec, const aann_swap_rule *rule, int32_t layer,
                      const aann_weight_change *change)
{
    const int8_t sign = aann_dale_sign(spec, layer, rule->dale, change->index);
    return sign == 0 || change->value == 0 || change->value == sign;
}

/* Whether the rule allows a swap of different values. */
static bool keeps(const aann_network *network, const aann_swap_rule *rule, const aann_swap *swap)
{
    const aann_spec *spec = aann_network_spec(network);
    return rule == NULL ||
           (is_lawful(spec, rule, swap->layer, &swap->changes[0]) &&
            is_lawful(spec, rule, swap->layer, &swap->changes[1]) &&
            (rule->anchor == NULL || allows(rule, aann_swap_distance_change(rule->anchor, swap))));
}

/* The layer of a candidate, the unit that it changes, and the probability that it changes only this
 * unit. */
typedef struct swap_place {
    int32_t layer;
    int32_t unit;
    double within_unit;
} swap_place;

static swap_place draw_place(const aann_spec *spec, aann_random_key key, uint64_t step,
                             const double *share, double within_unit, aann_random_stream *stream)
{
    swap_place place = {.within_unit = within_unit};
    if (spec->layer_count > 1) {
        aann_random_stream run = aann_random_start(key, step / FIRST_RUN, AANN_PURPOSE_FIRST_LAYER);
        if (aann_random_unit(&run) <= share[0]) {
            place.unit = (int32_t)aann_random_below(&run, (uint32_t)spec->layers[0].units);
            place.within_unit = 1.0 - (1.0 - within_unit) / FIRST_ACROSS_ODDS;
            return place;
        }
        const double left = aann_random_unit(stream) * (1.0 - share[0]);
        place.layer = draw_layer(left, share, 1, spec->layer_count);
    }
    place.unit = (int32_t)aann_random_below(stream, (uint32_t)spec->layers[place.layer].units);
    return place;
}

static bool is_exchange(int8_t value_a, int8_t value_b)
{
    return value_a != value_b && value_a != 0 && value_b != 0;
}

bool aann_swap_draw(const aann_network *network, aann_random_key key, uint64_t step,
                    const double *share, double within_unit, const aann_swap_rule *rule,
                    aann_swap *swap)
{
    const aann_spec *spec = aann_network_spec(network);
    aann_random_stream stream = aann_random_start(key, step, AANN_PURPOSE_SWAP);
    const swap_place place = draw_place(spec, key, step, share, within_unit, &stream);
    const aann_layer *layer = &spec->layers[place.layer];
    const int8_t *weights = aann_network_weights(network, place.layer);
    const bool within = aann_random_unit(&stream) <= place.within_unit || layer->units == 1;
    for (int32_t draw = 0; draw < DRAW_LIMIT; draw++) {
        const int32_t unit_b =
            within ? place.unit : (int32_t)aann_random_below(&stream, (uint32_t)layer->units);
        const int32_t a = (int32_t)aann_random_below(&stream, (uint32_t)layer->fan_in);
        const int32_t b = (int32_t)aann_random_below(&stream, (uint32_t)layer->fan_in);
        const size_t place_a = (size_t)place.unit * (size_t)layer->fan_in + (size_t)a;
        const size_t place_b = (size_t)unit_b * (size_t)layer->fan_in + (size_t)b;
        const int8_t value_a = weights[place_a];
        const int8_t value_b = weights[place_b];
        if (draw < EXCHANGE_PATIENCE && is_exchange(value_a, value_b) &&
            aann_random_below(&stream, EXCHANGE_ODDS) != 0) {
            continue;
        }
        const aann_swap drawn = {.layer = place.layer,
                                 .changes = {{place.unit, a, value_b}, {unit_b, b, value_a}}};
        if (value_a != value_b && keeps(network, rule, &drawn)) {
            *swap = drawn;
            return true;
        }
    }
    return false;
}
