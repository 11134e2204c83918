/* The report of an experiment: report.md, and report.html, which is the page of the family of
 * existence with every question. Nothing in them depends on when or how fast they were written; the
 * seconds are those in the study. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aann/report.h"
#include "cli/paper/paper.h"
#include "cli/shared/message.h"
#include "cli/shared/text.h"

/* ---- Markdown -------------------------------------------------------------------------------- */

static void write_layers(FILE *file, const paper *p)
{
    fputs("| layer | weights | -1 | 0 | +1 |\n|---|---|---|---|---|\n", file);
    for (int32_t i = 0; i < p->spec.layer_count; i++) {
        char name[48];
        const aann_counts counts = aann_spec_counts(&p->spec, i);
        cli_print_to(file, "| %s | %" PRId64 " | %" PRId64 " | %" PRId64 " | %" PRId64 " |\n",
                     paper_layer_name(p, i, name), p->spec.layers[i].weight_count, counts.minus,
                     counts.zero, counts.plus);
    }
}

static int64_t count_of(const aann_samples *samples)
{
    return samples != NULL ? samples->count : 0;
}

static void write_head(FILE *file, const paper *p)
{
    const aann_samples *train = aann_family_data_train(p->data);
    char label[PAPER_LABEL];
    fprintf(file, "# Families of sparse networks with weights -1, 0, +1\n\n");
    cli_print_to(file,
                 "Task: %s. %" PRId64 " training, %" PRId64 " validation, %" PRId64
                 " test samples of %dx%dx%d. ",
                 p->settings->task.name != NULL ? p->settings->task.name : p->settings->task.data,
                 train->count, count_of(aann_family_data_validation(p->data)),
                 count_of(aann_family_data_test(p->data)), train->shape.channels,
                 train->shape.height, train->shape.width);
    cli_print_to(
        file,
        "The search sees the training samples alone. What is chosen (a member, an ensemble, "
        "a method) is chosen on the validation split. Scores of whole members are the %s; "
        "those of changed members the %s. Intervals are at 95 %%: of a mean over members "
        "Student's, with the members as independent draws; of one network's accuracy "
        "Wilson's. A family's members are all that were searched; walks and paths in the "
        "study are in no statistic. Seeds follow from seed %" PRId64 " and are in the commands.",
        paper_score_label(p), paper_measured_label(p, label), p->settings->seed);
    cli_print_to(file,
                 "\n\nNetwork: `%s`, share of +1 among the weights that are not 0: %.10g.\n\n",
                 p->spec.text, p->spec.layers[0].excitatory_share);
    write_layers(file, p);
    fputs(
        "\nCommands are for this folder; `study.aann` holds every network. The tables with all numbers are "
        "the files `*.csv`; pictures are there as SVG, too.\n",
        file);
}

static aann_status write_markdown(const paper *p, const json_t *sections, aann_error *error)
{
    FILE *file = paper_open_file(p, "report.md", error);
    if (file == NULL) {
        return AANN_ERROR_IO;
    }
    write_head(file, p);
    paper_print_sections(file, sections);
    return paper_close_file(p, "report.md", file, error);
}

/* ---- the page -------------------------------------------------------------------------------- */

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

static aann_status write_page(const paper *p, const json_t *sections, aann_error *error)
{
    char path[PAPER_PATH];
    aann_report *report = NULL;
    aann_report_options options = aann_report_options_default();
    json_t *page = paper_page_sections(sections);
    char *experiment = json_dumps(page, JSON_COMPACT);
    json_decref(page);
    if (experiment == NULL) {
        return cli_set_error(error, AANN_ERROR_MEMORY, "out of memory for a report");
    }
    options.family = paper_existence(p)->id;
    options.data = p->data;
    options.split = p->settings->split;
    options.threads = p->threads;
    options.experiment = experiment;
    aann_status status = keep(p, options.family, experiment, error);
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

aann_status paper_write_report(const paper *p, const paper_answers *answers, aann_error *error)
{
    typedef aann_status ask(const paper *p, const paper_answers *answers, json_t *sections,
                            aann_error *error);
    static ask *const all[] = {paper_ask_families, paper_ask_relations, paper_ask_changes,
                               paper_ask_methods, paper_ask_drivers};
    json_t *sections = json_array();
    aann_status status = AANN_OK;
    for (size_t i = 0; i < sizeof all / sizeof all[0] && status == AANN_OK; i++) {
        status = all[i](p, answers, sections, error);
    }
    if (status == AANN_OK) {
        status = write_markdown(p, sections, error);
    }
    if (status == AANN_OK) {
        status = write_page(p, sections, error);
    }
    json_decref(sections);
    return status;
}
