/* What a report is made from: the family, its data if they are at hand, and the members that are
 * compared. */
#include "report/view.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/error.h"
#include "core/memory.h"
#include "family/check.h"

/* Weights of all compared members together, one byte each: what they are allowed to take. */
static const int64_t weights_limit = INT64_C(1) << 29;

void aann_report_put_time(aann_json *json, const char *key, int64_t seconds)
{
    const time_t time = (time_t)seconds;
    struct tm parts;
    char text[32];
    const bool good = gmtime_r(&time, &parts) != NULL &&
                      strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts) > 0;
    aann_json_text(json, key, good ? text : NULL);
}

aann_status aann_report_step(const aann_report_view *view, const char *what, int64_t done,
                             int64_t all)
{
    const aann_report_options *options = view->options;
    if (options->progress != NULL) {
        options->progress(options->context, what, all > 0 ? (double)done / (double)all : 1.0);
    }
    return options->interrupted != NULL && options->interrupted(options->context) ? AANN_INTERRUPTED
                                                                                  : AANN_OK;
}

const aann_member_row *aann_report_compared(const aann_report_view *view, int32_t place)
{
    return &view->family.members[view->compared[place]];
}

void aann_report_ids(aann_report_view *view, int32_t count)
{
    aann_json_open(&view->json, "id", '[');
    for (int32_t i = 0; i < count; i++) {
        aann_json_integer(&view->json, NULL, aann_report_compared(view, i)->id);
    }
    aann_json_close(&view->json, ']');
}

double aann_report_score(const aann_report_view *view, const aann_member_row *member)
{
    const double accuracies[] = {member->validation_accuracy, member->train_accuracy};
    const double losses[] = {member->validation_loss, member->train_loss};
    for (size_t i = 0; !view->regression && i < 2; i++) {
        if (isfinite(accuracies[i])) {
            return accuracies[i];
        }
    }
    for (size_t i = 0; i < 2; i++) {
        if (isfinite(losses[i])) {
            return -losses[i];
        }
    }
    return (double)NAN;
}

/* ---- data ------------------------------------------------------------------------------------ */

/* The first split that the family has, as its description says; NULL if there is none. */
static const char *usual_split(const aann_report_view *view, const aann_data_origin *origin)
{
    if (view->data != NULL) {
        return aann_family_data_test(view->data) != NULL         ? "test"
               : aann_family_data_validation(view->data) != NULL ? "validation"
                                                                 : "train";
    }
    return origin == NULL                 ? "test"
           : origin->has_test             ? "test"
           : origin->validation_count > 0 ? "validation"
                                          : "train";
}

/* Labels and targets index what is counted: data of another family must not get there, nor a network
 * of a stranger's study that has fewer outputs than there are classes. */
static aann_status check_data(const aann_report_view *view, aann_error *error)
{
    const bool has_labels = aann_family_data_train(view->data)->labels != NULL;
    const aann_status status = aann_family_check_samples(&view->family.spec, view->data, error);
    return status == AANN_OK && has_labels == view->regression
               ? aann_fail(error, AANN_ERROR_ARGUMENT,
                           "%s: family %lld answers with %s, the data have %s",
                           aann_study_path(view->study), (long long)view->family.row.id,
                           view->regression ? "numbers" : "classes",
                           has_labels ? "labels" : "targets")
               : status;
}

static aann_status choose_split(aann_report_view *view, aann_error *error)
{
    aann_data_origin *origin = NULL;
    (void)aann_family_data_origin(&view->family.row, &origin, NULL);
    const char *wanted = view->options->split;
    view->split = usual_split(view, origin);
    aann_free(origin);
    if (wanted != NULL) {
        static const char *const splits[] = {"test", "validation", "train"};
        view->split = NULL;
        for (size_t i = 0; i < 3; i++) {
            view->split = strcmp(wanted, splits[i]) == 0 ? splits[i] : view->split;
        }
        if (view->split == NULL) {
            return aann_fail(error, AANN_ERROR_ARGUMENT,
                             "split '%.40s': expected test, validation or train", wanted);
        }
    }
    if (view->data == NULL) {
        return AANN_OK;
    }
    const aann_status status = check_data(view, error);
    if (status != AANN_OK) {
        return status;
    }
    view->samples = aann_family_data_split(view->data, view->split);
    return view->samples != NULL
               ? AANN_OK
               : aann_fail(error, AANN_ERROR_NOT_FOUND, "%s: family %lld has no %s split",
                           aann_study_path(view->study), (long long)view->family.row.id,
                           view->split);
}

/* A report without data is still one; but data that were named and cannot be read are an error. */
static aann_status open_data(aann_report_view *view, aann_error *error)
{
    const aann_report_options *options = view->options;
    aann_error why = {.message = ""};
    view->data = options->data;
    if (view->data == NULL) {
        const aann_status status =
            aann_family_data_reload_within(&view->family.row, options->train, options->test,
                                           options->data_limit, &view->loaded, &why);
        if (status == AANN_ERROR_MEMORY ||
            (status != AANN_OK && (options->train != NULL || options->test != NULL))) {
            if (error != NULL) {
                *error = why;
            }
            return status;
        }
        if (status != AANN_OK) {
            view->loaded = NULL;
            snprintf(view->absent, sizeof view->absent, "The data set is not here: %.400s",
                     why.message);
        }
        view->data = view->loaded;
    }
    return choose_split(view, error);
}

/* ---- members --------------------------------------------------------------------------------- */

/* Whether a finished member says something about its family: it was found independently, or is one
 * of a sample, whose ladders are independent. */
static bool is_compared(const aann_member_row *member)
{
    return member->state == AANN_MEMBER_DONE &&
           (aann_member_row_is_independent(member) || strcmp(member->origin, "sample") == 0);
}

/* Lists the members that are compared, at most AANN_REPORT_MEMBERS: with `finished` those that are
 * done and were searched or sampled, else all that have begun. */
static void list_compared(aann_report_view *view, bool finished)
{
    view->compared_count = 0;
    for (int32_t i = 0; i < view->family.member_count && view->compared_count < AANN_REPORT_MEMBERS;
         i++) {
        const aann_member_row *member = &view->family.members[i];
        if (finished ? is_compared(member)
                     : member->steps > 0 || member->state != AANN_MEMBER_RUNNING) {
            view->compared[view->compared_count++] = i;
        }
    }
    view->compares_unfinished = !finished;
}

static aann_status read_networks(aann_report_view *view, aann_error *error)
{
    int64_t weights = 0;
    for (int32_t i = 0; i < view->family.spec.layer_count; i++) {
        weights += view->family.spec.layers[i].weight_count;
    }
    const int64_t fit = weights_limit / (weights > 0 ? weights : 1);
    if (view->compared_count > fit) {
        view->compared_count = fit > 2 ? (int32_t)fit : 2;
    }
    view->networks = aann_allocate_zeroed((size_t)view->compared_count, sizeof *view->networks);
    if (view->networks == NULL) {
        return aann_report_no_memory(error);
    }
    aann_status status = AANN_OK;
    for (int32_t i = 0; status == AANN_OK && i < view->compared_count; i++) {
        status = aann_study_network(view->study, aann_report_compared(view, i)->id,
                                    &view->networks[i], error);
        if (status == AANN_OK && i % 16 == 0) {
            status = aann_report_step(view, "reading members", i, view->compared_count);
        }
    }
    return status;
}

typedef struct ranked_member {
    double score;
    double loss; /* on the validation split */
    int32_t place;
} ranked_member;

/* Best first; of equal ones the lower loss, then in their order; those without a score last. */
static int compare_ranked(const void *a, const void *b)
{
    const ranked_member *x = a;
    const ranked_member *y = b;
    if (isnan(x->score) != isnan(y->score)) {
        return isnan(x->score) ? 1 : -1;
    }
    if (x->score > y->score || x->score < y->score) {
        return x->score > y->score ? -1 : 1;
    }
    if (x->loss < y->loss || x->loss > y->loss) {
        return x->loss < y->loss ? -1 : 1;
    }
    return x->place < y->place ? -1 : 1;
}

/* Equal steps through the ranks, from the first to the last. */
static aann_status choose_wired(aann_report_view *view, aann_error *error)
{
    const int32_t count = view->compared_count;
    ranked_member *ranked = aann_allocate((size_t)count, sizeof *ranked);
    if (ranked == NULL) {
        return aann_report_no_memory(error);
    }
    for (int32_t i = 0; i < count; i++) {
        const aann_member_row *member = aann_report_compared(view, i);
        const double loss = member->validation_loss;
        ranked[i] =
            (ranked_member){aann_report_score(view, member), isfinite(loss) ? loss : INFINITY, i};
    }
    if (count > 0) {
        qsort(ranked, (size_t)count, sizeof *ranked, compare_ranked);
    }
    view->wired_count = count < AANN_REPORT_WIRED ? count : AANN_REPORT_WIRED;
    for (int32_t i = 0; i < view->wired_count; i++) {
        const int64_t rank =
            view->wired_count > 1 ? (int64_t)i * (count - 1) / (view->wired_count - 1) : 0;
        view->wired[i] = ranked[rank].place;
    }
    free(ranked);
    return AANN_OK;
}

/* Puts the members whose wiring is shown among the first AANN_REPORT_COMPARED, so that everything is
 * shown of them; otherwise the order stays that of the ids. */
static aann_status move_wired(aann_report_view *view, aann_error *error)
{
    const int32_t count = view->compared_count;
    if (count <= AANN_REPORT_COMPARED) {
        return AANN_OK;
    }
    bool *wired = aann_allocate_zeroed((size_t)count, sizeof *wired);
    int32_t *compared = aann_allocate((size_t)count, sizeof *compared);
    aann_network **networks = aann_allocate((size_t)count, sizeof *networks);
    int32_t *places = aann_allocate((size_t)count, sizeof *places);
    const bool good = wired != NULL && compared != NULL && networks != NULL && places != NULL;
    for (int32_t i = 0; good && i < view->wired_count; i++) {
        wired[view->wired[i]] = true;
    }
    int32_t others = AANN_REPORT_COMPARED - view->wired_count; /* that are among the first, too */
    int32_t first = 0;
    int32_t rest = AANN_REPORT_COMPARED;
    for (int32_t i = 0; good && i < count; i++) {
        const bool is_first = wired[i] || others > 0;
        others -= is_first && !wired[i] ? 1 : 0;
        places[i] = is_first ? first++ : rest++;
        compared[places[i]] = view->compared[i];
        networks[places[i]] = view->networks[i];
    }
    for (int32_t i = 0; good && i < view->wired_count; i++) {
        view->wired[i] = places[view->wired[i]];
    }
    if (good) {
        memcpy(view->compared, compared, (size_t)count * sizeof *compared);
        memcpy(view->networks, networks, (size_t)count * sizeof *networks);
    }
    free(wired);
    free(compared);
    free((void *)networks);
    free(places);
    return good ? AANN_OK : aann_report_no_memory(error);
}

static aann_status open_members(aann_report_view *view, aann_error *error)
{
    enum { ENOUGH = 2 };
    view->compared = aann_allocate((size_t)view->family.member_count, sizeof *view->compared);
    if (view->compared == NULL) {
        return aann_report_no_memory(error);
    }
    list_compared(view, true);
    if (view->compared_count < ENOUGH) {
        list_compared(view, false);
    }
    aann_status status = read_networks(view, error);
    if (status == AANN_OK) {
        status = choose_wired(view, error);
    }
    return status == AANN_OK ? move_wired(view, error) : status;
}

/* ---- the whole ------------------------------------------------------------------------------- */

static aann_status open_family(aann_report_view *view, aann_error *error)
{
    aann_family_choice choice = aann_family_choice_default();
    choice.unfinished = true;
    choice.minimum = 0;
    int64_t id = view->options->family;
    aann_status status = id == 0 ? aann_report_experiment_family(view->study, &id, error) : AANN_OK;
    if (status == AANN_OK) {
        status = aann_family_open(view->study, id, &choice, &view->family, error);
    }
    if (status == AANN_OK) {
        status = aann_report_experiment_open(view, error);
    }
    if (status == AANN_OK) {
        status = aann_family_unfinished(view->study, view->family.row.id, &view->unfinished, error);
    }
    if (status == AANN_OK) {
        view->regression = view->family.plan.search.regression;
        view->driver = aann_family_car_outputs(&view->family.row, &view->outputs, NULL) == AANN_OK;
        /* Names that cannot be read are numbers. */
        (void)aann_family_class_names(&view->family.row, &view->class_names, &view->class_count,
                                      NULL);
    }
    return status;
}

aann_status aann_report_view_open(aann_study *study, const aann_report_options *options,
                                  aann_report_view *view, aann_error *error)
{
    *view = (aann_report_view){.study = study, .options = options};
    aann_status status = open_family(view, error);
    if (status == AANN_OK) {
        status = aann_report_step(view, "reading the data set", 0, 1);
    }
    if (status == AANN_OK) {
        status = open_data(view, error);
    }
    return status == AANN_OK ? open_members(view, error) : status;
}

static void clear_answers(aann_report_answers *answers)
{
    aann_predictions_destroy(&answers->predictions);
    free(answers->members);
    free(answers->classes);
    aann_free(answers->stored_labels);
    aann_free(answers->stored_targets);
}

void aann_report_view_clear(aann_report_view *view)
{
    clear_answers(&view->answers);
    for (int32_t i = 0; view->networks != NULL && i < view->compared_count; i++) {
        aann_network_destroy(view->networks[i]);
    }
    free(view->networks);
    free(view->compared);
    aann_free(view->class_names);
    aann_family_data_destroy(view->loaded);
    aann_family_destroy(&view->family);
    aann_free(view->stored_experiment);
    free(view->json.text);
    *view = (aann_report_view){.study = NULL};
}
