/* A sample in the library: what it does not begin with, and how its end is stored. Members, kills and
 * resumes are in cli/test_sample.py.
 *
 * ctest-timeout: 120 */
#include "aann/sample.h"

#include <math.h>

#include "family/family_test.h"
#include "study/excerpt.h"

/* With an interval of nothing, checkpoints would follow each other and no round would come. */
static void test_intervals(void **state)
{
    char path[TEST_PATH];
    aann_error error;
    aann_family_data *data = sample_data();
    const aann_spec spec = sample_spec();
    const aann_family_plan plan = sample_plan(1);
    aann_sample_plan sample = aann_sample_plan_default();
    aann_family_work work = aann_family_work_default();
    const double wrong[] = {0.0, -1.0, NAN};
    int64_t family;
    sample.members = sample.sampler.ladders;
    work.seconds = 30.0;
    work.threads = 1;
    aann_study *study = open_study(in_folder(state, "sample.aann", path), AANN_STUDY_CREATE);
    assert_ok(aann_sample_add(study, &spec, data, &plan, &sample, &family, &error));
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        work.checkpoint_seconds = wrong[i];
        assert_int_equal(aann_sample_run(study, family, data, &work, &error), AANN_ERROR_ARGUMENT);
    }
    work = aann_family_work_default();
    work.threads = -1;
    assert_int_equal(aann_sample_run(study, family, data, &work, &error), AANN_ERROR_ARGUMENT);
    aann_study_close(study);
    aann_family_data_destroy(data);
}

/* What the study says after each commit, where a kill could come. */
typedef struct watch {
    aann_study *study;
    int commits;
    int complete; /* of them */
} watch;

static void look_at_commit(void *context)
{
    watch *w = context;
    aann_error error;
    aann_family_row row;
    aann_sample_result result;
    size_t count = 0;
    size_t drawn = 0;
    aann_member_row *members = NULL;
    assert_ok(aann_study_family(w->study, 1, &row, &error));
    assert_ok(aann_sample_result_read(&row, &result, &error));
    assert_ok(aann_study_members(w->study, 1, &members, &count, &error));
    for (size_t i = 0; i < count; i++) {
        drawn += members[i].state == AANN_MEMBER_DONE;
    }
    assert_int_equal(result.complete, drawn == (size_t)result.plan.members);
    w->commits++;
    w->complete += result.complete;
    free(members);
    aann_family_row_destroy(&row);
}

/* No commit says that the sample is complete while a member is to be drawn, nor the other way. */
static void test_end(void **state)
{
    (void)state;
    aann_error error;
    aann_family_data *data = sample_data();
    const aann_spec spec = sample_spec();
    const aann_family_plan plan = sample_plan(1);
    aann_sample_plan sample = aann_sample_plan_default();
    aann_family_work work = aann_family_work_default();
    int64_t family;
    sample.members = 2;
    sample.sampler.ladders = 2;
    sample.sampler.rungs = 4;
    sample.sampler.temperature = 0.1;
    sample.sampler.sweep = 8;
    sample.sampler.pilot_rounds = 12;
    sample.sampler.burn_in = 1;
    sample.sampler.rounds = 16;
    work.threads = 1;
    aann_study *study = open_study(":memory:", AANN_STUDY_CREATE);
    assert_ok(aann_sample_add(study, &spec, data, &plan, &sample, &family, &error));
    assert_int_equal(family, 1);
    watch w = {.study = study};
    aann_study_on_save(study, look_at_commit, &w);
    assert_ok(aann_sample_run(study, family, data, &work, &error));
    assert_true(w.commits >= 2);
    assert_int_equal(w.complete, 1);
    aann_study_close(study);
    aann_family_data_destroy(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_intervals),
                                       cmocka_unit_test(test_end)};
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
