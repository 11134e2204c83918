/* The search behind aann/search.h: its state, and what the files of this folder share. */
#ifndef AANN_SEARCH_SEARCH_H
#define AANN_SEARCH_SEARCH_H

#include <stdatomic.h>

#include "aann/search.h"
#include "core/philox.h"
#include "core/threads.h"
#include "search/baseline.h"
#include "search/informed_state.h"
#include "search/objective.h"
#include "search/sequential.h"
#include "search/swap.h"

enum {
    AANN_MAX_BATCH = 256,      /* candidates evaluated together */
    AANN_ADAPT_INTERVAL = 4096 /* candidates between changes of the layers' shares */
};

/* Per layer, the numbers that determine its share of candidates; see layers.c. */
typedef struct aann_layer_record {
    double share;
    double gain;         /* loss reduction by accepted candidates; older ones count less */
    double cost;         /* work, likewise */
    uint64_t candidates; /* decided since the beginning */
    uint64_t accepted;
} aann_layer_record;

typedef enum aann_decision { AANN_UNDECIDED = 0, AANN_ACCEPTED, AANN_REJECTED } aann_decision;

/* One candidate of a batch. */
typedef struct aann_trial {
    aann_swap swap;
    double threshold;
    aann_evidence evidence;
    int32_t prepared; /* its number in the objective; -1: no swap was found */
    aann_decision decision;
} aann_trial;

struct aann_search {
    /* Random sampling and the genetic algorithm: nothing below is used then. */
    aann_baseline *baseline;

    /* Training samples and their copies; NULL: only the caller's samples. */
    aann_samples *augmented;
    aann_spec spec;
    aann_search_options options;
    aann_random_key key;
    aann_threads *threads;
    aann_search_objective objective;
    aann_plan plan;
    /* The state that is saved. */
    uint64_t step;
    uint64_t accepted;
    uint64_t evaluated_samples;
    uint64_t arranged_epoch; /* number of the arrangement in force */
    int64_t samples;         /* in use; follows from the epoch */
    aann_network *arranged_by;
    /* Of an exact plan: the sum of the losses, in AANN_LOSS_UNIT; found again where unknown. */
    bool loss_known;
    int64_t total_loss;
    aann_layer_record layers[AANN_MAX_LAYERS];
    /* The confinement, see confine.c; set by its owner, not saved. */
    bool confined;
    int64_t loss_limit;   /* sum over the samples in use, in AANN_LOSS_UNIT */
    aann_network *anchor; /* NULL: none */
    bool towards;
    /* Set by aann_search_stop, from any thread; cleared by the run that it ends. */
    atomic_bool stop;
    /* An arrangement was begun and not completed: until the next one, the objective has no losses,
     * and these are those of the network before it. */
    bool disarranged;
    double kept_loss;
    int64_t kept_correct;
    /* Samples on which candidates were evaluated; not saved. */
    uint64_t evaluated_together;
    uint64_t evaluated_alone;
    uint64_t scanned;
    aann_informed informed;
    /* The current batch; changes speed only. */
    double recent_acceptance;   /* running share of accepted candidates */
    aann_trial *trials;         /* [AANN_MAX_BATCH] */
    aann_block_change *results; /* [blocks of a stage][trials alive] */
};

/* The mean loss of the samples in use, and how many are answered correctly; of a working set
 * estimates (measure.c). */
double aann_search_mean_loss(const aann_search *search);
int64_t aann_search_count_correct(const aann_search *search);

/* Of an exact plan: the sum of the losses, in AANN_LOSS_UNIT. */
int64_t aann_search_total_loss(aann_search *search);

/* The temperature at a step, 0 while confined. */
double aann_search_temperature(const aann_search *search, uint64_t step);

/* Metropolis: the threshold of the candidate of a step. */
double aann_search_threshold(const aann_search *search, uint64_t step);

/* Draws, evaluates and decides the next candidates, up to the first that is accepted. */
aann_status aann_search_run_batch(aann_search *search, int32_t count, aann_error *error);

/* Makes a trial's network the current one. */
aann_status aann_search_commit(aann_search *search, const aann_trial *trial, aann_error *error);

/* The number of training samples in use in an epoch, and the length of an epoch. */
int64_t aann_search_samples(const aann_search *search, uint64_t epoch);
uint64_t aann_search_epoch_steps(const aann_search *search);

/* The epoch by whose samples those of this epoch are ranked: with a working set the same, otherwise
 * the previous one, if it had as many samples. */
uint64_t aann_search_ranked_in(const aann_search *search, uint64_t epoch);

/* For a confined search: the threshold of a candidate now; the rule by which swaps are drawn, or
 * NULL (`rule` is memory for it); and the gain of an accepted swap: distance from the anchor, or
 * loss. */
double aann_search_confined_threshold(aann_search *search);
const aann_swap_rule *aann_search_rule(const aann_search *search, aann_swap_rule *rule);
double aann_search_gain(const aann_search *search, const aann_swap *swap, double mean);

/* Whether a stop was requested; clears the request. */
bool aann_search_take_stop(aann_search *search);

/* Evaluates trials[alive[alive_count]] on the plan's places first .. end - 1 and adds to their
 * evidence. AANN_INTERRUPTED if a stop is requested meanwhile. */
aann_status aann_search_evaluate(aann_search *search, const int32_t *alive, int32_t alive_count,
                                 int64_t first, int64_t end, aann_error *error);

/* The shares at the beginning, and their update after an interval. */
void aann_layers_start(aann_search *search);
void aann_layers_adapt(aann_search *search);

/* Informed proposals (informed.c; scan.c has aann_informed_begin). Without informed_steps nothing is
 * allocated. */
aann_status aann_informed_create(const aann_spec *spec, const aann_search_options *options,
                                 aann_informed *informed, aann_error *error);
void aann_informed_clear(aann_informed *informed);

/* Before a batch: decides whether the run of this candidate is informed, and scans its unit if that
 * is due. AANN_INTERRUPTED if a stop is requested meanwhile: then nothing has changed. */
aann_status aann_informed_begin(aann_search *search, aann_error *error);

/* Whether the next candidates are drawn by aann_informed_draw. */
bool aann_informed_is_active(const aann_search *search);

/* The first candidate after those that may be drawn together with the next one. */
uint64_t aann_informed_end(const aann_search *search);

/* Draws the swap of a candidate of the present run, after those before it were drawn; false where
 * none was found. */
bool aann_informed_draw(aann_search *search, uint64_t step, aann_swap *swap);

/* Counts a decided candidate: its work and its gain. */
void aann_informed_record(aann_search *search, const aann_swap *swap, double work, double gain);

/* After a commit: an accepted swap changes the effects. One that was not drawn by them ends the
 * informed run. */
void aann_informed_committed(aann_search *search, const aann_swap *swap);

/* Every AANN_ADAPT_INTERVAL candidates: the share of informed runs. */
void aann_informed_adapt(aann_search *search);

/* The saved state: its size in bytes, 0 without informed_steps; writing and reading, which advance
 * the pointer. */
size_t aann_informed_saved_size(const aann_spec *spec, const aann_search_options *options);
void aann_informed_save(const aann_search *search, uint8_t **to);
aann_status aann_informed_load(aann_search *search, const uint8_t **from, aann_error *error);

/* After the network is loaded: what follows from the saved state. */
void aann_informed_resume(aann_search *search);

/* For scans: whether runs may be informed; the scanned unit's weights; the odds that follow from
 * its effects, false if no pair can be drawn. */
bool aann_informed_is_on(const aann_search *search);
const int8_t *aann_informed_weights(const aann_search *search);
bool aann_informed_find_odds(aann_search *search);

#endif
