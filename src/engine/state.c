/* The engine's state: creation, the forward pass over all blocks, and queries. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "aann/evaluate.h"
#include "core/error.h"
#include "core/memory.h"
#include "engine/first_layer.h"
#include "network/network.h"
#include "samples/samples.h"

/* ---- creation -------------------------------------------------------------------------------- */

static void worker_clear(aann_worker *worker)
{
    aann_free_aligned(worker->changes);
    aann_free_aligned(worker->output_changes);
    free(worker->output_changed);
    free(worker->changed_channels[0]);
    free(worker->changed_channels[1]);
    free(worker->taps);
    free(worker->mask);
    free(worker->nonzero);
    free(worker->row_flags);
    aann_free_aligned(worker->ranked);
    free(worker->samples);
    free(worker->warped);
    free(worker->scratch);
    aann_free_aligned(worker->forward);
    free(worker->positions);
    aann_free_aligned(worker->maps);
    aann_free_aligned(worker->rows);
    free(worker->unit_missed);
    *worker = (aann_worker){0};
}

static bool worker_create(const aann_engine *engine, aann_worker *worker)
{
    int32_t units = 1;
    size_t all_units = 0;
    int32_t fan_in = 1;
    int32_t words = 1;
    for (int32_t i = 0; i < engine->spec.layer_count; i++) {
        const aann_layer *layer = &engine->spec.layers[i];
        units = layer->units > units ? layer->units : units;
        all_units += (size_t)layer->units;
        fan_in = layer->fan_in > fan_in ? layer->fan_in : fan_in;
        const int32_t layer_words = engine->layout.layers[i].position_words;
        words = layer_words > words ? layer_words : words;
    }
    const size_t outputs = (size_t)engine->spec.output_count;
    const size_t change_bytes = engine->wiring.change_size * sizeof *worker->changes;
    worker->changes = aann_allocate_aligned(change_bytes);
    worker->output_changes =
        aann_allocate_aligned(outputs * AANN_BLOCK * sizeof *worker->output_changes);
    worker->output_changed = aann_allocate_zeroed(outputs, 1);
    worker->changed_channels[0] = aann_allocate((size_t)units, sizeof(int32_t));
    worker->changed_channels[1] = aann_allocate((size_t)units, sizeof(int32_t));
    worker->taps = aann_allocate((size_t)fan_in, sizeof *worker->taps);
    worker->mask = aann_allocate((size_t)words, sizeof *worker->mask);
    worker->ranked = aann_allocate_aligned(engine->layout.block_bytes);
    worker->unit_missed = aann_allocate_zeroed(all_units, sizeof *worker->unit_missed);
    if (worker->changes == NULL || worker->output_changes == NULL ||
        worker->output_changed == NULL || worker->changed_channels[0] == NULL ||
        worker->changed_channels[1] == NULL || worker->taps == NULL || worker->mask == NULL ||
        worker->ranked == NULL || worker->unit_missed == NULL ||
        !aann_engine_load_memory(engine, worker) ||
        !aann_first_layer_create_worker(engine, worker) ||
        !aann_engine_reachable_memory(engine, worker)) {
        return false;
    }
    memset(worker->changes, 0, change_bytes); /* the padding rows always stay zero */
    return true;
}

static bool not_negative(const aann_samples *samples)
{
    const size_t size = (size_t)aann_shape_size(samples->shape);
    int8_t any = 0;
    for (size_t i = 0; i < (size_t)samples->count * size; i++) {
        any |= samples->inputs[i];
    }
    return any >= 0;
}

static void set_loss(aann_engine *engine, const aann_loss_options *loss)
{
    const double ln2 = 0.69314718055994530942;
    engine->regression = loss->regression;
    const double scale = loss->scale > 0.0 ? loss->scale : 1.0;
    engine->scale = (float)(1.0 / (127.0 * scale * ln2));
    /* At a difference of 60 powers of two a class is certain, and sums of powers stay finite. Large
     * scales need more than any difference has. */
    const double most = 1 << 30;
    engine->output_limit = (int32_t)fmin(ceil(60.0 * 127.0 * scale * ln2), most);
    if (loss->regression) {
        engine->output_limit = aann_logits_full_scale(scale);
        engine->scale = 1.0F / (float)engine->output_limit;
    }
    for (int32_t i = 0; i < engine->spec.output_count; i++) {
        const bool weighted = loss->regression && loss->target_weight != NULL;
        const double weight = weighted ? loss->target_weight[i] : 0.0;
        engine->target_weights[i] = weight == 0.0 ? 1.0F : (float)weight;
    }
}

static void free_blocks(aann_engine *engine)
{
    for (int32_t i = 0; engine->workers != NULL && i < engine->worker_count; i++) {
        worker_clear(&engine->workers[i]);
    }
    aann_first_layer_clear(engine);
    aann_wiring_clear(&engine->wiring);
    aann_layout_clear(&engine->layout);
    aann_free_aligned(engine->blocks);
    engine->blocks = NULL;
}

static size_t maximum_blocks(const aann_engine *engine)
{
    return (size_t)(engine->largest_load + AANN_BLOCK - 1) / AANN_BLOCK;
}

/* Everything that depends on the width of the sums. */
static aann_status allocate_blocks(aann_engine *engine, aann_error *error)
{
    aann_status status =
        aann_layout_create(&engine->spec, engine->regression, engine->wide, &engine->layout, error);
    if (status == AANN_OK) {
        status = aann_wiring_create(&engine->spec, &engine->layout, &engine->wiring, error);
    }
    if (status != AANN_OK) {
        return status;
    }
    size_t bytes = 0;
    if (aann_multiply_sizes(maximum_blocks(engine), engine->layout.block_bytes, &bytes)) {
        engine->blocks = aann_allocate_aligned(bytes);
    }
    bool fits = engine->blocks != NULL && aann_first_layer_create(engine);
    for (int32_t i = 0; fits && i < engine->worker_count; i++) {
        fits = worker_create(engine, &engine->workers[i]);
    }
    if (!fits) {
        return aann_fail(
            error, AANN_ERROR_MEMORY,
            "out of memory: %lld samples take %.2f GB, %zu bytes each (fewer members at once, or "
            "fewer samples, take less)",
            (long long)engine->largest_load, (double)bytes / 1e9,
            engine->layout.block_bytes / AANN_BLOCK);
    }
    return AANN_OK;
}

aann_status aann_engine_check_samples(const aann_spec *spec, const aann_samples *samples,
                                      bool regression, aann_error *error)
{
    if (samples->count < 1 || samples->count > INT32_MAX) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "training samples: %lld is not between 1 and 2147483647",
                         (long long)samples->count);
    }
    if (aann_shape_size(samples->shape) != aann_shape_size(spec->input)) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "a sample has %lld values, the network \"%s\" reads %lld",
                         (long long)aann_shape_size(samples->shape), spec->text,
                         (long long)aann_shape_size(spec->input));
    }
    if (regression ? samples->targets == NULL : samples->labels == NULL) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "the training samples have no %s",
                         regression ? "targets" : "labels");
    }
    const int32_t wanted = regression ? samples->target_count : samples->class_count;
    if (regression ? wanted != spec->output_count : wanted > spec->output_count) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "the data have %d %s, the network \"%s\" has %d outputs", wanted,
                         regression ? "targets" : "classes", spec->text, spec->output_count);
    }
    return aann_samples_check_values(samples, error);
}

aann_status aann_engine_create(const aann_spec *spec, const aann_samples *samples,
                               int64_t largest_load, const aann_loss_options *loss,
                               const aann_kernels *kernels, aann_threads *threads,
                               aann_engine **result, aann_error *error)
{
    *result = NULL;
    aann_status status = aann_engine_check_samples(spec, samples, loss->regression, error);
    if (status != AANN_OK) {
        return status;
    }
    aann_engine *engine = aann_allocate_zeroed(1, sizeof *engine);
    if (engine == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for the engine");
    }
    engine->spec = *spec;
    engine->samples = samples;
    engine->largest_load = largest_load < samples->count ? largest_load : samples->count;
    engine->kernels = *kernels;
    engine->threads = threads;
    engine->worker_count = aann_threads_count(threads);
    engine->workers = aann_allocate_zeroed((size_t)engine->worker_count, sizeof *engine->workers);
    engine->order = aann_allocate((size_t)engine->largest_load, sizeof *engine->order);
    engine->placements = aann_allocate((size_t)engine->largest_load, sizeof *engine->placements);
    engine->block_losses =
        aann_allocate_zeroed(maximum_blocks(engine), sizeof *engine->block_losses);
    engine->block_commits =
        aann_allocate_zeroed(maximum_blocks(engine), sizeof *engine->block_commits);
    engine->target_weights =
        aann_allocate((size_t)spec->output_count, sizeof *engine->target_weights);
    engine->accounts = aann_allocate_zeroed((size_t)engine->worker_count, sizeof *engine->accounts);
    if (engine->workers == NULL || engine->accounts == NULL || engine->order == NULL ||
        engine->placements == NULL || engine->block_losses == NULL ||
        engine->block_commits == NULL || engine->target_weights == NULL) {
        aann_engine_destroy(engine);
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for the engine");
    }
    for (int32_t i = 1; i < spec->layer_count; i++) {
        engine->first_unit[i] = engine->first_unit[i - 1] + spec->layers[i - 1].units;
    }
    engine->inputs_not_negative = not_negative(samples);
    set_loss(engine, loss);
    status = aann_forward_plan_create(spec, AANN_FORWARD_BATCH, &engine->plan, error);
    if (status != AANN_OK) {
        aann_engine_destroy(engine);
        return status;
    }
    *result = engine;
    return AANN_OK;
}

void aann_engine_destroy(aann_engine *engine)
{
    if (engine == NULL) {
        return;
    }
    free_blocks(engine);
    aann_forward_plan_clear(&engine->plan);
    aann_network_destroy(engine->network);
    free(engine->workers);
    free(engine->accounts);
    free(engine->order);
    free(engine->placements);
    free(engine->block_losses);
    free(engine->block_commits);
    free(engine->target_weights);
    free(engine);
}

/* ---- what is kept of a block ----------------------------------------------------------------- */

aann_loss_block aann_engine_loss_block(const aann_engine *engine, const uint8_t *block)
{
    const aann_layout *layout = &engine->layout;
    aann_loss_block view = {
        .outputs = (const int32_t *)(const void *)(block + layout->outputs),
        .labels = (const int32_t *)(const void *)(block + layout->labels),
        .losses = (const int32_t *)(const void *)(block + layout->losses),
        .target_weights = engine->target_weights,
        .output_count = layout->output_count,
        .output_shift = layout->layers[layout->layer_count - 1].map.shift,
        .scale = engine->scale,
        .output_limit = engine->output_limit,
    };
    if (engine->regression) {
        view.targets = (const float *)(const void *)(block + layout->targets);
    } else {
        view.reference = (const int32_t *)(const void *)(block + layout->reference);
        view.label_differences = (const int32_t *)(const void *)(block + layout->label_differences);
        view.exponentials = (const float *)(const void *)(block + layout->exponentials);
    }
    return view;
}

int64_t aann_engine_refresh_loss(const aann_engine *engine, uint8_t *block)
{
    const aann_layout *layout = &engine->layout;
    const aann_loss_block view = aann_engine_loss_block(engine, block);
    aann_loss_kept kept = {.losses = (int32_t *)(void *)(block + layout->losses)};
    if (engine->regression) {
        engine->kernels.squared_error(&view, &kept);
    } else {
        kept.reference = (int32_t *)(void *)(block + layout->reference);
        kept.label_differences = (int32_t *)(void *)(block + layout->label_differences);
        kept.exponentials = (float *)(void *)(block + layout->exponentials);
        engine->kernels.cross_entropy(&view, &kept);
    }
    int64_t sum = 0;
    for (int32_t lane = 0; lane < AANN_BLOCK; lane++) {
        sum += kept.losses[lane];
    }
    return sum;
}

void aann_engine_fill_truth(const aann_engine *engine, const aann_sample_lanes *lanes,
                            uint8_t *block)
{
    const aann_layout *layout = &engine->layout;
    int32_t *labels = (int32_t *)(void *)(block + layout->labels);
    for (int32_t lane = 0; lane < AANN_BLOCK; lane++) {
        const bool there = lane < lanes->count;
        const int64_t sample = there ? lanes->order[lane] : 0;
        labels[lane] = !there ? -1 : engine->regression ? 0 : engine->samples->labels[sample];
        for (int32_t c = 0; engine->regression && c < layout->output_count; c++) {
            float *targets = (float *)(void *)(block + layout->targets);
            const size_t from = (size_t)sample * (size_t)layout->output_count + (size_t)c;
            targets[(size_t)c * AANN_BLOCK + (size_t)lane] =
                there ? engine->samples->targets[from] : 0.0F;
        }
    }
}

void aann_engine_renew_block(aann_engine *engine, int32_t worker, int64_t index)
{
    uint8_t *block = aann_engine_block(engine, index);
    const aann_sample_lanes lanes =
        aann_engine_lanes(engine->order, engine->placements, engine->count, index);
    aann_engine_fill_truth(engine, &lanes, block);
    aann_engine_load_block(engine, worker, &lanes, block);
    for (int32_t i = 0; i < engine->layout.layer_count; i++) {
        for (int32_t channel = 0; channel < engine->layout.layers[i].channels; channel++) {
            aann_engine_refresh_reachable(engine, &engine->workers[worker], block, i, channel);
        }
    }
    engine->block_losses[index] = aann_engine_refresh_loss(engine, block);
}

aann_status aann_engine_make_room(aann_engine *engine, const aann_network *network,
                                  aann_error *error)
{
    if (aann_find_wide(network, engine->wide) || engine->blocks == NULL) {
        free_blocks(engine);
        const aann_status status = allocate_blocks(engine, error);
        if (status != AANN_OK) {
            free_blocks(engine);
            return status;
        }
    }
    return AANN_OK;
}

/* Makes the network the current one; the order is set already. Blocks are filled when they are
 * looked at. */
static aann_status load_network(aann_engine *engine, aann_network *network, aann_error *error)
{
    aann_network_destroy(engine->network);
    engine->network = network;
    aann_status status = aann_engine_make_room(engine, network, error);
    if (status != AANN_OK) {
        return status;
    }
    for (int32_t i = 0; i < engine->spec.layer_count; i++) {
        aann_wiring_read(&engine->wiring, engine->network, i);
    }
    aann_first_layer_read(engine);
    status = aann_forward_plan_read(&engine->plan, engine->network, error);
    if (status != AANN_OK) {
        return status;
    }
    engine->commits = 0;
    engine->plan_commits = 0;
    for (int64_t block = 0; block < engine->block_count; block++) {
        engine->block_commits[block] = AANN_NOT_FILLED;
    }
    return AANN_OK;
}

void aann_engine_stop_on(aann_engine *engine, const atomic_bool *stop)
{
    engine->stop = stop;
}

/* The wiring's lists have room for the counts of the spec. */
static aann_status check_room(const aann_engine *engine, const aann_network *network,
                              aann_error *error)
{
    aann_status status = aann_network_check_layers(network, &engine->spec, error);
    for (int32_t i = 0; status == AANN_OK && i < engine->spec.layer_count; i++) {
        const aann_counts room = aann_spec_counts(&engine->spec, i);
        const aann_counts has = aann_network_counts(network, i);
        if (has.zero < room.zero) {
            status = aann_fail(error, AANN_ERROR_ARGUMENT,
                               "layer %d has %lld weights 0: expected at least %lld", i + 1,
                               (long long)has.zero, (long long)room.zero);
        }
    }
    return status;
}

aann_status aann_engine_load(aann_engine *engine, const aann_network *network, const int32_t *order,
                             const aann_placement *placements, int64_t count, aann_error *error)
{
    aann_network *copy = NULL;
    aann_status status = check_room(engine, network, error);
    if (status == AANN_OK) {
        status = aann_network_copy(network, &copy, error);
    }
    if (status != AANN_OK) {
        return status;
    }
    engine->count = count;
    engine->block_count = (count + AANN_BLOCK - 1) / AANN_BLOCK;
    for (int64_t i = 0; i < count; i++) {
        engine->order[i] = order == NULL ? (int32_t)i : order[i];
        engine->placements[i] = placements == NULL ? (aann_placement){0} : placements[i];
    }
    return load_network(engine, copy, error);
}

static int32_t non_zeros_after(const aann_engine *engine, const aann_swap *swap, int32_t unit)
{
    const aann_layer *layer = &engine->spec.layers[swap->layer];
    const int8_t *weights =
        aann_network_weights(engine->network, swap->layer) + (size_t)unit * (size_t)layer->fan_in;
    const aann_layer_wiring *lists = &engine->wiring.layers[swap->layer];
    int32_t count = lists->unit_count[unit];
    for (int32_t i = 0; i < 2; i++) {
        if (swap->changes[i].unit == unit) {
            count += (swap->changes[i].value != 0) - (weights[swap->changes[i].index] != 0);
        }
    }
    return count;
}

/* Gives a layer 32-bit sums. If there is no memory for that, the engine stays as it was. */
static aann_status widen(aann_engine *engine, int32_t layer, aann_error *error)
{
    aann_engine before = *engine;
    engine->wide[layer] = true;
    engine->layout = (aann_layout){0};
    engine->wiring = (aann_wiring){0};
    engine->carry = (aann_first_layer){0};
    engine->blocks = NULL;
    engine->workers = aann_allocate_zeroed((size_t)engine->worker_count, sizeof *engine->workers);
    const aann_status status = engine->workers == NULL ? aann_fail(error, AANN_ERROR_MEMORY,
                                                                   "out of memory for wider sums")
                                                       : allocate_blocks(engine, error);
    if (status != AANN_OK) {
        free_blocks(engine);
        free(engine->workers);
        *engine = before;
        engine->wiring.layout = &engine->layout;
        return status;
    }
    free_blocks(&before);
    free(before.workers);
    aann_network *network = engine->network;
    engine->network = NULL;
    return load_network(engine, network, error);
}

aann_status aann_engine_admit(aann_engine *engine, const aann_swap *swap, aann_error *error)
{
    if (swap->layer + 1 == engine->spec.layer_count || engine->wide[swap->layer]) {
        return AANN_OK;
    }
    for (int32_t i = 0; i < 2; i++) {
        if (non_zeros_after(engine, swap, swap->changes[i].unit) > AANN_NARROW_NON_ZEROS) {
            return widen(engine, swap->layer, error);
        }
    }
    return AANN_OK;
}

aann_status aann_engine_admit_single(aann_engine *engine, int32_t layer,
                                     const aann_weight_change *change, aann_error *error)
{
    /* Both changes are the same one, which counts twice: one weight too careful. */
    const aann_swap swap = {.layer = layer, .changes = {*change, *change}};
    return aann_engine_admit(engine, &swap, error);
}

/* ---- questions ------------------------------------------------------------------------------- */

const aann_network *aann_engine_network(const aann_engine *engine)
{
    return engine->network;
}

int64_t aann_engine_sample_count(const aann_engine *engine)
{
    return engine->count;
}

aann_engine_account aann_engine_account_get(const aann_engine *engine)
{
    aann_engine_account all = {0};
    for (int32_t i = 0; i < engine->worker_count; i++) {
        all.replayed += engine->accounts[i].replayed;
        all.renewed += engine->accounts[i].renewed;
        all.ranked += engine->accounts[i].ranked;
    }
    return all;
}

size_t aann_engine_bytes(const aann_engine *engine)
{
    return maximum_blocks(engine) * engine->layout.block_bytes;
}
