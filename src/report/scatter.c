/* Regressions: predictions against targets, in the user's units. */
#include <stdlib.h>

#include "core/memory.h"
#include "report/view.h"

enum { ROWS = 500, TARGETS = 8 };

/* Outputs of all voters, as they are drawn. */
typedef struct outputs {
    int32_t count;  /* outputs of a network */
    int64_t values; /* samples * count */
    double mean[AANN_MAX_TARGETS];
    double scale[AANN_MAX_TARGETS];
    aann_error units_unknown; /* why the numbers are the network's; no message: the user's */
    double *together;         /* [values]: the mean of the voters */
    double *one;              /* [values]: of one voter */
} outputs;

static void read_voter(const aann_report_view *view, outputs *o, int32_t voter)
{
    aann_logits_outputs(view->answers.predictions.logits + (size_t)voter * (size_t)o->values,
                        o->values, view->family.plan.search.output_scale, o->one);
}

static void average(const aann_report_view *view, outputs *o)
{
    const int32_t voters = view->answers.count;
    for (int32_t voter = 0; voter < voters; voter++) {
        read_voter(view, o, voter);
        for (int64_t i = 0; i < o->values; i++) {
            o->together[i] += o->one[i] / voters;
        }
    }
}

static int64_t row_count(const aann_report_view *view)
{
    const int64_t samples = view->answers.predictions.sample_count;
    return samples < ROWS ? samples : ROWS;
}

/* Equal steps through the samples. */
static int64_t sample_of_row(const aann_report_view *view, int64_t row)
{
    return row * view->answers.predictions.sample_count / row_count(view);
}

static void put_rows(aann_report_view *view, const char *key, const outputs *o, int32_t target,
                     const double *values)
{
    aann_json_open(&view->json, key, '[');
    for (int64_t row = 0; row < row_count(view); row++) {
        const int64_t place = sample_of_row(view, row) * o->count + target;
        const double value = values != NULL ? values[place] : (double)view->answers.targets[place];
        aann_json_real(&view->json, NULL, o->mean[target] + o->scale[target] * value, 6);
    }
    aann_json_close(&view->json, ']');
}

static void put_fit(aann_json *json, const aann_fit *fit)
{
    aann_json_real(json, "r2", fit->r2, AANN_JSON_EXACT);
    aann_json_real(json, "rmse", fit->rmse, AANN_JSON_EXACT);
    aann_json_real(json, "mae", fit->mae, AANN_JSON_EXACT);
}

static aann_status put_target(aann_report_view *view, outputs *o, int32_t target, aann_error *error)
{
    aann_json *json = &view->json;
    aann_fit fits[AANN_MAX_TARGETS];
    int32_t voters[AANN_REPORT_WIRED];
    const int32_t voter_count = aann_report_wired_voters(view, voters);
    const aann_samples judged = aann_report_judged(view);
    aann_status status = aann_outputs_fit(&judged, o->together, o->count, o->scale, fits, error);
    if (status != AANN_OK) {
        return status;
    }
    aann_json_open(json, NULL, '{');
    aann_report_put_target_name(view, "target", target);
    aann_json_text(json, "units_unknown",
                   o->units_unknown.message[0] != '\0' ? o->units_unknown.message : NULL);
    aann_json_integer(json, "samples", judged.count);
    aann_json_integer(json, "members", view->answers.count);
    put_fit(json, &fits[target]);
    put_rows(view, "true", o, target, NULL);
    put_rows(view, "predicted", o, target, o->together);
    aann_json_open(json, "id", '[');
    for (int32_t v = 0; v < voter_count; v++) {
        aann_json_integer(json, NULL,
                          aann_report_compared(view, view->answers.members[voters[v]])->id);
    }
    aann_json_close(json, ']');
    aann_json_open(json, "member", '[');
    for (int32_t v = 0; v < voter_count; v++) {
        read_voter(view, o, voters[v]);
        put_rows(view, NULL, o, target, o->one);
    }
    aann_json_close(json, ']');
    aann_json_open(json, "member_fit", '[');
    for (int32_t v = 0; status == AANN_OK && v < voter_count; v++) {
        read_voter(view, o, voters[v]);
        status = aann_outputs_fit(&judged, o->one, o->count, o->scale, fits, error);
        aann_json_open(json, NULL, '{');
        put_fit(json, &fits[target]);
        aann_json_close(json, '}');
    }
    aann_json_close(json, ']');
    aann_json_close(json, '}');
    return status;
}

static aann_status put_targets(aann_report_view *view, outputs *o, aann_error *error)
{
    const int32_t shown = o->count < TARGETS ? o->count : TARGETS;
    aann_status status = AANN_OK;
    if (aann_family_target_range(&view->family.row, o->count, o->mean, o->scale,
                                 &o->units_unknown) != AANN_OK) {
        for (int32_t i = 0; i < o->count; i++) {
            o->mean[i] = 0.0;
            o->scale[i] = 1.0;
        }
    }
    average(view, o);
    aann_json_open(&view->json, "scatter", '[');
    for (int32_t i = 0; status == AANN_OK && i < shown; i++) {
        status = put_target(view, o, i, error);
    }
    aann_json_close(&view->json, ']');
    return status;
}

aann_status aann_report_put_scatter(aann_report_view *view, aann_error *error)
{
    const aann_report_answers *answers = &view->answers;
    outputs o = {.count = view->family.spec.output_count};
    if (!view->regression) {
        aann_json_null(&view->json, "scatter");
        return AANN_OK;
    }
    if (answers->count == 0 || answers->targets == NULL || o.count > AANN_MAX_TARGETS) {
        aann_json_absent(&view->json, "scatter",
                         answers->count == 0 ? answers->absent
                         : answers->targets == NULL
                             ? view->absent
                             : "The network has more outputs than this page can name.");
        return AANN_OK;
    }
    o.values = answers->predictions.sample_count * o.count;
    o.together = aann_allocate_zeroed((size_t)o.values, sizeof *o.together);
    o.one = aann_allocate_zeroed((size_t)o.values, sizeof *o.one);
    const aann_status status = o.together != NULL && o.one != NULL ? put_targets(view, &o, error)
                                                                   : aann_report_no_memory(error);
    free(o.together);
    free(o.one);
    return status;
}
