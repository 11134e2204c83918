/* A pool of threads that run one function over a range of indices and wait for each other.
 *
 * Which worker takes which index is not determined, so the function must write its result by index.
 *
 * The search forks and joins thousands of times a second, and waking a sleeping worker costs more
 * than one of these jobs. So a worker without a job spins for some microseconds, the spin limit,
 * before it sleeps. With 0, workers sleep at once, for programs whose own work fills the
 * processors. No worker spins in a pool with more threads than processors.
 *
 * A pool survives fork() as a pool of one: the child has none of the workers, so the forked copy
 * runs its jobs on the calling thread, with equal results, and is destroyed as usual. The fork
 * itself must not happen while a job runs. */
#ifndef AANN_CORE_THREADS_H
#define AANN_CORE_THREADS_H

#include <stdint.h>

#include "aann/status.h"

enum {
    AANN_THREADS_LIMIT = 1024,
    AANN_SPIN_MICROSECONDS = 10, /* the default of pools, see threads.c */
    AANN_SPIN_LIMIT = 1000000
};

typedef struct aann_threads aann_threads;

/* Work on item `index`; `worker` in 0..count-1 selects scratch memory. */
typedef void (*aann_thread_work)(void *context, int32_t worker, int64_t index);

/* A pool of `count` workers, 1 to AANN_THREADS_LIMIT, the caller's thread being one of them (count
 * 1 starts no thread). Errors: argument, memory, io (the system starts no more threads). */
aann_status aann_threads_create(int32_t count, aann_threads **threads, aann_error *error);

/* The same with a spin limit of 0 to AANN_SPIN_LIMIT microseconds. */
aann_status aann_threads_create_spinning(int32_t count, int32_t spin_microseconds,
                                         aann_threads **threads, aann_error *error);
void aann_threads_destroy(aann_threads *threads); /* NULL is allowed */
int32_t aann_threads_count(const aann_threads *threads);

/* Runs work(context, worker, index) for every index in first..end-1 and returns when all are done.
 * Must not be called from inside a work function, nor from two threads at once. */
void aann_threads_run(aann_threads *threads, int64_t first, int64_t end, aann_thread_work work,
                      void *context);

#endif
