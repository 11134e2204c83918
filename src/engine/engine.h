/* The incremental engine: the loss change of a swap, without evaluating the whole network.
 *
 * The engine keeps, for every block of 64 training samples, the activations, sums, outputs and
 * losses of one network (the current one). A candidate changes one or two weights of one or two
 * units; its loss change on a block depends only on those units' maps and what reads them.
 * Committing a candidate changes the network; a block is brought up to date when it is next looked
 * at (catch_up.c).
 *
 * Losses are integers (2^-20), so sums of losses do not depend on the order of addition or on the
 * number of threads. */
#ifndef AANN_ENGINE_ENGINE_H
#define AANN_ENGINE_ENGINE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aann/network.h"
#include "aann/samples.h"
#include "core/threads.h"
#include "engine/kernels/kernels.h"
#include "engine/layout.h"
#include "engine/wiring.h"
#include "samples/placement.h"

/* 1.0 of loss in the integers of the kernels. */
enum { AANN_LOSS_UNIT = 1 << 20 };

/* One weight that changes. */
typedef struct aann_weight_change {
    int32_t unit;
    int32_t index; /* within the unit, 0..fan_in-1 */
    int8_t value;  /* the new weight */
} aann_weight_change;

/* Instead of the unit of a swap's second change: there is only one. */
enum { AANN_NO_UNIT = -1 };

/* A proposed swap of two weights of one layer. */
typedef struct aann_swap {
    int32_t layer;
    aann_weight_change changes[2];
} aann_swap;

/* A swap prepared for evaluation; see aann_engine_prepare. */
typedef struct aann_candidate {
    aann_swap swap;
    int32_t unit_count; /* units that change: 1 or 2 */
    int32_t units[2];
    int32_t tap_count[2];
    aann_tap taps[2][2]; /* per unit: by how much its weights change; of two, +d first, then -d */
    /* Of the first layer (first_layer.c). */
    bool carries;               /* evaluated by carrying the change through the second layer */
    bool to_outputs;            /* and on to the outputs */
    bool halves[2];             /* the changed unit's change takes two maps of bytes */
    aann_forward_taps own[2];   /* by how much a changed unit's weights change; or ... */
    bool whole[2];              /* ... all of its weights, where 16 bits may not do */
    aann_forward_taps *carried; /* [units of the second layer]: their weights on the changed maps */
    int32_t *offsets;           /* what they point into; allocated when first needed, grows */
    size_t offset_capacity;
} aann_candidate;

typedef struct aann_loss_options {
    bool regression;
    /* Classification: logits / (127 * scale) go into the softmax; regression: outputs are
     * HardTanh(logit / (127 * scale)); 0 means 1. */
    double scale;
    const double *target_weight; /* regression: [outputs] of the squared errors; 0, NULL: 1 */
} aann_loss_options;

typedef struct aann_engine aann_engine;

/* Samples that went through the engine beside those on which candidates were compared. */
typedef struct aann_engine_account {
    uint64_t replayed; /* brought up to date by the commits that they missed */
    uint64_t renewed;  /* by a forward pass */
    uint64_t ranked;   /* a forward pass for their losses alone */
} aann_engine_account;

/* Creates an engine for these samples (borrowed, must outlive it), of which at most `largest_load`
 * are loaded at a time. There is no network until aann_engine_load. `kernels` is copied; `threads`
 * is borrowed. */
aann_status aann_engine_create(const aann_spec *spec, const aann_samples *samples,
                               int64_t largest_load, const aann_loss_options *loss,
                               const aann_kernels *kernels, aann_threads *threads,
                               aann_engine **engine, aann_error *error);
void aann_engine_destroy(aann_engine *engine);

/* Whether networks of this spec can be trained on these samples, which may be a caller's view:
 * sizes, inputs, labels or targets. Labels are used as indices, so this comes before every
 * evaluation. */
aann_status aann_engine_check_samples(const aann_spec *spec, const aann_samples *samples,
                                      bool regression, aann_error *error);

/* Makes later calls of aann_engine_rank end with AANN_INTERRUPTED soon after *stop is true (NULL:
 * never). `stop` is borrowed. */
void aann_engine_stop_on(aann_engine *engine, const atomic_bool *stop);

/* Finds the losses of these samples under `network`: order[count], each moved by placements[count]
 * (NULL: not moved); losses[i] is that of order[i]. What is loaded does not matter and stays. */
aann_status aann_engine_rank(aann_engine *engine, const aann_network *network, const int32_t *order,
                             const aann_placement *placements, int64_t count, int32_t *losses,
                             aann_error *error);

/* Makes `network` the current one and these samples the loaded ones: order[count], distinct (NULL:
 * 0, 1, 2, ..., count - 1), each moved by placements[count] (NULL: not moved). Block b holds
 * samples order[64 b] and following; it is filled when it is first looked at. The first call
 * allocates the memory for `largest_load` samples. The network may have fewer synapses than its
 * spec says, not more. */
aann_status aann_engine_load(aann_engine *engine, const aann_network *network, const int32_t *order,
                             const aann_placement *placements, int64_t count, aann_error *error);

/* The current network; changed by commits only. */
const aann_network *aann_engine_network(const aann_engine *engine);

int64_t aann_engine_sample_count(const aann_engine *engine); /* loaded samples */
size_t aann_engine_bytes(const aann_engine *engine);         /* of all blocks */
/* What the engine has done since it was created. */
aann_engine_account aann_engine_account_get(const aann_engine *engine);

/* Brings a block up to date and sums its losses. */
int64_t aann_engine_block_loss(aann_engine *engine, int64_t block);
/* Brings a block up to date and counts its samples whose first largest output is that of their
 * label. */
int32_t aann_engine_block_correct(aann_engine *engine, int64_t block);

/* Call this for every swap before any swap of a batch is prepared. If a sum of a unit that it
 * changes might no longer fit 16 bits, this converts the layer to 32 bits, which takes as long as
 * aann_engine_load and invalidates candidates prepared before; without the memory for it, the
 * engine stays as it was. Results never depend on the width. */
aann_status aann_engine_admit(aann_engine *engine, const aann_swap *swap, aann_error *error);

/* Prepares a swap for the current network. The candidate starts as {0} and can be prepared
 * repeatedly; free with aann_candidate_clear. */
aann_status aann_engine_prepare(const aann_engine *engine, const aann_swap *swap,
                                aann_candidate *candidate, aann_error *error);
void aann_candidate_clear(aann_candidate *candidate);

/* The same two for one weight alone. Committing such a candidate changes the counts of -1, 0 and +1;
 * a layer never has more non-zero weights than its spec says, though: there is no memory for
 * them. */
aann_status aann_engine_admit_single(aann_engine *engine, int32_t layer,
                                     const aann_weight_change *change, aann_error *error);
aann_status aann_engine_prepare_single(const aann_engine *engine, int32_t layer,
                                       const aann_weight_change *change, aann_candidate *candidate,
                                       aann_error *error);

/* Call this before aann_engine_changes on these blocks (NULL: 0, 1, ..., count - 1). If several
 * workers will look at the same block, `shared` is true, and all blocks are brought up to date. */
void aann_engine_ready(aann_engine *engine, const int64_t *blocks, int64_t count, bool shared);

/* Finds the change of the block's loss for each candidate alone: results[i] for
 * candidates[which[i]], i < count. Candidates that change the same unit should follow one another,
 * because they are evaluated together where that is cheaper. Several workers may call this at the
 * same time, for the same block only after aann_engine_ready(..., true). */
void aann_engine_changes(aann_engine *engine, int32_t worker, const aann_candidate *candidates,
                         const int32_t *which, int32_t count, int64_t block,
                         aann_block_change *results);

/* Commits the candidate: changes the current network. Blocks follow when they are looked at. */
void aann_engine_commit(aann_engine *engine, const aann_candidate *candidate);

#endif
