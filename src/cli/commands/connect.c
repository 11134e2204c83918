/* aann connect: which members are joined by paths below which loss. */
#include "aann/connect.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands/command.h"
#include "cli/commands/connect_report.h"
#include "cli/shared/common_options.h"
#include "cli/shared/message.h"
#include "cli/shared/options.h"
#include "cli/shared/ranks.h"
#include "cli/shared/stop.h"
#include "cli/shared/study.h"
#include "cli/shared/text.h"

static const char description[] =
    "Finds paths of swaps between the members of a family, and the graph of the\n"
    "members that are joined below a training loss. First each member is joined\n"
    "to --neighbours better ones; then the paths on which the graph depends are\n"
    "sought again with twice the repairs, until they stand. The worst network of\n"
    "every path is stored (origin 'top'), so that every barrier can be evaluated.\n"
    "Barriers are upper bounds: there may be lower paths.\n"
    "\n"
    "  aann connect mnist.aann\n"
    "  aann connect mnist.aann --members 30 --seconds 10m --pictures pictures\n"
    "  aann connect mnist.aann --neighbours 1000     (all pairs)\n"
    "\n"
    "The same command continues after Ctrl-C or --seconds, to the same paths. A\n"
    "path depends on both members, the data, the options of the family and the\n"
    "options marked *, which are kept with the seed.\n";

typedef struct connect_arguments {
    const char *path, *csv, *pictures;
    int64_t family, seed, data_limit;
    const char *data, *test;
    aann_connect_plan plan;
    aann_family_work work;
    bool points, candidates, finalists, repairs; /* which were given */
    bool quiet, json, show;
    double last_line;
} connect_arguments;

/* ---- progress -------------------------------------------------------------------------------- */

/* reports[0] is the path in progress, reports[1] the round. */
static void show(void *context, const aann_member_report *reports, size_t count)
{
    connect_arguments *a = context;
    enum { SECONDS_BETWEEN_LINES = 10 };
    const bool terminal = isatty(STDERR_FILENO) == 1;
    if (a->quiet || count < 2 ||
        (!terminal && reports[1].seconds - a->last_line < SECONDS_BETWEEN_LINES)) {
        return;
    }
    a->last_line = reports[1].seconds;
    if (terminal) {
        fputs("\r", stderr);
    }
    fprintf(stderr,
            "path %" PRIu64 " of %" PRIu64 " of this round, %" PRId64 " to %" PRId64
            ", attempt %" PRIu64 ": %3.0f %%  loss %.4f  %.0f s",
            reports[1].step + 1, reports[1].steps, reports[0].id, reports[0].index,
            reports[1].accepted + 1,
            100.0 * (double)reports[0].step / (double)(reports[0].steps > 0 ? reports[0].steps : 1),
            reports[0].train_loss, reports[1].seconds);
    fprintf(stderr, terminal ? "\033[K" : "\n");
}

/* ---- the work -------------------------------------------------------------------------------- */

/* Path options that were not given are those kept with the seed. */
static aann_status complete_plan(connect_arguments *a, const aann_family_row *family,
                                 aann_error *error)
{
    bool found = false;
    aann_connect_plan kept = a->plan;
    const aann_status status = aann_connect_plan_find(family, &kept, &found, error);
    if (status == AANN_OK && found) {
        aann_path_options *path = &a->plan.path;
        path->points = a->points ? path->points : kept.path.points;
        path->candidates = a->candidates ? path->candidates : kept.path.candidates;
        path->finalists = a->finalists ? path->finalists : kept.path.finalists;
        path->repairs = a->repairs ? path->repairs : kept.path.repairs;
    }
    return status;
}

static aann_status find_paths(connect_arguments *a, connect_result *result, aann_error *error)
{
    aann_family_data *data = NULL;
    aann_status status = aann_family_data_reload_within(&result->family.row, a->data, a->test,
                                                        a->data_limit, &data, error);
    if (status == AANN_OK) {
        cli_catch_stop();
        a->work.hands = cli_ranks() != NULL ? aann_ranks_hands(cli_ranks()) : NULL;
        a->work.interrupted = cli_stop_callback;
        a->work.report = show;
        a->work.context = a;
        status =
            aann_connect_run(result->study, result->family.row.id, &a->plan, data, &a->work, error);
    }
    if (status == AANN_OK || status == AANN_INTERRUPTED) {
        aann_samples_constant_score(aann_family_data_train(data), &result->family.plan.search,
                                    &result->constant_loss, &result->constant_accuracy);
    }
    aann_family_data_destroy(data);
    if (!a->quiet && isatty(STDERR_FILENO) == 1) {
        fputs("\r\033[K", stderr);
    }
    return status;
}

static aann_status work(connect_arguments *a, connect_result *result, aann_error *error)
{
    const aann_family_choice choice = {.minimum = 0};
    aann_status status = cli_study_open(a->path, a->show ? AANN_STUDY_READ : AANN_STUDY_WRITE,
                                        &result->study, error);
    if (status == AANN_OK) {
        status = aann_family_open(result->study, a->family, &choice, &result->family, error);
    }
    if (status == AANN_OK) {
        status = complete_plan(a, &result->family.row, error);
    }
    if (status == AANN_OK && !a->show) {
        status = find_paths(a, result, error);
    }
    if (status == AANN_OK || status == AANN_INTERRUPTED) {
        status = aann_connections_read(result->study, result->family.row.id, &a->plan,
                                       &result->connections, error);
    }
    if (status == AANN_OK && a->csv != NULL) {
        status = connect_csv(result, a->csv, error);
    }
    if (status == AANN_OK && a->pictures != NULL) {
        status = connect_pictures(result, a->pictures, error);
    }
    return status;
}

/* ---- the command ----------------------------------------------------------------------------- */

static bool parse(int count, char **texts, connect_arguments *a, int *status)
{
    aann_connect_plan *plan = &a->plan;
    const cli_option options[] = {
        {"family", CLI_LONG, &a->family, 1, 9e15, "ID", "which family (the study's last)", NULL},
        {"members", CLI_INT, &plan->members, 2, AANN_MAX_CONNECTED, "N",
         "only the first N finished members that were searched (all)", NULL},
        {"neighbours", CLI_INT, &plan->neighbours, 1, 1e6, "N",
         "better members that each is joined to first; as many as there are: all pairs (1)", NULL},
        {"doublings", CLI_INT, &plan->doublings, 0, AANN_MAX_DOUBLINGS, "N",
         "how often a path may be sought again, with twice the repairs (5)", NULL},
        {"tolerance", CLI_REAL, &plan->tolerance, 0, 1e6, "L",
         "a path stands when another attempt lowers it by less (0.01)", NULL},
        {"paths", CLI_LONG, &plan->paths, 1, 1e9, "N", "stop, resumably, after N paths", NULL},
        {"seconds", CLI_SECONDS, &a->work.seconds, 0.1, 1e9, "S",
         "stop, resumably, after this time", NULL},
        {"show", CLI_FLAG, &a->show, 0, 0, NULL, "find nothing, show what is stored", NULL},
        {"points", CLI_INT, &plan->path.points, 1, 10000, "N", "* way-points of a path (2)",
         &a->points},
        {"candidates", CLI_INT, &plan->path.candidates, 1, 256, "N",
         "* swaps of which the best is made (8)", &a->candidates},
        {"finalists", CLI_INT, &plan->path.finalists, 1, 256, "N",
         "* of these, judged on all samples (2)", &a->finalists},
        {"repairs", CLI_LONG, &plan->path.repairs, 1, 1e9, "N",
         "* candidates for repairs after each step, at the first attempt (25)", &a->repairs},
        {"seed", CLI_LONG, &a->seed, 0, 9e18, "N", "* where all random numbers come from (1)",
         NULL},
        {"csv", CLI_TEXT, &a->csv, 0, 0, "FILE", "all paths as CSV", NULL},
        {"pictures", CLI_TEXT, &a->pictures, 0, 0, "DIR", "pictures, as PNG and SVG", NULL},
        cli_moved_data_option(&a->data),
        cli_moved_test_option(&a->test),
        cli_data_limit_option(&a->data_limit),
        cli_threads_option(&a->work.threads),
        cli_isa_option(&a->work.isa),
        cli_quiet_option(&a->quiet),
        {0},
    };
    const char *positional[1];
    const cli_syntax syntax = {"connect", "STUDY [OPTIONS]", description, options, positional, 1,
                               1,         &a->json};
    if (!cli_parse(&syntax, count, texts, status)) {
        return false;
    }
    a->path = positional[0];
    plan->seed = (uint64_t)a->seed;
    return true;
}

int cli_connect(int count, char **texts)
{
    connect_arguments a = {
        .plan = aann_connect_plan_default(), .work = aann_family_work_default(), .seed = 1};
    int status;
    if (!parse(count, texts, &a, &status)) {
        return status;
    }
    aann_error error;
    connect_result result = {
        .path = a.path, .constant_loss = NAN, .constant_accuracy = NAN, .plan = &a.plan};
    const aann_status done = work(&a, &result, &error);
    if (done != AANN_OK) {
        status = cli_fail(&error);
    } else {
        if (a.json) {
            connect_json(&result);
        } else {
            connect_print(&result);
        }
        if (!result.connections.complete && !a.show) {
            cli_print_to(stderr, "aann: %s; the same command goes on\n",
                         cli_stop_asked() ? "stopped, every whole path is stored"
                                          : "not all paths are found yet");
        }
        status = cli_finish_output(cli_stop_asked() ? CLI_FAILED : CLI_GOOD);
    }
    aann_connections_destroy(&result.connections);
    aann_family_destroy(&result.family);
    aann_study_close(result.study);
    return status;
}
