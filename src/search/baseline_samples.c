#include "search/baseline_samples.h"

#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"
#include "samples/samples.h"

/* Puts order[count] into a random order, so that the first blocks are a fair sample however the
 * file is sorted. */
static void shuffle(aann_random_key key, int64_t *order, int64_t count)
{
    aann_random_stream stream = aann_random_start(key, 0, AANN_PURPOSE_SAMPLING);
    for (int64_t i = 0; i < count; i++) {
        const int64_t random = aann_random_below(&stream, (uint32_t)(i + 1));
        order[i] = order[random];
        order[random] = i;
    }
}

/* Copies the first `taken` samples in this order. */
static aann_status copy_samples(const aann_samples *source, const int64_t *order, int64_t taken,
                                aann_samples **copy, aann_error *error)
{
    const size_t count = (size_t)taken;
    const size_t size = (size_t)aann_shape_size(source->shape);
    const size_t targets = (size_t)source->target_count;
    aann_samples_memory memory;
    const aann_status status = aann_samples_allocate(source, taken, copy, &memory, error);
    for (size_t i = 0; status == AANN_OK && i < count; i++) {
        const size_t from = (size_t)order[i];
        memcpy(memory.inputs + i * size, source->inputs + from * size, size);
        if (memory.labels != NULL) {
            memory.labels[i] = source->labels[from];
        }
        if (memory.targets != NULL) {
            memcpy(memory.targets + i * targets, source->targets + from * targets,
                   targets * sizeof *memory.targets);
        }
    }
    return status;
}

aann_status aann_baseline_samples_take(const aann_samples *train, int64_t count,
                                       aann_random_key key, aann_samples **samples,
                                       aann_error *error)
{
    int64_t *order = aann_allocate((size_t)train->count, sizeof *order);
    if (order == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a baseline");
    }
    shuffle(key, order, train->count);
    const aann_status status = copy_samples(train, order, count, samples, error);
    free(order);
    return status;
}
