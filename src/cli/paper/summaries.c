/* Scores, their names, and summaries of them over independent members. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/paper/paper.h"
#include "cli/shared/members.h"
#include "cli/shared/message.h"

static const double confidence = 0.95;

static bool judges_test(const paper *p)
{
    return strcmp(p->settings->split, "test") == 0;
}

/* ---- scores ---------------------------------------------------------------------------------- */

double paper_validation_of_member(const paper *p, const aann_member_row *member)
{
    return p->regression ? member->validation_loss : 100.0 * member->validation_accuracy;
}

double paper_score_of_member(const paper *p, const aann_member_row *member)
{
    if (!judges_test(p)) {
        return paper_validation_of_member(p, member);
    }
    return p->regression ? member->test_loss : 100.0 * member->test_accuracy;
}

const char *paper_validation_label(const paper *p)
{
    return p->regression ? "loss on the validation split" : "accuracy on the validation split (%)";
}

const char *paper_score_label(const paper *p)
{
    return !judges_test(p) ? paper_validation_label(p)
           : p->regression ? "loss on the test split"
                           : "accuracy on the test split (%)";
}

const char *paper_measured_label(const paper *p, char text[PAPER_LABEL])
{
    if (p->measured.count == p->judged->count) {
        return paper_score_label(p);
    }
    snprintf(text, PAPER_LABEL, "%s on the first %lld samples of the %s split%s",
             p->regression ? "loss" : "accuracy", (long long)p->measured.count,
             judges_test(p) ? "test" : "validation", p->regression ? "" : " (%)");
    return text;
}

/* ---- summaries ------------------------------------------------------------------------------- */

aann_status paper_summarise_values(const double *values, int64_t count, paper_summary *summary,
                                   aann_error *error)
{
    summary->mean = aann_interval_of_mean(values, count, confidence);
    return aann_summary_of_values(values, count, &summary->members, error);
}

aann_ablation paper_change(aann_ablation_kind kind, int32_t layer, double amount)
{
    aann_ablation change = aann_ablation_default();
    change.kind = kind;
    change.layer = layer;
    change.amount = amount;
    return change;
}

static double value_of(const paper *p, const aann_score *score)
{
    return p->regression ? score->loss : 100.0 * score->accuracy;
}

static bool is_same(const aann_ablation *a, const aann_ablation *b)
{
    return a->kind == b->kind && a->layer == b->layer && a->amount == b->amount &&
           a->keep_signs == b->keep_signs;
}

aann_status paper_summarise(const paper *p, const paper_measures *m, aann_ablation change,
                            paper_summary *summary, aann_error *error)
{
    const int32_t members = paper_existence(p)->count;
    double *values = malloc((size_t)members * sizeof *values);
    if (values == NULL) {
        return cli_set_error(error, AANN_ERROR_MEMORY, "out of memory for a summary");
    }
    for (int32_t i = 0; i < members; i++) {
        double sum = 0.0;
        int64_t draws = 0;
        for (int64_t c = 0; c < m->change_count; c++) {
            if (is_same(&m->changes[c], &change)) {
                sum += value_of(p, &m->results[i * m->change_count + c].score);
                draws++;
            }
        }
        values[i] = draws > 0 ? sum / (double)draws : (double)NAN;
    }
    const aann_status status = paper_summarise_values(values, members, summary, error);
    free(values);
    return status;
}

aann_status paper_summarise_null(const paper *p, const paper_measures *m, aann_null null,
                                 paper_summary *summary, aann_error *error)
{
    const int32_t members = paper_existence(p)->count;
    const int32_t draws = p->settings->null_draws;
    double *values = malloc((size_t)members * sizeof *values);
    if (values == NULL) {
        return cli_set_error(error, AANN_ERROR_MEMORY, "out of memory for a summary");
    }
    for (int32_t i = 0; i < members; i++) {
        values[i] = 0.0;
        for (int32_t draw = 0; draw < draws; draw++) {
            const aann_score *score = &m->nulls[((int32_t)null * members + i) * draws + draw];
            values[i] += value_of(p, score) / draws;
        }
    }
    const aann_status status = paper_summarise_values(values, members, summary, error);
    free(values);
    return status;
}

bool paper_null_shuffles(const aann_spec *spec, aann_null null)
{
    bool any = null != AANN_NULL_KERNELS;
    for (int32_t i = 0; i < spec->layer_count; i++) {
        any = any || spec->layers[i].kernel_height * spec->layers[i].kernel_width > 1;
    }
    return any;
}

double paper_deleted(const paper_measures *m, aann_ablation change)
{
    for (int64_t c = 0; c < m->change_count; c++) {
        if (is_same(&m->changes[c], &change)) {
            return (double)m->results[c].deleted; /* of every member, at every draw */
        }
    }
    return (double)NAN;
}

int64_t paper_synapses(const aann_spec *spec)
{
    int64_t synapses = 0;
    for (int32_t i = 0; i < spec->layer_count; i++) {
        const aann_counts counts = aann_spec_counts(spec, i);
        synapses += counts.minus + counts.plus;
    }
    return synapses;
}

aann_status paper_summarise_family(const paper *p, const paper_family *family, paper_split split,
                                   paper_summary *summary, aann_error *error)
{
    double *values = malloc((size_t)family->count * sizeof *values);
    if (values == NULL) {
        return cli_set_error(error, AANN_ERROR_MEMORY, "out of memory for a summary");
    }
    for (int32_t i = 0; i < family->count; i++) {
        values[i] = split == PAPER_JUDGED ? paper_score_of_member(p, &family->rows[i])
                                          : paper_validation_of_member(p, &family->rows[i]);
    }
    const aann_status status = paper_summarise_values(values, family->count, summary, error);
    free(values);
    return status;
}

aann_status paper_summarise_drive(const paper *p, const paper_drive *drive, paper_summary *summary,
                                  double *finished, aann_error *error)
{
    const int32_t members = p->families[drive->family].count;
    const int32_t tracks = p->settings->driving.tracks;
    double *values = calloc((size_t)members, sizeof *values);
    if (values == NULL) {
        return cli_set_error(error, AANN_ERROR_MEMORY, "out of memory for a summary");
    }
    int64_t laps = 0;
    for (int32_t i = 0; i < members * tracks; i++) {
        values[i / tracks] += drive->laps[i].reward / tracks;
        laps += drive->laps[i].finished ? 1 : 0;
    }
    *finished = 100.0 * (double)laps / ((double)members * tracks);
    const aann_status status = paper_summarise_values(values, members, summary, error);
    free(values);
    return status;
}

/* ---- members --------------------------------------------------------------------------------- */

/* Above 0: `other` is to be preferred, by accuracy; of equal ones by loss. */
static double advantage(const aann_member_row *other, const aann_member_row *best, bool validated,
                        bool accuracy)
{
    const double by_accuracy = other->validation_accuracy - best->validation_accuracy;
    return accuracy && by_accuracy != 0.0 ? by_accuracy
           : validated                    ? best->validation_loss - other->validation_loss
                                          : best->train_loss - other->train_loss;
}

const aann_member_row *paper_best(const paper_family *family, int32_t members)
{
    const bool validated = aann_family_data_validation(family->data) != NULL;
    const bool accuracy = validated && !family->search.regression;
    const aann_member_row *best = &family->rows[0];
    for (int32_t i = 1; i < members; i++) {
        const aann_member_row *other = &family->rows[i];
        best = advantage(other, best, validated, accuracy) > 0.0 ? other : best;
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
    aann_free(rows);
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
