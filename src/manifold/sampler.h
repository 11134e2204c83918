/* A sampler's state, for the files of this folder. */
#ifndef AANN_MANIFOLD_SAMPLER_H
#define AANN_MANIFOLD_SAMPLER_H

#include "aann/sampler.h"
#include "manifold/ladder.h"

enum {
    AANN_PILOT = -1,       /* the number of the pilot ladder */
    AANN_PILOT_STAGES = 6, /* temperatures are chosen anew after each */
    AANN_PILOT_RUNGS = 24, /* where the number of rungs is not given */
    AANN_CHOSEN_RUNG_LIMIT = 64
};

struct aann_sampler {
    aann_spec spec;
    const aann_samples *samples; /* borrowed */
    aann_sampler_options options;
    aann_threads *threads;
    size_t packed; /* bytes of a network */
    /* The state that is saved. */
    int32_t rungs; /* of the ladders; 0: not known yet */
    double beta[AANN_RUNG_LIMIT];
    int32_t running; /* the ladder: AANN_PILOT, 0, ..., options.ladders: all are done */
    int32_t stage;   /* of the pilot */
    uint64_t candidates;
    aann_ladder ladder; /* rungs 0: none */
    aann_ladder_record pilot;
    aann_ladder_record records[AANN_LADDER_LIMIT];
};

/* Rounds of one stage of the pilot; 0: no pilot. */
int64_t aann_sampler_stage_rounds(const aann_sampler_options *options);

/* The rungs of the pilot's ladder. */
int32_t aann_sampler_pilot_rungs(const aann_sampler_options *options);

/* The moments for a snapshot that a ladder has passed after so many rounds: moment m, from 1, is
 * round burn_in + floor(m * rounds / AANN_SNAPSHOTS). No round is two of them. */
int32_t aann_sampler_snapshots(const aann_sampler_options *options, int64_t rounds);

/* Creates the sampler without a ladder. */
aann_status aann_sampler_prepare(const aann_spec *spec, const aann_samples *samples,
                                 const aann_sampler_options *options, aann_sampler **sampler,
                                 aann_error *error);

/* Makes the ladder that is due, and its record; networks are not loaded. */
aann_status aann_sampler_make_ladder(aann_sampler *sampler, aann_error *error);

#endif
