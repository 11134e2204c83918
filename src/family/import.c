/* Imports a network that was found elsewhere as a family of one member: for comparison, or as the
 * start of a search. */
#include "family/check.h"
#include "family/create.h"
#include "family/score.h"
#include "study/transaction.h"

static aann_status score_all(const aann_network *network, const aann_family_data *data,
                             const aann_family_plan *plan, aann_member_row *member,
                             aann_error *error)
{
    aann_scorer scorer;
    aann_status status = aann_scorer_create(aann_network_spec(network), data, true, &plan->search,
                                            1, NULL, &scorer, error);
    if (status != AANN_OK) {
        return status;
    }
    status = aann_scorer_score(&scorer, network, aann_family_data_train(data), &member->train_loss,
                               &member->train_accuracy, error);
    if (status == AANN_OK) {
        status = aann_scorer_score(&scorer, network, aann_family_data_validation(data),
                                   &member->validation_loss, &member->validation_accuracy, error);
    }
    if (status == AANN_OK) {
        status = aann_scorer_score(&scorer, network, aann_family_data_test(data),
                                   &member->test_loss, &member->test_accuracy, error);
    }
    aann_scorer_clear(&scorer);
    return status;
}

aann_status aann_family_import(aann_study *study, const aann_spec *spec,
                               const aann_family_data *data, const aann_family_plan *wanted,
                               const aann_network *network, bool as_start, int64_t *family_id,
                               aann_error *error)
{
    *family_id = 0;
    aann_family_plan plan = *wanted;
    plan.members = 1;
    plan.search.regression = aann_family_data_train(data)->target_count > 0;
    const aann_family_work work = aann_family_work_default();
    aann_status status = aann_family_check(spec, data, &plan, &work, error);
    if (status == AANN_OK) {
        status = aann_family_check_start(spec, network, error);
    }
    aann_member_row member = {.seed = plan.search.seed, .origin = "import"};
    if (status == AANN_OK) {
        status = score_all(network, data, &plan, &member, error);
    }
    if (status == AANN_OK) {
        status = aann_study_begin(study, error);
    }
    if (status == AANN_OK) {
        const bool passes = plan.threshold <= 0.0 || member.validation_accuracy >= plan.threshold;
        member.state = as_start ? AANN_MEMBER_RUNNING
                       : passes ? AANN_MEMBER_DONE
                                : AANN_MEMBER_FAILED;
        status = aann_family_create(study, spec, data, &plan, family_id, error);
        member.family = *family_id;
        if (status == AANN_OK) {
            status = aann_study_add_member(study, &member, network, error);
        }
        status = aann_study_finish(study, status, error);
    }
    *family_id = status == AANN_OK ? *family_id : 0;
    return status;
}
