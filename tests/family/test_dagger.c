/* Recordings are the same every time, can be interrupted, and hold what a network can learn; rounds of
 * corrections are for drivers. (That the rounds find the weights of the commands that they stand
 * for is tested in tests/cli/test_driving.py.) */
#include "aann/dagger.h"
#include "family/family_test.h"

static aann_recording_options small_recording(void)
{
    aann_recording_options options = aann_recording_options_default();
    options.demonstration.every = 20;
    options.episodes = 5; /* the last one for validation: half of one, rounded up */
    return options;
}

static void test_recording(void **state)
{
    (void)state;
    aann_error error;
    const aann_recording_options options = small_recording();
    aann_recording first;
    aann_recording second;
    assert_ok(aann_recording_make(&options, NULL, &first, &error));
    assert_ok(aann_recording_make(&options, NULL, &second, &error));
    assert_true(first.count > 50);
    assert_true(first.train_count > 0 && first.train_count < first.count);
    assert_int_equal(first.corrections, 0);
    assert_int_equal(first.count, second.count);
    assert_memory_equal(first.views, second.views, (size_t)first.count * AANN_CAR_VIEW_VALUES);
    for (int64_t i = 0; i < first.count * AANN_CAR_OUTPUTS; i++) {
        assert_true(first.targets[i] >= -1.0F && first.targets[i] <= 1.0F);
        assert_true(first.targets[i] == second.targets[i]);
    }
    assert_true(first.scale[0] > 0.0F);
    /* In the range of an output: the gas, 0 to 1 as an action, comes to both ends. */
    float low = 1.0F, high = -1.0F;
    for (int64_t i = 0; i < first.count; i++) {
        low = fminf(low, first.targets[i * AANN_CAR_OUTPUTS + 1]);
        high = fmaxf(high, first.targets[i * AANN_CAR_OUTPUTS + 1]);
    }
    assert_true(low == -1.0F && high == 1.0F);
    aann_recording_destroy(&first);
    aann_recording_destroy(&second);
    assert_null(first.views);
}

/* Asked for the tenth time. */
static bool interrupt_soon(void *context)
{
    int32_t *questions = context;
    return ++*questions >= 10;
}

static void test_recording_ends(void **state)
{
    (void)state;
    aann_error error = {0};
    int32_t questions = 0;
    aann_recording recording;
    aann_recording_options options = small_recording();
    options.interrupted = interrupt_soon;
    options.context = &questions;
    assert_int_equal(aann_recording_make(&options, NULL, &recording, &error), AANN_INTERRUPTED);
    assert_null(recording.views);
    assert_int_equal(questions, 10);
    options.episodes = 0;
    assert_int_equal(aann_recording_make(&options, NULL, &recording, &error), AANN_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "0 episodes"));
}

static void test_not_drivers(void **state)
{
    aann_error error = {0};
    char path[TEST_PATH];
    aann_study *study = open_study(in_folder(state, "digits.aann", path), AANN_STUDY_CREATE);
    const aann_family_work work = aann_family_work_default();
    aann_dagger_options options = aann_dagger_options_default();
    int64_t family_id = 0;
    assert_int_equal(aann_dagger_run(study, &family_id, &options, &work, &error),
                     AANN_ERROR_NOT_FOUND);
    assert_non_null(strstr(error.message, "has no families"));

    aann_family_data *data = sample_data();
    const aann_spec spec = sample_spec();
    aann_family_plan plan = sample_plan(1);
    plan.search.steps = 20;
    assert_ok(aann_family_run(study, &spec, data, &plan, &work, &family_id, &error));
    assert_int_equal(aann_dagger_run(study, &family_id, &options, &work, &error),
                     AANN_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "no drivers"));
    options.rounds = 0;
    assert_int_equal(aann_dagger_run(study, &family_id, &options, &work, &error),
                     AANN_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "0 rounds"));
    aann_family_data_destroy(data);
    aann_study_close(study);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_recording),
        cmocka_unit_test(test_recording_ends),
        cmocka_unit_test_setup_teardown(test_not_drivers, make_folder, remove_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
