/* A member as a task: its bytes are times, and an excerpt of the study with that one member. The
 * other process (do_member.c) searches in the excerpt as it would in a study, and sends it whenever
 * something was stored; row, weights, checkpoint and history are then stored here. */
#include "family/task_member.h"

#include "family/member_parts.h"
#include "study/excerpt.h"

static aann_status pack(void *context, void **bytes, size_t *size, aann_error *error)
{
    const aann_member_task *member = context;
    aann_scheduler *scheduler = member->scheduler;
    const aann_member_row *row = &member->job->row;
    const aann_member_task_header head = {row->family, scheduler->member_seconds,
                                          scheduler->work->checkpoint_seconds};
    aann_patience_lock(&scheduler->patience, &scheduler->study_mutex);
    const aann_status status =
        aann_member_parts_pack(scheduler->study, row->family, &row->id, 1, &head, sizeof head,
                               "a member", bytes, size, error);
    pthread_mutex_unlock(&scheduler->study_mutex);
    return status;
}

/* Stores what the excerpt has. */
static aann_status store(aann_scheduler *scheduler, aann_study *excerpt, aann_member_row *row,
                         aann_error *error)
{
    aann_member_parts parts;
    aann_status status = aann_member_parts_read(excerpt, row->id, &parts, error);
    if (status == AANN_OK) {
        const aann_member_record record = aann_member_parts_record(&parts, row);
        aann_patience_lock(&scheduler->patience, &scheduler->study_mutex);
        status = aann_study_save_members(scheduler->study, &record, 1, error);
        pthread_mutex_unlock(&scheduler->study_mutex);
    }
    aann_member_parts_clear(&parts);
    return status;
}

static aann_status take(void *context, const void *bytes, size_t size, aann_error *error)
{
    const aann_member_task *member = context;
    aann_study *excerpt = NULL;
    aann_member_row row;
    aann_status status = aann_study_image_open(bytes, size, &excerpt, error);
    if (status == AANN_OK) {
        status = aann_study_member(excerpt, member->job->row.id, &row, error);
    }
    if (status == AANN_OK) {
        row.parent = member->job->row.parent; /* which may have stayed behind */
        status = store(member->scheduler, excerpt, &row, error);
    }
    if (status == AANN_OK) {
        member->job->row = row;
    }
    aann_study_close(excerpt);
    return status;
}

static void take_report(void *context, const aann_member_report *report)
{
    const aann_member_task *member = context;
    pthread_mutex_lock(&member->scheduler->mutex);
    member->job->report = *report;
    member->job->started = true;
    pthread_mutex_unlock(&member->scheduler->mutex);
}

void aann_member_task_begin(aann_member_task *member, aann_scheduler *scheduler,
                            aann_member_job *job)
{
    *member = (aann_member_task){.task = {.kind = AANN_TASK_MEMBER,
                                          .context = member,
                                          .data = scheduler->data,
                                          .pack = pack,
                                          .take = take,
                                          .report = take_report},
                                 .scheduler = scheduler,
                                 .job = job};
}
