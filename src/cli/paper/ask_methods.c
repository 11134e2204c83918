/* Is the search any better than simpler methods? */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/paper/paper.h"
#include "cli/shared/interval.h"
#include "cli/shared/members.h"
#include "cli/shared/message.h"

static void add_columns(const paper *p, json_t *section)
{
    const int decimals = paper_decimals(p);
    static const char *const counts[] = {"members", "candidates"};
    paper_add_column(section, "method", -1);
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        paper_add_column(section, counts[i], 0);
    }
    paper_add_column(section, "samples evaluated", 0);
    paper_add_column(section, "seconds", 1);
    paper_add_column(section, "training loss", 4);
    static const char *const budgets[] = {"at equal candidates", "at equal samples"};
    for (size_t i = 0; i < sizeof budgets / sizeof budgets[0]; i++) {
        paper_add_column(section, budgets[i], decimals);
        paper_add_column(section, "deviation", decimals);
        paper_add_column(section, "minus sense, in pairs", decimals);
        paper_add_column(section, "95 % from", decimals);
        paper_add_column(section, "to", decimals);
    }
    paper_add_column(section, "best by validation: test", decimals);
    paper_add_column(section, "95 % (Wilson)", -1);
}

static double mean_of(const double *values, int32_t count)
{
    double sum = 0.0;
    for (int32_t i = 0; i < count; i++) {
        sum += values[i] / count;
    }
    return sum;
}

/* What a method had at a budget, and its difference from the search, start by start. */
static aann_status add_budget(const double *scores, const double *sense, int32_t count, json_t *row,
                              aann_error *error)
{
    paper_summary summary;
    aann_status status = paper_summarise_values(scores, count, &summary, error);
    paper_add_number(row, summary.members.mean);
    paper_add_number(row, summary.members.deviation);
    if (scores == sense) {
        for (int i = 0; i < 3; i++) {
            paper_add_text(row, "");
        }
        return status;
    }
    double *differences = malloc((size_t)count * sizeof *differences);
    if (differences == NULL) {
        return cli_set_error(error, AANN_ERROR_MEMORY, "out of memory for a report");
    }
    for (int32_t i = 0; i < count; i++) {
        differences[i] = scores[i] - sense[i];
    }
    if (status == AANN_OK) {
        status = paper_summarise_values(differences, count, &summary, error);
    }
    paper_add_number(row, summary.members.mean);
    paper_add_number(row, summary.mean.low);
    paper_add_number(row, summary.mean.high);
    free(differences);
    return status;
}

static aann_status add_method(const paper *p, const paper_methods *methods,
                              const paper_method *method, json_t *section, aann_error *error)
{
    const paper_family *family = method->family;
    const paper_method *sense = &methods->list[0];
    json_t *row = paper_add_row(section, aann_search_method_name(family->search.method));
    paper_add_number(row, method->members);
    paper_add_number(row, (double)family->search.steps);
    paper_add_number(row, round(method->samples));
    paper_add_number(row, method->seconds);
    paper_add_number(row, method->train_loss);
    aann_status status =
        add_budget(method->at_candidates, sense->at_candidates, method->members, row, error);
    if (status == AANN_OK) {
        status = add_budget(method->at_samples, sense->at_samples, method->members, row, error);
    }
    const aann_samples *test = aann_family_data_test(p->data);
    char interval[CLI_INTERVAL_SIZE];
    paper_add_number(row,
                     p->regression ? method->best->test_loss : 100.0 * method->best->test_accuracy);
    paper_add_text(row, p->regression || test == NULL
                            ? "-"
                            : cli_interval(method->best->test_accuracy, test->count, interval));
    return status;
}

/* Where a method ended before the search did, or was first measured beyond the budget. */
static void add_notes(const paper_methods *methods, const paper_method *method, json_t *section)
{
    const char *name = aann_search_method_name(method->family->search.method);
    const double samples = method->samples / methods->list[0].samples;
    if (samples < 0.9) {
        paper_add_note(section,
                       "`%s` ended after %.0f %% of the samples that the search evaluated.", name,
                       100.0 * samples);
    }
    if ((double)method->family->search.steps < methods->candidates) {
        paper_add_note(section,
                       "`%s` ended after %" PRIu64 " candidates, with %.2f: its columns "
                       "\"at equal candidates\" are empty.",
                       name, method->family->search.steps,
                       mean_of(method->at_end, method->members));
    }
    if (isnan(mean_of(method->at_samples, method->members))) {
        paper_add_note(section,
                       "`%s` has members that were first measured on the validation split after "
                       "more than %.4g samples: its columns \"at equal samples\" are empty.",
                       name, methods->samples);
    }
}

aann_status paper_ask_methods(const paper *p, const paper_answers *answers, json_t *sections,
                              aann_error *error)
{
    const paper_methods *methods = answers->methods;
    if (methods == NULL) {
        return AANN_OK;
    }
    json_t *section = paper_add_section(
        sections, "Is the search any better than simpler methods?",
        "The same samples, counts and program, and the same %d random starts for each method: "
        "members 0 to %d of seed %" PRIu64 ". A candidate is a swap for `sense` and `hill`, which "
        "evaluate only what it changes and give up early, a whole network for the others; so there "
        "are two budgets, %.0f candidates, and %.4g samples evaluated (as many as every member "
        "here has). Scores at both: mean %s, read at the last mark of each member's history that "
        "is within the budget. Methods are compared on the validation split alone; the last "
        "columns are the end of the member that is best there.",
        methods->list[0].members, methods->list[0].members - 1,
        methods->list[0].family->search.seed, methods->candidates, methods->samples,
        paper_validation_label(p));
    add_columns(p, section);
    aann_status status = AANN_OK;
    for (int32_t i = 0; i < methods->count && status == AANN_OK; i++) {
        status = add_method(p, methods, &methods->list[i], section, error);
        add_notes(methods, &methods->list[i], section);
    }
    paper_add_picture(section, "baselines");
    paper_add_picture(section, "baselines_learning");
    for (int32_t i = 1; i < methods->count; i++) {
        char *command = paper_search_command(p, methods->list[i].family);
        paper_add_command(section, "%s", command != NULL ? command : "");
        free(command);
    }
    return status;
}
