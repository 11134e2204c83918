/* Carries a first-layer candidate through the second layer, where nearly all of its time goes. See
 * first_layer.c. */
#ifndef AANN_ENGINE_FIRST_LAYER_H
#define AANN_ENGINE_FIRST_LAYER_H

#include "engine/engine_private.h"

/* Allocates memory and lists; false if there is not enough. Call it when layout and wiring
 * exist. */
bool aann_first_layer_create(aann_engine *engine);
void aann_first_layer_clear(aann_engine *engine);
/* One worker's memory. */
bool aann_first_layer_create_worker(const aann_engine *engine, aann_worker *worker);

/* Reads the current network, after the wiring; _weight reads only what depends on the weights of
 * layer `index` between a unit and a channel of its input. */
void aann_first_layer_read(aann_engine *engine);
void aann_first_layer_read_weight(aann_engine *engine, int32_t index, int32_t unit,
                                  int32_t channel);

/* The part of aann_engine_prepare for first-layer candidates. */
aann_status aann_first_layer_prepare(const aann_engine *engine, aann_candidate *candidate,
                                     aann_error *error);

/* Computes the change of a unit of a first layer without stored sums: int16, zero at positions that
 * are not needed or not reachable. */
void aann_first_layer_recompute(const aann_engine *engine, aann_worker *worker,
                                const uint8_t *block, const aann_candidate *candidate,
                                int32_t which_unit, const aann_positions *which, int16_t *change);

/* The same for the present weights of a unit, at all positions. */
void aann_first_layer_renew(const aann_engine *engine, aann_worker *worker, const uint8_t *block,
                            int32_t unit, int16_t *change);

/* The number of candidates[which[count]], from the first on, that are carried together because they
 * change the same unit; 0 if the first is not carried. */
int32_t aann_first_layer_together(const aann_engine *engine, const aann_candidate *candidates,
                                  const int32_t *which, int32_t count);

/* Computes the changes of their own units into the worker, for aann_first_layer_together
 * candidates; _maps tells where those of candidate `number` are. */
void aann_first_layer_own(const aann_engine *engine, aann_worker *worker, const uint8_t *block,
                          const aann_candidate *candidates, const int32_t *which, int32_t count);
uint8_t *aann_first_layer_maps(const aann_engine *engine, const aann_worker *worker,
                               int32_t number);

/* Computes from there the changes of a unit of the second layer, int16, at needed positions; or, if
 * candidate->to_outputs, the changes of all outputs. */
void aann_first_layer_unit(const aann_engine *engine, const aann_worker *worker,
                           const uint8_t *block, const aann_candidate *candidate,
                           const uint8_t *maps, int32_t unit, int16_t *change);
void aann_first_layer_outputs(const aann_engine *engine, aann_worker *worker, const uint8_t *block,
                              const aann_candidate *candidate, const uint8_t *maps);

#endif
