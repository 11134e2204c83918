/* Null models: shuffles that keep some counts, and the distances of networks shuffled so.
 *
 * Four of the five shuffle cells: the whole layer, or the weights of a unit, of a kernel, or of a
 * unit and place over the channels. Degrees are kept by exchanges. Take two synapses of the same
 * sign, from input k to unit i and from l to j, where the weights (i, l) and (j, k) are equal to
 * each other and of another value; exchange both pairs. Every unit and every input keeps its counts.
 * Such exchanges leave from any wiring, and each has its way back with the same probability, so all
 * wirings that they reach become equally likely. */
#include "aann/nulls.h"

#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"
#include "core/philox.h"
#include "network/network.h"

enum { EXCHANGES_PER_SYNAPSE = 20, PAIRS_WANTED = 45 };

const char *aann_null_name(aann_null null)
{
    static const char *const names[AANN_NULL_COUNT] = {"uniform", "units", "kernels", "places",
                                                       "degrees"};
    return null >= 0 && null < AANN_NULL_COUNT ? names[null] : NULL;
}

/* ---- cells ----------------------------------------------------------------------------------- */

/* Shuffles weights[0], weights[stride], ..., `count` of them. */
static void shuffle_cell(int8_t *weights, int64_t count, int64_t stride, aann_random_stream *stream)
{
    for (int64_t i = count - 1; i > 0; i--) {
        const int64_t j = (int64_t)aann_random_below(stream, (uint32_t)(i + 1));
        const int8_t kept = weights[i * stride];
        weights[i * stride] = weights[j * stride];
        weights[j * stride] = kept;
    }
}

static bool is_dense(const aann_layer *layer)
{
    return layer->kernel_height == layer->input.height && layer->kernel_width == layer->input.width;
}

static void shuffle_cells(const aann_layer *layer, aann_null null, int8_t *weights,
                          aann_random_stream *stream)
{
    const int64_t taps = (int64_t)layer->kernel_height * layer->kernel_width;
    const int64_t channels = layer->input.channels;
    const int64_t rows = layer->units;
    if (null == AANN_NULL_UNIFORM ||
        (null == AANN_NULL_PLACES && !(is_dense(layer) && channels > 1))) {
        shuffle_cell(weights, layer->weight_count, 1, stream);
        return;
    }
    for (int64_t unit = 0; unit < rows; unit++, weights += channels * taps) {
        if (null == AANN_NULL_UNITS) {
            shuffle_cell(weights, channels * taps, 1, stream);
        }
        for (int64_t c = 0; null == AANN_NULL_KERNELS && c < channels; c++) {
            shuffle_cell(weights + c * taps, taps, 1, stream);
        }
        for (int64_t tap = 0; null == AANN_NULL_PLACES && tap < taps; tap++) {
            shuffle_cell(weights + tap, channels, taps, stream);
        }
    }
}

/* ---- degrees --------------------------------------------------------------------------------- */

/* The places of the synapses, first all +1, then all -1, and where each is in that list. */
typedef struct synapses {
    int32_t *places; /* [count] */
    int32_t *where;  /* [weights of the layer]: of a synapse, its index in places */
    int32_t plus, count;
} synapses;

static aann_status find_synapses(const aann_layer *layer, const int8_t *weights, synapses *found,
                                 aann_error *error)
{
    const size_t size = (size_t)layer->weight_count;
    *found = (synapses){.places = aann_allocate(size, sizeof *found->places),
                        .where = aann_allocate(size, sizeof *found->where)};
    if (found->places == NULL || found->where == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a null model");
    }
    for (int8_t value = 1; value >= -1; value = (int8_t)(value - 2)) {
        for (int32_t i = 0; i < (int32_t)size; i++) {
            if (weights[i] == value) {
                found->where[i] = found->count;
                found->places[found->count++] = i;
            }
        }
        found->plus = value == 1 ? found->count : found->plus;
    }
    return AANN_OK;
}

static void put(synapses *s, int32_t index, int32_t place)
{
    s->places[index] = place;
    s->where[place] = index;
}

/* Tries one exchange. */
static void exchange(const aann_layer *layer, int8_t *weights, synapses *s,
                     aann_random_stream *stream)
{
    const int32_t fan_in = (int32_t)layer->fan_in;
    const int32_t first = (int32_t)aann_random_below(stream, (uint32_t)s->count);
    const bool plus = first < s->plus;
    const int32_t others = plus ? s->plus : s->count - s->plus;
    const int32_t second =
        (plus ? 0 : s->plus) + (int32_t)aann_random_below(stream, (uint32_t)others);
    const int32_t a = s->places[first];
    const int32_t b = s->places[second];
    const int32_t across_a = a / fan_in * fan_in + b % fan_in;
    const int32_t across_b = b / fan_in * fan_in + a % fan_in;
    const int8_t value = weights[a];
    const int8_t other = weights[across_a];
    if (other != weights[across_b] || other == value) {
        return; /* also if both are of one unit or of one input */
    }
    if (other != 0) {
        const int32_t third = s->where[across_a];
        const int32_t fourth = s->where[across_b];
        put(s, third, a);
        put(s, fourth, b);
    }
    put(s, first, across_a);
    put(s, second, across_b);
    weights[a] = weights[b] = other;
    weights[across_a] = weights[across_b] = value;
}

static aann_status shuffle_degrees(const aann_layer *layer, int8_t *weights,
                                   aann_random_stream *stream, aann_error *error)
{
    synapses s;
    const aann_status status = find_synapses(layer, weights, &s, error);
    const int64_t tries = status == AANN_OK ? (int64_t)EXCHANGES_PER_SYNAPSE * s.count : 0;
    for (int64_t i = 0; i < tries; i++) {
        exchange(layer, weights, &s, stream);
    }
    free(s.places);
    free(s.where);
    return status;
}

/* ---- networks -------------------------------------------------------------------------------- */

aann_status aann_null_shuffle(aann_network *network, aann_null null, uint64_t seed, uint64_t draw,
                              aann_error *error)
{
    const aann_spec *spec = aann_network_spec(network);
    const aann_random_key key = aann_random_key_create(seed, draw);
    aann_status status = AANN_OK;
    if (aann_null_name(null) == NULL) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "null model %d: expected 0 to %d", (int)null,
                         AANN_NULL_COUNT - 1);
    }
    for (int32_t i = 0; status == AANN_OK && i < spec->layer_count; i++) {
        aann_random_stream stream = aann_random_start(key, (uint64_t)i, AANN_PURPOSE_NULL);
        int8_t *weights = aann_network_weights_mutable(network, i);
        if (null == AANN_NULL_DEGREES) {
            status = shuffle_degrees(&spec->layers[i], weights, &stream, error);
        } else {
            shuffle_cells(&spec->layers[i], null, weights, &stream);
        }
    }
    return status;
}

/* ---- distances ------------------------------------------------------------------------------- */

aann_null_options aann_null_options_default(void)
{
    return (aann_null_options){.networks = 10, .threads = 1};
}

/* What is sampled: `draws` times all networks are shuffled, and all pairs of each time measured. */
typedef struct sampling {
    const aann_null_options *options;
    aann_network **copies; /* [count] */
    double *values;        /* [layers + 1][pairs] */
    int32_t count, pairs, drawn;
    int32_t layers;
} sampling;

static void collect(sampling *s, const aann_distances *distances)
{
    for (int32_t i = 0; i < s->count; i++) {
        for (int32_t j = i + 1; j < s->count; j++) {
            const size_t cell = (size_t)i * (size_t)s->count + (size_t)j;
            for (int32_t layer = 0; layer <= s->layers; layer++) {
                const int64_t *from =
                    layer < s->layers ? distances->layers[layer] : distances->total;
                s->values[(size_t)layer * (size_t)s->pairs + (size_t)s->drawn] = (double)from[cell];
            }
            s->drawn++;
        }
    }
}

static aann_status sample(sampling *s, const aann_network *const *networks, aann_null null,
                          uint64_t draw, aann_error *error)
{
    aann_status status = AANN_OK;
    for (int32_t i = 0; status == AANN_OK && i < s->count; i++) {
        aann_network_copy_weights(networks[i], s->copies[i]);
        status = aann_null_shuffle(s->copies[i], null, draw, (uint64_t)i, error);
    }
    aann_distances distances;
    const aann_network *const *copies = (const aann_network *const *)s->copies;
    if (status == AANN_OK) {
        status =
            s->options->matched
                ? aann_distances_match_with(copies, s->count, s->options->restarts,
                                            s->options->threads, &distances, error)
                : aann_distances_measure(copies, s->count, s->options->threads, &distances, error);
    }
    if (status == AANN_OK) {
        collect(s, &distances);
        aann_distances_destroy(&distances);
    }
    return status;
}

static aann_status summarise(const sampling *s, aann_null_distances *distances, aann_error *error)
{
    aann_status status = AANN_OK;
    for (int32_t layer = 0; status == AANN_OK && layer <= s->layers; layer++) {
        aann_summary summary;
        status = aann_summary_of_values(s->values + (size_t)layer * (size_t)s->pairs, s->pairs,
                                        &summary, error);
        aann_chance *chance = layer < s->layers ? &distances->layers[layer] : &distances->total;
        *chance = (aann_chance){summary.mean, summary.deviation * summary.deviation};
    }
    return status;
}

aann_status aann_null_measure(const aann_network *const *networks, int32_t count, aann_null null,
                              const aann_null_options *options, aann_null_distances *distances,
                              aann_error *error)
{
    *distances = (aann_null_distances){0};
    if (count < 2 || options->networks < 2) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "a null model of %d networks, at most %d: expected 2 and more", count,
                         options->networks);
    }
    sampling s = {.options = options, .layers = aann_network_spec(networks[0])->layer_count};
    s.count = count < options->networks ? count : options->networks;
    const int64_t of_one = (int64_t)s.count * (s.count - 1) / 2;
    const int64_t draws = of_one >= PAIRS_WANTED ? 1 : (PAIRS_WANTED + of_one - 1) / of_one;
    if (of_one * draws > INT32_MAX) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "a null model of %d networks is too large",
                         s.count);
    }
    s.pairs = (int32_t)(of_one * draws);
    s.copies = aann_allocate_zeroed((size_t)s.count, sizeof *s.copies);
    s.values = aann_allocate((size_t)s.pairs, ((size_t)s.layers + 1) * sizeof *s.values);
    aann_status status = s.copies == NULL || s.values == NULL
                             ? aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a null model")
                             : AANN_OK;
    for (int32_t i = 0; status == AANN_OK && i < s.count; i++) {
        status = aann_network_copy(networks[i], &s.copies[i], error);
    }
    for (int64_t draw = 0; status == AANN_OK && draw < draws; draw++) {
        status = sample(&s, networks, null, (uint64_t)draw, error);
    }
    if (status == AANN_OK) {
        distances->pairs = s.pairs;
        status = summarise(&s, distances, error);
    }
    for (int32_t i = 0; s.copies != NULL && i < s.count; i++) {
        aann_network_destroy(s.copies[i]);
    }
    free(s.copies);
    free(s.values);
    return status;
}
