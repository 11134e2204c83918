/* Searching a family: all members of a new one, or the unfinished members of a stored one. */
#include "family/run.h"

#include <stdlib.h>

#include "core/error.h"
#include "core/memory.h"
#include "family/calibrate.h"
#include "family/check.h"
#include "family/create.h"
#include "family/effort.h"
#include "family/member.h"
#include "family/origin.h"
#include "family/patience.h"
#include "family/phases.h"
#include "family/plan.h"
#include "family/scheduler.h"
#include "family/task_member.h"
#include "study/excerpt.h"
#include "study/transaction.h"

aann_family_work aann_family_work_default(void)
{
    return (aann_family_work){.checkpoint_seconds = 30.0};
}

/* The members of a family that a search has begun and not finished. */
static aann_status unfinished_jobs(aann_study *study, int64_t family, aann_member_job **jobs,
                                   size_t *count, aann_error *error)
{
    aann_member_row *members = NULL;
    size_t member_count = 0;
    *jobs = NULL;
    *count = 0;
    aann_status status = aann_study_members(study, family, &members, &member_count, error);
    if (status != AANN_OK) {
        return status;
    }
    *jobs = aann_allocate_zeroed(member_count, sizeof **jobs);
    if (*jobs == NULL) {
        free(members);
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for %zu members", member_count);
    }
    for (size_t i = 0; i < member_count; i++) {
        if (members[i].state == AANN_MEMBER_RUNNING && aann_member_is_searched(&members[i])) {
            (*jobs)[(*count)++] = (aann_member_job){.row = members[i]};
        }
    }
    free(members);
    return AANN_OK;
}

/* Tells the others of the family whose members all search together. */
static aann_status open_team(aann_study *study, int64_t family_id, const aann_hands *hands,
                             aann_error *error)
{
    void *bytes = NULL;
    size_t size = 0;
    aann_status status = aann_study_excerpt(study, family_id, NULL, 0, &bytes, &size, error);
    if (status == AANN_OK) {
        status = hands->open_team(hands->context, bytes, size, error);
    }
    free(bytes);
    return status;
}

aann_status aann_family_run_members(aann_study *study, int64_t family_id, const aann_spec *spec,
                                    const aann_family_data *data, const aann_family_plan *plan,
                                    const aann_family_work *work, double member_seconds,
                                    aann_error *error)
{
    aann_scheduler scheduler = {
        .study = study,
        .spec = spec,
        .data = data,
        .plan = plan,
        .work = work,
        .member_seconds = member_seconds,
        .search = aann_member_search,
        .make_task = aann_member_task_begin,
    };
    aann_status status =
        unfinished_jobs(study, family_id, &scheduler.jobs, &scheduler.job_count, error);
    aann_family_work together = *work;
    if (status == AANN_OK && scheduler.job_count > 0 && work->hands != NULL &&
        work->hands->team != NULL) {
        scheduler.team = work->hands->team;
        scheduler.work = &together;
        together.parallel = 1;
        together.hands = NULL; /* they are in the team */
        status = aann_family_check_team(plan, work, error);
        if (status == AANN_OK) {
            status = open_team(study, family_id, work->hands, error);
        }
    }
    if (status == AANN_OK) {
        status = aann_scheduler_run(&scheduler, error);
    }
    for (size_t i = 0; i < scheduler.job_count && status == AANN_OK; i++) {
        status = scheduler.jobs[i].row.state == AANN_MEMBER_RUNNING ? AANN_INTERRUPTED : AANN_OK;
    }
    free(scheduler.jobs);
    return status;
}

/* Planned phases are given this much of the time before they are stopped. */
static const double patience_for_phases = 1.5;

/* ---- a new family ---------------------------------------------------------------------------- */

/* Seconds for each member, where `work.seconds` are for all of them. */
static double seconds_per_member(const aann_family_work *work, const aann_spec *spec,
                                 const aann_family_data *data, const aann_family_plan *plan,
                                 int32_t *member_threads)
{
    int32_t threads;
    int32_t parallel;
    const int32_t members = aann_family_plan_count(plan);
    aann_scheduler_share(work, spec, aann_family_data_train(data), plan, members, &threads,
                         &parallel);
    *member_threads = threads / parallel > 0 ? threads / parallel : 1;
    const int32_t rounds = (members + parallel - 1) / parallel;
    return work->seconds / rounds;
}

/* Chooses the budget from the time for each member (*member_seconds), where it then ends; 0: where
 * its steps end. */
static aann_status choose_steps(const aann_spec *spec, const aann_family_data *data,
                                const aann_family_work *work, aann_family_plan *plan,
                                double *member_seconds, aann_error *error)
{
    int32_t threads;
    aann_family_plan trial = *plan;
    const double seconds = seconds_per_member(work, spec, data, plan, &threads);
    const bool moves = plan->choose_phases && aann_effort_moves(data, spec, plan);
    aann_status status = AANN_OK;
    uint64_t steps = 0;
    *member_seconds = moves ? 0.0 : seconds;
    if (!moves) {
        status = aann_calibrate(spec, data, plan, work, threads, seconds, &steps, error);
        plan->search.steps = steps;
        return status;
    }
    const aann_effort_size smallest = {1.0, 1};
    aann_cost cost;
    status = aann_effort_phases(&smallest, spec, &trial, error);
    if (status == AANN_OK) {
        trial.search = aann_phases_options(&trial, 0);
        trial.search.first_samples = 0; /* all, to see what an arrangement of them costs */
        trial.search.arrange_interval = 0;
        status = aann_cost_measure(spec, data, &trial, work, threads, seconds, &cost, error);
    }
    if (status != AANN_OK) {
        return status;
    }
    const aann_effort_size size = aann_effort_fit(seconds, &cost);
    return aann_effort_phases(&size, spec, plan, error);
}

/* The family and its members' starts, in one transaction. */
static aann_status store(aann_study *study, const aann_spec *spec, const aann_family_data *data,
                         const aann_stored_plan *stored, int64_t *family_id, aann_error *error)
{
    aann_status status = aann_study_begin(study, error);
    if (status != AANN_OK) {
        return status;
    }
    status = aann_family_create(study, spec, data, &stored->plan, family_id, error);
    if (status == AANN_OK) {
        status = aann_family_add_members(study, spec, stored, *family_id, error);
    }
    status = aann_study_finish(study, status, error);
    *family_id = status == AANN_OK ? *family_id : 0;
    return status;
}

aann_status aann_family_add(aann_study *study, const aann_spec *spec, const aann_family_data *data,
                            const aann_family_plan *plan, int64_t *family_id, aann_error *error)
{
    const aann_family_work work = aann_family_work_default();
    aann_stored_plan stored = {.plan = *plan};
    *family_id = 0;
    if (plan->choose_steps || plan->choose_phases) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "a family that is only added cannot choose its steps by a calibration");
    }
    stored.plan.search.regression = aann_family_data_train(data)->target_count > 0;
    const aann_status status = aann_family_check(spec, data, &stored.plan, &work, error);
    return status == AANN_OK ? store(study, spec, data, &stored, family_id, error) : status;
}

static aann_status run_new(aann_study *study, const aann_spec *spec, const aann_family_data *data,
                           const aann_family_plan *wanted, const aann_family_work *work,
                           int64_t *family_id, aann_error *error)
{
    *family_id = 0;
    aann_stored_plan stored = {.plan = *wanted};
    aann_family_plan *plan = &stored.plan;
    aann_family_work limits = *work;
    plan->search.regression = aann_family_data_train(data)->target_count > 0;
    aann_status status = aann_family_check(spec, data, plan, work, error);
    if (status == AANN_OK) {
        status = aann_family_check_team(plan, work, error);
    }
    double member_seconds = 0.0;
    if (status == AANN_OK && plan->choose_steps) {
        status = choose_steps(spec, data, work, plan, &member_seconds, error);
        limits.seconds = member_seconds > 0.0 ? 0.0 /* every member has its own limit */
                                              : patience_for_phases * work->seconds;
    }
    if (status == AANN_OK) {
        status = store(study, spec, data, &stored, family_id, error);
    }
    return status == AANN_OK ? aann_family_run_members(study, *family_id, spec, data, plan, &limits,
                                                       member_seconds, error)
                             : status;
}

aann_status aann_family_run(aann_study *study, const aann_spec *spec, const aann_family_data *data,
                            const aann_family_plan *wanted, const aann_family_work *work,
                            int64_t *family_id, aann_error *error)
{
    aann_patience patience;
    aann_patience_begin(&patience, study, work, false);
    const aann_status status = run_new(study, spec, data, wanted, work, family_id, error);
    aann_patience_end(&patience);
    return status;
}
