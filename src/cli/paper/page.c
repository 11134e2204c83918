/* The report of an experiment as a web page: that of its family of existence, and every question
 * with its table and lines. The numbers are those of report.md. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aann/report.h"
#include "cli/paper/paper.h"
#include "cli/shared/json.h"
#include "cli/shared/message.h"

/* ---- tables and lines ------------------------------------------------------------------------ */

static json_t *columns(const char *const *names, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(array, json_string(names[i]));
    }
    return array;
}

/* Mean, deviation, least and largest, as cells of a row. */
static void add_summary(json_t *row, const aann_summary *summary)
{
    json_array_append_new(row, cli_json_real(summary->mean));
    json_array_append_new(row, cli_json_real(summary->deviation));
    json_array_append_new(row, cli_json_real(summary->minimum));
    json_array_append_new(row, cli_json_real(summary->maximum));
}

/* Lines show accuracies as shares. */
static json_t *line_value(const paper *p, double score)
{
    return cli_json_real(p->regression ? score : score / 100.0);
}

static json_t *lines(const paper *p, const char *x_name, json_t *values, bool logarithmic,
                     json_t *series)
{
    return json_pack("{s:{s:s, s:o, s:b}, s:{s:s, s:b}, s:o}", "x", "name", x_name, "values",
                     values, "log", (int)logarithmic, "y", "name", paper_score_label(p), "share",
                     (int)!p->regression, "series", series);
}

/* `drawn` may be NULL: no lines. */
static void add_question(json_t *questions, const char *question, const char *text, json_t *names,
                         json_t *rows, json_t *drawn)
{
    json_array_append_new(questions,
                          json_pack("{s:s, s:s, s:{s:o, s:o}, s:o}", "question", question, "text",
                                    text, "table", "columns", names, "rows", rows, "lines",
                                    drawn != NULL ? drawn : json_null()));
}

/* ---- the questions --------------------------------------------------------------------------- */

enum { TEXT = 512 };

static aann_status ask_existence(const paper *p, const paper_measures *m, json_t *questions,
                                 aann_error *error)
{
    static const char *const names[] = {"", "mean", "deviation", "least", "largest"};
    const paper_family *family = paper_existence(p);
    aann_summary summary;
    char text[TEXT];
    const aann_status status = paper_summarise_family(p, family, PAPER_JUDGED, &summary, error);
    if (status != AANN_OK) {
        return status;
    }
    snprintf(text, sizeof text,
             "%d members from independent random starts, %" PRIu64 " candidates each.",
             family->count, family->search.steps);
    json_t *rows = json_array();
    json_t *row = json_pack("[s]", paper_score_label(p));
    add_summary(row, &summary);
    json_array_append_new(rows, row);
    if (family->count > 1) {
        row = json_pack("[s]", "weights that differ between two members");
        add_summary(row, &m->distance);
        json_array_append_new(rows, row);
        row = json_pack("[s]", "by chance");
        json_array_append_new(row, cli_json_real(m->chance.mean));
        json_array_append_new(row, cli_json_real(sqrt(m->chance.variance)));
        json_array_append_new(row, json_null());
        json_array_append_new(row, json_null());
        json_array_append_new(rows, row);
    }
    add_question(questions, "Is there a family?", text, columns(names, 5), rows, NULL);
    return AANN_OK;
}

static aann_status ask_sweep(const paper *p, paper_question which, const char *question,
                             const char *heading, double scale, json_t *questions,
                             aann_error *error)
{
    const char *const names[] = {heading, "mean", "deviation", "least", "largest"};
    json_t *rows = json_array();
    json_t *x = json_array();
    json_t *y = json_array();
    json_t *low = json_array();
    json_t *high = json_array();
    char text[TEXT] = "";
    aann_status status = AANN_OK;
    for (int32_t f = 0; f < p->family_count && status == AANN_OK; f++) {
        const paper_family *family = &p->families[f];
        aann_summary summary;
        if (family->question != which) {
            continue;
        }
        status = paper_summarise_family(p, family, PAPER_JUDGED, &summary, error);
        if (status == AANN_OK) {
            json_t *row = json_pack("[f]", scale * family->x);
            add_summary(row, &summary);
            json_array_append_new(rows, row);
            json_array_append_new(x, json_real(scale * family->x));
            json_array_append_new(y, line_value(p, summary.mean));
            json_array_append_new(low, line_value(p, summary.minimum));
            json_array_append_new(high, line_value(p, summary.maximum));
            snprintf(text, sizeof text, "%d members at each, %" PRIu64 " candidates.",
                     family->count, family->search.steps);
        }
    }
    json_t *series = json_pack("[{s:s, s:o, s:o, s:o}]", "name", "mean of the members", "y", y,
                               "low", low, "high", high);
    if (status == AANN_OK && json_array_size(rows) > 0) {
        add_question(questions, question, text, columns(names, 5), rows,
                     lines(p, heading, x, false, series));
    } else {
        json_decref(rows);
        json_decref(x);
        json_decref(series);
    }
    return status;
}

static aann_status ask_sparsities(const paper *p, const paper_measures *m, json_t *questions,
                                  aann_error *error)
{
    (void)m;
    return ask_sweep(p, PAPER_SPARSITY, "At which sparsities?", "zeros in every layer (%)", 1.0,
                     questions, error);
}

static aann_status ask_shares(const paper *p, const paper_measures *m, json_t *questions,
                              aann_error *error)
{
    (void)m;
    return ask_sweep(p, PAPER_EXCITATORY, "At which share of +1?", "share of +1 (%)", 100.0,
                     questions, error);
}

static aann_status ask_nulls(const paper *p, const paper_measures *m, json_t *questions,
                             aann_error *error)
{
    static const char *const names[] = {"", "mean", "deviation", "least", "largest"};
    if (p->settings->null_draws == 0) {
        return AANN_OK;
    }
    aann_summary summary;
    char text[TEXT], name[48], cell[64];
    json_t *rows = json_array();
    aann_status status =
        paper_summarise(p, m, paper_change(AANN_ABLATION_NONE, -1, 0.0), &summary, error);
    for (int32_t place = -1; place <= p->spec.layer_count && status == AANN_OK; place++) {
        const int32_t layer = place < p->spec.layer_count ? place : -1;
        if (place >= 0) {
            status = paper_summarise(p, m, paper_change(AANN_ABLATION_SHUFFLE, layer, 0.0),
                                     &summary, error);
            snprintf(cell, sizeof cell, "%s shuffled", paper_layer_name(p, layer, name));
        }
        if (status == AANN_OK) {
            json_t *row = json_pack("[s]", place < 0 ? "as found" : cell);
            add_summary(row, &summary);
            json_array_append_new(rows, row);
        }
    }
    snprintf(text, sizeof text,
             "The weights of a layer, or of each layer, in a random order: %d orders for each of "
             "the %d members. The counts stay, the wiring goes. Cells: %s.",
             p->settings->null_draws, p->settings->existence_members, paper_score_label(p));
    add_question(questions, "Is it the wiring?", text, columns(names, 5), rows, NULL);
    return status;
}

/* Mean scores at all amounts of a change, as numbers of a column and of a line. */
static aann_status measure_amounts(const paper *p, const paper_measures *m, aann_ablation change,
                                   const paper_numbers *amounts, json_t *rows, json_t *line,
                                   aann_error *error)
{
    aann_status status = AANN_OK;
    for (int32_t i = 0; i < amounts->count && status == AANN_OK; i++) {
        aann_summary summary;
        change.amount = amounts->values[i];
        status = paper_summarise(p, m, change, &summary, error);
        if (status == AANN_OK) {
            json_array_append_new(json_array_get(rows, (size_t)i), cli_json_real(summary.mean));
            json_array_append_new(line, line_value(p, summary.mean));
        }
    }
    return status;
}

/* Rows that begin with the amounts, and the amounts. */
static json_t *amount_rows(const paper_numbers *amounts, json_t *x)
{
    json_t *rows = json_array();
    for (int32_t i = 0; i < amounts->count; i++) {
        json_array_append_new(rows, json_pack("[f]", amounts->values[i]));
        json_array_append_new(x, json_real(amounts->values[i]));
    }
    return rows;
}

static aann_status ask_lesions(const paper *p, const paper_measures *m, json_t *questions,
                               aann_error *error)
{
    const paper_numbers *amounts = &p->settings->lesions;
    if (p->settings->lesion_draws == 0) {
        return AANN_OK;
    }
    char text[TEXT], name[48];
    json_t *x = json_array();
    json_t *rows = amount_rows(amounts, x);
    json_t *heads = json_pack("[s]", "deleted (%)");
    json_t *series = json_array();
    aann_status status = AANN_OK;
    for (int32_t layer = -1; layer < p->spec.layer_count && status == AANN_OK; layer++) {
        json_t *line = json_array();
        paper_layer_name(p, layer, name);
        json_array_append_new(heads, json_string(name));
        status = measure_amounts(p, m, paper_change(AANN_ABLATION_LESION, layer, 0.0), amounts,
                                 rows, line, error);
        json_array_append_new(series, json_pack("{s:s, s:o}", "name", name, "y", line));
    }
    snprintf(text, sizeof text,
             "Synapses deleted at random, of all layers together or of one; %d draws for each of "
             "the %d members. Cells: mean %s.",
             p->settings->lesion_draws, p->settings->existence_members, paper_score_label(p));
    add_question(questions, "How much can be lost?", text, heads, rows,
                 lines(p, "synapses deleted (%)", x, false, series));
    return status;
}

static aann_status ask_shared(const paper *p, const paper_measures *m, json_t *questions,
                              aann_error *error)
{
    static const char *const names[] = {"w", "w for all", "w times their signs"};
    const paper_numbers *amounts = &p->settings->shared_weights;
    if (amounts->count == 0) {
        return AANN_OK;
    }
    bool positive = true;
    for (int32_t i = 0; i < amounts->count; i++) {
        positive = positive && amounts->values[i] > 0.0;
    }
    char text[TEXT];
    json_t *x = json_array();
    json_t *rows = amount_rows(amounts, x);
    json_t *series = json_array();
    aann_status status = AANN_OK;
    for (int signs = 0; signs < 2 && status == AANN_OK; signs++) {
        json_t *line = json_array();
        aann_ablation change = paper_change(AANN_ABLATION_SHARED_WEIGHT, -1, 0.0);
        change.keep_signs = signs == 1;
        status = measure_amounts(p, m, change, amounts, rows, line, error);
        json_array_append_new(series, json_pack("{s:s, s:o}", "name", names[1 + signs], "y", line));
    }
    snprintf(
        text, sizeof text,
        "The topology stays, every synapse gets the weight w, or w times its sign. Cells: mean "
        "%s.",
        paper_score_label(p));
    add_question(questions, "One weight for all synapses", text, columns(names, 3), rows,
                 lines(p, "w", x, positive, series));
    return status;
}

static aann_status ask_baselines(const paper *p, const paper_measures *m, json_t *questions,
                                 aann_error *error)
{
    static const char *const names[] = {"method", "members",   "candidates", "training loss",
                                        "mean",   "deviation", "least",      "largest"};
    (void)m;
    if (p->settings->baseline_members == 0) {
        return AANN_OK;
    }
    char text[TEXT];
    json_t *rows = json_array();
    aann_status status = AANN_OK;
    for (int32_t f = 0; f < p->family_count && status == AANN_OK; f++) {
        const paper_family *family = &p->families[f];
        aann_summary summary;
        double loss = 0.0;
        if (family->question != PAPER_EXISTENCE && family->question != PAPER_BASELINE) {
            continue;
        }
        for (int32_t i = 0; i < family->count; i++) {
            loss += family->rows[i].train_loss / family->count;
        }
        status = paper_summarise_family(p, family, PAPER_VALIDATION, &summary, error);
        if (status == AANN_OK) {
            json_t *row =
                json_pack("[s, i, I, o]", aann_search_method_name(family->search.method),
                          family->count, (json_int_t)family->search.steps, cli_json_real(loss));
            add_summary(row, &summary);
            json_array_append_new(rows, row);
        }
    }
    snprintf(text, sizeof text,
             "The same samples, counts and program; a candidate is a swap for sense and hill, a "
             "whole network for the others. Mean to largest: %s on the validation split.",
             p->regression ? "loss" : "accuracy in percent");
    add_question(questions, "Is the search any better than simpler methods?", text,
                 columns(names, 8), rows, NULL);
    return status;
}

/* ---- the page -------------------------------------------------------------------------------- */

static aann_status ask_all(const paper *p, const paper_measures *m, char **json, aann_error *error)
{
    typedef aann_status question(const paper *p, const paper_measures *m, json_t *questions,
                                 aann_error *error);
    static question *const all[] = {ask_existence, ask_sparsities, ask_shares,   ask_nulls,
                                    ask_lesions,   ask_shared,     ask_baselines};
    json_t *questions = json_array();
    aann_status status = AANN_OK;
    for (size_t i = 0; i < sizeof all / sizeof all[0] && status == AANN_OK; i++) {
        status = all[i](p, m, questions, error);
    }
    *json = status == AANN_OK ? json_dumps(questions, JSON_COMPACT) : NULL;
    json_decref(questions);
    return status == AANN_OK && *json == NULL
               ? cli_set_error(error, AANN_ERROR_MEMORY, "out of memory for a report")
               : status;
}

/* The time on the page is that of the family: the same study gives the same page. */
static aann_status time_of(const paper *p, int64_t family, int64_t *made, aann_error *error)
{
    aann_family_row row = {.id = 0};
    const aann_status status = aann_study_family(p->study, family, &row, error);
    *made = row.created;
    if (status == AANN_OK) {
        aann_family_row_destroy(&row);
    }
    return status;
}

/* Stores the questions in the study, for `aann report`. An experiment that is complete changes
 * nothing. */
static aann_status keep(const paper *p, int64_t family, const char *experiment, aann_error *error)
{
    char *stored = NULL;
    aann_status status = aann_study_load_finding(p->study, family, "experiment", &stored, error);
    if (status == AANN_OK && (stored == NULL || strcmp(stored, experiment) != 0)) {
        status = aann_study_save_finding(p->study, family, "experiment", experiment, error);
    }
    aann_free(stored);
    return status;
}

aann_status paper_write_page(const paper *p, const paper_measures *m, aann_error *error)
{
    char path[PAPER_PATH];
    char *experiment = NULL;
    aann_report *report = NULL;
    aann_report_options options = aann_report_options_default();
    aann_status status = ask_all(p, m, &experiment, error);
    options.family = paper_existence(p)->id;
    options.data = p->data;
    options.split = p->settings->split;
    options.threads = p->threads;
    options.experiment = experiment;
    if (status == AANN_OK) {
        status = keep(p, options.family, experiment, error);
    }
    if (status == AANN_OK) {
        status = time_of(p, options.family, &options.made, error);
    }
    if (status == AANN_OK) {
        status = aann_report_create(p->study, &options, &report, error);
    }
    if (status == AANN_OK) {
        snprintf(path, sizeof path, "%s/report.html", p->folder);
        status = aann_report_save(report, path, NULL, error);
    }
    aann_report_destroy(report);
    free(experiment);
    return status;
}
