/* Shared by the engine's files. */
#ifndef AANN_ENGINE_ENGINE_PRIVATE_H
#define AANN_ENGINE_ENGINE_PRIVATE_H

#include "engine/engine.h"
#include "engine/forward_pass.h"

/* One thread's scratch memory. */
typedef struct aann_worker {
    int16_t *changes;             /* change maps, see aann_wiring */
    int32_t *output_changes;      /* [output_count][64] */
    uint8_t *output_changed;      /* [output_count] */
    int32_t *changed_channels[2]; /* [largest number of units]: of even layers, of odd ones */
    aann_change_tap *taps;        /* [largest fan-in]: gathered from several channels */
    uint64_t *mask;               /* [largest position words] */
    uint64_t *nonzero;            /* reachable.c: a bit for every row of a map */
    uint8_t *row_flags;           /* two bytes for every row */
    uint8_t *forward;             /* a block of the forward pass */
    uint8_t *ranked; /* a block of which only outputs, labels and losses are used (rank.c) */
    int8_t *samples; /* [64][values of the first layer's input]: moved or pooled ones */
    int8_t *warped;  /* one sample, before it is pooled */
    int8_t *scratch; /* see aann_sample_warp */
    /* Carrying a first-layer change (first_layer.c). */
    int32_t *positions; /* [2 * positions of the first layer's map] */
    uint8_t *maps;      /* changed maps as the second layer reads them; see first_layer.c */
    uint8_t *rows;      /* the second layer's new activations, as the third reads them */
    /* Catching up (catch_up.c): [units of all layers], all 0 between calls. */
    uint8_t *unit_missed;
} aann_worker;

/* A block that missed more commits than this is brought up to date by a forward pass. */
enum { AANN_REPLAYED_COMMITS = 128 };

/* Instead of a number of commits: a block that was not looked at since its samples were loaded. */
#define AANN_NOT_FILLED UINT64_MAX

/* A commit, as blocks catch up with it: by how much two weights of a layer changed. */
typedef struct aann_missed_commit {
    int32_t layer;
    int32_t units[2];
    int32_t indices[2]; /* within the unit */
    int32_t differences[2];
} aann_missed_commit;

/* The network's data for carrying a first-layer change (first_layer.c). */
typedef struct aann_first_layer {
    bool applies;
    int32_t *
        needed; /* [units of the second layer][its positions]: those that the third layer reads, ... */
    int32_t *needed_count; /* [units]: their number */
    /* Where the first layer's sums are not kept: its weights. */
    aann_forward_taps *own_taps; /* [units of the first layer] */
    int32_t *own_offsets;        /* [units][fan-in][window] */
    /* Where the third layer is the last. */
    aann_forward_taps *output_taps; /* [outputs] */
    int32_t *output_offsets;        /* [outputs][fan-in] */
} aann_first_layer;

struct aann_engine {
    aann_spec spec;
    const aann_samples *samples;
    aann_kernels kernels;
    aann_threads *threads;
    const atomic_bool *stop; /* NULL: never */
    aann_layout layout;
    aann_wiring wiring;
    aann_first_layer carry;
    aann_forward_plan plan; /* for loading, and its distances for carrying */
    aann_network *network;
    bool wide[AANN_MAX_LAYERS];
    bool regression;
    bool inputs_not_negative;   /* of all samples */
    float scale;                /* exponents of 2 per unit of output */
    int32_t output_limit;       /* see aann_loss_block */
    float *target_weights;      /* [output_count] */
    int32_t *order;             /* [count] */
    aann_placement *placements; /* [count] */
    int64_t largest_load;       /* samples for which there is memory */
    int64_t count;              /* samples loaded */
    int64_t block_count;        /* of those */
    uint8_t *blocks;            /* [blocks of largest_load][layout.block_bytes] */
    int64_t *block_losses;
    /* Catching up (catch_up.c). */
    uint64_t commits;                                 /* since the samples were loaded */
    uint64_t *block_commits;                          /* how many of these a block has */
    uint64_t plan_commits;                            /* and the plan */
    int32_t first_unit[AANN_MAX_LAYERS];              /* of a layer, among the units of all */
    aann_missed_commit missed[AANN_REPLAYED_COMMITS]; /* commit n at n modulo their number */
    int32_t worker_count;
    aann_worker *workers;
    aann_engine_account *accounts; /* [worker_count] */
};

static inline uint8_t *aann_engine_block(const aann_engine *engine, int64_t block)
{
    return engine->blocks + (size_t)block * engine->layout.block_bytes;
}

/* Loaded or other samples, at most 64 of which go into a block. */
typedef struct aann_sample_lanes {
    const int32_t *order;             /* [count] */
    const aann_placement *placements; /* [count]; NULL: not moved */
    int32_t count;
} aann_sample_lanes;

static inline aann_sample_lanes aann_engine_lanes(const int32_t *order,
                                                  const aann_placement *placements, int64_t count,
                                                  int64_t block)
{
    const int64_t first = block * AANN_BLOCK;
    const int64_t left = count - first;
    return (aann_sample_lanes){order + first, placements == NULL ? NULL : placements + first,
                               (int32_t)(left < AANN_BLOCK ? left : AANN_BLOCK)};
}

/* The loss kernels' view of a block. */
aann_loss_block aann_engine_loss_block(const aann_engine *engine, const uint8_t *block);

/* Runs the plan's network on samples, in the worker's memory (worker->forward). */
void aann_engine_forward(const aann_engine *engine, int32_t worker, const aann_sample_lanes *lanes,
                         bool complete, const aann_forward_sums *sums);

/* Fills a block with samples and the plan's network's activations, sums and outputs. */
void aann_engine_load_block(const aann_engine *engine, int32_t worker,
                            const aann_sample_lanes *lanes, uint8_t *block);

/* Allocates the memory of all blocks and workers, if there is none yet or if the network needs
 * wider sums. */
aann_status aann_engine_make_room(aann_engine *engine, const aann_network *network,
                                  aann_error *error);

/* The same for a block of the loaded samples, with the masks and losses that follow from it. */
void aann_engine_renew_block(aann_engine *engine, int32_t worker, int64_t index);

/* Writes the samples' labels or targets, -1 and 0 in lanes without a sample. */
void aann_engine_fill_truth(const aann_engine *engine, const aann_sample_lanes *lanes,
                            uint8_t *block);

/* Brings a block up to date with the commits that it missed; before it, call aann_engine_ready.
 * Only one worker may look at the block meanwhile. */
void aann_engine_catch_up(aann_engine *engine, int32_t worker, int64_t index);

/* Allocates a worker's memory for that; false if there is not enough. */
bool aann_engine_load_memory(const aann_engine *engine, aann_worker *worker);

/* Computes what the loss keeps (reference, powers, losses) from the block's outputs; returns the
 * sum of the losses. */
int64_t aann_engine_refresh_loss(const aann_engine *engine, uint8_t *block);

/* Reachability masks (reachable.c). The positions of a hidden layer's map that a non-zero
 * activation reaches through any of these taps, in the worker's mask; NULL means all. _add adds
 * positions to those since the last _clear. */
void aann_engine_reachable_clear(const aann_engine *engine, aann_worker *worker, int32_t layer);
const uint64_t *aann_engine_reachable(const aann_engine *engine, aann_worker *worker,
                                      const uint8_t *block, int32_t layer, const aann_tap *taps,
                                      int32_t tap_count);
const uint64_t *aann_engine_reachable_add(const aann_engine *engine, aann_worker *worker,
                                          const uint8_t *block, int32_t layer, const aann_tap *taps,
                                          int32_t tap_count);

/* Writes the masks of one input channel of layer `index` anew. */
void aann_engine_refresh_reachable(const aann_engine *engine, aann_worker *worker, uint8_t *block,
                                   int32_t index, int32_t channel);

/* What that needs of a worker's memory; false if there is not enough. */
bool aann_engine_reachable_memory(const aann_engine *engine, aann_worker *worker);

/* The kernels for a layer's width. */
static inline const aann_unit_kernels *aann_engine_unit_kernels(const aann_engine *engine,
                                                                int32_t layer)
{
    return engine->layout.layers[layer].wide ? &engine->kernels.wide : &engine->kernels.narrow;
}

#endif
