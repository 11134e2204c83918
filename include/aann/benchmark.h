/* How fast this machine runs the engine, in the units that a search is made of. */
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

typedef struct aann_benchmark_options {
    /* for the forward pass and the memory; candidates are measured on one thread */
    int32_t threads;

    /* instruction set; NULL: the best there is */
    const char *isa;

    /* see aann_search_options */
    double loss_scale;

    /* as in aann_search_options */
    double within_unit;

    /* per figure */
    double seconds;
    uint64_t seed;

    /* engine: candidates of this layer and nothing else; -1: everything */
    int32_t only_layer;
} aann_benchmark_options;

AANN_API aann_benchmark_options aann_benchmark_options_default(void);

/* The whole network, images per second. */
typedef struct aann_forward_speed {
    /* that was used */
    char isa[32];
    int32_t threads;

    /* all samples in one call, `threads` threads */
    double images_per_second;

    /* the same, one thread */
    double images_per_second_one_thread;

    /* a call for each sample, one thread */
    double single_images_per_second;

    /* evaluated in calls for many */
    int64_t images;

    /* evaluated in calls for one */
    int64_t single_images;
} aann_forward_speed;

/* What the machine can do, to compare with. Bytes are those read, and those read and written. */
typedef struct aann_machine_speed {
    int32_t threads;

    /* of one thread that keeps its processor busy */
    double cycles_per_second;

    /* from memory, `threads` threads */
    double read_bytes_per_second;

    /* one */
    double read_bytes_per_second_one_thread;
    double copy_bytes_per_second_one_thread;

    /* from 256 kB, again and again */
    double cache_read_bytes_per_second_one_thread;
} aann_machine_speed;

typedef struct aann_benchmark_result {
    /* that was used */
    char isa[32];
    int32_t threads;
    int32_t layer_count;
    /* Candidates of the layer times the images each is evaluated on, per second, one thread. */
    double image_candidates_per_second[AANN_MAX_LAYERS];

    /* evaluated for that, times blocks of 64 images */
    int64_t candidates[AANN_MAX_LAYERS];
    aann_forward_speed forward;

    /* that a search keeps */
    size_t bytes_per_sample;
} aann_benchmark_result;

/* Measures with this network on these samples (at least 2,048; labels needed): candidates as a
 * search draws them, 256 at a time, sorted by unit, on 16 blocks of 64 samples again and again, as
 * the sequential test does. */
AANN_API aann_status aann_benchmark_engine(const aann_network *network, const aann_samples *samples,
                                           const aann_benchmark_options *options,
                                           aann_benchmark_result *result, aann_error *error);

/* Measures the forward pass with this network on these samples (at least one). */
AANN_API aann_status aann_benchmark_forward(const aann_network *network,
                                            const aann_samples *samples,
                                            const aann_benchmark_options *options,
                                            aann_forward_speed *result, aann_error *error);

/* Measures the processor's clock and the memory, of which it takes 256 MB. Uses threads and seconds
 * of the options. */
AANN_API aann_status aann_benchmark_machine(const aann_benchmark_options *options,
                                            aann_machine_speed *result, aann_error *error);

#ifdef __cplusplus
}
#endif

#endif
