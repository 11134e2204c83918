/* Predictions of many members: from the study if they are stored, otherwise by a forward pass. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aann/evaluate.h"
#include "aann/family.h"
#include "core/error.h"
#include "core/hash64.h"
#include "core/memory.h"

enum { FINGERPRINT_SIZE = 17 };

/* Identifies samples by their inputs; labels do not change a prediction. */
static void fingerprint(const aann_samples *samples, char text[FINGERPRINT_SIZE])
{
    const size_t bytes = (size_t)samples->count * (size_t)aann_shape_size(samples->shape);
    snprintf(text, FINGERPRINT_SIZE, "%016" PRIx64, aann_hash64(samples->inputs, bytes));
}

/* What reading the members of one call needs. */
typedef struct reading {
    aann_study *study;
    const aann_samples *samples;
    aann_prediction wanted;
    aann_evaluator *evaluator; /* created for the first member that needs it */
    int32_t threads;
    bool keep;
} reading;

static aann_status evaluate(reading *r, int64_t id, int32_t *logits, aann_error *error)
{
    aann_network *network = NULL;
    aann_status status = aann_study_network(r->study, id, &network, error);
    if (status == AANN_OK && r->evaluator == NULL) {
        status = aann_evaluator_create_empty(aann_network_spec(network), r->threads, NULL,
                                             &r->evaluator, error);
    }
    if (status == AANN_OK && aann_network_spec(network)->output_count != r->wanted.outputs) {
        status =
            aann_fail(error, AANN_ERROR_ARGUMENT, "member %lld has %d outputs, the first one %d",
                      (long long)id, aann_network_spec(network)->output_count, r->wanted.outputs);
    }
    if (status == AANN_OK) {
        status = aann_evaluator_set_network(r->evaluator, network, error);
    }
    if (status == AANN_OK) {
        status =
            aann_evaluator_logits(r->evaluator, r->samples, 0, r->samples->count, logits, error);
    }
    if (status == AANN_OK && r->keep) {
        status = aann_study_save_prediction(r->study, id, &r->wanted, logits, error);
        if (status == AANN_ERROR_LOCKED) { /* they are there, only not kept */
            r->keep = false;
            status = AANN_OK;
        }
    }
    aann_network_destroy(network);
    return status;
}

static aann_status read_members(reading *r, const int64_t *ids, aann_predictions *predictions,
                                aann_error *error)
{
    const size_t per_member = (size_t)predictions->sample_count * (size_t)predictions->outputs;
    aann_status status = AANN_OK;
    for (int32_t i = 0; status == AANN_OK && i < predictions->member_count; i++) {
        int32_t *logits = predictions->logits + (size_t)i * per_member;
        bool found = false;
        status = aann_study_load_prediction(r->study, ids[i], &r->wanted, logits, &found, error);
        if (status == AANN_OK && !found) {
            status = evaluate(r, ids[i], logits, error);
            predictions->computed++;
        }
    }
    return status;
}

static aann_status output_count(aann_study *study, int64_t id, int32_t *outputs, aann_error *error)
{
    aann_network *network = NULL;
    const aann_status status = aann_study_network(study, id, &network, error);
    if (status == AANN_OK) {
        *outputs = aann_network_spec(network)->output_count;
    }
    aann_network_destroy(network);
    return status;
}

aann_predictions_request aann_predictions_request_default(void)
{
    return (aann_predictions_request){.split = "test", .threads = 1};
}

static aann_status allocate(aann_predictions *predictions, aann_error *error)
{
    size_t rows = 0;
    if (aann_multiply_sizes((size_t)predictions->member_count * (size_t)predictions->outputs,
                            (size_t)predictions->sample_count, &rows)) {
        predictions->logits = aann_allocate(rows, sizeof *predictions->logits);
    }
    return predictions->logits != NULL
               ? AANN_OK
               : aann_fail(error, AANN_ERROR_MEMORY,
                           "out of memory for the predictions of %d members on %lld samples",
                           predictions->member_count, (long long)predictions->sample_count);
}

/* ---- what the samples really are ------------------------------------------------------------- */

/* Is this truth in the study? */
static aann_status is_stored(const reading *r, int64_t family, const aann_truth *truth, bool *same,
                             aann_error *error)
{
    const aann_samples *samples = r->samples;
    int32_t *labels = NULL;
    float *targets = NULL;
    const aann_status status =
        aann_study_load_truth(r->study, family, truth, &labels, &targets, error);
    const size_t count = (size_t)truth->sample_count;
    *same = false;
    if (labels != NULL && samples->labels != NULL) {
        *same = memcmp(labels, samples->labels, count * sizeof *labels) == 0;
    } else if (targets != NULL && samples->targets != NULL) {
        *same = memcmp(targets, samples->targets,
                       count * (size_t)truth->targets * sizeof *targets) == 0;
    }
    aann_free(labels);
    aann_free(targets);
    return status;
}

/* Stores the samples' labels or targets with each family that the members are of, so that the stored
 * predictions can be judged without the data set. */
static aann_status keep_truth(const reading *r, const aann_predictions_request *request,
                              aann_error *error)
{
    const aann_samples *samples = r->samples;
    const aann_truth truth = {.split = r->wanted.split,
                              .samples = r->wanted.samples,
                              .sample_count = samples->count,
                              .targets = samples->targets != NULL ? samples->target_count : 0};
    int64_t family = 0;
    aann_status status = AANN_OK;
    if (samples->labels == NULL && samples->targets == NULL) {
        return AANN_OK;
    }
    for (int32_t i = 0; status == AANN_OK && i < request->count; i++) {
        aann_member_row member;
        bool stored = true;
        status = aann_study_member(r->study, request->ids[i], &member, error);
        if (status == AANN_OK && member.family != family) {
            family = member.family;
            status = is_stored(r, family, &truth, &stored, error);
        }
        if (status == AANN_OK && !stored) {
            status = aann_study_save_truth(r->study, family, &truth, samples->labels,
                                           samples->targets, error);
        }
    }
    return status == AANN_ERROR_LOCKED ? AANN_OK : status; /* as predictions: only not kept */
}

/* ---- both ------------------------------------------------------------------------------------ */

aann_status aann_predictions_get(aann_study *study, const aann_predictions_request *request,
                                 aann_predictions *predictions, aann_error *error)
{
    const aann_samples *samples = request->samples;
    *predictions =
        (aann_predictions){.member_count = request->count, .sample_count = samples->count};
    if (request->count < 1 || samples->count < 1) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "predictions of %d members on %lld samples",
                         request->count, (long long)samples->count);
    }
    aann_status status = output_count(study, request->ids[0], &predictions->outputs, error);
    if (status == AANN_OK) {
        status = allocate(predictions, error);
    }
    if (status != AANN_OK) {
        return status;
    }
    char name[FINGERPRINT_SIZE];
    fingerprint(samples, name);
    reading r = {.study = study,
                 .samples = samples,
                 .wanted = {.split = request->split,
                            .samples = name,
                            .sample_count = samples->count,
                            .outputs = predictions->outputs},
                 .threads = request->threads,
                 .keep = request->keep};
    status = read_members(&r, request->ids, predictions, error);
    if (status == AANN_OK && r.keep) {
        status = keep_truth(&r, request, error);
    }
    aann_evaluator_destroy(r.evaluator);
    if (status != AANN_OK) {
        aann_predictions_destroy(predictions);
    }
    return status;
}
