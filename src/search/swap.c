/* Swaps are drawn by rejection: two positions at random until their values differ. Every pair of different values in the
 * layer (or unit) is then equally likely, before a swap and after it, which makes the proposal symmetric, as
 * Metropolis acceptance requires. */
#include "search/swap.h"

/* At 99 percent sparsity one draw in fifty succeeds. */
enum { MOST_DRAWS = 2000 };

static int32_t draw_layer(aann_random_stream *stream, const double *share, int32_t layer_count)
{
    double left = aann_random_unit(stream);
    int32_t layer = 0;
    while (layer + 1 < layer_count && left > share[layer]) {
        left -= share[layer];
        layer++;
    }
    return layer;
}

/* What exchanging the values of places a and b does to the distance from `other`, which has its own values there. */
static int32_t distance_change(int8_t value_a, int8_t value_b, int8_t other_a, int8_t other_b)
{
    return (value_b != other_a) + (value_a != other_b) - (value_a != other_a) - (value_b != other_b);
}

int32_t aann_swap_distance_change(const aann_network *anchor, const aann_swap *swap)
{
    const size_t fan_in = (size_t)aann_network_spec(anchor)->layers[swap->layer].fan_in;
    const int8_t *other = aann_network_weights_const(anchor, swap->layer);
    const aann_weight_change *a = &swap->changes[0];
    const aann_weight_change *b = &swap->changes[1];
    return distance_change(b->value, a->value, other[(size_t)a->unit * fan_in + (size_t)a->index],
                           other[(size_t)b->unit * fan_in + (size_t)b->index]);
}

static bool allows(const aann_swap_rule *rule, int32_t change)
{
    return rule->towards ? change <= 0 : change > 0;
}

bool aann_swap_draw(const aann_network *network, aann_random_key key, uint64_t step, const double *share,
                    double within_unit, const aann_swap_rule *rule, aann_swap *swap)
{
    const aann_spec *spec = aann_network_spec(network);
    aann_random_stream stream = aann_random_start(key, step, AANN_PURPOSE_SWAP);
    const int32_t index = draw_layer(&stream, share, spec->layer_count);
    const aann_layer *layer = &spec->layers[index];
    const int8_t *weights = aann_network_weights_const(network, index);
    const int8_t *other = rule != NULL ? aann_network_weights_const(rule->anchor, index) : NULL;
    const bool within = aann_random_unit(&stream) <= within_unit || layer->units == 1;
    const int32_t unit = (int32_t)aann_random_below(&stream, (uint32_t)layer->units);
    for (int32_t draw = 0; draw < MOST_DRAWS; draw++) {
        const int32_t unit_b = within ? unit : (int32_t)aann_random_below(&stream, (uint32_t)layer->units);
        const int32_t a = (int32_t)aann_random_below(&stream, (uint32_t)layer->fan_in);
        const int32_t b = (int32_t)aann_random_below(&stream, (uint32_t)layer->fan_in);
        const size_t place_a = (size_t)unit * (size_t)layer->fan_in + (size_t)a;
        const size_t place_b = (size_t)unit_b * (size_t)layer->fan_in + (size_t)b;
        const int8_t value_a = weights[place_a];
        const int8_t value_b = weights[place_b];
        if (value_a != value_b &&
            (rule == NULL ||
             allows(rule, distance_change(value_a, value_b, other[place_a], other[place_b])))) {
            *swap = (aann_swap){.layer = index, .changes = {{unit, a, value_b}, {unit_b, b, value_a}}};
            return true;
        }
    }
    return false;
}
