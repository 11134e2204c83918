/* Carrying changes from one hidden layer to the next: what evaluating a candidate (candidate.c) and
 * bringing a block up to date (catch_up.c) share. */
#ifndef AANN_ENGINE_LAYER_WALK_H
#define AANN_ENGINE_LAYER_WALK_H

#include "engine/engine_private.h"

/* One walk through the layers of a block. */
typedef struct aann_layer_walk {
    const aann_engine *engine;
    aann_worker *worker;
    uint8_t *block;
    int32_t layer;     /* the hidden layer whose units are changing */
    int32_t *channels; /* its changed units so far: the next layer's changed channels */
    int32_t channel_count;
} aann_layer_walk;

/* The taps of one unit on changed channels, those of weight +1 first. */
typedef struct aann_tap_list {
    const aann_change_tap *taps;
    int32_t plus_count;
    int32_t count;
} aann_tap_list;

/* The worker's memory for the changes of a unit of the walk's layer. */
int16_t *aann_layer_walk_map(const aann_layer_walk *walk, int32_t unit);

/* Gathers the taps of a unit of the walk's layer on changed channels of its input: the wiring's own
 * list if one channel changes, else in the worker's memory, until the next call. */
aann_tap_list aann_layer_walk_taps(const aann_layer_walk *walk, const int32_t *channels,
                                   int32_t channel_count, int32_t unit);

/* Passes a unit's complete change map on: to the outputs if the layer is the last hidden one, else
 * to the list of changed channels. */
void aann_layer_walk_pass_on(aann_layer_walk *walk, int32_t unit, const int16_t *change);

/* Goes on to the next layer; returns how many channels of its input changed, and which. */
int32_t aann_layer_walk_next(aann_layer_walk *walk, const int32_t **channels);

#endif
