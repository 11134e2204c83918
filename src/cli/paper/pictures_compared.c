/* Pictures of what is compared: methods, distances beside null models, ensembles, drivers. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/paper/paper.h"
#include "cli/shared/message.h"
#include "cli/shared/pictures.h"

enum { TEXT_SIZE = 160, GRID = 60 };

/* ---- methods --------------------------------------------------------------------------------- */

/* Mean and range over the compared members, on a logarithmic grid of samples. */
static aann_status draw_learning(const paper *p, const paper_methods *methods, const char *subtitle,
                                 aann_error *error)
{
    double samples[GRID], x[GRID];
    double values[1 + PAPER_BASELINES][3][GRID];
    aann_picture_series series[1 + PAPER_BASELINES];
    double most = methods->samples;
    aann_status status = AANN_OK;
    for (int32_t i = 0; i < methods->count; i++) {
        most = fmax(most, methods->list[i].samples);
    }
    /* From before the budget that all have: the methods that end early are seen, too. */
    const double first = fmin(log10(most) - 1.6, log10(methods->samples) - 0.5);
    for (int32_t k = 0; k < GRID; k++) {
        x[k] = first + (log10(most) - first) * k / (GRID - 1);
        samples[k] = pow(10.0, x[k]);
    }
    for (int32_t i = 0; i < methods->count && status == AANN_OK; i++) {
        const paper_method *method = &methods->list[i];
        status = paper_learned(p, method, samples, GRID, values[i][0], values[i][1], values[i][2],
                               error);
        series[i] =
            (aann_picture_series){.name = aann_search_method_name(method->family->search.method),
                                  .x = x,
                                  .y = values[i][0],
                                  .low = values[i][1],
                                  .high = values[i][2],
                                  .count = GRID};
    }
    const aann_picture_frame frame = {.title = "Methods from the same starts (mean, band: range)",
                                      .subtitle = subtitle,
                                      .x_label = "samples evaluated (logarithm to base 10)",
                                      .y_label = paper_validation_label(p)};
    return status == AANN_OK ? cli_draw_lines(p->pictures, "baselines_learning", &frame, series,
                                              methods->count, error)
                             : status;
}

static aann_status draw_methods(const paper *p, const paper_answers *answers, const char *subtitle,
                                aann_error *error)
{
    const paper_methods *methods = answers->methods;
    aann_picture_bar bars[2 * (1 + PAPER_BASELINES)];
    char names[2 * (1 + PAPER_BASELINES)][64];
    int32_t count = 0;
    aann_status status = AANN_OK;
    for (int32_t i = 0; i < methods->count && status == AANN_OK; i++) {
        const paper_method *method = &methods->list[i];
        const double *both[] = {method->at_candidates, method->at_samples};
        static const char *const budgets[] = {"equal candidates", "equal samples"};
        for (int k = 0; k < 2 && status == AANN_OK; k++) {
            paper_summary summary;
            status = paper_summarise_values(both[k], method->members, &summary, error);
            snprintf(names[count], sizeof names[count], "%s, %s",
                     aann_search_method_name(method->family->search.method), budgets[k]);
            bars[count] = (aann_picture_bar){names[count], summary.members.mean, summary.mean.low,
                                             summary.mean.high};
            count += isnan(both[k][0]) ? 0 : 1; /* nothing to compare at this budget */
        }
    }
    const aann_picture_frame frame = {.title = "Methods from the same starts (mean, 95 %)",
                                      .subtitle = subtitle,
                                      .x_label = paper_validation_label(p)};
    if (status == AANN_OK) {
        status = paper_draw_bars(p, "baselines", &frame, bars, count, p->regression ? 4 : 1, error);
    }
    return status == AANN_OK ? draw_learning(p, methods, subtitle, error) : status;
}

/* ---- distances ------------------------------------------------------------------------------- */

/* Weights that pairs share beyond chance: what is left of it after each shuffle, and found. */
static aann_status draw_distances(const paper *p, const paper_answers *answers,
                                  const char *subtitle, aann_error *error)
{
    const aann_measures *measures = &answers->relations->measures;
    const aann_measure *raw = aann_measures_find(measures, "distance");
    const aann_measure *matched = aann_measures_find(measures, "matched");
    if (raw == NULL || matched == NULL) {
        return AANN_OK;
    }
    /* Pairs that share a member are not independent: as sure as so many disjoint ones. */
    const double pairs = fmax(1.0, floor(0.5 * measures->count));
    const double reference_pairs =
        fmax(1.0, floor(0.5 * aann_measures_references(measures->count)));
    const aann_chance found = {raw->summary.mean, raw->summary.deviation * raw->summary.deviation};
    const aann_chance both = {matched->summary.mean,
                              matched->summary.deviation * matched->summary.deviation};
    const struct {
        const char *name;
        const aann_measure *measure;
        const aann_chance *distance;
        double pairs;
    } rows[] = {
        {"degrees kept", raw, &raw->nulls[AANN_NULL_DEGREES], reference_pairs},
        {"places kept", raw, &raw->nulls[AANN_NULL_PLACES], reference_pairs},
        {"found", raw, &found, pairs},
        {"places kept, units matched", matched, &matched->nulls[AANN_NULL_PLACES], reference_pairs},
        {"found, units matched", matched, &both, pairs}};
    enum { ROWS = sizeof rows / sizeof rows[0] };
    aann_picture_bar bars[ROWS];
    for (size_t i = 0; i < ROWS; i++) {
        const double shared = rows[i].measure->chance.mean - rows[i].distance->mean;
        const double whisker = sqrt(rows[i].distance->variance / rows[i].pairs);
        bars[i] = (aann_picture_bar){rows[i].name, shared, shared - whisker, shared + whisker};
    }
    const aann_picture_frame frame = {
        .title = "Weights in which pairs agree more than random networks do",
        .subtitle = subtitle,
        .x_label = "chance minus mean distance (weights); whisker: standard error of n / 2 pairs"};
    return paper_draw_bars(p, "distances", &frame, bars, ROWS, 1, error);
}

static aann_status draw_ensemble(const paper *p, const paper_answers *answers, const char *subtitle,
                                 aann_error *error)
{
    const paper_relations *r = answers->relations;
    const size_t count = (size_t)r->ensemble_count;
    if (count < 2) {
        return AANN_OK;
    }
    double *values = malloc(3 * count * sizeof *values);
    if (values == NULL) {
        return cli_set_error(error, AANN_ERROR_MEMORY, "out of memory for a picture");
    }
    for (size_t i = 0; i < count; i++) {
        values[i] = (double)i + 1.0;
        values[count + i] = 100.0 * r->greedy[i];
        values[2 * count + i] = 100.0 * r->random[i];
    }
    const double ends[2] = {1.0, (double)count};
    const double alone[2] = {100.0 * r->best_alone, 100.0 * r->best_alone};
    const aann_picture_series series[] = {
        {.name = "chosen on validation", .x = values, .y = values + count, .count = (int64_t)count},
        {.name = "random (mean)", .x = values, .y = values + 2 * count, .count = (int64_t)count},
        {.name = "best on validation, alone",
         .x = ends,
         .y = alone,
         .count = 2,
         .mark = AANN_MARK_DASHES}};
    const aann_picture_frame frame = {.title = "Members that answer together",
                                      .subtitle = subtitle,
                                      .x_label = "members",
                                      .y_label = paper_score_label(p)};
    const aann_status status = cli_draw_lines(p->pictures, "ensemble", &frame, series, 3, error);
    free(values);
    return status;
}

/* ---- drivers --------------------------------------------------------------------------------- */

static double mean_reward(const aann_lap *laps, int32_t count)
{
    double sum = 0.0;
    for (int32_t i = 0; i < count; i++) {
        sum += laps[i].reward / count;
    }
    return sum;
}

static aann_status draw_families(const paper *p, const paper_drives *drives, const char *subtitle,
                                 aann_error *error)
{
    enum { MOST = PAPER_MOST_VALUES + 2 };
    aann_picture_bar bars[MOST];
    char names[MOST][48];
    int32_t count = 0;
    aann_status status = AANN_OK;
    for (int32_t i = 0; i < drives->count && status == AANN_OK && count < MOST - 1; i++) {
        const paper_drive *drive = &drives->list[i];
        const paper_family *family = &p->families[drive->family];
        paper_summary summary;
        double finished;
        if (drive->road != PAPER_ROAD_WHOLE) {
            continue;
        }
        status = paper_summarise_drive(p, drive, &summary, &finished, error);
        if (family->x < 0.0) {
            snprintf(names[count], sizeof names[count], "zeros differ by layer");
        } else {
            snprintf(names[count], sizeof names[count], "%g %% zeros in every layer", family->x);
        }
        bars[count] = (aann_picture_bar){names[count], summary.members.mean, summary.mean.low,
                                         summary.mean.high};
        count++;
    }
    bars[count++] =
        (aann_picture_bar){"the teacher", mean_reward(drives->expert, p->settings->driving.tracks),
                           (double)NAN, (double)NAN};
    const aann_picture_frame frame = {.title = "Families of drivers (mean, 95 %)",
                                      .subtitle = subtitle,
                                      .x_label = "mean reward on unseen tracks"};
    return status == AANN_OK ? paper_draw_bars(p, "drivers", &frame, bars, count, 0, error)
                             : status;
}

static aann_status draw_changed(const paper *p, const paper_drives *drives, const char *subtitle,
                                aann_error *error)
{
    paper_drive_summary list[PAPER_MOST_VALUES + 3];
    aann_picture_bar bars[PAPER_MOST_VALUES + 4];
    int32_t count = 0;
    aann_status status = paper_summarise_drives(p, drives, list, &count, error);
    for (int32_t i = 0; i < count; i++) {
        bars[i] = (aann_picture_bar){list[i].name, list[i].reward.members.mean,
                                     list[i].reward.mean.low, list[i].reward.mean.high};
    }
    bars[count] =
        (aann_picture_bar){"the teacher", mean_reward(drives->expert, p->settings->driving.tracks),
                           (double)NAN, (double)NAN};
    const aann_picture_frame frame = {.title = "Drivers that are changed (mean, 95 %)",
                                      .subtitle = subtitle,
                                      .x_label = "mean reward on unseen tracks"};
    return status == AANN_OK
               ? paper_draw_bars(p, "drivers_changed", &frame, bars, count + 1, 0, error)
               : status;
}

aann_status paper_draw_compared(const paper *p, const paper_answers *answers, aann_error *error)
{
    char spec[AANN_MAX_SPEC_LENGTH] = "";
    const paper_drives *drives = &answers->measures->drives;
    char subtitle[TEXT_SIZE];
    aann_status status = aann_spec_format(&p->spec, spec, sizeof spec, error);
    if (status == AANN_OK && answers->methods != NULL) {
        snprintf(subtitle, sizeof subtitle, "%d members of each, %.120s",
                 answers->methods->list[0].members, spec);
        status = draw_methods(p, answers, subtitle, error);
    }
    if (status == AANN_OK && answers->relations != NULL) {
        snprintf(subtitle, sizeof subtitle, "%d members, %.120s", paper_existence(p)->count, spec);
        status = draw_distances(p, answers, subtitle, error);
        if (status == AANN_OK) {
            status = draw_ensemble(p, answers, subtitle, error);
        }
    }
    if (status == AANN_OK && drives->count > 0) {
        const paper_family *first = &p->families[drives->list[0].family];
        snprintf(subtitle, sizeof subtitle, "%d members of each, %d tracks, %.100s", first->count,
                 p->settings->driving.tracks, first->spec.text);
        status = draw_families(p, drives, subtitle, error);
        if (status == AANN_OK) {
            status = draw_changed(p, drives, subtitle, error);
        }
    }
    return status;
}
