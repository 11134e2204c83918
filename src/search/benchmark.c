/* The engine's speed, measured as a search uses it. */
#include "aann/benchmark.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"
#include "core/threads.h"
#include "engine/dispatch.h"
#include "engine/engine.h"
#include "search/benchmark_time.h"
#include "search/swap.h"

enum { CANDIDATES = 256, BLOCKS = 16, SAMPLES = BLOCKS * AANN_BLOCK };

aann_benchmark_options aann_benchmark_options_default(void)
{
    return (aann_benchmark_options){.threads = 1,
                                    .loss_scale = 8.0,
                                    .within_unit = 0.8,
                                    .seconds = 1.0,
                                    .seed = 1,
                                    .only_layer = -1};
}

static int by_unit(const void *a, const void *b)
{
    const aann_swap *left = a;
    const aann_swap *right = b;
    return (left->changes[0].unit > right->changes[0].unit) -
           (left->changes[0].unit < right->changes[0].unit);
}

/* One figure: candidates of one layer. */
static aann_status measure_layer(aann_engine *engine, int32_t layer,
                                 const aann_benchmark_options *options, aann_candidate *candidates,
                                 aann_benchmark_result *result, aann_error *error)
{
    const aann_random_key key = aann_random_key_create(options->seed, 0);
    double share[AANN_MAX_LAYERS] = {0};
    share[layer] = 1.0;
    aann_swap swaps[CANDIDATES];
    int32_t count = 0;
    for (uint64_t step = 0; count < CANDIDATES && step < 16 * CANDIDATES; step++) {
        count += aann_swap_draw(aann_engine_network(engine), key, step, share, options->within_unit,
                                NULL, &swaps[count]);
    }
    if (count == 0) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "layer %d: all weights are equal, no swap to measure", layer);
    }
    qsort(swaps, (size_t)count, sizeof *swaps, by_unit);
    aann_status status = AANN_OK;
    for (int32_t i = 0; i < count && status == AANN_OK; i++) {
        status = aann_engine_admit(engine, &swaps[i], error);
    }
    for (int32_t i = 0; i < count && status == AANN_OK; i++) {
        status = aann_engine_prepare(engine, &swaps[i], &candidates[i], error);
    }
    if (status != AANN_OK) {
        return status;
    }
    int32_t which[CANDIDATES];
    aann_block_change changes[CANDIDATES];
    for (int32_t i = 0; i < count; i++) {
        which[i] = i;
    }
    double evaluated = 0.0;
    double start = aann_benchmark_time(1);
    for (int64_t block = 0;; block++) {
        aann_engine_changes(engine, 0, candidates, which, count, block % BLOCKS, changes);
        evaluated += (double)count * AANN_BLOCK;
        result->candidates[layer] += count;
        if (block == 0) { /* warm-up: one block */
            evaluated = 0.0;
            start = aann_benchmark_time(1);
        } else if (aann_benchmark_time(1) - start >= options->seconds) {
            break;
        }
    }
    result->image_candidates_per_second[layer] = evaluated / (aann_benchmark_time(1) - start);
    return AANN_OK;
}

static aann_status measure_candidates(const aann_network *network, const aann_samples *samples,
                                      const aann_benchmark_options *options,
                                      const aann_kernels *kernels, aann_benchmark_result *result,
                                      aann_error *error)
{
    aann_threads *threads = NULL;
    aann_engine *engine = NULL;
    aann_samples part = *samples;
    part.count = SAMPLES;
    const aann_loss_options loss = {.regression = samples->labels == NULL,
                                    .scale = options->loss_scale};
    aann_candidate *candidates = aann_allocate_zeroed(CANDIDATES, sizeof *candidates);
    aann_status status =
        candidates == NULL
            ? aann_fail(error, AANN_ERROR_MEMORY, "out of memory for %d candidates", CANDIDATES)
            : aann_threads_create(1, &threads, error);
    if (status == AANN_OK) {
        status = aann_engine_create(aann_network_spec(network), &part, SAMPLES, &loss, kernels,
                                    threads, &engine, error);
    }
    if (status == AANN_OK) {
        status = aann_engine_load(engine, network, NULL, NULL, SAMPLES, error);
    }
    if (status == AANN_OK) {
        aann_engine_ready(engine, NULL, BLOCKS, true);
    }
    for (int32_t i = 0; i < result->layer_count && status == AANN_OK; i++) {
        if (options->only_layer < 0 || options->only_layer == i) {
            status = measure_layer(engine, i, options, candidates, result, error);
        }
    }
    if (status == AANN_OK) {
        result->bytes_per_sample = aann_engine_bytes(engine) / SAMPLES;
    }
    for (int32_t i = 0; candidates != NULL && i < CANDIDATES; i++) {
        aann_candidate_clear(&candidates[i]);
    }
    free(candidates);
    aann_engine_destroy(engine);
    aann_threads_destroy(threads);
    return status;
}

aann_status aann_benchmark_engine(const aann_network *network, const aann_samples *samples,
                                  const aann_benchmark_options *options,
                                  aann_benchmark_result *result, aann_error *error)
{
    if (samples->count < 2 * SAMPLES) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "%lld samples are too few to measure with: at least %d",
                         (long long)samples->count, 2 * SAMPLES);
    }
    aann_kernels kernels;
    aann_status status = aann_kernels_choose(options->isa, &kernels, error);
    if (status != AANN_OK) {
        return status;
    }
    *result = (aann_benchmark_result){.threads = options->threads,
                                      .layer_count = aann_network_spec(network)->layer_count};
    snprintf(result->isa, sizeof result->isa, "%s", kernels.name);
    status = measure_candidates(network, samples, options, &kernels, result, error);
    if (status != AANN_OK || options->only_layer >= 0) {
        return status;
    }
    return aann_benchmark_forward(network, samples, options, &result->forward, error);
}
