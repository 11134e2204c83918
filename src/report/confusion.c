/* Which classes are taken for which, and which samples only one member gets wrong. */
#include <stdlib.h>

#include "aann/ensemble.h"
#include "core/memory.h"
#include "report/view.h"

enum { CLASS_LIMIT = 50 };

static void put_counts(aann_json *json, const char *key, const int64_t *counts, int32_t classes)
{
    aann_json_integers(json, key, counts, (int64_t)classes * classes);
}

static void put_matrices(aann_report_view *view, int64_t *counts, const int32_t *vote)
{
    const aann_report_answers *answers = &view->answers;
    const aann_predictions *predictions = &answers->predictions;
    const int32_t classes = predictions->outputs;
    const size_t cells = (size_t)classes * (size_t)classes;
    const int32_t shown =
        answers->count < AANN_REPORT_COMPARED ? answers->count : AANN_REPORT_COMPARED;
    const aann_samples judged = aann_report_judged(view);
    aann_json *json = &view->json;
    aann_json_open(json, "confusion", '{');
    aann_json_integer(json, "classes", classes);
    aann_json_open(json, "id", '[');
    for (int32_t i = 0; i < shown; i++) {
        aann_json_integer(json, NULL, aann_report_compared(view, answers->members[i])->id);
    }
    aann_json_close(json, ']');
    aann_json_open(json, "counts", '[');
    for (int32_t i = 0; i < shown; i++) {
        aann_logits_confusion(&judged,
                              predictions->logits +
                                  (size_t)i * (size_t)predictions->sample_count * (size_t)classes,
                              classes, counts);
        put_counts(json, NULL, counts, classes);
    }
    aann_json_close(json, ']');
    for (size_t cell = 0; cell < cells; cell++) {
        counts[cell] = 0;
    }
    for (int64_t i = 0; i < predictions->sample_count; i++) {
        counts[(size_t)answers->labels[i] * (size_t)classes + (size_t)vote[i]]++;
    }
    put_counts(json, "all", counts, classes);
    aann_json_close(json, '}');
}

static aann_status put_confusion(aann_report_view *view, aann_error *error)
{
    const aann_predictions *predictions = &view->answers.predictions;
    const size_t cells = (size_t)predictions->outputs * (size_t)predictions->outputs;
    int64_t *counts = aann_allocate_zeroed(cells, sizeof *counts);
    int32_t *vote = aann_allocate((size_t)predictions->sample_count, sizeof *vote);
    aann_status status = counts != NULL && vote != NULL ? AANN_OK : aann_report_no_memory(error);
    if (status == AANN_OK) {
        status = aann_ensemble_answer(predictions, AANN_ENSEMBLE_VOTE, vote, error);
    }
    if (status == AANN_OK) {
        put_matrices(view, counts, vote);
    }
    free(counts);
    free(vote);
    return status;
}

/* How many of a member's wrong answers nobody else has wrong. */
static aann_status put_errors(aann_report_view *view, aann_error *error)
{
    const aann_report_answers *answers = &view->answers;
    const int64_t samples = answers->predictions.sample_count;
    int32_t *wrong = aann_allocate_zeroed((size_t)samples, sizeof *wrong);
    int64_t *counts = aann_allocate_zeroed((size_t)answers->count, 2 * sizeof *counts);
    if (wrong == NULL || counts == NULL) {
        free(wrong);
        free(counts);
        return aann_report_no_memory(error);
    }
    int64_t *only = counts + answers->count;
    for (int32_t pass = 0; pass < 2; pass++) {
        for (int32_t m = 0; m < answers->count; m++) {
            const uint16_t *classes = answers->classes + (size_t)m * (size_t)samples;
            for (int64_t i = 0; i < samples; i++) {
                const bool is_wrong = classes[i] != answers->labels[i];
                wrong[i] += pass == 0 && is_wrong;
                counts[m] += pass == 0 && is_wrong;
                only[m] += pass == 1 && is_wrong && wrong[i] == 1;
            }
        }
    }
    int64_t nobody = 0;
    for (int64_t i = 0; i < samples; i++) {
        nobody += wrong[i] == answers->count;
    }
    aann_json *json = &view->json;
    aann_json_open(json, "errors", '{');
    aann_json_open(json, "id", '[');
    for (int32_t m = 0; m < answers->count; m++) {
        aann_json_integer(json, NULL, aann_report_compared(view, answers->members[m])->id);
    }
    aann_json_close(json, ']');
    aann_json_integer(json, "samples", samples);
    aann_json_integer(json, "all_wrong", nobody);
    aann_json_integers(json, "count", counts, answers->count);
    aann_json_integers(json, "only", only, answers->count);
    aann_json_close(json, '}');
    free(wrong);
    free(counts);
    return AANN_OK;
}

aann_status aann_report_put_confusion(aann_report_view *view, aann_error *error)
{
    const aann_report_answers *answers = &view->answers;
    aann_json *json = &view->json;
    if (view->regression) {
        aann_json_null(json, "confusion");
        aann_json_null(json, "errors");
        return AANN_OK;
    }
    if (answers->count == 0 || answers->labels == NULL) {
        aann_json_absent(json, "confusion", answers->count == 0 ? answers->absent : view->absent);
        aann_json_null(json, "errors");
        return AANN_OK;
    }
    aann_status status = AANN_OK;
    if (answers->predictions.outputs <= CLASS_LIMIT) {
        status = put_confusion(view, error);
    } else {
        aann_json_absent(json, "confusion",
                         "More than 50 classes: aann show STUDY ID --json has the matrix.");
    }
    return status == AANN_OK ? put_errors(view, error) : status;
}
