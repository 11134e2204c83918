/* Checks that spec, data, plan and work go together: every error that can be found before the first
 * step is reported here. */
#include "family/check.h"

#include <string.h>

#include "aann/dale.h"
#include "aann/evaluate.h"
#include "core/error.h"
#include "family/driver.h"
#include "family/hands.h"
#include "family/phase_density.h"
#include "family/phases.h"
#include "family/plan.h"
#include "network/network.h"
#include "search/team.h"

static aann_status check_split(const aann_spec *spec, const aann_samples *samples, const char *name,
                               aann_error *error)
{
    if (samples == NULL) {
        return AANN_OK;
    }
    if (samples->target_count > 0 && samples->target_count != spec->output_count) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "the %s set has %d targets, but the network has %d outputs", name,
                         samples->target_count, spec->output_count);
    }
    if (samples->class_count > spec->output_count) {
        return aann_fail(
            error, AANN_ERROR_ARGUMENT,
            "the %s set has classes up to %d, but the network has %d outputs (0 to %d)", name,
            samples->class_count - 1, spec->output_count, spec->output_count - 1);
    }
    return AANN_OK;
}

aann_status aann_family_check_samples(const aann_spec *spec, const aann_family_data *data,
                                      aann_error *error)
{
    const aann_samples *train = aann_family_data_train(data);
    const aann_shape a = spec->input;
    const aann_shape b = train->shape;
    if (a.channels != b.channels || a.height != b.height || a.width != b.width) {
        return aann_fail(
            error, AANN_ERROR_ARGUMENT,
            "the network reads %dx%dx%d (channels x height x width), but samples are %dx%dx%d",
            a.channels, a.height, a.width, b.channels, b.height, b.width);
    }
    aann_status status = check_split(spec, train, "training", error);
    if (status == AANN_OK) {
        status = check_split(spec, aann_family_data_validation(data), "validation", error);
    }
    if (status == AANN_OK) {
        status = check_split(spec, aann_family_data_test(data), "test", error);
    }
    return status;
}

aann_status aann_family_check_threshold(double threshold, const aann_family_data *data,
                                        aann_error *error)
{
    const aann_samples *validation = aann_family_data_validation(data);
    if (threshold > 0.0 && (validation == NULL || validation->labels == NULL)) {
        return aann_fail(
            error, AANN_ERROR_ARGUMENT,
            "a threshold needs a validation split with class labels, and there is none");
    }
    return AANN_OK;
}

/* The start must be a point of the searched manifold. */
aann_status aann_family_check_start(const aann_spec *spec, const aann_network *start,
                                    aann_error *error)
{
    char texts[2][AANN_MAX_SPEC_LENGTH];
    aann_status status = aann_spec_format(spec, texts[0], sizeof texts[0], error);
    if (status == AANN_OK) {
        status = aann_spec_format(aann_network_spec(start), texts[1], sizeof texts[1], error);
    }
    if (status == AANN_OK && strcmp(texts[0], texts[1]) != 0) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "the start is %s: expected %s", texts[1],
                         texts[0]);
    }
    if (status == AANN_OK) {
        status = aann_network_check_sparse(start, spec, error);
        if (status != AANN_OK) {
            aann_fail_prefix(error, status, "the start");
        }
    }
    return status;
}

/* If the objective is the drive, the members must be drivers. */
static aann_status check_reward(const aann_spec *spec, const aann_family_data *data,
                                const aann_family_plan *plan, aann_error *error)
{
    aann_car_outputs outputs;
    return plan->search.reward_tracks > 0
               ? aann_data_car_outputs(data, spec, &plan->search, &outputs, error)
               : AANN_OK;
}

static aann_status check_work(const aann_family_work *work, aann_error *error)
{
    if (work->threads < 0 || work->threads > 1024 || work->parallel < 0 || work->parallel > 1024) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "%d threads, %d members at a time: expected at most 1024 of each",
                         work->threads, work->parallel);
    }
    if (!(work->seconds >= 0.0) || !(work->checkpoint_seconds > 0.0)) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "a time limit or a checkpoint interval is negative");
    }
    return AANN_OK;
}

/* Fails if this machine or this build does not have the instruction set. */
static aann_status check_isa(const aann_spec *spec, const aann_family_work *work, aann_error *error)
{
    aann_evaluator *evaluator = NULL;
    const aann_status status =
        work->isa != NULL ? aann_evaluator_create_empty(spec, 1, work->isa, &evaluator, error)
                          : AANN_OK;
    aann_evaluator_destroy(evaluator);
    return status;
}

static aann_status check_copies(const aann_family_data *data, const aann_search_options *options,
                                aann_error *error)
{
    if (options->copies == 1) {
        return AANN_OK;
    }
    if (options->reward_tracks > 0) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "copies of training samples: a search for reward has none");
    }
    const aann_augmentation wanted = {options->copies, options->copy_shift, options->copy_warp};
    return aann_augmentation_check(aann_family_data_train(data), &wanted, error);
}

static aann_status check_starts(const aann_spec *spec, const aann_family_plan *plan,
                                aann_error *error)
{
    aann_status status = AANN_OK;
    for (int32_t i = 0; status == AANN_OK && i < plan->start_count; i++) {
        status = aann_family_check_start(spec, plan->starts[i], error);
        if (status == AANN_OK) {
            status = aann_dale_check(plan->starts[i], plan->search.dale, error);
        }
    }
    return status;
}

/* Checks the plan's objective against the data. */
static aann_status check_objective(const aann_spec *spec, const aann_family_data *data,
                                   const aann_family_plan *plan, aann_error *error)
{
    aann_status status = aann_family_check_samples(spec, data, error);
    if (status != AANN_OK) {
        return status;
    }
    status = aann_family_check_threshold(plan->threshold, data, error);
    if (status != AANN_OK) {
        return status;
    }
    status = check_starts(spec, plan, error);
    if (status != AANN_OK) {
        return status;
    }
    status = aann_phase_density_check(plan, spec, error);
    if (status == AANN_OK) {
        status = check_reward(spec, data, plan, error);
    }
    for (int32_t i = 0; status == AANN_OK && i < aann_plan_phase_count(plan); i++) {
        const aann_search_options options = aann_phases_options(plan, i);
        status = check_copies(data, &options, error);
    }
    return status;
}

aann_status aann_family_check(const aann_spec *spec, const aann_family_data *data,
                              const aann_family_plan *plan, const aann_family_work *work,
                              aann_error *error)
{
    aann_status status = aann_family_plan_check(plan, error);
    if (status != AANN_OK) {
        return status;
    }
    status = check_work(work, error);
    if (status != AANN_OK) {
        return status;
    }
    if (plan->phase_count > 0 && plan->choose_steps) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "the steps of phases that are given cannot be chosen by a calibration");
    }
    if (plan->choose_steps && !(work->seconds > 0.0)) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "choosing the number of steps needs a time limit");
    }
    status = check_objective(spec, data, plan, error);
    return status == AANN_OK ? check_isa(spec, work, error) : status;
}

aann_status aann_family_check_team(const aann_family_plan *plan, const aann_family_work *work,
                                   aann_error *error)
{
    aann_status status = AANN_OK;
    const bool together = work->hands != NULL && work->hands->team != NULL;
    for (int32_t i = 0; together && status == AANN_OK && i < aann_plan_phase_count(plan); i++) {
        const aann_search_options options = aann_phases_options(plan, i);
        status = aann_team_options_check(&options, error);
        if (status != AANN_OK && plan->phase_count > 0) {
            aann_fail_prefix(error, status, "phase %d", i + 1);
        }
    }
    return status;
}
