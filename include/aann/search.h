/* SENSE: stochastic search for a p-sparse network, one member at a time.
 *
 * Candidate k = 0, 1, 2, ... is a swap of two different weights of one layer; it is accepted when
 * it changes the mean training loss by no more than a threshold drawn beforehand from the
 * temperature (Metropolis, annealed to zero over the step budget). See docs/search.md.
 *
 * The result is a function of (spec, data, options, member): the same bits on any number of
 * threads, any instruction set, and however often the search was saved and resumed.
 *
 *     aann_search_options options = aann_search_options_default();
 *     options.steps = 200000;
 *     aann_search *search;
 *     aann_search_create(&spec, train, &options, 0, NULL, &search, &error);
 *     aann_search_run(search, options.steps, NULL, NULL, &error);
 *     const aann_network *network = aann_search_network(search);
 *
 * Thread safety: a search is used by one thread at a time; aann_search_stop alone may be called by
 * any other. Searches are independent of each other, also on the same samples, which they read and
 * do not change. Options, limits, progress and confinements are plain values.
 * */
#ifndef AANN_SEARCH_H
#define AANN_SEARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aann/network.h"
#include "aann/samples.h"
#include "aann/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The version of the algorithm: another one comes to other weights for the same seed, options and
 * samples. It is kept in saved states. */
enum { AANN_SEARCH_ALGORITHM = 1 };

enum { AANN_MAX_TARGETS = 64 };

/* How a member is searched for. All but the first are there to be compared with it, on the same
 * samples, with a budget counted in the same way; docs/experiments.md describes them. */
typedef enum aann_search_method {
    AANN_METHOD_SENSE = 0, /* swaps, accepted by an annealed threshold */
    AANN_METHOD_HILL,      /* the same at temperature 0 from the first candidate on: never uphill */
    AANN_METHOD_RANDOM,    /* a candidate is an independent random network; the best is kept */
    AANN_METHOD_GENETIC    /* a candidate is a child of two networks of a population */
} aann_search_method;

enum { AANN_METHOD_COUNT = 4 };

/* "sense", "hill", "random", "genetic". */
AANN_API const char *aann_search_method_name(aann_search_method method);
/* False, and *method as it was, for any other name. */
AANN_API bool aann_search_method_parse(const char *name, aann_search_method *method);

/* Always start from aann_search_options_default(). All but `threads` and `isa` determine the
 * result. */
typedef struct aann_search_options {
    uint64_t seed;

    /* candidates until the temperature is 0, and the end */
    uint64_t steps;

    /* at the first candidate, in units of mean loss */
    double temperature;

    /* temperature of candidate k: temperature * (1 - k / steps)^cooling; 1, 2 or 3 */
    double cooling;

    /* classification: logits / (127 * loss_scale) go into the softmax */
    double loss_scale;

    /* regression: an output z means HardTanh(z / (127 * output_scale)) */
    double output_scale;

    /* the sequential test rejects when mean - z * standard error > threshold */
    double rejection_z;

    /* share of the swaps whose two weights belong to one unit; in the first of several layers an
     * eighth as many as elsewhere do not */
    double within_unit;

    /* share of the candidates per layer; all 0: chosen by cost */
    double layer_share[AANN_MAX_LAYERS];

    /* shift the shares towards the layers that gain most per cost */
    bool adapt_layers;

    /* blocks of 64 samples before the first test */
    int32_t first_check;

    /* groups by loss that the test samples evenly; 1: none */
    int32_t strata;

    /* candidates between regroupings of the samples; 0: steps / 12, with jitter steps / 50 */
    uint64_t arrange_interval;

    /* training samples that the search begins with (genetic: and stays with); 0: all of them */
    int64_t first_samples;

    /* share of the steps over which they grow to all, geometrically */
    double growth;

    /* each sample is moved by up to so many rows and columns, anew at each regrouping; 0: not */
    int32_t jitter;

    /* of every training sample, moved and warped (aann_samples_augment); 1: none but itself */
    int32_t copies;

    /* see aann_augmentation */
    double copy_shift;
    double copy_warp;

    /* mean squared error of the outputs to targets */
    bool regression;

    /* regression: weight of each output's error; 0 means 1 */
    double target_weight[AANN_MAX_TARGETS];
    aann_search_method method;

    /* genetic: networks that live at a time, at least 2 */
    int32_t population;

    /* genetic: a parent is the best of so many drawn at random */
    int32_t tournament;

    /* genetic: share of the children with two parents; the others are copies of one */
    double crossover;

    /* genetic: swaps in each child */
    int32_t mutations;

    /* closed loop: samples are so many tracks, their loss is the reward lost (see aann/drive.h);
     * 0: not */
    int64_t reward_tracks;
    uint64_t reward_first_track;

    /* that evaluate this member's candidates */
    int32_t threads;

    /* instruction set; NULL: the best there is */
    const char *isa;
} aann_search_options;

AANN_API aann_search_options aann_search_options_default(void);

/* Fails (AANN_ERROR_ARGUMENT, naming the option and its range) if an option makes no sense. */
AANN_API aann_status aann_search_options_check(const aann_search_options *options,
                                               aann_error *error);

typedef struct aann_search aann_search;

/* Where a search is. */
typedef struct aann_search_progress {
    /* candidates decided */
    uint64_t step;
    uint64_t accepted;

    /* of candidates: what the engine's speed is measured in */
    uint64_t evaluated_samples;
    double temperature;

    /* training samples in use */
    int64_t samples;

    /* mean over those */
    double train_loss;
    double layer_share[AANN_MAX_LAYERS];

    /* decided so far, per layer */
    uint64_t layer_candidates[AANN_MAX_LAYERS];
    uint64_t layer_accepted[AANN_MAX_LAYERS];

    /* of memory for the training samples' state */
    size_t bytes;
} aann_search_progress;

/* Begins member `member` on the samples (borrowed). Starts from `start` if it is not NULL (it must
 * have the spec's counts), else from the random network of (seed, member). Free with
 * aann_search_destroy. */
AANN_API aann_status aann_search_create(const aann_spec *spec, const aann_samples *train,
                                        const aann_search_options *options, uint64_t member,
                                        const aann_network *start, aann_search **search,
                                        aann_error *error);

/* Where a search was: what aann_search_save gave, and aann_search_network at that moment. */
typedef struct aann_search_saved {
    const aann_network *network;

    /* state[size] */
    const void *state;
    size_t size;
} aann_search_saved;

/* Continues from there; everything else must be what it was. A state of another version of the
 * algorithm (AANN_SEARCH_ALGORITHM) or a later layout is refused with AANN_ERROR_VERSION, damage
 * with AANN_ERROR_FORMAT. */
AANN_API aann_status aann_search_resume(const aann_spec *spec, const aann_samples *train,
                                        const aann_search_options *options, uint64_t member,
                                        const aann_search_saved *saved, aann_search **search,
                                        aann_error *error);
AANN_API void aann_search_destroy(aann_search *search);

/* Asked between two batches of candidates, every few milliseconds on a task of usual size, by the
 * thread that runs the search; returning true ends the run. It may read the search (progress,
 * network, correct) and stop it, nothing else. */
typedef bool (*aann_search_interrupted)(void *context);

/* Decides candidates until `until_step` of them are decided (at most options.steps). Returns
 * AANN_INTERRUPTED where `interrupted` (NULL: never) or aann_search_stop ended the run before that:
 * the search can then be read, saved, and run again. So it can after an error. */
AANN_API aann_status aann_search_run(aann_search *search, uint64_t until_step,
                                     aann_search_interrupted interrupted, void *context,
                                     aann_error *error);

/* Ends the present run within a moment, or the next one at once where none is under way; that run
 * returns AANN_INTERRUPTED. May be called from any thread and from a signal handler, as long as the
 * search exists. What was under way (candidates not decided yet, a regrouping of the samples) is
 * given up and done again by the next run: a stop never changes a result. The creation of a search
 * cannot be stopped. */
AANN_API void aann_search_stop(aann_search *search);

/* Where a run ends: at the first limit that it reaches. */
typedef struct aann_search_limits {
    /* candidates decided, from the beginning of the search on; at most options.steps */
    uint64_t step;

    /* candidates accepted, likewise */
    uint64_t accepted;

    /* ends at this mean training loss or below; negative: at none */
    double loss;
} aann_search_limits;

/* No limit but options.steps. */
AANN_API aann_search_limits aann_search_limits_default(void);

AANN_API aann_status aann_search_run_until(aann_search *search, const aann_search_limits *limits,
                                           aann_search_interrupted interrupted, void *context,
                                           aann_error *error);

/* Instead of annealing: walking where the loss is low enough, away from a network or towards
 * one. */
typedef struct aann_confinement {
    /* the mean training loss never rises above this; while it is above, it never rises */
    double loss_limit;

    /* of the same spec, copied; NULL: any swap may be drawn */
    const aann_network *anchor;

    /* no swap leads farther from the anchor; false: every swap does */
    bool towards;
} aann_confinement;

/* Confines the search from here on; NULL: it anneals again. Not saved: call it again after
 * aann_search_resume. */
AANN_API aann_status aann_search_confine(aann_search *search, const aann_confinement *confinement,
                                         aann_error *error);

AANN_API void aann_search_progress_get(const aann_search *search, aann_search_progress *progress);
/* The current network; valid until the next run. */
AANN_API const aann_network *aann_search_network(const aann_search *search);
/* Training samples in use that are answered correctly now. */
AANN_API int64_t aann_search_correct(const aann_search *search);

/* Everything but the network that is needed to resume: (*state)[*size], freed with aann_free. Takes
 * a moment, and changes nothing. */
AANN_API aann_status aann_search_save(const aann_search *search, void **state, size_t *size,
                                      aann_error *error);

#ifdef __cplusplus
}
#endif

#endif
