/* One engine in several processes: each holds a part of the blocks, with the state of the same
 * network, and evaluates every candidate on them.
 *
 * One process decides (search/static_objective.c): it tells the others what to prepare and to
 * commit, and gets from them what the candidates change on each block. A block is in one process
 * only, so what comes back is what one engine would have found, and is added up in the order of the
 * blocks: every decision, and the hash in the end, is that of one process. */
#ifndef AANN_SEARCH_SHARED_ENGINE_H
#define AANN_SEARCH_SHARED_ENGINE_H

#include "engine/engine.h"
#include "search/objective.h"
#include "search/team.h"

typedef struct aann_shared_engine aann_shared_engine;

/* The samples that one of `processes` has to load, where all together load `largest_load`. */
int64_t aann_shared_engine_load_of_one(int64_t largest_load, int32_t processes);

/* Opens an engine in every other process. `own` is the engine here; it, team and threads are
 * borrowed. Both were made for aann_shared_engine_load_of_one samples. */
aann_status aann_shared_engine_create(const aann_team *team, const aann_spec *spec,
                                      const aann_samples *samples, const aann_loss_options *loss,
                                      int64_t load_of_one, aann_engine *own, aann_threads *threads,
                                      aann_shared_engine **shared, aann_error *error);
/* Closes those of the others; NULL is allowed. */
void aann_shared_engine_destroy(aann_shared_engine *shared);

/* As aann_engine_rank and aann_engine_load. Blocks are dealt out in the order in which a search looks
 * at them, which takes them from the strata in turn. */
aann_status aann_shared_engine_rank(aann_shared_engine *shared, const aann_network *network,
                                    const int32_t *order, const aann_placement *placements,
                                    int64_t count, int32_t *losses, aann_error *error);
aann_status aann_shared_engine_load(aann_shared_engine *shared, const aann_network *network,
                                    const int32_t *order, const aann_placement *placements,
                                    int64_t count, const aann_stratum *strata,
                                    int32_t stratum_count, aann_error *error);

/* What the engine here has done already, for the others. */
aann_status aann_shared_engine_prepare(aann_shared_engine *shared, const aann_swap *swaps,
                                       int32_t count, aann_error *error);
aann_status aann_shared_engine_commit(aann_shared_engine *shared, int32_t candidate,
                                      aann_error *error);

/* As aann_search_objective.changes; `prepared` are the candidates here. */
aann_status aann_shared_engine_changes(aann_shared_engine *shared, const aann_candidate *prepared,
                                       const int32_t *candidates, int32_t candidate_count,
                                       const int64_t *blocks, int64_t block_count,
                                       aann_block_change *results, aann_error *error);

/* A block's loss and its correct samples, wherever it is. Errors are kept for the next call that can
 * fail. */
int64_t aann_shared_engine_block_loss(aann_shared_engine *shared, int64_t block);
int32_t aann_shared_engine_block_correct(aann_shared_engine *shared, int64_t block);

/* Samples loaded by all. */
int64_t aann_shared_engine_sample_count(const aann_shared_engine *shared);

#endif
