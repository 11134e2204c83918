/* How candidates change the losses of blocks that one process holds, divided among its threads. */
#ifndef AANN_SEARCH_ENGINE_CHANGES_H
#define AANN_SEARCH_ENGINE_CHANGES_H

#include "core/threads.h"
#include "engine/engine.h"

typedef struct aann_engine_question {
    aann_engine *engine;
    const aann_candidate *prepared;

    /* [candidate_count] of `prepared` */
    const int32_t *candidates;
    int32_t candidate_count;

    /* [block_count] */
    const int64_t *blocks;
    int64_t block_count;

    /* [block_count]: the row of each block in `results`; NULL: in order */
    const int64_t *places;

    /* [rows][candidate_count] */
    aann_block_change *results;
} aann_engine_question;

/* Brings the blocks up to date and fills the results; the number of threads changes none. */
void aann_engine_question_answer(const aann_engine_question *question, aann_threads *threads);

#endif
