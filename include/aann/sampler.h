/* Sampling the manifold: networks drawn at random among all that have exactly the spec's counts,
 * the better ones more often.
 *
 * At inverse temperature b a network of mean training loss L has a probability proportional to
 * exp(-b L). At b = 0 all networks are equally likely, and their number is known. A ladder is a set
 * of chains at temperatures from there downwards: each is moved by Metropolis's rule with swaps that
 * are as likely as their reversals, and neighbours exchange networks (replica exchange), so that
 * what is cold has come from random networks. At b = 0 every round draws a new random network.
 *
 * Acceptance is decided on all samples, in integers, so the chains have exactly these probabilities
 * (docs/sampling.md says what "exactly" rests on). A pilot ladder chooses the temperatures, which
 * then stay. Several ladders, independent of each other from the first random number on, show
 * whether that was long enough (aann_sampler_diagnose), and how many networks there are
 * (aann/volume.h).
 *
 * A ladder is a function of (spec, samples, options, number of the ladder): the same bits on any
 * number of threads and any instruction set, however often the sampler is saved and resumed.
 *
 *     aann_sampler_options options = aann_sampler_options_default();
 *     options.temperature = 1e-3;
 *     aann_sampler *sampler;
 *     aann_sampler_create(&spec, train, &options, &sampler, &error);
 *     aann_sampler_run(sampler, UINT64_MAX, NULL, NULL, &error);
 *     // ... aann_sampler_diagnose, aann_volume_measure ...
 *     aann_sampler_destroy(sampler);
 *
 * Thread safety: one thread uses a sampler at a time. Options, progress and diagnoses are plain
 * values. */
#ifndef AANN_SAMPLER_H
#define AANN_SAMPLER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aann/network.h"
#include "aann/samples.h"
#include "aann/search.h"
#include "aann/status.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
    /* temperatures of a ladder, and ladders of a sampler */
    AANN_RUNG_LIMIT = 128,
    AANN_LADDER_LIMIT = 64,

    /* moments of a ladder at which its networks are kept, to be compared */
    AANN_SNAPSHOTS = 8
};

/* Always start from aann_sampler_options_default(). All but `threads` and `isa` determine the
 * result. */
typedef struct aann_sampler_options {
    uint64_t seed;

    /* independent ladders: 1 to AANN_LADDER_LIMIT */
    int32_t ladders;

    /* temperatures of a ladder, the infinite one included: 1 (the coldest alone, without exchange)
     * or 3 to AANN_RUNG_LIMIT; 0: as many as the pilot finds necessary, at most 64 */
    int32_t rungs;

    /* of the coldest chain, in units of mean loss */
    double temperature;

    /* candidates at each temperature in a round; a multiple of 16 saves time */
    int32_t sweep;

    /* rounds of the pilot ladder, which chooses the temperatures; with one temperature: none */
    int64_t pilot_rounds;

    /* rounds of each ladder that count for nothing */
    int64_t burn_in;

    /* rounds of each ladder after these */
    int64_t rounds;

    /* share of the candidates whose two places are in one unit; the others are anywhere in the
     * layer */
    double within_unit;

    /* share of the candidates per layer; all 0: half equally, half by the number of weights */
    double layer_share[AANN_MAX_LAYERS];

    /* the loss, as in aann_search_options */
    bool regression;
    double loss_scale;
    double output_scale;
    double target_weight[AANN_MAX_TARGETS];

    /* threads: temperatures are evaluated at the same time; 0: aann_processor_count() */
    int32_t threads;

    /* instruction set; NULL: the best of this machine */
    const char *isa;
} aann_sampler_options;

AANN_API aann_sampler_options aann_sampler_options_default(void);

/* Fails with AANN_ERROR_ARGUMENT, naming the option and its range. */
AANN_API aann_status aann_sampler_options_check(const aann_sampler_options *options,
                                                aann_error *error);

typedef struct aann_sampler aann_sampler;

/* Creates a sampler for these samples, which it borrows. Free with aann_sampler_destroy, which
 * allows NULL. Errors: argument (options, samples), memory. */
AANN_API aann_status aann_sampler_create(const aann_spec *spec, const aann_samples *samples,
                                         const aann_sampler_options *options,
                                         aann_sampler **sampler, aann_error *error);
AANN_API void aann_sampler_destroy(aann_sampler *sampler);

/* Asked after every round, by the thread that runs the sampler; true ends the run. */
typedef bool (*aann_sampler_interrupted)(void *context);

/* Runs until `round` rounds are done, counted from the beginning: first the pilot's, then those of
 * one ladder after the other (aann_sampler_progress says how many that are). Returns
 * AANN_INTERRUPTED if `interrupted` (NULL: never) ended it before; then it can be saved, and run
 * again. After an error it can only be destroyed. AANN_ERROR_ARGUMENT: a loss is out of the range in
 * which losses are exact; a larger loss_scale helps. */
AANN_API aann_status aann_sampler_run(aann_sampler *sampler, uint64_t round,
                                      aann_sampler_interrupted interrupted, void *context,
                                      aann_error *error);

/* Where a sampler is. */
typedef struct aann_sampler_progress {
    /* done and in all; of a run with one temperature there is no pilot */
    uint64_t round;
    uint64_t rounds;

    /* the ladder that is running, from 0, and its round; -1: the pilot */
    int32_t ladder;
    uint64_t ladder_round;

    /* candidates decided so far, at all temperatures and by all ladders */
    uint64_t candidates;

    /* temperatures; 0 while the pilot has not chosen them */
    int32_t rungs;

    /* mean training loss of the coldest chain now; NAN before the first round */
    double loss;

    /* memory of the samples' state, of all temperatures together */
    size_t bytes;
} aann_sampler_progress;

AANN_API void aann_sampler_progress_get(const aann_sampler *sampler,
                                        aann_sampler_progress *progress);

/* The network that is at this temperature (0: the infinite one; progress.rungs - 1: the coldest) in
 * the running ladder. Owned by the sampler; valid until the next run. NULL where there is none. */
AANN_API const aann_network *aann_sampler_network(const aann_sampler *sampler, int32_t rung);

/* Saves all of it: (*state)[*size], for aann_free. The sampler is unchanged. */
AANN_API aann_status aann_sampler_save(const aann_sampler *sampler, void **state, size_t *size,
                                       aann_error *error);

/* Continues a saved sampler: spec, samples and options must be the same as before (threads and isa
 * may differ), otherwise AANN_ERROR_ARGUMENT. A damaged state is AANN_ERROR_FORMAT. */
AANN_API aann_status aann_sampler_resume(const aann_spec *spec, const aann_samples *samples,
                                         const aann_sampler_options *options, const void *state,
                                         size_t size, aann_sampler **sampler, aann_error *error);

/* ---- how far the chains can be trusted ------------------------------------------------------- */

/* The chains of one temperature, after the burn-in, over all ladders that are done. */
typedef struct aann_rung_diagnosis {
    /* in units of mean loss; INFINITY for the first */
    double temperature;

    /* 1 / temperature */
    double beta;

    /* means and the standard deviation of the loss over its networks; accuracy NAN in regression */
    double loss;
    double loss_deviation;
    double accuracy;

    /* the halves of all chains against each other (Gelman and Rubin's, of split chains): near 1
     * where they agree */
    double r_hat;

    /* integrated autocorrelation time of the loss in rounds, and the number of independent networks
     * that the chains are worth */
    double autocorrelation;
    double effective_samples;

    /* share of accepted candidates, and of accepted exchanges with the next colder temperature (NAN
     * for the coldest) */
    double acceptance;
    double exchange;

    /* Wirings, as shares of the distance that unrelated networks have by chance: between
     * networks of different ladders, and between those of one ladder far apart in time; NAN with
     * fewer than two ladders */
    double distance_between;
    double distance_within;
} aann_rung_diagnosis;

/* Chains of a temperature count as mixed if those of all hotter ones do, R-hat is at most this, they
 * are worth at least so many independent networks a ladder, and the next hotter temperature accepts
 * at least this share of exchanges with them. */
#define AANN_R_HAT_LIMIT 1.05
#define AANN_EFFECTIVE_MINIMUM 20.0
#define AANN_EXCHANGE_MINIMUM 0.05

typedef struct aann_sampler_diagnosis {
    int32_t rungs;
    aann_rung_diagnosis rung[AANN_RUNG_LIMIT];

    /* how often a network of the coldest chain was replaced by one that had come from the infinite
     * temperature since; over all ladders */
    uint64_t descents;

    /* the coldest temperature down to which all chains mix, as its place in the ladder; -1: not even
     * the first */
    int32_t mixed;
} aann_sampler_diagnosis;

/* Diagnoses the ladders that are done (AANN_ERROR_NOT_FOUND if there is none). */
AANN_API aann_status aann_sampler_diagnose(const aann_sampler *sampler,
                                           aann_sampler_diagnosis *diagnosis, aann_error *error);

#ifdef __cplusplus
}
#endif

#endif
