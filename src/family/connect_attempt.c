/* The second member's units are renamed to match the first; of the path its top is stored. */
#include "family/connect_attempt.h"

#include "aann/geometry.h"
#include "core/clock.h"

/* Both ends, the second with its units renamed to match the first. */
static aann_status read_ends(aann_study *study, const aann_attempt_search *search,
                             aann_network *ends[2], aann_error *error)
{
    aann_network *second = NULL;
    aann_matching matching;
    aann_status status = aann_study_network(study, search->from, &ends[0], error);
    if (status == AANN_OK) {
        status = aann_study_network(study, search->to, &second, error);
    }
    if (status == AANN_OK) {
        status = aann_matching_find(ends[0], second, &matching, error);
    }
    if (status == AANN_OK) {
        status = aann_matching_apply(&matching, second, &ends[1], error);
        aann_matching_destroy(&matching);
    }
    aann_network_destroy(second);
    return status;
}

static aann_status store_top(aann_study *study, const aann_attempt_search *search,
                             const aann_family_plan *plan, const aann_path *path, uint64_t repairs,
                             double seconds, aann_error *error)
{
    const aann_path_point *top = &path->top;
    const bool passes = plan->threshold <= 0.0 || top->validation_accuracy >= plan->threshold;
    aann_member_row row = {
        .family = search->family,
        .index = search->to,
        .seed = search->seed,
        .state = passes ? AANN_MEMBER_DONE : AANN_MEMBER_FAILED,
        .origin = "top",
        .parent = search->from,
        .swaps_from_parent = top->swaps,
        .steps = repairs,
        .accepted = (uint64_t)(path->steps + path->repairs),
        .train_loss = top->train_loss,
        .train_accuracy = top->train_accuracy,
        .validation_loss = top->validation_loss,
        .validation_accuracy = top->validation_accuracy,
        .test_loss = top->test_loss,
        .test_accuracy = top->test_accuracy,
        .seconds = seconds,
    };
    return aann_study_add_member(study, &row, top->network, error);
}

aann_status aann_attempt_find(aann_study *study, const aann_attempt_search *search,
                              const aann_family_data *data, const aann_family_plan *plan,
                              const aann_family_work *work, aann_error *error)
{
    aann_network *ends[2] = {NULL, NULL};
    aann_path path;
    aann_path_options options = search->path;
    const double start = aann_clock_seconds();
    options.seed = search->seed + (uint64_t)search->number;
    options.repairs <<= search->number;
    aann_status status = read_ends(study, search, ends, error);
    if (status == AANN_OK) {
        status =
            aann_path_find(data, &plan->search, ends[0], ends[1], &options, work, &path, error);
    }
    if (status == AANN_OK) {
        status = store_top(study, search, plan, &path, (uint64_t)options.repairs,
                           aann_clock_seconds() - start, error);
        aann_path_destroy(&path);
    }
    aann_network_destroy(ends[0]);
    aann_network_destroy(ends[1]);
    return status;
}
