/* Matching the units of two networks.
 *
 * The units of a hidden layer have no names: exchange two of them, and with them the input channels
 * of the next layer, and the network computes the same. Two wirings can therefore be far apart only
 * because their units are in another order. We look for the names of b's units that bring it
 * closest to a.
 *
 * Which name a unit of layer l gets changes the distance in two places: its own incoming weights
 * (layer l), and what layer l + 1 reads from it. If the names of all other layers stand, the sum of
 * both over all pairs (unit i of a, unit j of b) is a cost matrix, and the best names of layer l
 * are a linear assignment. Repeating this layer by layer never raises the distance and ends, since
 * distances are whole numbers. The same idea is used to align float networks in Ainsworth, Hayase,
 * Srinivasa: "Git Re-Basin", ICLR 2023.
 *
 * With several hidden layers this finds a local minimum (the joint problem is NP-hard). We start
 * twice: from b's own names, so that the result is never above the raw distance; and from names
 * given layer by layer from the input, by the incoming weights alone, which recovers any renaming
 * of one and the same network whose units all differ. */
#include "geometry/distances.h"

#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"
#include "core/philox.h"
#include "core/threads.h"
#include "geometry/assignment.h"
#include "geometry/packed_weights.h"
#include "network/network.h"

/* Scratch memory for matching pairs of networks of one spec. */
typedef struct matcher {
    const aann_spec *spec;
    int64_t *costs;      /* [units][units] of the largest hidden layer */
    void *solver;        /* for the assignment */
    int8_t *row;         /* one row of weights, put together from several places */
    uint64_t *rows_a;    /* rows of a in words */
    uint64_t *rows_b;    /* rows of b in words */
    int32_t *columns;    /* an assignment */
    aann_matching found; /* where the search is */
} matcher;

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

static aann_status allocate_matching(const aann_spec *spec, aann_matching *matching,
                                     aann_error *error)
{
    *matching = (aann_matching){.layer_count = spec->layer_count};
    for (int32_t layer = 0; layer < spec->layer_count; layer++) {
        matching->units[layer] = aann_allocate((size_t)spec->layers[layer].units, sizeof(int32_t));
        if (matching->units[layer] == NULL) {
            aann_matching_destroy(matching);
            return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for matching units");
        }
    }
    return AANN_OK;
}

/* NOLINTBEGIN(clang-analyzer-unix.Malloc): the analyser does not see that the last line zeroes the
 * pointers. */
void aann_matching_destroy(aann_matching *matching)
{
    for (int32_t layer = 0; layer < matching->layer_count; layer++) {
        free(matching->units[layer]);
    }
    *matching = (aann_matching){0};
}

static void matcher_clear(matcher *m)
{
    free(m->costs);
    free(m->solver);
    free(m->row);
    free(m->rows_a);
    free(m->rows_b);
    free(m->columns);
    aann_matching_destroy(&m->found);
    *m = (matcher){.spec = NULL}; /* a job clears all its matchers, also those that failed */
}
/* NOLINTEND(clang-analyzer-unix.Malloc) */

static aann_status matcher_create(const aann_spec *spec, matcher *m, aann_error *error)
{
    *m = (matcher){.spec = spec};
    size_t units = 1;
    size_t row = 1;
    size_t words = 1;
    for (int32_t i = 0; i < spec->layer_count; i++) {
        const aann_layer *layer = &spec->layers[i];
        const size_t channels = (size_t)layer->input.channels;
        const size_t by_channel = (size_t)layer->weight_count / channels;
        units = i < spec->layer_count - 1 ? larger(units, (size_t)layer->units) : units;
        row = larger(row, larger((size_t)layer->fan_in, by_channel));
        words =
            larger(words, (size_t)layer->units * aann_packed_weights_needed((size_t)layer->fan_in));
        words = larger(words, channels * aann_packed_weights_needed(by_channel));
    }
    size_t cells = 0;
    if (aann_multiply_sizes(units, units, &cells)) {
        m->costs = aann_allocate(cells, sizeof *m->costs);
    }
    m->solver = aann_allocate(aann_assignment_scratch((int32_t)units), 1);
    m->row = aann_allocate(row, 1);
    m->rows_a = aann_allocate(words, sizeof *m->rows_a);
    m->rows_b = aann_allocate(words, sizeof *m->rows_b);
    m->columns = aann_allocate(units, sizeof *m->columns);
    if (m->costs == NULL || m->solver == NULL || m->row == NULL || m->rows_a == NULL ||
        m->rows_b == NULL || m->columns == NULL) {
        matcher_clear(m);
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for matching the units of \"%s\"",
                         spec->text);
    }
    const aann_status status = allocate_matching(spec, &m->found, error);
    if (status != AANN_OK) {
        matcher_clear(m);
    }
    return status;
}

/* rows[units][words]: each unit's incoming weights, input channel c being channels[c] (NULL: c) of
 * the network. */
static void rows_by_unit(matcher *m, const aann_network *network, int32_t index,
                         const int32_t *channels, uint64_t *rows)
{
    const aann_layer *layer = &m->spec->layers[index];
    const size_t fan_in = (size_t)layer->fan_in;
    const size_t taps = fan_in / (size_t)layer->input.channels;
    const size_t words = aann_packed_weights_needed(fan_in);
    const int8_t *weights = aann_network_weights(network, index);
    for (int32_t unit = 0; unit < layer->units; unit++, weights += fan_in, rows += words) {
        if (channels == NULL) {
            aann_packed_weights_pack(weights, fan_in, rows);
            continue;
        }
        for (int32_t c = 0; c < layer->input.channels; c++) {
            memcpy(m->row + (size_t)c * taps, weights + (size_t)channels[c] * taps, taps);
        }
        aann_packed_weights_pack(m->row, fan_in, rows);
    }
}

/* rows[input channels][words]: what all units read from each channel, unit u being units[u] (NULL:
 * u) of the network. */
static void rows_by_channel(matcher *m, const aann_network *network, int32_t index,
                            const int32_t *units, uint64_t *rows)
{
    const aann_layer *layer = &m->spec->layers[index];
    const size_t fan_in = (size_t)layer->fan_in;
    const size_t taps = fan_in / (size_t)layer->input.channels;
    const size_t length = taps * (size_t)layer->units;
    const int8_t *weights = aann_network_weights(network, index);
    for (int32_t c = 0; c < layer->input.channels;
         c++, rows += aann_packed_weights_needed(length)) {
        for (int32_t u = 0; u < layer->units; u++) {
            const size_t unit = (size_t)(units == NULL ? u : units[u]);
            memcpy(m->row + (size_t)u * taps, weights + unit * fan_in + (size_t)c * taps, taps);
        }
        aann_packed_weights_pack(m->row, length, rows);
    }
}

/* costs[i][j] += distance of row i of a from row j of b. */
static void add_costs(matcher *m, int32_t units, size_t words)
{
    for (int32_t i = 0; i < units; i++) {
        int64_t *costs = m->costs + (size_t)i * (size_t)units;
        for (int32_t j = 0; j < units; j++) {
            costs[j] += aann_packed_weights_distance(m->rows_a + (size_t)i * words,
                                                     m->rows_b + (size_t)j * words, words);
        }
    }
}

/* The best names of hidden layer `index`, the other layers' names being as they are; by the
 * incoming weights alone, or also by what the next layer reads. Keeps the old names unless the new
 * ones are better; tells whether they are. */
static bool improve_layer(matcher *m, const aann_network *a, const aann_network *b, int32_t index,
                          bool incoming_only)
{
    const aann_layer *layer = &m->spec->layers[index];
    const size_t units = (size_t)layer->units;
    memset(m->costs, 0, units * units * sizeof *m->costs);
    rows_by_unit(m, a, index, NULL, m->rows_a);
    rows_by_unit(m, b, index, index > 0 ? m->found.units[index - 1] : NULL, m->rows_b);
    add_costs(m, layer->units, aann_packed_weights_needed((size_t)layer->fan_in));
    if (!incoming_only) {
        const aann_layer *next = &m->spec->layers[index + 1];
        rows_by_channel(m, a, index + 1, NULL, m->rows_a);
        rows_by_channel(m, b, index + 1, m->found.units[index + 1], m->rows_b);
        add_costs(m, layer->units, aann_packed_weights_needed((size_t)next->weight_count / units));
    }
    int32_t *names = m->found.units[index];
    int64_t before = 0;
    for (size_t i = 0; i < units; i++) {
        before += m->costs[i * units + (size_t)names[i]];
    }
    if (aann_assignment_solve(m->costs, layer->units, m->solver, m->columns) >= before) {
        return false;
    }
    memcpy(names, m->columns, units * sizeof *names);
    return true;
}

static void own_names(matcher *m)
{
    for (int32_t layer = 0; layer < m->spec->layer_count; layer++) {
        for (int32_t unit = 0; unit < m->spec->layers[layer].units; unit++) {
            m->found.units[layer][unit] = unit;
        }
    }
}

/* Distances, layer by layer, under the present names. */
static void measure(matcher *m, const aann_network *a, const aann_network *b)
{
    m->found.total = 0;
    for (int32_t index = 0; index < m->spec->layer_count; index++) {
        const aann_layer *layer = &m->spec->layers[index];
        const size_t words = aann_packed_weights_needed((size_t)layer->fan_in);
        rows_by_unit(m, a, index, NULL, m->rows_a);
        rows_by_unit(m, b, index, index > 0 ? m->found.units[index - 1] : NULL, m->rows_b);
        int64_t distance = 0;
        for (int32_t unit = 0; unit < layer->units; unit++) {
            const size_t other = (size_t)m->found.units[index][unit];
            distance += aann_packed_weights_distance(m->rows_a + (size_t)unit * words,
                                                     m->rows_b + other * words, words);
        }
        m->found.layers[index] = distance;
        m->found.total += distance;
    }
}

static void descend(matcher *m, const aann_network *a, const aann_network *b)
{
    const int32_t hidden = m->spec->layer_count - 1;
    /* The search ends when no layer improved in a whole round. */
    int32_t unimproved = 0;
    for (int32_t index = 0; unimproved < hidden; index = (index + 1) % hidden) {
        unimproved = improve_layer(m, a, b, index, false) ? 1 : unimproved + 1;
    }
    measure(m, a, b);
}

static void keep_better(const matcher *m, aann_matching *best)
{
    if (m->found.total >= best->total) {
        return;
    }
    best->total = m->found.total;
    for (int32_t layer = 0; layer < m->spec->layer_count; layer++) {
        const size_t units = (size_t)m->spec->layers[layer].units;
        best->layers[layer] = m->found.layers[layer];
        memcpy(best->units[layer], m->found.units[layer], units * sizeof(int32_t));
    }
}

/* From random names, until `restarts` in a row find nothing better. */
static void restart(matcher *m, const aann_network *a, const aann_network *b, int32_t restarts,
                    aann_matching *best)
{
    const aann_random_key key = aann_random_key_create(0, 0);
    uint64_t number = 0;
    int32_t unimproved = 0;
    while (unimproved < restarts) {
        const int64_t before = best->total;
        aann_random_stream stream = aann_random_start(key, number++, AANN_PURPOSE_MATCHING);
        own_names(m);
        for (int32_t layer = 0; layer + 1 < m->spec->layer_count; layer++) {
            aann_random_shuffle(&stream, m->found.units[layer], m->spec->layers[layer].units);
        }
        descend(m, a, b);
        keep_better(m, best);
        unimproved = best->total < before ? 0 : unimproved + 1;
    }
}

static void match(matcher *m, const aann_network *a, const aann_network *b, int32_t restarts,
                  aann_matching *best)
{
    best->total = INT64_MAX;
    own_names(m);
    descend(m, a, b);
    keep_better(m, best);
    if (m->spec->layer_count == 1) {
        return;
    }
    own_names(m);
    for (int32_t index = 0; index < m->spec->layer_count - 1; index++) {
        improve_layer(m, a, b, index, true);
    }
    descend(m, a, b);
    keep_better(m, best);
    if (m->spec->layer_count > 2) { /* with one hidden layer it is the minimum already */
        restart(m, a, b, restarts, best);
    }
}

static aann_status check_restarts(int32_t restarts, aann_error *error)
{
    return restarts >= 0 && restarts <= AANN_MAX_RESTARTS
               ? AANN_OK
               : aann_fail(error, AANN_ERROR_ARGUMENT,
                           "%d restarts of a matching: expected 0 to %d", restarts,
                           AANN_MAX_RESTARTS);
}

aann_status aann_matching_find(const aann_network *a, const aann_network *b,
                               aann_matching *matching, aann_error *error)
{
    return aann_matching_find_with(a, b, 0, matching, error);
}

aann_status aann_matching_find_with(const aann_network *a, const aann_network *b, int32_t restarts,
                                    aann_matching *matching, aann_error *error)
{
    *matching = (aann_matching){0};
    const aann_network *const pair[2] = {a, b};
    matcher m;
    aann_status status = check_restarts(restarts, error);
    if (status == AANN_OK) {
        status = aann_networks_check_alike(pair, 2, error);
    }
    if (status == AANN_OK) {
        status = matcher_create(aann_network_spec(a), &m, error);
    }
    if (status != AANN_OK) {
        return status;
    }
    status = allocate_matching(m.spec, matching, error);
    if (status == AANN_OK) {
        match(&m, a, b, restarts, matching);
    }
    matcher_clear(&m);
    return status;
}

aann_status aann_matching_apply(const aann_matching *matching, const aann_network *b,
                                aann_network **renamed, aann_error *error)
{
    const aann_spec *spec = aann_network_spec(b);
    const aann_status status = aann_network_copy(b, renamed, error);
    if (status != AANN_OK) {
        return status;
    }
    for (int32_t index = 0; index < spec->layer_count; index++) {
        const aann_layer *layer = &spec->layers[index];
        const int8_t *from = aann_network_weights(b, index);
        int8_t *to = aann_network_weights_mutable(*renamed, index);
        const size_t kernel = (size_t)layer->kernel_height * (size_t)layer->kernel_width;
        for (int32_t unit = 0; unit < layer->units; unit++) {
            const int8_t *row = from + (size_t)matching->units[index][unit] * (size_t)layer->fan_in;
            for (int32_t channel = 0; channel < layer->input.channels; channel++, to += kernel) {
                const int32_t other = index == 0 ? channel : matching->units[index - 1][channel];
                memcpy(to, row + (size_t)other * kernel, kernel);
            }
        }
    }
    return AANN_OK;
}

/* ---- all pairs ------------------------------------------------------------------------------- */

typedef struct match_job {
    const aann_network *const *networks;
    matcher *matchers;   /* one per thread */
    aann_matching *best; /* one per thread */
    int32_t thread_count;
    int32_t restarts;
    aann_distances *distances;
} match_job;

static void match_row(void *context, int32_t worker, int64_t index)
{
    const match_job *job = context;
    const int32_t i = (int32_t)index;
    for (int32_t j = i + 1; j < job->distances->count; j++) {
        match(&job->matchers[worker], job->networks[i], job->networks[j], job->restarts,
              &job->best[worker]);
        aann_distances_set(job->distances, i, j, job->best[worker].layers);
    }
}

static void job_clear(match_job *job)
{
    for (int32_t i = 0; i < job->thread_count; i++) {
        matcher_clear(&job->matchers[i]);
        aann_matching_destroy(&job->best[i]);
    }
    free(job->matchers);
    free(job->best);
}

static aann_status job_create(match_job *job, const aann_spec *spec, int32_t threads,
                              aann_error *error)
{
    job->matchers = aann_allocate_zeroed((size_t)threads, sizeof *job->matchers);
    job->best = aann_allocate_zeroed((size_t)threads, sizeof *job->best);
    if (job->matchers == NULL || job->best == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for matching");
    }
    job->thread_count = threads;
    aann_status status = AANN_OK;
    for (int32_t i = 0; status == AANN_OK && i < threads; i++) {
        status = matcher_create(spec, &job->matchers[i], error);
        if (status == AANN_OK) {
            status = allocate_matching(spec, &job->best[i], error);
        }
    }
    return status;
}

aann_status aann_distances_match(const aann_network *const *networks, int32_t count,
                                 int32_t threads, aann_distances *distances, aann_error *error)
{
    return aann_distances_match_with(networks, count, 0, threads, distances, error);
}

aann_status aann_distances_match_with(const aann_network *const *networks, int32_t count,
                                      int32_t restarts, int32_t threads, aann_distances *distances,
                                      aann_error *error)
{
    *distances = (aann_distances){0};
    match_job job = {.networks = networks, .restarts = restarts, .distances = distances};
    aann_threads *pool = NULL;
    aann_status status = check_restarts(restarts, error);
    if (status == AANN_OK) {
        status = aann_networks_check_alike(networks, count, error);
    }
    if (status == AANN_OK) {
        status = aann_threads_create(threads, &pool, error);
    }
    if (status != AANN_OK) {
        return status;
    }
    const aann_spec *spec = aann_network_spec(networks[0]);
    status = aann_distances_create(spec, count, distances, error);
    if (status == AANN_OK) {
        status = job_create(&job, spec, threads, error);
    }
    if (status == AANN_OK) {
        aann_threads_run(pool, 0, count, match_row, &job);
    } else {
        aann_distances_destroy(distances);
    }
    job_clear(&job);
    aann_threads_destroy(pool);
    return status;
}
