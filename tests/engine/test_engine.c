/* The incremental engine against the reference evaluator, to the last bit: dozens of random specs,
 * thousands of random swaps, every instruction set this machine has.
 *
 * For each swap the reference evaluates the changed network on every sample; the engine's predicted
 * changes of the outputs must equal the difference exactly, and so must the stored outputs after a
 * commit. The loss kernels are compared with double-precision formulas within rounding.
 *
 * ctest-timeout: 300 */
#include <math.h>

#include "engine/dispatch.h"
#include "engine/first_layer.h"
#include "engine/support_random.h"
#include "engine/support_reference.h"
#include "network/network.h"
#include "support/test.h"
#include "support/writable.h"

/* Under sanitizers and emulators every spec is still there, with fewer swaps of it. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || defined(AANN_EMULATED)
enum { SWAPS = 6 };
#else
enum { SWAPS = 60 };
#endif
/* A full block and one that is not. */
enum { SPECS = 60, SAMPLES = 70, CARRIED_SWAPS = 20 };

static void apply(aann_network *network, const aann_swap *swap)
{
    const aann_layer *layer = &aann_network_spec(network)->layers[swap->layer];
    int8_t *weights = aann_network_weights_mutable(network, swap->layer);
    for (int i = 0; i < 2; i++) {
        weights[(int64_t)swap->changes[i].unit * layer->fan_in + swap->changes[i].index] =
            swap->changes[i].value;
    }
}

/* The output of lane `lane` of a block, as the reference gives it (after the shift). */
static int32_t engine_output(const aann_engine *engine, int64_t place, int32_t output)
{
    const uint8_t *block = aann_engine_block(engine, place / AANN_BLOCK);
    const int32_t *outputs = (const int32_t *)(const void *)(block + engine->layout.outputs);
    const int32_t shift = engine->layout.layers[engine->layout.layer_count - 1].map.shift;
    return outputs[output * AANN_BLOCK + place % AANN_BLOCK] >> shift;
}

static void check_outputs(const aann_engine *engine, const int32_t *expected)
{
    const int32_t count = engine->layout.output_count;
    for (int64_t place = 0; place < engine->samples->count; place++) {
        for (int32_t c = 0; c < count; c++) {
            assert_int_equal(engine_output(engine, place, c),
                             expected[engine->order[place] * count + c]);
        }
    }
}

/* Evaluates the candidate on every block and compares the predicted outputs with the
 * reference's. */
static void check_change(aann_engine *engine, const aann_candidate *candidate,
                         const int32_t *expected)
{
    const int32_t count = engine->layout.output_count;
    const int32_t shift = engine->layout.layers[engine->layout.layer_count - 1].map.shift;
    const aann_worker *worker = &engine->workers[0];
    aann_engine_ready(engine, NULL, engine->block_count, false);
    for (int64_t index = 0; index < engine->block_count; index++) {
        aann_block_change change;
        const int32_t which = 0;
        aann_engine_changes(engine, 0, candidate, &which, 1, index, &change);
        const uint8_t *block = aann_engine_block(engine, index);
        const int32_t *outputs = (const int32_t *)(const void *)(block + engine->layout.outputs);
        for (int64_t place = index * AANN_BLOCK;
             place < (index + 1) * AANN_BLOCK && place < engine->samples->count; place++) {
            for (int32_t c = 0; c < count; c++) {
                const int64_t at = c * AANN_BLOCK + place % AANN_BLOCK;
                const int32_t by = worker->output_changed[c] != 0 ? worker->output_changes[at] : 0;
                assert_int_equal((outputs[at] + by) >> shift,
                                 expected[engine->order[place] * count + c]);
            }
        }
    }
}

/* One of a swap's changes alone. */
static void check_single(aann_engine *engine, const aann_network *network, int32_t layer,
                         const aann_weight_change *change, int32_t *outputs)
{
    aann_error error;
    aann_candidate candidate = {0};
    assert_ok(aann_engine_admit_single(engine, layer, change, &error));
    assert_ok(aann_engine_prepare_single(engine, layer, change, &candidate, &error));
    aann_network *changed;
    assert_ok(aann_network_copy(network, &changed, &error));
    const size_t fan_in = (size_t)aann_network_spec(network)->layers[layer].fan_in;
    aann_network_weights_mutable(
        changed, layer)[(size_t)change->unit * fan_in + (size_t)change->index] = change->value;
    reference_outputs(changed, engine->samples, outputs);
    check_change(engine, &candidate, outputs);
    aann_network_destroy(changed);
    aann_candidate_clear(&candidate);
}

static double expected_loss(const aann_engine *engine, const int32_t *outputs, int64_t sample)
{
    const int32_t count = engine->layout.output_count;
    const int32_t *row = outputs + sample * count;
    if (engine->regression) {
        double loss = 0.0;
        for (int32_t c = 0; c < count; c++) {
            const double output = fmax(-1.0, fmin(1.0, row[c] / 254.0)); /* the scale is 2 */
            const double difference = output - (double)engine->samples->targets[sample * count + c];
            loss += difference * difference * (double)engine->target_weights[c];
        }
        return loss;
    }
    double sum = 0.0;
    const double unit = (double)engine->scale * 0.69314718055994530942;
    for (int32_t c = 0; c < count; c++) {
        sum += exp(unit * (row[c] - row[engine->samples->labels[sample]]));
    }
    return log(sum);
}

static void check_losses(aann_engine *engine, const int32_t *outputs)
{
    aann_engine_ready(engine, NULL, engine->block_count, true);
    for (int64_t block = 0; block < engine->block_count; block++) {
        const int32_t *losses = (const int32_t *)(const void *)(aann_engine_block(engine, block) +
                                                                engine->layout.losses);
        int64_t total = 0;
        for (int64_t place = block * AANN_BLOCK;
             place < (block + 1) * AANN_BLOCK && place < engine->count; place++) {
            const int32_t loss = losses[place % AANN_BLOCK];
            const double expected = fmin(expected_loss(engine, outputs, engine->order[place]),
                                         41.5); /* 60 ln 2: the clamp */
            const double tolerance = 4e-6 + 3e-6 * expected;
            total += loss;
            if (expected < 40.0) {
                assert_true(fabs(loss / (double)AANN_LOSS_UNIT - expected) < tolerance);
            }
        }
        assert_int_equal(total, aann_engine_block_loss(engine, block));
    }
}

/* Ranking finds the losses of the loaded samples, in any order, and changes nothing. */
static void check_rank(aann_engine *engine, const aann_network *network)
{
    aann_error error;
    const int32_t order[] = {5, 0, 69, 64, 3};
    int32_t ranked[5];
    assert_ok(aann_engine_rank(engine, network, order, NULL, 5, ranked, &error));
    aann_engine_ready(engine, NULL, engine->block_count, true);
    for (int32_t i = 0; i < 5; i++) {
        for (int64_t place = 0; place < engine->count; place++) {
            const uint8_t *block = aann_engine_block(engine, place / AANN_BLOCK);
            const int32_t *losses = (const int32_t *)(const void *)(block + engine->layout.losses);
            if (engine->order[place] == order[i]) {
                assert_int_equal(losses[place % AANN_BLOCK], ranked[i]);
            }
        }
    }
}

/* After commits, which read anew only what changed, the wiring is what reading the whole network
 * gives. */
static void check_wiring(const aann_engine *engine)
{
    aann_error error;
    aann_wiring fresh;
    assert_ok(aann_wiring_create(&engine->spec, &engine->layout, &fresh, &error));
    for (int32_t i = 0; i < engine->spec.layer_count; i++) {
        aann_wiring_read(&fresh, engine->network, i);
        const aann_layer_layout *layer = &engine->layout.layers[i];
        const aann_layer_wiring *left = &engine->wiring.layers[i];
        const aann_layer_wiring *right = &fresh.layers[i];
        assert_memory_equal(left->unit_count, right->unit_count,
                            (size_t)layer->units * sizeof(int32_t));
        if (i == 0) {
            continue;
        }
        const size_t pairs = (size_t)layer->channels * (size_t)layer->units;
        const size_t words =
            (size_t)layer->channels * (size_t)engine->layout.layers[i - 1].position_words;
        assert_memory_equal(left->pair_start, right->pair_start, (pairs + 1) * sizeof(int64_t));
        assert_memory_equal(left->pair_plus_count, right->pair_plus_count, pairs * sizeof(int32_t));
        assert_memory_equal(left->needed, right->needed, words * sizeof(uint64_t));
        for (int64_t t = 0; t < right->pair_start[pairs]; t++) {
            if (left->channel_places != NULL) {
                assert_int_equal(left->channel_places[t], right->channel_places[t]);
            } else {
                assert_int_equal(left->change_taps[t].rows, right->change_taps[t].rows);
                assert_ptr_equal(left->change_taps[t].places, right->change_taps[t].places);
            }
        }
    }
    aann_wiring_clear(&fresh);
}

/* How first-layer candidates were evaluated, and how often; see src/engine/carry.c. */
typedef struct tally {
    int32_t to_outputs;
    int32_t to_second_layer;
    int32_t one_map; /* changes of one map, of two */
    int32_t halves;
    int32_t all_weights; /* the own unit from all its weights, not from what changes */
    int32_t refused;     /* 16 bits might not do */
    int32_t together;    /* evaluated at the same time as the one before */
} tally;

static void count_candidate(const aann_engine *engine, const aann_candidate *candidate,
                            tally *counts)
{
    if (candidate->swap.layer != 0 || !engine->carry.applies) {
        return;
    }
    counts->refused += !candidate->carries;
    counts->to_outputs += candidate->carries && candidate->to_outputs;
    counts->to_second_layer += candidate->carries && !candidate->to_outputs;
    counts->halves += candidate->carries && candidate->halves[0];
    counts->one_map += candidate->carries && !candidate->halves[0];
    counts->all_weights += candidate->carries && candidate->whole[0];
}

/* A random swap, of this unit of the first layer if one is found soon. */
static aann_swap swap_of_unit(const aann_network *network, int32_t unit, aann_random_stream *stream)
{
    aann_swap swap = random_swap(network, stream);
    for (int32_t i = 0; i < 1000 && (swap.layer != 0 || swap.changes[0].unit != unit); i++) {
        swap = random_swap(network, stream);
    }
    return swap;
}

/* Candidates evaluated in one call, many of which change the same unit of the first layer, change
 * what each of them changes alone. */
static void check_together(aann_engine *engine, aann_random_stream *stream, tally *counts)
{
    enum { COUNT = 40, SAME_UNIT = 19 };
    aann_candidate candidates[COUNT] = {0};
    aann_swap swaps[COUNT];
    int32_t which[COUNT];
    aann_error error;
    const aann_network *network = aann_engine_network(engine);
    for (int32_t i = 0; i < COUNT; i++) {
        const int32_t unit = i / SAME_UNIT % engine->spec.layers[0].units;
        swaps[i] = i % 8 == 7 ? random_swap(network, stream) : swap_of_unit(network, unit, stream);
        assert_ok(aann_engine_admit(engine, &swaps[i], &error));
        which[i] = (i + 3) % COUNT;
    }
    for (int32_t i = 0; i < COUNT; i++) {
        assert_ok(aann_engine_prepare(engine, &swaps[i], &candidates[i], &error));
    }
    aann_engine_ready(engine, NULL, engine->block_count, true);
    for (int64_t block = 0; block < engine->block_count; block++) {
        aann_block_change changes[COUNT];
        aann_engine_changes(engine, 0, candidates, which, COUNT, block, changes);
        for (int32_t i = 0; i < COUNT; i++) {
            aann_block_change alone;
            aann_engine_changes(engine, 0, candidates, &which[i], 1, block, &alone);
            assert_int_equal(changes[i].sum, alone.sum);
            assert_float_equal(changes[i].squares, alone.squares, 0.0F);
        }
    }
    for (int32_t i = 0; i < COUNT; i++) {
        const int32_t carried = aann_first_layer_together(engine, candidates, which + i, COUNT - i);
        counts->together += carried > 1;
    }
    for (int32_t i = 0; i < COUNT; i++) {
        aann_candidate_clear(&candidates[i]);
    }
}

/* Random swaps of a random network, evaluated and some of them committed. */
static void check_swaps(const aann_kernels *kernels, const aann_spec *spec_of,
                        const aann_samples *samples, aann_random_stream *stream, uint64_t seed,
                        int32_t swaps, tally *counts)
{
    aann_error error;
    const aann_spec spec = *spec_of;
    aann_network *network;
    assert_ok(aann_network_create(&spec, &network, &error));
    aann_network_randomise(network, seed, 0);
    aann_threads *threads;
    assert_ok(aann_threads_create(1 + (int32_t)(seed % 2), &threads, &error));
    const double target_weights[] = {1.0, 0.5, 2.0, 1.0, 3.0, 1.0, 1.0, 1.0, 1.0, 1.0};
    const aann_loss_options loss = {
        .regression = seed % 3 == 0, .scale = 2.0, .target_weight = target_weights};
    aann_engine *engine;
    assert_ok(aann_engine_create(&spec, samples, samples->count, &loss, kernels, threads, &engine,
                                 &error));
    int32_t order[SAMPLES];
    const int32_t sample_count = (int32_t)samples->count;
    for (int32_t i = 0; i < sample_count; i++) {
        order[i] = (i * 37 + 11) % sample_count;
    }
    assert_ok(aann_engine_load(engine, network, order, NULL, sample_count, &error));
    int32_t *outputs = malloc((size_t)sample_count * (size_t)spec.output_count * sizeof *outputs);
    reference_outputs(network, samples, outputs);
    check_losses(engine, outputs);
    check_outputs(engine, outputs);
    aann_candidate candidate = {0};
    for (int32_t i = 0; i < swaps; i++) {
        const aann_swap swap = random_swap(network, stream);
        assert_ok(aann_engine_admit(engine, &swap, &error));
        assert_ok(aann_engine_prepare(engine, &swap, &candidate, &error));
        count_candidate(engine, &candidate, counts);
        if (i % 4 == 1) {
            check_single(engine, network, swap.layer, &swap.changes[0], outputs);
            assert_ok(aann_engine_prepare(engine, &swap, &candidate, &error));
        }
        aann_network *changed;
        assert_ok(aann_network_copy(network, &changed, &error));
        apply(changed, &swap);
        reference_outputs(changed, samples, outputs);
        check_change(engine, &candidate, outputs);
        if (i % 3 != 0) {
            aann_network_destroy(changed);
            continue;
        }
        aann_engine_commit(engine, &candidate);
        aann_network_destroy(network);
        network = changed;
        assert_int_equal(aann_network_hash(aann_engine_network(engine)),
                         aann_network_hash(network));
        check_losses(engine, outputs); /* which brings all blocks up to date */
        check_outputs(engine, outputs);
        check_rank(engine, network);
        check_wiring(engine);
    }
    check_together(engine, stream, counts);
    aann_candidate_clear(&candidate);
    aann_engine_destroy(engine);
    aann_threads_destroy(threads);
    aann_network_destroy(network);
    free(outputs);
}

/* Sometimes a weight becomes 0 and nothing else changes. */
static void lose_one(aann_engine *engine, aann_network *network, int32_t layer, int32_t i,
                     aann_candidate *candidate)
{
    aann_error error;
    const aann_layer *shape = &aann_network_spec(network)->layers[layer];
    const int64_t place = (int64_t)i * 7919 % shape->weight_count;
    if (i % 3 != 1 || aann_network_weights(network, layer)[place] == 0) {
        return;
    }
    const aann_weight_change loss = {(int32_t)(place / shape->fan_in),
                                     (int32_t)(place % shape->fan_in), 0};
    assert_ok(aann_engine_admit_single(engine, layer, &loss, &error));
    assert_ok(aann_engine_prepare_single(engine, layer, &loss, candidate, &error));
    aann_engine_commit(engine, candidate);
    aann_network_weights_mutable(network, layer)[place] = 0;
}

/* Blocks that look in after every commit, now and then, and never, hold what loading the network
 * gives. */
static void check_lagging(const aann_kernels *kernels, const aann_spec *spec,
                          const aann_samples *samples, aann_random_stream *stream, int32_t commits)
{
    aann_error error;
    aann_network *network;
    assert_ok(aann_network_create(spec, &network, &error));
    aann_network_randomise(network, 5, 0);
    aann_threads *threads;
    assert_ok(aann_threads_create(2, &threads, &error));
    const aann_loss_options loss = {.scale = 2.0};
    aann_engine *engine;
    assert_ok(aann_engine_create(spec, samples, samples->count, &loss, kernels, threads, &engine,
                                 &error));
    assert_ok(aann_engine_load(engine, network, NULL, NULL, samples->count, &error));
    aann_candidate candidate = {0};
    for (int32_t i = 0; i < commits; i++) {
        const aann_swap swap = random_swap(network, stream);
        assert_ok(aann_engine_admit(engine, &swap, &error));
        assert_ok(aann_engine_prepare(engine, &swap, &candidate, &error));
        aann_engine_commit(engine, &candidate);
        apply(network, &swap);
        lose_one(engine, network, swap.layer, i, &candidate);
        const int64_t looked[] = {0, 1};
        const int64_t count = i % 7 == 6 ? 2 : 1;
        aann_engine_ready(engine, looked, count, i % 2 == 0);
        for (int64_t block = 0; block < count; block++) {
            aann_engine_catch_up(engine, 0, block);
        }
    }
    aann_engine_ready(engine, NULL, engine->block_count, true);
    const size_t bytes = (size_t)engine->block_count * engine->layout.block_bytes;
    uint8_t *caught_up = malloc(bytes);
    memcpy(caught_up, engine->blocks, bytes);
    int64_t losses[3];
    assert_true(engine->block_count <= 3);
    memcpy(losses, engine->block_losses, (size_t)engine->block_count * sizeof *losses);
    assert_ok(aann_engine_load(engine, network, NULL, NULL, samples->count, &error));
    aann_engine_ready(engine, NULL, engine->block_count, true);
    assert_memory_equal(caught_up, engine->blocks, bytes);
    assert_memory_equal(losses, engine->block_losses, (size_t)engine->block_count * sizeof *losses);
    free(caught_up);
    aann_candidate_clear(&candidate);
    aann_engine_destroy(engine);
    aann_threads_destroy(threads);
    aann_network_destroy(network);
}

static void check_spec(const aann_kernels *kernels, uint64_t seed)
{
    aann_random_stream stream =
        aann_random_start(aann_random_key_create(seed, 7), 0, AANN_PURPOSE_TEST);
    const aann_spec spec = random_spec(&stream);
    aann_samples *samples = random_samples(&spec, SAMPLES, &stream);
    tally counts = {0};
    check_swaps(kernels, &spec, samples, &stream, seed, SWAPS, &counts);
    /* More commits than are replayed, for some of the specs. */
    check_lagging(kernels, &spec, samples, &stream,
                  seed % 4 == 0 ? AANN_REPLAYED_COMMITS + 40 : 30);
    free_random_samples(samples);
}

/* What random specs rarely have: first layers large enough that their sums are not kept, with all
 * that can follow them; and units that have nearly too many weights for 16 bits. */
static const struct carried_spec {
    const char *text;
    aann_shape input;
    bool negative; /* inputs may be */
} carried_specs[] = {
    {"8C5@50-MP2-12C5@80-MP2-10@80", {1, 20, 20}, false},
    {"8C5@50-MP2-12C5@80-MP2-10@80", {1, 20, 20}, true},
    {"8C5@20>>2-MP2-6C3@50>>1-MP2-9@60-5@20", {2, 16, 18}, false},
    {"6C3@50-MP2-8C3v@50-MP3x2-4@50", {1, 20, 22}, false},
    {"6C7s2@50-5C3@60-7@50", {3, 24, 24}, false},
    {"6C3@50-40@97-5@90", {1, 16, 16}, true},
    {"10C5@1-MP2-4C5@1-MP2-3@90", {1, 16, 16}, true},
    {"6C5@15>>8-MP2-4C3@50-MP2-3@50", {12, 10, 10}, false},
    {"6C5@13>>5-MP2-4C3@50-MP2-3@50", {12, 10, 10}, true},
    {"2C3@50-MP2-6C3@60-MP2-4@50", {1, 8, 8}, false},
    {"2C3@50-MP2-6C3@60-MP2-4@50", {1, 8, 8}, true},
};

static void check_carried(const aann_kernels *kernels)
{
    tally counts = {0};
    for (size_t i = 0; i < sizeof carried_specs / sizeof carried_specs[0]; i++) {
        const struct carried_spec *which = &carried_specs[i];
        aann_random_stream stream =
            aann_random_start(aann_random_key_create(i, 8), 0, AANN_PURPOSE_TEST);
        aann_spec spec;
        aann_error error;
        assert_ok(aann_spec_parse(which->text, which->input, &spec, &error));
        aann_samples *samples = random_samples(&spec, SAMPLES, &stream);
        for (int64_t k = 0; !which->negative && k < SAMPLES * aann_shape_size(spec.input); k++) {
            ((int8_t *)writable(samples->inputs))[k] =
                (int8_t)(samples->inputs[k] < 0 ? -samples->inputs[k] : samples->inputs[k]);
        }
        check_swaps(kernels, &spec, samples, &stream, i, CARRIED_SWAPS, &counts);
        check_lagging(kernels, &spec, samples, &stream, 30);
        free_random_samples(samples);
    }
    assert_true(counts.to_outputs > 20 && counts.to_second_layer > 5);
    assert_true(counts.one_map > 20 && counts.halves > 20 && counts.refused > 2 &&
                counts.together > 50);
    assert_true(counts.all_weights > 2);
}

/* The samples as they are after moving: what comes in from outside is 0. */
static aann_samples *moved_samples(const aann_samples *samples, const aann_placement *places)
{
    const aann_shape shape = samples->shape;
    const int64_t size = aann_shape_size(shape);
    aann_samples *moved = calloc(1, sizeof *moved);
    *moved = *samples;
    int8_t *inputs = calloc((size_t)(samples->count * size), 1);
    moved->inputs = inputs;
    for (int64_t i = 0; i < samples->count; i++) {
        for (int32_t c = 0; c < shape.channels; c++) {
            for (int32_t y = 0; y < shape.height; y++) {
                for (int32_t x = 0; x < shape.width; x++) {
                    const int32_t to_y = y + places[i].rows;
                    const int32_t to_x = x + places[i].columns;
                    if (to_y >= 0 && to_y < shape.height && to_x >= 0 && to_x < shape.width) {
                        const int64_t channel = i * size + (int64_t)c * shape.height * shape.width;
                        inputs[channel + to_y * shape.width + to_x] =
                            samples->inputs[channel + y * shape.width + x];
                    }
                }
            }
        }
    }
    return moved;
}

/* Samples that are moved as they are loaded. */
static void offsets(void **state)
{
    (void)state;
    aann_error error;
    aann_kernels kernels;
    assert_ok(aann_kernels_choose(NULL, &kernels, &error));
    aann_threads *threads;
    assert_ok(aann_threads_create(2, &threads, &error));
    for (uint64_t seed = 100; seed < 120; seed++) {
        aann_random_stream stream =
            aann_random_start(aann_random_key_create(seed, 7), 0, AANN_PURPOSE_TEST);
        const aann_spec spec = random_spec(&stream);
        aann_samples *samples = random_samples(&spec, SAMPLES, &stream);
        aann_placement by[SAMPLES];
        for (int32_t i = 0; i < SAMPLES; i++) {
            by[i] =
                (aann_placement){.rows = (int8_t)((int32_t)aann_random_below(&stream, 7) - 3),
                                 .columns = (int8_t)((int32_t)aann_random_below(&stream, 5) - 2)};
        }
        aann_network *network;
        assert_ok(aann_network_create(&spec, &network, &error));
        aann_network_randomise(network, seed, 0);
        const aann_loss_options loss = {.scale = 2.0};
        aann_engine *engine;
        assert_ok(aann_engine_create(&spec, samples, samples->count, &loss, &kernels, threads,
                                     &engine, &error));
        assert_ok(aann_engine_load(engine, network, NULL, by, SAMPLES, &error));
        aann_samples *moved = moved_samples(samples, by);
        int32_t *outputs = malloc((size_t)SAMPLES * (size_t)spec.output_count * sizeof *outputs);
        evaluate_reference(network, moved, outputs);
        aann_engine_ready(engine, NULL, engine->block_count, true);
        check_outputs(engine, outputs);
        free(outputs);
        free(writable(moved->inputs));
        free(moved);
        aann_engine_destroy(engine);
        aann_network_destroy(network);
        free_random_samples(samples);
    }
    aann_threads_destroy(threads);
}

static void check_instruction_set(const char *name)
{
    aann_kernels kernels;
    if (aann_kernels_choose(name, &kernels, NULL) != AANN_OK) {
        print_message("this machine has no %s\n", name);
        skip();
    }
    assert_string_equal(kernels.name, name);
    ask_again();
    for (uint64_t seed = 0; seed < SPECS; seed++) {
        check_spec(&kernels, seed);
    }
    check_carried(&kernels);
}

static void baseline(void **state)
{
    (void)state;
    check_instruction_set("baseline");
}

static void avx2(void **state)
{
    (void)state;
    check_instruction_set("avx2");
}

static void avx512(void **state)
{
    (void)state;
    check_instruction_set("avx512");
}

static void neon(void **state)
{
    (void)state;
    check_instruction_set("neon");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(offsets), cmocka_unit_test(baseline), cmocka_unit_test(avx2),
        cmocka_unit_test(avx512),  cmocka_unit_test(neon),
    };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    forget_reference();
    return failed;
}
