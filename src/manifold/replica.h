/* One network of a ladder, and its moves at a temperature. */
#ifndef AANN_MANIFOLD_REPLICA_H
#define AANN_MANIFOLD_REPLICA_H

#include "aann/sampler.h"
#include "engine/engine.h"
#include "manifold/proposal.h"

enum { AANN_REPLICA_BATCH = 64 };

typedef struct aann_replica {
    aann_engine *engine;
    aann_threads *threads; /* one: other replicas run meanwhile */
    aann_candidate candidates[AANN_REPLICA_BATCH];
    int64_t samples;
    int64_t slack;    /* bound of what a candidate's loss change is rounded by; see replica.c */
    int64_t loss;     /* sum over the samples, in AANN_LOSS_UNIT */
    double accepting; /* recent share of accepted candidates; changes speed only */
    bool from_above;  /* has been at the first temperature since it was at the last */
} aann_replica;

/* How a replica moves in one sweep. */
typedef struct aann_sweep {
    const aann_proposal_rule *rule;
    aann_random_key key;
    uint64_t first;   /* number of its first candidate */
    int32_t count;    /* candidates */
    double beta;      /* inverse temperature, in 1 / mean loss */
    int32_t accepted; /* the result */
} aann_sweep;

/* Creates a replica without a network; `loss` is read during the call. Free with
 * aann_replica_destroy. */
aann_status aann_replica_create(const aann_spec *spec, const aann_samples *samples,
                                const aann_loss_options *loss, const char *isa,
                                aann_replica *replica, aann_error *error);
void aann_replica_destroy(aann_replica *replica);

/* Makes `network` the replica's. */
aann_status aann_replica_load(aann_replica *replica, const aann_network *network,
                              aann_error *error);

/* Decides sweep->count candidates in their order. */
aann_status aann_replica_sweep(aann_replica *replica, aann_sweep *sweep, aann_error *error);

/* How many samples the network answers correctly. */
int32_t aann_replica_correct(aann_replica *replica);

/* The largest sum of losses, in AANN_LOSS_UNIT, that may go up at this inverse temperature with the
 * random number of the stream: floor(-ln(u) samples AANN_LOSS_UNIT / beta). */
int64_t aann_replica_limit(const aann_replica *replica, double beta, aann_random_stream *stream);

#endif
