/* Fork and join: the caller opens a job, bumps the generation, and works along. Indices are handed
 * out one by one by an atomic counter. When none is left the caller closes the job and waits for
 * the workers that are inside, not for those that never came: on a machine with other work, a
 * worker that has no processor just now holds nobody up, and one that loses its processor inside
 * holds the others back for one item only. */
#define _GNU_SOURCE
#include "core/threads.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/error.h"
#include "core/memory.h"

enum { SPINS_BEFORE_SLEEP = 2000 };

typedef struct worker_thread {
    aann_threads *threads;
    int32_t worker;
    pthread_t handle;
} worker_thread;

struct aann_threads {
    int32_t count;
    worker_thread *workers; /* [count - 1] */
    /* The job; written by the caller before the generation is bumped. */
    aann_thread_work work;
    void *context;
    int64_t end;
    _Atomic int64_t next;
    _Atomic uint64_t generation;
    _Atomic bool open;      /* the job may be entered */
    _Atomic int32_t inside; /* workers that look whether it is open, or are at work */
    _Atomic bool stop;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
};

static void relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#endif
}

static void take_items(aann_threads *threads, int32_t worker)
{
    for (;;) {
        const int64_t index = atomic_fetch_add_explicit(&threads->next, 1, memory_order_relaxed);
        if (index >= threads->end) {
            return;
        }
        threads->work(threads->context, worker, index);
    }
}

/* Returns when the generation differs from `seen`. */
static uint64_t wait_for_job(aann_threads *threads, uint64_t seen)
{
    for (int32_t spin = 0; spin < SPINS_BEFORE_SLEEP; spin++) {
        const uint64_t generation =
            atomic_load_explicit(&threads->generation, memory_order_acquire);
        if (generation != seen) {
            return generation;
        }
        relax();
    }
    pthread_mutex_lock(&threads->mutex);
    uint64_t generation = atomic_load_explicit(&threads->generation, memory_order_acquire);
    while (generation == seen) {
        pthread_cond_wait(&threads->wake, &threads->mutex);
        generation = atomic_load_explicit(&threads->generation, memory_order_acquire);
    }
    pthread_mutex_unlock(&threads->mutex);
    return generation;
}

static void *worker_main(void *argument)
{
    worker_thread *self = argument;
    aann_threads *threads = self->threads;
    uint64_t seen = 0;
    for (;;) {
        seen = wait_for_job(threads, seen);
        if (atomic_load_explicit(&threads->stop, memory_order_acquire)) {
            return NULL;
        }
        /* First in, then look (in one order for all): whoever sees the job open is seen inside by
         * the caller that closes it. It may be a later job than the one that woke us, which is as
         * good. */
        atomic_fetch_add(&threads->inside, 1);
        if (atomic_load(&threads->open)) {
            take_items(threads, self->worker);
        }
        atomic_fetch_sub_explicit(&threads->inside, 1, memory_order_release);
    }
}

static void publish(aann_threads *threads)
{
    pthread_mutex_lock(&threads->mutex);
    atomic_fetch_add_explicit(&threads->generation, 1, memory_order_release);
    pthread_cond_broadcast(&threads->wake);
    pthread_mutex_unlock(&threads->mutex);
}

aann_status aann_threads_create(int32_t count, aann_threads **result, aann_error *error)
{
    *result = NULL;
    if (count < 1 || count > 1024) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "threads: %d is not between 1 and 1024",
                         count);
    }
    aann_threads *threads = aann_allocate_zeroed(1, sizeof *threads);
    worker_thread *workers = aann_allocate_zeroed((size_t)count, sizeof *workers);
    if (threads == NULL || workers == NULL) {
        free(threads);
        free(workers);
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for %d threads", count);
    }
    threads->workers = workers;
    threads->count = 1;
    pthread_mutex_init(&threads->mutex, NULL);
    pthread_cond_init(&threads->wake, NULL);
    for (int32_t i = 0; i + 1 < count; i++) {
        workers[i] = (worker_thread){.threads = threads, .worker = i + 1};
        if (pthread_create(&workers[i].handle, NULL, worker_main, &workers[i]) != 0) {
            aann_threads_destroy(threads);
            return aann_fail(error, AANN_ERROR_IO, "cannot start thread %d of %d", i + 2, count);
        }
        threads->count++;
    }
    *result = threads;
    return AANN_OK;
}

void aann_threads_destroy(aann_threads *threads)
{
    if (threads == NULL) {
        return;
    }
    atomic_store_explicit(&threads->stop, true, memory_order_release);
    publish(threads);
    for (int32_t i = 0; i + 1 < threads->count; i++) {
        pthread_join(threads->workers[i].handle, NULL);
    }
    pthread_cond_destroy(&threads->wake);
    pthread_mutex_destroy(&threads->mutex);
    free(threads->workers);
    free(threads);
}

int32_t aann_threads_count(const aann_threads *threads)
{
    return threads->count;
}

void aann_threads_run(aann_threads *threads, int64_t first, int64_t end, aann_thread_work work,
                      void *context)
{
    if (threads->count == 1 || end - first <= 1) {
        for (int64_t index = first; index < end; index++) {
            work(context, 0, index);
        }
        return;
    }
    threads->work = work;
    threads->context = context;
    threads->end = end;
    atomic_store_explicit(&threads->next, first, memory_order_relaxed);
    atomic_store(&threads->open, true);
    publish(threads);
    take_items(threads, 0);
    atomic_store(&threads->open, false);
    int32_t spins = 0;
    while (atomic_load(&threads->inside) != 0) {
        relax();
        if (++spins > SPINS_BEFORE_SLEEP) {
            sched_yield();
        }
    }
}

int32_t aann_processor_count(void)
{
#if defined(__linux__)
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0) {
        return CPU_COUNT(&set);
    }
#endif
    const long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count < 1 ? 1 : (int32_t)count;
}
