/* Resuming a stored family: its members, then its walks. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/clock.h"
#include "core/error.h"
#include "core/memory.h"
#include "family/create.h"
#include "family/meter.h"
#include "family/origin.h"
#include "family/patience.h"
#include "family/run.h"
#include "family/sample_plan.h"
#include "family/stored.h"
#include "family/task_walk.h"
#include "family/walk_plan.h"

/* Counts the members of its plan and the imported starts that are not finished. */
static int64_t count_unfinished(const aann_family_plan *plan, const aann_member_row *members,
                                size_t count)
{
    int64_t finished = 0;
    int64_t imported = 0; /* and left as a start */
    const char *origin = aann_member_origin(plan->search.method);
    for (size_t i = 0; i < count; i++) {
        const bool running = members[i].state == AANN_MEMBER_RUNNING;
        finished += !running && strcmp(members[i].origin, origin) == 0;
        imported += running && strcmp(members[i].origin, "import") == 0;
    }
    const int64_t planned = aann_family_plan_count(plan);
    const bool missing = aann_family_is_filled(plan, members, count) && finished < planned;
    return (missing ? planned - finished : 0) + imported;
}

aann_status aann_family_unfinished(aann_study *study, int64_t family_id, int64_t *count,
                                   aann_error *error)
{
    aann_stored_family family;
    aann_member_row *members = NULL;
    size_t member_count = 0;
    int64_t walking = 0;
    *count = 0;
    aann_status status = aann_stored_family_read(study, family_id, &family, error);
    if (status != AANN_OK) {
        return status;
    }
    aann_family_row_destroy(&family.row);
    status = aann_study_members(study, family_id, &members, &member_count, error);
    if (status == AANN_OK) {
        *count = count_unfinished(&family.plan.plan, members, member_count);
        status = aann_walks_unfinished(study, family_id, &walking, error);
    }
    int64_t drawing = 0;
    if (status == AANN_OK) {
        status = aann_sample_unfinished(study, family_id, &drawing, error);
    }
    free(members);
    *count += walking + drawing;
    return status;
}

static aann_status resume_members(aann_study *study, const aann_stored_family *family,
                                  const aann_family_data *data, const aann_family_work *work,
                                  aann_error *error)
{
    const aann_family_plan *plan = &family->plan.plan;
    aann_status status = aann_family_check(&family->spec, data, plan, work, error);
    if (status == AANN_OK) {
        status =
            aann_family_add_members(study, &family->spec, &family->plan, family->row.id, error);
    }
    return status == AANN_OK ? aann_family_run_members(study, family->row.id, &family->spec, data,
                                                       plan, work, 0.0, error)
                             : status;
}

/* All unfinished walks at the same time, by other processes, too. */
static aann_status hand_out_walks(aann_study *study, int64_t family_id,
                                  const aann_family_data *data, const aann_family_work *work,
                                  double start, aann_error *error)
{
    aann_walk *walks = NULL;
    size_t count = 0;
    size_t unfinished = 0;
    aann_status status = aann_walk_list(study, family_id, &walks, &count, error);
    aann_walk_plan *plans = aann_allocate_zeroed(count, sizeof *plans);
    if (status == AANN_OK && plans == NULL) {
        status = aann_fail(error, AANN_ERROR_MEMORY, "out of memory for walks");
    }
    for (size_t i = 0; status == AANN_OK && i < count; i++) {
        if (walks[i].state == AANN_WALK_UNFINISHED) {
            plans[unfinished++] = walks[i].plan;
        }
    }
    if (status == AANN_OK && unfinished > 0) {
        status = aann_walks_hand_out(study, family_id, plans, unfinished, data, work, start, error);
    }
    free(walks);
    free(plans);
    return status;
}

/* Continues all unfinished walks, while there is time. */
static aann_status resume_walks(aann_study *study, int64_t family_id, const aann_family_data *data,
                                const aann_family_work *work, double start, aann_error *error)
{
    aann_family_work rest = *work;
    aann_walk *walks = NULL;
    size_t count = 0;
    aann_status status = aann_walk_list(study, family_id, &walks, &count, error);
    for (size_t i = 0; status == AANN_OK && i < count; i++) {
        if (walks[i].state != AANN_WALK_UNFINISHED) {
            continue;
        }
        if (aann_work_must_stop(work, start)) {
            status = AANN_INTERRUPTED;
            break;
        }
        rest.seconds =
            work->seconds > 0.0 ? fmax(work->seconds - (aann_clock_seconds() - start), 1e-3) : 0.0;
        status = aann_walk_run(study, &walks[i].plan, data, &rest, error);
    }
    free(walks);
    return status;
}

/* Draws what a sample lacks, if the family is one. */
static aann_status resume_sample(aann_study *study, int64_t family_id, const aann_family_data *data,
                                 const aann_family_work *work, double start, aann_error *error)
{
    aann_family_work rest = *work;
    int64_t left = 0;
    const aann_status status = aann_sample_unfinished(study, family_id, &left, error);
    if (status != AANN_OK || left == 0) {
        return status;
    }
    rest.seconds =
        work->seconds > 0.0 ? fmax(work->seconds - (aann_clock_seconds() - start), 1e-3) : 0.0;
    return aann_sample_run(study, family_id, data, &rest, error);
}

aann_status aann_family_resume(aann_study *study, int64_t family_id, const aann_family_data *data,
                               const aann_family_work *work, aann_error *error)
{
    const double start = aann_clock_seconds();
    aann_stored_family family;
    aann_patience patience;
    aann_status status = aann_stored_family_read(study, family_id, &family, error);
    if (status != AANN_OK) {
        return status;
    }
    aann_patience_begin(&patience, study, work, false);
    status = resume_members(study, &family, data, work, error);
    if (status == AANN_OK) {
        status = work->hands != NULL ? hand_out_walks(study, family_id, data, work, start, error)
                                     : resume_walks(study, family_id, data, work, start, error);
    }
    if (status == AANN_OK) {
        status = resume_sample(study, family_id, data, work, start, error);
    }
    aann_patience_end(&patience);
    aann_family_row_destroy(&family.row);
    return status;
}
