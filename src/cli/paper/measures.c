/* What is done to the members of existence: one list of changes (shuffled wiring, lesions, one
 * weight for all synapses), applied to each of them. Tables, pictures and the report are made of
 * results. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "aann/path.h"
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
    if (m->changes == NULL || m->results == NULL) {
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

aann_ablation paper_change(aann_ablation_kind kind, int32_t layer, double amount)
{
    aann_ablation change = aann_ablation_default();
    change.kind = kind;
    change.layer = layer;
    change.amount = amount;
    return change;
}

/* ---- measuring ------------------------------------------------------------------------------- */

static aann_status measure_member(const paper *p, const aann_network *network, int64_t index,
                                  paper_measures *m, aann_error *error)
{
    const aann_search_options *search = &paper_existence(p)->search;
    aann_ablation_options options = aann_ablation_options_default();
    options.scale = p->regression ? search->output_scale : search->loss_scale;
    options.target_weights = search->target_weight;
    options.threads = p->threads;
    options.isa = p->session.work.isa;
    options.interrupted = cli_stop_callback;
    const aann_status status =
        aann_ablation_measure(network, m->changes, m->change_count, &p->measured, &options,
                              m->results + index * m->change_count, error);
    return status == AANN_INTERRUPTED
               ? cli_set_error(error, AANN_ERROR_IO, "stopped; everything found is stored")
               : status;
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

aann_status paper_measure(paper *p, paper_measures *m, aann_error *error)
{
    const paper_family *existence = paper_existence(p);
    aann_network **networks = calloc((size_t)existence->count, sizeof *networks);
    aann_status status = networks == NULL
                             ? cli_set_error(error, AANN_ERROR_MEMORY, "out of memory for networks")
                             : list_changes(p, m, error);
    for (int32_t i = 0; i < existence->count && status == AANN_OK; i++) {
        status = aann_study_network(p->study, existence->rows[i].id, &networks[i], error);
        if (status == AANN_OK) {
            status = measure_member(p, networks[i], i, m, error);
        }
    }
    if (status == AANN_OK) {
        status = measure_distances(p, networks, existence->count, m, error);
    }
    double loss;
    aann_samples_constant_score(&p->measured, &existence->search, &loss, &m->guess);
    m->guess *= 100.0; /* percent */
    for (int32_t i = 0; networks != NULL && i < existence->count; i++) {
        aann_network_destroy(networks[i]);
    }
    free(networks);
    return status;
}

void paper_measures_clear(paper_measures *m)
{
    free(m->changes);
    free(m->results);
    *m = (paper_measures){.guess = (double)NAN};
}

/* ---- summaries ------------------------------------------------------------------------------- */

double paper_score_of_member(const paper *p, const aann_member_row *member)
{
    const bool test = strcmp(p->settings->split, "test") == 0;
    if (p->regression) {
        return test ? member->test_loss : member->validation_loss;
    }
    return 100.0 * (test ? member->test_accuracy : member->validation_accuracy);
}

static double validation_of_member(const paper *p, const aann_member_row *member)
{
    return p->regression ? member->validation_loss : 100.0 * member->validation_accuracy;
}

const char *paper_score_label(const paper *p)
{
    const bool test = strcmp(p->settings->split, "test") == 0;
    return p->regression
               ? (test ? "loss on the test split" : "loss on the validation split")
               : (test ? "accuracy on the test split (%)" : "accuracy on the validation split (%)");
}

aann_status paper_summarise(const paper *p, const paper_measures *m, aann_ablation change,
                            aann_summary *summary, aann_error *error)
{
    const int64_t results = paper_existence(p)->count * m->change_count;
    double *values = malloc((size_t)results * sizeof *values);
    if (values == NULL) {
        return cli_set_error(error, AANN_ERROR_MEMORY, "out of memory for a summary");
    }
    int64_t count = 0;
    for (int64_t i = 0; i < results; i++) {
        const aann_ablation *found = &m->changes[i % m->change_count];
        if (found->kind == change.kind && found->layer == change.layer &&
            found->amount == change.amount && found->keep_signs == change.keep_signs) {
            const aann_score *score = &m->results[i].score;
            values[count++] = p->regression ? score->loss : 100.0 * score->accuracy;
        }
    }
    const aann_status status = aann_summary_of_values(values, count, summary, error);
    free(values);
    return status;
}

aann_status paper_summarise_family(const paper *p, const paper_family *family, paper_split split,
                                   aann_summary *summary, aann_error *error)
{
    double *values = malloc((size_t)family->count * sizeof *values);
    if (values == NULL) {
        return cli_set_error(error, AANN_ERROR_MEMORY, "out of memory for a summary");
    }
    for (int32_t i = 0; i < family->count; i++) {
        values[i] = split == PAPER_JUDGED ? paper_score_of_member(p, &family->rows[i])
                                          : validation_of_member(p, &family->rows[i]);
    }
    const aann_status status = aann_summary_of_values(values, family->count, summary, error);
    free(values);
    return status;
}

const aann_member_row *paper_best(const paper *p, const paper_family *family)
{
    const bool validated = aann_family_data_validation(p->data) != NULL;
    const aann_member_row *best = &family->rows[0];
    for (int32_t i = 1; i < family->count; i++) {
        const aann_member_row *other = &family->rows[i];
        const double difference = p->regression || !validated
                                      ? (validated ? best->validation_loss - other->validation_loss
                                                   : best->train_loss - other->train_loss)
                                      : other->validation_accuracy - best->validation_accuracy;
        best = difference > 0.0 ? other : best;
    }
    return best;
}

aann_status paper_effort(const paper *p, int64_t member, double *samples, aann_error *error)
{
    aann_trace_row *rows = NULL;
    size_t count = 0;
    *samples = (double)NAN;
    const aann_status status = aann_study_trace(p->study, member, &rows, &count, error);
    if (status == AANN_OK && count > 0) {
        *samples = (double)rows[count - 1].evaluated_samples;
    }
    free(rows);
    return status;
}

const char *paper_layer_name(const paper *p, int32_t layer, char text[48])
{
    if (layer < 0) {
        snprintf(text, 48, "all layers");
    } else {
        aann_layer_name(&p->spec.layers[layer], text, 48);
    }
    return text;
}
