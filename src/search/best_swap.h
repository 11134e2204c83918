/* The best of several swaps, one of which has to be made. */
#ifndef AANN_SEARCH_BEST_SWAP_H
#define AANN_SEARCH_BEST_SWAP_H

#include "aann/search.h"
#include "engine/engine.h"

/* Evaluates swaps[count] (1 to AANN_MAX_BATCH), all possible for the present network, on a sample
 * of the blocks, the `finalists` that look best on all of them, and commits the one that raises the
 * loss least (of equal ones the first): *chosen is its index. The step of the search does not
 * move. AANN_INTERRUPTED: aann_search_stop was called, and no swap was made. */
aann_status aann_search_choose(aann_search *search, const aann_swap *swaps, int32_t count,
                               int32_t finalists, int32_t *chosen, aann_error *error);

#endif
