/* The same family, to the bit, with any number of threads, any number of members at a time, and
 * however often it was interrupted; histories and scores too, not only weights.
 *
 * ctest-labels: threads
 * ctest-timeout: 300 */
#include <time.h>

#include "family/family_outcome.h"

/* Sanitizers take ten to thirty times as long, and look for something else. */
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
enum { MEMBERS = 2, STEPS_IN_PIECES = 1200 };
#else
enum { MEMBERS = 3, STEPS_IN_PIECES = 16000 };
#endif

static void test_threads(void **state)
{
    const int32_t ways[][2] = {{1, 1}, {2, 2}, {3, 2}, {3, 1}, {2, 1}, {3, 3}};
    const aann_family_plan plan = sample_plan(MEMBERS);
    outcome first;
    run_whole(state, "first.aann", &plan, ways[0][0], ways[0][1], &first);
    assert_int_not_equal(first.members[0].hash, first.members[1].hash);
    assert_int_equal(first.members[0].state, AANN_MEMBER_DONE);
    assert_int_equal(first.members[0].steps, TEST_STEPS);
    const size_t way_count = MEMBERS == 2 ? 3 : sizeof ways / sizeof ways[0];
    for (size_t i = 1; i < way_count; i++) {
        outcome other;
        char name[32];
        snprintf(name, sizeof name, "other%zu.aann", i);
        run_whole(state, name, &plan, ways[i][0], ways[i][1], &other);
        assert_same_outcome(&first, &other);
    }
}

/* ---- interruptions --------------------------------------------------------------------------- */

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* Interrupts at some moment. */
static bool interrupt(void *context)
{
    const double *moment = context;
    return now() >= *moment;
}

/* Sessions of an eighth of the time that the whole takes, growing (a session may have little more
 * to do than to load), with other threads each time; the study is closed and opened in between, as
 * another process would find it. Returns the number of sessions. */
static int run_in_pieces(void **state, const char *name, const aann_family_plan *plan,
                         double whole_seconds, outcome *result)
{
    aann_error error;
    char path[TEST_PATH];
    in_folder(state, name, path);
    const aann_spec spec = sample_spec();
    int64_t family = 0;
    int sessions = 0;
    result->count = 0;
    for (size_t running = 1; running > 0; sessions++) {
        assert_true(sessions < 1000);
        double until =
            now() + (sessions % 3 == 1 ? 0.0 : whole_seconds / 8.0 * (1.0 + 0.25 * sessions));
        aann_family_work work = aann_family_work_default();
        work.threads = 1 + sessions % 3;
        work.parallel = 1 + sessions % 2;
        work.checkpoint_seconds = sessions % 2 == 0 ? 0.01 : 30.0;
        work.interrupted = interrupt;
        work.context = &until;
        aann_study *study = open_study(path, AANN_STUDY_CREATE);
        aann_family_data *data = NULL;
        aann_status status;
        if (family == 0) {
            data = sample_data();
            status = aann_family_run(study, &spec, data, plan, &work, &family, &error);
        } else {
            aann_family_row stored;
            assert_ok(aann_study_family(study, family, &stored, &error));
            assert_ok(aann_family_data_reload(&stored, NULL, NULL, &data, &error));
            aann_family_row_destroy(&stored);
            status = aann_family_resume(study, family, data, &work, &error);
        }
        aann_family_data_destroy(data);
        running = 0;
        aann_member_row *members = members_of(study, family, MEMBERS);
        for (size_t i = 0; i < MEMBERS; i++) {
            running += members[i].state == AANN_MEMBER_RUNNING ? 1 : 0;
        }
        free(members);
        assert_int_equal(status, running > 0 ? AANN_INTERRUPTED : AANN_OK);
        if (running == 0) {
            read_outcome(study, family, MEMBERS, result);
        }
        aann_study_close(study);
    }
    return sessions;
}

static void test_interruptions(void **state)
{
    aann_family_plan plan = sample_plan(MEMBERS);
    plan.search.steps = STEPS_IN_PIECES;
    outcome whole;
    outcome pieces;
    const double begin = now();
    run_whole(state, "whole.aann", &plan, 2, 2, &whole);
    assert_true(run_in_pieces(state, "pieces.aann", &plan, now() - begin, &pieces) > 3);
    assert_same_outcome(&whole, &pieces);
}

/* A time limit is an interruption too. */
static void test_time_limit(void **state)
{
    aann_error error;
    char path[TEST_PATH];
    aann_family_plan plan = sample_plan(MEMBERS);
    plan.search.steps = 100000000;
    aann_family_work work = aann_family_work_default();
    work.threads = 2;
    work.seconds = 0.3;
    aann_study *study = open_study(in_folder(state, "limit.aann", path), AANN_STUDY_CREATE);
    aann_family_data *data = sample_data();
    const aann_spec spec = sample_spec();
    int64_t family;
    assert_int_equal(aann_family_run(study, &spec, data, &plan, &work, &family, &error),
                     AANN_INTERRUPTED);
    aann_member_row *members = members_of(study, family, MEMBERS);
    void *checkpoint = NULL;
    size_t size = 0;
    assert_int_equal(members[0].state, AANN_MEMBER_RUNNING);
    assert_true(members[0].steps < plan.search.steps);
    assert_true(isnan(members[0].test_accuracy) != 0); /* the test set is for the end */
    assert_ok(aann_study_checkpoint(study, members[0].id, &checkpoint, &size, &error));
    assert_non_null(checkpoint);
    free(checkpoint);
    free(members);
    aann_study_close(study);
    aann_family_data_destroy(data);
}

/* A family that is only added waits in the study; searched later, it is the family of one call. */
static void test_added(void **state)
{
    aann_error error;
    char path[TEST_PATH];
    aann_family_plan plan = sample_plan(MEMBERS);
    plan.search.steps = STEPS_IN_PIECES;
    outcome whole;
    outcome added;
    run_whole(state, "whole.aann", &plan, 2, 2, &whole);
    aann_study *study = open_study(in_folder(state, "added.aann", path), AANN_STUDY_CREATE);
    aann_family_data *data = sample_data();
    const aann_spec spec = sample_spec();
    int64_t family = 7;
    plan.choose_steps = true;
    assert_int_equal(aann_family_add(study, &spec, data, &plan, &family, &error),
                     AANN_ERROR_ARGUMENT);
    assert_int_equal(family, 0);
    plan.choose_steps = false;
    assert_ok(aann_family_add(study, &spec, data, &plan, &family, &error));
    assert_int_equal(family, 1); /* the refused one left nothing */
    aann_member_row *members = members_of(study, family, MEMBERS);
    int64_t unfinished = 0;
    assert_int_equal(members[0].state, AANN_MEMBER_RUNNING);
    assert_int_equal(members[0].steps, 0);
    free(members);
    assert_ok(aann_family_unfinished(study, family, &unfinished, &error));
    assert_int_equal(unfinished, MEMBERS);
    const aann_family_work work = aann_family_work_default();
    assert_ok(aann_family_resume(study, family, data, &work, &error));
    read_outcome(study, family, MEMBERS, &added);
    assert_same_outcome(&whole, &added);
    aann_study_close(study);
    aann_family_data_destroy(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_added, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_threads, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_interruptions, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_time_limit, make_folder, remove_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
