/* What the processes of a shared engine say: a head, and behind it arrays as they lie in memory. */
#ifndef AANN_SEARCH_SHARED_WORDS_H
#define AANN_SEARCH_SHARED_WORDS_H

#include "aann/network.h"
#include "aann/search.h"

typedef enum aann_shared_word {
    AANN_SHARED_OPEN = 1, /* behind it: aann_shared_open */
    AANN_SHARED_RANK,     /* network, order[a], placements[a] if b; answer: losses[a] */
    AANN_SHARED_LOAD,     /* likewise; answer: nothing */
    AANN_SHARED_PREPARE,  /* swaps[a] */
    AANN_SHARED_COMMIT,   /* candidate a */
    AANN_SHARED_CHANGES,  /* candidates[a], blocks[b]; answer: changes[b][a] */
    AANN_SHARED_LOSS,     /* block a; answer: int64_t loss, int64_t correct */
    AANN_SHARED_CLOSE
} aann_shared_word;

typedef struct aann_shared_head {
    int64_t word; /* of an answer: the status; behind it then a text of AANN_MESSAGE_SIZE */
    int64_t a;
    int64_t b;
} aann_shared_head;

typedef struct aann_shared_open {
    char spec[AANN_MAX_SPEC_LENGTH];
    aann_shape input;
    int32_t regression;
    double excitatory_share;
    double scale;
    double target_weight[AANN_MAX_TARGETS];
    int64_t sample_count;
    int64_t load_of_one;
} aann_shared_open;

#endif
