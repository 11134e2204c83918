/* Members side by side: a few threads take one member after the other, each with its own share of
 * the processors, while the calling thread tells the caller how they are doing, and stops them when
 * it is asked to.
 *
 * Members are the best thing to do in parallel: they share nothing but the samples, so two on one
 * processor each find nearly twice as much as one on both. The study is written under one mutex;
 * that is a few milliseconds every half minute. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/error.h"
#include "core/memory.h"
#include "engine/layout.h"
#include "family/scheduler.h"

enum { MILLISECONDS_BETWEEN_LOOKS = 50 };
static const double seconds_between_reports = 0.2;
static const double share_of_memory =
    0.6; /* of the machine's, for the states of all members at once */

/* ---- threads ------------------------------------------------------------------------------------- */

/* Bytes of one member's state, with its copies of the samples; 0 if that cannot be told. */
static double state_bytes(const aann_spec *spec, const aann_samples *train, int32_t copies)
{
    const bool regression = train->target_count > 0;
    aann_layout layout;
    if (aann_layout_create(spec, regression, NULL, &layout, NULL) != AANN_OK) {
        return 0.0;
    }
    const double samples = (double)train->count * copies;
    const double blocks = samples / 64.0 + 8.0; /* with some to spare */
    const double inputs = copies > 1 ? samples * (double)aann_shape_size(train->shape) : 0.0;
    const double bytes = (double)layout.block_bytes * blocks + inputs;
    aann_layout_clear(&layout);
    return bytes;
}

/* How many members fit into memory at a time; at least 1. */
static int32_t members_in_memory(const aann_spec *spec, const aann_samples *train, int32_t copies)
{
    const double one = state_bytes(spec, train, copies);
    const double pages = (double)sysconf(_SC_PHYS_PAGES);
    const double room = share_of_memory * pages * (double)sysconf(_SC_PAGESIZE);
    if (one <= 0.0 || pages <= 0.0 || room / one >= 1024.0) {
        return 1024;
    }
    return room / one < 1.0 ? 1 : (int32_t)(room / one);
}

void aann_share_threads(const aann_family_work *work, const aann_spec *spec,
                        const aann_samples *train, int32_t copies, int32_t members,
                        int32_t *threads, int32_t *parallel)
{
    *threads = work->threads > 0 ? work->threads : aann_processor_count();
    *parallel = work->parallel;
    if (*parallel <= 0) {
        const int32_t fit = members_in_memory(spec, train, copies);
        *parallel = *threads < fit ? *threads : fit;
    }
    *parallel = *parallel < members ? *parallel : members;
}

typedef struct worker {
    aann_scheduler *process;
    int32_t threads;
    pthread_t handle;
} worker;

static aann_member_job *take_job(aann_scheduler *process)
{
    aann_member_job *job = NULL;
    pthread_mutex_lock(&process->mutex);
    if (process->next_job < process->job_count && !atomic_load(&process->stop)) {
        job = &process->jobs[process->next_job++];
    }
    pthread_mutex_unlock(&process->mutex);
    return job;
}

/* Keeps the first failure and stops the others. */
static void fail(aann_scheduler *process, aann_status status, const aann_error *error)
{
    pthread_mutex_lock(&process->mutex);
    if (process->status == AANN_OK) {
        process->status = status;
        process->error = *error;
    }
    atomic_store(&process->stop, true);
    pthread_mutex_unlock(&process->mutex);
}

static void *worker_main(void *argument)
{
    const worker *self = argument;
    aann_scheduler *process = self->process;
    for (aann_member_job *job = take_job(process); job != NULL; job = take_job(process)) {
        aann_error error;
        const aann_status status = aann_member_search(process, job, self->threads, &error);
        if (status != AANN_OK) {
            fail(process, status, &error);
        }
    }
    pthread_mutex_lock(&process->mutex);
    process->active--;
    pthread_cond_signal(&process->changed);
    pthread_mutex_unlock(&process->mutex);
    return NULL;
}

/* ---- watching ------------------------------------------------------------------------------------ */

/* Hands out the reports of the members that run or have just stopped. */
static void report(aann_scheduler *process, aann_member_report *reports)
{
    size_t count = 0;
    pthread_mutex_lock(&process->mutex);
    for (size_t i = 0; i < process->next_job; i++) {
        aann_member_job *job = &process->jobs[i];
        if (job->started && !job->reported) {
            reports[count++] = job->report;
            job->reported = job->report.stopped;
        }
    }
    pthread_mutex_unlock(&process->mutex);
    if (process->work->report != NULL && count > 0) {
        process->work->report(process->work->context, reports, count);
    }
}

static void wait_a_little(aann_scheduler *process)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += MILLISECONDS_BETWEEN_LOOKS * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    pthread_cond_timedwait(&process->changed, &process->mutex, &until);
}

/* Until all workers have ended. */
static void watch(aann_scheduler *process, aann_member_report *reports)
{
    const aann_family_work *work = process->work;
    const double start = aann_now();
    double last_report = start;
    for (;;) {
        pthread_mutex_lock(&process->mutex);
        if (process->active > 0) {
            wait_a_little(process);
        }
        const bool ended = process->active == 0;
        pthread_mutex_unlock(&process->mutex);
        const double now = aann_now();
        const bool asked = work->interrupted != NULL && work->interrupted(work->context);
        if (asked || (work->seconds > 0.0 && now - start >= work->seconds)) {
            atomic_store(&process->stop, true);
        }
        if (ended || now - last_report >= seconds_between_reports) {
            report(process, reports);
            last_report = now;
        }
        if (ended) {
            return;
        }
    }
}

static aann_status start_and_watch(aann_scheduler *process, worker *workers, int32_t count,
                                   aann_member_report *reports, aann_error *error)
{
    int32_t started = 0;
    process->active = count;
    for (int32_t i = 0; i < count; i++) {
        workers[i] = (worker){
            .process = process,
            .threads = process->member_threads + (i < process->extra_threads ? 1 : 0),
        };
        if (pthread_create(&workers[i].handle, NULL, worker_main, &workers[i]) != 0) {
            break;
        }
        started++;
    }
    if (started < count) {
        pthread_mutex_lock(&process->mutex);
        process->active -= count - started;
        pthread_mutex_unlock(&process->mutex);
        atomic_store(&process->stop, started == 0);
    }
    watch(process, reports);
    for (int32_t i = 0; i < started; i++) {
        pthread_join(workers[i].handle, NULL);
    }
    if (started == 0) {
        return aann_fail(error, AANN_ERROR_IO, "cannot start a thread: %s", strerror(errno));
    }
    if (process->status != AANN_OK && error != NULL) {
        *error = process->error;
    }
    return process->status;
}

aann_status aann_scheduler_run(aann_scheduler *process, aann_error *error)
{
    if (process->job_count == 0) {
        return AANN_OK;
    }
    int32_t threads;
    int32_t parallel;
    const int32_t members = process->job_count < 1024 ? (int32_t)process->job_count : 1024;
    aann_share_threads(process->work, process->spec, aann_family_data_train(process->data),
                       process->plan->search.copies, members, &threads, &parallel);
    process->member_threads = threads / parallel > 0 ? threads / parallel : 1;
    process->extra_threads = threads > parallel ? threads % parallel : 0;
    worker *workers = aann_allocate_zeroed((size_t)parallel, sizeof *workers);
    aann_member_report *reports = aann_allocate_zeroed(process->job_count, sizeof *reports);
    aann_status status = AANN_OK;
    if (workers == NULL || reports == NULL) {
        status =
            aann_fail(error, AANN_ERROR_MEMORY, "out of memory for %d members at a time", parallel);
    } else {
        pthread_mutex_init(&process->mutex, NULL);
        pthread_cond_init(&process->changed, NULL);
        status = start_and_watch(process, workers, parallel, reports, error);
        pthread_cond_destroy(&process->changed);
        pthread_mutex_destroy(&process->mutex);
    }
    free(workers);
    free(reports);
    return status;
}
