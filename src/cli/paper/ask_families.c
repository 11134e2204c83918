/* Is there a family, at which sparsities, at which shares of +1? */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/paper/paper.h"
#include "cli/shared/interval.h"
#include "cli/shared/message.h"

static void add_search_command(const paper *p, const paper_family *family, json_t *section)
{
    char *command = paper_search_command(p, family);
    paper_add_command(section, "%s", command != NULL ? command : "");
    free(command);
}

/* ---- existence ------------------------------------------------------------------------------- */

/* How many pass, where that was stopped by nothing and where it was chosen by nothing. */
static void note_threshold(const paper *p, const paper_measures *m, json_t *section)
{
    const paper_family *family = paper_existence(p);
    const double threshold = p->settings->existence_threshold;
    const bool has_test = aann_family_data_test(p->data) != NULL;
    int32_t validation = 0, test = 0;
    char tested[64] = "", certified[192] = "";
    for (int32_t i = 0; i < family->count; i++) {
        validation += family->rows[i].validation_accuracy >= threshold / 100.0;
        test += family->rows[i].test_accuracy >= threshold / 100.0; /* 100 * 0.57 is below 57 */
    }
    if (p->regression || !(threshold > 0.0)) {
        return;
    }
    if (has_test) {
        snprintf(tested, sizeof tested, ", %d on the test split", test);
    }
    if (m->certified >= 0) {
        snprintf(certified, sizeof certified,
                 " %d are certified on %" PRId64 " samples that no search and no choice saw "
                 "(exact binomial test, error 5 %% for all of them together).",
                 m->certified, m->certified_samples);
    }
    paper_add_note(section, "%d of them reach %.10g %% on the validation split%s.%s", validation,
                   threshold, tested, certified);
}

/* The member that validation chooses, with the interval of its score. */
static void note_best(const paper *p, json_t *section)
{
    const paper_family *family = paper_existence(p);
    const aann_member_row *best = paper_best(family, family->count);
    char interval[CLI_INTERVAL_SIZE];
    if (p->regression || !isfinite(best->test_accuracy) ||
        aann_family_data_validation(p->data) == NULL) {
        return;
    }
    cli_interval(best->test_accuracy, aann_family_data_test(p->data)->count, interval);
    paper_add_note(section,
                   "Member %" PRId64 " is the best on the validation split (%.2f %%); it has "
                   "%.2f %% on the test split (%s with 95 %% confidence, Wilson).",
                   best->id, 100.0 * best->validation_accuracy, 100.0 * best->test_accuracy,
                   interval);
}

static void note_distance(const paper *p, const paper_measures *m, json_t *section)
{
    if (paper_existence(p)->count > 1) {
        paper_add_note(
            section,
            "Two members differ in %.1f weights on average (%.0f to %.0f); two uniformly "
            "random networks with these counts in %.1f (standard deviation %.1f of a "
            "pair).%s",
            m->distance.mean, m->distance.minimum, m->distance.maximum, m->chance.mean,
            sqrt(m->chance.variance),
            p->settings->relations ? " What is behind the difference: see \"How "
                                     "different are the members?\"."
                                   : "");
    }
}

/* Validation minus score, member by member. */
static aann_status add_difference(const paper *p, json_t *section, aann_error *error)
{
    const paper_family *family = paper_existence(p);
    paper_summary summary;
    double *values = malloc((size_t)family->count * sizeof *values);
    if (values == NULL) {
        return cli_set_error(error, AANN_ERROR_MEMORY, "out of memory for a report");
    }
    for (int32_t i = 0; i < family->count; i++) {
        values[i] = paper_validation_of_member(p, &family->rows[i]) -
                    paper_score_of_member(p, &family->rows[i]);
    }
    const aann_status status = paper_summarise_values(values, family->count, &summary, error);
    if (status == AANN_OK) {
        paper_add_summary(paper_add_row(section, "validation minus test"), &summary);
    }
    free(values);
    return status;
}

static aann_status ask_existence(const paper *p, const paper_measures *m, json_t *sections,
                                 aann_error *error)
{
    const paper_family *family = paper_existence(p);
    double seconds = 0.0;
    for (int32_t i = 0; i < family->count; i++) {
        seconds += family->rows[i].seconds;
    }
    json_t *section = paper_add_section(
        sections, "Is there a family?",
        "%d members from independent random starts (seed %" PRIu64 ", indices 0 to %d), %" PRIu64
        " candidates each, %.0f seconds of search in all. None was left out. All have the counts "
        "above, exactly.",
        family->count, family->search.seed, family->count - 1, family->search.steps, seconds);
    paper_add_column(section, "", -1);
    paper_add_summary_columns(section, paper_decimals(p));
    paper_summary summary;
    aann_status status = paper_summarise_family(p, family, PAPER_JUDGED, &summary, error);
    if (status == AANN_OK) {
        paper_add_summary(paper_add_row(section, paper_score_label(p)), &summary);
    }
    if (status == AANN_OK && paper_score_label(p) != paper_validation_label(p) &&
        aann_family_data_validation(p->data) != NULL) {
        status = paper_summarise_family(p, family, PAPER_VALIDATION, &summary, error);
        paper_add_summary(paper_add_row(section, paper_validation_label(p)), &summary);
        if (status == AANN_OK) {
            status = add_difference(p, section, error);
        }
    }
    note_threshold(p, m, section);
    note_best(p, section);
    note_distance(p, m, section);
    paper_add_picture(section, "existence");
    paper_add_picture(section, "learning");
    add_search_command(p, family, section);
    paper_add_command(section, "aann show study.aann %" PRId64, family->rows[0].id);
    return status;
}

/* ---- sweeps ---------------------------------------------------------------------------------- */

typedef struct sweep {
    paper_question question;
    const char *title;
    const char *heading;
    const char *picture;
    double scale;
} sweep;

static aann_status ask_sweep(const paper *p, const sweep *what, json_t *sections, aann_error *error)
{
    json_t *section = NULL, *lines = NULL, *series = NULL;
    const paper_family *last = NULL;
    aann_status status = AANN_OK;
    for (int32_t f = 0; f < p->family_count && status == AANN_OK; f++) {
        const paper_family *family = &p->families[f];
        paper_summary summary;
        if (family->question != what->question) {
            continue;
        }
        if (section == NULL) {
            section = paper_add_section(
                sections, what->title,
                "%d members at each, %" PRIu64 " candidates. Every row is a family with a seed of "
                "its own, so no two rows share a member, and none is chosen. Scores: %s.",
                family->count, family->search.steps, paper_score_label(p));
            paper_add_column(section, what->heading, -1);
            paper_add_column(section, "weights not 0", 0);
            paper_add_summary_columns(section, paper_decimals(p));
            lines = paper_add_lines(section, what->heading, false, paper_score_label(p),
                                    !p->regression);
            series = paper_add_series(lines, "mean of the members (band: 95 %)", true);
        }
        status = paper_summarise_family(p, family, PAPER_JUDGED, &summary, error);
        json_t *row = paper_add_row(section, NULL);
        paper_add_number(row, what->scale * family->x);
        paper_add_number(row, (double)paper_synapses(&family->spec));
        paper_add_summary(row, &summary);
        paper_add_place(lines, what->scale * family->x);
        paper_add_point(lines, series, summary.members.mean, summary.mean.low, summary.mean.high);
        last = family;
    }
    if (last != NULL) {
        paper_add_note(section, "The command is that of the last row.");
        paper_add_picture(section, what->picture);
        add_search_command(p, last, section);
    }
    return status;
}

aann_status paper_ask_families(const paper *p, const paper_answers *answers, json_t *sections,
                               aann_error *error)
{
    static const sweep sweeps[] = {
        {PAPER_SPARSITY, "At which sparsities?", "zeros in every layer (%)", "sparsity", 1.0},
        {PAPER_EXCITATORY, "At which share of +1?", "share of +1 (%)", "excitatory", 100.0}};
    aann_status status = ask_existence(p, answers->measures, sections, error);
    for (size_t i = 0; i < sizeof sweeps / sizeof sweeps[0] && status == AANN_OK; i++) {
        status = ask_sweep(p, &sweeps[i], sections, error);
    }
    return status;
}
