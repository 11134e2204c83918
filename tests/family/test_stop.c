/* Whoever asks a family to stop does not wait for the samples to be regrouped, and a stop during the
 * choice of the steps leaves nothing behind. A member whose time is over is scored as any.
 *
 * ctest-labels: threads
 * ctest-serial: yes
 * ctest-timeout: 300 */
#include <time.h>

#include "family/family_test.h"
#include "family/run.h"

/* Under sanitizers a regrouping of a part of the samples takes as long. */
#if defined(__SANITIZE_THREAD__)
enum { MANY = 3000 };
#elif defined(__SANITIZE_ADDRESS__)
enum { MANY = 8000 };
#else
enum { MANY = 40000 };
#endif
enum { VALUES = 28 * 28, STOPS = 3, MOST_STOPS = 12, INTERVAL = 20 };

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* Enough samples for a regrouping to take a while. */
static aann_family_data *many_samples(void)
{
    aann_error error;
    int8_t *inputs = malloc((size_t)MANY * VALUES);
    int32_t *labels = malloc(MANY * sizeof *labels);
    assert_non_null(inputs);
    assert_non_null(labels);
    uint64_t state = 1;
    for (int64_t i = 0; i < (int64_t)MANY * VALUES; i++) {
        state = state * 6364136223846793005U + 1442695040888963407U;
        inputs[i] = (int8_t)((int)(state >> 56) % 127);
    }
    for (int64_t i = 0; i < MANY; i++) {
        labels[i] = (int32_t)(i % 10);
    }
    const aann_samples samples = {
        .count = MANY, .shape = {1, 28, 28}, .inputs = inputs, .labels = labels, .class_count = 10};
    aann_family_samples source = aann_family_samples_default();
    source.train = &samples;
    aann_family_data *data = NULL;
    assert_ok(aann_family_data_create(&source, &data, &error));
    free(inputs);
    free(labels);
    return data;
}

/* Asks to stop some time after the first report of a member that runs: it waits for a regrouping. */
typedef struct stopper {
    double running_since; /* 0: not yet */
    double asked;         /* 0: not yet */
} stopper;

static void note_running(void *context, const aann_member_report *members, size_t count)
{
    stopper *s = context;
    for (size_t i = 0; i < count; i++) {
        if (s->running_since == 0.0 && members[i].step > 0) {
            s->running_since = now();
        }
    }
}

static bool stop_soon(void *context)
{
    enum { MILLISECONDS_LATER = 300 };
    stopper *s = context;
    const double time = now();
    if (s->asked == 0.0 && s->running_since > 0.0 &&
        time - s->running_since > MILLISECONDS_LATER * 1e-3) {
        s->asked = time;
    }
    return s->asked > 0.0;
}

static void test_within_a_regrouping(void **state)
{
    aann_error error;
    char path[TEST_PATH];
    aann_family_data *data = many_samples();
    aann_spec spec;
    assert_ok(aann_spec_parse("8C15-MP2-10", (aann_shape){1, 28, 28}, &spec, &error));
    assert_ok(aann_spec_set_sparsity(&spec, 50.0, NULL, 0, &error));
    aann_study *study = open_study(in_folder(state, "many.aann", path), AANN_STUDY_CREATE);
    aann_family_plan plan = sample_plan(1);
    plan.search.steps = 1000000;
    plan.search.arrange_interval = INTERVAL; /* nearly all of the time */
    plan.search.first_samples = 0;
    plan.search.jitter = 1; /* computed anew each time */
    aann_family_work work = aann_family_work_default();
    work.threads = 1;
    work.report = note_running;
    work.interrupted = stop_soon;
    int64_t family = 0;
    int within = 0;
    uint64_t before = 0;
    /* Nearly all of the time goes to regroupings, but on a busy machine a stop can come between. */
    for (int i = 0; within < STOPS && i < MOST_STOPS; i++) {
        stopper s = {0};
        work.context = &s;
        const aann_status status =
            i == 0 ? aann_family_run(study, &spec, data, &plan, &work, &family, &error)
                   : aann_family_resume(study, family, data, &work, &error);
        assert_int_equal(status, AANN_INTERRUPTED);
        const double waited = now() - s.asked;
        aann_member_row *members = members_of(study, family, 1);
        assert_int_equal(members[0].state, AANN_MEMBER_RUNNING);
        assert_true(members[0].steps >= before && members[0].steps > 0);
        before = members[0].steps;
        /* A regrouping that was given up: no candidate was decided after it. */
        within += before % INTERVAL == 0;
        print_message("stopped within %.3f s, at step %llu\n", waited, (unsigned long long)before);
        aann_free(members);
    }
    assert_int_equal(within, STOPS);
    aann_study_close(study);
    aann_family_data_destroy(data);
}

static bool stop_at_once(void *context)
{
    (void)context;
    return true;
}

static void test_while_steps_are_chosen(void **state)
{
    aann_error error;
    char path[TEST_PATH];
    aann_family_data *data = sample_data();
    const aann_spec spec = sample_spec();
    aann_study *study = open_study(in_folder(state, "chosen.aann", path), AANN_STUDY_CREATE);
    aann_family_plan plan = sample_plan(1);
    plan.choose_steps = true;
    aann_family_work work = aann_family_work_default();
    work.seconds = 1000.0;
    work.interrupted = stop_at_once;
    int64_t family = 1;
    const double start = now();
    assert_int_equal(aann_family_run(study, &spec, data, &plan, &work, &family, &error),
                     AANN_INTERRUPTED);
    assert_true(now() - start < 1.5); /* it measures for two seconds */
    assert_int_equal(family, 0);
    aann_family_row *families = NULL;
    size_t count = 1;
    assert_ok(aann_study_families(study, &families, &count, &error));
    assert_int_equal(count, 0);
    aann_family_rows_destroy(families, count);
    aann_study_close(study);
    aann_family_data_destroy(data);
}

/* A member whose time is over at a mark that was not to be scored is scored there, as any that ends. */
static void test_out_of_time_at_a_mark(void **state)
{
    enum { STEPS = 1000, MOST_TRIES = 400 };
    const uint64_t mark = STEPS / 100;
    (void)state;
    aann_error error;
    aann_family_data *data = sample_data();
    const aann_spec spec = sample_spec();
    aann_family_work work = aann_family_work_default();
    aann_family_plan plan = sample_plan(1);
    plan.search.steps = STEPS;
    work.threads = 1;
    double seconds = 0.002;
    int met = 0;
    for (int i = 0; met < 3 && i < MOST_TRIES; i++) {
        int64_t family = 0;
        aann_study *study = open_study(":memory:", AANN_STUDY_CREATE);
        assert_ok(aann_family_add(study, &spec, data, &plan, &family, &error));
        assert_ok(
            aann_family_run_members(study, family, &spec, data, &plan, &work, seconds, &error));
        aann_member_row *members = members_of(study, family, 1);
        const uint64_t steps = members[0].steps;
        assert_int_equal(members[0].state, AANN_MEMBER_DONE);
        assert_true(!isnan(members[0].validation_loss));
        assert_true(!isnan(members[0].validation_accuracy));
        met += steps > 0 && steps % mark == 0 && steps % (5 * mark) != 0;
        seconds *= steps == 0 ? 1.1 : steps < STEPS ? 1.01 : 0.8;
        aann_free(members);
        aann_study_close(study);
    }
    assert_int_equal(met, 3);
    aann_family_data_destroy(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_within_a_regrouping, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_while_steps_are_chosen, make_folder, remove_folder),
        cmocka_unit_test(test_out_of_time_at_a_mark),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
