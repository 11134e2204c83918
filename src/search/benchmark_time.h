/* The clock of the benchmarks. */
#ifndef AANN_SEARCH_BENCHMARK_TIME_H
#define AANN_SEARCH_BENCHMARK_TIME_H

#include <stdint.h>
#include <time.h>

/* Seconds: for one thread its processor time, so that other programs count little; for several
 * threads the wall clock. */
static inline double aann_benchmark_time(int32_t threads)
{
    struct timespec time;
    clock_gettime(threads == 1 ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

#endif
