/* The best of several swaps, one of which must be made. */
#ifndef AANN_SEARCH_BEST_SWAP_H
#define AANN_SEARCH_BEST_SWAP_H

#include "aann/search.h"
#include "engine/engine.h"

/* Evaluates swaps[count] (1 to AANN_MAX_BATCH), all possible for the present network, on a sample
 * of the blocks, and the best `finalists` on all blocks. Commits the one with the smallest rise of
 * the loss (of equal ones the first); *chosen is its index. The step of the search stays.
 * AANN_INTERRUPTED: aann_search_stop was called, and no swap was made. */
aann_status aann_search_choose(aann_search *search, const aann_swap *swaps, int32_t count,
                               int32_t finalists, int32_t *chosen, aann_error *error);

#endif
