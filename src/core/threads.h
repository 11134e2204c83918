/* A pool of threads that run one function over a range of indices and wait for each other.
 *
 * The search forks and joins thousands of times a second, so workers spin for some microseconds
 * before they sleep. Which worker takes which index is not determined: the function must write its
 * result by index. */
#ifndef AANN_CORE_THREADS_H
#define AANN_CORE_THREADS_H

#include <stdint.h>

#include "aann/status.h"

typedef struct aann_threads aann_threads;

/* Work on item `index`; `worker` in 0..count-1 selects scratch memory. */
typedef void (*aann_thread_work)(void *context, int32_t worker, int64_t index);

/* A pool of `count` workers, the caller's thread being one of them (count 1 starts no thread). */
aann_status aann_threads_create(int32_t count, aann_threads **threads, aann_error *error);
void aann_threads_destroy(aann_threads *threads);
int32_t aann_threads_count(const aann_threads *threads);

/* Runs work(context, worker, index) for every index in first..end-1 and returns when all are done.
 * Must not be called from inside a work function, nor from two threads at once. */
void aann_threads_run(aann_threads *threads, int64_t first, int64_t end, aann_thread_work work,
                      void *context);

/* How many processors this process may use; at least 1. */
int32_t aann_processor_count(void);

#endif
