/* Lesion noise: engines that each hold the network without some of its synapses, on shares of the
 * loaded blocks.
 *
 * An objective with lesion noise asks how good a network is that has lost a share of its synapses.
 * There are a few lesions at a time; every block is looked at under one of them, so a candidate
 * costs what it costs without. A lesion is drawn anew at each regrouping, with exactly its percent
 * of every layer's synapses. It stays with its synapses: one that is lost is lost wherever a swap
 * moves it, so no swap escapes a lesion, and the number that is lost stays the same. */
#ifndef AANN_SEARCH_LESION_ENGINES_H
#define AANN_SEARCH_LESION_ENGINES_H

#include <stdbool.h>
#include <stdint.h>

#include "aann/search.h"
#include "core/philox.h"
#include "core/threads.h"
#include "engine/engine.h"
#include "search/objective.h"

typedef struct aann_lesion_engines aann_lesion_engines;

/* Makes the others beside `first`, which has the same spec, samples, loss, kernels and threads, and
 * is borrowed as these are. `largest_load` is for all engines together; each has memory for
 * aann_lesion_engines_load_of_one. */
aann_status
aann_lesion_engines_create(aann_engine *first, const aann_spec *spec, const aann_samples *samples,
                           const aann_search_options *options, const aann_loss_options *loss,
                           const aann_kernels *kernels, aann_threads *threads, aann_random_key key,
                           int64_t largest_load, aann_lesion_engines **lesions, aann_error *error);
/* NULL is allowed. */
void aann_lesion_engines_destroy(aann_lesion_engines *lesions);

/* Samples that one engine can have to hold. */
int64_t aann_lesion_engines_load_of_one(int64_t largest_load, const aann_search_options *options);

/* As aann_engine_load, of the samples of an epoch, with new lesions, or those of _restore. If this
 * fails, the network and the lesions stay as they were; the rest is undefined until it succeeds. */
aann_status aann_lesion_engines_load(aann_lesion_engines *lesions, const aann_network *network,
                                     uint64_t epoch, const int32_t *order,
                                     const aann_placement *placements, int64_t count,
                                     const aann_stratum *strata, int32_t stratum_count,
                                     aann_error *error);

/* The whole network, and what a lesion leaves of it. NULL before the first load. */
const aann_network *aann_lesion_engines_network(const aann_lesion_engines *lesions);
const aann_network *aann_lesion_engines_lesioned(const aann_lesion_engines *lesions,
                                                 int32_t lesion);

/* The lesion under which a block is looked at. */
int32_t aann_lesion_engines_of_block(const aann_lesion_engines *lesions, int64_t block);

/* Candidates, and what the search asks of blocks; see search/objective.h. */
aann_status aann_lesion_engines_prepare(aann_lesion_engines *lesions, const aann_swap *swaps,
                                        int32_t count, aann_error *error);
void aann_lesion_engines_ready(const aann_lesion_engines *lesions, const int64_t *blocks,
                               int64_t count, bool shared);
void aann_lesion_engines_change(const aann_lesion_engines *lesions, int32_t worker,
                                const int32_t *candidates, int32_t count, int64_t block,
                                aann_block_change *results);
void aann_lesion_engines_commit(aann_lesion_engines *lesions, int32_t candidate);
int64_t aann_lesion_engines_block_loss(const aann_lesion_engines *lesions, int64_t block);
int32_t aann_lesion_engines_block_correct(const aann_lesion_engines *lesions, int64_t block);
int32_t aann_lesion_engines_block_samples(const aann_lesion_engines *lesions, int64_t block);
size_t aann_lesion_engines_bytes(const aann_lesion_engines *lesions);
aann_engine_account aann_lesion_engines_account(const aann_lesion_engines *lesions);

/* The saved form: for each lesion a bit for every synapse of the spec's counts, in the order of the
 * weights: whether it is lost. 0 bytes without lesion noise. */
size_t aann_lesion_engines_saved_size(const aann_spec *spec, const aann_search_options *options);
void aann_lesion_engines_save(const aann_lesion_engines *lesions, uint8_t **to);

/* Keeps saved lesions for the next load, which checks them. Errors: memory. */
aann_status aann_lesion_engines_restore(aann_lesion_engines *lesions, const uint8_t **from,
                                        aann_error *error);

#endif
