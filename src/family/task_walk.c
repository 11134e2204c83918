/* Walks as tasks: an excerpt of the study with the start and the members recorded so far goes to
 * another process (do_walk.c), which goes on there. What it has recorded, and the unfinished member
 * with its checkpoint, are stored here, each after its predecessor. */
#include "family/task_walk.h"

#include <stdlib.h>

#include "core/error.h"
#include "core/memory.h"
#include "family/do_walk.h"
#include "family/member_parts.h"
#include "study/excerpt.h"
#include "study/transaction.h"

typedef struct walk_task {
    aann_task task;
    aann_study *study;
    int64_t family;
    const aann_walk_plan *plan;
    const aann_family_work *work;
} walk_task;

/* The start and the members of the walk. */
static aann_status list_ids(const walk_task *walk, int64_t **ids, size_t *count, aann_error *error)
{
    aann_member_row *members = NULL;
    size_t member_count = 0;
    *ids = NULL;
    aann_status status = aann_walk_members(walk->study, walk->plan, &members, &member_count, error);
    if (status == AANN_OK) {
        *ids = aann_allocate(member_count + 1, sizeof **ids);
        status = *ids != NULL ? AANN_OK
                              : aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a walk");
    }
    if (status == AANN_OK) {
        (*ids)[0] = walk->plan->start;
        for (size_t i = 0; i < member_count; i++) {
            (*ids)[i + 1] = members[i].id;
        }
        *count = member_count + 1;
    }
    free(members);
    return status;
}

static aann_status pack(void *context, void **bytes, size_t *size, aann_error *error)
{
    const walk_task *walk = context;
    const aann_walk_task_header head = {walk->family, walk->plan->start, walk->plan->seed,
                                        walk->work->checkpoint_seconds};
    int64_t *ids = NULL;
    size_t count = 0;
    *bytes = NULL;
    aann_status status = list_ids(walk, &ids, &count, error);
    if (status == AANN_OK) {
        status = aann_member_parts_pack(walk->study, walk->family, ids, count, &head, sizeof head,
                                        "a walk", bytes, size, error);
    }
    free(ids);
    return status;
}

/* Stores a member of the excerpt as `id` (0: a new one), after its predecessor; *stored is its
 * number here. */
static aann_status store(const walk_task *walk, aann_study *excerpt, const aann_member_row *member,
                         int64_t id, int64_t parent, int64_t *stored, aann_error *error)
{
    aann_member_row row = *member;
    aann_member_parts parts;
    row.id = id;
    row.parent = parent;
    aann_status status = aann_member_parts_read(excerpt, member->id, &parts, error);
    if (status == AANN_OK) {
        const aann_member_record record = aann_member_parts_record(&parts, &row);
        status = aann_study_save_members(walk->study, &record, 1, error);
    }
    *stored = row.id;
    aann_member_parts_clear(&parts);
    return status;
}

/* Stores those that are new here, or were unfinished. */
static aann_status store_all(const walk_task *walk, aann_study *excerpt, aann_error *error)
{
    aann_member_row *found = NULL;
    aann_member_row *here = NULL;
    size_t found_count = 0;
    size_t count = 0;
    aann_status status = aann_walk_members(excerpt, walk->plan, &found, &found_count, error);
    if (status == AANN_OK) {
        status = aann_walk_members(walk->study, walk->plan, &here, &count, error);
    }
    int64_t parent = walk->plan->start;
    for (size_t i = 0; status == AANN_OK && i < found_count; i++) {
        if (i < count && here[i].state != AANN_MEMBER_RUNNING) {
            parent = here[i].id;
            continue;
        }
        status =
            store(walk, excerpt, &found[i], i < count ? here[i].id : 0, parent, &parent, error);
    }
    free(found);
    free(here);
    return status;
}

static aann_status take(void *context, const void *bytes, size_t size, aann_error *error)
{
    const walk_task *walk = context;
    aann_study *excerpt = NULL;
    aann_status status = aann_study_image_open(bytes, size, &excerpt, error);
    if (status == AANN_OK) {
        status = aann_study_begin(walk->study, error);
    }
    if (status == AANN_OK) {
        status = store_all(walk, excerpt, error);
        status = aann_study_finish(walk->study, status, error);
    }
    aann_study_close(excerpt);
    return status;
}

static void report(void *context, const aann_member_report *member)
{
    const walk_task *walk = context;
    if (walk->work->report != NULL) {
        walk->work->report(walk->work->context, member, 1);
    }
}

aann_status aann_walks_hand_out(aann_study *study, int64_t family, const aann_walk_plan *plans,
                                size_t count, const aann_family_data *data,
                                const aann_family_work *work, double start, aann_error *error)
{
    walk_task *walks = aann_allocate_zeroed(count, sizeof *walks);
    aann_task **tasks = aann_allocate_zeroed(count, sizeof *tasks);
    aann_status status = walks != NULL && tasks != NULL
                             ? AANN_OK
                             : aann_fail(error, AANN_ERROR_MEMORY, "out of memory for walks");
    for (size_t i = 0; status == AANN_OK && i < count; i++) {
        walks[i] = (walk_task){.task = {.kind = AANN_TASK_WALK,
                                        .context = &walks[i],
                                        .data = data,
                                        .pack = pack,
                                        .take = take,
                                        .report = report},
                               .study = study,
                               .family = family,
                               .plan = &plans[i],
                               .work = work};
        tasks[i] = &walks[i].task;
    }
    if (status == AANN_OK) {
        status = aann_tasks_run(tasks, count, work, start, error);
    }
    free(walks);
    free(tasks);
    return status;
}
