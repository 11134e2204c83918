/* SENSE: stochastic search for a p-sparse network, one member at a time.
 *
 * Candidate k = 0, 1, 2, ... is a swap of two different weights of one layer; it is accepted when it changes the
 * mean training loss by no more than a threshold drawn beforehand from the temperature (Metropolis, annealed to
 * zero over the step budget). See docs/search.md.
 *
 * The result is a function of (spec, data, options, member): the same bits on any number of threads, any instruction
 * set, and however often the search was saved and resumed.
 *
 *     aann_search_options options = aann_default_search_options();
 *     options.steps = 200000;
 *     aann_search *search;
 *     aann_search_create(&spec, train, &options, 0, NULL, &search, &error);
 *     aann_search_run(search, options.steps, NULL, NULL, &error);
 *     const aann_network *network = aann_search_network(search);
 */
#ifndef AANN_SEARCH_H
#define AANN_SEARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aann/data.h"
#include "aann/network.h"
#include "aann/status.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { AANN_MAX_TARGETS = 64 };

/* How a member is searched for. All but the first are there to be compared with it, on the same samples, with a budget
 * counted in the same way; docs/experiments.md describes them. */
typedef enum aann_search_method {
    AANN_METHOD_SENSE = 0, /* swaps, accepted by an annealed threshold */
    AANN_METHOD_HILL,      /* the same at temperature 0 from the first candidate on: never uphill */
    AANN_METHOD_RANDOM,    /* a candidate is an independent random network; the best is kept */
    AANN_METHOD_GENETIC    /* a candidate is a child of two networks of a population */
} aann_search_method;

enum { AANN_METHOD_COUNT = 4 };

/* "sense", "hill", "random", "genetic". */
const char *aann_search_method_name(aann_search_method method);
/* False, and *method as it was, for any other name. */
bool aann_search_method_parse(const char *name, aann_search_method *method);

/* Always start from aann_default_search_options(). All but `threads` and `isa` determine the result. */
typedef struct aann_search_options {
    uint64_t seed;
    uint64_t steps;      /* candidates until the temperature is 0, and the end */
    double temperature;  /* at the first candidate, in units of mean loss */
    double cooling;      /* temperature of candidate k: temperature * (1 - k / steps)^cooling; 1, 2 or 3 */
    double loss_scale;   /* classification: logits / (127 * loss_scale) go into the softmax */
    double output_scale; /* regression: an output z means HardTanh(z / (127 * output_scale)) */
    double rejection_z;  /* the sequential test rejects when mean - z * standard error > threshold */
    double within_unit;  /* share of the swaps whose two weights belong to one unit; in the first of several
                            layers an eighth as many as elsewhere do not */
    double layer_share[AANN_MAX_LAYERS]; /* share of the candidates per layer; all 0: chosen by cost */
    bool adapt_layers;                   /* shift the shares towards the layers that gain most per cost */
    int32_t first_check;                 /* blocks of 64 samples before the first test */
    int32_t strata;                      /* groups by loss that the test samples evenly; 1: none */
    uint64_t arrange_interval;           /* candidates between regroupings of the samples; 0: steps / 12, with
                                            jitter steps / 50 */
    int64_t
        first_samples; /* training samples that the search begins with (genetic: and stays with); 0: all of them */
    double growth; /* share of the steps over which they grow to all, geometrically */
    int32_t
        jitter; /* each sample is moved by up to so many rows and columns, anew at each regrouping; 0: not */
    int32_t
        copies; /* of every training sample, moved and warped (aann_samples_augment); 1: none but itself */
    double copy_shift; /* see aann_augmentation */
    double copy_warp;
    bool regression;                        /* mean squared error of the outputs to targets */
    double target_weight[AANN_MAX_TARGETS]; /* regression: weight of each output's error; 0 means 1 */
    aann_search_method method;
    int32_t population;    /* genetic: networks that live at a time, at least 2 */
    int32_t tournament;    /* genetic: a parent is the best of so many drawn at random */
    double crossover;      /* genetic: share of the children with two parents; the others are copies of one */
    int32_t mutations;     /* genetic: swaps in each child */
    int64_t reward_tracks; /* closed loop: samples are so many tracks, their loss is the reward lost (see
                              aann/drive.h); 0: not */
    uint64_t reward_first_track;
    int32_t threads; /* that evaluate this member's candidates */
    const char *isa; /* instruction set; NULL: the best there is */
} aann_search_options;

aann_search_options aann_default_search_options(void);

/* Fails (AANN_ERROR_ARGUMENT, naming the option and its range) if an option makes no sense. */
aann_status aann_search_options_check(const aann_search_options *options, aann_error *error);

typedef struct aann_search aann_search;

/* Where a search is. */
typedef struct aann_search_progress {
    uint64_t step; /* candidates decided */
    uint64_t accepted;
    uint64_t evaluated_samples; /* of candidates: what the engine's speed is measured in */
    double temperature;
    int64_t samples;   /* training samples in use */
    double train_loss; /* mean over those */
    double layer_share[AANN_MAX_LAYERS];
    uint64_t layer_candidates[AANN_MAX_LAYERS]; /* decided so far, per layer */
    uint64_t layer_accepted[AANN_MAX_LAYERS];
    size_t bytes; /* of memory for the training samples' state */
} aann_search_progress;

/* Begins member `member` on the samples (borrowed). Starts from `start` if it is not NULL (it must have the spec's
 * counts), else from the random network of (seed, member). Free with aann_search_destroy. */
aann_status aann_search_create(const aann_spec *spec, const aann_samples *train,
                               const aann_search_options *options, uint64_t member, const aann_network *start,
                               aann_search **search, aann_error *error);
/* Continues from a state saved by aann_search_save, and the network it had then. */
aann_status aann_search_resume(const aann_spec *spec, const aann_samples *train,
                               const aann_search_options *options, uint64_t member,
                               const aann_network *network, const void *state, size_t state_size,
                               aann_search **search, aann_error *error);
void aann_search_destroy(aann_search *search);

/* Asked every few milliseconds of a run; returning true stops it at the next candidate that can be resumed from. */
typedef bool (*aann_search_interrupted)(void *context);

/* Decides candidates until `until_step` of them are decided (at most options.steps), or until interrupted (NULL:
 * never). */
aann_status aann_search_run(aann_search *search, uint64_t until_step, aann_search_interrupted interrupted,
                            void *context, aann_error *error);

/* Where a run ends; the first that is reached. */
typedef struct aann_search_limits {
    uint64_t step;     /* so many candidates are decided; at most options.steps */
    uint64_t accepted; /* so many are accepted in all */
    double loss;       /* the mean training loss is no more than this; negative: whatever it is */
} aann_search_limits;

/* No limit but options.steps. */
aann_search_limits aann_default_search_limits(void);

aann_status aann_search_run_until(aann_search *search, const aann_search_limits *limits,
                                  aann_search_interrupted interrupted, void *context, aann_error *error);

/* Instead of annealing: walking where the loss is low enough, away from a network or towards one. */
typedef struct aann_confinement {
    double most_loss; /* no candidate is accepted that leads above this mean training loss; while the
                                   network is above it, none that leads higher */
    const aann_network *anchor; /* of the same spec, copied; NULL: any swap may be drawn */
    bool towards;               /* no swap leads farther from the anchor; false: every swap does */
} aann_confinement;

/* From here on the search is confined so; NULL: it anneals again. Not part of what aann_search_save keeps: to be said again
 * after aann_search_resume. */
aann_status aann_search_confine(aann_search *search, const aann_confinement *confinement, aann_error *error);

void aann_search_progress_get(const aann_search *search, aann_search_progress *progress);
/* The current network; valid until the next run. */
const aann_network *aann_search_network(const aann_search *search);
/* Training samples in use that are answered correctly now. */
int64_t aann_search_correct(const aann_search *search);

/* Everything but the network that is needed to resume, malloc'ed; the caller frees it. */
aann_status aann_search_save(const aann_search *search, void **state, size_t *size, aann_error *error);

#ifdef __cplusplus
}
#endif

#endif
