/* Taking all pairwise measures of a family, from the library's matrices to named ones. */
#include "cli/shared/measures.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/shared/message.h"

/* Adds a measure with a matrix still to be filled; NULL for lack of memory. */
static cli_measure *add_measure(cli_measures *measures, cli_measure_kind kind, const char *key,
                                int32_t layer, const char *title)
{
    cli_measure *measure = &measures->list[measures->measure_count];
    *measure = (cli_measure){.kind = kind};
    if (layer >= 0) {
        snprintf(measure->key, sizeof measure->key, "%s_layer%d", key, layer);
    } else {
        snprintf(measure->key, sizeof measure->key, "%s", key);
    }
    snprintf(measure->title, sizeof measure->title, "%s", title);
    measure->values =
        calloc((size_t)measures->count * (size_t)measures->count, sizeof *measure->values);
    if (measure->values == NULL) {
        return NULL;
    }
    measures->measure_count++;
    return measure;
}

static aann_status no_memory(aann_error *error)
{
    return cli_set_error(error, AANN_ERROR_MEMORY, "out of memory for comparing the members");
}

static aann_status add_distance(cli_measures *measures, const cli_family *opened,
                                cli_measure_kind kind, int32_t layer, const int64_t *distances,
                                aann_error *error)
{
    char name[32] = "all layers";
    if (layer >= 0) {
        aann_layer_name(&opened->family.spec.layers[layer], name, sizeof name);
    }
    cli_measure *measure = add_measure(
        measures, kind, kind == CLI_MEASURE_MATCHED ? "matched" : "distance", layer, name);
    if (measure == NULL) {
        return no_memory(error);
    }
    for (size_t i = 0; i < (size_t)measures->count * (size_t)measures->count; i++) {
        measure->values[i] = (double)distances[i];
    }
    measure->layer = layer;
    measure->chance = layer >= 0 ? aann_chance_of_layer(&opened->family.spec, layer)
                                 : aann_chance_of_spec(&opened->family.spec);
    return AANN_OK;
}

/* What matching alone achieves: the matched distances of pairs of random networks with the same
 * counts. There is no formula for them, so they are sampled, always the same ones. */
static aann_status sample_matched_chance(cli_measures *measures, const cli_family *opened,
                                         aann_error *error)
{
    enum { NETWORKS = 10 };
    aann_network *networks[NETWORKS] = {NULL};
    aann_distances distances = {0};
    aann_status status = AANN_OK;
    for (int32_t i = 0; status == AANN_OK && i < NETWORKS; i++) {
        status = aann_network_create(&opened->family.spec, &networks[i], error);
        if (status == AANN_OK) {
            aann_network_randomise(networks[i], 0, (uint64_t)i);
        }
    }
    if (status == AANN_OK) {
        status = aann_distances_match((const aann_network *const *)networks, NETWORKS,
                                      opened->threads, &distances, error);
    }
    for (int32_t i = 0; status == AANN_OK && i < measures->measure_count; i++) {
        cli_measure *measure = &measures->list[i];
        if (measure->kind == CLI_MEASURE_MATCHED) {
            const int64_t *from =
                measure->layer >= 0 ? distances.layers[measure->layer] : distances.total;
            double matrix[NETWORKS * NETWORKS];
            aann_summary summary;
            for (int32_t k = 0; k < NETWORKS * NETWORKS; k++) {
                matrix[k] = (double)from[k];
            }
            status = aann_summary_of_pairs(matrix, NETWORKS, &summary, error);
            measure->chance = (aann_chance){summary.mean, summary.deviation * summary.deviation};
        }
    }
    aann_distances_destroy(&distances);
    for (int32_t i = 0; i < NETWORKS; i++) {
        aann_network_destroy(networks[i]);
    }
    return status;
}

static aann_status add_distances(cli_measures *measures, const cli_family *opened,
                                 cli_measure_kind kind, const aann_network *const *networks,
                                 aann_error *error)
{
    aann_distances distances;
    aann_status status = kind == CLI_MEASURE_MATCHED
                             ? aann_distances_match(networks, opened->family.member_count,
                                                    opened->threads, &distances, error)
                             : aann_distances_measure(networks, opened->family.member_count,
                                                      opened->threads, &distances, error);
    if (status != AANN_OK) {
        return status;
    }
    for (int32_t layer = 0; status == AANN_OK && layer < opened->family.spec.layer_count; layer++) {
        status = add_distance(measures, opened, kind, layer, distances.layers[layer], error);
    }
    if (status == AANN_OK) {
        status = add_distance(measures, opened, kind, -1, distances.total, error);
    }
    aann_distances_destroy(&distances);
    if (status == AANN_OK && kind == CLI_MEASURE_MATCHED) {
        status = sample_matched_chance(measures, opened, error);
    }
    return status;
}

/* Takes a matrix over from the library. */
static aann_status add_answers(cli_measures *measures, const char *key, const char *title,
                               const double *values, aann_error *error)
{
    cli_measure *measure = add_measure(measures, CLI_MEASURE_ANSWERS, key, -1, title);
    if (measure == NULL) {
        return no_memory(error);
    }
    memcpy(measure->values, values,
           (size_t)measures->count * (size_t)measures->count * sizeof *values);
    return AANN_OK;
}

static aann_status add_agreement(cli_measures *measures, const aann_agreement *agreement,
                                 aann_error *error)
{
    aann_status status = add_answers(measures, "agreement", "same answer (share of samples)",
                                     agreement->agreement, error);
    if (status == AANN_OK) {
        status = add_answers(measures, "answer_kappa", "kappa of the answers",
                             agreement->answer_kappa, error);
    }
    if (status == AANN_OK) {
        status = add_answers(measures, "error_overlap", "shared errors (of all errors of two)",
                             agreement->error_overlap, error);
    }
    if (status == AANN_OK) {
        status = add_answers(measures, "error_kappa", "kappa of the errors", agreement->error_kappa,
                             error);
    }
    if (status == AANN_OK) {
        measures->accuracy = malloc((size_t)measures->count * sizeof *measures->accuracy);
        if (measures->accuracy == NULL) {
            return no_memory(error);
        }
        memcpy(measures->accuracy, agreement->accuracy,
               (size_t)measures->count * sizeof *measures->accuracy);
    }
    return status;
}

static aann_status compare_answers(cli_measures *measures, cli_family *opened,
                                   const aann_predictions *predictions, aann_error *error)
{
    const aann_samples *samples = aann_family_data_split(opened->data, measures->split);
    const int64_t rows = predictions->sample_count * predictions->member_count;
    uint16_t *answers = malloc((size_t)rows * sizeof *answers);
    if (answers == NULL) {
        return no_memory(error);
    }
    aann_logits_answers(predictions->logits, rows, predictions->outputs, answers);
    aann_agreement agreement;
    aann_status status = aann_agreement_measure(answers, samples->labels, predictions->member_count,
                                                predictions->sample_count, predictions->outputs,
                                                opened->threads, &agreement, error);
    free(answers);
    if (status == AANN_OK) {
        status = add_agreement(measures, &agreement, error);
        aann_agreement_destroy(&agreement);
    }
    return status;
}

static aann_status take_answers(cli_measures *measures, cli_family *opened, const char *split,
                                aann_error *error)
{
    const bool has_test = aann_family_data_test(opened->data) != NULL;
    measures->split = split != NULL ? split : has_test ? "test" : "validation";
    const aann_samples *samples = aann_family_data_split(opened->data, measures->split);
    if (samples != NULL && samples->labels == NULL) {
        return AANN_OK; /* a regression: there are no answers to be right or wrong */
    }
    aann_predictions predictions;
    aann_status status = cli_family_predict(opened, measures->split, &predictions, error);
    if (status != AANN_OK) {
        return status;
    }
    measures->samples = predictions.sample_count;
    measures->computed = predictions.computed;
    status = compare_answers(measures, opened, &predictions, error);
    aann_predictions_destroy(&predictions);
    return status;
}

/* On the first samples of the split. */
static aann_status take_similarity(cli_measures *measures, const cli_family *opened,
                                   const aann_network *const *networks,
                                   const cli_measure_options *options, aann_error *error)
{
    aann_samples sample = *aann_family_data_split(opened->data, measures->split);
    sample.count =
        sample.count < options->similarity_samples ? sample.count : options->similarity_samples;
    measures->similarity_samples = (int32_t)sample.count;
    aann_similarity_options how = aann_similarity_options_default();
    how.unbiased = options->unbiased;
    how.threads = opened->threads;
    aann_status status = AANN_OK;
    for (int32_t layer = 0; status == AANN_OK && layer < opened->family.spec.layer_count; layer++) {
        char name[32];
        aann_layer_name(&opened->family.spec.layers[layer], name, sizeof name);
        cli_measure *measure =
            add_measure(measures, CLI_MEASURE_SIMILARITY, "similarity", layer, name);
        if (measure == NULL) {
            return no_memory(error);
        }
        status = aann_similarity_measure(networks, opened->family.member_count, &sample, layer,
                                         &how, measure->values, error);
    }
    return status;
}

/* Map and order, from the raw distances. The root of a Hamming distance is a Euclidean distance (of
 * the networks in a space with three axes per weight), so classical scaling fits it without
 * contradictions. */
static aann_status arrange(cli_measures *measures, aann_error *error)
{
    const size_t count = (size_t)measures->count;
    const cli_measure *distance = cli_measures_find(measures, "distance");
    double *roots = malloc(count * count * sizeof *roots);
    measures->map = calloc(count, 2 * sizeof *measures->map);
    measures->order = calloc(count, sizeof *measures->order);
    measures->merges = calloc(count, sizeof *measures->merges);
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

static aann_status take_all(cli_family *opened, const aann_network *const *networks,
                            const cli_measure_options *options, cli_measures *measures,
                            aann_error *error)
{
    aann_status status = add_distances(measures, opened, CLI_MEASURE_DISTANCE, networks, error);
    if (status == AANN_OK && options->match) {
        status = add_distances(measures, opened, CLI_MEASURE_MATCHED, networks, error);
    }
    if (status == AANN_OK) {
        status = take_answers(measures, opened, options->split, error);
    }
    if (status == AANN_OK && options->similarity_samples > 0) {
        status = take_similarity(measures, opened, networks, options, error);
    }
    if (status == AANN_OK) {
        status = arrange(measures, error);
    }
    for (int32_t i = 0; status == AANN_OK && i < measures->measure_count; i++) {
        cli_measure *measure = &measures->list[i];
        status = aann_summary_of_pairs(measure->values, measures->count, &measure->summary, error);
    }
    return status;
}

aann_status cli_measures_take(cli_family *opened, const cli_measure_options *options,
                              cli_measures *measures, aann_error *error)
{
    *measures = (cli_measures){.count = opened->family.member_count};
    return take_all(opened, (const aann_network *const *)opened->family.networks, options, measures,
                    error);
}

void cli_measures_clear(cli_measures *measures)
{
    for (int32_t i = 0; i < measures->measure_count; i++) {
        free(measures->list[i].values);
    }
    free(measures->accuracy);
    free(measures->map);
    free(measures->order);
    free(measures->merges);
    *measures = (cli_measures){0};
}

const cli_measure *cli_measures_find(const cli_measures *measures, const char *key)
{
    for (int32_t i = 0; i < measures->measure_count; i++) {
        if (strcmp(measures->list[i].key, key) == 0) {
            return &measures->list[i];
        }
    }
    return NULL;
}
