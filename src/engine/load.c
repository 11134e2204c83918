/* Filling a block of the engine: its samples, and the activations, sums and outputs of the current
 * network.
 *
 * The forward pass has another layout, with each map's padding around it, which makes it fast; one
 * block of it per thread stays in the cache. Sums are written directly to the engine's block,
 * activations are copied. */
#include <string.h>

#include "core/memory.h"
#include "engine/engine_private.h"
#include "samples/placement.h"

/* The samples as the first layer reads them; if necessary they are moved and pooled in the worker's
 * memory. */
static void read_samples(const aann_engine *engine, const aann_worker *worker,
                         const aann_sample_lanes *lanes, const int8_t **samples)
{
    const size_t size = (size_t)aann_shape_size(engine->spec.input);
    const size_t read_size = (size_t)aann_shape_size(engine->spec.layers[0].input);
    for (int32_t lane = 0; lane < lanes->count; lane++) {
        aann_placement place =
            lanes->placements == NULL ? (aann_placement){0} : lanes->placements[lane];
        const int8_t *sample = engine->samples->inputs + (size_t)lanes->order[lane] * size;
        int8_t *to = worker->samples + (size_t)lane * read_size;
        if (place.warped) {
            int8_t *whole = aann_sample_needs_pooling(&engine->spec) ? worker->warped : to;
            aann_sample_warp(engine->spec.input, sample, &place, worker->scratch, whole);
            place = (aann_placement){0};
            sample = whole;
        }
        if (place.rows != 0 || place.columns != 0 || aann_sample_needs_pooling(&engine->spec)) {
            aann_sample_read(&engine->spec, sample, place, to);
            sample = to;
        }
        samples[lane] = sample;
    }
}

void aann_engine_forward(const aann_engine *engine, int32_t worker, const aann_sample_lanes *lanes,
                         bool complete, const aann_forward_sums *sums)
{
    const aann_forward_plan *plan = &engine->plan;
    uint8_t *forward = engine->workers[worker].forward;
    const int8_t *samples[AANN_BLOCK];
    read_samples(engine, &engine->workers[worker], lanes, samples);
    aann_forward_fill(plan, &engine->kernels, samples, lanes->count, forward);
    aann_forward_batch(plan, &engine->kernels, plan->spec.layer_count, complete, sums, forward);
}

/* Copies a map of the forward pass to the engine's layout: rows one after the other, then a row of
 * zeros. */
static void copy_map(const uint8_t *from, size_t from_stride, const int32_t *places,
                     int32_t channels, int32_t positions, uint8_t *to)
{
    for (int32_t channel = 0; channel < channels; channel++) {
        for (int32_t position = 0; position < positions; position++, to += AANN_BLOCK) {
            memcpy(to, from + places[position], AANN_BLOCK);
        }
        memset(to, AANN_ACTIVATION_MAX, AANN_BLOCK);
        to += AANN_BLOCK;
        from += from_stride;
    }
}

void aann_engine_load_block(const aann_engine *engine, int32_t worker,
                            const aann_sample_lanes *lanes, uint8_t *block)
{
    const aann_forward_plan *plan = &engine->plan;
    const uint8_t *forward = engine->workers[worker].forward;
    aann_forward_sums sums[AANN_MAX_LAYERS] = {{0}};
    for (int32_t i = 0; i < plan->spec.layer_count; i++) {
        const aann_layer_layout *layer = &engine->layout.layers[i];
        const bool kept = layer->sums != AANN_ABSENT;
        sums[i] =
            (aann_forward_sums){kept ? block + layer->sums : NULL, layer->sums_stride, layer->wide};
    }
    aann_engine_forward(engine, worker, lanes, true, sums);
    const aann_forward_layer *first = &plan->layers[0];
    memcpy(block + engine->layout.layers[0].input * sizeof(uint16_t), forward + first->input,
           (size_t)first->channels * first->channel_bytes);
    for (int32_t i = 1; i < plan->spec.layer_count; i++) {
        const aann_forward_layer *layer = &plan->layers[i];
        const aann_shape input = plan->spec.layers[i].input;
        uint8_t *to = block + engine->layout.layers[i].input * sizeof(uint16_t);
        copy_map(forward + layer->input, layer->channel_bytes, layer->places, layer->channels,
                 input.height * input.width, to);
    }
    memcpy(block + engine->layout.outputs, forward + plan->outputs,
           (size_t)engine->layout.output_count * AANN_BLOCK * sizeof(int32_t));
}

bool aann_engine_load_memory(const aann_engine *engine, aann_worker *worker)
{
    size_t bytes = 0;
    const size_t size = (size_t)aann_shape_size(engine->spec.layers[0].input);
    if (aann_multiply_sizes(AANN_BLOCK, size, &bytes)) {
        worker->samples = aann_allocate(bytes, 1);
    }
    worker->warped = aann_allocate((size_t)aann_shape_size(engine->spec.input), 1);
    worker->scratch = aann_allocate(aann_warp_scratch(engine->spec.input), 1);
    worker->forward = aann_allocate_aligned(engine->plan.block_bytes);
    if (worker->samples == NULL || worker->warped == NULL || worker->scratch == NULL ||
        worker->forward == NULL) {
        return false;
    }
    aann_forward_plan_prepare(&engine->plan, worker->forward);
    return true;
}
