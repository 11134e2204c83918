/* Families and members as JSON and as tables. */
#include "cli/shared/report.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aann/evaluate.h"
#include "aann/phases.h"
#include "cli/shared/interval.h"
#include "cli/shared/text.h"

const char *cli_state_name(aann_member_state state)
{
    switch (state) {
    case AANN_MEMBER_RUNNING: return "running";
    case AANN_MEMBER_DONE: return "done";
    case AANN_MEMBER_FAILED: return "failed";
    }
    return "unknown";
}

/* ---- JSON ------------------------------------------------------------------------------------ */

json_t *cli_json_member(const aann_member_row *member)
{
    return json_pack(
        "{s:I, s:I, s:I, s:s, s:o, s:I, s:I, s:I, s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
        "id",
        (json_int_t)member->id,                                            //
        "family", (json_int_t)member->family,                              //
        "index", (json_int_t)member->index,                                //
        "state", cli_state_name(member->state),                            //
        "origin", cli_json_text(member->origin),                           //
        "parent", (json_int_t)member->parent,                              //
        "swaps_from_parent", (json_int_t)member->swaps_from_parent,        //
        "seed", (json_int_t)member->seed,                                  //
        "steps", (json_int_t)member->steps,                                //
        "accepted", (json_int_t)member->accepted,                          //
        "hash", cli_json_hash(member->hash),                               //
        "train_loss", cli_json_real(member->train_loss),                   //
        "train_accuracy", cli_json_real(member->train_accuracy),           //
        "validation_loss", cli_json_real(member->validation_loss),         //
        "validation_accuracy", cli_json_real(member->validation_accuracy), //
        "test_loss", cli_json_real(member->test_loss),                     //
        "test_accuracy", cli_json_real(member->test_accuracy),             //
        "seconds", cli_json_real(member->seconds));
}

json_t *cli_json_layers(const aann_spec *spec)
{
    json_t *layers = json_array();
    for (int32_t i = 0; i < spec->layer_count; i++) {
        const aann_counts counts = aann_spec_counts(spec, i);
        char name[32];
        aann_layer_name(&spec->layers[i], name, sizeof name);
        json_array_append_new(layers,
                              json_pack("{s:s, s:I, s:I, s:I}", "name", name, "minus",
                                        (json_int_t)counts.minus, "zero", (json_int_t)counts.zero,
                                        "plus", (json_int_t)counts.plus));
    }
    return layers;
}

/* Errors of a regression in the user's units; null where there are none. */
static void add_errors(const aann_family_row *family, const aann_member_row *row, json_t *member)
{
    json_object_set_new(member, "train_rmse",
                        cli_json_real(aann_family_rmse(family, row->train_loss)));
    json_object_set_new(member, "validation_rmse",
                        cli_json_real(aann_family_rmse(family, row->validation_loss)));
    json_object_set_new(member, "test_rmse",
                        cli_json_real(aann_family_rmse(family, row->test_loss)));
}

/* How many members are in a state. */
static int64_t count_in_state(const aann_member_row *members, size_t count, aann_member_state state)
{
    int64_t found = 0;
    for (size_t i = 0; i < count; i++) {
        found += members[i].state == state;
    }
    return found;
}

/* Intervals of the accuracies on the splits that the search did not see. */
static void add_intervals(const aann_data_origin *origin, const aann_member_row *row,
                          json_t *member)
{
    json_object_set_new(
        member, "validation_interval",
        cli_json_interval(row->validation_accuracy, origin != NULL ? origin->validation_count : 0));
    json_object_set_new(
        member, "test_interval",
        cli_json_interval(row->test_accuracy, origin != NULL ? origin->test_count : 0));
}

json_t *cli_json_member_of(const aann_family_row *family, const aann_data_origin *origin,
                           const aann_member_row *row)
{
    json_t *member = cli_json_member(row);
    add_intervals(origin, row, member);
    if (strcmp(family->task, "regression") == 0) {
        add_errors(family, row, member);
    }
    return member;
}

aann_status cli_json_family(aann_study *study, const aann_family_row *family, json_t **object,
                            aann_error *error)
{
    aann_spec spec;
    aann_member_row *members = NULL;
    size_t count = 0;
    aann_status status = aann_family_spec(family, &spec, error);
    if (status == AANN_OK) {
        status = aann_study_members(study, family->id, &members, &count, error);
    }
    if (status != AANN_OK) {
        return status;
    }
    json_t *array = json_array();
    aann_data_origin *origin = NULL;
    (void)aann_family_data_origin(family, &origin, NULL); /* damaged: no intervals */
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(array, cli_json_member_of(family, origin, &members[i]));
    }
    aann_free(origin);
    json_t *states = json_object();
    for (int state = AANN_MEMBER_RUNNING; state <= AANN_MEMBER_FAILED; state++) {
        const json_int_t found = count_in_state(members, count, (aann_member_state)state);
        json_object_set_new(states, cli_state_name((aann_member_state)state), json_integer(found));
    }
    free(members);
    *object =
        json_pack("{s:I, s:o, s:o, s:o, s:[i,i,i], s:o, s:o, s:o, s:o, s:o}", "family",
                  (json_int_t)family->id, "name", cli_json_text(family->name), "task",
                  cli_json_text(family->task), "spec", cli_json_text(family->spec), "input",
                  family->input.channels, family->input.height, family->input.width, "layers",
                  cli_json_layers(&spec), "members", array, "states", states, "options",
                  cli_json_document(family->options), "data", cli_json_document(family->data));
    return AANN_OK;
}

/* ---- tables ---------------------------------------------------------------------------------- */

const char *cli_percent(double share, char text[16])
{
    if (!isfinite(share)) {
        return "-";
    }
    snprintf(text, 16, "%.2f %%", 100.0 * share);
    return text;
}

const char *cli_number(double value, char text[16])
{
    if (!isfinite(value)) {
        return "-";
    }
    snprintf(text, 16, "%.5f", value);
    return text;
}

const char *cli_score(double accuracy, double loss, char text[16])
{
    return isfinite(accuracy) ? cli_percent(accuracy, text) : cli_number(loss, text);
}

const char *cli_grouped(uint64_t value, char text[32])
{
    char digits[24];
    const int length = snprintf(digits, sizeof digits, "%" PRIu64, value);
    int written = 0;
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0) {
            text[written++] = ',';
        }
        text[written++] = digits[i];
    }
    text[written] = '\0';
    return text;
}

void cli_print_layers(const aann_spec *spec)
{
    cli_print("  %-12s %10s %10s %10s %10s\n", "layer", "-1", "0", "+1", "zero");
    for (int32_t i = 0; i < spec->layer_count; i++) {
        const aann_counts counts = aann_spec_counts(spec, i);
        const int64_t all = counts.minus + counts.zero + counts.plus;
        char name[32];
        aann_layer_name(&spec->layers[i], name, sizeof name);
        cli_print("  %-12s %10" PRId64 " %10" PRId64 " %10" PRId64 " %8.2f %%\n", name,
                  counts.minus, counts.zero, counts.plus,
                  100.0 * (double)counts.zero / (double)all);
    }
}

void cli_print_phases(const aann_family_plan *plan)
{
    char *text = NULL;
    if (plan->phase_count == 0 || aann_phases_format(plan, &text, NULL) != AANN_OK) {
        return;
    }
    int32_t number = 1;
    for (const char *at = text; *at != '\0'; number++) {
        const size_t length = strcspn(at, ";");
        cli_print("  phase %d: %.*s\n", number, (int)length, at);
        at += length + strspn(at + length, "; ");
    }
    aann_free(text);
}

/* An accuracy, or the error of a regression in the user's units, or its loss. */
static const char *score_of(const aann_family_row *family, double accuracy, double loss,
                            char text[16])
{
    const double rmse = aann_family_rmse(family, loss);
    if (isfinite(accuracy) || !isfinite(rmse)) {
        return cli_score(accuracy, loss, text);
    }
    snprintf(text, 16, "%.5g", rmse);
    return text;
}

static void print_member(const aann_family_row *family, const aann_member_row *member)
{
    const bool regression = strcmp(family->task, "regression") == 0;
    char steps[32], loss[16], train[16], validation[16], test[16];
    cli_print("  %4" PRId64 "  %-8s %12s %11s %9s %11s %9s %9.1f  %016" PRIx64 "%s%s\n", member->id,
              cli_state_name(member->state), cli_grouped(member->steps, steps),
              cli_number(member->train_loss, loss),
              regression ? score_of(family, member->train_accuracy, member->train_loss, train)
                         : cli_percent(member->train_accuracy, train),
              score_of(family, member->validation_accuracy, member->validation_loss, validation),
              score_of(family, member->test_accuracy, member->test_loss, test), member->seconds,
              member->hash, strcmp(member->origin, "search") == 0 ? "" : "  ",
              strcmp(member->origin, "search") == 0 ? "" : member->origin);
}

/* How sure the accuracies are, at the mean of the finished members. */
static void print_intervals(const aann_family_row *family, const aann_member_row *members,
                            size_t count)
{
    aann_data_origin *origin = NULL;
    double validation = 0.0;
    double test = 0.0;
    int64_t done = 0;
    for (size_t i = 0; i < count; i++) {
        if (members[i].state == AANN_MEMBER_DONE) {
            validation += members[i].validation_accuracy;
            test += members[i].test_accuracy;
            done++;
        }
    }
    if (done == 0 || aann_family_data_origin(family, &origin, NULL) != AANN_OK) {
        return;
    }
    const struct {
        const char *name;
        double mean;
        int64_t samples;
    } splits[] = {{"validation", validation / (double)done, origin->validation_count},
                  {"test", test / (double)done, origin->test_count}};
    for (size_t i = 0; i < 2; i++) {
        char mean[16], interval[CLI_INTERVAL_SIZE], samples[32];
        if (isfinite(splits[i].mean) && splits[i].samples > 0) {
            cli_print("  %s: %s samples; the 95 %% interval (Wilson) of one member with %s, the "
                      "mean, is %s\n",
                      splits[i].name, cli_grouped((uint64_t)splits[i].samples, samples),
                      cli_percent(splits[i].mean, mean),
                      cli_interval(splits[i].mean, splits[i].samples, interval));
        }
    }
    aann_free(origin);
}

aann_status cli_print_family(aann_study *study, const aann_family_row *family, aann_error *error)
{
    aann_spec spec;
    aann_member_row *members = NULL;
    size_t count = 0;
    aann_status status = aann_family_spec(family, &spec, error);
    if (status == AANN_OK) {
        status = aann_study_members(study, family->id, &members, &count, error);
    }
    if (status != AANN_OK) {
        return status;
    }
    cli_print("family %" PRId64 ": %s, %s on %dx%dx%d, %s\n", family->id, family->name,
              family->spec, family->input.channels, family->input.height, family->input.width,
              family->task);
    cli_print_layers(&spec);
    aann_family_plan plan;
    if (aann_family_plan_parse(family->options, &plan, NULL) == AANN_OK) {
        cli_print_phases(&plan);
    }
    cli_print("  %4s  %-8s %12s %11s %9s %11s %9s %9s  %s\n", "id", "state", "steps", "train loss",
              "train", "validation", "test", "seconds", "hash");
    for (size_t i = 0; i < count; i++) {
        print_member(family, &members[i]);
    }
    if (isfinite(aann_family_rmse(family, 1.0))) {
        cli_print("  train, validation, test: root mean square errors in units of the target\n");
    }
    print_intervals(family, members, count);
    cli_print("  %zu member%s: %" PRId64 " done, %" PRId64 " failed, %" PRId64 " running\n", count,
              count == 1 ? "" : "s", count_in_state(members, count, AANN_MEMBER_DONE),
              count_in_state(members, count, AANN_MEMBER_FAILED),
              count_in_state(members, count, AANN_MEMBER_RUNNING));
    free(members);
    return AANN_OK;
}

void cli_print_score(const aann_score *score)
{
    char accuracy[16];
    cli_print("%" PRId64 " sample%s, ", score->count, score->count == 1 ? "" : "s");
    if (isfinite(score->accuracy)) {
        cli_print("accuracy %s, ", cli_percent(score->accuracy, accuracy));
    }
    cli_print("loss %.5f\n", score->loss);
}
