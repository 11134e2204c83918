/* The limits of the machine, cycles and bytes from memory, with which the engine's figures are
 * compared. */
#include <stdlib.h>
#include <string.h>

#include "aann/benchmark.h"
#include "core/error.h"
#include "core/memory.h"
#include "core/threads.h"
#include "engine/dispatch.h"
#include "search/benchmark_time.h"

enum {
    PIECES = 64,       /* of the memory, distributed among threads */
    LARGE = 256 << 20, /* bytes: more than any cache */
    SMALL = 256 << 10, /* bytes: fits the second-level cache */
    BETWEEN_LOOKS = 16 << 20,
    CHAIN = 1 << 20,    /* steps of the clock's chain at a time */
    CYCLES_PER_STEP = 6 /* three shifts and three exclusive ors, each dependent on the one before */
};

typedef struct memory_job {
    aann_kernels kernels;
    uint64_t *words;
    size_t piece_words;
    uint64_t sums[PIECES];
} memory_job;

/* Reads a piece; the sum keeps the compiler from leaving the reads out. */
static void read_piece(void *context, int32_t worker, int64_t index)
{
    (void)worker;
    memory_job *job = context;
    const uint64_t *words = job->words + (size_t)index * job->piece_words;
    const size_t row_words = AANN_BLOCK / sizeof *words;
    job->sums[index] +=
        job->kernels.read_rows((const uint16_t *)(const void *)words, job->piece_words / row_words);
}

static void copy_piece(void *context, int32_t worker, int64_t index)
{
    (void)worker;
    memory_job *job = context;
    const size_t words = job->piece_words / 2;
    memcpy(job->words + (size_t)index * job->piece_words,
           job->words + (size_t)index * job->piece_words + words, words * sizeof *job->words);
}

static double measure_memory(aann_threads *threads, memory_job *job, size_t bytes, int32_t pieces,
                             aann_thread_work work, double seconds)
{
    const int32_t count = aann_threads_count(threads);
    job->piece_words = bytes / (size_t)pieces / sizeof *job->words;
    aann_threads_run(threads, 0, pieces, work, job); /* warm-up */
    double done = 0.0;
    const size_t times =
        BETWEEN_LOOKS / bytes + 1; /* reading the clock takes as long as a read from the cache */
    const double start = aann_benchmark_time(count);
    do {
        for (size_t i = 0; i < times; i++) {
            aann_threads_run(threads, 0, pieces, work, job);
        }
        done += (double)(times * bytes);
    } while (aann_benchmark_time(count) - start < seconds);
    return done / (aann_benchmark_time(count) - start);
}

/* xorshift64: a chain of operations of one cycle each that no compiler shortens. */
static double measure_clock(double seconds, uint64_t *chain)
{
    double best = 0.0; /* the maximum: other programs only ever slow this one down */
    const double start = aann_benchmark_time(1);
    do {
        const double from = aann_benchmark_time(1);
        uint64_t x = *chain | 1;
        for (int32_t i = 0; i < CHAIN; i++) {
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
        }
        *chain = x;
        const double rate = (double)CHAIN * CYCLES_PER_STEP / (aann_benchmark_time(1) - from);
        best = rate > best ? rate : best;
    } while (aann_benchmark_time(1) - start < seconds);
    return best;
}

aann_status aann_benchmark_machine(const aann_benchmark_options *options,
                                   aann_machine_speed *result, aann_error *error)
{
    *result = (aann_machine_speed){.threads = options->threads};
    memory_job *job = aann_allocate_zeroed(1, sizeof *job);
    aann_threads *one = NULL;
    aann_threads *all = NULL;
    aann_status status = aann_threads_create(1, &one, error);
    if (status == AANN_OK) {
        status = aann_threads_create(options->threads, &all, error);
    }
    if (status == AANN_OK && job != NULL) {
        status = aann_kernels_choose(options->isa, &job->kernels, error);
        job->words = aann_allocate_aligned(LARGE);
    }
    if (status == AANN_OK && (job == NULL || job->words == NULL)) {
        status = aann_fail(error, AANN_ERROR_MEMORY, "no memory to measure: %d MB", LARGE >> 20);
    }
    if (status == AANN_OK) {
        memset(job->words, 1, LARGE);
        const double seconds = options->seconds;
        result->cycles_per_second = measure_clock(seconds, &job->sums[0]);
        result->read_bytes_per_second_one_thread =
            measure_memory(one, job, LARGE, PIECES, read_piece, seconds);
        result->read_bytes_per_second =
            options->threads == 1 ? result->read_bytes_per_second_one_thread
                                  : measure_memory(all, job, LARGE, PIECES, read_piece, seconds);
        result->copy_bytes_per_second_one_thread =
            measure_memory(one, job, LARGE, PIECES, copy_piece, seconds);
        result->cache_read_bytes_per_second_one_thread =
            measure_memory(one, job, SMALL, 1, read_piece, seconds);
    }
    if (job != NULL) {
        aann_free_aligned(job->words);
    }
    free(job);
    aann_threads_destroy(all);
    aann_threads_destroy(one);
    return status;
}
