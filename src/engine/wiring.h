/* The non-zero weights of a network, by input channel and unit, as the kernels want them to carry a
 * channel's change to what it feeds; and which positions of each map anybody reads. Offsets in the
 * taps are relative to a block, so one wiring serves all blocks. */
#ifndef AANN_ENGINE_WIRING_H
#define AANN_ENGINE_WIRING_H

#include <stdint.h>

#include "aann/network.h"
#include "aann/status.h"
#include "engine/kernels/kernels.h"
#include "engine/layout.h"

typedef struct aann_layer_wiring {
    int32_t *unit_count; /* [units]: non-zero weights */
    /* By channel and unit, pair = channel * units + unit; those of weight +1 first. Not built for
     * layer 0. The last layer uses channel_places (the rows of its single position) instead of
     * change taps. */
    aann_change_tap *change_taps;
    int32_t *channel_places;
    int64_t *pair_start;
    int32_t *pair_plus_count;
    /* uint64 [channels][position words of the layer below]: which positions of an input channel
     * some non-zero weight of this layer reads. Not built for layer 0. */
    uint64_t *needed;
    uint64_t *all; /* uint64 [position words]: every position of this layer's own map */
} aann_layer_wiring;

typedef struct aann_wiring {
    const aann_layout *layout; /* borrowed */
    aann_layer_wiring layers[AANN_MAX_LAYERS];
    /* Where the change map of channel c of layer l's input lies in a worker's memory:
     * change_base[l] + c * change_stride[l], in int16. The input of the last layer has one map,
     * used for one channel after the other. */
    size_t change_base[AANN_MAX_LAYERS];
    size_t change_stride[AANN_MAX_LAYERS];
    size_t change_size; /* int16 in a worker's memory */
} aann_wiring;

/* Memory for a network of this layout. The layout must outlive it. Free with aann_wiring_clear. */
aann_status aann_wiring_create(const aann_spec *spec, const aann_layout *layout,
                               aann_wiring *wiring, aann_error *error);
void aann_wiring_clear(aann_wiring *wiring);

/* Reads layer `index` of the network anew. Counts must not exceed the spec's. */
void aann_wiring_read(aann_wiring *wiring, const aann_network *network, int32_t index);
/* Reads what has to do with the weights between one unit and one channel of its input anew, after
 * they changed. Between the changes of a swap the layer may have one non-zero weight too many. */
void aann_wiring_read_weight(aann_wiring *wiring, const aann_network *network, int32_t index,
                             int32_t unit, int32_t channel);

#endif
