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

aann_status paper_draw_bars(const paper *p, const char *name, const aann_picture_frame *frame,
                            const aann_picture_bar *bars, int32_t count, int32_t decimals,
                            aann_error *error)
{
    aann_status status = AANN_OK;
    for (int format = 0; format < CLI_PICTURE_FORMATS && status == AANN_OK; format++) {
        char path[CLI_PICTURE_PATH];
        cli_picture_path(p->pictures, name, format, path);
        status = aann_picture_bars(path, frame, bars, count, decimals, error);
    }
    return status;
}

/* The mean, with the interval as its whisker. */
static aann_picture_bar bar_of(const char *name, const paper_summary *summary)
{
    return (aann_picture_bar){name, summary->members.mean, summary->mean.low, summary->mean.high};
}

/* ---- existence ------------------------------------------------------------------------------- */

/* A dashed line over the whole picture. */
static aann_picture_series level(const char *name, const double *x, const double *y)
{
    return (aann_picture_series){
        .name = name, .x = x, .y = y, .count = 2, .mark = AANN_MARK_DASHES};
}

/* A point per member: the score, validation, and what they are to be compared with. */
static aann_status draw_members(const paper *p, const paper_measures *m, const char *subtitle,
                                aann_error *error)
{
    const paper_family *family = paper_existence(p);
    const size_t count = (size_t)family->count;
    double *values = malloc(3 * count * sizeof *values);
    aann_picture_series series[5];
    int32_t used = 0;
    if (values == NULL) {
        return no_memory(error);
    }
    for (size_t i = 0; i < count; i++) {
        values[i] = (double)i + 1.0;
        values[count + i] = paper_score_of_member(p, &family->rows[i]);
        values[2 * count + i] = paper_validation_of_member(p, &family->rows[i]);
    }
    const double ends[2] = {0.5, (double)count + 0.5};
    double levels[3][2];
    series[used++] = (aann_picture_series){.name = p->settings->split,
                                           .x = values,
                                           .y = values + count,
                                           .count = family->count,
                                           .mark = AANN_MARK_POINTS};
    if (strcmp(p->settings->split, "validation") != 0) {
        series[used++] = (aann_picture_series){.name = "validation",
                                               .x = values,
                                               .y = values + 2 * count,
                                               .count = family->count,
                                               .mark = AANN_MARK_POINTS};
    }
    paper_summary shuffled;
    aann_status status = paper_summarise(
        p, m, paper_change(AANN_ABLATION_SHUFFLE, AANN_EVERY_LAYER, 0.0), &shuffled, error);
    const struct {
        const char *name;
        double y;
        bool there;
    } lines[] = {{"threshold", p->settings->existence_threshold,
                  !p->regression && p->settings->existence_threshold > 0.0},
                 {"best constant answer", m->guess, isfinite(m->guess)},
                 {"all wirings shuffled", shuffled.members.mean, isfinite(shuffled.members.mean)}};
    for (size_t i = 0; i < 3; i++) {
        levels[i][0] = levels[i][1] = lines[i].y;
        if (lines[i].there) {
            series[used++] = level(lines[i].name, ends, levels[i]);
        }
    }
    const aann_picture_frame frame = {.title = "A family: the score of every member",
                                      .subtitle = subtitle,
                                      .x_label = "member",
                                      .y_label = p->regression ? "loss" : "accuracy (%)"};
    if (status == AANN_OK) {
        status = cli_draw_lines(p->pictures, "existence", &frame, series, used, error);
    }
    free(values);
    return status;
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
                                      .y_label = paper_validation_label(p)};
    const aann_status status =
        cli_draw_histories(p->pictures, "learning", &frame, p->study, members, NULL, family->count,
                           CLI_HISTORY_STEPS, validation_history(p), error);
    free(members);
    return status;
}

/* ---- sweeps ---------------------------------------------------------------------------------- */

/* Where a family is drawn: sparse ones would be crowded on an axis of percent of zeros. */
static double place_of(const paper_family *family)
{
    return family->question == PAPER_SPARSITY ? log10(100.0 - family->x) : 100.0 * family->x;
}

/* Families of one question against their x: mean with its interval, and a point per member. */
static aann_status draw_sweep(const paper *p, const paper_measures *m, paper_question question,
                              const char *name, const aann_picture_frame *frame, aann_error *error)
{
    enum { MOST = PAPER_MOST_VALUES };
    double x[MOST], mean[MOST], low[MOST], high[MOST];
    int32_t count = 0;
    int64_t points = 0, next = 0;
    aann_status status = AANN_OK;
    for (int32_t f = 0; f < p->family_count; f++) {
        points += p->families[f].question == question ? p->families[f].count : 0;
    }
    double *each = malloc((size_t)(2 * points + 1) * sizeof *each);
    if (each == NULL) {
        return no_memory(error);
    }
    for (int32_t f = 0; f < p->family_count && status == AANN_OK; f++) {
        const paper_family *family = &p->families[f];
        if (family->question != question || count == MOST) {
            continue;
        }
        paper_summary summary;
        status = paper_summarise_family(p, family, PAPER_JUDGED, &summary, error);
        x[count] = place_of(family);
        mean[count] = summary.members.mean;
        low[count] = summary.mean.low;
        high[count++] = summary.mean.high;
        for (int32_t i = 0; i < family->count; i++) {
            each[next] = place_of(family);
            each[points + next++] = paper_score_of_member(p, &family->rows[i]);
        }
    }
    const double ends[2] = {count > 0 ? x[0] : 0.0, count > 0 ? x[count - 1] : 0.0};
    const double guess[2] = {m->guess, m->guess};
    const aann_picture_series series[3] = {
        {.name = "mean", .x = x, .y = mean, .low = low, .high = high, .count = count},
        {.name = "members", .x = each, .y = each + points, .count = next, .mark = AANN_MARK_POINTS},
        level("best constant answer", ends, guess)};
    if (status == AANN_OK && count > 0) {
        status =
            cli_draw_lines(p->pictures, name, frame, series, isfinite(m->guess) ? 3 : 2, error);
    }
    free(each);
    return status;
}

/* ---- changed members ------------------------------------------------------------------------- */

static aann_status draw_nulls(const paper *p, const paper_measures *m, const char *subtitle,
                              aann_error *error)
{
    static const char *const kept[AANN_NULL_COUNT] = {[AANN_NULL_UNITS] = "units keep counts",
                                                      [AANN_NULL_KERNELS] = "kernels keep counts",
                                                      [AANN_NULL_PLACES] = "places keep counts",
                                                      [AANN_NULL_DEGREES] = "degrees kept"};
    aann_picture_bar bars[MOST_SERIES + AANN_NULL_COUNT];
    char names[MOST_SERIES][72], label[PAPER_LABEL];
    int32_t count = 0;
    paper_summary summary;
    aann_status status =
        paper_summarise(p, m, paper_change(AANN_ABLATION_NONE, -1, 0.0), &summary, error);
    bars[count++] = bar_of("as found", &summary);
    for (int32_t place = 0; place <= p->spec.layer_count && status == AANN_OK; place++) {
        char layer[48];
        const int32_t index = place < p->spec.layer_count ? place : -1; /* all at last */
        status =
            paper_summarise(p, m, paper_change(AANN_ABLATION_SHUFFLE, index, 0.0), &summary, error);
        snprintf(names[count], sizeof names[count], "%s shuffled",
                 paper_layer_name(p, index, layer));
        bars[count] = bar_of(names[count], &summary);
        count++;
    }
    for (int32_t null = AANN_NULL_UNITS; null < AANN_NULL_COUNT && status == AANN_OK; null++) {
        if (paper_null_shuffles(&p->spec, (aann_null)null)) {
            status = paper_summarise_null(p, m, (aann_null)null, &summary, error);
            bars[count++] = bar_of(kept[null], &summary);
        }
    }
    if (isfinite(m->guess)) {
        bars[count++] =
            (aann_picture_bar){"best constant answer", m->guess, (double)NAN, (double)NAN};
    }
    const aann_picture_frame frame = {.title = "The same counts, another wiring (mean, 95 %)",
                                      .subtitle = subtitle,
                                      .x_label = paper_measured_label(p, label)};
    return status == AANN_OK
               ? paper_draw_bars(p, "nulls", &frame, bars, count, p->regression ? 4 : 1, error)
               : status;
}

/* One curve of lesions: of all layers, or of one. `total`: the axis is percent of all synapses. */
static aann_status lesion_series(const paper *p, const paper_measures *m, int32_t layer, bool total,
                                 double *memory, aann_picture_series *series, aann_error *error)
{
    const paper_numbers *percents = &p->settings->lesions;
    const size_t count = (size_t)percents->count;
    aann_status status = AANN_OK;
    for (size_t i = 0; i < count && status == AANN_OK; i++) {
        const aann_ablation change = paper_change(AANN_ABLATION_LESION, layer, percents->values[i]);
        paper_summary summary;
        status = paper_summarise(p, m, change, &summary, error);
        memory[i] = total ? 100.0 * paper_deleted(m, change) / (double)paper_synapses(&p->spec)
                          : percents->values[i];
        memory[count + i] = summary.members.mean;
        memory[2 * count + i] = summary.mean.low;
        memory[3 * count + i] = summary.mean.high;
    }
    *series = (aann_picture_series){.x = memory,
                                    .y = memory + count,
                                    .low = memory + 2 * count,
                                    .high = memory + 3 * count,
                                    .count = (int64_t)count};
    return status;
}

/* From layer `first` to `last`: all layers alone, or all of them beside each single one at equal
 * doses. */
static aann_status draw_lesion_curves(const paper *p, const paper_measures *m, const char *name,
                                      int32_t last, aann_picture_frame *frame, aann_error *error)
{
    const size_t count = (size_t)p->settings->lesions.count;
    double *memory = malloc(4 * count * (AANN_MAX_LAYERS + 1) * sizeof *memory);
    aann_picture_series series[MOST_SERIES];
    char names[MOST_SERIES][48], label[PAPER_LABEL];
    int32_t used = 0;
    aann_status status = memory != NULL ? AANN_OK : no_memory(error);
    for (int32_t layer = -1; layer <= last && status == AANN_OK; layer++, used++) {
        status = lesion_series(p, m, layer, last >= 0, memory + 4 * count * (size_t)(layer + 1),
                               &series[used], error);
        series[used].name = paper_layer_name(p, layer, names[used]);
    }
    const double guess[2] = {m->guess, m->guess};
    const double ends[2] = {p->settings->lesions.values[0], p->settings->lesions.values[count - 1]};
    if (isfinite(m->guess)) {
        series[used++] = level("best constant answer", ends, guess);
    }
    frame->y_label = paper_measured_label(p, label);
    if (status == AANN_OK) {
        status = cli_draw_lines(p->pictures, name, frame, series, used, error);
    }
    free(memory);
    return status;
}

static aann_status draw_lesions(const paper *p, const paper_measures *m, const char *subtitle,
                                aann_error *error)
{
    aann_picture_frame frame = {.title = "Synapses deleted at random (mean, band: 95 %)",
                                .subtitle = subtitle,
                                .x_label = "synapses deleted, of all layers together (%)"};
    const aann_status status = draw_lesion_curves(p, m, "lesions", -1, &frame, error);
    frame.title = "Where the deleted synapses are (mean, band: 95 %)";
    frame.x_label = "synapses deleted, in percent of those of the whole network";
    return status == AANN_OK
               ? draw_lesion_curves(p, m, "lesions_layers", p->spec.layer_count - 1, &frame, error)
               : status;
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Points: a line would go through w = 0, where every answer is constant. */
static aann_status draw_shared(const paper *p, const paper_measures *m, const char *subtitle,
                               aann_error *error)
{
    paper_numbers w = p->settings->shared_weights;
    qsort(w.values, (size_t)w.count, sizeof w.values[0], ascending);
    double mean[2][PAPER_MOST_VALUES];
    char label[PAPER_LABEL];
    aann_status status = AANN_OK;
    for (int32_t i = 0; i < 2 * w.count && status == AANN_OK; i++) {
        paper_summary summary;
        aann_ablation change = paper_change(AANN_ABLATION_SHARED_WEIGHT, -1, w.values[i / 2]);
        change.keep_signs = i % 2 == 1;
        status = paper_summarise(p, m, change, &summary, error);
        mean[i % 2][i / 2] = summary.members.mean;
    }
    const double ends[2] = {w.values[0], w.values[w.count - 1]};
    const double guess[2] = {m->guess, m->guess};
    const aann_picture_series series[3] = {{.name = "w times their signs",
                                            .x = w.values,
                                            .y = mean[1],
                                            .count = w.count,
                                            .mark = AANN_MARK_POINTS},
                                           {.name = "w for all",
                                            .x = w.values,
                                            .y = mean[0],
                                            .count = w.count,
                                            .mark = AANN_MARK_POINTS},
                                           level("best constant answer", ends, guess)};
    const aann_picture_frame frame = {.title = "One weight for all synapses (mean over members)",
                                      .subtitle = subtitle,
                                      .x_label = "shared weight w",
                                      .y_label = paper_measured_label(p, label)};
    return status == AANN_OK ? cli_draw_lines(p->pictures, "shared_weight", &frame, series,
                                              isfinite(m->guess) ? 3 : 2, error)
                             : status;
}

/* ---- all of them ----------------------------------------------------------------------------- */

static aann_status draw_sweeps(const paper *p, const paper_measures *m, const char *subtitle,
                               aann_error *error)
{
    aann_picture_frame frame = {
        .title = "Families at other sparsities (mean, band: 95 %)",
        .subtitle = subtitle,
        .x_label = "weights not 0, log10 of percent in every layer (0: 1 %, 1: 10 %, 2: all)",
        .y_label = paper_score_label(p)};
    aann_status status = draw_sweep(p, m, PAPER_SPARSITY, "sparsity", &frame, error);
    frame.title = "Families with other shares of +1 (mean, band: 95 %)";
    frame.x_label = "share of +1 among the weights that are not 0 (%)";
    return status == AANN_OK ? draw_sweep(p, m, PAPER_EXCITATORY, "excitatory", &frame, error)
                             : status;
}

aann_status paper_draw(const paper *p, const paper_answers *answers, aann_error *error)
{
    const paper_settings *s = p->settings;
    const paper_measures *m = answers->measures;
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
        {draw_members, family, true},
        {draw_learning, family, true},
        {draw_sweeps, p->spec.text, true},
        {draw_nulls, family, s->null_draws > 0},
        {draw_lesions, family, s->lesion_draws > 0},
        {draw_shared, family, s->shared_weights.count > 0},
    };
    for (size_t i = 0; i < sizeof pictures / sizeof pictures[0] && status == AANN_OK; i++) {
        if (pictures[i].asked) {
            status = pictures[i].draw(p, m, pictures[i].subtitle, error);
        }
    }
    return status;
}
