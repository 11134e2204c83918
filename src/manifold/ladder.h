/* A ladder: replicas at fixed temperatures that exchange networks, and the record of what they
 * did. */
#ifndef AANN_MANIFOLD_LADDER_H
#define AANN_MANIFOLD_LADDER_H

#include "manifold/replica.h"

/* What a ladder has done: kept when it is gone. Rounds include the burn-in. */
typedef struct aann_ladder_record {
    int64_t rounds;   /* done */
    int64_t capacity; /* there is memory for so many */
    int64_t *losses;  /* [capacity][rungs]: of the networks at the end of a round */
    int32_t *correct; /* [capacity][rungs] */
    /* After the burn-in: */
    uint64_t accepted[AANN_RUNG_LIMIT];  /* candidates */
    uint64_t exchanged[AANN_RUNG_LIMIT]; /* with the next rung */
    uint64_t offered[AANN_RUNG_LIMIT];
    uint64_t descents;
    /* [AANN_SNAPSHOTS][rungs][packed bytes]: networks at moments equally far apart; the last is
     * the end. */
    uint8_t *snapshots;
    int32_t snapshot_count;
} aann_ladder_record;

typedef struct aann_ladder {
    aann_spec spec;        /* copied */
    aann_threads *threads; /* borrowed */
    aann_random_key key;
    aann_proposal_rule rule;
    int32_t sweep;
    int32_t rungs;
    double beta[AANN_RUNG_LIMIT];
    int32_t at[AANN_RUNG_LIMIT]; /* the replica at this temperature */
    aann_replica *replicas;      /* [rungs] */
    aann_network *fresh;         /* memory for the next random network */
    uint64_t round;
} aann_ladder;

/* Creates a ladder without networks. `beta[rungs]` ascends; beta[0] may be 0. Free with
 * aann_ladder_destroy. */
aann_status aann_ladder_create(const aann_spec *spec, const aann_samples *samples,
                               const aann_sampler_options *options, const double *beta,
                               int32_t rungs, aann_random_key key, aann_threads *threads,
                               aann_ladder *ladder, aann_error *error);
void aann_ladder_destroy(aann_ladder *ladder);

/* Puts a random network at every temperature. */
aann_status aann_ladder_start(aann_ladder *ladder, aann_error *error);

/* One round: candidates at every temperature, the record, exchanges. Of a ladder that fails, the
 * networks are no longer those of any round. `counts`: the round is after the burn-in. */
aann_status aann_ladder_round(aann_ladder *ladder, bool counts, aann_ladder_record *record,
                              aann_error *error);

/* Networks and losses as they were. */
const aann_network *aann_ladder_network(const aann_ladder *ladder, int32_t rung);
int64_t aann_ladder_loss(const aann_ladder *ladder, int32_t rung);

/* Memory of a record for `rounds` rounds; with packed > 0 also for snapshots of so many bytes. */
aann_status aann_ladder_record_create(int64_t rounds, int32_t rungs, size_t packed,
                                      aann_ladder_record *record, aann_error *error);
void aann_ladder_record_clear(aann_ladder_record *record);

#endif
