/* Copying samples row by row. */
#include "samples/gather.h"

#include <string.h>

#include "samples/samples.h"

aann_status aann_samples_gather(const aann_samples *samples, const int64_t *rows, int64_t count,
                                aann_samples **gathered, aann_error *error)
{
    aann_samples_memory memory;
    const aann_status status = aann_samples_allocate(samples, count, gathered, &memory, error);
    if (status != AANN_OK) {
        return status;
    }
    const size_t size = (size_t)aann_shape_size(samples->shape);
    const size_t targets = (size_t)samples->target_count;
    for (int64_t i = 0; i < count; i++) {
        const size_t row = (size_t)rows[i];
        memcpy(memory.inputs + (size_t)i * size, samples->inputs + row * size, size);
        if (memory.labels != NULL) {
            memory.labels[i] = samples->labels[row];
        }
        if (memory.targets != NULL) {
            memcpy(memory.targets + (size_t)i * targets, samples->targets + row * targets,
                   targets * sizeof *memory.targets);
        }
    }
    return AANN_OK;
}
