/* The speed of the forward pass: many samples per call, and one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aann/benchmark.h"
#include "aann/evaluate.h"
#include "core/error.h"
#include "core/memory.h"
#include "engine/dispatch.h"
#include "search/benchmark_time.h"

/* Evaluates `batch` samples per call for the time that the options give. */
static aann_status measure_calls(const aann_network *network, const aann_samples *samples,
                                 int32_t threads, int64_t batch,
                                 const aann_benchmark_options *options, int32_t *logits,
                                 double *rate, int64_t *images, aann_error *error)
{
    aann_evaluator *evaluator = NULL;
    aann_status status = aann_evaluator_create(network, threads, options->isa, &evaluator, error);
    if (status == AANN_OK) { /* warm-up */
        status = aann_evaluator_logits(evaluator, samples, 0, batch, logits, error);
    }
    *images += batch;
    int64_t measured = 0;
    int64_t first = 0;
    const double start = aann_benchmark_time(threads);
    while (status == AANN_OK && aann_benchmark_time(threads) - start < options->seconds) {
        status = aann_evaluator_logits(evaluator, samples, first, batch, logits, error);
        measured += batch;
        first = first + 2 * batch <= samples->count ? first + batch : 0;
    }
    *rate = (double)measured / (aann_benchmark_time(threads) - start);
    *images += measured;
    aann_evaluator_destroy(evaluator);
    return status;
}

aann_status aann_benchmark_forward(const aann_network *network, const aann_samples *samples,
                                   const aann_benchmark_options *options,
                                   aann_forward_speed *result, aann_error *error)
{
    *result = (aann_forward_speed){.threads = options->threads};
    aann_kernels kernels;
    aann_status status = aann_kernels_choose(options->isa, &kernels, error);
    if (status != AANN_OK) {
        return status;
    }
    snprintf(result->isa, sizeof result->isa, "%s", kernels.name);
    const size_t outputs = (size_t)aann_network_spec(network)->output_count;
    int32_t *logits = aann_allocate((size_t)samples->count * outputs, sizeof *logits);
    if (logits == NULL || samples->count < 1) {
        free(logits);
        return aann_fail(error, AANN_ERROR_MEMORY, "no memory for the logits of %lld samples",
                         (long long)samples->count);
    }
    const int64_t all = samples->count;
    status = measure_calls(network, samples, 1, all, options, logits,
                           &result->images_per_second_one_thread, &result->images, error);
    result->images_per_second = result->images_per_second_one_thread;
    if (status == AANN_OK && options->threads > 1) {
        status = measure_calls(network, samples, options->threads, all, options, logits,
                               &result->images_per_second, &result->images, error);
    }
    if (status == AANN_OK) {
        status = measure_calls(network, samples, 1, 1, options, logits,
                               &result->single_images_per_second, &result->single_images, error);
    }
    free(logits);
    return status;
}
