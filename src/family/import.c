/* A network that was found elsewhere, as a family of one: for comparison, or to search on from. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "aann/evaluate.h"
#include "core/error.h"
#include "core/memory.h"
#include "family/run.h"

/* NAN where there are no such samples. */
static aann_status score(aann_evaluator *evaluator, const aann_network *network, const aann_family_plan *plan,
                         const aann_samples *samples, double *loss, double *accuracy, aann_error *error)
{
    *loss = NAN;
    *accuracy = NAN;
    if (samples == NULL) {
        return AANN_OK;
    }
    const int32_t outputs = aann_network_spec(network)->output_count;
    size_t values = 0;
    int32_t *logits = aann_multiply_sizes((size_t)samples->count, (size_t)outputs, &values)
                          ? aann_allocate(values, sizeof *logits)
                          : NULL;
    if (logits == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for the outputs of a member");
    }
    aann_score scored = {0};
    aann_status status = aann_evaluator_logits(evaluator, network, samples, 0, samples->count, logits, error);
    if (status == AANN_OK) {
        status = aann_score_logits(samples, logits, outputs, plan->search.loss_scale,
                                   plan->search.target_weight, &scored, error);
    }
    if (status == AANN_OK) {
        *loss = scored.loss;
        *accuracy = scored.accuracy;
    }
    free(logits);
    return status;
}

static aann_status score_all(const aann_network *network, const aann_family_data *data,
                             const aann_family_plan *plan, aann_member *member, aann_error *error)
{
    aann_evaluator *evaluator = NULL;
    aann_status status = aann_evaluator_create(aann_network_spec(network), 1, NULL, &evaluator, error);
    if (status == AANN_OK) {
        status = score(evaluator, network, plan, aann_family_data_train(data), &member->train_loss,
                       &member->train_accuracy, error);
    }
    if (status == AANN_OK) {
        status = score(evaluator, network, plan, aann_family_data_validation(data), &member->validation_loss,
                       &member->validation_accuracy, error);
    }
    if (status == AANN_OK) {
        status = score(evaluator, network, plan, aann_family_data_test(data), &member->test_loss,
                       &member->test_accuracy, error);
    }
    aann_evaluator_destroy(evaluator);
    return status;
}

aann_status aann_family_import(aann_study *study, const aann_spec *spec, const aann_family_data *data,
                               const aann_family_plan *wanted, const aann_network *network, bool as_start,
                               int64_t *family_id, aann_error *error)
{
    *family_id = 0;
    aann_family_plan plan = *wanted;
    plan.members = 1;
    plan.search.regression = aann_family_data_train(data)->target_count > 0;
    const aann_family_work work = aann_default_family_work();
    aann_status status = aann_family_check(spec, data, &plan, &work, error);
    if (status == AANN_OK) {
        status = aann_check_counts(spec, network, error);
    }
    aann_member member = {.seed = plan.search.seed, .origin = "import"};
    if (status == AANN_OK) {
        status = score_all(network, data, &plan, &member, error);
    }
    if (status == AANN_OK) {
        const bool passes = plan.threshold <= 0.0 || member.validation_accuracy >= plan.threshold;
        member.state = as_start ? AANN_MEMBER_RUNNING : passes ? AANN_MEMBER_DONE : AANN_MEMBER_FAILED;
        status = aann_store_family(study, spec, data, &plan, family_id, error);
        member.family = *family_id;
    }
    return status == AANN_OK ? aann_study_add_member(study, &member, network, error) : status;
}
