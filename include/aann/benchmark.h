/* How fast this machine runs the engine, in image-candidates and images per second. */
#ifndef AANN_BENCHMARK_H
#define AANN_BENCHMARK_H

#include <stddef.h>
#include <stdint.h>

#include "aann/network.h"
#include "aann/samples.h"
#include "aann/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Always start from aann_benchmark_options_default(). */
typedef struct aann_benchmark_options {
    /* for the forward pass and the memory; candidates are measured on one thread */
    int32_t threads;

    /* instruction set; NULL: the best of this machine */
    const char *isa;

    /* as in aann_search_options */
    double loss_scale;
    double within_unit;

    /* time for each figure */
    double seconds;
    uint64_t seed;

    /* aann_benchmark_engine: measure only candidates of this layer; -1: everything */
    int32_t only_layer;
} aann_benchmark_options;

AANN_API aann_benchmark_options aann_benchmark_options_default(void);

/* The speed of a forward pass through the whole network. */
typedef struct aann_forward_speed {
    /* the instruction set and threads used */
    char isa[32];
    int32_t threads;

    /* all samples in one call, on `threads` threads */
    double images_per_second;

    /* all samples in one call, on one thread */
    double images_per_second_one_thread;

    /* one call per sample, on one thread */
    double single_images_per_second;

    /* images evaluated in calls for many samples, and in calls for one */
    int64_t images;
    int64_t single_images;
} aann_forward_speed;

/* The limits of the machine, for comparison. A copy counts the bytes read and the bytes written. */
typedef struct aann_machine_speed {
    int32_t threads;

    /* of one busy thread */
    double cycles_per_second;

    /* from memory, on `threads` threads */
    double read_bytes_per_second;

    /* from memory, on one thread */
    double read_bytes_per_second_one_thread;
    double copy_bytes_per_second_one_thread;

    /* from the same 256 kB, repeatedly */
    double cache_read_bytes_per_second_one_thread;
} aann_machine_speed;

typedef struct aann_benchmark_result {
    /* the instruction set and threads used */
    char isa[32];
    int32_t threads;
    int32_t layer_count;

    /* candidates of the layer times the images that each is evaluated on, per second, on one
     * thread */
    double image_candidates_per_second[AANN_MAX_LAYERS];

    /* candidates evaluated for that figure, times blocks of 64 images */
    int64_t candidates[AANN_MAX_LAYERS];
    aann_forward_speed forward;

    /* memory that a search keeps per sample */
    size_t bytes_per_sample;
} aann_benchmark_result;

/* Measures the engine with this network on these samples (at least 2,048, with labels). Candidates
 * are drawn as a search draws them, 256 at a time, sorted by unit, and evaluated repeatedly on the
 * same 16 blocks of 64 samples, as the sequential test does. */
AANN_API aann_status aann_benchmark_engine(const aann_network *network, const aann_samples *samples,
                                           const aann_benchmark_options *options,
                                           aann_benchmark_result *result, aann_error *error);

/* Measures the forward pass with this network on these samples, at least one. */
AANN_API aann_status aann_benchmark_forward(const aann_network *network,
                                            const aann_samples *samples,
                                            const aann_benchmark_options *options,
                                            aann_forward_speed *result, aann_error *error);

/* Measures the processor's clock and the memory, with a buffer of 256 MB. Reads threads and seconds
 * of the options only. */
AANN_API aann_status aann_benchmark_machine(const aann_benchmark_options *options,
                                            aann_machine_speed *result, aann_error *error);

#ifdef __cplusplus
}
#endif

#endif
