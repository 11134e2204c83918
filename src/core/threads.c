/* Fork and join: the caller opens a job, increments the generation, and works too. An atomic
 * counter hands out the indices one by one. When none is left, the caller closes the job and waits
 * for the workers that are inside, not for those that never entered: a descheduled worker never
 * delays the join unless it holds an item, and it holds one item only.
 *
 * Both waits, of a worker for a job and of the caller for the join, spin up to the spin limit and
 * then sleep. A spinning worker takes processor time from other threads, and the system takes it
 * back when the worker has work; so the limit is short, about the cost of waking a thread. Measured
 * on two processors, busy ones and with priority over all else, with jobs of 16 to 2,300
 * microseconds and gaps of 0 to 1,000: 10 is as good as any other limit or better; from 50 on jobs
 * take more processor time (up to 1.8 times at 200) and the second thread gains less. */
#include "core/threads.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>
#if !defined(_WIN32)
#include <unistd.h>
#endif

#include "core/error.h"
#include "core/memory.h"

enum { LOOKS_PER_CLOCK = 16 }; /* between two readings of the clock */

typedef struct worker_thread {
    aann_threads *threads;
    int32_t worker;
    pthread_t handle;
} worker_thread;

struct aann_threads {
    int32_t count;
    int32_t spin_microseconds;
    int64_t process;        /* the process that started the workers */
    worker_thread *workers; /* [count - 1] */
    /* The job; written by the caller before the generation is bumped. */
    aann_thread_work work;
    void *context;
    int64_t end;
    _Atomic int64_t next;
    _Atomic uint64_t generation;
    _Atomic bool open;      /* the job may be entered */
    _Atomic int32_t inside; /* workers that test whether it is open, or work on it */
    _Atomic bool joining;   /* the caller sleeps until no worker is inside */
    _Atomic bool stop;
    pthread_mutex_t mutex;
    pthread_cond_t wake; /* for workers: a new generation */
    pthread_cond_t left; /* for the caller: no worker inside */
};

static void relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

/* The number of this process: after fork() the child has another one, and none of the workers. */
static int64_t current_process(void)
{
#if defined(_WIN32)
    return 0; /* there is no fork() */
#else
    return (int64_t)getpid();
#endif
}

static int64_t microseconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* One wait that spins; starts with the time unknown, so that a short one never reads the clock. */
typedef struct spin {
    int32_t looks;
    int64_t end; /* microseconds; 0: not read yet */
} spin;

/* Spins once; false when the limit is reached and the thread should sleep. */
static bool spin_on(spin *s, int32_t limit)
{
    if (limit == 0) {
        return false;
    }
    relax();
    if (++s->looks % LOOKS_PER_CLOCK != 0) {
        return true;
    }
    const int64_t now = microseconds_now();
    if (s->end == 0) {
        s->end = now + limit;
    }
    return now < s->end;
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
    spin waiting = {0};
    do {
        const uint64_t generation =
            atomic_load_explicit(&threads->generation, memory_order_acquire);
        if (generation != seen) {
            return generation;
        }
    } while (spin_on(&waiting, threads->spin_microseconds));
    pthread_mutex_lock(&threads->mutex);
    uint64_t generation = atomic_load_explicit(&threads->generation, memory_order_acquire);
    while (generation == seen) {
        pthread_cond_wait(&threads->wake, &threads->mutex);
        generation = atomic_load_explicit(&threads->generation, memory_order_acquire);
    }
    pthread_mutex_unlock(&threads->mutex);
    return generation;
}

/* The last worker that leaves wakes a sleeping caller. Either the worker sees `joining`, or the
 * caller, which sets it first, sees no worker inside: both operations are sequentially
 * consistent. */
static void leave(aann_threads *threads)
{
    if (atomic_fetch_sub(&threads->inside, 1) == 1 && atomic_load(&threads->joining)) {
        pthread_mutex_lock(&threads->mutex);
        pthread_cond_signal(&threads->left);
        pthread_mutex_unlock(&threads->mutex);
    }
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
        /* Enter first, then test (sequentially consistent): if a worker sees the job open, the
         * caller that closes it sees the worker inside. It may be a later job than the one that
         * woke this worker, which is as good. */
        atomic_fetch_add(&threads->inside, 1);
        if (atomic_load(&threads->open)) {
            take_items(threads, self->worker);
        }
        leave(threads);
    }
}

static void publish(aann_threads *threads)
{
    pthread_mutex_lock(&threads->mutex);
    atomic_fetch_add_explicit(&threads->generation, 1, memory_order_release);
    pthread_cond_broadcast(&threads->wake);
    pthread_mutex_unlock(&threads->mutex);
}

static aann_status check_numbers(int32_t count, int32_t spin_microseconds, aann_error *error)
{
    if (count < 1 || count > AANN_THREADS_LIMIT) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "threads: %d is not between 1 and %d", count,
                         AANN_THREADS_LIMIT);
    }
    if (spin_microseconds < 0 || spin_microseconds > AANN_SPIN_LIMIT) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "threads: a spin limit of %d microseconds is not between 0 and %d",
                         spin_microseconds, AANN_SPIN_LIMIT);
    }
    return AANN_OK;
}

static aann_status start_workers(aann_threads *threads, int32_t count, aann_error *error)
{
    for (int32_t i = 0; i + 1 < count; i++) {
        threads->workers[i] = (worker_thread){.threads = threads, .worker = i + 1};
        if (pthread_create(&threads->workers[i].handle, NULL, worker_main, &threads->workers[i]) !=
            0) {
            return aann_fail(error, AANN_ERROR_IO, "cannot start thread %d of %d", i + 2, count);
        }
        threads->count++;
    }
    return AANN_OK;
}

aann_status aann_threads_create_spinning(int32_t count, int32_t spin_microseconds,
                                         aann_threads **result, aann_error *error)
{
    *result = NULL;
    aann_status status = check_numbers(count, spin_microseconds, error);
    if (status != AANN_OK) {
        return status;
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
    threads->process = current_process();
    threads->spin_microseconds = count > aann_processor_count() ? 0 : spin_microseconds;
    pthread_mutex_init(&threads->mutex, NULL);
    pthread_cond_init(&threads->wake, NULL);
    pthread_cond_init(&threads->left, NULL);
    status = start_workers(threads, count, error);
    if (status != AANN_OK) {
        aann_threads_destroy(threads);
        return status;
    }
    *result = threads;
    return AANN_OK;
}

aann_status aann_threads_create(int32_t count, aann_threads **result, aann_error *error)
{
    return aann_threads_create_spinning(count, AANN_SPIN_MICROSECONDS, result, error);
}

/* The child of a fork must not touch locks that a worker may have held when it vanished. */
static bool is_forked_copy(const aann_threads *threads)
{
    return threads->process != current_process();
}

static void stop_workers(aann_threads *threads)
{
    atomic_store_explicit(&threads->stop, true, memory_order_release);
    publish(threads);
    for (int32_t i = 0; i + 1 < threads->count; i++) {
        pthread_join(threads->workers[i].handle, NULL);
    }
    pthread_cond_destroy(&threads->left);
    pthread_cond_destroy(&threads->wake);
    pthread_mutex_destroy(&threads->mutex);
}

void aann_threads_destroy(aann_threads *threads)
{
    if (threads == NULL) {
        return;
    }
    if (!is_forked_copy(threads)) {
        stop_workers(threads);
    }
    free(threads->workers);
    free(threads);
}

int32_t aann_threads_count(const aann_threads *threads)
{
    return threads->count;
}

/* Returns when no worker is inside the job, which is closed. */
static void join(aann_threads *threads)
{
    spin waiting = {0};
    do {
        if (atomic_load(&threads->inside) == 0) {
            return;
        }
    } while (spin_on(&waiting, threads->spin_microseconds));
    pthread_mutex_lock(&threads->mutex);
    atomic_store(&threads->joining, true);
    while (atomic_load(&threads->inside) != 0) {
        pthread_cond_wait(&threads->left, &threads->mutex);
    }
    atomic_store(&threads->joining, false);
    pthread_mutex_unlock(&threads->mutex);
}

void aann_threads_run(aann_threads *threads, int64_t first, int64_t end, aann_thread_work work,
                      void *context)
{
    if (threads->count == 1 || end - first <= 1 || is_forked_copy(threads)) {
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
    join(threads);
}
