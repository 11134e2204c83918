/* Dale's law: all synapses that go out from one unit have the same sign.
 *
 * Under a law of share s the first round(s * units) units of every hidden layer have only synapses
 * of +1 to what reads them, the others only of -1. Which units these are is a name, not a
 * restriction: exchanging two hidden units with all their synapses changes no answer. The inputs of
 * a network are not units: the first layer's weights are free.
 *
 * The counts of a layer stay those of its spec. They must find room: as many places from units of
 * each sign as there are synapses of that sign.
 *
 * Thread safety: as aann/network.h. */
#ifndef AANN_DALE_H
#define AANN_DALE_H

#include <stdint.h>

#include "aann/network.h"
#include "aann/status.h"
#include "aann/visibility.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The sign, +1 or -1, of the synapses with this index within a unit of the layer (0..fan_in-1); 0
 * where both are allowed: in the first layer, and with a share of 0, which stands for no law. */
AANN_API int8_t aann_dale_sign(const aann_spec *spec, int32_t layer, double share, int32_t index);

/* Fails with AANN_ERROR_ARGUMENT unless networks of this spec can obey the law; the message names
 * the layer, its synapses and their room. The share is in [0, 1]; 0: no law. */
AANN_API aann_status aann_dale_check_spec(const aann_spec *spec, double share, aann_error *error);

/* Fails with AANN_ERROR_ARGUMENT unless the network obeys the law; the message names the first weight
 * that does not. */
AANN_API aann_status aann_dale_check(const aann_network *network, double share, aann_error *error);

/* As aann_network_randomise, which it is for a share of 0, among the networks that obey the law: all
 * of them are equally likely. Errors: argument (aann_dale_check_spec). */
AANN_API aann_status aann_dale_randomise(aann_network *network, double share, uint64_t seed,
                                         uint64_t member, aann_error *error);

#ifdef __cplusplus
}
#endif

#endif
