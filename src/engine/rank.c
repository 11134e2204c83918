/* The losses of samples that are not loaded: a forward pass that keeps nothing else. */
#include <string.h>

#include "engine/engine_private.h"

typedef struct rank_job {
    aann_engine *engine;
    const int32_t *order;
    const aann_placement *placements;
    int64_t count;
    int32_t *losses;
} rank_job;

static bool is_stopped(const aann_engine *engine)
{
    return engine->stop != NULL && atomic_load_explicit(engine->stop, memory_order_relaxed);
}

static void rank_block(void *context, int32_t worker, int64_t index)
{
    const rank_job *job = context;
    const aann_engine *engine = job->engine;
    if (is_stopped(engine)) {
        return;
    }
    const aann_sample_lanes lanes =
        aann_engine_lanes(job->order, job->placements, job->count, index);
    uint8_t *block = engine->workers[worker].ranked;
    const uint8_t *outputs = engine->workers[worker].forward + engine->plan.outputs;
    aann_engine_forward(engine, worker, &lanes, false, NULL);
    memcpy(block + engine->layout.outputs, outputs,
           (size_t)engine->layout.output_count * AANN_BLOCK * sizeof(int32_t));
    aann_engine_fill_truth(engine, &lanes, block);
    (void)aann_engine_refresh_loss(engine, block);
    memcpy(job->losses + index * AANN_BLOCK, block + engine->layout.losses,
           (size_t)lanes.count * sizeof *job->losses);
    engine->accounts[worker].ranked += (uint64_t)lanes.count;
}

aann_status aann_engine_rank(aann_engine *engine, const aann_network *network, const int32_t *order,
                             const aann_placement *placements, int64_t count, int32_t *losses,
                             aann_error *error)
{
    aann_status status =
        engine->blocks != NULL ? AANN_OK : aann_engine_make_room(engine, network, error);
    if (status == AANN_OK) {
        status = aann_forward_plan_read(&engine->plan, network, error);
    }
    if (status != AANN_OK) {
        return status;
    }
    engine->plan_commits = AANN_NOT_FILLED; /* the plan may have another network now */
    rank_job job = {.engine = engine, .order = order, .placements = placements, .count = count};
    job.losses = losses;
    aann_threads_run(engine->threads, 0, (count + AANN_BLOCK - 1) / AANN_BLOCK, rank_block, &job);
    return is_stopped(engine) ? AANN_INTERRUPTED : AANN_OK;
}
