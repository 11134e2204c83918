/* What is left of the members when their wiring is shuffled, when synapses are deleted, when all
 * have one weight? */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/paper/paper.h"
#include "cli/shared/members.h"

/* ---- shuffles -------------------------------------------------------------------------------- */

static aann_status add_shuffled_layers(const paper *p, const paper_measures *m, json_t *section,
                                       aann_error *error)
{
    paper_summary summary;
    char name[48], cell[80];
    aann_status status = AANN_OK;
    for (int32_t place = 0; place <= p->spec.layer_count && status == AANN_OK; place++) {
        const int32_t layer = place < p->spec.layer_count ? place : AANN_EVERY_LAYER;
        status =
            paper_summarise(p, m, paper_change(AANN_ABLATION_SHUFFLE, layer, 0.0), &summary, error);
        snprintf(cell, sizeof cell, "%s shuffled", paper_layer_name(p, layer, name));
        paper_add_summary(paper_add_row(section, cell), &summary);
    }
    return status;
}

static aann_status add_nulls(const paper *p, const paper_measures *m, json_t *section,
                             aann_error *error)
{
    static const char *const kept[AANN_NULL_COUNT] = {
        [AANN_NULL_UNITS] = "all layers shuffled, but the counts of every unit kept",
        [AANN_NULL_KERNELS] = "... of every kernel kept",
        [AANN_NULL_PLACES] = "... of every class and place kept, in the dense layers",
        [AANN_NULL_DEGREES] = "... of every unit and every input kept (degrees)"};
    paper_summary summary;
    aann_status status = AANN_OK;
    for (int32_t null = AANN_NULL_UNITS; null < AANN_NULL_COUNT && status == AANN_OK; null++) {
        if (paper_null_shuffles(&p->spec, (aann_null)null)) {
            status = paper_summarise_null(p, m, (aann_null)null, &summary, error);
            paper_add_summary(paper_add_row(section, kept[null]), &summary);
        }
    }
    return status;
}

static aann_status ask_nulls(const paper *p, const paper_measures *m, json_t *sections,
                             aann_error *error)
{
    paper_summary summary;
    char label[PAPER_LABEL];
    const int64_t first = paper_existence(p)->rows[0].id;
    if (p->settings->null_draws == 0) {
        return AANN_OK;
    }
    json_t *section = paper_add_section(
        sections, "Is it the wiring?",
        "Null models: the weights of a layer, or of each layer, in a random order; %d orders for "
        "each of the %d members, no two of them alike, whose mean is the member's value. The counts "
        "stay, the wiring goes; the models below \"all layers\" keep some of it. Scores: %s.",
        p->settings->null_draws, paper_existence(p)->count, paper_measured_label(p, label));
    paper_add_column(section, "", -1);
    paper_add_summary_columns(section, paper_decimals(p));
    aann_status status =
        paper_summarise(p, m, paper_change(AANN_ABLATION_NONE, -1, 0.0), &summary, error);
    paper_add_summary(paper_add_row(section, "as found"), &summary);
    if (status == AANN_OK) {
        status = add_shuffled_layers(p, m, section, error);
    }
    if (status == AANN_OK) {
        status = add_nulls(p, m, section, error);
    }
    if (isfinite(m->guess)) {
        json_t *row = paper_add_row(section, "best constant answer");
        paper_add_text(row, "");
        paper_add_number(row, m->guess);
        for (int i = 0; i < 5; i++) {
            paper_add_text(row, "");
        }
    }
    paper_add_note(section, "Every evaluation is a line of `nulls.csv` or `nulls_kept.csv`. One of "
                            "them (on the whole split), and its weights:");
    paper_add_picture(section, "nulls");
    paper_add_command(section,
                      "aann eval study.aann %" PRId64
                      " --shuffle --layer 0 --draw 0 --draw-seed %" PRId64 " --split %s",
                      first, p->settings->seed, p->settings->split);
    paper_add_command(section,
                      "aann weights study.aann %" PRId64
                      " --shuffle --layer 0 --draw 0 --draw-seed %" PRId64 " --npz shuffled.npz",
                      first, p->settings->seed);
    return status;
}

/* ---- lesions --------------------------------------------------------------------------------- */

static void add_lesion_commands(const paper *p, json_t *section)
{
    const paper_family *existence = paper_existence(p);
    const int64_t member = existence->rows[existence->count - 1].id;
    const double percent = p->settings->lesions.values[p->settings->lesions.count - 1];
    const int32_t layer = p->spec.layer_count - 1;
    const int32_t draw = existence->count * p->settings->lesion_draws - 1;
    paper_add_command(section,
                      "aann eval study.aann %" PRId64
                      " --lesion %.10g --layer %d --draw %d --draw-seed %" PRId64 " --split %s",
                      member, percent, layer, draw, p->settings->seed, p->settings->split);
    paper_add_command(section,
                      "aann weights study.aann %" PRId64 " --lesion %.10g --layer %d --draw %d "
                      "--draw-seed %" PRId64 " --npz lesioned.npz",
                      member, percent, layer, draw, p->settings->seed);
}

static void add_lesion_columns(const paper *p, json_t *section)
{
    char name[48];
    paper_add_column(section, "deleted (%)", -1);
    paper_add_column(section, "all layers", paper_decimals(p));
    paper_add_column(section, "95 % from", paper_decimals(p));
    paper_add_column(section, "to", paper_decimals(p));
    for (int32_t layer = 0; layer < p->spec.layer_count; layer++) {
        char heading[80];
        snprintf(heading, sizeof heading, "%s alone", paper_layer_name(p, layer, name));
        paper_add_column(section, heading, paper_decimals(p));
        paper_add_column(section, "+-", paper_decimals(p));
    }
}

/* A row: all layers with the interval of the mean, each layer with the deviation. */
static aann_status add_lesion_row(const paper *p, const paper_measures *m, double percent,
                                  json_t *section, json_t *lines, json_t *series, aann_error *error)
{
    json_t *row = paper_add_row(section, NULL);
    aann_status status = AANN_OK;
    paper_add_number(row, percent);
    for (int32_t layer = AANN_EVERY_LAYER; layer < p->spec.layer_count && status == AANN_OK;
         layer++) {
        paper_summary summary;
        status = paper_summarise(p, m, paper_change(AANN_ABLATION_LESION, layer, percent), &summary,
                                 error);
        paper_add_number(row, summary.members.mean);
        if (layer == AANN_EVERY_LAYER) {
            paper_add_number(row, summary.mean.low);
            paper_add_number(row, summary.mean.high);
            paper_add_place(lines, percent);
            paper_add_point(lines, series, summary.members.mean, summary.mean.low,
                            summary.mean.high);
        } else {
            paper_add_number(row, summary.members.deviation);
        }
    }
    return status;
}

static aann_status ask_lesions(const paper *p, const paper_measures *m, json_t *sections,
                               aann_error *error)
{
    char label[PAPER_LABEL];
    if (p->settings->lesion_draws == 0) {
        return AANN_OK;
    }
    json_t *section = paper_add_section(
        sections, "How much can be lost?",
        "Synapses (weights that are not 0) deleted at random, of all %" PRId64
        " in all layers together, or of one layer; %d draws for each of the %d members, no two of "
        "them alike, whose mean is the member's value. Percent are of the synapses that can be hit, "
        "so a layer alone loses fewer (see the second picture). Scores: %s; +-: standard deviation "
        "over members.",
        paper_synapses(&p->spec), p->settings->lesion_draws, paper_existence(p)->count,
        paper_measured_label(p, label));
    add_lesion_columns(p, section);
    json_t *lines = paper_add_lines(section, "synapses deleted in all layers (%)", false,
                                    paper_measured_label(p, label), !p->regression);
    json_t *series = paper_add_series(lines, "mean of the members (band: 95 %)", true);
    aann_status status = AANN_OK;
    for (int32_t i = 0; i < p->settings->lesions.count && status == AANN_OK; i++) {
        status =
            add_lesion_row(p, m, p->settings->lesions.values[i], section, lines, series, error);
    }
    paper_add_note(section, "Every evaluation is a line of `lesions.csv`. The last of them (on the "
                            "whole split), and its weights:");
    paper_add_picture(section, "lesions");
    paper_add_picture(section, "lesions_layers");
    add_lesion_commands(p, section);
    return status;
}

/* ---- one weight ------------------------------------------------------------------------------ */

static aann_status ask_shared(const paper *p, const paper_measures *m, json_t *sections,
                              aann_error *error)
{
    static const char *const kinds[2] = {"w for all", "w times their signs"};
    const paper_numbers *values = &p->settings->shared_weights;
    char label[PAPER_LABEL];
    if (values->count == 0) {
        return AANN_OK;
    }
    json_t *section = paper_add_section(
        sections, "One weight for all synapses",
        "Weight-agnostic evaluation: the topology stays, every synapse gets the weight w, or w "
        "times its sign. w is a power of two, so it is exact: each layer's sum is shifted. w = 0 is "
        "a constant answer. The members were searched with weights -1 and +1, not for this. Mean "
        "over %d members, +-: standard deviation. Scores: %s.",
        paper_existence(p)->count, paper_measured_label(p, label));
    paper_add_column(section, "w", -1);
    for (int signs = 0; signs < 2; signs++) {
        paper_add_column(section, kinds[signs], paper_decimals(p));
        paper_add_column(section, "+-", paper_decimals(p));
    }
    aann_status status = AANN_OK;
    for (int32_t i = 0; i < values->count && status == AANN_OK; i++) {
        json_t *row = paper_add_row(section, NULL);
        paper_add_number(row, values->values[i]);
        for (int signs = 0; signs < 2 && status == AANN_OK; signs++) {
            paper_summary summary;
            aann_ablation change = paper_change(AANN_ABLATION_SHARED_WEIGHT, -1, values->values[i]);
            change.keep_signs = signs == 1;
            status = paper_summarise(p, m, change, &summary, error);
            paper_add_number(row, summary.members.mean);
            paper_add_number(row, summary.members.deviation);
        }
    }
    if (isfinite(m->guess)) {
        paper_add_note(section, "The best constant answer has %.2f %%.", m->guess);
    }
    paper_add_picture(section, "shared_weight");
    paper_add_command(section, "aann eval study.aann %" PRId64 " --shared-weight %.10g --split %s",
                      paper_existence(p)->rows[0].id, values->values[0], p->settings->split);
    return status;
}

aann_status paper_ask_changes(const paper *p, const paper_answers *answers, json_t *sections,
                              aann_error *error)
{
    typedef aann_status ask(const paper *p, const paper_measures *m, json_t *sections,
                            aann_error *error);
    static ask *const all[] = {ask_nulls, ask_lesions, ask_shared};
    aann_status status = AANN_OK;
    for (size_t i = 0; i < sizeof all / sizeof all[0] && status == AANN_OK; i++) {
        status = all[i](p, answers->measures, sections, error);
    }
    return status;
}
