/* Matrices of distances, for the files that fill them. */
#ifndef AANN_GEOMETRY_DISTANCES_H
#define AANN_GEOMETRY_DISTANCES_H

#include "aann/geometry.h"

/* Fails unless there is at least one network and all have layers of the same shapes. */
aann_status aann_networks_check_alike(const aann_network *const *networks, int32_t count,
                                      aann_error *error);

/* Matrices of zeros. */
aann_status aann_distances_create(const aann_spec *spec, int32_t count, aann_distances *distances,
                                  aann_error *error);

/* Stores the distances of a pair, both ways round: layers[layer_count]. */
void aann_distances_set(aann_distances *distances, int32_t i, int32_t j, const int64_t *layers);

#endif
