/* The evaluator: blocks of 64 samples through the whole network, blocks shared out among threads. */
#include "aann/evaluate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"
#include "core/threads.h"
#include "engine/dispatch.h"
#include "engine/forward.h"

struct aann_evaluator {
    aann_spec spec;
    aann_kernels kernels;
    aann_threads *threads;
    bool wide[AANN_MAX_LAYERS];
    aann_layout layout;
    aann_wiring wiring;
    uint8_t *blocks; /* [threads][layout.block_bytes] */
    /* The call being worked on. */
    const aann_samples *samples;
    int64_t first;
    int64_t count;
    int32_t *logits;     /* what is asked for: these, */
    int8_t *activations; /* or, where this is not NULL, those of activation_layer */
    int32_t activation_layer;
};

static void free_blocks(aann_evaluator *evaluator)
{
    aann_free_aligned(evaluator->blocks);
    evaluator->blocks = NULL;
    aann_wiring_clear(&evaluator->wiring);
    aann_layout_clear(&evaluator->layout);
}

static aann_status allocate(aann_evaluator *evaluator, aann_error *error)
{
    aann_status status = aann_layout_create(&evaluator->spec, AANN_LAYOUT_FORWARD, false, evaluator->wide,
                                            &evaluator->layout, error);
    if (status == AANN_OK) {
        status = aann_wiring_create(&evaluator->spec, &evaluator->layout, &evaluator->wiring, error);
    }
    if (status != AANN_OK) {
        return status;
    }
    size_t bytes = 0;
    const size_t threads = (size_t)aann_threads_count(evaluator->threads);
    if (aann_multiply_sizes(threads, evaluator->layout.block_bytes, &bytes)) {
        evaluator->blocks = aann_allocate_aligned(bytes);
    }
    if (evaluator->blocks == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for evaluating \"%s\"",
                         evaluator->spec.text);
    }
    memset(evaluator->blocks, 0, bytes);
    return AANN_OK;
}

aann_status aann_evaluator_create(const aann_spec *spec, int32_t threads, const char *isa,
                                  aann_evaluator **result, aann_error *error)
{
    *result = NULL;
    aann_evaluator *evaluator = aann_allocate_zeroed(1, sizeof *evaluator);
    if (evaluator == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for an evaluator");
    }
    evaluator->spec = *spec;
    aann_status status = aann_kernels_choose(isa, &evaluator->kernels, error);
    if (status == AANN_OK) {
        status = aann_threads_create(threads, &evaluator->threads, error);
    }
    if (status != AANN_OK) {
        aann_evaluator_destroy(evaluator);
        return status;
    }
    *result = evaluator;
    return AANN_OK;
}

void aann_evaluator_destroy(aann_evaluator *evaluator)
{
    if (evaluator == NULL) {
        return;
    }
    free_blocks(evaluator);
    aann_threads_destroy(evaluator->threads);
    free(evaluator);
}

static void copy_logits(const aann_evaluator *evaluator, const uint8_t *block, int64_t first, int32_t count)
{
    const aann_layout *layout = &evaluator->layout;
    const int32_t outputs = layout->output_count;
    const int32_t shift = layout->layers[layout->layer_count - 1].map.shift;
    const int32_t *sums = (const int32_t *)(const void *)(block + layout->outputs);
    for (int32_t lane = 0; lane < count; lane++) {
        for (int32_t c = 0; c < outputs; c++) {
            evaluator->logits[(size_t)(first + lane) * (size_t)outputs + (size_t)c] =
                sums[(size_t)c * AANN_BLOCK + (size_t)lane] >> shift;
        }
    }
}

/* Lane j of a row is the low (j < 32) or high byte of word j % 32, as in engine/forward.c. */
static void copy_activations(const aann_evaluator *evaluator, const uint8_t *block, int64_t first,
                             int32_t count)
{
    const aann_layer_layout *layer = &evaluator->layout.layers[evaluator->activation_layer];
    const int32_t positions = layer->map.positions;
    int8_t *to = evaluator->activations + (size_t)first * (size_t)layer->units * (size_t)positions;
    for (int32_t lane = 0; lane < count; lane++) {
        const size_t byte = (size_t)(lane % AANN_ROW_WORDS) * 2 + (size_t)(lane / AANN_ROW_WORDS);
        for (int32_t unit = 0; unit < layer->units; unit++) {
            const size_t word = layer->output + (size_t)unit * layer->output_stride;
            const uint8_t *row = block + word * sizeof(uint16_t) + byte;
            for (int32_t position = 0; position < positions; position++, row += AANN_BLOCK) {
                *to++ = (int8_t)(*row - AANN_ACTIVATION_MAX);
            }
        }
    }
}

static void evaluate_block(void *context, int32_t worker, int64_t index)
{
    aann_evaluator *evaluator = context;
    const aann_layout *layout = &evaluator->layout;
    uint8_t *block = evaluator->blocks + (size_t)worker * layout->block_bytes;
    const int64_t first = index * AANN_BLOCK;
    const int64_t left = evaluator->count - first;
    const int32_t count = (int32_t)(left < AANN_BLOCK ? left : AANN_BLOCK);
    int32_t which[AANN_BLOCK] = {0};
    for (int32_t lane = 0; lane < count; lane++) {
        which[lane] = (int32_t)(evaluator->first + first + lane);
    }
    aann_block_fill(&evaluator->spec, layout, evaluator->samples, which, NULL, count, block);
    const int32_t layers =
        evaluator->activations != NULL ? evaluator->activation_layer + 1 : layout->layer_count;
    for (int32_t i = 0; i < layers; i++) {
        aann_block_forward_layer(layout, &evaluator->wiring, &evaluator->kernels, i, block);
    }
    if (evaluator->activations != NULL) {
        copy_activations(evaluator, block, first, count);
    } else {
        copy_logits(evaluator, block, first, count);
    }
}

/* Runs the blocks, with what is asked for already set. */
static aann_status evaluate(aann_evaluator *evaluator, const aann_network *network,
                            const aann_samples *samples, int64_t first, int64_t count, aann_error *error)
{
    if (aann_shape_size(samples->shape) != aann_shape_size(evaluator->spec.input)) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "a sample has %lld values, the network \"%s\" reads %lld",
                         (long long)aann_shape_size(samples->shape), evaluator->spec.text,
                         (long long)aann_shape_size(evaluator->spec.input));
    }
    if (first < 0 || count < 0 || first > samples->count - count || samples->count > INT32_MAX) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "samples %lld..%lld: there are %lld", (long long)first,
                         (long long)(first + count - 1), (long long)samples->count);
    }
    if (aann_find_wide(network, evaluator->wide) || evaluator->blocks == NULL) {
        free_blocks(evaluator);
        const aann_status status = allocate(evaluator, error);
        if (status != AANN_OK) {
            free_blocks(evaluator);
            return status;
        }
    }
    for (int32_t i = 0; i < evaluator->spec.layer_count; i++) {
        aann_wiring_read(&evaluator->wiring, network, i);
    }
    evaluator->samples = samples;
    evaluator->first = first;
    evaluator->count = count;
    aann_threads_run(evaluator->threads, 0, (count + AANN_BLOCK - 1) / AANN_BLOCK, evaluate_block, evaluator);
    return AANN_OK;
}

aann_status aann_evaluator_logits(aann_evaluator *evaluator, const aann_network *network,
                                  const aann_samples *samples, int64_t first, int64_t count, int32_t *logits,
                                  aann_error *error)
{
    evaluator->logits = logits;
    evaluator->activations = NULL;
    return evaluate(evaluator, network, samples, first, count, error);
}

aann_status aann_evaluator_activations(aann_evaluator *evaluator, const aann_network *network,
                                       const aann_samples *samples, int64_t first, int64_t count,
                                       int32_t layer, int8_t *activations, aann_error *error)
{
    if (layer < 0 || layer >= evaluator->spec.layer_count - 1) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "layer %d: the hidden layers of \"%s\" are 0..%d", layer,
                         evaluator->spec.text, evaluator->spec.layer_count - 2);
    }
    evaluator->activations = activations;
    evaluator->activation_layer = layer;
    return evaluate(evaluator, network, samples, first, count, error);
}

/* ---- scores -------------------------------------------------------------------------------------- */

int32_t aann_answer(const int32_t *outputs, int32_t count)
{
    int32_t best = 0;
    for (int32_t c = 1; c < count; c++) {
        best = outputs[c] > outputs[best] ? c : best;
    }
    return best;
}

static double cross_entropy(const int32_t *outputs, int32_t count, int32_t label, double scale)
{
    const double unit = 1.0 / (AANN_ACTIVATION_MAX * scale);
    const int32_t best = outputs[aann_answer(outputs, count)];
    double sum = 0.0;
    for (int32_t c = 0; c < count; c++) {
        sum += exp(unit * (outputs[c] - best));
    }
    return log(sum) - unit * (outputs[label] - best);
}

int32_t aann_full_output(double output_scale)
{
    return (int32_t)(AANN_ACTIVATION_MAX * output_scale + 0.5);
}

static double squared_error(const int32_t *outputs, const float *targets, int32_t count, double full,
                            const double *weights)
{
    double error = 0.0;
    for (int32_t c = 0; c < count; c++) {
        const double output = fmax(-1.0, fmin(1.0, outputs[c] / full));
        const double difference = output - (double)targets[c];
        error += difference * difference * (weights == NULL ? 1.0 : weights[c]);
    }
    return error;
}

aann_status aann_score_logits(const aann_samples *samples, const int32_t *logits, int32_t output_count,
                              double scale, const double *target_weights, aann_score *score,
                              aann_error *error)
{
    if (samples->labels == NULL && samples->targets == NULL) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "the samples have neither labels nor targets to compare with");
    }
    if (samples->class_count > output_count) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "the data have %d classes, the network %d outputs",
                         samples->class_count, output_count);
    }
    if (samples->labels == NULL && samples->target_count != output_count) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "the data have %d targets, the network %d outputs",
                         samples->target_count, output_count);
    }
    *score = (aann_score){.count = samples->count};
    const double full = aann_full_output(scale);
    double loss = 0.0;
    for (int64_t i = 0; i < samples->count; i++) {
        const int32_t *outputs = logits + (size_t)i * (size_t)output_count;
        if (samples->labels != NULL) {
            score->correct += aann_answer(outputs, output_count) == samples->labels[i];
            loss += cross_entropy(outputs, output_count, samples->labels[i], scale);
        } else {
            loss += squared_error(outputs, samples->targets + (size_t)i * (size_t)output_count, output_count,
                                  full, target_weights);
        }
    }
    const double count = samples->count > 0 ? (double)samples->count : 1.0;
    score->accuracy = samples->labels == NULL ? NAN : (double)score->correct / count;
    score->loss = loss / count;
    return AANN_OK;
}

void aann_confusion(const aann_samples *samples, const int32_t *logits, int32_t class_count,
                    int64_t *confusion)
{
    memset(confusion, 0, (size_t)class_count * (size_t)class_count * sizeof *confusion);
    for (int64_t i = 0; i < samples->count; i++) {
        const int32_t answer = aann_answer(logits + (size_t)i * (size_t)class_count, class_count);
        confusion[(size_t)samples->labels[i] * (size_t)class_count + (size_t)answer]++;
    }
}
