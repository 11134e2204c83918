/* aann walk: how far one gets from a member without leaving the good networks. */
#include "aann/walk.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aann/geometry.h"
#include "cli/commands/command.h"
#include "cli/shared/common_options.h"
#include "cli/shared/file.h"
#include "cli/shared/members.h"
#include "cli/shared/message.h"
#include "cli/shared/options.h"
#include "cli/shared/report.h"
#include "cli/shared/session.h"
#include "cli/shared/stop.h"
#include "cli/shared/study.h"
#include "cli/shared/text.h"

static const char description[] =
    "Walks away from a member by swaps that keep the network good: no swap may\n"
    "raise the training loss above a bound, and each leads farther away. Every\n"
    "--every accepted swaps the network becomes a new member of the family, if\n"
    "it passes the threshold on the validation split. The bound follows from the\n"
    "threshold (docs/families.md), or is given (--loss). Prints the distance from\n"
    "the start; 100 % is that of random networks with the same counts.\n"
    "\n"
    "  aann walk mnist.aann 1 --threshold 97.5\n"
    "  aann walk mnist.aann 1 --threshold 97.5 --members 100\n"
    "  aann walk drives.aann 1 --loss 0.05 --members 20 --every 200\n"
    "\n"
    "Ctrl-C stops; 'aann resume', or the same command, continues to the same\n"
    "members. With more --members the same command makes the walk longer. The\n"
    "walk depends on the weights of the start, the data, the options of the\n"
    "family and the options marked *.\n";

typedef struct walk_arguments {
    const char *path, *id, *csv;
    int64_t seed, steps, data_limit;
    const char *data, *test;
    double threshold;
    aann_walk_plan plan;
    bool threshold_given, loss_given, every_given, steps_given, members_given, match, json;
    cli_session session;
} walk_arguments;

/* What is shown of a walk. */
typedef struct walk_view {
    aann_study *study;
    aann_member start;
    aann_chance chance;
    aann_walk walk;
    aann_member_row *rows; /* [count] */
    size_t count;
    int64_t *distances; /* [count] from the start */
    int64_t *matched;   /* [count] the same, after matching units; NULL: not wanted */
    int64_t *swaps;     /* [count] since the start */
} walk_view;

static void clear(walk_view *view)
{
    aann_member_destroy(&view->start);
    free(view->rows);
    free(view->distances);
    free(view->matched);
    free(view->swaps);
    aann_study_close(view->study);
}

/* ---- opening --------------------------------------------------------------------------------- */

static aann_status open_start(const walk_arguments *a, walk_view *view, aann_error *error)
{
    aann_status status = cli_study_open(a->path, AANN_STUDY_WRITE, &view->study, error);
    if (status == AANN_OK) {
        status = aann_member_open(view->study, a->plan.start, &view->start, error);
    }
    if (status == AANN_OK) {
        view->chance = aann_chance_of_spec(&view->start.spec);
    }
    return status;
}

/* The stored walk of this start and seed: *found is false if there is none. */
static aann_status find_walk(walk_view *view, int64_t start, uint64_t seed, bool *found,
                             aann_error *error)
{
    aann_walk *walks = NULL;
    size_t count = 0;
    const aann_status status =
        aann_walk_list(view->study, view->start.family.id, &walks, &count, error);
    *found = false;
    for (size_t i = 0; i < count; i++) {
        if (walks[i].plan.start == start && walks[i].plan.seed == seed) {
            view->walk = walks[i];
            *found = true;
        }
    }
    free(walks);
    return status;
}

/* What was not said follows from the walk that is there, or from the family. */
static aann_status complete_plan(walk_arguments *a, walk_view *view, aann_error *error)
{
    aann_walk_plan *plan = &a->plan;
    bool found = false;
    plan->seed = (uint64_t)a->seed;
    const aann_status status = find_walk(view, plan->start, plan->seed, &found, error);
    const aann_walk_plan *old = &view->walk.plan;
    if (status != AANN_OK) {
        return status;
    }
    plan->steps = found && !a->steps_given ? old->steps : (uint64_t)a->steps;
    if (found) {
        plan->members = a->members_given ? plan->members : old->members;
        plan->every = a->every_given ? plan->every : old->every;
        plan->loss = a->loss_given ? plan->loss : old->loss;
        plan->threshold = a->threshold_given ? cli_accuracy(a->threshold) : old->threshold;
        return AANN_OK;
    }
    if (!a->every_given) {
        plan->every = (int64_t)ceil(view->chance.mean / (2.0 * plan->members));
        plan->every = plan->every > 0 ? plan->every : 1;
    }
    plan->threshold = a->threshold_given ? cli_accuracy(a->threshold) : 0.0;
    if (!a->threshold_given && !a->loss_given) {
        plan->threshold = view->start.plan.threshold;
        if (plan->threshold == 0.0) {
            return cli_set_error(
                error, AANN_ERROR_ARGUMENT,
                "walk: no bound given, and the family has no threshold; expected --threshold P or "
                "--loss L");
        }
    }
    return AANN_OK;
}

/* ---- measuring ------------------------------------------------------------------------------- */

static aann_status measure_member(walk_view *view, size_t i, aann_error *error)
{
    const aann_network *start = view->start.network;
    aann_network *network = NULL;
    aann_status status = aann_study_network(view->study, view->rows[i].id, &network, error);
    if (status == AANN_OK) {
        const aann_network *pair[2] = {start, network};
        aann_distances distances;
        status = aann_distances_measure(pair, 2, 1, &distances, error);
        if (status == AANN_OK) {
            view->distances[i] = distances.total[1];
            aann_distances_destroy(&distances);
        }
    }
    if (status == AANN_OK && view->matched != NULL) {
        aann_matching matching;
        status = aann_matching_find(start, network, &matching, error);
        if (status == AANN_OK) {
            view->matched[i] = matching.total;
            aann_matching_destroy(&matching);
        }
    }
    aann_network_destroy(network);
    return status;
}

static aann_status measure(walk_view *view, const aann_walk_plan *plan, bool match,
                           aann_error *error)
{
    bool found = false;
    aann_status status = find_walk(view, plan->start, plan->seed, &found, error);
    if (status == AANN_OK) {
        status = aann_walk_members(view->study, plan, &view->rows, &view->count, error);
    }
    if (status != AANN_OK) {
        return status;
    }
    view->distances = calloc(view->count + 1, sizeof *view->distances);
    view->swaps = calloc(view->count + 1, sizeof *view->swaps);
    view->matched = match ? calloc(view->count + 1, sizeof *view->matched) : NULL;
    if (view->distances == NULL || view->swaps == NULL || (match && view->matched == NULL)) {
        return cli_set_error(error, AANN_ERROR_MEMORY, "out of memory for a walk");
    }
    int64_t swaps = 0;
    for (size_t i = 0; status == AANN_OK && i < view->count; i++) {
        swaps += view->rows[i].swaps_from_parent;
        view->swaps[i] = swaps;
        status = measure_member(view, i, error);
    }
    return status;
}

/* The recorded member that is farthest from the start; -1 if none is recorded. */
static int64_t farthest(const walk_view *view)
{
    int64_t best = -1;
    for (size_t i = 0; i < view->count; i++) {
        if (view->rows[i].state == AANN_MEMBER_DONE &&
            (best < 0 || view->distances[i] > view->distances[best])) {
            best = (int64_t)i;
        }
    }
    return best;
}

/* ---- text ------------------------------------------------------------------------------------ */

static double share(const walk_view *view, int64_t distance)
{
    return view->chance.mean > 0.0 ? (double)distance / view->chance.mean : NAN;
}

static void print_row(const walk_view *view, size_t i)
{
    const aann_member_row *row = &view->rows[i];
    char of_chance[16], matched[16] = "-", loss[16], validation[16], test[16];
    if (view->matched != NULL) {
        snprintf(matched, sizeof matched, "%" PRId64, view->matched[i]);
    }
    cli_print("  %5" PRId64 " %-7s %8" PRId64 " %9" PRId64 " %10s %9s %11s %11s %9s\n", row->id,
              row->state == AANN_MEMBER_DONE     ? ""
              : row->state == AANN_MEMBER_FAILED ? "failed"
                                                 : "running",
              view->swaps[i], view->distances[i],
              cli_percent(share(view, view->distances[i]), of_chance), matched,
              cli_number(row->train_loss, loss), cli_percent(row->validation_accuracy, validation),
              cli_percent(row->test_accuracy, test));
}

static void print(const walk_arguments *a, const walk_view *view)
{
    enum { MOST_LINES = 40 };
    const aann_walk_plan *plan = &view->walk.plan;
    char text[16];
    cli_print("%s: a walk from member %" PRId64 " of family %" PRId64 ", %s, seed %" PRIu64 "\n",
              a->path, plan->start, view->start.family.id, view->start.family.spec, plan->seed);
    cli_print("  a member every %" PRId64 " swaps", plan->every);
    if (plan->threshold > 0.0) {
        cli_print(", validation accuracy at least %s", cli_percent(plan->threshold, text));
    }
    if (plan->loss > 0.0) {
        printf(", training loss at most %g", plan->loss);
    }
    printf("; by chance two such networks differ in %.1f +- %.1f weights\n\n", view->chance.mean,
           sqrt(view->chance.variance));
    cli_print("  %5s %-7s %8s %9s %10s %9s %11s %11s %9s\n", "id", "", "swaps", "distance",
              "of chance", "matched", "train loss", "validation", "test");
    const size_t apart = view->count / MOST_LINES + 1;
    for (size_t i = 0; i < view->count; i++) {
        if ((i + 1) % apart == 0 || i == 0 || i + 1 == view->count) {
            print_row(view, i);
        }
    }
    const int64_t best = farthest(view);
    if (best >= 0) {
        cli_print("\nThe farthest, member %" PRId64 ", differs from member %" PRId64 " in %" PRId64
                  " weights: %s of what chance gives.\n",
                  view->rows[best].id, plan->start, view->distances[best],
                  cli_percent(share(view, view->distances[best]), text));
    }
    if (view->walk.state == AANN_WALK_STUCK) {
        printf("The walk is stuck: in %" PRIu64
               " candidates it got no farther. --steps of another walk (--seed), or a "
               "lower threshold, may help.\n",
               plan->steps);
    }
}

/* ---- JSON and CSV ---------------------------------------------------------------------------- */

static const char *state_name(aann_walk_state state)
{
    return state == AANN_WALK_COMPLETE ? "complete"
           : state == AANN_WALK_STUCK  ? "stuck"
                                       : "unfinished";
}

static void print_json(const walk_arguments *a, const walk_view *view)
{
    const aann_walk_plan *plan = &view->walk.plan;
    json_t *members = json_array();
    for (size_t i = 0; i < view->count; i++) {
        json_t *member = cli_json_member(&view->rows[i]);
        json_object_set_new(member, "swaps", json_integer((json_int_t)view->swaps[i]));
        json_object_set_new(member, "distance", json_integer((json_int_t)view->distances[i]));
        json_object_set_new(member, "of_chance", cli_json_real(share(view, view->distances[i])));
        json_object_set_new(member, "matched",
                            view->matched != NULL ? json_integer((json_int_t)view->matched[i])
                                                  : json_null());
        json_array_append_new(members, member);
    }
    const int64_t best = farthest(view);
    cli_print_json(json_pack(
        "{s:o, s:I, s:o, s:I, s:I, s:I, s:I, s:f, s:f, s:s, s:o, s:o, s:o, s:o}", "study",
        cli_json_text(a->path), "family", (json_int_t)view->start.family.id, "spec",
        cli_json_text(view->start.family.spec), "start", (json_int_t)plan->start, "seed",
        (json_int_t)plan->seed, "every", (json_int_t)plan->every, "steps", (json_int_t)plan->steps,
        "threshold", plan->threshold, "loss", plan->loss, "state", state_name(view->walk.state),
        "chance_mean", cli_json_real(view->chance.mean), "chance_deviation",
        cli_json_real(sqrt(view->chance.variance)), "farthest",
        best >= 0 ? json_integer((json_int_t)view->rows[best].id) : json_null(), "members",
        members));
}

enum { CSV_DIGITS = 10 };

static aann_status write_csv(const walk_view *view, const char *path, aann_error *error)
{
    FILE *file = cli_file_open(path, error);
    if (file == NULL) {
        return error->status;
    }
    fputs(
        "member,state,swaps,distance,of_chance,matched,train_loss,validation_accuracy,test_accuracy\n",
        file);
    for (size_t i = 0; i < view->count; i++) {
        const aann_member_row *row = &view->rows[i];
        fprintf(file, "%" PRId64 ",%d,%" PRId64 ",%" PRId64 ",%.10g,", row->id, (int)row->state,
                view->swaps[i], view->distances[i], share(view, view->distances[i]));
        if (view->matched != NULL) {
            fprintf(file, "%" PRId64, view->matched[i]);
        }
        const double numbers[] = {row->train_loss, row->validation_accuracy, row->test_accuracy};
        cli_put_cells(file, numbers, sizeof numbers / sizeof numbers[0], CSV_DIGITS);
        fputc('\n', file);
    }
    return cli_file_close(path, file, error);
}

/* ---- the command ----------------------------------------------------------------------------- */

static bool parse(int count, char **texts, walk_arguments *a, int *status)
{
    aann_family_work *work = &a->session.work;
    aann_walk_plan *plan = &a->plan;
    const cli_option options[] = {
        {"members", CLI_INT, &plan->members, 1, 1e6, "N", "* members to record (50)",
         &a->members_given},
        {"threshold", CLI_REAL, &a->threshold, 0, 100, "P",
         "* validation accuracy (0.97, or 97 for percent) of every recorded member (the family's)",
         &a->threshold_given},
        {"loss", CLI_REAL, &plan->loss, 0, 1e6, "L",
         "* mean training loss that is never exceeded; needed for a regression", &a->loss_given},
        {"every", CLI_LONG, &plan->every, 1, 1e9, "N",
         "* accepted swaps between members (the distance by chance / 2 / members)",
         &a->every_given},
        {"steps", CLI_LONG, &a->steps, 1, 1e12, "N",
         "* candidates for each member at most (200000)", &a->steps_given},
        {"seed", CLI_LONG, &a->seed, 0, 9e18, "N", "* where all random numbers come from (1)",
         NULL},
        {"seconds", CLI_SECONDS, &work->seconds, 0.1, 1e9, "S", "stop, resumably, after this time",
         NULL},
        cli_moved_data_option(&a->data),
        cli_moved_test_option(&a->test),
        cli_data_limit_option(&a->data_limit),
        cli_threads_option(&work->threads),
        cli_checkpoint_option(&work->checkpoint_seconds),
        cli_isa_option(&work->isa),
        {"no-match", CLI_CLEAR, &a->match, 0, 0, NULL, "no distances after matching units", NULL},
        {"csv", CLI_TEXT, &a->csv, 0, 0, "FILE", "all members as CSV", NULL},
        cli_quiet_option(&a->session.quiet),
        {0},
    };
    const char *positional[2];
    const cli_syntax syntax = {
        "walk", "STUDY ID [OPTIONS]", description, options, positional, 2, 2, &a->json};
    if (!cli_parse(&syntax, count, texts, status)) {
        return false;
    }
    a->path = positional[0];
    a->id = positional[1];
    *status = CLI_USAGE;
    return cli_parse_long("ID", a->id, 1, 9e15, &plan->start);
}

static aann_status walk(walk_arguments *a, walk_view *view, aann_error *error)
{
    aann_family_data *data = NULL;
    aann_status status = open_start(a, view, error);
    if (status == AANN_OK) {
        status = complete_plan(a, view, error);
    }
    if (status == AANN_OK) {
        status = aann_family_data_reload_within(&view->start.family, a->data, a->test,
                                                a->data_limit, &data, error);
    }
    if (status == AANN_OK) {
        cli_session_start(&a->session);
        status = aann_walk_run(view->study, &a->plan, data, &a->session.work, error);
    }
    aann_family_data_destroy(data);
    const bool good = status == AANN_OK || status == AANN_INTERRUPTED;
    return good ? measure(view, &a->plan, a->match, error) : status;
}

int cli_walk(int count, char **texts)
{
    walk_arguments a = {.plan = aann_walk_plan_default(),
                        .session.work = aann_family_work_default(),
                        .match = true,
                        .seed = 1};
    a.steps = (int64_t)a.plan.steps;
    int result;
    if (!parse(count, texts, &a, &result)) {
        return result;
    }
    aann_error error;
    walk_view view = {0};
    aann_status status = walk(&a, &view, &error);
    if (status == AANN_OK && a.csv != NULL) {
        status = write_csv(&view, a.csv, &error);
    }
    if (status == AANN_OK && a.json) {
        print_json(&a, &view);
    } else if (status == AANN_OK) {
        print(&a, &view);
    }
    result = status == AANN_OK ? CLI_GOOD : cli_fail(&error);
    if (status == AANN_OK && view.walk.state == AANN_WALK_UNFINISHED) {
        cli_print_to(stderr, "aann: %s, everything is stored; go on with: aann resume %s\n",
                     cli_stop_asked() ? "stopped" : "the time is over", a.path);
        result = cli_stop_asked() ? CLI_FAILED : CLI_GOOD;
    }
    clear(&view);
    return status == AANN_OK ? cli_finish_output(result) : result;
}
