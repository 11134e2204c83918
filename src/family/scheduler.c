/* Members in parallel: a few threads take one member after the other, each with its own share of
 * the processors, while the calling thread reports their progress, and stops them on request.
 *
 * Members are the best unit of parallel work: they share nothing but the samples, so two on one
 * processor each find nearly twice as much as one on both. The study is written under one mutex;
 * that is a few milliseconds every half minute.
 *
 * Whoever asks to stop should not wait for a batch of candidates or a regrouping of the samples:
 * the calling thread stops the searches themselves (aann_search_stop), too. */
#include "family/scheduler.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/error.h"
#include "core/memory.h"
#include "engine/layout.h"
#include "family/meter.h"
#include "family/phases.h"

enum { MILLISECONDS_BETWEEN_LOOKS = 20 };
/* Other processes wait for an answer. */
enum { MILLISECONDS_WITH_HANDS = 1 };
static const double share_of_memory =
    0.6; /* of the machine's, for the states of all members at once */

/* ---- threads --------------------------------------------------------------------------------- */

/* Bytes of one member's state, with its copies of the samples; 0 if unknown. */
static double state_bytes(const aann_spec *spec, const aann_samples *train,
                          const aann_search_options *options)
{
    const bool regression = train->target_count > 0;
    aann_layout layout;
    if (aann_layout_create(spec, regression, NULL, &layout, NULL) != AANN_OK) {
        return 0.0;
    }
    const double samples = (double)train->count * options->copies;
    const double working = (double)options->working_samples;
    const double loaded = working > 0.0 && working < samples ? working : samples;
    const double blocks = loaded / 64.0 + 8.0; /* with some to spare */
    const double inputs =
        options->copies > 1 ? samples * (double)aann_shape_size(train->shape) : 0.0;
    const double bytes = (double)layout.block_bytes * blocks + inputs;
    aann_layout_clear(&layout);
    return bytes;
}

/* How many members fit into memory at a time, each in its largest phase; at least 1. */
static int32_t members_in_memory(const aann_spec *spec, const aann_samples *train,
                                 const aann_family_plan *plan)
{
    double one = 0.0;
    for (int32_t i = 0; i < aann_plan_phase_count(plan); i++) {
        const aann_search_options options = aann_phases_options(plan, i);
        one = fmax(one, state_bytes(spec, train, &options));
    }
    const double pages = (double)sysconf(_SC_PHYS_PAGES);
    const double room = share_of_memory * pages * (double)sysconf(_SC_PAGESIZE);
    if (one <= 0.0 || pages <= 0.0 || room / one >= 1024.0) {
        return 1024;
    }
    return room / one < 1.0 ? 1 : (int32_t)(room / one);
}

void aann_scheduler_share(const aann_family_work *work, const aann_spec *spec,
                          const aann_samples *train, const aann_family_plan *plan, int32_t members,
                          int32_t *threads, int32_t *parallel)
{
    *threads = work->threads > 0 ? work->threads : aann_processor_count();
    *parallel = work->parallel;
    if (*parallel <= 0) {
        const int32_t fit = members_in_memory(spec, train, plan);
        *parallel = *threads < fit ? *threads : fit;
    }
    *parallel = *parallel < members ? *parallel : members;
}

typedef struct worker {
    aann_scheduler *scheduler;
    int32_t threads;
    pthread_t handle;
} worker;

static aann_member_job *take_job(aann_scheduler *scheduler)
{
    aann_member_job *job = NULL;
    pthread_mutex_lock(&scheduler->mutex);
    if (scheduler->next_job < scheduler->job_count && !atomic_load(&scheduler->stop)) {
        job = &scheduler->jobs[scheduler->next_job++];
    }
    pthread_mutex_unlock(&scheduler->mutex);
    return job;
}

/* Stops all members; with the mutex held. */
static void stop_all(aann_scheduler *scheduler)
{
    atomic_store(&scheduler->stop, true);
    for (size_t i = 0; i < scheduler->next_job; i++) {
        if (scheduler->jobs[i].search != NULL) {
            aann_search_stop(scheduler->jobs[i].search);
        }
    }
}

void aann_scheduler_set_search(aann_scheduler *scheduler, aann_member_job *job, aann_search *search)
{
    pthread_mutex_lock(&scheduler->mutex);
    job->search = search;
    if (search != NULL && atomic_load(&scheduler->stop)) {
        aann_search_stop(search);
    }
    pthread_mutex_unlock(&scheduler->mutex);
}

/* Keeps the first failure and stops the others. */
static void fail(aann_scheduler *scheduler, aann_status status, const aann_error *error)
{
    pthread_mutex_lock(&scheduler->mutex);
    if (scheduler->status == AANN_OK) {
        scheduler->status = status;
        scheduler->error = *error;
    }
    stop_all(scheduler);
    pthread_mutex_unlock(&scheduler->mutex);
    aann_patience_give_up(&scheduler->patience);
}

static void *worker_main(void *argument)
{
    const worker *self = argument;
    aann_scheduler *scheduler = self->scheduler;
    for (aann_member_job *job = take_job(scheduler); job != NULL; job = take_job(scheduler)) {
        aann_error error;
        const aann_status status = scheduler->search(scheduler, job, self->threads, &error);
        if (status != AANN_OK) {
            fail(scheduler, status, &error);
        }
    }
    pthread_mutex_lock(&scheduler->mutex);
    scheduler->active--;
    pthread_cond_signal(&scheduler->changed);
    pthread_mutex_unlock(&scheduler->mutex);
    return NULL;
}

/* ---- watching -------------------------------------------------------------------------------- */

/* Reports the members that run or have just stopped. */
static void report(aann_scheduler *scheduler, aann_member_report *reports)
{
    size_t count = 0;
    pthread_mutex_lock(&scheduler->mutex);
    for (size_t i = 0; i < scheduler->next_job; i++) {
        aann_member_job *job = &scheduler->jobs[i];
        if (job->started && !job->reported) {
            reports[count++] = job->report;
            job->reported = job->report.stopped;
        }
    }
    pthread_mutex_unlock(&scheduler->mutex);
    if (scheduler->work->report != NULL && count > 0) {
        scheduler->work->report(scheduler->work->context, reports, count);
    }
}

/* Until a worker says something, but no longer than until the next look, or until the time is up. */
static void wait_a_little(aann_scheduler *scheduler, double start)
{
    const aann_family_work *work = scheduler->work;
    double wait =
        work->hands != NULL ? MILLISECONDS_WITH_HANDS * 1e-3 : MILLISECONDS_BETWEEN_LOOKS * 1e-3;
    if (work->seconds > 0.0 && !atomic_load(&scheduler->stop)) {
        wait = fmax(fmin(wait, start + work->seconds - aann_clock_seconds()), 0.0);
    }
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += (long)ceil(wait * 1e9);
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    pthread_cond_timedwait(&scheduler->changed, &scheduler->mutex, &until);
}

static size_t jobs_left(aann_scheduler *scheduler)
{
    pthread_mutex_lock(&scheduler->mutex);
    const size_t left = scheduler->job_count - scheduler->next_job;
    pthread_mutex_unlock(&scheduler->mutex);
    return left;
}

/* Gives members to other processes, as long as one is free, and takes what they have found. Returns
 * how many members are away. */
static size_t look_at_hands(aann_scheduler *scheduler)
{
    const aann_hands *hands = scheduler->work->hands;
    aann_error error;
    aann_status status = AANN_OK;
    while (status == AANN_OK &&
           hands->is_free(hands->context, AANN_TASK_MEMBER, jobs_left(scheduler))) {
        aann_member_job *job = take_job(scheduler);
        if (job == NULL) {
            break;
        }
        aann_member_task *member = &scheduler->tasks[scheduler->task_count];
        scheduler->make_task(member, scheduler, job);
        status = hands->give(hands->context, &member->task, &error);
        scheduler->task_count += status == AANN_OK;
    }
    if (status != AANN_OK) { /* what was given before is waited for */
        fail(scheduler, status, &error);
    }
    status = hands->look(hands->context, &error);
    if (status != AANN_OK) { /* nobody can be reached, and nobody has a task any more */
        fail(scheduler, status, &error);
        return 0;
    }
    size_t away = 0;
    for (size_t i = 0; i < scheduler->task_count; i++) {
        const aann_task *task = &scheduler->tasks[i].task;
        away += !task->ended;
        if (task->status != AANN_OK && task->status != AANN_INTERRUPTED) {
            /* Before its end, too: nothing of it is kept. After a stop, too: it is not stored. */
            fail(scheduler, task->status, &task->error);
        }
    }
    return away;
}

/* Watches until all workers have ended. */
static void watch(aann_scheduler *scheduler, aann_member_report *reports)
{
    const aann_family_work *work = scheduler->work;
    const double start = aann_clock_seconds();
    double last_report = start;
    bool told_to_stop = false;
    for (;;) {
        const size_t away = work->hands != NULL ? look_at_hands(scheduler) : 0;
        pthread_mutex_lock(&scheduler->mutex);
        if (scheduler->active > 0 || away > 0) {
            wait_a_little(scheduler, start);
        }
        const bool ended = scheduler->active == 0 && away == 0;
        pthread_mutex_unlock(&scheduler->mutex);
        const double now = aann_clock_seconds();
        aann_patience_look(&scheduler->patience);
        if (!atomic_load(&scheduler->stop) && aann_work_must_stop(work, start)) {
            pthread_mutex_lock(&scheduler->mutex);
            stop_all(scheduler);
            pthread_mutex_unlock(&scheduler->mutex);
        }
        if (work->hands != NULL && atomic_load(&scheduler->stop) && !told_to_stop) {
            work->hands->stop(work->hands->context);
            told_to_stop = true;
        }
        if (ended || now - last_report >= aann_report_interval()) {
            report(scheduler, reports);
            last_report = now;
        }
        if (ended) {
            return;
        }
    }
}

static aann_status start_and_watch(aann_scheduler *scheduler, worker *workers, int32_t count,
                                   aann_member_report *reports, aann_error *error)
{
    int32_t started = 0;
    int reason = 0;
    scheduler->active = count;
    for (int32_t i = 0; i < count; i++) {
        workers[i] = (worker){
            .scheduler = scheduler,
            .threads = scheduler->member_threads + (i < scheduler->extra_threads ? 1 : 0),
        };
        reason = pthread_create(&workers[i].handle, NULL, worker_main, &workers[i]);
        if (reason != 0) {
            break;
        }
        started++;
    }
    if (started < count) {
        pthread_mutex_lock(&scheduler->mutex);
        scheduler->active -= count - started;
        pthread_mutex_unlock(&scheduler->mutex);
    }
    watch(scheduler, reports);
    for (int32_t i = 0; i < started; i++) {
        pthread_join(workers[i].handle, NULL);
    }
    if (started == 0) {
        return aann_fail(error, AANN_ERROR_IO, "cannot start a thread: %s", strerror(reason));
    }
    if (scheduler->status != AANN_OK && error != NULL) {
        *error = scheduler->error;
    }
    return scheduler->status;
}

aann_status aann_scheduler_run(aann_scheduler *scheduler, aann_error *error)
{
    if (scheduler->job_count == 0) {
        return AANN_OK;
    }
    int32_t threads;
    int32_t parallel;
    const int32_t members = scheduler->job_count < 1024 ? (int32_t)scheduler->job_count : 1024;
    aann_scheduler_share(scheduler->work, scheduler->spec, aann_family_data_train(scheduler->data),
                         scheduler->plan, members, &threads, &parallel);
    scheduler->member_threads = threads / parallel > 0 ? threads / parallel : 1;
    scheduler->extra_threads = threads > parallel ? threads % parallel : 0;
    worker *workers = aann_allocate_zeroed((size_t)parallel, sizeof *workers);
    aann_member_report *reports = aann_allocate_zeroed(scheduler->job_count, sizeof *reports);
    const bool away = scheduler->work->hands != NULL;
    scheduler->tasks =
        away ? aann_allocate_zeroed(scheduler->job_count, sizeof *scheduler->tasks) : NULL;
    aann_status status = AANN_OK;
    if (workers == NULL || reports == NULL || (away && scheduler->tasks == NULL)) {
        status =
            aann_fail(error, AANN_ERROR_MEMORY, "out of memory for %d members at a time", parallel);
    } else {
        aann_patience_begin(&scheduler->patience, scheduler->study, scheduler->work, true);
        pthread_mutex_init(&scheduler->study_mutex, NULL);
        pthread_mutex_init(&scheduler->mutex, NULL);
        pthread_cond_init(&scheduler->changed, NULL);
        status = start_and_watch(scheduler, workers, parallel, reports, error);
        pthread_cond_destroy(&scheduler->changed);
        pthread_mutex_destroy(&scheduler->mutex);
        pthread_mutex_destroy(&scheduler->study_mutex);
        aann_patience_end(&scheduler->patience);
    }
    free(workers);
    free(reports);
    free(scheduler->tasks);
    return status;
}
