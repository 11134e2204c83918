/* The pictures of an experiment, as PNG and SVG in DIR/pictures. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aann/picture.h"
#include "cli/paper/paper.h"
#include "cli/shared/members.h"
#include "cli/shared/message.h"
#include "cli/shared/pictures.h"

enum { TEXT_SIZE = 160, MOST_SERIES = AANN_MAX_LAYERS + 4 };

static aann_status no_memory(aann_error *error)
{
    return cli_set_error(error, AANN_ERROR_MEMORY, "out of memory for a picture");
}

static aann_status draw_bars(const paper *p, const char *name, const aann_picture_frame *frame,
                             const aann_picture_bar *bars, int32_t count, aann_error *error)
{
    aann_status status = AANN_OK;
    for (int format = 0; format < CLI_PICTURE_FORMATS && status == AANN_OK; format++) {
        char path[CLI_PICTURE_PATH];
        cli_picture_path(p->pictures, name, format, path);
        status = aann_picture_bars(path, frame, bars, count, p->regression ? 4 : 2, error);
    }
    return status;
}

/* ---- existence ------------------------------------------------------------------------------- */

static aann_status draw_histogram(const paper *p, const paper_measures *m, const char *subtitle,
                                  aann_error *error)
{
    (void)m;
    const paper_family *family = paper_existence(p);
    double *values = malloc((size_t)family->count * sizeof *values);
    if (values == NULL) {
        return no_memory(error);
    }
    for (int32_t i = 0; i < family->count; i++) {
        values[i] = paper_score_of_member(p, &family->rows[i]);
    }
    const aann_picture_frame frame = {.title = "A family: the score of its members",
                                      .subtitle = subtitle,
                                      .x_label = paper_score_label(p),
                                      .y_label = "members"};
    const aann_status status =
        cli_draw_values(p->pictures, "existence", &frame, values, family->count, NULL, error);
    free(values);
    return status;
}

static const char *validation_label(const paper *p)
{
    return p->regression ? "loss on the validation split" : "accuracy on the validation split (%)";
}

static cli_history validation_history(const paper *p)
{
    return p->regression ? CLI_HISTORY_VALIDATION_LOSS : CLI_HISTORY_VALIDATION_ACCURACY;
}

static aann_status draw_learning(const paper *p, const paper_measures *m, const char *subtitle,
                                 aann_error *error)
{
    (void)m;
    const paper_family *family = paper_existence(p);
    int64_t *members = malloc((size_t)family->count * sizeof *members);
    if (members == NULL) {
        return no_memory(error);
    }
    for (int32_t i = 0; i < family->count; i++) {
        members[i] = family->rows[i].id;
    }
    const aann_picture_frame frame = {.title = "How its members learned",
                                      .subtitle = subtitle,
                                      .x_label = "candidates (thousands)",
                                      .y_label = validation_label(p)};
    const aann_status status =
        cli_draw_histories(p->pictures, "learning", &frame, p->study, members, NULL, family->count,
                           CLI_HISTORY_STEPS, validation_history(p), error);
    free(members);
    return status;
}

/* ---- sweeps ---------------------------------------------------------------------------------- */

/* Families of one question against their x: mean, range, and a point per member. */
static aann_status draw_sweep(const paper *p, paper_question question, const char *name,
                              const aann_picture_frame *frame, double scale, aann_error *error)
{
    enum { MOST = PAPER_MOST_VALUES };
    double x[MOST], mean[MOST], low[MOST], high[MOST];
    int32_t count = 0;
    int64_t points = 0;
    aann_status status = AANN_OK;
    for (int32_t f = 0; f < p->family_count; f++) {
        points += p->families[f].question == question ? p->families[f].count : 0;
    }
    double *each = malloc((size_t)(2 * points + 1) * sizeof *each);
    if (each == NULL) {
        return no_memory(error);
    }
    int64_t next = 0;
    for (int32_t f = 0; f < p->family_count && status == AANN_OK; f++) {
        const paper_family *family = &p->families[f];
        if (family->question != question || count == MOST) {
            continue;
        }
        aann_summary summary;
        status = paper_summarise_family(p, family, PAPER_JUDGED, &summary, error);
        x[count] = scale * family->x;
        mean[count] = summary.mean;
        low[count] = summary.minimum;
        high[count++] = summary.maximum;
        for (int32_t i = 0; i < family->count; i++) {
            each[next] = scale * family->x;
            each[points + next++] = paper_score_of_member(p, &family->rows[i]);
        }
    }
    const aann_picture_series series[2] = {
        {.name = "mean", .x = x, .y = mean, .low = low, .high = high, .count = count},
        {.name = "members",
         .x = each,
         .y = each + points,
         .count = next,
         .mark = AANN_MARK_POINTS}};
    if (status == AANN_OK && count > 0) {
        status = cli_draw_lines(p->pictures, name, frame, series, 2, error);
    }
    free(each);
    return status;
}

/* ---- changed members ------------------------------------------------------------------------- */

static aann_status draw_nulls(const paper *p, const paper_measures *m, const char *subtitle,
                              aann_error *error)
{
    aann_picture_bar bars[MOST_SERIES];
    char names[MOST_SERIES][72];
    int32_t count = 0;
    aann_summary summary;
    aann_status status =
        paper_summarise(p, m, paper_change(AANN_ABLATION_NONE, -1, 0.0), &summary, error);
    bars[count++] = (aann_picture_bar){"as found", summary.mean, summary.minimum, summary.maximum};
    for (int32_t place = 0; place <= p->spec.layer_count && status == AANN_OK; place++) {
        char layer[48];
        const int32_t index = place < p->spec.layer_count ? place : -1; /* all at last */
        status =
            paper_summarise(p, m, paper_change(AANN_ABLATION_SHUFFLE, index, 0.0), &summary, error);
        snprintf(names[count], sizeof names[count], "%s shuffled",
                 paper_layer_name(p, index, layer));
        bars[count] =
            (aann_picture_bar){names[count], summary.mean, summary.minimum, summary.maximum};
        count++;
    }
    const aann_picture_frame frame = {.title = "The same counts, another wiring (mean and range)",
                                      .subtitle = subtitle,
                                      .x_label = paper_score_label(p)};
    return status == AANN_OK ? draw_bars(p, "nulls", &frame, bars, count, error) : status;
}

static aann_status draw_lesions(const paper *p, const paper_measures *m, const char *subtitle,
                                aann_error *error)
{
    const paper_numbers *percents = &p->settings->lesions;
    const size_t count = (size_t)percents->count;
    double *memory = malloc(count * (AANN_MAX_LAYERS + 4) * sizeof *memory);
    aann_picture_series series[MOST_SERIES];
    char names[MOST_SERIES][48];
    int32_t used = 0;
    aann_status status = memory != NULL ? AANN_OK : no_memory(error);
    for (int32_t layer = -1; layer < p->spec.layer_count && status == AANN_OK; layer++, used++) {
        double *mean = memory + count * (size_t)(layer + 3);
        for (size_t i = 0; i < count && status == AANN_OK; i++) {
            aann_summary summary;
            status = paper_summarise(p, m,
                                     paper_change(AANN_ABLATION_LESION, layer, percents->values[i]),
                                     &summary, error);
            mean[i] = summary.mean;
            const double spread = isfinite(summary.deviation) ? summary.deviation : 0.0;
            memory[i] = layer < 0 ? summary.mean - spread : memory[i];
            memory[count + i] = layer < 0 ? summary.mean + spread : memory[count + i];
        }
        series[used] = (aann_picture_series){.name = paper_layer_name(p, layer, names[used]),
                                             .x = percents->values,
                                             .y = mean,
                                             .low = layer < 0 ? memory : NULL,
                                             .high = layer < 0 ? memory + count : NULL,
                                             .count = percents->count};
    }
    double guess[2] = {m->guess, m->guess};
    const double ends[2] = {percents->values[0], percents->values[count - 1]};
    if (isfinite(m->guess)) {
        series[used++] = (aann_picture_series){
            .name = "best guess", .x = ends, .y = guess, .count = 2, .mark = AANN_MARK_DASHES};
    }
    const aann_picture_frame frame = {
        .title = "Synapses deleted at random (band: one standard deviation)",
        .subtitle = subtitle,
        .x_label = "synapses deleted (%)",
        .y_label = paper_score_label(p)};
    if (status == AANN_OK) {
        status = cli_draw_lines(p->pictures, "lesions", &frame, series, used, error);
    }
    free(memory);
    return status;
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

static aann_status draw_shared(const paper *p, const paper_measures *m, const char *subtitle,
                               aann_error *error)
{
    paper_numbers w = p->settings->shared_weights;
    qsort(w.values, (size_t)w.count, sizeof w.values[0], ascending);
    double mean[2][PAPER_MOST_VALUES];
    aann_status status = AANN_OK;
    for (int32_t i = 0; i < 2 * w.count && status == AANN_OK; i++) {
        aann_summary summary;
        aann_ablation change = paper_change(AANN_ABLATION_SHARED_WEIGHT, -1, w.values[i / 2]);
        change.keep_signs = i % 2 == 1;
        status = paper_summarise(p, m, change, &summary, error);
        mean[i % 2][i / 2] = summary.mean;
    }
    const double ends[2] = {w.values[0], w.values[w.count - 1]};
    const double guess[2] = {m->guess, m->guess};
    const aann_picture_series series[3] = {
        {.name = "w times their signs",
         .x = w.values,
         .y = mean[1],
         .count = w.count,
         .mark = AANN_MARK_POINTS},
        {.name = "w for all",
         .x = w.values,
         .y = mean[0],
         .count = w.count,
         .mark = AANN_MARK_POINTS},
        {.name = "best guess", .x = ends, .y = guess, .count = 2, .mark = AANN_MARK_DASHES}};
    const aann_picture_frame frame = {.title = "One weight for all synapses (mean over members)",
                                      .subtitle = subtitle,
                                      .x_label = "shared weight w",
                                      .y_label = paper_score_label(p)};
    return status == AANN_OK ? cli_draw_lines(p->pictures, "shared_weight", &frame, series,
                                              isfinite(m->guess) ? 3 : 2, error)
                             : status;
}

/* ---- baselines ------------------------------------------------------------------------------- */

static aann_status draw_baselines(const paper *p, const paper_measures *m, const char *subtitle,
                                  aann_error *error)
{
    (void)m;
    int64_t members[1 + PAPER_BASELINES];
    const char *names[1 + PAPER_BASELINES];
    aann_picture_bar bars[1 + PAPER_BASELINES];
    int32_t count = 0;
    aann_status status = AANN_OK;
    for (int32_t f = 0; f < p->family_count && status == AANN_OK; f++) {
        const paper_family *family = &p->families[f];
        if (family->question != PAPER_EXISTENCE && family->question != PAPER_BASELINE) {
            continue;
        }
        aann_summary summary;
        status = paper_summarise_family(p, family, PAPER_VALIDATION, &summary, error);
        members[count] = paper_best(p, family)->id;
        names[count] = aann_search_method_name(family->search.method);
        bars[count] =
            (aann_picture_bar){names[count], summary.mean, summary.minimum, summary.maximum};
        count++;
    }
    aann_picture_frame frame = {.title =
                                    "Methods: the best member of each, on the validation split",
                                .subtitle = subtitle,
                                .x_label = "samples evaluated (logarithm to base 10)",
                                .y_label = validation_label(p)};
    if (status == AANN_OK) {
        status =
            cli_draw_histories(p->pictures, "baselines_learning", &frame, p->study, members, names,
                               count, CLI_HISTORY_SAMPLES, validation_history(p), error);
    }
    frame = (aann_picture_frame){.title = "Methods: all members (mean and range)",
                                 .subtitle = subtitle,
                                 .x_label = validation_label(p)};
    return status == AANN_OK ? draw_bars(p, "baselines", &frame, bars, count, error) : status;
}

/* ---- all of them ----------------------------------------------------------------------------- */

static aann_status draw_sweeps(const paper *p, const paper_measures *m, const char *subtitle,
                               aann_error *error)
{
    (void)m;
    aann_picture_frame frame = {.title = "Families at other sparsities (band: least to largest)",
                                .subtitle = subtitle,
                                .x_label = "weights that are 0, in every layer (%)",
                                .y_label = paper_score_label(p)};
    aann_status status = draw_sweep(p, PAPER_SPARSITY, "sparsity", &frame, 1.0, error);
    frame.title = "Families with other shares of +1 (band: least to largest)";
    frame.x_label = "share of +1 among the weights that are not 0 (%)";
    return status == AANN_OK ? draw_sweep(p, PAPER_EXCITATORY, "excitatory", &frame, 100.0, error)
                             : status;
}

aann_status paper_draw(const paper *p, const paper_measures *m, aann_error *error)
{
    const paper_settings *s = p->settings;
    char spec[AANN_MAX_SPEC_LENGTH] = "";
    char family[TEXT_SIZE];
    aann_status status = aann_spec_format(&p->spec, spec, sizeof spec, error);
    snprintf(family, sizeof family, "%d members, %.120s", s->existence_members, spec);
    const struct {
        aann_status (*draw)(const paper *p, const paper_measures *m, const char *subtitle,
                            aann_error *error);
        const char *subtitle;
        bool asked;
    } pictures[] = {
        {draw_histogram, family, true},
        {draw_learning, family, true},
        {draw_sweeps, p->spec.text, true},
        {draw_nulls, family, s->null_draws > 0},
        {draw_lesions, family, s->lesion_draws > 0},
        {draw_shared, family, s->shared_weights.count > 0},
        {draw_baselines, spec, s->baseline_members > 0},
    };
    for (size_t i = 0; i < sizeof pictures / sizeof pictures[0] && status == AANN_OK; i++) {
        if (pictures[i].asked) {
            status = pictures[i].draw(p, m, pictures[i].subtitle, error);
        }
    }
    return status;
}
