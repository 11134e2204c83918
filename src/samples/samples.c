/* Samples: allocating, checking, copying, destroying. The public struct has const pointers, because
 * only this file, which makes and frees the memory, may write to it. */
#include "samples/samples.h"

#include <inttypes.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"

/* Casts away const, to free the library's own memory. */
static void release(const void *memory)
{
    free((void *)(uintptr_t)memory);
}

void aann_samples_destroy(aann_samples *samples)
{
    if (samples != NULL) {
        release(samples->inputs);
        release(samples->labels);
        release(samples->targets);
        free(samples);
    }
}

void aann_samples_scale_target(aann_samples *samples, int32_t output, double mean, double scale)
{
    float *targets = (float *)(uintptr_t)samples->targets;
    for (int64_t i = 0; i < samples->count; i++) {
        float *target = &targets[i * samples->target_count + output];
        *target = (float)(((double)*target - mean) / scale);
    }
}

void aann_samples_drop_answers(aann_samples *samples)
{
    release(samples->labels);
    release(samples->targets);
    samples->labels = NULL;
    samples->targets = NULL;
    samples->class_count = 0;
    samples->target_count = 0;
}

static aann_status no_memory(int64_t count, aann_error *error)
{
    return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for %" PRId64 " samples", count);
}

aann_status aann_samples_allocate(const aann_samples *like, int64_t count, aann_samples **samples,
                                  aann_samples_memory *memory, aann_error *error)
{
    *samples = NULL;
    *memory = (aann_samples_memory){0};
    aann_samples *made = aann_allocate_zeroed(1, sizeof *made);
    if (made == NULL) {
        return no_memory(count, error);
    }
    *made = (aann_samples){.shape = like->shape, .count = count};
    size_t target_values = 0;
    made->inputs = memory->inputs =
        aann_allocate((size_t)count, (size_t)aann_shape_size(like->shape));
    bool good = made->inputs != NULL;
    if (like->labels != NULL) {
        made->class_count = like->class_count;
        made->labels = memory->labels = aann_allocate((size_t)count, sizeof *memory->labels);
        good = good && made->labels != NULL;
    }
    if (like->targets != NULL) {
        made->target_count = like->target_count;
        good =
            good && aann_multiply_sizes((size_t)count, (size_t)like->target_count, &target_values);
        made->targets = memory->targets =
            good ? aann_allocate(target_values, sizeof *memory->targets) : NULL;
        good = good && made->targets != NULL;
    }
    if (!good) {
        aann_samples_destroy(made);
        return no_memory(count, error);
    }
    *samples = made;
    return AANN_OK;
}

/* ---- checking -------------------------------------------------------------------------------- */

static aann_status check_sizes(const aann_samples *view, aann_error *error)
{
    const aann_shape shape = view->shape;
    const bool positive = shape.channels > 0 && shape.height > 0 && shape.width > 0;
    if (!positive || (int64_t)shape.channels * shape.height > INT64_MAX / shape.width ||
        view->count < 1 || view->count > PTRDIFF_MAX / aann_shape_size(shape)) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "%" PRId64 " samples of %" PRId32 " x %" PRId32 " x %" PRId32
                         " values (channels x height x width): expected at least one of each, and "
                         "what fits in memory",
                         view->count, shape.channels, shape.height, shape.width);
    }
    if (view->inputs == NULL) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "samples without inputs");
    }
    if (view->labels != NULL && view->targets != NULL) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "samples with both labels and targets; expected one of them");
    }
    if (view->targets != NULL &&
        (view->target_count < 1 || view->count > PTRDIFF_MAX / 4 / view->target_count)) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "%" PRId32 " targets a sample; expected 1 to what fits in memory",
                         view->target_count);
    }
    return AANN_OK;
}

aann_status aann_samples_check_values(const aann_samples *view, aann_error *error)
{
    const int64_t size = aann_shape_size(view->shape);
    for (int64_t i = 0; i < view->count * size; i++) {
        if (view->inputs[i] < -AANN_ACTIVATION_MAX) {
            return aann_fail(error, AANN_ERROR_FORMAT,
                             "sample %" PRId64 ", value %" PRId64 " is %d; expected -127 to 127",
                             i / size, i % size, view->inputs[i]);
        }
    }
    for (int64_t i = 0; view->labels != NULL && i < view->count; i++) {
        if (view->labels[i] < 0 || view->labels[i] >= view->class_count) {
            return aann_fail(error, AANN_ERROR_FORMAT,
                             "sample %" PRId64 " has label %" PRId32 "; there are %" PRId32
                             " classes, numbered from 0",
                             i, view->labels[i], view->class_count);
        }
    }
    for (int64_t i = 0; view->targets != NULL && i < view->count * view->target_count; i++) {
        if (!isfinite(view->targets[i])) {
            return aann_fail(error, AANN_ERROR_FORMAT,
                             "sample %" PRId64 ", target %" PRId64 " is not a finite number",
                             i / view->target_count, i % view->target_count);
        }
    }
    return AANN_OK;
}

aann_status aann_samples_check(const aann_samples *view, aann_error *error)
{
    const aann_status status = check_sizes(view, error);
    return status == AANN_OK ? aann_samples_check_values(view, error) : status;
}

aann_status aann_samples_create(const aann_samples *view, aann_samples **samples, aann_error *error)
{
    *samples = NULL;
    aann_samples_memory memory;
    aann_status status = aann_samples_check(view, error);
    if (status == AANN_OK) {
        status = aann_samples_allocate(view, view->count, samples, &memory, error);
    }
    if (status != AANN_OK) {
        return status;
    }
    const size_t count = (size_t)view->count;
    memcpy(memory.inputs, view->inputs, count * (size_t)aann_shape_size(view->shape));
    if (view->labels != NULL) {
        memcpy(memory.labels, view->labels, count * sizeof *memory.labels);
    }
    if (view->targets != NULL) {
        memcpy(memory.targets, view->targets,
               count * (size_t)view->target_count * sizeof *memory.targets);
    }
    return AANN_OK;
}

double aann_samples_target_variance(const aann_samples *samples, int32_t output)
{
    const double count = (double)samples->count;
    double sum = 0.0, squares = 0.0;
    for (int64_t i = 0; i < samples->count; i++) {
        sum += (double)samples->targets[i * samples->target_count + output];
    }
    for (int64_t i = 0; i < samples->count; i++) {
        const double distance =
            (double)samples->targets[i * samples->target_count + output] - sum / count;
        squares += distance * distance;
    }
    return squares / count;
}
