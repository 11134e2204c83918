/* Null models: what a statistic of wirings is where only some of their structure is kept.
 *
 * Two good networks of a family may differ in fewer weights than two uniformly random ones for a
 * dull reason: their synapses are in the same places, because only there is something to see. A null
 * model keeps such structure and shuffles everything else. If networks are no closer than their
 * shuffled copies, that structure is all that they share.
 *
 *     aann_null_options options = aann_null_options_default();
 *     options.matched = true;
 *     aann_null_distances null;
 *     aann_null_measure(networks, count, AANN_NULL_PLACES, &options, &null, &error);
 *     // the mean matched distance of the networks against null.total.mean
 *
 * Deterministic on any number of threads. Thread safety: any number of calls may run at the same
 * time. */
#ifndef AANN_NULLS_H
#define AANN_NULLS_H

#include <stdbool.h>
#include <stdint.h>

#include "aann/geometry.h"
#include "aann/network.h"
#include "aann/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What is kept, beside the counts of -1, 0 and +1 in each layer. Weights are [unit][input
 * channel][tap]; a tap is a place in the kernel, of a dense layer a place in the picture. */
typedef enum aann_null {
    /* nothing: every wiring is equally likely */
    AANN_NULL_UNIFORM,

    /* the counts of every unit: its in-degrees */
    AANN_NULL_UNITS,

    /* the counts of every kernel, that is, of a unit and an input channel */
    AANN_NULL_KERNELS,

    /* in dense layers with several input channels the counts of every unit and place: where in the
     * picture a class looks. In other layers nothing */
    AANN_NULL_PLACES,

    /* the counts of every unit, and of every input of the layer (channel and tap) over all units:
     * in- and out-degrees, by sign */
    AANN_NULL_DEGREES,

    AANN_NULL_COUNT
} aann_null;

/* "uniform", "units", "kernels", "places", "degrees"; NULL for any other number. */
AANN_API const char *aann_null_name(aann_null null);

/* Shuffles the network's weights in place, as the model allows. All but DEGREES are exactly uniform
 * over what the model allows; DEGREES tries 20 exchanges for each synapse of a layer, each of which
 * keeps all degrees, from the wiring as it is. Where hardly any exchange is possible, in a layer
 * nearly all of whose synapses have one sign, the result stays near that wiring. The result is a function of (weights, null, seed,
 * draw). */
AANN_API aann_status aann_null_shuffle(aann_network *network, aann_null null, uint64_t seed,
                                       uint64_t draw, aann_error *error);

/* Always start from aann_null_options_default(). */
typedef struct aann_null_options {
    /* distances after matching units (false), as aann_distances_match_with makes them */
    bool matched;
    int32_t restarts;

    /* shuffle at most this many of the networks, the first ones (10) */
    int32_t networks;

    /* never changes the result (1) */
    int32_t threads;
} aann_null_options;

AANN_API aann_null_options aann_null_options_default(void);

/* Mean and variance of the distance between shuffled copies of two different networks. */
typedef struct aann_null_distances {
    aann_chance layers[AANN_MAX_LAYERS];
    aann_chance total;

    /* that were sampled, 45 and more */
    int32_t pairs;
} aann_null_distances;

/* Samples it over networks[count], at least 2, all of one spec. */
AANN_API aann_status aann_null_measure(const aann_network *const *networks, int32_t count,
                                       aann_null null, const aann_null_options *options,
                                       aann_null_distances *distances, aann_error *error);

#ifdef __cplusplus
}
#endif

#endif
