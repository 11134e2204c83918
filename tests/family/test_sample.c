/* A sample in the library: what it does not begin with. Members, kills and resumes are in
 * cli/test_sample.py.
 *
 * ctest-timeout: 120 */
#include "aann/sample.h"

#include <math.h>

#include "family/family_test.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_intervals)};
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
