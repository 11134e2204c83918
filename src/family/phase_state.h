/* The checkpoint of a member that is searched in phases: which phase, what came before it, and the
 * state of its search. */
#ifndef AANN_FAMILY_PHASE_STATE_H
#define AANN_FAMILY_PHASE_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aann/network.h"
#include "aann/status.h"

/* Where a member is among its phases. */
typedef struct aann_phase_place {
    int32_t phase;

    /* the phase's network has other counts than the family's, and is in the checkpoint */
    bool developing;

    /* in the phases before; the steps follow from the plan */
    uint64_t accepted;
    uint64_t evaluated_samples;
    uint64_t layer_candidates[AANN_MAX_LAYERS];
    uint64_t layer_accepted[AANN_MAX_LAYERS];
} aann_phase_place;

/* Puts the place, and if it is developing the network, before a search's state[size], which it
 * reallocates. */
aann_status aann_phase_state_wrap(const aann_phase_place *place, const aann_network *network,
                                  void **state, size_t *size, aann_error *error);

/* Reads the place of a checkpoint[size]; *state[*state_size] is the search's state in it. Errors as
 * aann_search_resume. */
aann_status aann_phase_state_unwrap(const void *checkpoint, size_t size, aann_phase_place *place,
                                    const void **state, size_t *state_size, aann_error *error);

/* Reads the network of a developing place, which follows it: *state[*state_size] becomes what comes
 * after. `spec` is that of the phase. Free *network with aann_network_destroy. */
aann_status aann_phase_state_network(const aann_spec *spec, const void **state, size_t *state_size,
                                     aann_network **network, aann_error *error);

#endif
