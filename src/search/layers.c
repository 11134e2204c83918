/* The layers' shares of the candidates.
 *
 * Layers differ a thousandfold in the cost of a candidate and in how often one is accepted. Every
 * AANN_ADAPT_INTERVAL candidates, the share of a layer moves towards its part of sqrt(gain / cost).
 * The gain is the loss reduction by its accepted candidates, the cost the work of its candidates
 * (modelled in rows, not measured in seconds, so that the shares are the same on every machine).
 * The square root and a minimum share keep every layer in play: a layer with little gain now may
 * matter again after others have changed. */
#include <math.h>

#include "search/search.h"

/* The minimum share of a layer, the weight of the past, and the step of a share. */
static const double minimum_share = 0.02;
static const double memory = 0.5;
static const double speed = 0.25;

void aann_layers_start(aann_search *search)
{
    double total = 0.0;
    for (int32_t i = 0; i < search->spec.layer_count; i++) {
        total += search->options.layer_share[i];
    }
    double sum = 0.0;
    for (int32_t i = 0; i < search->spec.layer_count; i++) {
        /* By default in proportion to the weights, less for layers with costlier candidates. */
        const double wanted = total > 0.0 ? search->options.layer_share[i] / total
                                          : sqrt((double)search->spec.layers[i].weight_count /
                                                 search->objective.layer_cost[i]);
        search->layers[i] = (aann_layer_record){.share = wanted};
        sum += wanted;
    }
    for (int32_t i = 0; i < search->spec.layer_count; i++) {
        search->layers[i].share /= sum;
    }
}

void aann_layers_adapt(aann_search *search)
{
    if (!search->options.adapt_layers) {
        return;
    }
    const int32_t count = search->spec.layer_count;
    double worth[AANN_MAX_LAYERS];
    double sum = 0.0;
    for (int32_t i = 0; i < count; i++) {
        const aann_layer_record *layer = &search->layers[i];
        worth[i] = layer->cost > 0.0 && layer->gain > 0.0 ? sqrt(layer->gain / layer->cost) : 0.0;
        sum += worth[i];
    }
    if (sum <= 0.0) {
        return;
    }
    double total = 0.0;
    for (int32_t i = 0; i < count; i++) {
        aann_layer_record *layer = &search->layers[i];
        layer->share += speed * (worth[i] / sum - layer->share);
        layer->share = layer->share < minimum_share ? minimum_share : layer->share;
        layer->gain *= memory;
        layer->cost *= memory;
        total += layer->share;
    }
    for (int32_t i = 0; i < count; i++) {
        search->layers[i].share /= total;
    }
}
