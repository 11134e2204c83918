/* What members answer to a split: read from the study if they are stored, otherwise computed from
 * the samples. Without the data set, stored predictions still tell which members answer alike; and
 * where the study has the samples' labels or targets, too, who is right. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"
#include "report/view.h"

/* Bytes that the logits of all voters together may take. */
static const int64_t logits_limit = INT64_C(1) << 29;

/* How many members answer, as far as memory goes. */
static int32_t voter_limit(const aann_report_view *view, int64_t samples)
{
    const int64_t bytes = samples * view->family.spec.output_count * (int64_t)sizeof(int32_t);
    const int64_t fit = logits_limit / (bytes > 0 ? bytes : 1);
    int64_t limit = view->compared_count;
    limit = limit < AANN_REPORT_VOTERS ? limit : AANN_REPORT_VOTERS;
    return (int32_t)(limit < fit ? limit : fit);
}

static aann_status allocate(aann_report_view *view, int32_t limit, int64_t samples,
                            aann_error *error)
{
    aann_report_answers *answers = &view->answers;
    aann_predictions *predictions = &answers->predictions;
    size_t values = 0;
    *predictions =
        (aann_predictions){.sample_count = samples, .outputs = view->family.spec.output_count};
    if (aann_multiply_sizes((size_t)samples, (size_t)predictions->outputs, &values) &&
        aann_multiply_sizes(values, (size_t)limit, &values)) {
        predictions->logits = aann_allocate(values, sizeof *predictions->logits);
    }
    answers->members = aann_allocate((size_t)limit, sizeof *answers->members);
    return predictions->logits != NULL && answers->members != NULL ? AANN_OK
                                                                   : aann_report_no_memory(error);
}

/* The place for the next member's logits. */
static int32_t *next_logits(const aann_report_answers *answers)
{
    const aann_predictions *predictions = &answers->predictions;
    return predictions->logits + (size_t)answers->count * (size_t)predictions->sample_count *
                                     (size_t)predictions->outputs;
}

/* ---- with the samples ------------------------------------------------------------------------ */

static aann_status compute(aann_report_view *view, int32_t limit, aann_error *error)
{
    aann_report_answers *answers = &view->answers;
    const size_t values = (size_t)view->samples->count * (size_t)view->family.spec.output_count;
    aann_predictions_request request = aann_predictions_request_default();
    request.count = 1;
    request.split = view->split;
    request.samples = view->samples;
    request.threads = view->options->threads;
    aann_status status = AANN_OK;
    for (int32_t i = 0; status == AANN_OK && i < limit; i++) {
        aann_predictions one;
        request.ids = &aann_report_compared(view, i)->id;
        status = aann_report_step(view, "asking members", i, limit);
        if (status == AANN_OK) {
            status = aann_predictions_get(view->study, &request, &one, error);
        }
        if (status == AANN_OK) {
            memcpy(next_logits(answers), one.logits, values * sizeof *one.logits);
            answers->members[answers->count++] = i;
            aann_predictions_destroy(&one);
        }
    }
    return status;
}

/* ---- without them ---------------------------------------------------------------------------- */

/* Labels that no network of the family could answer, or targets that are no numbers, are a
 * stranger's: they count as unknown. */
static bool is_sane(const aann_report_answers *answers)
{
    const aann_predictions *predictions = &answers->predictions;
    const int64_t samples = predictions->sample_count;
    bool sane = true;
    for (int64_t i = 0; answers->stored_labels != NULL && i < samples; i++) {
        const int32_t label = answers->stored_labels[i];
        sane = sane && label >= 0 && label < predictions->outputs;
    }
    for (int64_t i = 0; answers->stored_targets != NULL && i < samples * predictions->outputs;
         i++) {
        sane = sane && isfinite(answers->stored_targets[i]);
    }
    return sane;
}

/* What the samples of these predictions really are, if the study has that. */
static aann_status read_truth(aann_report_view *view, const aann_prediction *prediction,
                              aann_error *error)
{
    aann_report_answers *answers = &view->answers;
    const aann_truth truth = {.split = view->split,
                              .samples = prediction->samples,
                              .sample_count = prediction->sample_count,
                              .targets = view->regression ? prediction->outputs : 0};
    const aann_status status =
        aann_study_load_truth(view->study, view->family.row.id, &truth, &answers->stored_labels,
                              &answers->stored_targets, error);
    if (status == AANN_OK && is_sane(answers)) {
        answers->labels = answers->stored_labels;
        answers->targets = answers->stored_targets;
    }
    return status;
}

/* Members with predictions on the same samples as the first member that has any. */
static aann_status read_stored(aann_report_view *view, aann_error *error)
{
    aann_report_answers *answers = &view->answers;
    aann_prediction first = {.split = NULL};
    aann_status status = AANN_OK;
    char fingerprint[AANN_PREDICTION_NAME_SIZE] = "";
    int32_t limit = view->compared_count;
    for (int32_t i = 0; status == AANN_OK && i < view->compared_count && answers->count < limit;
         i++) {
        const int64_t id = aann_report_compared(view, i)->id;
        bool found = false;
        if (first.split == NULL) {
            aann_prediction stored = {.split = view->split, .samples = fingerprint};
            status =
                aann_study_find_prediction(view->study, id, &stored, fingerprint, &found, error);
            if (status != AANN_OK || !found || stored.outputs != view->family.spec.output_count) {
                continue;
            }
            first = stored;
            limit = voter_limit(view, stored.sample_count);
            status = allocate(view, limit, stored.sample_count, error);
        }
        if (status == AANN_OK && limit > 0) {
            status = aann_study_load_prediction(view->study, id, &first, next_logits(answers),
                                                &found, error);
        }
        if (status == AANN_OK && limit > 0 && found) {
            answers->members[answers->count++] = i;
        }
    }
    return status == AANN_OK && answers->count > 0 ? read_truth(view, &first, error) : status;
}

/* ---- both ------------------------------------------------------------------------------------ */

static aann_status find_classes(aann_report_view *view, aann_error *error)
{
    aann_report_answers *answers = &view->answers;
    const aann_predictions *predictions = &answers->predictions;
    const size_t rows = (size_t)predictions->sample_count * (size_t)answers->count;
    if (view->regression || answers->count == 0) {
        return AANN_OK;
    }
    answers->classes = aann_allocate(rows, sizeof *answers->classes);
    if (answers->classes == NULL) {
        return aann_report_no_memory(error);
    }
    aann_logits_answers(predictions->logits, (int64_t)rows, predictions->outputs, answers->classes);
    return AANN_OK;
}

static void say_why_absent(aann_report_view *view)
{
    aann_report_answers *answers = &view->answers;
    if (view->compared_count == 0) {
        snprintf(answers->absent, sizeof answers->absent, "No member has begun yet.");
    } else if (view->samples == NULL) {
        snprintf(answers->absent, sizeof answers->absent, "%.500s", view->absent);
    } else {
        snprintf(answers->absent, sizeof answers->absent,
                 "The answers of one member alone would take more than %lld MB.",
                 (long long)(logits_limit >> 20));
    }
}

aann_status aann_report_answers_read(aann_report_view *view, aann_error *error)
{
    aann_report_answers *answers = &view->answers;
    aann_status status = AANN_OK;
    if (view->samples != NULL) {
        const int32_t limit = voter_limit(view, view->samples->count);
        answers->labels = view->samples->labels;
        answers->targets = view->samples->target_count == view->family.spec.output_count
                               ? view->samples->targets
                               : NULL;
        status = limit > 0 ? allocate(view, limit, view->samples->count, error) : AANN_OK;
        if (status == AANN_OK) {
            status = compute(view, limit, error);
        }
    } else {
        status = read_stored(view, error);
    }
    answers->predictions.member_count = answers->count;
    if (status == AANN_OK && answers->count == 0) {
        say_why_absent(view);
    }
    return status == AANN_OK ? find_classes(view, error) : status;
}

aann_samples aann_report_judged(const aann_report_view *view)
{
    const aann_report_answers *answers = &view->answers;
    const int32_t outputs = answers->predictions.outputs;
    return (aann_samples){.shape = view->family.row.input,
                          .count = answers->predictions.sample_count,
                          .labels = answers->labels,
                          .class_count = answers->labels != NULL ? outputs : 0,
                          .targets = answers->targets,
                          .target_count = answers->targets != NULL ? outputs : 0};
}

int32_t aann_report_wired_voters(const aann_report_view *view, int32_t *voters)
{
    int32_t count = 0;
    for (int32_t w = 0; w < view->wired_count; w++) {
        for (int32_t m = 0; m < view->answers.count; m++) {
            if (view->answers.members[m] == view->wired[w]) {
                voters[count++] = m;
            }
        }
    }
    return count;
}
