/* The distance that chance gives after matching. Matching also brings random networks closer; only
 * a distance below this shows that two networks have found the same units. */
#include "aann/geometry.h"

#include "core/error.h"

enum { NETWORKS = 10, PAIRS = NETWORKS * NETWORKS };

/* Mean and variance over the pairs of distances[NETWORKS][NETWORKS]. */
static aann_status summarise(const int64_t *distances, aann_chance *chance, aann_error *error)
{
    double matrix[PAIRS];
    aann_summary summary;
    for (int32_t i = 0; i < PAIRS; i++) {
        matrix[i] = (double)distances[i];
    }
    const aann_status status = aann_summary_of_pairs(matrix, NETWORKS, &summary, error);
    if (status == AANN_OK) {
        *chance = (aann_chance){summary.mean, summary.deviation * summary.deviation};
    }
    return status;
}

static aann_status measure(const aann_network *const *networks, int32_t restarts, int32_t threads,
                           aann_matched_chance *chance, aann_error *error)
{
    aann_distances distances;
    aann_status status =
        aann_distances_match_with(networks, NETWORKS, restarts, threads, &distances, error);
    if (status != AANN_OK) {
        return status;
    }
    for (int32_t i = 0; status == AANN_OK && i < distances.layer_count; i++) {
        status = summarise(distances.layers[i], &chance->layers[i], error);
    }
    if (status == AANN_OK) {
        status = summarise(distances.total, &chance->total, error);
    }
    aann_distances_destroy(&distances);
    return status;
}

aann_status aann_chance_matched(const aann_spec *spec, int32_t threads, aann_matched_chance *chance,
                                aann_error *error)
{
    return aann_chance_matched_with(spec, 0, threads, chance, error);
}

aann_status aann_chance_matched_with(const aann_spec *spec, int32_t restarts, int32_t threads,
                                     aann_matched_chance *chance, aann_error *error)
{
    aann_network *networks[NETWORKS] = {NULL};
    aann_status status = AANN_OK;
    *chance = (aann_matched_chance){0};
    for (int32_t i = 0; status == AANN_OK && i < NETWORKS; i++) {
        status = aann_network_create(spec, &networks[i], error);
        if (status == AANN_OK) {
            aann_network_randomise(networks[i], 0, (uint64_t)i);
        }
    }
    if (status == AANN_OK) {
        status = measure((const aann_network *const *)networks, restarts, threads, chance, error);
    }
    for (int32_t i = 0; i < NETWORKS; i++) {
        aann_network_destroy(networks[i]);
    }
    return status;
}
