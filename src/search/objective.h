/* The search's view of its task: blocks on which candidates are compared with the current network.
 *
 * The incremental engine is one implementation (a block is 64 training samples), the callback
 * objective another (a block is one case, such as a track). The search knows nothing else. */
#ifndef AANN_SEARCH_OBJECTIVE_H
#define AANN_SEARCH_OBJECTIVE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "aann/network.h"
#include "aann/status.h"
#include "engine/engine.h"

/* A group of blocks that the sequential test samples separately. */
typedef struct aann_stratum {
    int64_t first_block;
    int64_t end_block;
    int64_t samples;    /* in these blocks */
    int64_t population; /* samples that these stand for: as many, or more */
} aann_stratum;

enum { AANN_MAX_STRATA = 16 };

typedef struct aann_search_objective {
    void *context;
    /* Makes candidates 0..count-1 from these swaps, for the functions below; earlier candidates are
     * discarded. */
    aann_status (*prepare)(void *context, const aann_swap *swaps, int32_t count, aann_error *error);
    /* The same for single changes of a layer, which are evaluated and never committed; not of the
     * first of several layers. NULL: there are none. */
    aann_status (*prepare_singles)(void *context, int32_t layer, const aann_weight_change *changes,
                                   int32_t count, aann_error *error);
    /* Called before `change` looks at these blocks. `shared`: several workers may look at one of
     * them at the same time. NULL: blocks are always ready. */
    void (*ready)(void *context, const int64_t *blocks, int64_t count, bool shared);
    /* Finds the loss changes of prepared candidates[count] on a block. Called by several threads,
     * one per worker. */
    void (*change)(void *context, int32_t worker, const int32_t *candidates, int32_t count,
                   int64_t block, aann_block_change *results);
    /* An alternative to `change`: all of candidates[candidate_count] on blocks[block_count] in one
     * call, on the objective's own threads: results[block][candidate]. NULL: `change` is called for
     * each block. */
    aann_status (*changes)(void *context, const int32_t *candidates, int32_t candidate_count,
                           const int64_t *blocks, int64_t block_count, aann_block_change *results,
                           aann_error *error);
    /* If the sequential test has only one check, the last: true evaluates all candidates of a batch
     * together, because a call for several costs little more than a call for one. False evaluates
     * them one after the other, because an acceptance discards all later ones. */
    bool one_check_together;
    /* True: only candidates evaluated on all blocks may be committed. */
    bool only_exact;
    /* Accepts a prepared candidate; the others are discarded. */
    aann_status (*commit)(void *context, int32_t candidate, aann_error *error);
    const aann_network *(*network)(void *context);
    /* The loss of a block's samples, in AANN_LOSS_UNIT, and how many of them are answered correctly
     * (NULL: nothing of that kind). The block is ready. */
    int64_t (*block_loss)(void *context, int64_t block);
    int32_t (*block_correct)(void *context, int64_t block);
    /* If arranging takes long: it ends with AANN_INTERRUPTED soon after *stop is true. NULL:
     * arranging is fast. */
    void (*stop_on)(void *context, const atomic_bool *stop);
    /* Arranges the samples: takes the first `samples` of the member's order, as they are in this
     * epoch, groups their blocks by the losses of the network `arranged_by` on them, as they were
     * in epoch ranked_in, and makes `network` the current one. On failure the current network keeps
     * its weights, and everything else is undefined until the next arrange. */
    aann_status (*arrange)(void *context, const aann_network *arranged_by, uint64_t ranked_in,
                           const aann_network *network, uint64_t epoch, int64_t samples,
                           aann_error *error);
    /* Fills in the strata of the last arrange; returns their number. */
    int32_t (*strata)(void *context, aann_stratum strata[AANN_MAX_STRATA]);
    /* Samples in a block. */
    int32_t (*block_samples)(void *context, int64_t block);
    size_t (*bytes)(void *context); /* of memory for the samples' state */
    /* Samples that went through it beside those of `change`; NULL: none. */
    aann_engine_account (*account)(void *context);
    /* What a resumed search needs of the objective: `save` writes at *to, and moves it on, as many
     * bytes as state_size (create.c) has room for; `restore` reads them before the first arrange,
     * which then continues with them. NULL: nothing. */
    void (*save)(void *context, uint8_t **to);
    aann_status (*restore)(void *context, const uint8_t **from, aann_error *error);
    void (*destroy)(void *context);
    int64_t sample_count;  /* all there are */
    int32_t largest_batch; /* limit of candidates worth evaluating together; 0: no limit */
    /* The work of a candidate of a layer on one block, in any unit. */
    double layer_cost[AANN_MAX_LAYERS];
} aann_search_objective;

#endif
