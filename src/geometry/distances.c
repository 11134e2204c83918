/* Hamming distances of all pairs: every network packed once, then words against words. */
#include "geometry/distances.h"

#include <stdlib.h>

#include "core/error.h"
#include "core/memory.h"
#include "core/threads.h"
#include "geometry/packed_weights.h"

static bool same_layers(const aann_spec *a, const aann_spec *b)
{
    bool same = a->layer_count == b->layer_count;
    for (int32_t i = 0; same && i < a->layer_count; i++) {
        same = a->layers[i].units == b->layers[i].units &&
               a->layers[i].fan_in == b->layers[i].fan_in &&
               a->layers[i].input.channels == b->layers[i].input.channels;
    }
    return same;
}

aann_status aann_networks_check_alike(const aann_network *const *networks, int32_t count,
                                      aann_error *error)
{
    if (count < 1) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "%d networks to compare; at least 1 is expected", count);
    }
    for (int32_t i = 1; i < count; i++) {
        if (!same_layers(aann_network_spec(networks[0]), aann_network_spec(networks[i]))) {
            return aann_fail(
                error, AANN_ERROR_ARGUMENT,
                "networks \"%s\" and \"%s\" cannot be compared: their layers differ in shape",
                aann_network_spec(networks[0])->text, aann_network_spec(networks[i])->text);
        }
    }
    return AANN_OK;
}

aann_status aann_distances_create(const aann_spec *spec, int32_t count, aann_distances *distances,
                                  aann_error *error)
{
    *distances = (aann_distances){.count = count, .layer_count = spec->layer_count};
    size_t cells = 0;
    bool good = aann_multiply_sizes((size_t)count, (size_t)count, &cells);
    if (good) {
        distances->total = aann_allocate_zeroed(cells, sizeof *distances->total);
        good = distances->total != NULL;
    }
    for (int32_t i = 0; good && i < spec->layer_count; i++) {
        distances->layers[i] = aann_allocate_zeroed(cells, sizeof *distances->layers[i]);
        good = distances->layers[i] != NULL;
    }
    if (!good) {
        aann_distances_destroy(distances);
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for the distances of %d networks",
                         count);
    }
    return AANN_OK;
}

/* NOLINTBEGIN(clang-analyzer-unix.Malloc): the analyser does not see that the last line zeroes the
 * pointers. */
void aann_distances_destroy(aann_distances *distances)
{
    for (int32_t i = 0; i < distances->layer_count; i++) {
        free(distances->layers[i]);
    }
    free(distances->total);
    *distances = (aann_distances){0};
}
/* NOLINTEND(clang-analyzer-unix.Malloc) */

void aann_distances_set(aann_distances *distances, int32_t i, int32_t j, const int64_t *layers)
{
    const size_t count = (size_t)distances->count;
    const size_t there = (size_t)i * count + (size_t)j;
    const size_t back = (size_t)j * count + (size_t)i;
    int64_t total = 0;
    for (int32_t layer = 0; layer < distances->layer_count; layer++) {
        distances->layers[layer][there] = layers[layer];
        distances->layers[layer][back] = layers[layer];
        total += layers[layer];
    }
    distances->total[there] = total;
    distances->total[back] = total;
}

/* All networks in words: [networks][layers, each its own words]. */
typedef struct packed_networks {
    size_t layer_words[AANN_MAX_LAYERS];
    size_t network_words;
    uint64_t *words;
    aann_distances *distances;
} packed_networks;

static aann_status pack_networks(const aann_network *const *networks, int32_t count,
                                 packed_networks *packed, aann_error *error)
{
    const aann_spec *spec = aann_network_spec(networks[0]);
    packed->network_words = 0;
    for (int32_t layer = 0; layer < spec->layer_count; layer++) {
        packed->layer_words[layer] =
            aann_packed_weights_needed((size_t)spec->layers[layer].weight_count);
        packed->network_words += packed->layer_words[layer];
    }
    size_t bytes = 0;
    if (aann_multiply_sizes(packed->network_words, sizeof *packed->words, &bytes)) {
        packed->words = aann_allocate((size_t)count, bytes);
    }
    if (packed->words == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for the wirings of %d networks",
                         count);
    }
    uint64_t *words = packed->words;
    for (int32_t i = 0; i < count; i++) {
        for (int32_t layer = 0; layer < spec->layer_count; layer++) {
            aann_packed_weights_pack(aann_network_weights(networks[i], layer),
                                     (size_t)spec->layers[layer].weight_count, words);
            words += packed->layer_words[layer];
        }
    }
    return AANN_OK;
}

/* One row of the matrix: network i and all after it. */
static void measure_row(void *context, int32_t worker, int64_t index)
{
    (void)worker;
    const packed_networks *packed = context;
    const int32_t i = (int32_t)index;
    for (int32_t j = i + 1; j < packed->distances->count; j++) {
        const uint64_t *a = packed->words + (size_t)i * packed->network_words;
        const uint64_t *b = packed->words + (size_t)j * packed->network_words;
        int64_t layers[AANN_MAX_LAYERS];
        for (int32_t layer = 0; layer < packed->distances->layer_count; layer++) {
            layers[layer] = aann_packed_weights_distance(a, b, packed->layer_words[layer]);
            a += packed->layer_words[layer];
            b += packed->layer_words[layer];
        }
        aann_distances_set(packed->distances, i, j, layers);
    }
}

aann_status aann_distances_measure(const aann_network *const *networks, int32_t count,
                                   int32_t threads, aann_distances *distances, aann_error *error)
{
    *distances = (aann_distances){0};
    aann_status status = aann_networks_check_alike(networks, count, error);
    if (status != AANN_OK) {
        return status;
    }
    packed_networks packed = {.distances = distances};
    aann_threads *pool = NULL;
    status = aann_distances_create(aann_network_spec(networks[0]), count, distances, error);
    if (status == AANN_OK) {
        status = pack_networks(networks, count, &packed, error);
    }
    if (status == AANN_OK) {
        status = aann_threads_create(threads, &pool, error);
    }
    if (status == AANN_OK) {
        aann_threads_run(pool, 0, count, measure_row, &packed);
        aann_threads_destroy(pool);
    } else {
        aann_distances_destroy(distances);
    }
    free(packed.words);
    return status;
}
