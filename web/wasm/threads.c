/* A pool of one thread, in place of src/core/threads.c: an instance of the module has one thread,
 * and no result depends on how many there are. The number asked for is checked all the same. */
#include "core/threads.h"

#include <stdlib.h>

#include "core/error.h"
#include "core/memory.h"

struct aann_threads {
    int32_t count;
};

aann_status aann_threads_create_spinning(int32_t count, int32_t spin_microseconds,
                                         aann_threads **threads, aann_error *error)
{
    *threads = NULL;
    if (count < 1 || count > AANN_THREADS_LIMIT || spin_microseconds < 0 ||
        spin_microseconds > AANN_SPIN_LIMIT) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "threads: %d is not between 1 and %d", count,
                         AANN_THREADS_LIMIT);
    }
    *threads = aann_allocate_zeroed(1, sizeof **threads);
    if (*threads == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a thread");
    }
    (*threads)->count = 1;
    return AANN_OK;
}

aann_status aann_threads_create(int32_t count, aann_threads **threads, aann_error *error)
{
    return aann_threads_create_spinning(count, AANN_SPIN_MICROSECONDS, threads, error);
}

void aann_threads_destroy(aann_threads *threads)
{
    free(threads);
}

int32_t aann_threads_count(const aann_threads *threads)
{
    return threads->count;
}

void aann_threads_run(aann_threads *threads, int64_t first, int64_t end, aann_thread_work work,
                      void *context)
{
    (void)threads;
    for (int64_t index = first; index < end; index++) {
        work(context, 0, index);
    }
}
