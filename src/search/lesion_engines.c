/* One engine for each lesion. What it holds is an ordinary network with fewer synapses, and a swap
 * of the whole network is a swap of what the lesion leaves of it: the values of the same two
 * positions trade places. If the two are equal there (a lost synapse and a zero), nothing changes.
 *
 * Block b, counted through all strata, of stratum s is looked at under lesion (b + s) modulo their
 * number: each stratum meets all lesions evenly. The first check of the sequential test, which sees
 * one block of every stratum, meets several. */
#include "search/lesion_engines.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"
#include "network/network.h"

enum { TOGETHER = 64 }; /* blocks or candidates gathered for one call */

/* Where a block is. */
typedef struct block_place {
    int32_t lesion;
    int32_t samples;
    int64_t local; /* its number in the lesion's engine */
} block_place;

/* One lesion. */
typedef struct lesioned {
    aann_engine *engine;
    aann_network *network;      /* what the lesion leaves */
    aann_candidate *candidates; /* [capacity] */
    bool *idle;                 /* [capacity]: the candidate changes nothing */
} lesioned;

struct aann_lesion_engines {
    aann_spec spec;
    aann_random_key key;
    double percent;
    int32_t count;
    lesioned *lesions;     /* [count]; the first engine is borrowed */
    aann_network *network; /* whole */
    int32_t capacity;      /* of candidates */
    aann_swap *swaps;      /* [capacity] */
    int64_t room;          /* blocks */
    block_place *places;   /* [room] */
    int32_t *order;        /* [room * 64]: gathered for one engine */
    aann_placement *placements;
    uint8_t *restored; /* saved lesions for the next load; NULL: it draws new ones */
};

/* ---- its life -------------------------------------------------------------------------------- */

static size_t bits_of_one(const aann_spec *spec)
{
    int64_t synapses = 0;
    for (int32_t i = 0; i < spec->layer_count; i++) {
        const aann_counts counts = aann_spec_counts(spec, i);
        synapses += counts.plus + counts.minus;
    }
    return (size_t)(synapses + 7) / 8;
}

int64_t aann_lesion_engines_load_of_one(int64_t largest_load, const aann_search_options *options)
{
    const int64_t blocks = (largest_load + AANN_BLOCK - 1) / AANN_BLOCK;
    /* Each stratum may give an engine one block more than its share. */
    return (blocks / options->lesion_masks + 1 + AANN_MAX_STRATA) * AANN_BLOCK;
}

static aann_status allocate(aann_lesion_engines *lesions, int64_t largest_load, aann_error *error)
{
    lesions->room = (largest_load + AANN_BLOCK - 1) / AANN_BLOCK;
    const size_t samples = (size_t)lesions->room * AANN_BLOCK;
    lesions->lesions = aann_allocate_zeroed((size_t)lesions->count, sizeof *lesions->lesions);
    lesions->places = aann_allocate((size_t)lesions->room, sizeof *lesions->places);
    lesions->order = aann_allocate(samples, sizeof *lesions->order);
    lesions->placements = aann_allocate(samples, sizeof *lesions->placements);
    if (lesions->lesions == NULL || lesions->places == NULL || lesions->order == NULL ||
        lesions->placements == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for %d lesions", lesions->count);
    }
    return AANN_OK;
}

aann_status
aann_lesion_engines_create(aann_engine *first, const aann_spec *spec, const aann_samples *samples,
                           const aann_search_options *options, const aann_loss_options *loss,
                           const aann_kernels *kernels, aann_threads *threads, aann_random_key key,
                           int64_t largest_load, aann_lesion_engines **result, aann_error *error)
{
    *result = NULL;
    aann_lesion_engines *lesions = aann_allocate_zeroed(1, sizeof *lesions);
    if (lesions == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for lesions");
    }
    lesions->spec = *spec;
    lesions->key = key;
    lesions->percent = options->lesion_noise;
    lesions->count = options->lesion_masks;
    aann_status status = allocate(lesions, largest_load, error);
    if (status == AANN_OK) {
        lesions->lesions[0].engine = first;
    }
    for (int32_t i = 1; status == AANN_OK && i < lesions->count; i++) {
        status = aann_engine_create(spec, samples,
                                    aann_lesion_engines_load_of_one(largest_load, options), loss,
                                    kernels, threads, &lesions->lesions[i].engine, error);
    }
    if (status != AANN_OK) {
        aann_lesion_engines_destroy(lesions);
        return status;
    }
    *result = lesions;
    return AANN_OK;
}

static void destroy_lesion(aann_lesion_engines *lesions, int32_t index)
{
    lesioned *lesion = &lesions->lesions[index];
    for (int32_t i = 0; lesion->candidates != NULL && i < lesions->capacity; i++) {
        aann_candidate_clear(&lesion->candidates[i]);
    }
    if (index > 0) {
        aann_engine_destroy(lesion->engine);
    }
    aann_network_destroy(lesion->network);
    free(lesion->candidates);
    free(lesion->idle);
}

void aann_lesion_engines_destroy(aann_lesion_engines *lesions)
{
    if (lesions == NULL) {
        return;
    }
    for (int32_t i = 0; lesions->lesions != NULL && i < lesions->count; i++) {
        destroy_lesion(lesions, i);
    }
    aann_network_destroy(lesions->network);
    free(lesions->lesions);
    free(lesions->swaps);
    free(lesions->places);
    free(lesions->order);
    free(lesions->placements);
    free(lesions->restored);
    free(lesions);
}

/* ---- lesions --------------------------------------------------------------------------------- */

/* How many of a layer's synapses a lesion takes: its percent, rounded to the nearest (halves up). */
static int64_t lost_of_layer(const aann_lesion_engines *lesions, int32_t layer)
{
    const aann_counts counts = aann_spec_counts(&lesions->spec, layer);
    return (int64_t)floor(lesions->percent / 100.0 * (double)(counts.plus + counts.minus) + 0.5);
}

/* Takes exactly so many, all sets of them equally likely: each synapse with the probability that
 * is left for it (Knuth's algorithm S). */
static void draw_lesion(const aann_lesion_engines *lesions, uint64_t epoch, int32_t lesion,
                        aann_network *network)
{
    for (int32_t layer = 0; layer < lesions->spec.layer_count; layer++) {
        const aann_counts counts = aann_spec_counts(&lesions->spec, layer);
        aann_random_stream stream =
            aann_random_start(lesions->key, epoch << 16 | (uint64_t)lesion << 8 | (uint64_t)layer,
                              AANN_PURPOSE_LESION_NOISE);
        int8_t *weights = aann_network_weights_mutable(network, layer);
        int64_t left = counts.plus + counts.minus;
        int64_t lost = lost_of_layer(lesions, layer);
        for (int64_t i = 0; lost > 0; i++) {
            if (weights[i] == 0) {
                continue;
            }
            if ((int64_t)aann_random_below(&stream, (uint32_t)left) < lost) {
                weights[i] = 0;
                lost--;
            }
            left--;
        }
    }
}

static aann_status damaged(aann_error *error)
{
    return aann_fail(error, AANN_ERROR_FORMAT,
                     "the checkpoint is damaged (its lesions are none that a search has)");
}

/* Takes the synapses whose bits are set. */
static aann_status read_lesion(const aann_lesion_engines *lesions, const uint8_t *bits,
                               aann_network *network, aann_error *error)
{
    size_t bit = 0;
    for (int32_t layer = 0; layer < lesions->spec.layer_count; layer++) {
        int8_t *weights = aann_network_weights_mutable(network, layer);
        int64_t lost = 0;
        for (int64_t i = 0; i < lesions->spec.layers[layer].weight_count; i++) {
            if (weights[i] == 0) {
                continue;
            }
            if ((bits[bit / 8] >> (bit % 8) & 1) != 0) {
                weights[i] = 0;
                lost++;
            }
            bit++;
        }
        if (lost != lost_of_layer(lesions, layer)) {
            return damaged(error);
        }
    }
    return bit % 8 == 0 || bits[bit / 8] >> (bit % 8) == 0 ? AANN_OK : damaged(error);
}

static aann_status make_lesion(const aann_lesion_engines *lesions, const aann_network *network,
                               uint64_t epoch, int32_t index, aann_network **result,
                               aann_error *error)
{
    aann_status status = aann_network_copy(network, result, error);
    if (status == AANN_OK && lesions->restored == NULL) {
        draw_lesion(lesions, epoch, index, *result);
    } else if (status == AANN_OK) {
        status =
            read_lesion(lesions, lesions->restored + (size_t)index * bits_of_one(&lesions->spec),
                        *result, error);
    }
    return status;
}

size_t aann_lesion_engines_saved_size(const aann_spec *spec, const aann_search_options *options)
{
    return options->lesion_noise > 0.0 ? (size_t)options->lesion_masks * bits_of_one(spec) : 0;
}

void aann_lesion_engines_save(const aann_lesion_engines *lesions, uint8_t **to)
{
    const size_t size = bits_of_one(&lesions->spec);
    for (int32_t l = 0; l < lesions->count; l++) {
        uint8_t *bits = *to;
        size_t bit = 0;
        memset(bits, 0, size);
        for (int32_t layer = 0; layer < lesions->spec.layer_count; layer++) {
            const int8_t *whole = aann_network_weights(lesions->network, layer);
            const int8_t *left = aann_network_weights(lesions->lesions[l].network, layer);
            for (int64_t i = 0; i < lesions->spec.layers[layer].weight_count; i++) {
                if (whole[i] != 0) {
                    bits[bit / 8] |= (uint8_t)((left[i] == 0) << (bit % 8));
                    bit++;
                }
            }
        }
        *to += size;
    }
}

aann_status aann_lesion_engines_restore(aann_lesion_engines *lesions, const uint8_t **from,
                                        aann_error *error)
{
    const size_t size = (size_t)lesions->count * bits_of_one(&lesions->spec);
    free(lesions->restored);
    lesions->restored = aann_allocate(size, 1);
    if (lesions->restored == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for saved lesions");
    }
    memcpy(lesions->restored, *from, size);
    *from += size;
    return AANN_OK;
}

/* ---- loading --------------------------------------------------------------------------------- */

static void place_blocks(aann_lesion_engines *lesions, int64_t count, const aann_stratum *strata,
                         int32_t stratum_count)
{
    int64_t next[AANN_MAX_LESION_MASKS] = {0};
    for (int32_t s = 0; s < stratum_count; s++) {
        for (int64_t block = strata[s].first_block; block < strata[s].end_block; block++) {
            const int32_t lesion = (int32_t)((block + s) % lesions->count);
            const int64_t samples = count - block * AANN_BLOCK;
            lesions->places[block] = (block_place){
                lesion, (int32_t)(samples < AANN_BLOCK ? samples : AANN_BLOCK), next[lesion]++};
        }
    }
}

/* Gathers the samples of one lesion's blocks, in their order, so that the one that is not full
 * stays the last. Returns their number. */
static int64_t gather(aann_lesion_engines *lesions, int32_t lesion, const int32_t *order,
                      const aann_placement *placements, int64_t count)
{
    int64_t gathered = 0;
    for (int64_t block = 0; block * AANN_BLOCK < count; block++) {
        const block_place *place = &lesions->places[block];
        if (place->lesion != lesion) {
            continue;
        }
        const size_t samples = (size_t)place->samples;
        memcpy(lesions->order + gathered, order + block * AANN_BLOCK, samples * sizeof *order);
        if (placements != NULL) {
            memcpy(lesions->placements + gathered, placements + block * AANN_BLOCK,
                   samples * sizeof *placements);
        }
        gathered += place->samples;
    }
    return gathered;
}

static aann_status load_engine(aann_lesion_engines *lesions, int32_t lesion,
                               const aann_network *network, const int32_t *order,
                               const aann_placement *placements, int64_t count, aann_error *error)
{
    const int64_t gathered = gather(lesions, lesion, order, placements, count);
    return aann_engine_load(lesions->lesions[lesion].engine, network, lesions->order,
                            placements != NULL ? lesions->placements : NULL, gathered, error);
}

aann_status aann_lesion_engines_load(aann_lesion_engines *lesions, const aann_network *network,
                                     uint64_t epoch, const int32_t *order,
                                     const aann_placement *placements, int64_t count,
                                     const aann_stratum *strata, int32_t stratum_count,
                                     aann_error *error)
{
    aann_network *made[AANN_MAX_LESION_MASKS] = {NULL};
    aann_network *whole = NULL;
    aann_status status = aann_network_copy(network, &whole, error);
    place_blocks(lesions, count, strata, stratum_count);
    for (int32_t i = 0; status == AANN_OK && i < lesions->count; i++) {
        status = make_lesion(lesions, network, epoch, i, &made[i], error);
    }
    for (int32_t i = 0; status == AANN_OK && i < lesions->count; i++) {
        status = load_engine(lesions, i, made[i], order, placements, count, error);
    }
    if (status != AANN_OK) {
        aann_network_destroy(whole);
        for (int32_t i = 0; i < lesions->count; i++) {
            aann_network_destroy(made[i]);
        }
        return status;
    }
    aann_network_destroy(lesions->network);
    lesions->network = whole;
    for (int32_t i = 0; i < lesions->count; i++) {
        aann_network_destroy(lesions->lesions[i].network);
        lesions->lesions[i].network = made[i];
    }
    free(lesions->restored);
    lesions->restored = NULL;
    return AANN_OK;
}

const aann_network *aann_lesion_engines_network(const aann_lesion_engines *lesions)
{
    return lesions->network;
}

const aann_network *aann_lesion_engines_lesioned(const aann_lesion_engines *lesions, int32_t lesion)
{
    return lesions->lesions[lesion].network;
}

/* ---- candidates ------------------------------------------------------------------------------ */

static aann_status make_candidates(aann_lesion_engines *lesions, int32_t count, aann_error *error)
{
    if (count <= lesions->capacity) {
        return AANN_OK;
    }
    const size_t old = (size_t)lesions->capacity;
    const size_t wanted = (size_t)count;
    aann_swap *swaps = aann_reallocate(lesions->swaps, wanted, sizeof *swaps);
    bool fits = swaps != NULL;
    lesions->swaps = fits ? swaps : lesions->swaps;
    for (int32_t i = 0; fits && i < lesions->count; i++) {
        lesioned *lesion = &lesions->lesions[i];
        aann_candidate *candidates =
            aann_reallocate(lesion->candidates, wanted, sizeof *candidates);
        if (candidates != NULL) {
            lesion->candidates = candidates;
            memset(candidates + old, 0, (wanted - old) * sizeof *candidates);
        }
        bool *idle = aann_reallocate(lesion->idle, wanted, sizeof *idle);
        lesion->idle = idle != NULL ? idle : lesion->idle;
        fits = candidates != NULL && idle != NULL;
    }
    if (!fits) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for %d candidates", count);
    }
    lesions->capacity = count;
    return AANN_OK;
}

static size_t place_of(const aann_lesion_engines *lesions, const aann_swap *swap, int32_t i)
{
    const size_t fan_in = (size_t)lesions->spec.layers[swap->layer].fan_in;
    return (size_t)swap->changes[i].unit * fan_in + (size_t)swap->changes[i].index;
}

/* The swap of the same positions in what the lesion leaves; false if their values are equal. */
static bool lesioned_swap(const aann_lesion_engines *lesions, const lesioned *lesion,
                          const aann_swap *swap, aann_swap *result)
{
    const int8_t *weights = aann_network_weights(lesion->network, swap->layer);
    *result = *swap;
    result->changes[0].value = weights[place_of(lesions, swap, 1)];
    result->changes[1].value = weights[place_of(lesions, swap, 0)];
    return result->changes[0].value != result->changes[1].value;
}

static aann_status prepare_lesion(aann_lesion_engines *lesions, lesioned *lesion,
                                  const aann_swap *swaps, int32_t count, aann_error *error)
{
    aann_status status = AANN_OK;
    aann_swap swap;
    for (int32_t i = 0; i < count && status == AANN_OK; i++) {
        lesion->idle[i] = !lesioned_swap(lesions, lesion, &swaps[i], &swap);
        status = lesion->idle[i] ? AANN_OK : aann_engine_admit(lesion->engine, &swap, error);
    }
    for (int32_t i = 0; i < count && status == AANN_OK; i++) {
        if (lesioned_swap(lesions, lesion, &swaps[i], &swap)) {
            status = aann_engine_prepare(lesion->engine, &swap, &lesion->candidates[i], error);
        }
    }
    return status;
}

aann_status aann_lesion_engines_prepare(aann_lesion_engines *lesions, const aann_swap *swaps,
                                        int32_t count, aann_error *error)
{
    aann_status status = make_candidates(lesions, count, error);
    for (int32_t i = 0; i < lesions->count && status == AANN_OK; i++) {
        status = prepare_lesion(lesions, &lesions->lesions[i], swaps, count, error);
    }
    if (status == AANN_OK && count > 0) {
        memcpy(lesions->swaps, swaps, (size_t)count * sizeof *swaps);
    }
    return status;
}

void aann_lesion_engines_change(const aann_lesion_engines *lesions, int32_t worker,
                                const int32_t *candidates, int32_t count, int64_t block,
                                aann_block_change *results)
{
    const block_place *place = &lesions->places[block];
    const lesioned *lesion = &lesions->lesions[place->lesion];
    int32_t which[TOGETHER];
    int32_t from[TOGETHER];
    aann_block_change found[TOGETHER];
    int32_t busy = 0;
    for (int32_t i = 0; i < count; i++) {
        if (lesion->idle[candidates[i]]) {
            results[i] = (aann_block_change){0};
        } else {
            from[busy] = i;
            which[busy++] = candidates[i];
        }
        if (busy == TOGETHER || (i + 1 == count && busy > 0)) {
            aann_engine_changes(lesion->engine, worker, lesion->candidates, which, busy,
                                place->local, found);
            while (busy > 0) {
                busy--;
                results[from[busy]] = found[busy];
            }
        }
    }
}

void aann_lesion_engines_commit(aann_lesion_engines *lesions, int32_t candidate)
{
    const aann_swap *swap = &lesions->swaps[candidate];
    for (int32_t i = 0; i < 2; i++) {
        aann_network_weights_mutable(lesions->network, swap->layer)[place_of(lesions, swap, i)] =
            swap->changes[i].value;
    }
    for (int32_t l = 0; l < lesions->count; l++) {
        lesioned *lesion = &lesions->lesions[l];
        if (lesion->idle[candidate]) {
            continue;
        }
        const aann_swap *own = &lesion->candidates[candidate].swap;
        for (int32_t i = 0; i < 2; i++) {
            aann_network_weights_mutable(lesion->network, own->layer)[place_of(lesions, own, i)] =
                own->changes[i].value;
        }
        aann_engine_commit(lesion->engine, &lesion->candidates[candidate]);
    }
}

/* ---- blocks ---------------------------------------------------------------------------------- */

void aann_lesion_engines_ready(const aann_lesion_engines *lesions, const int64_t *blocks,
                               int64_t count, bool shared)
{
    for (int32_t l = 0; l < lesions->count; l++) {
        int64_t local[TOGETHER];
        int64_t gathered = 0;
        for (int64_t i = 0; i < count; i++) {
            const block_place *place = &lesions->places[blocks[i]];
            if (place->lesion == l) {
                local[gathered++] = place->local;
            }
            if (gathered == TOGETHER || (i + 1 == count && gathered > 0)) {
                aann_engine_ready(lesions->lesions[l].engine, local, gathered, shared);
                gathered = 0;
            }
        }
    }
}

int32_t aann_lesion_engines_of_block(const aann_lesion_engines *lesions, int64_t block)
{
    return lesions->places[block].lesion;
}

int64_t aann_lesion_engines_block_loss(const aann_lesion_engines *lesions, int64_t block)
{
    const block_place *place = &lesions->places[block];
    return aann_engine_block_loss(lesions->lesions[place->lesion].engine, place->local);
}

int32_t aann_lesion_engines_block_correct(const aann_lesion_engines *lesions, int64_t block)
{
    const block_place *place = &lesions->places[block];
    return aann_engine_block_correct(lesions->lesions[place->lesion].engine, place->local);
}

int32_t aann_lesion_engines_block_samples(const aann_lesion_engines *lesions, int64_t block)
{
    return lesions->places[block].samples;
}

size_t aann_lesion_engines_bytes(const aann_lesion_engines *lesions)
{
    size_t bytes = 0;
    for (int32_t i = 0; i < lesions->count; i++) {
        bytes += aann_engine_bytes(lesions->lesions[i].engine);
    }
    return bytes;
}

aann_engine_account aann_lesion_engines_account(const aann_lesion_engines *lesions)
{
    aann_engine_account all = {0};
    for (int32_t i = 0; i < lesions->count; i++) {
        const aann_engine_account one = aann_engine_account_get(lesions->lesions[i].engine);
        all.replayed += one.replayed;
        all.renewed += one.renewed;
        all.ranked += one.ranked;
    }
    return all;
}
