/* How fast this machine runs the engine, in the units that a search is made of. */
#ifndef AANN_BENCHMARK_H
#define AANN_BENCHMARK_H

#include <stddef.h>
#include <stdint.h>

#include "aann/data.h"
#include "aann/network.h"
#include "aann/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct aann_benchmark_options {
    int32_t threads;    /* for the forward pass and the memory; candidates are measured on one thread */
    const char *isa;    /* instruction set; NULL: the best there is */
    double loss_scale;  /* see aann_search_options */
    double within_unit; /* as in aann_search_options */
    double seconds;     /* per figure */
    uint64_t seed;
    int32_t only_layer; /* engine: candidates of this layer and nothing else; -1: everything */
} aann_benchmark_options;

aann_benchmark_options aann_default_benchmark_options(void);

/* The whole network, images per second. */
typedef struct aann_forward_speed {
    char isa[32]; /* that was used */
    int32_t threads;
    double images_per_second;            /* all samples in one call, `threads` threads */
    double images_per_second_one_thread; /* the same, one thread */
    double single_images_per_second;     /* a call for each sample, one thread */
    int64_t images;                      /* evaluated in calls for many */
    int64_t single_images;               /* evaluated in calls for one */
} aann_forward_speed;

/* What the machine can do, to compare with. Bytes are those read, and those read and written. */
typedef struct aann_machine_speed {
    int32_t threads;
    double cycles_per_second;                /* of one thread that keeps its processor busy */
    double read_bytes_per_second;            /* from memory, `threads` threads */
    double read_bytes_per_second_one_thread; /* one */
    double copy_bytes_per_second_one_thread;
    double cache_read_bytes_per_second_one_thread; /* from 256 kB, again and again */
} aann_machine_speed;

typedef struct aann_benchmark_result {
    char isa[32]; /* that was used */
    int32_t threads;
    int32_t layer_count;
    /* Candidates of the layer times the images each is evaluated on, per second, one thread. */
    double image_candidates_per_second[AANN_MAX_LAYERS];
    int64_t candidates[AANN_MAX_LAYERS]; /* evaluated for that, times blocks of 64 images */
    aann_forward_speed forward;
    size_t bytes_per_sample; /* that a search keeps */
} aann_benchmark_result;

/* Measures with this network on these samples (at least 2,048; labels needed): candidates as a search draws them, 256 at
 * a time, sorted by unit, on 16 blocks of 64 samples again and again, as the sequential test does. */
aann_status aann_benchmark_engine(const aann_network *network, const aann_samples *samples,
                                  const aann_benchmark_options *options, aann_benchmark_result *result,
                                  aann_error *error);

/* Measures the forward pass with this network on these samples (at least one). */
aann_status aann_benchmark_forward(const aann_network *network, const aann_samples *samples,
                                   const aann_benchmark_options *options, aann_forward_speed *result,
                                   aann_error *error);

/* Measures the processor's clock and the memory, of which it takes 256 MB. Uses threads and seconds of the options. */
aann_status aann_benchmark_machine(const aann_benchmark_options *options, aann_machine_speed *result,
                                   aann_error *error);

#ifdef __cplusplus
}
#endif

#endif
