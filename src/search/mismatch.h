/* Where two networks of the same counts differ, and swaps that reduce their distance. */
#ifndef AANN_SEARCH_MISMATCH_H
#define AANN_SEARCH_MISMATCH_H

#include "aann/network.h"
#include "core/philox.h"
#include "engine/engine.h"

typedef struct aann_mismatch {
    int64_t count;                      /* in all layers */
    int64_t start[AANN_MAX_LAYERS + 1]; /* of a layer in places */
    int32_t *places; /* [count] within the layer: unit * fan_in + index; room for all weights */
} aann_mismatch;

/* Free with aann_mismatch_clear. */
aann_status aann_mismatch_create(const aann_spec *spec, aann_mismatch *mismatch, aann_error *error);
void aann_mismatch_clear(aann_mismatch *mismatch);

/* Finds all of them. */
void aann_mismatch_find(const aann_network *network, const aann_network *goal,
                        aann_mismatch *mismatch);

/* Draws a swap that corrects at least one of its two weights, and both if possible. There must be a
 * mismatch, and both networks must have the same counts. */
void aann_mismatch_draw(const aann_mismatch *mismatch, const aann_network *network,
                        const aann_network *goal, aann_random_stream *stream, aann_swap *swap);

/* Makes the swap. */
void aann_swap_apply(const aann_swap *swap, aann_network *network);

#endif
