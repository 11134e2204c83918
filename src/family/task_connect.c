/* Paths as tasks: an excerpt of the study with both members goes to another process (do_connect.c),
 * which adds the top of the path to it and sends it back. A path that is stopped is begun again. */
#include "family/task_connect.h"

#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"
#include "family/member_parts.h"
#include "study/excerpt.h"

typedef struct attempt_task {
    aann_task task;
    aann_study *study;
    const aann_attempt_search *search;
    size_t place;
    bool taken;
    aann_attempt_listener *listener;
    void *listener_context;
} attempt_task;

static aann_status pack(void *context, void **bytes, size_t *size, aann_error *error)
{
    const attempt_task *attempt = context;
    const aann_attempt_search *search = attempt->search;
    const int64_t ids[2] = {search->from, search->to};
    return aann_member_parts_pack(attempt->study, search->family, ids, 2, search, sizeof *search,
                                  "a path", bytes, size, error);
}

/* The top that was added to the excerpt. */
static aann_status find_top(aann_study *excerpt, const aann_attempt_search *search,
                            aann_member_row *top, aann_error *error)
{
    aann_member_row *rows = NULL;
    size_t count = 0;
    bool found = false;
    aann_status status = aann_study_members(excerpt, search->family, &rows, &count, error);
    for (size_t i = 0; i < count; i++) {
        const aann_member_row *row = &rows[i];
        if (row->id != search->from && row->id != search->to && strcmp(row->origin, "top") == 0 &&
            row->parent == search->from && row->index == search->to && row->seed == search->seed) {
            *top = *row;
            found = true;
        }
    }
    free(rows);
    return status != AANN_OK || found
               ? status
               : aann_fail(error, AANN_ERROR_FORMAT,
                           "a path from member %lld to member %lld without its top",
                           (long long)search->from, (long long)search->to);
}

static aann_status take(void *context, const void *bytes, size_t size, aann_error *error)
{
    attempt_task *attempt = context;
    aann_study *excerpt = NULL;
    aann_member_row row;
    aann_network *network = NULL;
    aann_status status = aann_study_image_open(bytes, size, &excerpt, error);
    if (status == AANN_OK) {
        status = find_top(excerpt, attempt->search, &row, error);
    }
    if (status == AANN_OK) {
        status = aann_study_network(excerpt, row.id, &network, error);
    }
    if (status == AANN_OK) {
        row.id = 0;
        status = aann_study_add_member(attempt->study, &row, network, error);
    }
    if (status == AANN_OK) {
        attempt->taken = true;
        attempt->listener(attempt->listener_context, attempt->place, NULL);
    }
    aann_network_destroy(network);
    aann_study_close(excerpt);
    return status;
}

static void report(void *context, const aann_member_report *member)
{
    const attempt_task *attempt = context;
    attempt->listener(attempt->listener_context, attempt->place, member);
}

static aann_status hand_out(attempt_task *attempts, aann_task **tasks, size_t count,
                            const aann_family_work *work, double start, aann_error *error)
{
    aann_status status = aann_tasks_run(tasks, count, work, start, error);
    for (size_t i = 0; status == AANN_OK && i < count; i++) {
        status =
            attempts[i].taken ? AANN_OK : aann_fail(error, AANN_ERROR_FORMAT, "a path without top");
    }
    return status;
}

aann_status aann_attempts_hand_out(aann_study *study, const aann_attempt_search *searches,
                                   size_t count, const aann_family_data *data,
                                   const aann_family_work *work, double start,
                                   aann_attempt_listener *listener, void *context,
                                   aann_error *error)
{
    attempt_task *attempts = aann_allocate_zeroed(count, sizeof *attempts);
    aann_task **tasks = aann_allocate_zeroed(count, sizeof *tasks);
    aann_status status = attempts != NULL && tasks != NULL
                             ? AANN_OK
                             : aann_fail(error, AANN_ERROR_MEMORY, "out of memory for paths");
    for (size_t i = 0; status == AANN_OK && i < count; i++) {
        attempts[i] = (attempt_task){.task = {.kind = AANN_TASK_CONNECT,
                                              .context = &attempts[i],
                                              .data = data,
                                              .pack = pack,
                                              .take = take,
                                              .report = work->report != NULL ? report : NULL},
                                     .study = study,
                                     .search = &searches[i],
                                     .place = i,
                                     .listener = listener,
                                     .listener_context = context};
        tasks[i] = &attempts[i].task;
    }
    if (status == AANN_OK) {
        status = hand_out(attempts, tasks, count, work, start, error);
    }
    free(attempts);
    free(tasks);
    return status;
}
