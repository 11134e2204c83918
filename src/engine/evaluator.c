/* The evaluator: blocks of 64 samples through the whole network, distributed among threads.
 *
 * It keeps a copy of its network, and for each kind of forward pass the lists made from it. The
 * first call that needs a kind prepares it; later calls neither copy nor compare weights. */
#include "aann/evaluate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/exact_math.h"
#include "core/memory.h"
#include "core/threads.h"
#include "engine/dispatch.h"
#include "engine/forward_pass.h"
#include "network/network.h"
#include "samples/placement.h"

/* Up to this many samples, single samples are faster than lanes that are mostly empty. */
enum { FEW = 16 };

/* A plan and every thread's memory for it; made when first needed. */
typedef struct forward_kind {
    aann_forward_plan plan;
    uint8_t *blocks; /* [threads][plan.block_bytes] */
    bool ready;      /* its lists are those of the present network */
} forward_kind;

struct aann_evaluator {
    aann_spec spec;
    aann_network *network; /* a copy; NULL: none yet */
    aann_kernels kernels;
    aann_threads *threads;
    forward_kind batch;
    forward_kind single;
    bool batch_too_large; /* single samples only */
    int8_t *
        pooled; /* [threads][64][values of the first layer's input], where the spec begins with a pool */
    /* The current call. */
    const int8_t *inputs; /* [count][values of a sample] */
    int64_t count;
    int32_t *logits;     /* the result, */
    int8_t *activations; /* or if this is not NULL the activations of activation_layer */
    int32_t activation_layer;
};

aann_status aann_evaluator_create_empty(const aann_spec *spec, int32_t threads, const char *isa,
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

aann_status aann_evaluator_create(const aann_network *network, int32_t threads, const char *isa,
                                  aann_evaluator **result, aann_error *error)
{
    aann_status status =
        aann_evaluator_create_empty(aann_network_spec(network), threads, isa, result, error);
    if (status == AANN_OK) {
        status = aann_evaluator_set_network(*result, network, error);
        if (status != AANN_OK) {
            aann_evaluator_destroy(*result);
            *result = NULL;
        }
    }
    return status;
}

aann_status aann_evaluator_set_network(aann_evaluator *evaluator, const aann_network *network,
                                       aann_error *error)
{
    aann_status status = aann_network_check_layers(network, &evaluator->spec, error);
    if (status == AANN_OK && evaluator->network == NULL) {
        status = aann_network_create(&evaluator->spec, &evaluator->network, error);
    }
    if (status == AANN_OK) {
        aann_network_copy_weights(network, evaluator->network);
        evaluator->batch.ready = false;
        evaluator->single.ready = false;
    }
    return status;
}

static void free_kind(forward_kind *kind)
{
    aann_free_aligned(kind->blocks);
    kind->blocks = NULL;
    kind->ready = false;
    aann_forward_plan_clear(&kind->plan);
}

void aann_evaluator_destroy(aann_evaluator *evaluator)
{
    if (evaluator == NULL) {
        return;
    }
    free_kind(&evaluator->batch);
    free_kind(&evaluator->single);
    free(evaluator->pooled);
    aann_network_destroy(evaluator->network);
    aann_threads_destroy(evaluator->threads);
    free(evaluator);
}

/* ---- getting ready --------------------------------------------------------------------------- */

static aann_status allocate_kind(const aann_evaluator *evaluator, aann_forward_kind which,
                                 forward_kind *kind, aann_error *error)
{
    const aann_status status =
        aann_forward_plan_create(&evaluator->spec, which, &kind->plan, error);
    if (status != AANN_OK) {
        return status;
    }
    size_t bytes = 0;
    const size_t threads = (size_t)aann_threads_count(evaluator->threads);
    if (aann_multiply_sizes(threads, kind->plan.block_bytes, &bytes)) {
        kind->blocks = aann_allocate_aligned(bytes);
    }
    if (kind->blocks == NULL) {
        free_kind(kind);
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for evaluating \"%s\"",
                         evaluator->spec.text);
    }
    for (size_t i = 0; i < threads; i++) {
        aann_forward_plan_prepare(&kind->plan, kind->blocks + i * kind->plan.block_bytes);
    }
    return AANN_OK;
}

static aann_status prepare_kind(const aann_evaluator *evaluator, aann_forward_kind which,
                                forward_kind *kind, aann_error *error)
{
    aann_status status = AANN_OK;
    if (kind->ready) {
        return status;
    }
    if (kind->blocks == NULL) {
        status = allocate_kind(evaluator, which, kind, error);
    }
    if (status == AANN_OK) {
        status = aann_forward_plan_read(&kind->plan, evaluator->network, error);
    }
    kind->ready = status == AANN_OK;
    return status;
}

/* Prepares the pass for single samples, which evaluates a few samples or the few after whole
 * blocks, and the pass for batches, which evaluates the others if memory allows. */
static aann_status prepare(aann_evaluator *evaluator, int64_t count, aann_error *error)
{
    aann_status status = AANN_OK;
    const int64_t left = count % AANN_BLOCK;
    if (count > FEW && !evaluator->batch_too_large) {
        /* No error to be told: then it goes one sample at a time. */
        status = prepare_kind(evaluator, AANN_FORWARD_BATCH, &evaluator->batch, NULL);
        evaluator->batch_too_large = status != AANN_OK;
    }
    if (evaluator->batch_too_large || (left > 0 && left <= FEW)) {
        status = prepare_kind(evaluator, AANN_FORWARD_SINGLE, &evaluator->single, error);
    }
    if (status == AANN_OK && aann_sample_needs_pooling(&evaluator->spec) &&
        evaluator->pooled == NULL) {
        const size_t threads = (size_t)aann_threads_count(evaluator->threads);
        const size_t size = (size_t)aann_shape_size(evaluator->spec.layers[0].input);
        evaluator->pooled = aann_allocate(threads * AANN_BLOCK, size);
        if (evaluator->pooled == NULL) {
            return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for evaluating \"%s\"",
                             evaluator->spec.text);
        }
    }
    return status;
}

/* ---- one block ------------------------------------------------------------------------------- */

/* Copies the results of the sample in a lane; a single sample is lane 0 of lanes of one byte and
 * outputs of one value. */
static void copy_results(const aann_evaluator *evaluator, const aann_forward_plan *plan,
                         const uint8_t *block, int32_t lane, int64_t sample)
{
    const bool batch = plan->kind == AANN_FORWARD_BATCH;
    if (evaluator->activations == NULL) {
        const size_t outputs = (size_t)plan->spec.output_count;
        const int32_t shift = plan->layers[plan->spec.layer_count - 1].shift;
        const int32_t *sums = (const int32_t *)(const void *)(block + plan->outputs) + lane;
        for (size_t c = 0; c < outputs; c++) {
            evaluator->logits[(size_t)sample * outputs + c] =
                sums[batch ? c * AANN_BLOCK : c] >> shift;
        }
        return;
    }
    const aann_forward_layer *layer = &plan->layers[evaluator->activation_layer];
    const aann_forward_layer *next = layer + 1;
    const uint8_t *from = block + next->input + (batch ? aann_lane_byte(lane) : 0);
    int8_t *to =
        evaluator->activations + (size_t)sample * (size_t)layer->units * (size_t)layer->positions;
    for (int32_t unit = 0; unit < layer->units; unit++, from += next->channel_bytes) {
        for (int32_t position = 0; position < layer->positions; position++) {
            *to++ = (int8_t)(from[next->places[position]] - AANN_ACTIVATION_MAX);
        }
    }
}

/* Sample `index` of the call as the first layer reads it; if it must be pooled, `lane` selects the
 * memory. */
static const int8_t *read_sample(const aann_evaluator *evaluator, int32_t worker, int32_t lane,
                                 int64_t index)
{
    const size_t size = (size_t)aann_shape_size(evaluator->spec.input);
    const int8_t *sample = evaluator->inputs + (size_t)index * size;
    if (evaluator->pooled == NULL) {
        return sample;
    }
    const size_t pooled_size = (size_t)aann_shape_size(evaluator->spec.layers[0].input);
    int8_t *pooled = evaluator->pooled + ((size_t)worker * AANN_BLOCK + (size_t)lane) * pooled_size;
    aann_sample_read(&evaluator->spec, sample, (aann_placement){0}, pooled);
    return pooled;
}

static void evaluate_block(void *context, int32_t worker, int64_t index)
{
    aann_evaluator *evaluator = context;
    const int64_t first = index * AANN_BLOCK;
    const int64_t left = evaluator->count - first;
    const int32_t count = (int32_t)(left < AANN_BLOCK ? left : AANN_BLOCK);
    const int32_t layers = evaluator->activations != NULL ? evaluator->activation_layer + 1
                                                          : evaluator->spec.layer_count;
    if (count <= FEW || evaluator->batch_too_large) {
        const aann_forward_plan *plan = &evaluator->single.plan;
        uint8_t *block = evaluator->single.blocks + (size_t)worker * plan->block_bytes;
        for (int32_t i = 0; i < count; i++) {
            aann_forward_single(plan, &evaluator->kernels,
                                read_sample(evaluator, worker, 0, first + i), layers, block);
            copy_results(evaluator, plan, block, 0, first + i);
        }
        return;
    }
    const aann_forward_plan *plan = &evaluator->batch.plan;
    uint8_t *block = evaluator->batch.blocks + (size_t)worker * plan->block_bytes;
    const int8_t *samples[AANN_BLOCK];
    for (int32_t lane = 0; lane < count; lane++) {
        samples[lane] = read_sample(evaluator, worker, lane, first + lane);
    }
    aann_forward_fill(plan, &evaluator->kernels, samples, count, block);
    aann_forward_batch(plan, &evaluator->kernels, layers, evaluator->activations != NULL, NULL,
                       block);
    for (int32_t lane = 0; lane < count; lane++) {
        copy_results(evaluator, plan, block, lane, first + lane);
    }
}

/* Runs the blocks; the fields for the result are set already. */
static aann_status evaluate(aann_evaluator *evaluator, const int8_t *inputs, int64_t count,
                            aann_error *error)
{
    if (evaluator->network == NULL) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "the evaluator has no network: call aann_evaluator_set_network first");
    }
    const aann_status status = prepare(evaluator, count, error);
    if (status != AANN_OK) {
        return status;
    }
    evaluator->inputs = inputs;
    evaluator->count = count;
    aann_threads_run(evaluator->threads, 0, (count + AANN_BLOCK - 1) / AANN_BLOCK, evaluate_block,
                     evaluator);
    return AANN_OK;
}

/* The same for some of the samples. */
static aann_status evaluate_samples(aann_evaluator *evaluator, const aann_samples *samples,
                                    int64_t first, int64_t count, aann_error *error)
{
    const int64_t size = aann_shape_size(evaluator->spec.input);
    if (aann_shape_size(samples->shape) != size) {
        return aann_fail(
            error, AANN_ERROR_ARGUMENT, "a sample has %lld values, the network \"%s\" reads %lld",
            (long long)aann_shape_size(samples->shape), evaluator->spec.text, (long long)size);
    }
    if (first < 0 || count < 0 || first > samples->count - count || samples->count > INT32_MAX) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "samples %lld..%lld: there are %lld",
                         (long long)first, (long long)(first + count - 1),
                         (long long)samples->count);
    }
    return evaluate(evaluator, samples->inputs + (size_t)first * (size_t)size, count, error);
}

aann_status aann_evaluator_logits(aann_evaluator *evaluator, const aann_samples *samples,
                                  int64_t first, int64_t count, int32_t *logits, aann_error *error)
{
    evaluator->logits = logits;
    evaluator->activations = NULL;
    return evaluate_samples(evaluator, samples, first, count, error);
}

aann_status aann_evaluator_run(aann_evaluator *evaluator, const int8_t *inputs, int64_t count,
                               int32_t *logits, aann_error *error)
{
    if (count < 0 || count > INT32_MAX) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "%lld samples: expected 0 to %d",
                         (long long)count, INT32_MAX);
    }
    evaluator->logits = logits;
    evaluator->activations = NULL;
    return evaluate(evaluator, inputs, count, error);
}

aann_status aann_evaluator_activations(aann_evaluator *evaluator, const aann_samples *samples,
                                       int64_t first, int64_t count, int32_t layer,
                                       int8_t *activations, aann_error *error)
{
    if (layer < 0 || layer >= evaluator->spec.layer_count - 1) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "layer %d: the hidden layers of \"%s\" are 0..%d", layer,
                         evaluator->spec.text, evaluator->spec.layer_count - 2);
    }
    evaluator->activations = activations;
    evaluator->activation_layer = layer;
    return evaluate_samples(evaluator, samples, first, count, error);
}

/* ---- scores ---------------------------------------------------------------------------------- */

int32_t aann_logits_answer(const int32_t *outputs, int32_t count)
{
    int32_t best = 0;
    for (int32_t c = 1; c < count; c++) {
        best = outputs[c] > outputs[best] ? c : best;
    }
    return best;
}

/* The baselines of a search decide by this loss: its last bit must not depend on the C library. */
static double cross_entropy(const int32_t *outputs, int32_t count, int32_t label, double scale)
{
    const double unit = 1.0 / (AANN_ACTIVATION_MAX * scale);
    const int32_t best = outputs[aann_logits_answer(outputs, count)];
    double sum = 0.0;
    for (int32_t c = 0; c < count; c++) {
        sum += aann_exp(unit * (outputs[c] - best));
    }
    return aann_log(sum) - unit * (outputs[label] - best);
}

int32_t aann_logits_full_scale(double output_scale)
{
    return (int32_t)(AANN_ACTIVATION_MAX * output_scale + 0.5);
}

static double squared_error(const int32_t *outputs, const float *targets, int32_t count,
                            double full, const double *weights)
{
    double error = 0.0;
    for (int32_t c = 0; c < count; c++) {
        const double output = fmax(-1.0, fmin(1.0, outputs[c] / full));
        const double difference = output - (double)targets[c];
        error +=
            difference * difference * (weights == NULL || weights[c] == 0.0 ? 1.0 : weights[c]);
    }
    return error;
}

aann_status aann_logits_score(const aann_samples *samples, const int32_t *logits,
                              int32_t output_count, double scale, const double *target_weights,
                              aann_score *score, aann_error *error)
{
    if (samples->labels == NULL && samples->targets == NULL) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "the samples have neither labels nor targets to compare with");
    }
    if (samples->class_count > output_count) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "the data have %d classes, the network %d outputs", samples->class_count,
                         output_count);
    }
    if (samples->labels == NULL && samples->target_count != output_count) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "the data have %d targets, the network %d outputs", samples->target_count,
                         output_count);
    }
    *score = (aann_score){.count = samples->count};
    const double full = aann_logits_full_scale(scale);
    double loss = 0.0;
    for (int64_t i = 0; i < samples->count; i++) {
        const int32_t *outputs = logits + (size_t)i * (size_t)output_count;
        if (samples->labels != NULL) {
            score->correct += aann_logits_answer(outputs, output_count) == samples->labels[i];
            loss += cross_entropy(outputs, output_count, samples->labels[i], scale);
        } else {
            loss += squared_error(outputs, samples->targets + (size_t)i * (size_t)output_count,
                                  output_count, full, target_weights);
        }
    }
    const double count = samples->count > 0 ? (double)samples->count : 1.0;
    score->accuracy = samples->labels == NULL ? NAN : (double)score->correct / count;
    score->loss = loss / count;
    return AANN_OK;
}

void aann_logits_confusion(const aann_samples *samples, const int32_t *logits, int32_t class_count,
                           int64_t *confusion)
{
    memset(confusion, 0, (size_t)class_count * (size_t)class_count * sizeof *confusion);
    for (int64_t i = 0; i < samples->count; i++) {
        const int32_t answer =
            aann_logits_answer(logits + (size_t)i * (size_t)class_count, class_count);
        confusion[(size_t)samples->labels[i] * (size_t)class_count + (size_t)answer]++;
    }
}
