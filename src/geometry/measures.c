/* All pairwise measures of a family, from the matrices of geometry.h to named ones. */
#include "aann/measures.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"

/* What is measured, and with what. */
typedef struct measuring {
    const aann_network *const *networks;
    const aann_spec *spec;
    const aann_predictions *predictions; /* NULL: no answers */
    const aann_samples *samples;
    const aann_measures_options *options;
    aann_measures *measures;
} measuring;

aann_measures_options aann_measures_options_default(void)
{
    return (aann_measures_options){.match = true, .threads = 1};
}

static aann_status no_memory(aann_error *error)
{
    return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for comparing networks");
}

static size_t cell_count(const aann_measures *measures)
{
    return (size_t)measures->count * (size_t)measures->count;
}

/* Adds a measure with a matrix still to be filled; NULL for lack of memory. */
static aann_measure *add_measure(aann_measures *measures, aann_measure_kind kind, const char *key,
                                 int32_t layer)
{
    aann_measure *measure = &measures->list[measures->measure_count];
    *measure = (aann_measure){.kind = kind, .layer = layer};
    measure->chance = measure->mixed = (aann_chance){NAN, NAN};
    for (int null = 0; null < AANN_NULL_COUNT; null++) {
        measure->nulls[null] = (aann_chance){NAN, NAN};
    }
    if (layer >= 0) {
        snprintf(measure->key, sizeof measure->key, "%s_layer%d", key, layer);
    } else {
        snprintf(measure->key, sizeof measure->key, "%s", key);
    }
    measure->values = aann_allocate_zeroed(cell_count(measures), sizeof *measure->values);
    if (measure->values == NULL) {
        return NULL;
    }
    measures->measure_count++;
    return measure;
}

/* ---- distances ------------------------------------------------------------------------------- */

static aann_status add_distance(const measuring *m, aann_measure_kind kind, int32_t layer,
                                const int64_t *distances, aann_chance chance, aann_error *error)
{
    const char *key = kind == AANN_MEASURE_MATCHED ? "matched" : "distance";
    aann_measure *measure = add_measure(m->measures, kind, key, layer);
    if (measure == NULL) {
        return no_memory(error);
    }
    for (size_t i = 0; i < cell_count(m->measures); i++) {
        measure->values[i] = (double)distances[i];
    }
    measure->chance = chance;
    return AANN_OK;
}

static aann_status find_chance(const measuring *m, aann_measure_kind kind,
                               aann_matched_chance *chance, aann_error *error)
{
    if (kind == AANN_MEASURE_MATCHED) {
        return aann_chance_matched_with(m->spec, m->options->restarts, m->options->threads, chance,
                                        error);
    }
    for (int32_t i = 0; i < m->spec->layer_count; i++) {
        chance->layers[i] = aann_chance_of_layer(m->spec, i);
    }
    chance->total = aann_chance_of_spec(m->spec);
    return AANN_OK;
}

static aann_status add_distances(const measuring *m, aann_measure_kind kind, aann_error *error)
{
    const int32_t count = m->measures->count;
    const int32_t threads = m->options->threads;
    aann_matched_chance chance;
    aann_distances distances;
    aann_status status = find_chance(m, kind, &chance, error);
    if (status != AANN_OK) {
        return status;
    }
    status = kind == AANN_MEASURE_MATCHED
                 ? aann_distances_match_with(m->networks, count, m->options->restarts, threads,
                                             &distances, error)
                 : aann_distances_measure(m->networks, count, threads, &distances, error);
    if (status != AANN_OK) {
        return status;
    }
    for (int32_t i = 0; status == AANN_OK && i < m->spec->layer_count; i++) {
        status = add_distance(m, kind, i, distances.layers[i], chance.layers[i], error);
    }
    if (status == AANN_OK) {
        status = add_distance(m, kind, -1, distances.total, chance.total, error);
    }
    aann_distances_destroy(&distances);
    return status;
}

/* ---- null models of distances ---------------------------------------------------------------- */

static aann_status add_null(const measuring *m, aann_measure_kind kind, aann_null null,
                            aann_error *error)
{
    aann_null_options options = aann_null_options_default();
    options.matched = kind == AANN_MEASURE_MATCHED;
    options.restarts = m->options->restarts;
    options.threads = m->options->threads;
    aann_null_distances distances;
    const aann_status status =
        aann_null_measure(m->networks, m->measures->count, null, &options, &distances, error);
    for (int32_t i = 0; status == AANN_OK && i < m->measures->measure_count; i++) {
        aann_measure *measure = &m->measures->list[i];
        if (measure->kind == kind) {
            measure->nulls[null] =
                measure->layer >= 0 ? distances.layers[measure->layer] : distances.total;
        }
    }
    return status;
}

static aann_status add_nulls(const measuring *m, aann_error *error)
{
    aann_status status = AANN_OK;
    for (int null = 0; status == AANN_OK && null < AANN_NULL_COUNT; null++) {
        status = add_null(m, AANN_MEASURE_DISTANCE, (aann_null)null, error);
    }
    if (status == AANN_OK && m->options->match) {
        status = add_null(m, AANN_MEASURE_MATCHED, AANN_NULL_PLACES, error);
    }
    return status;
}

/* ---- answers --------------------------------------------------------------------------------- */

static aann_status add_agreement(aann_measures *measures, const aann_agreement *agreement,
                                 aann_error *error)
{
    const struct {
        const char *key;
        const double *values;
    } parts[] = {
        {"agreement", agreement->agreement},
        {"answer_kappa", agreement->answer_kappa},
        {"error_overlap", agreement->error_overlap},
        {"error_kappa", agreement->error_kappa},
    };
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        aann_measure *measure = add_measure(measures, AANN_MEASURE_ANSWERS, parts[i].key, -1);
        if (measure == NULL) {
            return no_memory(error);
        }
        memcpy(measure->values, parts[i].values, cell_count(measures) * sizeof *measure->values);
    }
    measures->accuracy = aann_allocate((size_t)measures->count, sizeof *measures->accuracy);
    if (measures->accuracy == NULL) {
        return no_memory(error);
    }
    memcpy(measures->accuracy, agreement->accuracy,
           (size_t)measures->count * sizeof *measures->accuracy);
    return AANN_OK;
}

static aann_status add_answers(const measuring *m, aann_error *error)
{
    const aann_predictions *predictions = m->predictions;
    size_t rows = 0;
    uint16_t *answers = NULL;
    if (aann_multiply_sizes((size_t)predictions->sample_count, (size_t)predictions->member_count,
                            &rows)) {
        answers = aann_allocate(rows, sizeof *answers);
    }
    if (answers == NULL) {
        return no_memory(error);
    }
    aann_logits_answers(predictions->logits, (int64_t)rows, predictions->outputs, answers);
    aann_agreement agreement;
    aann_status status = aann_agreement_measure(
        answers, m->samples->labels, predictions->member_count, predictions->sample_count,
        predictions->outputs, m->options->threads, &agreement, error);
    free(answers);
    if (status == AANN_OK) {
        status = add_agreement(m->measures, &agreement, error);
        aann_agreement_destroy(&agreement);
    }
    return status;
}

/* ---- similarity ------------------------------------------------------------------------------ */

enum { REFERENCES = 10 };

int32_t aann_measures_references(int32_t count)
{
    return count < REFERENCES ? count : REFERENCES;
}

/* Random networks behind the first found ones: networks[count], to be destroyed from place `found`
 * on. */
typedef struct reference_set {
    const aann_network *networks[2 * REFERENCES];
    aann_network *random[REFERENCES];
    double similarity[4 * REFERENCES * REFERENCES];
    int32_t found, count;
} reference_set;

static void clear_references(reference_set *set)
{
    for (int32_t i = 0; i < set->found; i++) {
        aann_network_destroy(set->random[i]);
    }
}

static aann_status make_references(const measuring *m, reference_set *set, aann_error *error)
{
    aann_status status = AANN_OK;
    *set = (reference_set){.found = aann_measures_references(m->measures->count)};
    set->count = 2 * set->found;
    for (int32_t i = 0; status == AANN_OK && i < set->found; i++) {
        set->networks[i] = m->networks[i];
        status = aann_network_create(m->spec, &set->random[i], error);
        if (status == AANN_OK) {
            aann_network_randomise(set->random[i], 0, (uint64_t)i);
            set->networks[set->found + i] = set->random[i];
        }
    }
    return status;
}

/* Mean and variance over the pairs of a random network and another random one, or a found one. */
static aann_status summarise_references(const reference_set *set, bool mixed, aann_chance *chance,
                                        aann_error *error)
{
    double values[REFERENCES * REFERENCES];
    int64_t count = 0;
    for (int32_t i = set->found; i < set->count; i++) {
        for (int32_t j = mixed ? 0 : set->found; j < (mixed ? set->found : i); j++) {
            values[count++] = set->similarity[i * set->count + j];
        }
    }
    aann_summary summary;
    const aann_status status = aann_summary_of_values(values, count, &summary, error);
    *chance = (aann_chance){summary.mean, summary.deviation * summary.deviation};
    return status;
}

static aann_status add_references(const measuring *m, const aann_samples *samples,
                                  const aann_similarity_options *how, aann_error *error)
{
    reference_set *set = aann_allocate_zeroed(1, sizeof *set);
    aann_status status = set != NULL ? make_references(m, set, error) : no_memory(error);
    for (int32_t i = 0; status == AANN_OK && i < m->measures->measure_count; i++) {
        aann_measure *measure = &m->measures->list[i];
        if (measure->kind != AANN_MEASURE_SIMILARITY) {
            continue;
        }
        status = aann_similarity_measure(set->networks, set->count, samples, measure->layer, how,
                                         set->similarity, error);
        if (status == AANN_OK) {
            status = summarise_references(set, false, &measure->chance, error);
        }
        if (status == AANN_OK) {
            status = summarise_references(set, true, &measure->mixed, error);
        }
    }
    if (set != NULL) {
        clear_references(set);
    }
    free(set);
    return status;
}

static aann_status add_similarity(const measuring *m, aann_error *error)
{
    aann_samples first = *m->samples;
    const int32_t limit = m->options->similarity_samples;
    first.count = first.count < limit ? first.count : limit;
    m->measures->similarity_samples = (int32_t)first.count;
    aann_similarity_options how = aann_similarity_options_default();
    how.unbiased = m->options->unbiased;
    how.threads = m->options->threads;
    aann_status status = AANN_OK;
    for (int32_t i = 0; status == AANN_OK && i < m->spec->layer_count; i++) {
        aann_measure *measure = add_measure(m->measures, AANN_MEASURE_SIMILARITY, "similarity", i);
        if (measure == NULL) {
            return no_memory(error);
        }
        status = aann_similarity_measure(m->networks, m->measures->count, &first, i, &how,
                                         measure->values, error);
    }
    return status == AANN_OK && m->options->references ? add_references(m, &first, &how, error)
                                                       : status;
}

/* ---- map and order --------------------------------------------------------------------------- */

/* From the raw distances. The root of a Hamming distance is a Euclidean distance (of the networks in
 * a space with three axes per weight), so classical scaling fits it without contradictions. */
static aann_status arrange(aann_measures *measures, aann_error *error)
{
    const size_t count = (size_t)measures->count;
    const aann_measure *distance = aann_measures_find(measures, "distance");
    double *roots = aann_allocate(count * count, sizeof *roots);
    measures->map = aann_allocate_zeroed(count, 2 * sizeof *measures->map);
    measures->order = aann_allocate_zeroed(count, sizeof *measures->order);
    measures->merges = aann_allocate_zeroed(count, sizeof *measures->merges);
    if (roots == NULL || measures->map == NULL || measures->order == NULL ||
        measures->merges == NULL) {
        free(roots);
        return no_memory(error);
    }
    for (size_t i = 0; i < count * count; i++) {
        roots[i] = sqrt(distance->values[i]);
    }
    aann_status status = aann_map_scale(roots, measures->count, 2, measures->map,
                                        measures->eigenvalues, &measures->share, error);
    free(roots);
    if (status == AANN_OK) {
        status = aann_cluster_average(distance->values, measures->count, measures->merges,
                                      measures->order, error);
    }
    return status;
}

/* ---- the whole ------------------------------------------------------------------------------- */

static aann_status check(const measuring *m, aann_error *error)
{
    const aann_predictions *predictions = m->predictions;
    const aann_samples *samples = m->samples;
    if (predictions != NULL && (samples == NULL || samples->labels == NULL ||
                                predictions->member_count != m->measures->count ||
                                predictions->sample_count != samples->count ||
                                predictions->outputs != m->spec->output_count)) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "the predictions are not those of %d networks with %d outputs on labelled "
                         "samples that are given",
                         m->measures->count, m->spec->output_count);
    }
    if (m->options->similarity_samples > 0 && samples == NULL) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "a similarity needs samples");
    }
    return AANN_OK;
}

static aann_status take(const measuring *m, aann_error *error)
{
    aann_measures *measures = m->measures;
    aann_status status = add_distances(m, AANN_MEASURE_DISTANCE, error);
    if (status == AANN_OK && m->options->match) {
        status = add_distances(m, AANN_MEASURE_MATCHED, error);
    }
    if (status == AANN_OK && m->options->nulls) {
        status = add_nulls(m, error);
    }
    if (status == AANN_OK && m->predictions != NULL) {
        status = add_answers(m, error);
    }
    if (status == AANN_OK && m->options->similarity_samples > 0) {
        status = add_similarity(m, error);
    }
    if (status == AANN_OK) {
        status = arrange(measures, error);
    }
    for (int32_t i = 0; status == AANN_OK && i < measures->measure_count; i++) {
        aann_measure *measure = &measures->list[i];
        status = aann_summary_of_pairs(measure->values, measures->count, &measure->summary, error);
    }
    return status;
}

aann_status aann_measures_take(const aann_network *const *networks, int32_t count,
                               const aann_predictions *predictions, const aann_samples *samples,
                               const aann_measures_options *options, aann_measures *measures,
                               aann_error *error)
{
    *measures = (aann_measures){.count = count};
    if (count < 2) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "measures of %d networks: expected 2 and more",
                         count);
    }
    const measuring m = {.networks = networks,
                         .spec = aann_network_spec(networks[0]),
                         .predictions = predictions,
                         .samples = samples,
                         .options = options,
                         .measures = measures};
    aann_status status = check(&m, error);
    if (status == AANN_OK) {
        status = take(&m, error);
    }
    if (status != AANN_OK) {
        aann_measures_destroy(measures);
    }
    return status;
}

void aann_measures_destroy(aann_measures *measures)
{
    for (int32_t i = 0; i < measures->measure_count; i++) {
        free(measures->list[i].values);
    }
    free(measures->accuracy);
    free(measures->map);
    free(measures->order);
    free(measures->merges);
    *measures = (aann_measures){0};
}

const aann_measure *aann_measures_find(const aann_measures *measures, const char *key)
{
    for (int32_t i = 0; i < measures->measure_count; i++) {
        if (strcmp(measures->list[i].key, key) == 0) {
            return &measures->list[i];
        }
    }
    return NULL;
}
