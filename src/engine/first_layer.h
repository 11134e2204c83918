/* A first-layer candidate as far as the second layer: where nearly all of its time goes. See
 * carry.c. */
#ifndef AANN_ENGINE_FIRST_LAYER_H
#define AANN_ENGINE_FIRST_LAYER_H

#include "engine/engine_private.h"

/* Memory and lists; false if there is not enough. To be called when layout and wiring exist. */
bool aann_first_layer_create(aann_engine *engine);
void aann_first_layer_clear(aann_engine *engine);
/* One worker's memory. */
bool aann_first_layer_create_worker(const aann_engine *engine, aann_worker *worker);

/* Reads the current network, after the wiring has; _weight: what has to do with a weight of layer
 * `index` between a unit and a channel of its input. */
void aann_first_layer_read(aann_engine *engine);
void aann_first_layer_read_weight(aann_engine *engine, int32_t index, int32_t unit,
                                  int32_t channel);

/* The part of aann_engine_prepare for candidates of the first layer. */
aann_status aann_first_layer_prepare(const aann_engine *engine, aann_candidate *candidate,
                                     aann_error *error);

/* The change of a changed unit of a first layer that keeps no sums: int16, positions needed and
 * touched computed, the others zero. */
void aann_first_layer_recompute(const aann_engine *engine, aann_worker *worker,
                                const uint8_t *block, const aann_candidate *candidate,
                                int32_t which_unit, const aann_positions *which, int16_t *change);

/* How many of candidates[which[count]], from the first on, are carried together: those that change
 * the same unit; 0 if the first is not carried at all. */
int32_t aann_first_layer_together(const aann_engine *engine, const aann_candidate *candidates,
                                  const int32_t *which, int32_t count);

/* The changes of their own units, for as many as aann_first_layer_together says, into the worker;
 * and where those of the number-th of them are. */
void aann_first_layer_own(const aann_engine *engine, aann_worker *worker, const uint8_t *block,
                          const aann_candidate *candidates, const int32_t *which, int32_t count);
uint8_t *aann_first_layer_maps(const aann_engine *engine, const aann_worker *worker,
                               int32_t number);

/* From there either the changes of a unit of the second layer, int16, at the positions that
 * somebody needs; or the changes of all outputs, if candidate->to_outputs. */
void aann_first_layer_unit(const aann_engine *engine, const aann_worker *worker,
                           const uint8_t *block, const aann_candidate *candidate,
                           const uint8_t *maps, int32_t unit, int16_t *change);
void aann_first_layer_outputs(const aann_engine *engine, aann_worker *worker, const uint8_t *block,
                              const aann_candidate *candidate, const uint8_t *maps);

#endif
