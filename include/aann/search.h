/* SENSE: stochastic search for a p-sparse network, one member at a time.
 *
 * Candidate k = 0, 1, 2, ... is a swap of two different weights of one layer. It is accepted if it
 * raises the mean training loss by no more than a threshold that is drawn beforehand from the
 * temperature (Metropolis, annealed to zero over the step budget). See docs/search.md.
 *
 * The result is a function of (spec, data, options, member): the same bits on any number of threads
 * and any instruction set, however often the search is saved and resumed.
 *
 *     aann_search_options options = aann_search_options_default();
 *     options.steps = 200000;
 *     aann_search *search;
 *     aann_search_create(&spec, train, &options, 0, NULL, &search, &error);
 *     aann_search_run(search, options.steps, NULL, NULL, &error);
 *     const aann_network *network = aann_search_network(search);
 *     // ... use the network: it belongs to the search ...
 *     aann_search_destroy(search);
 *
 * Thread safety: one thread uses a search at a time; only aann_search_stop may be called from any
 * thread. Searches are independent of each other, also on the same samples, which they only read.
 * Options, limits, progress and confinements are plain values. */
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

/* The version of the algorithm. Another version finds other weights for the same seed, options and
 * samples. Saved states contain it. */
enum { AANN_SEARCH_ALGORITHM = 1 };

enum { AANN_MAX_TARGETS = 64 };

/* Lesions at a time, see lesion_masks below. */
enum { AANN_MAX_LESION_MASKS = 64 };

/* How a member is searched for. The first is the method; the others are baselines for it, on the
 * same samples and with a budget counted in the same way (docs/experiments.md). */
typedef enum aann_search_method {
    AANN_METHOD_SENSE = 0, /* swaps, accepted by an annealed threshold */
    AANN_METHOD_HILL,      /* the same at temperature 0 from the first candidate on: never uphill */
    AANN_METHOD_RANDOM,    /* a candidate is an independent random network; the best is kept */
    AANN_METHOD_GENETIC    /* a candidate is a child of two networks of a population */
} aann_search_method;

enum { AANN_METHOD_COUNT = 4 };

/* "sense", "hill", "random", "genetic". */
AANN_API const char *aann_search_method_name(aann_search_method method);

/* Returns false, and leaves *method unchanged, for any other name. */
AANN_API bool aann_search_method_parse(const char *name, aann_search_method *method);

/* Always start from aann_search_options_default(). All but `threads` and `isa` determine the
 * result. */
typedef struct aann_search_options {
    uint64_t seed;

    /* the budget in candidates; the temperature reaches 0 at its end */
    uint64_t steps;

    /* temperature of the first candidate, in units of mean loss */
    double temperature;

    /* temperature of candidate k: temperature * (1 - k / steps)^cooling; 1, 2 or 3 */
    double cooling;

    /* classification: logits / (127 * loss_scale) go into the softmax */
    double loss_scale;

    /* regression: an output z means HardTanh(z / (127 * output_scale)) */
    double output_scale;

    /* the sequential test rejects when mean - z * standard error > threshold */
    double rejection_z;

    /* fraction of the swaps inside one unit; in a multi-layer network the first layer uses
     * 1 - (1 - within_unit) / 8 */
    double within_unit;

    /* share of the candidates per layer; all 0: chosen by cost */
    double layer_share[AANN_MAX_LAYERS];

    /* shift the shares towards the layers with the largest gain per cost */
    bool adapt_layers;

    /* blocks of 64 samples before the first check of the sequential test */
    int32_t first_check;

    /* groups by loss from which the sequential test samples evenly; 1: no groups */
    int32_t strata;

    /* candidates between regroupings of the samples; 0: steps / 12, with jitter steps / 50 */
    uint64_t arrange_interval;

    /* training samples in use at the beginning (genetic: all the time); 0: all of them */
    int64_t first_samples;

    /* share of the steps in which the samples in use grow to all, geometrically */
    double growth;

    /* each sample is moved by up to this many rows and columns, anew at each regrouping; 0: off */
    int32_t jitter;

    /* copies of every training sample, itself included, moved and warped (aann_samples_augment) */
    int32_t copies;

    /* see aann_augmentation */
    double copy_shift;
    double copy_warp;

    /* the loss is the mean squared error of the outputs against targets */
    bool regression;

    /* regression: weight of each output's error; 0 means 1 */
    double target_weight[AANN_MAX_TARGETS];
    aann_search_method method;

    /* genetic: networks in the population, at least 2 */
    int32_t population;

    /* genetic: a parent is the best of this many networks drawn at random */
    int32_t tournament;

    /* genetic: share of the children with two parents; the others are copies of one */
    double crossover;

    /* genetic: swaps in each child */
    int32_t mutations;

    /* closed loop: the samples are this many tracks, the loss is the reward lost (aann/drive.h); 0:
     * off */
    int64_t reward_tracks;
    uint64_t reward_first_track;

    /* each sample is also turned, stretched and slanted by up to this, anew at each regrouping, and
     * moved by fractions of rows and columns; 0: off */
    double warp;

    /* samples on which candidates are compared between two regroupings, chosen by their losses; the
     * others are represented by them; 0: all samples in use */
    int64_t working_samples;

    /* the sequential test accepts when mean + z * standard error <= threshold; 0: only after the
     * whole working set */
    double acceptance_z;

    /* the working set is chosen among this many of the samples in use, others at each regrouping, so
     * that a regrouping's time does not grow with their number; at least twice working_samples; 0:
     * among all */
    int64_t ranked_samples;

    /* a scan evaluates every single change of one unit; then this many candidates are swaps of that
     * unit drawn by what was found, wherever that has paid; 0: all are drawn blindly */
    int32_t informed_steps;

    /* percent of the weights that are not 0 while a phase lasts, one number for all layers or one
     * for each; all 0: as many as the family's networks have. Only of families (aann/phases.h) */
    double density[AANN_MAX_LAYERS];

    /* share of the synapses that a phase with another density loses, or adds, by their effect on
     * the loss; the others at random (aann/development.h) */
    double by_use;

    /* percent of each layer's synapses that are lost, at random, while candidates are compared: the
     * search looks for networks that stay good without them (docs/lesions.md). Progress and limits
     * then mean the loss with lesions; the network is whole. 0: none are lost */
    double lesion_noise;

    /* so many lesions share the samples between them; others at each regrouping */
    int32_t lesion_masks;

    /* Dale's law: this share of the units of each hidden layer have only synapses of +1 to what
     * reads them, the others only of -1 (aann/dale.h); 0: each synapse has its own sign */
    double dale;

    /* with reward_tracks: a drive ends after so many of its 1,000 steps (a fiftieth of a second
     * each), and its reward is what it had by then */
    int32_t reward_steps;

    /* threads that evaluate this member's candidates */
    int32_t threads;

    /* instruction set; NULL: the best of this machine */
    const char *isa;

    /* processes that hold the samples together (aann/ranks.h); NULL: this one alone */
    const struct aann_team *team;
} aann_search_options;

AANN_API aann_search_options aann_search_options_default(void);

/* Fails with AANN_ERROR_ARGUMENT if an option is out of range, or if options contradict each other;
 * the message names the option and its range. */
AANN_API aann_status aann_search_options_check(const aann_search_options *options,
                                               aann_error *error);

typedef struct aann_search aann_search;

/* Where a search is. */
typedef struct aann_search_progress {
    /* candidates decided */
    uint64_t step;
    uint64_t accepted;

    /* samples evaluated, over all candidates: the engine's speed is measured in these */
    uint64_t evaluated_samples;
    double temperature;

    /* training samples in use */
    int64_t samples;

    /* mean loss of the samples in use; with working_samples estimated, from 4,096 of them */
    double train_loss;
    double layer_share[AANN_MAX_LAYERS];

    /* decided so far, per layer */
    uint64_t layer_candidates[AANN_MAX_LAYERS];
    uint64_t layer_accepted[AANN_MAX_LAYERS];

    /* memory of the training samples' state */
    size_t bytes;
} aann_search_progress;

/* Creates the search for member `member`. It borrows `train`, which must outlive it. The search
 * starts from `start`, which must have the spec's counts and is copied, or if that is NULL from the
 * random network of (seed, member). Free with aann_search_destroy. Errors: argument (options,
 * samples, counts), format (names the sample whose input, label or target is out of range),
 * memory. */
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

/* Continues a saved search; spec, samples, options and member must be the same as before. A state
 * of another version of the algorithm (AANN_SEARCH_ALGORITHM), or of a later layout, is
 * AANN_ERROR_VERSION; a damaged state is AANN_ERROR_FORMAT. */
AANN_API aann_status aann_search_resume(const aann_spec *spec, const aann_samples *train,
                                        const aann_search_options *options, uint64_t member,
                                        const aann_search_saved *saved, aann_search **search,
                                        aann_error *error);

/* NULL is allowed. */
AANN_API void aann_search_destroy(aann_search *search);

/* Called between two batches of candidates, every few milliseconds on a task of usual size, by the
 * thread that runs the search; returning true ends the run. It may read the search (progress,
 * network, correct) and stop it, nothing else. */
typedef bool (*aann_search_interrupted)(void *context);

/* Runs until `until_step` candidates are decided, counted from the beginning of the search, at most
 * options.steps. Returns AANN_INTERRUPTED if `interrupted` (NULL: never) or aann_search_stop ended
 * the run before that. After an interruption, as after an error, the search can be read, saved and
 * run again. */
AANN_API aann_status aann_search_run(aann_search *search, uint64_t until_step,
                                     aann_search_interrupted interrupted, void *context,
                                     aann_error *error);

/* Ends the current run soon, or if none is under way the next run at once; that run returns
 * AANN_INTERRUPTED. May be called from any thread and from a signal handler while the search
 * exists. Unfinished work (candidates not decided yet, a regrouping of the samples) is dropped and
 * done again by the next run: a stop never changes a result. The creation of a search cannot be
 * stopped. */
AANN_API void aann_search_stop(aann_search *search);

/* Where a run ends: at the first limit that it reaches. */
typedef struct aann_search_limits {
    /* candidates decided since the beginning of the search; at most options.steps */
    uint64_t step;

    /* candidates accepted since the beginning of the search */
    uint64_t accepted;

    /* mean training loss; the run ends at or below it; -INFINITY: no limit */
    double loss;
} aann_search_limits;

/* No limit but options.steps. */
AANN_API aann_search_limits aann_search_limits_default(void);

/* As aann_search_run, with several limits. */
AANN_API aann_status aann_search_run_until(aann_search *search, const aann_search_limits *limits,
                                           aann_search_interrupted interrupted, void *context,
                                           aann_error *error);

/* Instead of annealing: a walk among networks of low loss, away from one network or towards it. */
typedef struct aann_confinement {
    /* the mean training loss never rises above this; while it is above, it never rises. What a
     * candidate changes is rounded otherwise than the loss of the network that it becomes, so this
     * holds up to some 30 units of 2^-20 a sample (docs/sampling.md). All samples must be in use
     * (first_samples 0), and no working set */
    double loss_limit;

    /* of the same spec, copied; NULL: any swap may be drawn */
    const aann_network *anchor;

    /* true: no swap increases the distance from the anchor; false: every swap does */
    bool towards;
} aann_confinement;

/* Confines the following runs; NULL: they anneal again. Not saved: call it again after
 * aann_search_resume. */
AANN_API aann_status aann_search_confine(aann_search *search, const aann_confinement *confinement,
                                         aann_error *error);

AANN_API void aann_search_progress_get(const aann_search *search, aann_search_progress *progress);

/* Where the samples went: how many each part of the search looked at since it was created or
 * resumed. One that is looked at for two candidates counts twice. Batches are discarded where a
 * candidate is accepted, so with other threads or interruptions the account differs a little, and
 * the result does not. */
typedef struct aann_search_account {
    /* candidates evaluated in batches */
    uint64_t together;

    /* candidates that were still undecided, evaluated one after the other */
    uint64_t alone;

    /* single changes evaluated by scans (informed_steps) */
    uint64_t scanned;

    /* brought up to date with accepted candidates, by what these changed */
    uint64_t replayed;

    /* brought up to date, or filled, by a forward pass */
    uint64_t renewed;

    /* ranked at regroupings, by a forward pass */
    uint64_t ranked;
} aann_search_account;

/* All zero for the methods random and genetic. */
AANN_API void aann_search_account_get(const aann_search *search, aann_search_account *account);

/* The current network. Owned by the search; valid until the next run. */
AANN_API const aann_network *aann_search_network(const aann_search *search);

/* Training samples in use that the current network answers correctly; estimated like the loss. */
AANN_API int64_t aann_search_correct(const aann_search *search);

/* Saves all that a resumed search needs besides the network: (*state)[*size], for aann_free. The
 * search is unchanged. */
AANN_API aann_status aann_search_save(const aann_search *search, void **state, size_t *size,
                                      aann_error *error);

#ifdef __cplusplus
}
#endif

#endif
