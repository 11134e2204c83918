/* From real weights to -1, 0 and +1, with exact counts.
 *
 * Pruning by magnitude keeps the weights that are farthest from 0, whatever their sign, so the
 * number of positive ones is not fixed. A family fixes that number too, so counts.plus of the
 * largest and counts.minus of the smallest weights are taken. */
#include <stdlib.h>

#include "core/error.h"
#include "core/memory.h"
#include "network/network.h"

typedef struct ranked {
    double value;
    int64_t index;
} ranked;

static int by_value(const void *a, const void *b)
{
    const ranked *x = a;
    const ranked *y = b;
    if (x->value != y->value) {
        return x->value > y->value ? -1 : 1;
    }
    return (x->index > y->index) - (x->index < y->index);
}

static int by_magnitude(const void *a, const void *b)
{
    const ranked *x = a;
    const ranked *y = b;
    const double left = x->value < 0.0 ? -x->value : x->value;
    const double right = y->value < 0.0 ? -y->value : y->value;
    if (left != right) {
        return left > right ? -1 : 1;
    }
    return (x->index > y->index) - (x->index < y->index);
}

/* Of equal numbers the first are taken, at the lower end too. */
static void take_ends(ranked *order, int64_t count, aann_counts counts, int8_t *weights)
{
    qsort(order, (size_t)count, sizeof *order, by_value);
    for (int64_t i = 0; i < count; i++) {
        weights[order[i].index] = i < counts.plus ? 1 : 0;
    }
    for (int64_t end = count, left = counts.minus; left > 0;) {
        int64_t first = end - 1; /* of the numbers that are equal to the smallest left */
        while (first > counts.plus && order[first - 1].value == order[end - 1].value) {
            first--;
        }
        for (int64_t i = first; i < end && left > 0; i++, left--) {
            weights[order[i].index] = -1;
        }
        end = first;
    }
}

static aann_binarisation compare(ranked *order, int64_t count, int64_t synapses,
                                 const int8_t *weights)
{
    aann_binarisation result = {.by_magnitude.zero = count - synapses};
    qsort(order, (size_t)count, sizeof *order, by_magnitude);
    for (int64_t i = 0; i < count; i++) {
        const int8_t free = (int8_t)(i >= synapses ? 0 : order[i].value < 0.0 ? -1 : 1);
        result.by_magnitude.minus += free < 0;
        result.by_magnitude.plus += free > 0;
        result.different += free != weights[order[i].index];
    }
    return result;
}

aann_status aann_network_binarise(aann_network *network, int32_t layer, const double *values,
                                  aann_binarisation *binarisation, aann_error *error)
{
    const int64_t count = network->spec.layers[layer].weight_count;
    const aann_counts counts = aann_spec_counts(&network->spec, layer);
    ranked *order = aann_allocate((size_t)count, sizeof *order);
    if (order == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for the weights of a layer");
    }
    for (int64_t i = 0; i < count; i++) {
        order[i] = (ranked){values[i], i};
    }
    take_ends(order, count, counts, network->weights[layer]);
    if (binarisation != NULL) {
        *binarisation = compare(order, count, counts.minus + counts.plus, network->weights[layer]);
    }
    free(order);
    return AANN_OK;
}
