/* Methods compared at equal budgets.
 *
 * The members of all methods that are compared start from the same networks: the first ones of
 * every family under one seed. A candidate of one method costs another number of samples than that
 * of another, so there are two budgets: as many candidates as the search had, and the samples that
 * every member of every method evaluated. What a member had at either is read from its trace: the
 * last mark that is not beyond the budget. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/paper/paper.h"
#include "cli/shared/message.h"

static double score_of(const paper *p, const aann_trace_row *row)
{
    return p->regression ? row->validation_loss : 100.0 * row->validation_accuracy;
}

/* The score at the last mark within both budgets; NAN without one. */
static double score_within(const paper *p, const aann_trace_row *rows, size_t count,
                           double candidates, double samples)
{
    double score = (double)NAN;
    for (size_t i = 0; i < count && (double)rows[i].step <= candidates &&
                       (double)rows[i].evaluated_samples <= samples;
         i++) {
        score = isnan(score_of(p, &rows[i])) ? score : score_of(p, &rows[i]);
    }
    return score;
}

/* All members or none: those that have a mark within a budget are those whose candidates were cheap,
 * and their mean would be that of a selection. */
static void all_or_none(double *scores, int32_t count)
{
    bool all = true;
    for (int32_t i = 0; i < count; i++) {
        all = all && !isnan(scores[i]);
    }
    for (int32_t i = 0; i < count; i++) {
        scores[i] = all ? scores[i] : (double)NAN;
    }
}

static aann_status read_method(const paper *p, paper_methods *methods, paper_method *method,
                               aann_error *error)
{
    const paper_family *family = method->family;
    const size_t members = (size_t)method->members;
    method->best = paper_best(family, method->members);
    method->at_end = calloc(members, sizeof *method->at_end);
    method->at_candidates = calloc(members, sizeof *method->at_candidates);
    method->at_samples = calloc(members, sizeof *method->at_samples);
    if (method->at_end == NULL || method->at_candidates == NULL || method->at_samples == NULL) {
        return cli_set_error(error, AANN_ERROR_MEMORY, "out of memory for methods");
    }
    aann_status status = AANN_OK;
    for (int32_t i = 0; i < method->members && status == AANN_OK; i++) {
        aann_trace_row *rows = NULL;
        size_t count = 0;
        status = aann_study_trace(p->study, family->rows[i].id, &rows, &count, error);
        if (status == AANN_OK) {
            const double effort =
                count > 0 ? (double)rows[count - 1].evaluated_samples : (double)NAN;
            method->samples += effort / method->members;
            method->at_end[i] = score_within(p, rows, count, (double)INFINITY, (double)INFINITY);
            method->at_candidates[i] =
                (double)family->search.steps < methods->candidates
                    ? (double)NAN
                    : score_within(p, rows, count, methods->candidates, (double)INFINITY);
            method->at_samples[i] =
                score_within(p, rows, count, (double)INFINITY, methods->samples);
        }
        method->seconds += family->rows[i].seconds / method->members;
        method->train_loss += family->rows[i].train_loss / method->members;
        aann_free(rows);
    }
    all_or_none(method->at_candidates, method->members);
    all_or_none(method->at_samples, method->members);
    return status;
}

static bool is_compared(const paper_family *family)
{
    return family->question == PAPER_EXISTENCE || family->question == PAPER_BASELINE;
}

/* The samples that all compared members evaluated: those of the member with the fewest. */
static aann_status common_samples(const paper *p, int32_t members, double *samples,
                                  aann_error *error)
{
    aann_status status = AANN_OK;
    *samples = (double)INFINITY;
    for (int32_t f = 0; f < p->family_count; f++) {
        for (int32_t i = 0; is_compared(&p->families[f]) && i < members; i++) {
            double effort = 0.0;
            status = paper_effort(p, p->families[f].rows[i].id, &effort, error);
            if (status != AANN_OK) {
                return status;
            }
            *samples = fmin(*samples, effort);
        }
    }
    return status;
}

aann_status paper_compare_methods(const paper *p, paper_methods *methods, aann_error *error)
{
    const paper_family *existence = paper_existence(p);
    int32_t members = existence->count;
    for (int32_t f = 0; f < p->family_count; f++) {
        if (p->families[f].question == PAPER_BASELINE && p->families[f].count < members) {
            members = p->families[f].count;
        }
    }
    methods->candidates = (double)existence->search.steps;
    aann_status status = common_samples(p, members, &methods->samples, error);
    for (int32_t f = 0; f < p->family_count && status == AANN_OK; f++) {
        if (is_compared(&p->families[f])) {
            paper_method *method = &methods->list[methods->count++];
            method->family = &p->families[f];
            method->members = members;
            status = read_method(p, methods, method, error);
        }
    }
    return status;
}

void paper_methods_clear(paper_methods *methods)
{
    for (int32_t i = 0; i < methods->count; i++) {
        free(methods->list[i].at_end);
        free(methods->list[i].at_candidates);
        free(methods->list[i].at_samples);
    }
    *methods = (paper_methods){.count = 0};
}

aann_status paper_learned(const paper *p, const paper_method *method, const double *samples,
                          int32_t count, double *mean, double *low, double *high, aann_error *error)
{
    aann_status status = AANN_OK;
    for (int32_t k = 0; k < count; k++) {
        mean[k] = 0.0;
        low[k] = (double)INFINITY;
        high[k] = -(double)INFINITY;
    }
    for (int32_t i = 0; i < method->members && status == AANN_OK; i++) {
        aann_trace_row *rows = NULL;
        size_t marks = 0;
        status = aann_study_trace(p->study, method->family->rows[i].id, &rows, &marks, error);
        const double end =
            status == AANN_OK && marks > 0 ? (double)rows[marks - 1].evaluated_samples : 0.0;
        for (int32_t k = 0; k < count && status == AANN_OK; k++) {
            const double score = samples[k] <= 1.05 * end
                                     ? score_within(p, rows, marks, (double)INFINITY, samples[k])
                                     : (double)NAN;
            mean[k] += score / method->members;
            low[k] = isnan(score) ? low[k] : fmin(low[k], score);
            high[k] = isnan(score) ? high[k] : fmax(high[k], score);
        }
        aann_free(rows);
    }
    for (int32_t k = 0; k < count; k++) {
        low[k] = isnan(mean[k]) ? mean[k] : low[k];
        high[k] = isnan(mean[k]) ? mean[k] : high[k];
    }
    return status;
}
