/* Members that answer together: accuracy against their number, as `aann ensemble` measures it. */
#include <stdlib.h>

#include "aann/ensemble.h"
#include "core/memory.h"
#include "report/view.h"

/* Those of `aann ensemble`. */
enum { SIZES = 50, DRAWS = 20, SEED = 1, CURVES = 4 };

/* Accuracy of all voters together. */
static aann_status put_all(aann_report_view *view, aann_ensemble_method method, aann_error *error)
{
    const aann_report_answers *answers = &view->answers;
    const int64_t samples = answers->predictions.sample_count;
    int32_t *classes = aann_allocate((size_t)samples, sizeof *classes);
    if (classes == NULL) {
        return aann_report_no_memory(error);
    }
    const aann_status status = aann_ensemble_answer(&answers->predictions, method, classes, error);
    int64_t right = 0;
    for (int64_t i = 0; status == AANN_OK && i < samples; i++) {
        right += classes[i] == answers->labels[i];
    }
    free(classes);
    aann_json_real(&view->json, "all", (double)right / (double)samples, AANN_JSON_EXACT);
    return status;
}

static aann_status put_method(aann_report_view *view, aann_ensemble_method method, int32_t length,
                              aann_error *error)
{
    const aann_report_answers *answers = &view->answers;
    aann_json *json = &view->json;
    double numbers[CURVES][SIZES];
    const aann_ensemble_spread spread = {numbers[0], numbers[1], numbers[2], numbers[3]};
    const aann_status status = aann_ensemble_sample(&answers->predictions, answers->labels, method,
                                                    SEED, DRAWS, length, &spread, error);
    if (status != AANN_OK) {
        return status;
    }
    aann_json_reals(json, "mean", numbers[0], length, AANN_JSON_EXACT);
    aann_json_reals(json, "deviation", numbers[1], length, AANN_REPORT_DRAWN_DIGITS);
    aann_json_reals(json, "low", numbers[2], length, AANN_JSON_EXACT);
    aann_json_reals(json, "high", numbers[3], length, AANN_JSON_EXACT);
    return put_all(view, method, error);
}

aann_status aann_report_put_votes(aann_report_view *view, aann_error *error)
{
    const aann_report_answers *answers = &view->answers;
    aann_json *json = &view->json;
    if (view->regression || answers->count == 1) {
        aann_json_null(json, "votes");
        return AANN_OK;
    }
    if (answers->count == 0 || answers->labels == NULL) {
        aann_json_absent(json, "votes", answers->count == 0 ? answers->absent : view->absent);
        return AANN_OK;
    }
    const int32_t length = answers->count < SIZES ? answers->count : SIZES;
    aann_status status = aann_report_step(view, "letting members vote", 0, 2);
    aann_json_open(json, "votes", '{');
    aann_json_integer(json, "members", answers->count);
    aann_json_integer(json, "draws", DRAWS);
    aann_json_open(json, "count", '[');
    for (int32_t i = 1; i <= length; i++) {
        aann_json_integer(json, NULL, i);
    }
    aann_json_close(json, ']');
    if (status == AANN_OK) {
        status = put_method(view, AANN_ENSEMBLE_VOTE, length, error);
    }
    if (status == AANN_OK) {
        status = aann_report_step(view, "letting members vote", 1, 2);
    }
    aann_json_open(json, "sum", '{');
    if (status == AANN_OK) {
        status = put_method(view, AANN_ENSEMBLE_SUM, length, error);
    }
    aann_json_close(json, '}');
    aann_json_close(json, '}');
    return status;
}
