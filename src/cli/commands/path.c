/* aann path: from one member to another by swaps, and how bad the networks on the way get. */
#include "aann/path.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "aann/geometry.h"
#include "cli/commands/command.h"
#include "cli/shared/common_options.h"
#include "cli/shared/members.h"
#include "cli/shared/message.h"
#include "cli/shared/options.h"
#include "cli/shared/report.h"
#include "cli/shared/stop.h"
#include "cli/shared/study.h"
#include "cli/shared/text.h"

static const char description[] =
    "Finds a chain of swaps that turns member A into member B of the same family\n"
    "and keeps the worst network on the way as good as possible. Each step is the\n"
    "best of --candidates swaps that lead nearer; while the loss is above that of\n"
    "both ends, repairs lower it without leading away. Compares the barrier with\n"
    "random straight paths and with the best constant answer. First B's hidden\n"
    "units are renamed to match those of A, which changes no answer of B. The\n"
    "way-points and the worst network become members (origin 'path').\n"
    "\n"
    "  aann path mnist.aann 1 2\n"
    "  aann path mnist.aann 1 2 --points 20 --repairs 200 --no-match\n"
    "\n"
    "A path depends on both members, the data, the options of the family and the\n"
    "options marked *.\n";

enum { MOST_DRAWS = 1000 };

typedef struct path_arguments {
    const char *path;
    int64_t ids[2];
    int64_t seed, data_limit;
    const char *data, *test;
    int32_t draws;
    aann_path_options options;
    aann_family_work work;
    bool match, store, quiet, json;
    double last_line;
} path_arguments;

/* Straight paths to one goal: the mean over the draws of the worst on the way, and of the network
 * half-way. */
typedef struct straight_result {
    int64_t distance;
    double worst_loss;
    double worst_accuracy;
    double worst_validation_accuracy;
} straight_result;

typedef struct path_result {
    aann_study *study;
    aann_member ends[2];
    aann_family_data *data;
    aann_network *renamed; /* the second end's network, with its units renamed */
    aann_path path;
    straight_result raw;
    straight_result matched;
    double constant_loss;
    double constant_accuracy;
    int32_t stored;
} path_result;

static void clear(path_result *result)
{
    aann_network_destroy(result->renamed);
    aann_path_destroy(&result->path);
    aann_family_data_destroy(result->data);
    aann_member_destroy(&result->ends[0]);
    aann_member_destroy(&result->ends[1]);
    aann_study_close(result->study);
}

/* ---- opening --------------------------------------------------------------------------------- */

static aann_status open_members(const path_arguments *a, path_result *result, aann_error *error)
{
    const aann_member *ends = result->ends;
    aann_status status = cli_study_open(a->path, a->store ? AANN_STUDY_WRITE : AANN_STUDY_READ,
                                        &result->study, error);
    for (int i = 0; status == AANN_OK && i < 2; i++) {
        status = aann_member_open(result->study, a->ids[i], &result->ends[i], error);
        if (status == AANN_OK && ends[i].row.state == AANN_MEMBER_RUNNING) {
            status = cli_set_error(error, AANN_ERROR_ARGUMENT,
                                   "path: member %" PRId64 " is not finished", a->ids[i]);
        }
    }
    if (status == AANN_OK && ends[0].row.family != ends[1].row.family) {
        status = cli_set_error(error, AANN_ERROR_ARGUMENT,
                               "path: member %" PRId64 " is of family %" PRId64 ", member %" PRId64
                               " of family %" PRId64 "; expected two members of one family",
                               a->ids[0], ends[0].row.family, a->ids[1], ends[1].row.family);
    }
    return status == AANN_OK ? aann_family_data_reload_within(&ends[0].family, a->data, a->test,
                                                              a->data_limit, &result->data, error)
                             : status;
}

static aann_status rename_units(path_result *result, aann_error *error)
{
    aann_matching matching;
    aann_status status =
        aann_matching_find(result->ends[0].network, result->ends[1].network, &matching, error);
    if (status == AANN_OK) {
        status = aann_matching_apply(&matching, result->ends[1].network, &result->renamed, error);
        aann_matching_destroy(&matching);
    }
    return status;
}

/* ---- working --------------------------------------------------------------------------------- */

static void show(void *context, const aann_member_report *reports, size_t count)
{
    path_arguments *a = context;
    enum { SECONDS_BETWEEN_LINES = 10 };
    const bool terminal = isatty(STDERR_FILENO) == 1;
    if (a->quiet || count == 0 ||
        (!terminal && reports[0].seconds - a->last_line < SECONDS_BETWEEN_LINES)) {
        return;
    }
    a->last_line = reports[0].seconds;
    if (terminal) {
        fputs("\r", stderr);
    }
    fprintf(stderr, "path %3.0f %%  swaps %" PRIu64 "  loss %.4f  %.0f s, left %.0f s",
            100.0 * (double)reports[0].step / (double)(reports[0].steps > 0 ? reports[0].steps : 1),
            reports[0].accepted, reports[0].train_loss, reports[0].seconds,
            isfinite(reports[0].seconds_left) ? reports[0].seconds_left : 0.0);
    fprintf(stderr, terminal ? "\033[K" : "\n");
}

static aann_status interpolate(const path_arguments *a, const path_result *result,
                               const aann_network *to, straight_result *mean, aann_error *error)
{
    aann_status status = AANN_OK;
    *mean = (straight_result){0};
    for (int32_t draw = 0; status == AANN_OK && draw < a->draws; draw++) {
        aann_path path;
        aann_path_options options = a->options;
        options.seed += (uint64_t)draw;
        options.points = options.points < 20 ? 20 : options.points;
        status = aann_path_straight(result->data, &result->ends[0].plan.search,
                                    result->ends[0].network, to, &options, &a->work, &path, error);
        if (status == AANN_OK) {
            mean->distance = path.points[0].distance;
            mean->worst_loss += path.worst_loss / a->draws;
            mean->worst_accuracy += path.worst_accuracy / a->draws;
            mean->worst_validation_accuracy += path.worst_validation_accuracy / a->draws;
            aann_path_destroy(&path);
        }
    }
    return status;
}

static aann_status work(path_arguments *a, path_result *result, aann_error *error)
{
    cli_catch_stop();
    a->work.interrupted = cli_stop_callback;
    a->work.report = show;
    a->work.context = a;
    aann_status status = a->match ? rename_units(result, error) : AANN_OK;
    if (status == AANN_OK) {
        status = interpolate(a, result, result->ends[1].network, &result->raw, error);
    }
    if (status == AANN_OK && a->match) {
        status = interpolate(a, result, result->renamed, &result->matched, error);
    }
    if (status == AANN_OK) {
        const aann_network *goal = a->match ? result->renamed : result->ends[1].network;
        status = aann_path_find(result->data, &result->ends[0].plan.search, result->ends[0].network,
                                goal, &a->options, &a->work, &result->path, error);
    }
    if (status == AANN_OK) {
        aann_samples_constant_score(aann_family_data_train(result->data),
                                    &result->ends[0].plan.search, &result->constant_loss,
                                    &result->constant_accuracy);
    }
    if (status == AANN_OK && a->store) {
        status = aann_path_store(result->study, a->ids[0], &a->options, &result->path,
                                 &result->stored, error);
    }
    if (!a->quiet && isatty(STDERR_FILENO) == 1) {
        fputs("\r\033[K", stderr);
    }
    return status;
}

/* ---- text ------------------------------------------------------------------------------------ */

static void print_barrier(const char *name, double loss, double accuracy, double validation)
{
    char first[16], second[16], third[16];
    cli_print("  %-44s %11s %11s %11s\n", name, cli_number(loss, first),
              cli_percent(accuracy, second), cli_percent(validation, third));
}

static void print_points(const path_result *result)
{
    cli_print("\n  %8s %9s %11s %9s %11s %9s\n", "swaps", "to go", "train loss", "train",
              "validation", "test");
    for (size_t i = 0; i < result->path.point_count; i++) {
        const aann_path_point *point = &result->path.points[i];
        char loss[16], train[16], validation[16], test[16];
        cli_print("  %8" PRId64 " %9" PRId64 " %11s %9s %11s %9s\n", point->swaps, point->distance,
                  cli_number(point->train_loss, loss), cli_percent(point->train_accuracy, train),
                  cli_percent(point->validation_accuracy, validation),
                  cli_percent(point->test_accuracy, test));
    }
}

static void print_top(const path_result *result)
{
    const aann_path_point *top = &result->path.top;
    char loss[16], train[16], validation[16], test[16];
    cli_print("\n  the top, after %" PRId64 " swaps, %" PRId64
              " to go: train loss %s, train %s, validation %s, test %s\n",
              top->swaps, top->distance, cli_number(top->train_loss, loss),
              cli_percent(top->train_accuracy, train),
              cli_percent(top->validation_accuracy, validation),
              cli_percent(top->test_accuracy, test));
    printf("  each of the %" PRId64 " swaps was checked\n", result->path.checked);
}

static void print(const path_arguments *a, const path_result *result)
{
    const aann_chance chance = aann_chance_of_spec(&result->ends[0].spec);
    const aann_path *path = &result->path;
    const aann_path_point *first = &path->points[0];
    const aann_path_point *last = &path->points[path->point_count - 1];
    cli_print("%s: from member %" PRId64 " to member %" PRId64 " of family %" PRId64 ", %s\n",
              a->path, a->ids[0], a->ids[1], result->ends[0].family.id,
              result->ends[0].family.spec);
    printf("  they differ in %" PRId64 " weights (chance: %.1f +- %.1f)", result->raw.distance,
           chance.mean, sqrt(chance.variance));
    if (a->match) {
        printf(", after matching units in %" PRId64, result->matched.distance);
    }
    cli_print("\n  %" PRId64 " steps and %" PRId64 " repairs\n", path->steps, path->repairs);
    print_points(result);
    print_top(result);
    cli_print("\n  %-44s %11s %11s %11s\n", "the worst on the way", "train loss", "train",
              "validation");
    print_barrier("this path", path->worst_loss, path->worst_accuracy,
                  path->worst_validation_accuracy);
    if (a->match) {
        print_barrier("straight, random order, units matched", result->matched.worst_loss,
                      result->matched.worst_accuracy, result->matched.worst_validation_accuracy);
    }
    print_barrier("straight, random order", result->raw.worst_loss, result->raw.worst_accuracy,
                  result->raw.worst_validation_accuracy);
    print_barrier("chance: the best constant answer", result->constant_loss,
                  result->constant_accuracy, NAN);
    print_barrier("the worse end", fmax(first->train_loss, last->train_loss),
                  fmin(first->train_accuracy, last->train_accuracy),
                  fmin(first->validation_accuracy, last->validation_accuracy));
    if (a->store) {
        printf("\n%d networks stored\n", result->stored);
    }
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static json_t *barrier_json(double loss, double accuracy, double validation)
{
    return json_pack("{s:o, s:o, s:o}", "loss", cli_json_real(loss), "accuracy",
                     cli_json_real(accuracy), "validation_accuracy", cli_json_real(validation));
}

static json_t *point_json(const aann_path_point *point)
{
    return json_pack(
        "{s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "swaps", (json_int_t)point->swaps,
        "distance", (json_int_t)point->distance, "hash",
        cli_json_hash(aann_network_hash(point->network)), "train_loss",
        cli_json_real(point->train_loss), "train_accuracy", cli_json_real(point->train_accuracy),
        "validation_loss", cli_json_real(point->validation_loss), "validation_accuracy",
        cli_json_real(point->validation_accuracy), "test_loss", cli_json_real(point->test_loss),
        "test_accuracy", cli_json_real(point->test_accuracy));
}

static json_t *points_json(const aann_path *path)
{
    json_t *array = json_array();
    for (size_t i = 0; i < path->point_count; i++) {
        json_array_append_new(array, point_json(&path->points[i]));
    }
    return array;
}

static void print_json(const path_arguments *a, const path_result *result)
{
    const aann_chance chance = aann_chance_of_spec(&result->ends[0].spec);
    const aann_path *path = &result->path;
    json_t *matched = a->match
                          ? barrier_json(result->matched.worst_loss, result->matched.worst_accuracy,
                                         result->matched.worst_validation_accuracy)
                          : json_null();
    cli_print_json(json_pack(
        "{s:o, s:I, s:I, s:I, s:I, s:b, s:I, s:o, s:f, s:f, s:I, s:I, s:o, s:o, s:o, s:o, s:i, s:I, s:o, s:o}",
        "study", cli_json_text(a->path), "family", (json_int_t)result->ends[0].family.id, "from",
        (json_int_t)a->ids[0], "to", (json_int_t)a->ids[1], "seed", (json_int_t)a->seed, "match",
        (int)a->match, "distance", (json_int_t)result->raw.distance, "matched_distance",
        a->match ? json_integer((json_int_t)result->matched.distance) : json_null(), "chance_mean",
        chance.mean, "chance_deviation", sqrt(chance.variance), "steps", (json_int_t)path->steps,
        "repairs", (json_int_t)path->repairs, "worst",
        barrier_json(path->worst_loss, path->worst_accuracy, path->worst_validation_accuracy),
        "straight",
        barrier_json(result->raw.worst_loss, result->raw.worst_accuracy,
                     result->raw.worst_validation_accuracy),
        "straight_matched", matched, "constant",
        barrier_json(result->constant_loss, result->constant_accuracy, NAN), "stored",
        (int)result->stored, "checked", (json_int_t)path->checked, "top", point_json(&path->top),
        "points", points_json(path)));
}

/* ---- the command ----------------------------------------------------------------------------- */

static bool parse(int count, char **texts, path_arguments *a, int *status)
{
    aann_path_options *path = &a->options;
    const cli_option options[] = {
        {"points", CLI_INT, &path->points, 1, 10000, "N", "* way-points, at equal distances (10)",
         NULL},
        {"candidates", CLI_INT, &path->candidates, 1, 256, "N",
         "* swaps of which the best is made (32)", NULL},
        {"finalists", CLI_INT, &path->finalists, 1, 256, "N",
         "* of these, judged on all samples (4)", NULL},
        {"repairs", CLI_LONG, &path->repairs, 0, 1e9, "N",
         "* candidates for repairs after each step (100)", NULL},
        {"seed", CLI_LONG, &a->seed, 0, 9e18, "N", "* where all random numbers come from (1)",
         NULL},
        {"draws", CLI_INT, &a->draws, 1, MOST_DRAWS, "N",
         "random straight paths to compare with (3)", NULL},
        {"no-match", CLI_CLEAR, &a->match, 0, 0, NULL, "* do not rename B's units", NULL},
        {"no-store", CLI_CLEAR, &a->store, 0, 0, NULL, "do not store the way-points", NULL},
        cli_moved_data_option(&a->data),
        cli_moved_test_option(&a->test),
        cli_data_limit_option(&a->data_limit),
        cli_threads_option(&a->work.threads),
        cli_isa_option(&a->work.isa),
        cli_quiet_option(&a->quiet),
        {0},
    };
    const char *positional[3];
    const cli_syntax syntax = {
        "path", "STUDY A B [OPTIONS]", description, options, positional, 3, 3, &a->json};
    if (!cli_parse(&syntax, count, texts, status)) {
        return false;
    }
    a->path = positional[0];
    path->seed = (uint64_t)a->seed;
    *status = CLI_USAGE;
    if (!cli_parse_long("A", positional[1], 1, 9e15, &a->ids[0]) ||
        !cli_parse_long("B", positional[2], 1, 9e15, &a->ids[1])) {
        return false;
    }
    if (a->ids[0] == a->ids[1]) {
        cli_usage_error("path: from member %" PRId64 " to itself; expected two members", a->ids[0]);
        return false;
    }
    return true;
}

int cli_path(int count, char **texts)
{
    path_arguments a = {.options = aann_path_options_default(),
                        .work = aann_family_work_default(),
                        .seed = 1,
                        .draws = 3,
                        .match = true,
                        .store = true};
    int status;
    if (!parse(count, texts, &a, &status)) {
        return status;
    }
    aann_error error;
    path_result result = {0};
    aann_status done = open_members(&a, &result, &error);
    if (done == AANN_OK) {
        done = work(&a, &result, &error);
    }
    if (done == AANN_INTERRUPTED) {
        status =
            cli_failed("path: stopped; nothing is stored, a path is kept only when it is whole");
    } else if (done != AANN_OK) {
        status = cli_fail(&error);
    } else {
        if (a.json) {
            print_json(&a, &result);
        } else {
            print(&a, &result);
        }
        status = cli_finish_output(CLI_GOOD);
    }
    clear(&result);
    return status;
}
