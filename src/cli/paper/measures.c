/* What is done to the members of existence: one list of changes (shuffled wiring, lesions, one
 * weight for all synapses) and of null models, applied to each of them. Sections, tables and
 * pictures are made of the results.
 *
 * Members are independent; the draws of one member are not. So every summary is over members, and
 * the value of a member is its mean over the draws. No two members have a draw in common: a draw
 * deletes synapses by their numbers, so that its luck would be everybody's, and in no interval. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/paper/paper.h"
#include "cli/shared/members.h"
#include "cli/shared/message.h"
#include "cli/shared/stop.h"

/* ---- the list of changes --------------------------------------------------------------------- */

static void add_change(const paper *p, paper_measures *m, int32_t draw, aann_ablation change)
{
    change.seed = (uint64_t)p->settings->seed;
    change.draw = (uint64_t)draw;
    m->changes[m->change_count++] = change;
}

/* Shuffles or lesions by every amount, of every layer, `draws` times. */
static void add_draws(const paper *p, paper_measures *m, aann_ablation_kind kind, int32_t draws,
                      const double *amounts, int32_t amount_count)
{
    for (int32_t layer = AANN_EVERY_LAYER; layer < p->spec.layer_count; layer++) {
        for (int32_t draw = 0; draw < draws; draw++) {
            for (int32_t i = 0; i < amount_count; i++) {
                add_change(p, m, draw, paper_change(kind, layer, amounts[i]));
            }
        }
    }
}

static aann_status list_changes(const paper *p, paper_measures *m, aann_error *error)
{
    const paper_settings *s = p->settings;
    const double none = 0.0;
    const int64_t per_layer =
        s->null_draws + (int64_t)s->lesion_draws * s->lesions.count; /* and one for all layers */
    const int64_t count = 1 + (p->spec.layer_count + 1) * per_layer + 2 * s->shared_weights.count;
    const int64_t members = paper_existence(p)->count;
    m->changes = malloc((size_t)count * sizeof *m->changes);
    m->results = calloc((size_t)(count * members), sizeof *m->results);
    m->nulls = calloc((size_t)(AANN_NULL_COUNT * members * s->null_draws + 1), sizeof *m->nulls);
    if (m->changes == NULL || m->results == NULL || m->nulls == NULL) {
        return cli_set_error(error, AANN_ERROR_MEMORY, "out of memory for what is measured");
    }
    add_change(p, m, 0, paper_change(AANN_ABLATION_NONE, AANN_EVERY_LAYER, 0.0));
    add_draws(p, m, AANN_ABLATION_SHUFFLE, s->null_draws, &none, 1);
    add_draws(p, m, AANN_ABLATION_LESION, s->lesion_draws, s->lesions.values, s->lesions.count);
    for (int32_t i = 0; i < 2 * s->shared_weights.count; i++) {
        aann_ablation change = paper_change(AANN_ABLATION_SHARED_WEIGHT, AANN_EVERY_LAYER,
                                            s->shared_weights.values[i / 2]);
        change.keep_signs = i % 2 == 1;
        add_change(p, m, 0, change);
    }
    return AANN_OK;
}

aann_ablation paper_change_of_member(const paper *p, const paper_measures *m, int64_t member,
                                     int64_t change)
{
    aann_ablation own = m->changes[change];
    const int32_t draws = own.kind == AANN_ABLATION_SHUFFLE  ? p->settings->null_draws
                          : own.kind == AANN_ABLATION_LESION ? p->settings->lesion_draws
                                                             : 0;
    own.draw += (uint64_t)(member * draws);
    return own;
}

/* ---- measuring ------------------------------------------------------------------------------- */

static aann_status measure(const paper *p, const aann_network *network,
                           const aann_ablation *changes, int64_t count,
                           aann_ablation_result *results, aann_error *error)
{
    const aann_search_options *search = &paper_existence(p)->search;
    aann_ablation_options options = aann_ablation_options_default();
    options.scale = p->regression ? search->output_scale : search->loss_scale;
    options.target_weights = search->target_weight;
    options.threads = p->threads;
    options.isa = p->session.work.isa;
    options.interrupted = cli_stop_callback;
    const aann_status status =
        aann_ablation_measure(network, changes, count, &p->measured, &options, results, error);
    return status == AANN_INTERRUPTED
               ? cli_set_error(error, AANN_ERROR_IO, "stopped; everything found is stored")
               : status;
}

/* Shuffled copies that keep some structure; the uniform model is among the changes. */
static aann_status measure_nulls(const paper *p, const aann_network *network, int64_t member,
                                 paper_measures *m, aann_error *error)
{
    const int32_t draws = p->settings->null_draws;
    aann_status status = AANN_OK;
    for (int32_t null = AANN_NULL_UNITS; null < AANN_NULL_COUNT; null++) {
        for (int32_t draw = 0; draw < draws && status == AANN_OK; draw++) {
            aann_network *copy = NULL;
            aann_ablation_result result;
            status = aann_network_copy(network, &copy, error);
            if (status == AANN_OK) {
                status = aann_null_shuffle(copy, (aann_null)null, (uint64_t)p->settings->seed,
                                           (uint64_t)(member * draws + draw), error);
            }
            if (status == AANN_OK) {
                status = measure(p, copy, m->changes, 1, &result, error);
            }
            if (status == AANN_OK) {
                m->nulls[(null * paper_existence(p)->count + member) * draws + draw] = result.score;
            }
            aann_network_destroy(copy);
        }
    }
    return status;
}

static aann_status measure_distances(const paper *p, aann_network *const *networks, int32_t count,
                                     paper_measures *m, aann_error *error)
{
    aann_distances distances;
    m->chance = aann_chance_of_spec(&p->spec);
    aann_status status = aann_distances_measure((const aann_network *const *)networks, count,
                                                p->threads, &distances, error);
    if (status != AANN_OK) {
        return status;
    }
    double *values = malloc((size_t)count * (size_t)count * sizeof *values);
    if (values == NULL) {
        status = cli_set_error(error, AANN_ERROR_MEMORY, "out of memory for distances");
    } else {
        for (int64_t i = 0; i < (int64_t)count * count; i++) {
            values[i] = (double)distances.total[i];
        }
        status = aann_summary_of_pairs(values, count, &m->distance, error);
    }
    free(values);
    aann_distances_destroy(&distances);
    return status;
}

/* Counts the members that are above the threshold on samples that nothing has seen: each at a
 * probability of 5 % divided by their number, as `aann certify --together` does. */
static aann_status certify(const paper *p, paper_measures *m, aann_error *error)
{
    enum { PERCENT_OF_ERROR = 5 };
    const paper_family *family = paper_existence(p);
    const aann_samples *samples = aann_family_data_certification(p->data);
    const double threshold = p->settings->existence_threshold / 100.0;
    m->certified = -1;
    if (samples == NULL || samples->labels == NULL || !(threshold > 0.0)) {
        return AANN_OK;
    }
    m->certified = 0;
    m->certified_samples = samples->count;
    aann_status status = AANN_OK;
    for (int32_t i = 0; i < family->count && status == AANN_OK; i++) {
        aann_predictions predictions = {0};
        aann_predictions_request request = aann_predictions_request_default();
        request.ids = &family->rows[i].id;
        request.count = 1;
        request.split = "certification";
        request.samples = samples;
        request.threads = p->threads;
        status = aann_predictions_get(p->study, &request, &predictions, error);
        int64_t correct = 0;
        for (int64_t s = 0; status == AANN_OK && s < samples->count; s++) {
            correct += aann_logits_answer(predictions.logits + s * predictions.outputs,
                                          predictions.outputs) == samples->labels[s];
        }
        m->certified +=
            status == AANN_OK && aann_binomial_above(correct, samples->count, threshold) <=
                                     0.01 * PERCENT_OF_ERROR / family->count;
        aann_predictions_destroy(&predictions);
    }
    return status;
}

static aann_status measure_members(paper *p, paper_measures *m, aann_error *error)
{
    const paper_family *existence = paper_existence(p);
    aann_network **networks = calloc((size_t)existence->count, sizeof *networks);
    aann_status status = networks == NULL
                             ? cli_set_error(error, AANN_ERROR_MEMORY, "out of memory for networks")
                             : list_changes(p, m, error);
    aann_ablation *own = malloc((size_t)m->change_count * sizeof *own + 1);
    if (status == AANN_OK && own == NULL) {
        status = cli_set_error(error, AANN_ERROR_MEMORY, "out of memory for what is measured");
    }
    for (int32_t i = 0; i < existence->count && status == AANN_OK; i++) {
        status = aann_study_network(p->study, existence->rows[i].id, &networks[i], error);
        for (int64_t c = 0; status == AANN_OK && c < m->change_count; c++) {
            own[c] = paper_change_of_member(p, m, i, c);
        }
        if (status == AANN_OK) {
            status = measure(p, networks[i], own, m->change_count, m->results + i * m->change_count,
                             error);
        }
        if (status == AANN_OK) {
            status = measure_nulls(p, networks[i], i, m, error);
        }
    }
    if (status == AANN_OK) {
        status = measure_distances(p, networks, existence->count, m, error);
    }
    for (int32_t i = 0; networks != NULL && i < existence->count; i++) {
        aann_network_destroy(networks[i]);
    }
    free(networks);
    free(own);
    return status;
}

aann_status paper_measure(paper *p, paper_measures *m, aann_error *error)
{
    aann_status status = measure_members(p, m, error);
    double loss;
    aann_samples_constant_score(&p->measured, &paper_existence(p)->search, &loss, &m->guess);
    m->guess *= 100.0; /* percent */
    if (status == AANN_OK) {
        status = certify(p, m, error);
    }
    if (status == AANN_OK && p->settings->driving.asked) {
        status = paper_measure_drives(p, &m->drives, error);
    }
    return status;
}

void paper_measures_clear(paper_measures *m)
{
    free(m->changes);
    free(m->results);
    free(m->nulls);
    paper_drives_clear(&m->drives);
    *m = (paper_measures){.guess = (double)NAN};
}
