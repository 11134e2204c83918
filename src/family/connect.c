/* Connections: the rounds' paths are found one by one, each on all threads, or all of a round at the
 * same time by other processes; the top of each is stored at once. */
#include "family/connect.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/clock.h"
#include "core/error.h"
#include "core/memory.h"
#include "family/meter.h"
#include "family/patience.h"
#include "family/task_connect.h"

typedef struct connect_run {
    aann_study *study;
    int64_t family;
    const aann_connect_plan *plan;
    const aann_family_data *data;
    const aann_family_work *work;
    aann_family_plan search;
    double begin;
    int64_t found; /* paths, in this call */
    /* What is reported of the path in progress. */
    aann_connect_state state;
    const aann_attempt *attempt;
    int32_t done, count; /* attempts of the round */
} connect_run;

/* ---- one path -------------------------------------------------------------------------------- */

static void report(void *context, const aann_member_report *reports, size_t count)
{
    const connect_run *run = context;
    if (count == 0) {
        return;
    }
    aann_member_report lines[2] = {reports[0], reports[0]};
    lines[0].id = run->state.members[run->attempt->from].id;
    lines[0].index = run->state.members[run->attempt->to].id;
    lines[1].id = 0;
    lines[1].index = -1;
    lines[1].step = (uint64_t)run->done;
    lines[1].steps = (uint64_t)run->count;
    lines[1].accepted = (uint64_t)run->attempt->number;
    lines[1].seconds = aann_clock_seconds() - run->begin;
    lines[1].seconds_left = NAN;
    run->work->report(run->work->context, lines, 2);
}

static bool interrupted(void *context)
{
    const connect_run *run = context;
    return run->work->interrupted != NULL && run->work->interrupted(run->work->context);
}

/* The work of one path: what is left of the time, and this file's reports. */
static aann_family_work path_work(connect_run *run)
{
    aann_family_work work = *run->work;
    if (work.seconds > 0.0) {
        const double left = work.seconds - (aann_clock_seconds() - run->begin);
        work.seconds = left > 1e-3 ? left : 1e-3;
    }
    work.report = work.report != NULL ? report : NULL;
    work.interrupted = interrupted;
    work.context = run;
    return work;
}

static aann_attempt_search search_of(const connect_run *run, const aann_attempt *attempt)
{
    aann_attempt_search search;
    memset(&search, 0, sizeof search); /* it travels as it is */
    search.family = run->family;
    search.from = run->state.members[attempt->from].id;
    search.to = run->state.members[attempt->to].id;
    search.number = attempt->number;
    search.seed = run->plan->seed;
    search.path = run->plan->path;
    return search;
}

static aann_status find_path(connect_run *run, aann_error *error)
{
    const aann_family_work work = path_work(run);
    const aann_attempt_search search = search_of(run, run->attempt);
    return aann_attempt_find(run->study, &search, run->data, &run->search, &work, error);
}

/* ---- rounds ---------------------------------------------------------------------------------- */

static bool enough(const connect_run *run)
{
    return run->plan->paths > 0 && run->found >= run->plan->paths;
}

/* What is left of a round, in its order. */
static aann_status find_round(connect_run *run, const aann_attempt *list, int32_t count,
                              int32_t left, aann_error *error)
{
    aann_status status = AANN_OK;
    run->count = count;
    run->done = count - left;
    for (int32_t i = 0; status == AANN_OK && i < count && !enough(run); i++) {
        if (list[i].top != 0) {
            continue;
        }
        if (aann_work_must_stop(run->work, run->begin)) {
            return AANN_INTERRUPTED;
        }
        run->attempt = &list[i];
        status = find_path(run, error);
        run->found += status == AANN_OK ? 1 : 0;
        run->done++;
    }
    return status;
}

/* The attempts that are given to other processes. */
typedef struct handed_round {
    connect_run *run;
    const aann_attempt **attempts; /* [count] */
} handed_round;

static void hear(void *context, size_t place, const aann_member_report *member)
{
    const handed_round *round = context;
    connect_run *run = round->run;
    if (member == NULL) {
        run->found++;
        run->done++;
        return;
    }
    run->attempt = round->attempts[place];
    report(run, member, 1);
}

/* The same attempts as find_round, at the same time. */
static aann_status hand_out_round(connect_run *run, const aann_attempt *list, int32_t count,
                                  int32_t left, aann_error *error)
{
    handed_round round = {run, aann_allocate((size_t)left, sizeof *round.attempts)};
    aann_attempt_search *searches = aann_allocate((size_t)left, sizeof *searches);
    aann_status status = round.attempts != NULL && searches != NULL
                             ? AANN_OK
                             : aann_fail(error, AANN_ERROR_MEMORY, "out of memory for paths");
    size_t given = 0;
    run->count = count;
    run->done = count - left;
    for (int32_t i = 0; status == AANN_OK && i < count; i++) {
        const int64_t wanted = run->plan->paths - run->found;
        if (list[i].top == 0 && (run->plan->paths == 0 || (int64_t)given < wanted)) {
            searches[given] = search_of(run, &list[i]);
            round.attempts[given++] = &list[i];
        }
    }
    if (status == AANN_OK) {
        status = aann_attempts_hand_out(run->study, searches, given, run->data, run->work,
                                        run->begin, hear, &round, error);
    }
    free(round.attempts);
    free(searches);
    return status;
}

static aann_status find_rounds(connect_run *run, aann_error *error)
{
    aann_status status = AANN_OK;
    bool complete = false;
    while (status == AANN_OK && !complete && !enough(run)) {
        aann_attempt *list = NULL;
        int32_t count = 0;
        int32_t left = 0;
        status = aann_connect_state_read(run->study, run->family, run->plan, &run->state, error);
        if (status == AANN_OK) {
            status = aann_connect_next(&run->state, &list, &count, &left, error);
        }
        complete = status == AANN_OK && left == 0;
        if (status == AANN_OK && !complete) {
            status = run->work->hands != NULL ? hand_out_round(run, list, count, left, error)
                                              : find_round(run, list, count, left, error);
        }
        free(list);
        aann_connect_state_clear(&run->state);
    }
    return status;
}

/* Reads the family's search and keeps the plan. */
static aann_status prepare(connect_run *run, aann_error *error)
{
    aann_family_row family = {0};
    char *changed = NULL;
    aann_status status = aann_connect_plan_check(run->plan, error);
    if (status == AANN_OK) {
        status = aann_study_family(run->study, run->family, &family, error);
    }
    if (status == AANN_OK) {
        status = aann_family_plan_parse(family.options, &run->search, error);
    }
    if (status == AANN_OK) { /* fails before anything is stored */
        status = aann_connect_state_read(run->study, run->family, run->plan, &run->state, error);
        aann_connect_state_clear(&run->state);
    }
    if (status == AANN_OK) {
        status = aann_connect_plan_add(family.options, run->plan, &changed, error);
    }
    if (status == AANN_OK && changed != NULL) {
        status = aann_study_save_options(run->study, run->family, changed, error);
    }
    free(changed);
    aann_family_row_destroy(&family);
    return status;
}

aann_status aann_connect_run(aann_study *study, int64_t family, const aann_connect_plan *plan,
                             const aann_family_data *data, const aann_family_work *work,
                             aann_error *error)
{
    connect_run run = {.study = study,
                       .family = family,
                       .plan = plan,
                       .data = data,
                       .work = work,
                       .begin = aann_clock_seconds()};
    aann_patience patience;
    aann_patience_begin(&patience, study, work, false);
    aann_status status = prepare(&run, error);
    if (status == AANN_OK) {
        status = find_rounds(&run, error);
    }
    aann_patience_end(&patience);
    return status;
}

/* ---- reading --------------------------------------------------------------------------------- */

/* The lowest level at which the largest component has this many members. */
static double level_of(const aann_connections *connections, int32_t members)
{
    for (int32_t i = 0; i < connections->level_count; i++) {
        if (connections->largest[i] >= members) {
            return connections->levels[i];
        }
    }
    return NAN;
}

static aann_status fill_in(const aann_connect_state *state, aann_connections *connections,
                           aann_error *error)
{
    const size_t count = (size_t)state->count;
    connections->tree = aann_allocate(count, sizeof *connections->tree);
    connections->levels = aann_allocate(count, sizeof *connections->levels);
    connections->largest = aann_allocate(count, sizeof *connections->largest);
    connections->components = aann_allocate(count, sizeof *connections->components);
    if (connections->tree == NULL || connections->levels == NULL || connections->largest == NULL ||
        connections->components == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for connections");
    }
    aann_status status = aann_connect_paths(state, state->stored, state->stored_count,
                                            &connections->paths, &connections->path_count, error);
    if (status == AANN_OK) {
        status = aann_connect_tree(state->count, connections->paths, connections->path_count,
                                   connections->tree, &connections->level_count,
                                   connections->largest, connections->components, error);
    }
    for (int32_t i = 0; status == AANN_OK && i < connections->level_count; i++) {
        connections->levels[i] = connections->paths[connections->tree[i]].loss;
    }
    return status;
}

aann_status aann_connections_read(aann_study *study, int64_t family, const aann_connect_plan *plan,
                                  aann_connections *connections, aann_error *error)
{
    *connections = (aann_connections){0};
    aann_connect_state state = {0};
    aann_attempt *list = NULL;
    int32_t count = 0;
    int32_t left = 0;
    aann_status status = aann_connect_plan_check(plan, error);
    if (status == AANN_OK) {
        status = aann_connect_state_read(study, family, plan, &state, error);
    }
    if (status == AANN_OK) {
        status = aann_connect_next(&state, &list, &count, &left, error);
    }
    if (status == AANN_OK) {
        status = fill_in(&state, connections, error);
    }
    if (status == AANN_OK) {
        connections->members = state.members;
        connections->count = state.count;
        state.members = NULL;
        connections->attempts = state.stored_count;
        connections->left = left;
        connections->complete = left == 0;
        connections->half = level_of(connections, (connections->count + 1) / 2);
        connections->whole = level_of(connections, connections->count);
    } else {
        aann_connections_destroy(connections);
    }
    free(list);
    aann_connect_state_clear(&state);
    return status;
}

void aann_connections_destroy(aann_connections *connections)
{
    free(connections->members);
    free(connections->paths);
    free(connections->tree);
    free(connections->levels);
    free(connections->largest);
    free(connections->components);
    *connections = (aann_connections){0};
}
