/* Networks: read from model files, looked into, evaluated, lesioned. */
#include "network.h"

#include <stdlib.h>

#include "aann/lesion.h"
#include "aann/model.h"
#include "page.h"

void PAGE_EXPORT(network_destroy)(page_network *held)
{
    if (held != NULL) {
        aann_evaluator_destroy(held->evaluator);
        aann_network_destroy(held->network);
        free(held);
    }
}

page_network *page_network_adopt(aann_network *network)
{
    if (network == NULL) {
        return NULL;
    }
    page_network *held = calloc(1, sizeof *held);
    if (held == NULL) {
        aann_network_destroy(network);
        page_fail("out of memory for a network");
        return NULL;
    }
    held->network = network;
    if (aann_evaluator_create(network, 1, NULL, &held->evaluator, page_error()) != AANN_OK) {
        network_destroy(held);
        return NULL;
    }
    return held;
}

/* The network of a model file, bytes[size]. */
page_network *PAGE_EXPORT(network_read)(const uint8_t *bytes, uint32_t size)
{
    aann_model *model = NULL;
    aann_network *network = NULL;
    if (aann_model_read(bytes, size, &model, page_error()) == AANN_OK) {
        (void)aann_network_copy(aann_model_network(model), &network, page_error());
    }
    aann_model_destroy(model);
    return page_network_adopt(network);
}

/* ---- looking into it ------------------------------------------------------------------------- */

/* The network's notation, as it was given. */
const char *PAGE_EXPORT(network_text)(const page_network *held)
{
    return aann_network_spec(held->network)->text;
}

uint64_t PAGE_EXPORT(network_hash)(const page_network *held)
{
    return aann_network_hash(held->network);
}

int32_t PAGE_EXPORT(network_layers)(const page_network *held)
{
    return aann_network_spec(held->network)->layer_count;
}

enum { LAYER_NUMBERS = 9 };

/* Fills in numbers[9]: units, channels read, kernel height and width, stride, and after pooling
 * channels, height, width; last 1 for a dense layer, else 0. */
bool PAGE_EXPORT(network_layer)(const page_network *held, int32_t layer,
                                int32_t numbers[LAYER_NUMBERS])
{
    const aann_spec *spec = aann_network_spec(held->network);
    if (layer < 0 || layer >= spec->layer_count) {
        return page_fail("network: there is no such layer");
    }
    const aann_layer *at = &spec->layers[layer];
    const int32_t found[LAYER_NUMBERS] = {
        at->units,         at->input.channels, at->kernel_height,
        at->kernel_width,  at->stride,         at->output.channels,
        at->output.height, at->output.width,   at->kind == AANN_LAYER_DENSE ? 1 : 0,
    };
    for (int32_t i = 0; i < LAYER_NUMBERS; i++) {
        numbers[i] = found[i];
    }
    return true;
}

/* int8 [units][channels][kernel height][kernel width]; valid until the network is destroyed. */
const int8_t *PAGE_EXPORT(network_weights)(const page_network *held, int32_t layer)
{
    return aann_network_weights(held->network, layer);
}

/* ---- answers --------------------------------------------------------------------------------- */

/* logits int32 [count][outputs] of samples first..first+count-1. */
bool PAGE_EXPORT(network_logits)(page_network *held, const aann_samples *samples, int32_t first,
                                 int32_t count, int32_t *logits)
{
    return aann_evaluator_logits(held->evaluator, samples, first, count, logits, page_error()) ==
           AANN_OK;
}

/* activations int8 [size of the layer] of one hidden layer for sample `index`. */
bool PAGE_EXPORT(network_activations)(page_network *held, const aann_samples *samples,
                                      int32_t index, int32_t layer, int8_t *activations)
{
    return aann_evaluator_activations(held->evaluator, samples, index, 1, layer, activations,
                                      page_error()) == AANN_OK;
}

/* Fills in numbers[3] from all samples, which have labels: correct, accuracy, loss. */
bool PAGE_EXPORT(network_score)(page_network *held, const aann_samples *samples, double scale,
                                double numbers[3])
{
    const int32_t outputs = aann_network_spec(held->network)->output_count;
    int32_t *logits = malloc((size_t)samples->count * (size_t)outputs * sizeof *logits);
    if (logits == NULL) {
        return page_fail("out of memory for logits");
    }
    aann_score score = {0};
    const bool good =
        aann_evaluator_logits(held->evaluator, samples, 0, samples->count, logits, page_error()) ==
            AANN_OK &&
        aann_logits_score(samples, logits, outputs, scale, NULL, &score, page_error()) == AANN_OK;
    free(logits);
    numbers[0] = (double)score.correct;
    numbers[1] = score.accuracy;
    numbers[2] = score.loss;
    return good;
}

/* ---- lesions --------------------------------------------------------------------------------- */

/* A copy of `from` without `percent` of the synapses of a layer (-1: of all); `to` becomes that
 * copy, and is returned. NULL: a new one. *deleted is the number of synapses cut. */
page_network *PAGE_EXPORT(network_lesion)(const page_network *from, page_network *to, int32_t layer,
                                          double percent, uint32_t seed, uint32_t draw,
                                          int32_t *deleted)
{
    aann_network *copy = NULL;
    int64_t count = 0;
    if (aann_network_copy(from->network, &copy, page_error()) != AANN_OK ||
        aann_lesion_apply(copy, layer, percent, seed, draw, &count, page_error()) != AANN_OK) {
        aann_network_destroy(copy);
        return NULL;
    }
    *deleted = (int32_t)count;
    if (to == NULL) {
        return page_network_adopt(copy);
    }
    if (aann_evaluator_set_network(to->evaluator, copy, page_error()) != AANN_OK) {
        aann_network_destroy(copy);
        return NULL;
    }
    aann_network_destroy(to->network);
    to->network = copy;
    return to;
}
