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
    int32_t threads;    /* for the forward pass; candidates are measured on one thread */
    const char *isa;    /* instruction set; NULL: the best there is */
    double loss_scale;  /* see aann_search_options */
    double within_unit; /* share of swaps within one unit */
    double seconds;     /* per figure */
    uint64_t seed;
} aann_benchmark_options;

aann_benchmark_options aann_default_benchmark_options(void);

typedef struct aann_benchmark_result {
    char isa[32]; /* that was used */
    int32_t threads;
    int32_t layer_count;
    /* Candidates of the layer times the images each is evaluated on, per second, one thread. */
    double image_candidates_per_second[AANN_MAX_LAYERS];
    double forward_images_per_second;        /* whole network, blocks of 64, `threads` threads */
    double forward_images_per_second_single; /* the same, one thread */
    size_t bytes_per_sample;                 /* that a search keeps */
} aann_benchmark_result;

/* Measures with this network on these samples (at least 2,048; labels needed): candidates as a search draws them, 256 at
 * a time, sorted by unit, on 16 blocks of 64 samples again and again, as the sequential test does. */
aann_status aann_benchmark_engine(const aann_network *network, const aann_samples *samples,
                                  const aann_benchmark_options *options, aann_benchmark_result *result,
                                  aann_error *error);

#ifdef __cplusplus
}
#endif

#endif
